"""What a reader is given, and how it gives a document back."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING

from annotator.errors import (
    AnnotatorError,
    InputError,
    InputWarning,
    LimitError,
    UnreadableInputError,
)
from annotator.model import Document, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from annotator.readers.options import ReadingOptions

__all__ = ["Block", "Reading", "Source", "build_document", "damage_named", "printable_text"]

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SPACES = re.compile(r"[ \t\r\n\f\v\u00a0]+")

_DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BufferError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)
"""What the libraries raise, besides errors of their own, on bytes that break their format."""

_LONGEST_REASON = 120


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of a file, of a member of an archive, or of an attachment."""

    name: str
    """As the user finds it: ``reports.zip!2024/تقرير.docx``."""
    data: bytes
    suffix: str
    """What its name ends in, in small letters, with the dot; empty if there is none."""
    depth: int = 0
    """In how many archives and messages it stands."""

    def member(self, name: str, data: bytes) -> Source:
        """Return a source that stands inside this one."""
        suffix = PurePath(name).suffix.lower()
        return Source(f"{self.name}!{name}", data, suffix, self.depth + 1)


@dataclass(slots=True)
class Reading:
    """The reading of one file that the user named: its options, and what it has used up."""

    options: ReadingOptions
    on_error: Callable[[InputError], None]
    unpacked: int = field(default=0, init=False)
    members: int = field(default=0, init=False)

    def warn(self, what: str, source: Source, hint: str) -> None:
        """Say something of an input that is read all the same."""
        self.on_error(InputWarning(what, where=source.name, hint=hint))

    def unpack(self, source: Source, members: int, size: int) -> None:
        """Count what is about to be unpacked.

        Raises:
            LimitError: It is more than the options allow.
        """
        self.unpacked += size
        self.members += members
        if self.members > self.options.most_members:
            raise LimitError(
                f"it holds more than {self.options.most_members:,} files",
                where=source.name,
                hint="unpack it, and name the folder",
            )
        if self.unpacked > self.options.largest_unpacked:
            raise LimitError(
                f"unpacked it is larger than {self.options.largest_unpacked >> 20} MiB",
                where=source.name,
                hint="if you trust it, unpack it, and name the folder",
            )


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph as a reader finds it."""

    text: str
    locator: str | None = None


@contextmanager
def damage_named(source: Source, kind: str, *errors: type[Exception]) -> Iterator[None]:
    """Turn what a library raises on bytes that break its format into an error with a name.

    Args:
        source: What is being read.
        kind: What it should be, as in "a PDF".
        *errors: The library's own errors.

    Raises:
        UnreadableInputError: Something inside failed.
    """
    try:
        yield
    except (AnnotatorError, MemoryError):
        raise
    except _DAMAGE + errors as error:
        reason = _SPACES.sub(" ", printable_text(str(error) or type(error).__name__)).strip()
        raise UnreadableInputError(
            f"it is damaged or no {kind} ({reason[:_LONGEST_REASON]})",
            where=source.name,
            hint="open it in the program that made it, and save it again",
        ) from error


def build_document(source: Source, blocks: Iterable[Block]) -> Document:
    r"""Join blocks into a document: one paragraph a block, blank lines between.

    Raises:
        UnreadableInputError: There is no text in them.

    >>> source = Source("تقرير.pdf", b"", ".pdf")
    >>> document = build_document(source, [Block("数字经济", "page 1"), Block("الصحة", "page 2")])
    >>> document.text, [(place.start, place.locator) for place in document.places]
    ('数字经济\n\nالصحة', [(0, 'page 1'), (6, 'page 2')])
    """
    parts: list[str] = []
    places: list[Place] = []
    length = 0
    for block in blocks:
        text = _SPACES.sub(" ", printable_text(block.text)).strip()
        if not text:
            continue
        if block.locator is not None and (not places or places[-1].locator != block.locator):
            places.append(Place(length, printable_text(block.locator)))
        parts.append(text)
        length += len(text) + 2
    if not parts:
        raise UnreadableInputError(
            "there is no text in it", where=source.name, hint="open it, and see what it shows"
        )
    return Document(
        id=source.name, source=source.name, text="\n\n".join(parts), places=tuple(places)
    )


def printable_text(text: str) -> str:
    r"""Replace what is no character: controls by spaces, halves of surrogate pairs by U+FFFD.

    >>> printable_text("النص\x00\ud83d")
    'النص �'
    """
    return _SURROGATE.sub("\ufffd", _UNPRINTABLE.sub(" ", text))
