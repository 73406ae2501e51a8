"""What the reading process and the one that waits for it say to each other."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from annotator import errors
from annotator.model import Document
from annotator.readers.options import ReadingOptions

if TYPE_CHECKING:
    from annotator.errors import InputError

__all__ = ["Failure", "Reply", "Request", "receive", "send"]

_LENGTH = struct.Struct(">Q")


class Request(msgspec.Struct, frozen=True, array_like=True):
    """Read this."""

    name: str
    """As the user named it."""
    suffix: str
    path: bytes | None
    """The file; what stands in ``data`` otherwise."""
    data: bytes
    options: ReadingOptions


class Failure(msgspec.Struct, frozen=True, array_like=True):
    """An error, to be raised or handed over in the other process."""

    kind: str
    what: str
    where: str
    hint: str

    @classmethod
    def of(cls, error: InputError) -> Failure:
        """Take an error apart."""
        return cls(type(error).__name__, error.what, error.where, error.hint)

    def error(self) -> InputError:
        """Put the error together again."""
        kind: type[InputError] = getattr(errors, self.kind)
        return kind(self.what, where=self.where, hint=self.hint)


class Reply(msgspec.Struct, frozen=True, array_like=True):
    """A document, or something to say of the input, or, if neither, the end of the input."""

    document: Document | None = None
    failure: Failure | None = None
    is_spent: bool = False
    """At the end: whether the process has had so much memory that it ends too."""


def send(stream: BinaryIO, message: Request | Reply) -> None:
    """Write one message."""
    data = msgspec.msgpack.encode(message)
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: BinaryIO) -> bytes | None:
    """Read one message, still encoded; ``None`` if the other side has gone."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    return data if len(data) == length else None
