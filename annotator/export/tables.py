"""Annotated documents as tidy tables: one row a thing, one column a property.

Four tables, joined by ``document`` and ``paragraph``: documents; paragraphs;
labels, of whole documents (their ``paragraph`` is empty) and of paragraphs;
and evidence. Offsets count code points of the document's text, as everywhere.
CSV, XLSX and Parquet have the same tables and columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from annotator.model import AnnotatedDocument, AnnotatedParagraph

__all__ = ["TABLES", "Cell", "Column", "rows_of"]

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    name: str
    kind: Literal["text", "integer", "number", "boolean"] = "text"


_DOCUMENT = Column("document")
_PARAGRAPH = Column("paragraph", "integer")
_START, _END = Column("start", "integer"), Column("end", "integer")
_LABEL = Column("label")

TABLES: Mapping[str, tuple[Column, ...]] = {
    "documents": (
        _DOCUMENT,
        Column("source"),
        Column("language"),
        Column("characters", "integer"),
        Column("paragraphs", "integer"),
        Column("labels"),
    ),
    "paragraphs": (
        _DOCUMENT,
        _PARAGRAPH,
        _START,
        _END,
        Column("language"),
        Column("kind"),
        Column("duplicate_of", "integer"),
        Column("locator"),
        Column("abstained"),
        Column("labels"),
        Column("text"),
    ),
    "labels": (
        _DOCUMENT,
        _PARAGRAPH,
        _LABEL,
        Column("scheme"),
        Column("score", "number"),
        Column("assigned", "boolean"),
        Column("origins"),
        Column("supported", "boolean"),
    ),
    "evidence": (
        _DOCUMENT,
        _PARAGRAPH,
        _LABEL,
        _START,
        _END,
        Column("origin"),
        Column("concept"),
        Column("weight", "number"),
        Column("text"),
    ),
}
"""The columns of each table. ``labels`` and ``origins`` list several, separated by spaces."""


def rows_of(annotated: AnnotatedDocument) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    """Yield the rows of one document, each with the name of its table.

    >>> from annotator import Annotator
    >>> rows = list(rows_of(Annotator().annotate("可持续发展目标4：优质教育")))
    >>> [row[-2:] for table, row in rows if table == "paragraphs"]
    [('SDG4', '可持续发展目标4：优质教育')]
    """
    document = annotated.document
    yield (
        "documents",
        (
            document.id,
            document.source,
            annotated.language,
            len(document.text),
            len(annotated.paragraphs),
            " ".join(label.label for label in annotated.assigned),
        ),
    )
    for label in annotated.labels:
        origins = " ".join(label.origins)
        row = (document.id, None, label.label, label.scheme, label.score, label.assigned)
        yield "labels", (*row, origins, label.supported)
    for paragraph in annotated.paragraphs:
        yield from _rows_of_paragraph(document.id, paragraph)


def _rows_of_paragraph(
    document: str, annotated: AnnotatedParagraph
) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    """Yield the rows of one paragraph."""
    paragraph = annotated.paragraph
    yield (
        "paragraphs",
        (
            document,
            paragraph.index,
            paragraph.start,
            paragraph.end,
            paragraph.language,
            paragraph.kind,
            paragraph.duplicate_of,
            paragraph.locator,
            annotated.abstained,
            " ".join(label.label for label in annotated.assigned),
            paragraph.text,
        ),
    )
    key = (document, paragraph.index)
    for label in annotated.labels:
        row = (*key, label.label, label.scheme, label.score, label.assigned)
        yield "labels", (*row, " ".join(label.origins), None)
        for span in label.evidence:
            place = (*key, label.label, span.start, span.end)
            yield (
                "evidence",
                (*place, span.origin, span.concept, round(span.weight, 4), span.text),
            )
