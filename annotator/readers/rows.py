"""Tables whose rows are documents: JSON Lines and CSV, and what all tables share."""

from __future__ import annotations

import csv
import io
import re
from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec

from annotator.encodings import decode_text
from annotator.errors import LimitError, RowError, UnreadableInputError
from annotator.model import Document, Place
from annotator.readers.source import printable_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from annotator.readers.source import Reading, Source

__all__ = [
    "CSV_FIELD_LIMIT",
    "column_missing",
    "read_csv",
    "read_jsonl",
    "read_lines",
    "read_rows",
    "row_document",
    "row_too_long",
    "table_cut_off",
]

CSV_FIELD_LIMIT = 2**31 - 1
"""Characters that a cell may have."""

_LANGUAGE_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]+)*$")
_LABEL_SEPARATORS = str.maketrans(";|，、", ",,,,")
_MOST_COLUMNS = 20
"""Columns that a message lists."""


def read_jsonl(source: Source, reading: Reading) -> Iterator[Document]:
    """Read one document a line: the text, and optionally ``id``, ``lang``, ``labels``.

    Raises:
        UnreadableInputError: The bytes are no text.
    """
    # Not splitlines(): U+2028 and the like may stand inside a JSON string.
    yield from read_lines(decode_text(source.data, source.name).split("\n"), source, reading)


def read_lines(
    lines: Iterable[str], source: Source, reading: Reading, first: int = 1
) -> Iterator[Document]:
    """Read one document a line.

    Args:
        lines: Some lines, with their ends or without.
        source: The file that they stand in.
        reading: Which field holds the text, and who is told of bad lines.
        first: Number of the first of them in the file.
    """
    for number, line in enumerate(lines, first):
        if not line.strip():
            continue
        where = f"{source.name}:{number}"
        if len(line) > reading.options.largest_row:
            reading.on_error(row_too_long(where, reading))
            continue
        try:
            row = msgspec.json.decode(line.removesuffix("\n"))
        except msgspec.DecodeError as error:
            reading.on_error(
                RowError(f"the line is not JSON ({error})", where=where, hint="one object a line")
            )
            continue
        except RecursionError:
            reading.on_error(
                RowError("the row is nested too deep", where=where, hint="one plain object a line")
            )
            continue
        yield from row_document(row, source, reading, where=where, number=str(number))


def read_csv(source: Source, reading: Reading) -> Iterator[Document]:
    """Read one document a row; the header names the columns.

    Raises:
        UnreadableInputError: The bytes are no text, or no column holds the text.
    """
    text = decode_text(source.data, source.name)
    yield from read_rows(io.StringIO(text, newline=""), source, reading)


def read_rows(lines: Iterable[str], source: Source, reading: Reading) -> Iterator[Document]:
    """Read one document a row; the header names the columns.

    Args:
        lines: The whole table, cut at line ends of any kind, which the lines keep.
        source: The file that they stand in.
        reading: Which column holds the text, and who is told of bad rows.

    Raises:
        UnreadableInputError: No column holds the text.
        LimitError: A row is too long; where the next begins can no longer be told.
    """
    csv.field_size_limit(CSV_FIELD_LIMIT)
    taken = 0

    def counted() -> Iterator[str]:
        """Pass the lines on, as long as a row is not too long."""
        nonlocal taken
        for line in lines:
            taken += len(line)
            if taken > reading.options.largest_row:
                raise table_cut_off(source.name, reading)
            yield line

    remaining = counted()
    first: list[str] = []
    for line in remaining:
        first.append(line)
        if line.endswith("\n"):
            break
    delimiter = max(",;\t", key="".join(first).count)
    rows = csv.DictReader(chain(first, remaining), delimiter=delimiter, strict=True)
    try:
        columns = rows.fieldnames or ()
    except csv.Error as error:
        raise UnreadableInputError(
            f"the header is not CSV ({error})", where=f"{source.name}:1", hint="check its quotes"
        ) from error
    if reading.options.text_column not in columns:
        raise column_missing(f"{source.name}:1", reading, columns)
    count = 1
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            count += 1
            taken = 0
            reading.on_error(
                RowError(
                    f"the row is not CSV ({error})",
                    where=f"{source.name}:{rows.line_num}",
                    hint="check its quotes",
                )
            )
            continue
        if row is None:
            break
        taken = 0
        count += 1
        yield from row_document(
            row,
            source,
            reading,
            where=f"{source.name}:{rows.line_num}",
            number=str(rows.line_num),
            locator=f"row {count}",
        )
    if count == 1:
        reading.on_error(
            RowError("the table has no rows", where=f"{source.name}:1", hint="check the export")
        )


def column_missing(where: str, reading: Reading, columns: Iterable[object]) -> UnreadableInputError:
    """Build the error for a table without the column of texts; it lists those there are."""
    names = [str(column) for column in columns if column is not None]
    listed = ", ".join(names[:_MOST_COLUMNS]) + (", …" if len(names) > _MOST_COLUMNS else "")
    return UnreadableInputError(
        f"the table has no column named {reading.options.text_column}",
        where=where,
        hint=f"--text-column with one of: {listed}"
        if names
        else "name the columns in its first row",
    )


def row_too_long(where: str, reading: Reading) -> LimitError:
    """Build the error for one row that takes too much memory."""
    return LimitError(
        f"the row is longer than {reading.options.largest_row >> 20} MiB",
        where=where,
        hint="split its text",
    )


def table_cut_off(name: str, reading: Reading) -> LimitError:
    """Build the error for a table of which a row is so long that it is not read on."""
    return LimitError(
        f"a row of it is longer than {reading.options.largest_row >> 20} MiB, "
        "and what follows is not read",
        where=name,
        hint="split its text, or see whether a quotation mark is missing",
    )


def row_document(
    row: Any,  # noqa: ANN401 - whatever stands in the file
    source: Source,
    reading: Reading,
    *,
    where: str,
    number: str,
    locator: str | None = None,
) -> Iterator[Document]:
    """Turn one row into a document, or hand over what is wrong with it.

    Args:
        row: The values by the names of their columns.
        source: The table.
        reading: Which column holds the text, and who is told of bad rows.
        where: The row, for messages.
        number: What tells the row from the others, for its id if it has none.
        locator: Where a person finds the text in the table.
    """
    column = reading.options.text_column
    text = row.get(column) if isinstance(row, dict) else None
    if not isinstance(text, str):
        reading.on_error(
            RowError("the row has no text", where=where, hint=f"give it a field named {column}")
        )
        return
    if not text.strip():
        reading.on_error(RowError("the row's text is empty", where=where, hint="leave the row out"))
        return
    try:
        given, labels = str(row.get("id") or f"{source.name}#{number}"), _labels(row)
    except RecursionError:
        reading.on_error(
            RowError("its id or its labels are nested too deep", where=where, hint="plain values")
        )
        return
    yield Document(
        id=printable_text(given),
        source=source.name,
        # Half of a surrogate pair is no character and could not be written again.
        text=text.encode("utf-8", errors="replace").decode("utf-8"),
        language=_language(row),
        labels=labels,
        places=(Place(0, locator),) if locator else (),
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
