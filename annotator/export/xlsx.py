"""The tables as sheets of an Excel workbook.

Every text is typed as one, so no cell is a formula. Excel's limits are met
without losing anything: a row with a text longer than a cell holds goes on in
further rows, told apart by the column ``part``; a sheet that is full goes on
in a second one (``evidence 2``). The same input gives the same bytes.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
import zipfile
from typing import TYPE_CHECKING, Any, BinaryIO

from annotator.export.cells import cut_text, escape_text
from annotator.export.tables import TABLES, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from annotator.export.tables import Cell
    from annotator.model import AnnotatedDocument

__all__ = ["MOST_ROWS", "write_xlsx"]

MOST_ROWS = 1_048_576
"""Rows that a sheet of Excel holds."""


def write_xlsx(
    documents: Iterable[AnnotatedDocument],
    streams: Sequence[BinaryIO],
    settings: Mapping[str, Any],
    most_rows: int = MOST_ROWS,
) -> int:
    """Write a workbook with one sheet a table; rows go to the disk as they come.

    Args:
        documents: What to write.
        streams: The one file.
        settings: Not used.
        most_rows: Rows that a sheet may have.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - a fifth of a second

    del settings
    book = Workbook(write_only=True)
    sheets = {table: _Sheets(book, table, most_rows) for table in TABLES}
    count = 0
    try:
        for document in documents:
            count += 1
            for table, row in rows_of(document):
                for part in _parts(row):
                    sheets[table].append(part)
    except BaseException:
        for sheet in book.worksheets:
            with contextlib.suppress(OSError):
                sheet.close()
        raise
    # A write-only workbook leaves its temporary files only when it is saved.
    with tempfile.TemporaryFile() as packed:
        book.save(packed)
        _write_reproducibly(packed, streams[0])
    return count


class _Sheets:
    """The sheets of one table, the next begun when one is full."""

    def __init__(self, book: Any, table: str, most_rows: int) -> None:  # noqa: ANN401
        self._book = book
        self._table = table
        self._most_rows = most_rows
        self._number = 0
        self._begin()

    def append(self, row: Sequence[Cell]) -> None:
        """Write one row."""
        if self._rows >= self._most_rows:
            self._begin()
        self._sheet.append([_typed(self._sheet, value) for value in row])
        self._rows += 1

    def _begin(self) -> None:
        """Begin a sheet with the names of its columns, which stay in sight."""
        self._number += 1
        title = self._table if self._number == 1 else f"{self._table} {self._number}"
        self._sheet = self._book.create_sheet(title)
        self._sheet.freeze_panes = "A2"
        self._rows = 0
        names = [column.name for column in TABLES[self._table]]
        self._sheet.append([*names, "part"])
        self._rows = 1


def _parts(row: Sequence[Cell]) -> Iterator[tuple[Cell, ...]]:
    """Yield a row in as many rows as its longest text needs, numbered from 1.

    What fits stands in each of them; a long text goes on from one to the next.
    """
    pieces = [
        list(cut_text(escape_text(value))) if isinstance(value, str) else [value] for value in row
    ]
    most = max(map(len, pieces))
    for part in range(most):
        yield (*(_piece(cell, part) for cell in pieces), part + 1)


def _piece(pieces: Sequence[Cell], part: int) -> Cell:
    """Return what stands in one part of a row: the same in each, or the text's next piece."""
    if len(pieces) == 1:
        return pieces[0]
    return pieces[part] if part < len(pieces) else None


def _typed(sheet: Any, value: Cell) -> Any:  # noqa: ANN401 - openpyxl is loaded when it is needed
    """Return a cell whose type is the value's, not what its first character suggests."""
    if not isinstance(value, str):
        return value
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    cell = WriteOnlyCell(sheet, value=value)
    cell.data_type = "s"
    return cell


_TIME = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def _write_reproducibly(packed: BinaryIO, stream: BinaryIO) -> None:
    """Copy a workbook without the times at which it was made."""
    with (
        zipfile.ZipFile(packed) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            member = zipfile.ZipInfo(name, _FIRST_DAY)
            member.compress_type = zipfile.ZIP_DEFLATED
            if name == "docProps/core.xml":
                data = _TIME.sub(rb"\g<1>1980-01-01T00:00:00Z", source.read(name))
                target.writestr(member, data)
                continue
            with source.open(name) as old, target.open(member, "w", force_zip64=True) as new:
                while chunk := old.read(1 << 20):
                    new.write(chunk)
