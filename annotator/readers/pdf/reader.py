"""From the bytes of a PDF to a document."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from annotator.errors import UnreadableInputError
from annotator.readers.package import refuse_encrypted
from annotator.readers.pdf.fragments import page_fragments
from annotator.readers.pdf.lines import measure_columns, page_lines
from annotator.readers.pdf.paragraphs import rebuild_paragraphs, without_furniture
from annotator.readers.pdf.quality import is_unreadable, looks_reversed, reading_knowledge
from annotator.readers.source import build_document, damage_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from annotator.model import Document
    from annotator.readers.pdf.lines import Line
    from annotator.readers.source import Reading, Source

__all__ = ["read_pdf"]

_PICTURES = frozenset({b"Do", b"INLINE IMAGE"})

_REASONS = {
    "picture": "no text layer: pictures of pages, as a scanner makes them",
    "reversed": "Arabic words that are written backwards",
    "unreadable": "fonts that do not say which characters they show",
}
_ADVICE = (
    "recognize its text with a program such as ocrmypdf (--force-ocr, -l ara+chi_sim+eng), "
    "or get the file that the PDF was made from"
)
_MOST_LISTED = 8


def read_pdf(source: Source, reading: Reading) -> Iterator[Document]:
    """Read a PDF: its paragraphs, each with its page.

    Pages whose text layer cannot be trusted are left out, with a warning; if
    that is so of all pages, or all that hold something, there is no document.

    Raises:
        UnreadableInputError: It is damaged, encrypted, empty, scanned, or its
            text layer is reversed or holds no characters.
    """
    import pypdf  # noqa: PLC0415 - only this format needs it
    from pypdf.errors import DependencyError, PyPdfError  # noqa: PLC0415

    with damage_named(source, "PDF", PyPdfError, DependencyError):
        file = pypdf.PdfReader(io.BytesIO(source.data))
        if file.is_encrypted and not file.decrypt(""):
            raise refuse_encrypted(source)
        pages: list[list[Line]] = []
        bad: dict[str, list[int]] = {}
        for number, page in enumerate(file.pages, 1):
            fragments = page_fragments(page, reading_knowledge().radicals)
            lines = page_lines(fragments, number)
            reason = _refusal(lines, page)
            if reason:
                bad.setdefault(reason, []).append(number)
                lines = []
            pages.append(lines)
        blocks = rebuild_paragraphs([measure_columns(lines) for lines in without_furniture(pages)])
    if bad and not any(pages):
        reasons = " and ".join(_REASONS[reason] for reason in bad)
        raise UnreadableInputError(f"it has {reasons}", where=source.name, hint=_ADVICE)
    for reason, numbers in bad.items():
        reading.warn(f"{_listed(numbers)} left out: {_REASONS[reason]}", source, _ADVICE)
    yield build_document(source, blocks)


def _refusal(lines: Sequence[Line], page: Any) -> str | None:  # noqa: ANN401 - pypdf's page
    """Say why a page's text cannot be used; ``None`` if it can, or if there is nothing on it."""
    text = "\n".join(line.text for line in lines)
    if not text.strip():
        content = page.get_contents()
        operators = (
            {operator for _, operator in content.operations} if content is not None else set()
        )
        return "picture" if operators & _PICTURES else None
    if is_unreadable(text):
        return "unreadable"
    return "reversed" if looks_reversed(text) else None


def _listed(numbers: Sequence[int]) -> str:
    """List page numbers, the first few."""
    if len(numbers) == 1:
        return f"page {numbers[0]} is"
    more = f" and {len(numbers) - _MOST_LISTED} more" if len(numbers) > _MOST_LISTED else ""
    return f"pages {', '.join(map(str, numbers[:_MOST_LISTED]))}{more} are"
