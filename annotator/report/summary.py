"""What a corpus says, counted: the figures behind every form of the report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from annotator.model import AnnotatedDocument
    from annotator.taxonomy import Taxonomy

__all__ = ["Alignment", "Cell", "CorpusSummary", "LabelSummary", "summarize"]


@dataclass(slots=True)
class LabelSummary:
    """How often one label stands in a corpus."""

    label: str
    documents: int = 0
    paragraphs: int = 0
    """Paragraphs with the label, also in documents that touch it too lightly to have it."""
    declared: int = 0
    """Documents that name the label themselves."""
    found: int = 0
    """Documents whose text speaks for the label, whether they name it or not."""


class Cell(Enum):
    """A line and a goal: what the official matrix says, and what this corpus does."""

    EXPECTED_FOUND = "expected and found"
    EXPECTED_ABSENT = "expected and absent"
    UNEXPECTED_FOUND = "found and unexpected"
    DOUBTFUL_FOUND = "doubtful and found"
    DOUBTFUL_ABSENT = "doubtful and absent"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Alignment:
    """What one document declares against what it says."""

    document: str
    confirmed: tuple[str, ...]
    """Declared, and the text speaks for it."""
    unsupported: tuple[str, ...]
    """Declared, and nothing else in the text speaks for it."""
    missing: tuple[str, ...]
    """The text speaks for it, but the document, which declares others, does not name it."""


@dataclass(slots=True)
class CorpusSummary:
    """A corpus in figures."""

    documents: int = 0
    paragraphs: int = 0
    labelled: int = 0
    """Paragraphs with at least one label."""
    languages: Counter[str] = field(default_factory=Counter)
    """Paragraphs by language."""
    abstained: Counter[str] = field(default_factory=Counter)
    """Paragraphs without a label, by reason."""
    labels: dict[str, LabelSummary] = field(default_factory=dict)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Documents in which a line and a goal stand together."""
    alignments: list[Alignment] = field(default_factory=list)
    """One for each document that declares something."""

    def untouched(self) -> list[str]:
        """Return the labels that no document and no paragraph has, in order."""
        return [
            label.label
            for label in self.labels.values()
            if not label.documents and not label.paragraphs
        ]

    def cell(self, line: str, goal: str, taxonomy: Taxonomy) -> Cell:
        """Return what stands at a line and a goal of the matrix."""
        found = self.pairs[line, goal] > 0
        expected = taxonomy.expected(line, goal)
        if expected is None:
            return Cell.DOUBTFUL_FOUND if found else Cell.DOUBTFUL_ABSENT
        if expected:
            return Cell.EXPECTED_FOUND if found else Cell.EXPECTED_ABSENT
        return Cell.UNEXPECTED_FOUND if found else Cell.NEITHER


def summarize(documents: Iterable[AnnotatedDocument], taxonomy: Taxonomy) -> CorpusSummary:
    """Count what a corpus says.

    >>> from annotator import Annotator
    >>> annotator = Annotator()
    >>> summary = summarize([annotator.annotate("ЦУР 4: качественное образование")], annotator.taxonomy)
    >>> summary.labels["SDG4"].documents, summary.labels["SDG4"].declared, summary.documents
    (1, 1, 1)
    """
    summary = CorpusSummary(labels={label: LabelSummary(label) for label in taxonomy.labels})
    for document in documents:
        _count(summary, document, taxonomy)
    return summary


def _count(summary: CorpusSummary, document: AnnotatedDocument, taxonomy: Taxonomy) -> None:
    """Add one document to the figures."""
    summary.documents += 1
    for annotated in document.paragraphs:
        summary.paragraphs += 1
        if annotated.paragraph.kind not in ("boilerplate", "duplicate"):
            summary.languages[annotated.paragraph.language] += 1
        for assignment in annotated.assigned:
            summary.labels[assignment.label].paragraphs += 1
        if annotated.abstained:
            summary.abstained[annotated.abstained] += 1
        else:
            summary.labelled += 1
    declared: list[str] = []
    confirmed: list[str] = []
    found: list[str] = []
    for label in document.assigned:
        entry = summary.labels[label.label]
        entry.documents += 1
        if "declared" in label.origins:
            entry.declared += 1
            declared.append(label.label)
            if label.supported:
                confirmed.append(label.label)
                entry.found += 1
        else:
            entry.found += 1
            found.append(label.label)
    _pair(summary, [label.label for label in document.assigned], taxonomy)
    if declared:
        schemes = {taxonomy.scheme_of(label) for label in declared}
        order = list(taxonomy.labels)
        summary.alignments.append(
            Alignment(
                document=document.document.id,
                confirmed=_ordered(confirmed, order),
                unsupported=_ordered(set(declared) - set(confirmed), order),
                missing=_ordered(
                    (label for label in found if taxonomy.scheme_of(label) in schemes), order
                ),
            )
        )


def _ordered(labels: Iterable[str], order: Sequence[str]) -> tuple[str, ...]:
    """Return labels in the taxonomy's order."""
    return tuple(sorted(labels, key=order.index))


def _pair(summary: CorpusSummary, labels: Sequence[str], taxonomy: Taxonomy) -> None:
    """Count the pairs of a line and a goal that a document has."""
    goals = set(taxonomy.matrix_columns).intersection(labels)
    for line in labels:
        if line in taxonomy.matrix:
            summary.pairs.update((line, goal) for goal in goals)
