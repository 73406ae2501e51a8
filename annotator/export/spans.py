"""The evidence of a document's assigned labels, one span a label and place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotator.model import AnnotatedDocument

__all__ = ["evidence_of"]


def evidence_of(annotated: AnnotatedDocument) -> Iterator[tuple[str, int, int, float]]:
    """Yield label, start, end and the label's score, paragraph by paragraph.

    Two suggesters often point to the same words; they are one span.
    """
    for paragraph in annotated.paragraphs:
        for label in paragraph.assigned:
            spans = {(span.start, span.end) for span in label.evidence}
            for start, end in sorted(spans):
                yield label.label, start, end, label.score
