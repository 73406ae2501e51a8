"""Read the documents of a partition, and give them the names that a whole run gives them."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.engine.partitions import CSV_FIELD_LIMIT, LINES, PARQUET, read_range
from annotator.identifiers import UniqueIds
from annotator.readers import read_lines, read_path, read_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from annotator.engine.partitions import Partition, Piece
    from annotator.errors import InputError
    from annotator.model import Document

__all__ = ["find_repeated", "hash_ids", "list_tracked_ids", "read_partition", "rename_repeated"]

_HASH_BYTES = 8
_BATCH = 1000
"""Rows of Parquet that are held at a time."""

_NUMBERED = re.compile(r"(.*)#\d+", re.DOTALL)


def read_partition(
    partition: Partition, renamed: Mapping[int, str], on_error: Callable[[InputError], None]
) -> Iterator[Document]:
    """Read the documents of a partition.

    Args:
        partition: What to read.
        renamed: By position among the documents, the ids of those whose own id is taken.
        on_error: Called with what could not be read; reading goes on.
    """
    for position, document in enumerate(_read_pieces(partition, on_error)):
        name = renamed.get(position)
        yield document if name is None else replace(document, id=name)


def _read_pieces(
    partition: Partition, on_error: Callable[[InputError], None]
) -> Iterator[Document]:
    """Read the pieces of a partition one after the other, with ids as they stand there."""
    for piece in partition.pieces:
        suffix = Path(piece.path).suffix.lower()
        if piece.whole:
            yield from read_path(piece.path, on_error)
        elif suffix == PARQUET:
            yield from _read_row_groups(piece, on_error)
        elif suffix in LINES:
            yield from read_lines(_text_of(piece), piece.path, on_error, piece.first)
        else:
            yield from _read_rows(piece, on_error)


def _text_of(piece: Piece) -> str:
    """Return the text of a piece of a file in UTF-8."""
    return read_range(piece).decode("utf-8" if piece.start else "utf-8-sig")


def _read_rows(piece: Piece, on_error: Callable[[InputError], None]) -> Iterator[Document]:
    """Read rows from the middle of a CSV file."""
    csv.field_size_limit(CSV_FIELD_LIMIT)
    rows = csv.DictReader(
        io.StringIO(_text_of(piece), newline=""),
        fieldnames=piece.header,
        delimiter=piece.delimiter,
        strict=True,
    )
    for row in rows:
        yield from read_row(row, piece.path, piece.first - 1 + rows.line_num, on_error)


def _read_row_groups(piece: Piece, on_error: Callable[[InputError], None]) -> Iterator[Document]:
    """Read some row groups of a Parquet file; rows are counted from 1."""
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415 - heavy, and an extra

    number = piece.first
    with ParquetFile(piece.path) as file:
        for batch in file.iter_batches(_BATCH, row_groups=range(piece.start, piece.end)):
            for row in batch.to_pylist():
                yield from read_row(row, piece.path, number, on_error)
                number += 1


# A document's name must be its own among all documents of the run, as in a run without
# partitions. Repeated ids are rare, so each partition tells the hashes of its ids, and only
# where one stands twice are the ids themselves gathered, and given names in order.


def hash_ids(partition: Partition) -> bytes:
    """Return the hashes of a partition's ids, eight bytes each, in order."""
    return b"".join(_hash(document.id) for document in _read_pieces(partition, _ignore))


def find_repeated(hashes: Iterable[bytes]) -> frozenset[bytes]:
    """Return the hashes that stand more than once in all partitions together."""
    import numpy as np  # noqa: PLC0415

    everything: NDArray[np.uint64] = np.frombuffer(b"".join(hashes), dtype=">u8")
    ordered = np.sort(everything)
    repeated = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    return frozenset(int(value).to_bytes(_HASH_BYTES, "big") for value in repeated)


def list_tracked_ids(partition: Partition, repeated: frozenset[bytes]) -> list[tuple[int, str]]:
    """Return position and id of the documents that take part in the naming of repeated ids.

    Besides the repeated ids themselves those are ids that could be made from one: ``a#2``.
    """
    return [
        (position, document.id)
        for position, document in enumerate(_read_pieces(partition, _ignore))
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
