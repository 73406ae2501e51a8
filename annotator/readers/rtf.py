"""RTF texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from annotator.readers.source import Block, build_document, damage_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotator.model import Document
    from annotator.readers.source import Reading, Source

__all__ = ["read_rtf"]


_SHAPE = re.compile(r"\{\\shp(?![a-z])|\{\\\*\\shpinst(?![a-z])|\\shptxt(?![a-z])")
"""What opens a text box, in which Arabic tables may stand: striprtf leaves boxes out."""


def read_rtf(source: Source, reading: Reading) -> Iterator[Document]:
    """Read the text of an RTF file, without its headers and footnotes; it knows no pages.

    Raises:
        UnreadableInputError: It is damaged or empty.
    """
    del reading
    from striprtf.striprtf import rtf_to_text  # noqa: PLC0415 - only this format needs it

    with damage_named(source, "RTF text"):
        # RTF itself is ASCII: it names the encoding of what its escapes stand for.
        text: str = rtf_to_text(  # type: ignore[no-untyped-call] # it is typed only in part
            _SHAPE.sub(_opened, source.data.decode("latin-1")), errors="replace"
        )
        # A character beyond the first plane stands as two escapes, each half of it.
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    yield build_document(source, [Block(line.replace("|", " ")) for line in text.splitlines()])


def _opened(match: re.Match[str]) -> str:
    """Return what makes a box a plain part of the text."""
    return "{" if match.group().startswith("{") else "\\par "
