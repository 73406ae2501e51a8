"""Paths in, documents out, in order; what cannot be read is said, and the rest goes on."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.errors import InputError, LimitError, MissingInputError, UnreadableInputError
from annotator.identifiers import UniqueIds
from annotator.readers.formats import (
    HEAD,
    SUFFIXES,
    TABLE_FORMATS,
    TEXT_FORMATS,
    read_source,
    recognize,
)
from annotator.readers.frames import Request
from annotator.readers.isolation import ReadingProcess
from annotator.readers.options import ReadingOptions
from annotator.readers.patience import Patience, PatientFile
from annotator.readers.source import Reading, Source
from annotator.readers.streams import can_stream, read_stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from annotator.model import Document

__all__ = ["STANDARD_INPUT", "display_name", "list_files", "read_documents", "read_path"]

_PIECE = 2**18
"""Bytes that are read at a time."""

_LINE = re.compile(r"[^\r\n\u2028\u2029\x85\x0b\x0c]+")

STANDARD_INPUT = "-"
"""The path that means standard input."""


def read_documents(
    paths: Iterable[str | Path],
    on_error: Callable[[InputError], None],
    options: ReadingOptions | None = None,
) -> Iterator[Document]:
    """Read documents from files, folders, archives, tables of documents and standard input.

    Folders are read recursively in the order of their names; hidden files and
    files of kinds that are not read are left out there. A file that is named
    itself is read whatever its name ends in.

    Args:
        paths: Files, folders, or ``-`` for standard input.
        on_error: Called with what could not be read, and with an
            :class:`~annotator.errors.InputWarning` for what was read only in
            part; reading goes on.
        options: How to read, and how much it may take.

    Yields:
        The documents, in the order of the paths. Ids are unique: a repeated
        one gets ``#2``, ``#3`` and so on.
    """
    unique = UniqueIds()
    options = options or ReadingOptions()
    with ReadingProcess() as process:
        for path in paths:
            yield from unique.rename(_read_path(path, on_error, options, process))


def read_path(
    path: str | Path, on_error: Callable[[InputError], None], options: ReadingOptions | None = None
) -> Iterator[Document]:
    """Read the documents of one path, with ids as they stand there: they may repeat.

    Args:
        path: A file, a folder, or ``-`` for standard input.
        on_error: As for :func:`read_documents`.
        options: How to read, and how much it may take.
    """
    with ReadingProcess() as process:
        yield from _read_path(path, on_error, options or ReadingOptions(), process)


def _read_path(
    path: str | Path,
    on_error: Callable[[InputError], None],
    options: ReadingOptions,
    process: ReadingProcess,
) -> Iterator[Document]:
    """Read one path, handing errors over."""
    for document in _read_any(path, on_error, options, process):
        excess = _excess(document.text, options)
        if excess:
            on_error(LimitError(excess, where=document.id, hint="split it"))
        else:
            yield document


def _excess(text: str, options: ReadingOptions) -> str | None:
    """Say in what a text is more than one document may be; ``None`` if it is not."""
    if len(text) > options.longest_text:
        return f"its text is longer than {options.longest_text:,} characters"
    if len(text) > options.most_lines and any(
        islice(_LINE.finditer(text), options.most_lines, None)
    ):
        return f"it has more than {options.most_lines:,} lines"
    return None


def _read_any(
    path: str | Path,
    on_error: Callable[[InputError], None],
    options: ReadingOptions,
    process: ReadingProcess,
) -> Iterator[Document]:
    """Read one path, whatever the size of its documents."""
    try:
        if str(path) == STANDARD_INPUT:
            yield from _read_input(on_error, options, process)
            return
        for file in list_files(Path(path)):
            try:
                yield from _read_file(file, on_error, options, process)
            except InputError as error:
                on_error(error)
    except InputError as error:
        on_error(error)


def list_files(path: Path) -> list[Path]:
    """List the files that a path stands for: itself, or those in a folder that can be read.

    Raises:
        MissingInputError: There is nothing at the path, or nothing to read in the folder.
    """
    if path.is_dir():
        found = sorted(
            file
            for file in path.rglob("*")
            if file.suffix.lower() in SUFFIXES
            and file.is_file()
            and not any(part.startswith(".") for part in file.relative_to(path).parts)
        )
        if not found:
            raise MissingInputError(
                "the folder holds no file that can be read",
                where=display_name(path),
                hint="files ending in " + ", ".join(sorted(SUFFIXES)),
            )
        return found
    if not path.exists():
        raise MissingInputError(
            "there is no such file or folder", where=display_name(path), hint="check the spelling"
        )
    return [path]


def _read_input(
    on_error: Callable[[InputError], None], options: ReadingOptions, process: ReadingProcess
) -> Iterator[Document]:
    """Read standard input, which has no name to tell its format."""
    name = "stdin"
    try:
        number = sys.stdin.fileno()
    except (AttributeError, OSError):  # replaced by something that is no file
        number = None
    if number is None or sys.stdin.isatty():
        # A person who types may think for as long as they like.
        data = sys.stdin.buffer.read()
    else:
        with PatientFile(number, Patience(options.seconds, name)) as stream:
            data = _read_whole(stream, b"", name, options)
    if recognize(data[:HEAD], "") in TEXT_FORMATS:
        yield from read_source(Source(name, data, ""), Reading(options, on_error))
    else:
        yield from process.read(Request(name, "", None, data, options), on_error)


def _read_file(
    file: Path,
    on_error: Callable[[InputError], None],
    options: ReadingOptions,
    process: ReadingProcess,
) -> Iterator[Document]:
    """Read what one file holds: text in this process, other formats in one of their own."""
    source = Source(display_name(file), b"", file.suffix.lower())
    reading = Reading(options, on_error)
    try:
        with PatientFile(file, Patience(options.seconds, source.name)) as stream:
            head = stream.read(_PIECE)
            kind = recognize(head[:HEAD], source.suffix)
            _check_size(file, kind, source.name, options)
            streamed = kind in TABLE_FORMATS and can_stream(file, source, options)
            # A pipe cannot be opened a second time by the other process.
            here = not streamed and (kind in TEXT_FORMATS or not file.is_file())
            data = _read_whole(stream, head, source.name, options) if here else b""
    except OSError as error:
        raise UnreadableInputError(
            f"it cannot be read ({error.strerror})",
            where=source.name,
            hint="check its permissions",
        ) from error
    if streamed:
        yield from read_stream(file, kind, source, reading)
        return
    if not (head + data).strip() and (here or not head):
        raise UnreadableInputError("the file is empty", where=source.name, hint="check the export")
    if kind in TEXT_FORMATS:
        yield from read_source(replace(source, data=data), reading)
    else:
        path = None if here else os.fsencode(file)
        yield from process.read(Request(source.name, source.suffix, path, data, options), on_error)


def _check_size(file: Path, kind: str, name: str, options: ReadingOptions) -> None:
    """Refuse a file that is too large to be one document.

    Raises:
        LimitError: It is.
    """
    if kind in TABLE_FORMATS:
        return
    largest = options.largest_file
    if kind in TEXT_FORMATS:
        # No encoding takes more than four bytes for a character.
        largest = min(largest, options.largest_text, 4 * options.longest_text)
    if file.stat().st_size > largest:
        raise LimitError(f"it is larger than {largest >> 20} MiB", where=name, hint="split it")


def _read_whole(stream: PatientFile, head: bytes, name: str, options: ReadingOptions) -> bytes:
    """Read the rest of what has to be held whole.

    Raises:
        LimitError: It is too large, or takes too long.
        OSError: It cannot be read on.
    """
    pieces: list[bytes] = []
    size = 0
    piece = head or stream.read(_PIECE)
    while piece:
        pieces.append(piece)
        size += len(piece)
        if size > options.largest_text:
            raise LimitError(
                f"it is larger than {options.largest_text >> 20} MiB, and cannot be read in parts",
                where=name,
                hint="split it; a table in UTF-8, in a file that ends in .jsonl or .csv, "
                "may have any size",
            )
        piece = stream.read(_PIECE)
    return b"".join(pieces)


def display_name(path: Path) -> str:
    """Return a path as text that can be written, whatever bytes its name consists of."""
    return os.fsencode(path).decode("utf-8", errors="replace")
