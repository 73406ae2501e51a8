"""Write the records of a partition as JSON lines or as Parquet."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from annotator.errors import NothingToWriteError
from annotator.export import read_schema, to_dict, write_export
from annotator.files import atomic_writer, naming_failure, write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    import pyarrow as pa

    from annotator.model import AnnotatedDocument

__all__ = ["PARTITION_FORMATS", "arrow_schema"]

_BATCH = 500
"""Records that are held at a time; each batch is one row group."""


def _write_lines(documents: Iterable[AnnotatedDocument], path: Path) -> int:
    """Write one record a line, as an export without partitions does; perhaps none."""
    try:
        return write_export(documents, "jsonl", path, {})
    except NothingToWriteError:
        with naming_failure(path):
            write_atomically(path, b"")
        return 0


def _write_parquet(documents: Iterable[AnnotatedDocument], path: Path) -> int:
    """Write one record a row, with the lists of labels and paragraphs as they are nested."""
    import pyarrow as pa  # noqa: PLC0415 - heavy, and an extra
    from pyarrow.parquet import ParquetWriter  # noqa: PLC0415

    schema = arrow_schema()
    records = map(to_dict, documents)
    count = 0
    with (
        naming_failure(path),
        atomic_writer(path) as stream,
        ParquetWriter(stream, schema, compression="zstd") as writer,
    ):
        for batch in _batches(records):
            writer.write_table(pa.Table.from_pylist(batch, schema))
            count += len(batch)
    return count


def _batches(records: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield records by the hundred."""
    while batch := list(islice(records, _BATCH)):
        yield batch


def arrow_schema() -> pa.Schema:
    """Return the columns of a record, as its JSON Schema describes them."""
    import pyarrow as pa  # noqa: PLC0415 - heavy, and an extra

    schema = read_schema()
    return pa.schema(
        [
            pa.field(name, _arrow_type(part, schema["$defs"]))
            for name, part in schema["properties"].items()
        ]
    )


def _arrow_type(part: Mapping[str, Any], named: Mapping[str, Any]) -> pa.DataType:
    """Return the type of one part of the schema; whatever it is, it may be null."""
    import pyarrow as pa  # noqa: PLC0415

    if "$ref" in part:
        return _arrow_type(named[part["$ref"].rpartition("/")[2]], named)
    kinds = part.get("type", "string")  # constants and lists of values are strings here
    kind = next(kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null")
    if kind == "array":
        return pa.list_(_arrow_type(part["items"], named))
    if kind == "object":
        return pa.struct(
            [
                pa.field(name, _arrow_type(inner, named))
                for name, inner in part["properties"].items()
            ]
        )
    simple = {
        "string": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
    }
    return simple[kind]


PARTITION_FORMATS: Mapping[str, Callable[[Iterable[AnnotatedDocument], Path], int]] = {
    "jsonl": _write_lines,
    "parquet": _write_parquet,
}
"""The writers, by the name of their format; each returns how many documents it wrote."""
