"""The corpus as the page shows it: its schemes, its matrix, what it declares, its documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator.inert import inert
from annotator.report.page.wheel import Segment, draw_wheel
from annotator.report.summary import Alignment, CorpusSummary, LabelSummary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from annotator.model import AnnotatedDocument
    from annotator.report.summary import Cell
    from annotator.taxonomy import Taxonomy

__all__ = [
    "Claims",
    "Matrix",
    "Row",
    "SchemeView",
    "lay_matrix",
    "list_claims",
    "list_rows",
    "view_scheme",
]


@dataclass(frozen=True, slots=True)
class SchemeView:
    """One scheme in the corpus."""

    id: str
    name: str
    wheel: Sequence[Segment]
    rows: Sequence[LabelSummary]
    """The labels that the corpus has, in order."""
    untouched: Sequence[str]
    """The labels without narrower ones that it does not have."""
    touched: int
    """How many labels without narrower ones it has."""
    total: int
    most: int
    """Paragraphs of the most frequent label; 1 at least."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Lines by goals."""

    goals: Sequence[str]
    rows: Sequence[tuple[str, Sequence[tuple[str, Cell, int]]]]
    """Line -> for each goal its id, what stands there, and in how many documents."""
    most: int
    """The largest of these numbers; 1 at least."""


@dataclass(frozen=True, slots=True)
class Claims:
    """How often a label is declared with support, declared without, and found undeclared."""

    label: str
    confirmed: int
    unsupported: int
    missing: int


@dataclass(frozen=True, slots=True)
class Row:
    """A document in the table of documents."""

    number: int
    """Position in the report, counted from 1."""
    id: str
    """The document's id with nothing in it that acts."""
    language: str
    paragraphs: int
    labelled: int
    labels: Sequence[str]
    """Its labels, in the order of the taxonomy."""
    alignment: Alignment | None
    """What it declares against what it says, if it declares anything."""

    @property
    def states(self) -> Iterator[str]:
        """Yield the names by which the table's filter knows the document."""
        yield "declares" if self.alignment else "silent"
        if self.alignment and self.alignment.unsupported:
            yield "unsupported"
        if not self.labels:
            yield "empty"


def view_scheme(
    summary: CorpusSummary, scheme: str, taxonomy: Taxonomy, language: str
) -> SchemeView:
    """Gather what the page shows of one scheme."""
    rows = [
        entry
        for label, entry in summary.labels.items()
        if taxonomy.scheme_of(label) == scheme and (entry.documents or entry.paragraphs)
    ]
    leaves = taxonomy.leaves(scheme)
    absent = set(summary.untouched())
    untouched = [label for label in leaves if label in absent]
    around = [
        label
        for label in taxonomy.labels
        if label in leaves or any(entry.label == label for entry in rows)
    ]
    names = taxonomy.schemes[scheme].pref_label
    return SchemeView(
        id=scheme,
        name=names.get(language) or names.get("en") or scheme,
        wheel=draw_wheel(around, {entry.label: entry.paragraphs for entry in rows}),
        rows=rows,
        untouched=untouched,
        touched=len(leaves) - len(untouched),
        total=len(leaves),
        most=max((entry.paragraphs for entry in rows), default=0) or 1,
    )


def lay_matrix(summary: CorpusSummary, schemes: Sequence[str], taxonomy: Taxonomy) -> Matrix | None:
    """Lay the lines of the official matrix against its goals; ``None`` if a side is not chosen."""
    named = {goal for line in taxonomy.matrix.values() for goal in (*line.goals, *line.doubtful)}
    across = {taxonomy.scheme_of(goal) for goal in named}
    goals = [label for label in taxonomy.leaves() if taxonomy.scheme_of(label) in across]
    sides = across | {taxonomy.scheme_of(line) for line in taxonomy.matrix}
    if not goals or not sides <= set(schemes):
        return None
    rows = [
        (
            line,
            [
                (goal, summary.cell(line, goal, taxonomy), summary.pairs[line, goal])
                for goal in goals
            ],
        )
        for line in taxonomy.matrix
    ]
    return Matrix(goals, rows, max(summary.pairs.values(), default=0) or 1)


def list_claims(summary: CorpusSummary, schemes: Sequence[str], taxonomy: Taxonomy) -> list[Claims]:
    """Count for each label what the documents that declare something say of it."""
    counts = {label: [0, 0, 0] for label in taxonomy.labels if taxonomy.scheme_of(label) in schemes}
    for alignment in summary.alignments:
        for place, labels in enumerate(
            (alignment.confirmed, alignment.unsupported, alignment.missing)
        ):
            for label in labels:
                if label in counts:
                    counts[label][place] += 1
    return [Claims(label, *numbers) for label, numbers in counts.items() if any(numbers)]


def list_rows(
    documents: Sequence[AnnotatedDocument],
    summary: CorpusSummary,
    schemes: Sequence[str],
    taxonomy: Taxonomy,
) -> list[Row]:
    """List the documents with what their table shows."""
    alignments = {
        alignment.document: _restricted(alignment, schemes, taxonomy)
        for alignment in summary.alignments
    }
    order = {label: place for place, label in enumerate(taxonomy.labels)}
    return [
        Row(
            number=number,
            id=inert(document.document.id),
            language=document.language,
            paragraphs=len(document.paragraphs),
            labelled=sum(not paragraph.abstained for paragraph in document.paragraphs),
            labels=sorted(
                (label.label for label in document.assigned if label.scheme in schemes),
                key=order.__getitem__,
            ),
            alignment=alignments.get(document.document.id),
        )
        for number, document in enumerate(documents, 1)
    ]


def _restricted(
    alignment: Alignment, schemes: Sequence[str], taxonomy: Taxonomy
) -> Alignment | None:
    """Keep what an alignment says of the chosen schemes; ``None`` if that is nothing."""

    def chosen(labels: Sequence[str]) -> tuple[str, ...]:
        """Return the labels of the chosen schemes."""
        return tuple(label for label in labels if taxonomy.scheme_of(label) in schemes)

    confirmed, unsupported = chosen(alignment.confirmed), chosen(alignment.unsupported)
    if not confirmed and not unsupported:
        return None
    return Alignment(alignment.document, confirmed, unsupported, chosen(alignment.missing))
