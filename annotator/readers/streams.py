"""Tables in UTF-8, read line by line: however large they are, only one row is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.encodings import is_utf8
from annotator.errors import UnreadableInputError
from annotator.readers.rows import read_lines, read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from annotator.model import Document
    from annotator.readers.source import Reading, Source

__all__ = ["can_stream", "read_stream"]

_TABLES = {"csv": ("", read_rows), "jsonl": ("\n", read_lines)}
"""What ends a line (nothing: any line end), and what reads the lines, by format."""


def can_stream(file: Path) -> bool:
    """Tell whether a file can be read line by line: another encoding needs a look at the whole.

    Raises:
        OSError: The file cannot be read.
    """
    if not file.is_file():  # a pipe can be read only once
        return False
    with file.open("rb") as stream:
        return is_utf8(stream)


def read_stream(file: Path, kind: str, source: Source, reading: Reading) -> Iterator[Document]:
    """Read the rows of a table of which :func:`can_stream` is true, one at a time.

    Args:
        file: The table.
        kind: Its format, ``csv`` or ``jsonl``.
        source: Its name; the bytes are not looked at.
        reading: Which column holds the text, and who is told of bad rows.

    Raises:
        UnreadableInputError: The file cannot be read on, or no column holds the text.
    """
    newline, read = _TABLES[kind]
    # A file that somebody writes to while it is read may hold anything by now.
    with file.open(encoding="utf-8-sig", errors="replace", newline=newline) as lines:
        yield from read(_naming_failure(lines, source), source, reading)


def _naming_failure(lines: Iterable[str], source: Source) -> Iterator[str]:
    """Yield lines; say which file it was if the next cannot be read."""
    try:
        yield from lines
    except OSError as error:
        raise UnreadableInputError(
            f"it cannot be read on ({error.strerror})", where=source.name, hint="copy it and retry"
        ) from error
