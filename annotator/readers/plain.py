"""Texts as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.encodings import decode_text
from annotator.model import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotator.readers.source import Reading, Source

__all__ = ["read_plain"]


def read_plain(source: Source, reading: Reading) -> Iterator[Document]:
    """Read a text as it is; offsets count its own code points.

    Raises:
        UnreadableInputError: The bytes are no text.
    """
    del reading
    text = decode_text(source.data, source.name)
    yield Document(id=source.name, source=source.name, text=text)
