"""From paths to documents: one function, one iterator, nothing lost.

What cannot be read does not stop the rest: it is handed to ``on_error`` as an
:class:`~annotator.errors.InputError` that names file and line.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from annotator.encodings import decode_text
from annotator.errors import InputError, MissingInputError, RowError, UnreadableInputError
from annotator.identifiers import UniqueIds
from annotator.model import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

__all__ = [
    "STANDARD_INPUT",
    "SUFFIXES",
    "list_files",
    "read_documents",
    "read_lines",
    "read_path",
    "read_row",
]

STANDARD_INPUT = "-"
"""The path that means standard input."""

_CSV_FIELD_LIMIT = 2**31 - 1
_LANGUAGE_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]+)*$")
_LABEL_SEPARATORS = str.maketrans(";|，、", ",,,,")


def read_documents(
    paths: Iterable[str | Path], on_error: Callable[[InputError], None]
) -> Iterator[Document]:
    """Read documents from files, folders, tables of documents and standard input.

    Folders are read recursively in the order of their names; hidden files and
    files of kinds that are not read are left out there. A file that is named
    itself is read whatever its name ends in.

    Args:
        paths: Files, folders, or ``-`` for standard input.
        on_error: Called with what could not be read; reading goes on.

    Yields:
        The documents, in the order of the paths. Ids are unique: a repeated
        one gets ``#2``, ``#3`` and so on.
    """
    unique = UniqueIds()
    for path in paths:
        yield from unique.rename(read_path(path, on_error))


def read_path(path: str | Path, on_error: Callable[[InputError], None]) -> Iterator[Document]:
    """Read one path, with ids as its rows give them: they may repeat.

    Args:
        path: A file, a folder, or ``-`` for standard input.
        on_error: Called with what could not be read; reading goes on.
    """
    try:
        if str(path) == STANDARD_INPUT:
            yield from _read_bytes(sys.stdin.buffer.read(), "stdin", ".txt", on_error)
            return
        for file in list_files(Path(path)):
            try:
                yield from _read_bytes(_bytes_of(file), str(file), file.suffix.lower(), on_error)
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
                where=str(path),
                hint="files ending in " + ", ".join(sorted(SUFFIXES)),
            )
        return found
    if not path.exists():
        raise MissingInputError(
            "there is no such file or folder", where=str(path), hint="check the spelling"
        )
    return [path]


def _bytes_of(file: Path) -> bytes:
    """Read a file's bytes."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise UnreadableInputError(
            f"it cannot be read ({error.strerror})", where=str(file), hint="check its permissions"
        ) from error


def _read_bytes(
    data: bytes, source: str, suffix: str, on_error: Callable[[InputError], None]
) -> Iterator[Document]:
    """Read what one file holds: a document, or a table of documents."""
    text = decode_text(data, source)
    reader = SUFFIXES.get(suffix, _read_plain)
    yield from reader(text, source, on_error)


def _read_plain(
    text: str, source: str, on_error: Callable[[InputError], None]
) -> Iterator[Document]:
    """Read a text as it is; offsets count its own code points."""
    del on_error
    yield Document(id=source, source=source, text=text)


def _read_html(
    text: str, source: str, on_error: Callable[[InputError], None]
) -> Iterator[Document]:
    """Read the main text of a web page, without menus and the like."""
    del on_error
    import trafilatura  # noqa: PLC0415 - heavy, and only web pages need it

    main = trafilatura.extract(text, include_comments=False, include_tables=True, favor_recall=True)
    if not main:
        raise UnreadableInputError(
            "no text was found in the page", where=source, hint="save the page as text"
        )
    yield Document(id=source, source=source, text=main)


def read_lines(
    text: str, source: str, on_error: Callable[[InputError], None], first: int = 1
) -> Iterator[Document]:
    """Read one document a line: ``text``, and optionally ``id``, ``lang``, ``labels``.

    Args:
        text: JSON lines.
        source: Where they stand.
        on_error: Called with what could not be read; reading goes on.
        first: Number of the first of these lines in their source.
    """
    # Not splitlines(): U+2028 and the like may stand inside a JSON string.
    for number, line in enumerate(text.split("\n"), first):
        if not line.strip():
            continue
        where = f"{source}:{number}"
        try:
            row = msgspec.json.decode(line)
        except msgspec.DecodeError as error:
            on_error(
                RowError(f"the line is not JSON ({error})", where=where, hint="one object a line")
            )
            continue
        yield from read_row(row, source, number, on_error)


def _read_csv(text: str, source: str, on_error: Callable[[InputError], None]) -> Iterator[Document]:
    """Read one document a row; the header names the columns."""
    csv.field_size_limit(_CSV_FIELD_LIMIT)
    delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = rows.fieldnames or ()
    except csv.Error as error:
        raise UnreadableInputError(
            f"the header is not CSV ({error})", where=f"{source}:1", hint="check its quotes"
        ) from error
    if "text" not in columns:
        raise UnreadableInputError(
            "the table has no column named text",
            where=f"{source}:1",
            hint="name the column in the header",
        )
    empty = True
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            empty = False
            on_error(
                RowError(
                    f"the row is not CSV ({error})",
                    where=f"{source}:{rows.line_num}",
                    hint="check its quotes",
                )
            )
            continue
        if row is None:
            break
        empty = False
        yield from read_row(row, source, rows.line_num, on_error)
    if empty:
        on_error(RowError("the table has no rows", where=f"{source}:1", hint="check the export"))


def read_row(
    row: Any,  # noqa: ANN401 - whatever stands in the file
    source: str,
    number: int,
    on_error: Callable[[InputError], None],
) -> Iterator[Document]:
    """Turn one row into a document, or hand over what is wrong with it.

    Args:
        row: What stands in the file; a document is a dictionary with a ``text``.
        source: The file.
        number: Line or row in the file, which names a row without an ``id``.
        on_error: Called with what is wrong.
    """
    where = f"{source}:{number}"
    text = row.get("text") if isinstance(row, dict) else None
    if not isinstance(text, str):
        on_error(RowError("the row has no text", where=where, hint="give it a field named text"))
        return
    if not text.strip():
        on_error(RowError("the row's text is empty", where=where, hint="leave the row out"))
        return
    yield Document(
        id=str(row.get("id") or f"{source}#{number}"),
        source=source,
        # Half of a surrogate pair is no character and could not be written again.
        text=text.encode("utf-8", errors="replace").decode("utf-8"),
        language=_language(row),
        labels=_labels(row),
    )


def _language(row: Mapping[str, Any]) -> str | None:
    """Return the language that a row declares: the first part of its BCP 47 tag.

    What is no such tag declares nothing, and the language is identified.
    """
    tag = row.get("lang")
    found = _LANGUAGE_TAG.match(tag.strip().lower()) if isinstance(tag, str) else None
    return found.group(1) if found else None


def _labels(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the labels that a row gives, as a list or as text with separators."""
    labels = row.get("labels")
    if isinstance(labels, str):
        labels = labels.translate(_LABEL_SEPARATORS).split(",")
    if not isinstance(labels, list):
        return ()
    return tuple(str(label).strip() for label in labels if str(label).strip())


SUFFIXES: Mapping[str, Callable[[str, str, Callable[[InputError], None]], Iterator[Document]]] = {
    ".csv": _read_csv,
    ".htm": _read_html,
    ".html": _read_html,
    ".jsonl": read_lines,
    ".markdown": _read_plain,
    ".md": _read_plain,
    ".ndjson": read_lines,
    ".tsv": _read_csv,
    ".txt": _read_plain,
    ".xhtml": _read_html,
}
"""The readers, by what a file's name ends in."""
