"""The tables as Parquet, for programs that read columns: types are kept, texts as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from annotator.export.tables import TABLES, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from annotator.export.tables import Cell
    from annotator.model import AnnotatedDocument

__all__ = ["write_parquet"]

_GROUP = 20_000
"""Rows that are held before they are written."""


def write_parquet(
    documents: Iterable[AnnotatedDocument],
    streams: Sequence[BinaryIO],
    settings: Mapping[str, Any],
) -> int:
    """Write one file a table, in the order of :data:`~annotator.export.tables.TABLES`."""
    from contextlib import ExitStack  # noqa: PLC0415

    import pyarrow as pa  # noqa: PLC0415 - a fifth of a second
    from pyarrow.parquet import ParquetWriter  # noqa: PLC0415

    del settings
    kinds = {
        "text": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
    }
    schemas = {
        table: pa.schema([(column.name, kinds[column.kind]) for column in columns])
        for table, columns in TABLES.items()
    }
    held: dict[str, list[tuple[Cell, ...]]] = {table: [] for table in TABLES}
    count = 0
    with ExitStack() as stack:
        writers = {
            table: stack.enter_context(ParquetWriter(stream, schemas[table]))
            for table, stream in zip(TABLES, streams, strict=True)
        }

        def write(table: str) -> None:
            """Write the rows of a table that are held."""
            rows = held[table]
            if rows:
                arrays = [
                    pa.array(column, kind.type)
                    for column, kind in zip(zip(*rows, strict=True), schemas[table], strict=True)
                ]
                writers[table].write_table(pa.Table.from_arrays(arrays, schema=schemas[table]))
                rows.clear()

        for document in documents:
            count += 1
            for table, row in rows_of(document):
                held[table].append(row)
                if len(held[table]) >= _GROUP:
                    write(table)
        for table in TABLES:
            write(table)
    return count
