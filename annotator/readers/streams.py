"""Tables in UTF-8, read line by line: however large they are, only one row is held."""

from __future__ import annotations

import codecs
import io
from dataclasses import replace
from typing import TYPE_CHECKING

from annotator.encodings import is_utf8
from annotator.errors import UnreadableInputError
from annotator.readers.patience import Patience, PatientFile
from annotator.readers.rows import read_lines, read_rows, row_too_long, table_cut_off

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from annotator.errors import InputError
    from annotator.model import Document
    from annotator.readers.options import ReadingOptions
    from annotator.readers.source import Reading, Source

__all__ = ["can_stream", "read_stream"]

_PIECE = 2**18
"""Bytes that are read at a time."""


def can_stream(file: Path, source: Source, options: ReadingOptions) -> bool:
    """Tell whether a file can be read line by line: another encoding needs a look at the whole.

    Raises:
        LimitError: The next line takes too long.
        OSError: The file cannot be read.
    """
    with _open(file, source, options) as stream:
        return is_utf8(_Lines(stream))


def read_stream(file: Path, kind: str, source: Source, reading: Reading) -> Iterator[Document]:
    """Read the rows of a table of which :func:`can_stream` is true, one at a time.

    Args:
        file: The table.
        kind: Its format, ``csv`` or ``jsonl``.
        source: Its name; the bytes are not looked at.
        reading: Which column holds the text, and who is told of bad rows.

    Raises:
        LimitError: The next row is too long, or takes too long.
        UnreadableInputError: The file cannot be read on, or no column holds the text.
    """
    with _open(file, source, reading.options) as stream:

        def complain(error: InputError) -> None:
            """Pass an error on, and give the next row its own time."""
            reading.on_error(error)
            stream.renew()

        told = replace(reading, on_error=complain)
        read, split = (
            (read_lines, _lines_of_json) if kind == "jsonl" else (read_rows, _lines_of_csv)
        )
        for document in read(_naming_failure(split(stream, source, told), source), source, told):
            yield document
            # Neither what the annotator took counts, nor the rows before.
            stream.renew()


def _lines_of_json(stream: PatientFile, source: Source, reading: Reading) -> Iterator[str]:
    """Yield lines; one that is too long is told, and is blank."""
    buffered = io.BufferedReader(stream, _PIECE)
    longest = reading.options.largest_row
    number = 0
    while line := buffered.readline(longest):
        number += 1
        if len(line) == longest and not line.endswith(b"\n"):
            while (rest := buffered.readline(longest)) and not rest.endswith(b"\n"):
                pass
            reading.on_error(row_too_long(f"{source.name}:{number}", reading))
            line = b""
        elif number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        # A file that somebody writes to while it is read may hold anything by now.
        yield line.decode("utf-8", errors="replace")


def _lines_of_csv(stream: PatientFile, source: Source, reading: Reading) -> Iterator[str]:
    """Yield lines, which any line end closes, as long as they are of a length that can be held."""
    decode = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder("utf-8-sig")("replace"), translate=False
    ).decode
    rest, more = "", True
    while more:
        piece = stream.read(_PIECE)
        more = bool(piece)
        lines = iter(io.StringIO(rest + decode(piece, final=not more), newline=""))
        rest = next(lines, "")
        for line in lines:
            yield rest
            rest = line
        if len(rest) > reading.options.largest_row:
            raise table_cut_off(source.name, reading)
    if rest:
        yield rest


class _Lines:
    """A table to look through: with every line end, the time counts anew."""

    def __init__(self, file: PatientFile) -> None:
        self._file = file

    def read(self, size: int = _PIECE, /) -> bytes:
        """Read on."""
        piece = self._file.read(size)
        if b"\n" in piece or b"\r" in piece:
            self._file.renew()
        return piece


def _open(file: Path, source: Source, options: ReadingOptions) -> PatientFile:
    """Open a table."""
    return PatientFile(file, Patience(options.seconds, source.name))


def _naming_failure(lines: Iterable[str], source: Source) -> Iterator[str]:
    """Yield lines; say which file it was if the next cannot be read."""
    try:
        yield from lines
    except OSError as error:
        raise UnreadableInputError(
            f"it cannot be read on ({error.strerror})", where=source.name, hint="copy it and retry"
        ) from error
