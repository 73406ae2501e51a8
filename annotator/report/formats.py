"""The forms in which a report is written to a file, by the name of their format.

A writer is a function here that imports what it needs when it is called, so
that asking for one form never waits for another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from annotator.report.terminal import Detail

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from annotator.model import AnnotatedDocument
    from annotator.taxonomy import Taxonomy

__all__ = ["FORMATS", "Writer"]


class Writer(Protocol):
    """Build a report as text, piece by piece."""

    def __call__(
        self,
        documents: Sequence[AnnotatedDocument],
        taxonomy: Taxonomy,
        *,
        detail: Detail,
        schemes: Sequence[str] | None,
        language: str,
    ) -> Iterator[str]:
        """Yield the report.

        Args:
            documents: What was annotated.
            taxonomy: The labels, with their names and colours.
            detail: How far down to go.
            schemes: The schemes to report on; all of them by default.
            language: The language of names and words.
        """


def _html(
    documents: Sequence[AnnotatedDocument],
    taxonomy: Taxonomy,
    *,
    detail: Detail,
    schemes: Sequence[str] | None,
    language: str,
) -> Iterator[str]:
    """Build the page for a browser."""
    from annotator.report.page import render_page  # noqa: PLC0415 - jinja2 is for this form only

    texts = detail is not Detail.CORPUS
    return render_page(documents, taxonomy, texts=texts, schemes=schemes, language=language)


def _markdown(
    documents: Sequence[AnnotatedDocument],
    taxonomy: Taxonomy,
    *,
    detail: Detail,
    schemes: Sequence[str] | None,
    language: str,
) -> Iterator[str]:
    """Build the rationale for pasting into a submission."""
    from annotator.report.submission import render_markdown  # noqa: PLC0415 - words from YAML

    del detail
    return render_markdown(documents, taxonomy, schemes=schemes, language=language)


FORMATS: Mapping[str, Writer] = {"html": _html, "markdown": _markdown}
"""The writers. The terminal's report is none of them: it goes to a console of some width."""
