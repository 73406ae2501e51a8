"""Cut inputs into partitions that can be read apart.

A partition is a few pieces of files. A piece of JSON lines is a range of bytes that begins and
ends with a line; of CSV, one that begins and ends with a row, which only reading the rows tells,
for a quoted cell may hold line ends; of Parquet, some row groups. Whatever cannot be cut without
doubt (other encodings than UTF-8, tables with broken rows, documents) is one piece, read as it is
read alone. So the documents of all partitions, in order, are those that a run without partitions
reads.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections import Counter
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from annotator.errors import InputError, UsageError
from annotator.readers.documents import STANDARD_INPUT, list_files
from annotator.readers.formats import HEAD, recognize
from annotator.readers.rows import CSV_FIELD_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = [
    "LINES",
    "PARQUET",
    "TABLES",
    "Partition",
    "Piece",
    "Survey",
    "cut_file",
    "group_pieces",
    "list_inputs",
    "read_range",
    "settle",
    "survey",
]

LINES = (".jsonl", ".ndjson")
TABLES = (".csv", ".tsv")
PARQUET = ".parquet"

_BLOCK = 1 << 20
"""Bytes read at a time."""

_SAMPLE = 65536
"""Bytes in which the readers look for an encoding: control characters there decide."""

_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r"))


class Piece(msgspec.Struct, frozen=True):
    """Part of one file, or all of it."""

    path: str
    start: int
    end: int
    """A range of bytes; of row groups for Parquet."""
    whole: bool
    """The piece is the file, read as it is read alone."""
    first: int = 1
    """Number of its first line in the file, of its first row for Parquet."""
    row: int = 1
    """Rows before it in a CSV file, the header being one."""
    header: tuple[str, ...] = ()
    """The columns of a CSV file."""
    delimiter: str = ","


class Partition(msgspec.Struct, frozen=True):
    """What becomes one file of results."""

    number: int
    pieces: tuple[Piece, ...]


class Survey(msgspec.Struct, frozen=True):
    """What one look at a piece told."""

    sha256: str
    lines: int
    """How many line ends, or rows, are in the piece."""
    plain: bool
    """The bytes are UTF-8, so the piece can be read for itself."""
    pieces: tuple[Piece, ...] = ()
    """Where rows end, for a CSV file that can be cut."""


def list_inputs(paths: Iterable[str], on_error: Callable[[InputError], None]) -> list[Path]:
    """Return the files that paths stand for, in order.

    Args:
        paths: Files and folders.
        on_error: Called with paths that lead nowhere.

    Raises:
        UsageError: A path is standard input, which workers cannot read, or a file stands twice.
    """
    files: list[Path] = []
    for path in paths:
        if path == STANDARD_INPUT:
            raise UsageError(
                "standard input cannot be cut into partitions", hint="write it to a file first"
            )
        try:
            files += list_files(Path(path))
        except InputError as error:
            on_error(error)
    times = Counter(file.resolve() for file in files)
    for file in files:
        if times[file.resolve()] > 1:
            raise UsageError("the file is named twice", where=str(file), hint="name it once")
    return files


def cut_file(path: Path, size: int, column: str) -> list[Piece]:
    """Cut a file into pieces of about ``size`` bytes, as far as that needs no reading.

    CSV comes as one piece: :func:`survey` tells where its rows end. So does
    what cannot be opened: reading it will say why.
    """
    suffix = path.suffix.lower()
    try:
        length = path.stat().st_size
        with path.open("rb") as file:
            kind = recognize(file.read(HEAD), suffix)
        if kind == "parquet" and suffix == PARQUET:
            return _cut_row_groups(path, size, column)
        if kind == "jsonl" and length > size and _is_plain(path):
            return [
                Piece(str(path), start, end, whole=False)
                for start, end in pairwise(_line_edges(path, length, size))
            ]
    except OSError:
        length = 0
    return [Piece(str(path), 0, length, whole=True)]


def _is_plain(path: Path) -> bool:
    """Tell whether a file begins like UTF-8 text, as far as its readers look for more."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    return not sample.startswith(_MARKS) and len(sample.translate(None, _CONTROL)) == len(sample)


def _line_edges(path: Path, length: int, size: int) -> Iterator[int]:
    """Yield ends of lines about ``size`` bytes apart, with both ends of the file."""
    edge = 0
    yield edge
    with path.open("rb") as file:
        while edge + size < length:
            file.seek(edge + size - 1)
            file.readline()
            edge = file.tell()
            yield edge
    if edge < length:
        yield length


def _cut_row_groups(path: Path, size: int, column: str) -> list[Piece]:
    """Cut a Parquet file into runs of row groups; one that cannot be read is one piece."""
    from pyarrow import ArrowException  # noqa: PLC0415 - heavy, and an extra
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    try:
        with ParquetFile(path) as file:
            groups = [file.metadata.row_group(n) for n in range(file.metadata.num_row_groups)]
            shapes = [(group.total_byte_size, group.num_rows) for group in groups]
            known = column in file.schema_arrow.names
    except ArrowException:
        known = False
    if not known:
        return [Piece(str(path), 0, path.stat().st_size, whole=True)]
    if not shapes:
        return [Piece(str(path), 0, 0, whole=False)]
    pieces: list[Piece] = []
    begin = held = 0
    row = first = 1
    for number, (length, rows) in enumerate(shapes, 1):
        held += length
        row += rows
        if held >= size or number == len(shapes):
            pieces.append(Piece(str(path), begin, number, whole=False, first=first))
            begin, held, first = number, 0, row
    return pieces


def survey(piece: Piece, size: int, column: str) -> Survey:
    """Read a piece once, without labelling it: its hash, its lines, where its rows end.

    Raises:
        OSError: The file cannot be read any more.
    """
    path = Path(piece.path)
    suffix = path.suffix.lower()
    digest = hashlib.sha256()
    if suffix == PARQUET and piece.start:
        return Survey("", 0, plain=True)  # the first piece hashes the file
    if suffix in LINES and not piece.whole:
        data = read_range(piece)
        digest.update(data)
        return Survey(digest.hexdigest(), data.count(b"\n"), plain=_is_utf8(data))
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    pieces = _row_pieces(path, size, column) if suffix in TABLES and piece.end > size else ()
    return Survey(digest.hexdigest(), 0, plain=True, pieces=pieces)


def read_range(piece: Piece) -> bytes:
    """Return the bytes of a piece."""
    with Path(piece.path).open("rb") as file:
        file.seek(piece.start)
        return file.read(piece.end - piece.start)


def _is_utf8(data: bytes) -> bool:
    """Tell whether bytes are UTF-8 throughout."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _row_pieces(path: Path, size: int, column: str) -> tuple[Piece, ...]:
    """Cut a CSV file where its rows end; nothing if reading it is to tell of something wrong."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if recognize(head, path.suffix.lower()) != "csv" or not _is_plain(path):
        return ()
    csv.field_size_limit(CSV_FIELD_LIMIT)
    with path.open("rb") as file:
        head = file.readline()
    delimiter = max(",;\t", key=head.decode("utf-8", "replace").count)
    edges: list[tuple[int, int, int]] = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = _CountedLines(file, len(codecs.BOM_UTF8) * head.startswith(codecs.BOM_UTF8))
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            header = tuple(next(rows, ()))
            edges.append((lines.offset, rows.line_num, 1))
            count = 1
            for row in rows:
                count += bool(row)
                if lines.offset - edges[-1][0] >= size:
                    edges.append((lines.offset, rows.line_num, count))
        except (csv.Error, UnicodeDecodeError):
            return ()
    edges.append((lines.offset, rows.line_num, count))
    if column not in header or count == 1:
        return ()
    return tuple(
        Piece(
            path=str(path),
            start=start,
            end=end,
            whole=False,
            first=line + 1,
            row=row,
            header=header,
            delimiter=delimiter,
        )
        for (start, line, row), (end, _, _) in pairwise(edges)
        if start < end
    )


class _CountedLines:
    """The lines of a file, with the bytes that they took so far."""

    def __init__(self, lines: Iterable[str], offset: int) -> None:
        self._lines = iter(lines)
        self.offset = offset

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.offset += len(line.encode())
        return line


def settle(pieces: Sequence[Piece], surveys: Sequence[Survey]) -> list[Piece]:
    """Decide how one file is cut, once all its pieces have been looked at."""
    (path,) = {piece.path for piece in pieces}
    if surveys[0].pieces:
        return list(surveys[0].pieces)
    if not all(look.plain for look in surveys):
        return [Piece(path, 0, pieces[-1].end, whole=True)]
    if Path(path).suffix.lower() not in LINES:
        return list(pieces)
    firsts = accumulate((look.lines for look in surveys[:-1]), initial=1)
    return [replace(piece, first=first) for piece, first in zip(pieces, firsts, strict=True)]


def group_pieces(pieces: Iterable[Piece], size: int) -> list[Partition]:
    """Gather small files into partitions; a part of a file is a partition of its own."""
    groups: list[list[Piece]] = []
    room = 0
    for piece in pieces:
        length = piece.end - piece.start if piece.whole else size
        if not groups or length > room:
            groups.append([])
            room = size
        groups[-1].append(piece)
        room -= length
    return [Partition(number, tuple(group)) for number, group in enumerate(groups)]
