"""Write exports: one object, or one record a line."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from annotator.errors import NothingToWriteError
from annotator.export.records import SCHEMA_VERSION, to_dict
from annotator.files import atomic_writer, naming_failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from annotator.model import AnnotatedDocument

__all__ = ["FORMATS", "write_export"]


def write_export(
    documents: Iterable[AnnotatedDocument],
    file_format: str,
    output: Path | None,
    settings: Mapping[str, Any],
) -> int:
    """Write annotated documents, in order, holding one at a time.

    Args:
        documents: What to write.
        file_format: A key of :data:`FORMATS`.
        output: The file, written whole or not at all; standard output if ``None``.
        settings: What the run was made with, for the formats that have a place for it.

    Returns:
        How many documents were written.

    Raises:
        OutputError: The file cannot be written; what stood there is untouched.
    """
    with _opened(output) as stream:
        count = FORMATS[file_format](documents, stream, settings)
        if not count:
            raise NothingToWriteError("there was no document to write")
        return count


@contextmanager
def _opened(output: Path | None) -> Iterator[BinaryIO]:
    """Open the output; a file takes the place of the old one only when all is written."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with naming_failure(output), atomic_writer(output) as stream:
        yield stream


def _write_jsonl(
    documents: Iterable[AnnotatedDocument], stream: BinaryIO, settings: Mapping[str, Any]
) -> int:
    """Write one record a line."""
    del settings
    count = 0
    for document in documents:
        stream.write(msgspec.json.encode(to_dict(document)) + b"\n")
        count += 1
    return count


def _write_json(
    documents: Iterable[AnnotatedDocument], stream: BinaryIO, settings: Mapping[str, Any]
) -> int:
    """Write one object with the run's settings and all records."""
    head = msgspec.json.encode({"schema_version": SCHEMA_VERSION, "settings": settings})
    stream.write(head[:-1] + b',"documents":[')
    count = 0
    for document in documents:
        stream.write((b",\n" if count else b"\n") + msgspec.json.encode(to_dict(document)))
        count += 1
    stream.write(b"\n]}\n")
    return count


FORMATS: Mapping[str, Callable[[Iterable[AnnotatedDocument], BinaryIO, Mapping[str, Any]], int]] = {
    "json": _write_json,
    "jsonl": _write_jsonl,
}
"""The writers, by the name of their format."""
