"""Parquet tables whose rows are documents."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from annotator.readers.rows import column_missing, row_document
from annotator.readers.source import damage_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotator.model import Document
    from annotator.readers.source import Reading, Source

__all__ = ["read_parquet"]

_BATCH = 500
"""Rows that are held at a time."""


def read_parquet(source: Source, reading: Reading) -> Iterator[Document]:
    """Read one document a row.

    Raises:
        UnreadableInputError: It is no Parquet file, or no column holds the text.
    """
    import pyarrow as pa  # noqa: PLC0415 - heavy, and only tables of this kind need it
    from pyarrow import parquet  # noqa: PLC0415

    with damage_named(source, "Parquet table", pa.ArrowException):
        table = parquet.ParquetFile(io.BytesIO(source.data))
        columns = table.schema_arrow.names
    if reading.options.text_column not in columns:
        raise column_missing(source.name, reading, columns)
    wanted = {reading.options.text_column, "id", "lang", "labels"} & set(columns)
    batches = table.iter_batches(_BATCH, columns=sorted(wanted), use_threads=False)
    number = 0
    while True:
        with damage_named(source, "Parquet table", pa.ArrowException):
            batch = next(batches, None)
            rows = batch.to_pylist() if batch is not None else []
        if batch is None:
            return
        for row in rows:
            number += 1
            yield from row_document(
                row,
                source,
                reading,
                where=f"{source.name}:{number}",
                number=str(number),
                locator=f"row {number}",
            )
