"""JSON lines for doccano, project type Sequence Labeling.

A line is a document with the evidence of its assigned labels. doccano counts
UTF-16 code units, being a program of the browser, unless its project counts
grapheme clusters, which must stay off; spans of several labels overlap, which
its project must allow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from annotator.export.lines import write_lines
from annotator.export.offsets import Utf16Offsets
from annotator.export.spans import evidence_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from annotator.model import AnnotatedDocument

__all__ = ["write_doccano"]


def write_doccano(
    documents: Iterable[AnnotatedDocument],
    streams: Sequence[BinaryIO],
    settings: Mapping[str, Any],
) -> int:
    """Write one line a document."""
    del settings
    return write_lines(documents, streams[0], _line)


def _line(annotated: AnnotatedDocument) -> dict[str, Any]:
    """Turn a document into a line; what doccano has no field for becomes its metadata."""
    document = annotated.document
    offsets = Utf16Offsets(document.text)
    return {
        "text": document.text,
        "label": [
            [offsets.of(start), offsets.of(end), label]
            for label, start, end, _ in evidence_of(annotated)
        ],
        "document": document.id,
        "source": document.source,
        "language": annotated.language,
        "labels": [label.label for label in annotated.assigned],
    }
