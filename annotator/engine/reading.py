"""Read the documents of a partition, and give them the names that a whole run gives them."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.engine.partitions import LINES, PARQUET, read_range
from annotator.identifiers import UniqueIds
from annotator.readers.documents import display_name, read_path
from annotator.readers.rows import CSV_FIELD_LIMIT, read_lines, row_document
from annotator.readers.source import Reading, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from annotator.engine.partitions import Partition, Piece
    from annotator.errors import InputError
    from annotator.model import Document
    from annotator.readers import ReadingOptions

__all__ = ["find_repeated", "hash_ids", "list_tracked_ids", "read_partition", "rename_repeated"]

_HASH_BYTES = 8
_BATCH = 1000
"""Rows of Parquet that are held at a time."""

_NUMBERED = re.compile(r"(.*)#\d+", re.DOTALL)


def read_partition(
    partition: Partition,
    options: ReadingOptions,
    renamed: Mapping[int, str],
    on_error: Callable[[InputError], None],
) -> Iterator[Document]:
    """Read the documents of a partition.

    Args:
        partition: What to read.
        options: How to read it.
        renamed: By position among the documents, the ids of those whose own id is taken.
        on_error: Called with what could not be read; reading goes on.
    """
    for position, document in enumerate(_read_pieces(partition, Reading(options, on_error))):
        name = renamed.get(position)
        yield document if name is None else replace(document, id=name)


def _read_pieces(partition: Partition, reading: Reading) -> Iterator[Document]:
    """Read the pieces of a partition one after the other, with ids as they stand there."""
    for piece in partition.pieces:
        if piece.whole:
            yield from read_path(piece.path, reading.on_error, reading.options)
            continue
        path = Path(piece.path)
        suffix = path.suffix.lower()
        source = Source(display_name(path), b"", suffix)
        if suffix == PARQUET:
            yield from _read_row_groups(piece, source, reading)
        elif suffix in LINES:
            yield from read_lines(_text_of(piece).split("\n"), source, reading, piece.first)
        else:
            yield from _read_rows(piece, source, reading)


def _text_of(piece: Piece) -> str:
    """Return the text of a piece of a file in UTF-8."""
    return read_range(piece).decode("utf-8" if piece.start else "utf-8-sig")


def _read_rows(piece: Piece, source: Source, reading: Reading) -> Iterator[Document]:
    """Read rows from the middle of a CSV file."""
    csv.field_size_limit(CSV_FIELD_LIMIT)
    rows = csv.DictReader(
        io.StringIO(_text_of(piece), newline=""),
        fieldnames=piece.header,
        delimiter=piece.delimiter,
        strict=True,
    )
    for count, row in enumerate(rows, piece.row + 1):
        line = str(piece.first - 1 + rows.line_num)
        yield from row_document(
            row,
            source,
            reading,
            where=f"{source.name}:{line}",
            number=line,
            locator=f"row {count}",
        )


def _read_row_groups(piece: Piece, source: Source, reading: Reading) -> Iterator[Document]:
    """Read some row groups of a Parquet file; rows are counted from 1."""
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415 - heavy, and an extra

    number = piece.first
    with ParquetFile(piece.path) as file:
        names = {reading.options.text_column, "id", "lang", "labels"}
        columns = sorted(names & set(file.schema_arrow.names))
        groups = range(piece.start, piece.end)
        for batch in file.iter_batches(_BATCH, row_groups=groups, columns=columns):
            for row in batch.to_pylist():
                yield from row_document(
                    row,
                    source,
                    reading,
                    where=f"{source.name}:{number}",
                    number=str(number),
                    locator=f"row {number}",
                )
                number += 1


# A document's name must be its own among all documents of the run, as in a run without
# partitions. Repeated ids are rare, so each partition tells the hashes of its ids, and only
# where one stands twice are the ids themselves gathered, and given names in order.


def hash_ids(partition: Partition, options: ReadingOptions) -> bytes:
    """Return the hashes of a partition's ids, eight bytes each, in order."""
    return b"".join(
        _hash(document.id) for document in _read_pieces(partition, Reading(options, _ignore))
    )


def find_repeated(hashes: Iterable[bytes]) -> frozenset[bytes]:
    """Return the hashes that stand more than once in all partitions together."""
    import numpy as np  # noqa: PLC0415

    everything: NDArray[np.uint64] = np.frombuffer(b"".join(hashes), dtype=">u8")
    ordered = np.sort(everything)
    repeated = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    return frozenset(int(value).to_bytes(_HASH_BYTES, "big") for value in repeated)


def list_tracked_ids(
    partition: Partition, options: ReadingOptions, repeated: frozenset[bytes]
) -> list[tuple[int, str]]:
    """Return position and id of the documents that take part in the naming of repeated ids.

    Besides the repeated ids themselves those are ids that could be made from one: ``a#2``.
    """
    return [
        (position, document.id)
        for position, document in enumerate(_read_pieces(partition, Reading(options, _ignore)))
        if _is_tracked(document.id, repeated)
    ]


def rename_repeated(tracked: Iterable[Iterable[tuple[int, str]]]) -> list[dict[int, str]]:
    """Return for each partition, in order, the new ids by position.

    >>> rename_repeated([[(0, "报告"), (5, "报告")], [(1, "报告#2"), (2, "报告")]])
    [{5: '报告#2'}, {1: '报告#2#2', 2: '报告#3'}]
    """
    unique = UniqueIds()
    return [
        {position: name for position, given in found if (name := unique.name(given)) != given}
        for found in tracked
    ]


def _is_tracked(given: str, repeated: frozenset[bytes]) -> bool:
    """Tell whether an id is repeated, or could be the new name of a repeated one."""
    while _hash(given) not in repeated:
        numbered = _NUMBERED.fullmatch(given)
        if numbered is None:
            return False
        given = numbered.group(1)
    return True


def _hash(given: str) -> bytes:
    """Return the hash of an id."""
    data = given.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=_HASH_BYTES).digest()


def _ignore(error: InputError) -> None:
    """Leave a broken row for later: it is told when its partition is labelled."""
