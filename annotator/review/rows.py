"""The labels of one paragraph as the reviewer sees them: what the machine says, what they say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from annotator.model import Evidence, Origin
    from annotator.store import StoredParagraph

__all__ = ["Row", "accepted", "rejected", "rows_of"]


@dataclass(frozen=True, slots=True)
class Row:
    """One label that a reviewer may answer."""

    label: str
    score: float | None = None
    """The machine's score; ``None`` where only a person named the label."""
    proposed: bool = False
    """Whether the machine assigns it."""
    origins: tuple[Origin, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    answer: bool | None = None
    """What the reviewer said."""
    others: Mapping[str, bool] = field(default_factory=dict)
    """What other reviewers said; shown to those alone who decide between them."""

    @property
    def yes(self) -> bool:
        """Tell what accepting the paragraph would say of the label."""
        return self.proposed if self.answer is None else self.answer


def rows_of(
    paragraph: StoredParagraph,
    answers: Mapping[str, bool],
    others: Mapping[str, Mapping[str, bool]],
    order: Sequence[str],
) -> tuple[Row, ...]:
    """Return the machine's labels, best first, then those that only people named.

    Args:
        paragraph: The paragraph with what the machine said of it.
        answers: What the reviewer said of labels.
        others: What others said, by reviewer; empty where that must not be seen.
        order: All labels, in the taxonomy's order.
    """

    def said(label: str) -> dict[str, bool]:
        """Return what the others said of a label."""
        return {name: labels[label] for name, labels in others.items() if label in labels}

    suggested = [
        Row(
            label=label.label,
            score=label.score,
            proposed=label.assigned,
            origins=label.origins,
            evidence=label.evidence,
            answer=answers.get(label.label),
            others=said(label.label),
        )
        for label in paragraph.labels
        if label.label in order
    ]
    known = {row.label for row in suggested}
    named = [
        Row(label=label, answer=answers.get(label), others=said(label))
        for label in order
        if label not in known and (label in answers or said(label))
    ]
    return (*suggested, *named)


def accepted(rows: Sequence[Row]) -> dict[str, bool]:
    """Return the answers that accepting a paragraph gives: each label as it stands.

    >>> accepted([Row("C2", 0.9, proposed=True), Row("C5", 0.3), Row("SDG4", 0.8, answer=False)])
    {'C2': True, 'C5': False, 'SDG4': False}
    """
    return {row.label: row.yes for row in rows}


def rejected(rows: Sequence[Row]) -> dict[str, bool]:
    """Return the answers that rejecting a paragraph gives: no to every label.

    >>> rejected([Row("C2", 0.9, proposed=True), Row("SDG4", answer=True)])
    {'C2': False, 'SDG4': False}
    """
    return dict.fromkeys((row.label for row in rows), False)
