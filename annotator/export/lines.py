"""Records as JSON: one object with the run's settings, or one record a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from annotator.export.records import SCHEMA_VERSION, to_dict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from annotator.model import AnnotatedDocument

__all__ = ["write_json", "write_jsonl", "write_lines"]


def write_jsonl(
    documents: Iterable[AnnotatedDocument],
    streams: Sequence[BinaryIO],
    settings: Mapping[str, Any],
) -> int:
    """Write one record a line."""
    del settings
    return write_lines(documents, streams[0], to_dict)


def write_lines(
    documents: Iterable[AnnotatedDocument],
    stream: BinaryIO,
    to_line: Callable[[AnnotatedDocument], dict[str, Any]],
) -> int:
    """Write what a function makes of each document as one line of JSON."""
    count = 0
    for document in documents:
        stream.write(msgspec.json.encode(to_line(document)) + b"\n")
        count += 1
        del document  # before the next one is labelled
    return count


def write_json(
    documents: Iterable[AnnotatedDocument],
    streams: Sequence[BinaryIO],
    settings: Mapping[str, Any],
) -> int:
    """Write one object with the run's settings and all records."""
    (stream,) = streams
    head = msgspec.json.encode({"schema_version": SCHEMA_VERSION, "settings": settings})
    stream.write(head[:-1] + b',"documents":[')
    count = 0
    for document in documents:
        stream.write((b",\n" if count else b"\n") + msgspec.json.encode(to_dict(document)))
        count += 1
        del document  # before the next one is labelled
    stream.write(b"\n]}\n")
    return count
