"""The tables as CSV, for spreadsheets.

UTF-8 with a byte order mark: without it Excel takes the file for one of the
machine's own code page, and Arabic, Chinese and Russian are lost. Texts are
quoted, numbers are not; lines end as RFC 4180 wants. See :mod:`.cells` for
what keeps a cell from acting.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, BinaryIO

from annotator.export.cells import disarm_text
from annotator.export.tables import TABLES, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from annotator.export.tables import Cell
    from annotator.model import AnnotatedDocument

__all__ = ["write_csv"]


def write_csv(
    documents: Iterable[AnnotatedDocument],
    streams: Sequence[BinaryIO],
    settings: Mapping[str, Any],
) -> int:
    """Write one file a table, in the order of :data:`~annotator.export.tables.TABLES`."""
    del settings
    # One text layer a file, detached at the end: closing it is not this function's business.
    texts = [io.TextIOWrapper(stream, "utf-8-sig", newline="") for stream in streams]
    writers = {
        table: csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
        for table, text in zip(TABLES, texts, strict=True)
    }
    for table, columns in TABLES.items():
        writers[table].writerow([column.name for column in columns])
    count = 0
    for document in documents:
        count += 1
        for table, row in rows_of(document):
            writers[table].writerow([_cell(value) for value in row])
    for text in texts:
        text.flush()
        text.detach()
    return count


def _cell(value: Cell) -> Cell:
    """Return a value as a cell: texts disarmed, truth in the words that spreadsheets know."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return disarm_text(value) if isinstance(value, str) else value
