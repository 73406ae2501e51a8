"""Excel workbooks whose rows are documents."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from annotator.readers.package import check_package
from annotator.readers.rows import column_missing, row_document
from annotator.readers.source import damage_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from annotator.model import Document
    from annotator.readers.source import Reading, Source

__all__ = ["read_xlsx"]

_LONGEST_GAP = 1000
"""Empty rows after which a sheet is taken to have ended: some sheets are formatted to the last row."""


def read_xlsx(source: Source, reading: Reading) -> Iterator[Document]:
    """Read one document a row, from each sheet that has the column of texts.

    The first row that holds anything names the columns.

    Raises:
        UnreadableInputError: It is no workbook, or no sheet has the column.
        LimitError: Unpacked it is too large.
    """
    import openpyxl  # noqa: PLC0415 - only workbooks need it
    from openpyxl.utils import get_column_letter  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    errors = (zipfile.BadZipFile, InvalidFileException)
    check_package(source, reading, "workbook")
    with damage_named(source, "workbook", *errors):
        workbook = openpyxl.load_workbook(io.BytesIO(source.data), read_only=True, data_only=True)
        sheets = list(workbook.worksheets)
    column = reading.options.text_column
    known: dict[str, None] = {}
    without: list[str] = []
    read = False
    for sheet in sheets:
        with damage_named(source, "workbook", *errors):
            sheet.reset_dimensions()
            rows = _filled_rows(sheet)
            names = next(rows, (0, ()))[1]
        if column not in names:
            known |= dict.fromkeys(name for name in names if name)
            without += [sheet.title] if any(names) else []
            continue
        read = True
        letter = get_column_letter(names.index(column) + 1)
        while True:
            with damage_named(source, "workbook", *errors):
                number, values = next(rows, (0, ()))
            if not number:
                break
            place = f"{sheet.title}!{letter}{number}"
            yield from row_document(
                dict(zip(names, values, strict=False)),
                source,
                reading,
                where=f"{source.name}:{place}",
                number=f"{sheet.title}!{number}",
                locator=place,
            )
    if not read:
        raise column_missing(source.name, reading, known)
    if without:
        reading.warn(
            f"sheets without a column named {column} are left out: {', '.join(without)}",
            source,
            "give their texts the same heading",
        )


def _filled_rows(sheet: Any) -> Iterator[tuple[int, Sequence[str]]]:  # noqa: ANN401 - openpyxl has no types
    """Yield the number and the values of each row that holds something."""
    empty = 0
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        values = ["" if cell is None else str(cell) for cell in cells]
        if any(value.strip() for value in values):
            empty = 0
            yield number, values
        else:
            empty += 1
            if empty > _LONGEST_GAP:
                return
