"""What changed between two versions of a document, or between two corpora."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from annotator.alignment import Fate, align_paragraphs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from annotator.alignment import Pair
    from annotator.model import AnnotatedDocument, DocumentAssignment
    from annotator.taxonomy import Taxonomy

__all__ = [
    "Change",
    "Comparison",
    "DocumentChange",
    "LabelChange",
    "ParagraphChange",
    "compare_corpora",
    "compare_documents",
]

_NOTICED = 0.05
"""A score that moves less than this stays the same."""


class Change(StrEnum):
    """What became of a label."""

    GAINED = "gained"
    LOST = "lost"
    STRENGTHENED = "strengthened"
    WEAKENED = "weakened"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class LabelChange:
    """A label that one side has at least."""

    label: str
    change: Change
    before: float
    after: float
    """Score of the document; for corpora the mean score of their documents."""
    documents: tuple[int, int]
    """Documents with the label."""
    paragraphs: tuple[int, int]
    """Paragraphs with the label."""


@dataclass(frozen=True, slots=True)
class ParagraphChange:
    """A paragraph of either version, or one of each."""

    fate: Fate
    before: int | None
    after: int | None
    """Their indexes."""
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    text: str
    """Of the later version; of the earlier one where the paragraph is gone."""


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """A document that both corpora have, or one of them."""

    document: str
    fate: Fate
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides and what changed from the first to the second."""

    before: str
    after: str
    counts: tuple[int, int]
    """Documents of each side."""
    labels: tuple[LabelChange, ...]
    """In the order of the taxonomy."""
    paragraphs: tuple[ParagraphChange, ...] = ()
    """For two versions of a document, in the order of the later one; gone ones where they stood."""
    documents: tuple[DocumentChange, ...] = ()
    """For two corpora."""


def compare_documents(
    before: AnnotatedDocument, after: AnnotatedDocument, taxonomy: Taxonomy
) -> Comparison:
    r"""Compare two versions of a document, label by label and paragraph by paragraph.

    >>> from annotator import Annotator
    >>> annotator = Annotator()
    >>> draft = annotator.annotate("توسّع الدولة شبكات النطاق العريض في الأرياف")
    >>> final = annotator.annotate(
    ...     "توسّع الدولة شبكات النطاق العريض في الأرياف\nوتعزّز الأمن السيبراني وحماية البيانات")
    >>> comparison = compare_documents(draft, final, annotator.taxonomy)
    >>> [change.label for change in comparison.labels if change.change is Change.GAINED][:1]
    ['C5']
    >>> [paragraph.fate.value for paragraph in comparison.paragraphs]
    ['unchanged', 'new']
    """
    pairs = align_paragraphs(
        [paragraph.paragraph.text for paragraph in before.paragraphs],
        [paragraph.paragraph.text for paragraph in after.paragraphs],
    )
    return Comparison(
        before=before.document.id,
        after=after.document.id,
        counts=(1, 1),
        labels=_label_changes([before], [after], taxonomy),
        paragraphs=tuple(_paragraph_change(pair, before, after) for pair in pairs),
    )


def compare_corpora(
    before: Mapping[str, AnnotatedDocument],
    after: Mapping[str, AnnotatedDocument],
    names: tuple[str, str],
    taxonomy: Taxonomy,
) -> Comparison:
    """Compare two corpora: label by label, and document by document where names are the same.

    Args:
        before: Documents by the name under which the two corpora may share them.
        after: The same of the later corpus.
        names: What the corpora are called.
        taxonomy: The labels.
    """
    documents = [
        DocumentChange(
            document=name,
            fate=_fate(before.get(name), after.get(name)),
            gained=_difference(after.get(name), before.get(name), taxonomy),
            lost=_difference(before.get(name), after.get(name), taxonomy),
        )
        for name in sorted({*before, *after})
    ]
    return Comparison(
        before=names[0],
        after=names[1],
        counts=(len(before), len(after)),
        labels=_label_changes([*before.values()], [*after.values()], taxonomy),
        documents=tuple(documents),
    )


def _label_changes(
    before: Sequence[AnnotatedDocument], after: Sequence[AnnotatedDocument], taxonomy: Taxonomy
) -> tuple[LabelChange, ...]:
    """Compare the labels that any document of either side has."""
    sides = (_by_label(before), _by_label(after))
    changes = []
    for label in taxonomy.labels:
        first, second = (side.get(label, []) for side in sides)
        counts = tuple(sum(entry.assigned for entry in side) for side in (first, second))
        if not any(counts):
            continue
        shares = [
            count / max(1, len(side)) for count, side in zip(counts, (before, after), strict=True)
        ]
        means = [
            sum(entry.score for entry in entries) / max(1, len(side))
            for entries, side in ((first, before), (second, after))
        ]
        paragraphs = tuple(
            sum(len(entry.paragraphs) for entry in entries) for entries in (first, second)
        )
        changes.append(
            LabelChange(
                label=label,
                change=_change(shares, means),
                before=round(means[0], 4),
                after=round(means[1], 4),
                documents=(counts[0], counts[1]),
                paragraphs=(paragraphs[0], paragraphs[1]),
            )
        )
    return tuple(changes)


def _change(shares: Sequence[float], means: Sequence[float]) -> Change:
    """Say what became of a label from the shares of documents that have it, and its scores."""
    if not shares[0]:
        return Change.GAINED
    if not shares[1]:
        return Change.LOST
    moved = means[1] - means[0]
    if abs(moved) < _NOTICED:
        return Change.SAME
    return Change.STRENGTHENED if moved > 0 else Change.WEAKENED


def _by_label(documents: Sequence[AnnotatedDocument]) -> dict[str, list[DocumentAssignment]]:
    """Gather what documents say of each label."""
    found: dict[str, list[DocumentAssignment]] = {}
    for document in documents:
        for entry in document.labels:
            found.setdefault(entry.label, []).append(entry)
    return found


def _paragraph_change(
    pair: Pair, before: AnnotatedDocument, after: AnnotatedDocument
) -> ParagraphChange:
    """Compare the labels of two paragraphs that are one, or name those of one alone."""
    old = before.paragraphs[pair.before] if pair.before is not None else None
    new = after.paragraphs[pair.after] if pair.after is not None else None
    old_labels = [label.label for label in old.assigned] if old else []
    new_labels = [label.label for label in new.assigned] if new else []
    shown = new or old
    return ParagraphChange(
        fate=pair.fate,
        before=pair.before,
        after=pair.after,
        gained=tuple(label for label in new_labels if label not in old_labels),
        lost=tuple(label for label in old_labels if label not in new_labels),
        text=shown.paragraph.text if shown else "",
    )


def _fate(before: AnnotatedDocument | None, after: AnnotatedDocument | None) -> Fate:
    """Say what became of a document."""
    if before is None:
        return Fate.NEW
    if after is None:
        return Fate.GONE
    return Fate.UNCHANGED if before.document.text == after.document.text else Fate.CHANGED


def _difference(
    one: AnnotatedDocument | None, other: AnnotatedDocument | None, taxonomy: Taxonomy
) -> tuple[str, ...]:
    """Return the labels that one document has and the other has not."""
    mine = {label.label for label in one.assigned} if one else set()
    theirs = {label.label for label in other.assigned} if other else set()
    return tuple(label for label in taxonomy.labels if label in mine - theirs)
