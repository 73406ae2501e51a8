"""Paths in, documents out, in order; what cannot be read is said, and the rest goes on."""

from __future__ import annotations

import os
import sys
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
from annotator.readers.source import Reading, Source
from annotator.readers.streams import can_stream, read_stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from annotator.model import Document

__all__ = ["STANDARD_INPUT", "display_name", "list_files", "read_documents", "read_path"]

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
    try:
        if str(path) == STANDARD_INPUT:
            yield from _read_input(sys.stdin.buffer.read(), on_error, options, process)
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
    data: bytes,
    on_error: Callable[[InputError], None],
    options: ReadingOptions,
    process: ReadingProcess,
) -> Iterator[Document]:
    """Read standard input, which has no name to tell its format."""
    if recognize(data[:HEAD], "") in TEXT_FORMATS:
        yield from read_source(Source("stdin", data, ""), Reading(options, on_error))
    else:
        yield from process.read(Request("stdin", "", None, data, options), on_error)


def _read_file(
    file: Path,
    on_error: Callable[[InputError], None],
    options: ReadingOptions,
    process: ReadingProcess,
) -> Iterator[Document]:
    """Read what one file holds: text in this process, other formats in one of their own."""
    name, suffix = display_name(file), file.suffix.lower()
    reading = Reading(options, on_error)
    try:
        with file.open("rb") as stream:
            head = stream.read(HEAD)
            kind = recognize(head, suffix)
            if kind not in TABLE_FORMATS and file.stat().st_size > options.largest_file:
                raise LimitError(
                    f"it is larger than {options.largest_file >> 20} MiB",
                    where=name,
                    hint="split it",
                )
            streamed = kind in TABLE_FORMATS and can_stream(file)
            # A pipe cannot be opened a second time by the other process.
            here = not streamed and (kind in TEXT_FORMATS or not file.is_file())
            data = head + stream.read() if here else b""
    except OSError as error:
        raise UnreadableInputError(
            f"it cannot be read ({error.strerror})", where=name, hint="check its permissions"
        ) from error
    if streamed:
        yield from read_stream(file, kind, Source(name, b"", suffix), reading)
        return
    if not (head + data).strip() and (here or not head):
        raise UnreadableInputError("the file is empty", where=name, hint="check the export")
    if kind in TEXT_FORMATS:
        yield from read_source(Source(name, data, suffix), reading)
    else:
        path = None if here else os.fsencode(file)
        yield from process.read(Request(name, suffix, path, data, options), on_error)


def display_name(path: Path) -> str:
    """Return a path as text that can be written, whatever bytes its name consists of."""
    return os.fsencode(path).decode("utf-8", errors="replace")
