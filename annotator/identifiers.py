"""Names of documents: each its own within a run, and next to no memory for each."""

from __future__ import annotations

from array import array
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from annotator.model import Document

__all__ = ["UniqueIds"]


class UniqueIds:
    """Gives a repeated id ``#2``, ``#3`` and so on, in the order in which ids come.

    Of a name only a digest of eight bytes is kept, for a corpus may have millions. Two names with
    one digest would give one of them a number that it does not need, once in 30 million runs
    of a million documents.

    >>> unique = UniqueIds()
    >>> [unique.name(given) for given in ("تقرير", "تقرير", "报告", "تقرير", "تقرير#2")]
    ['تقرير', 'تقرير#2', '报告', 'تقرير#3', 'تقرير#2#2']
    """

    def __init__(self) -> None:
        """Begin a run: no id has been seen."""
        self._seen = _Digests()
        self._counts: dict[str, int] = {}
        """For repeated ids the last number given: to count from two each time takes quadratic time."""

    def name(self, given: str) -> str:
        """Return a name that no document of the run has yet, and take it."""
        if self._seen.add(given):
            return given
        count = self._counts.get(given, 1) + 1
        while not self._seen.add(name := f"{given}#{count}"):
            count += 1
        self._counts[given] = count
        return name

    def rename(self, documents: Iterable[Document]) -> Iterator[Document]:
        """Yield documents, each under a name of its own."""
        for document in documents:
            name = self.name(document.id)
            yield document if name == document.id else replace(document, id=name)


class _Digests:
    """A set of strings that keeps eight bytes of each: a table with open addressing."""

    def __init__(self) -> None:
        """Begin with a table that is enough for most runs."""
        self._table = array("Q", [0]) * 2**12
        self._count = 0

    def add(self, string: str) -> bool:
        """Take a string in, and tell whether it is new."""
        digest = _digest(string)
        slot = self._slot(digest)
        if self._table[slot]:
            return False
        self._table[slot] = digest
        self._count += 1
        if 2 * self._count > len(self._table):
            self._grow()
        return True

    def _slot(self, digest: int) -> int:
        """Return where a digest stands, or where it belongs."""
        last = len(self._table) - 1
        slot = digest & last
        while self._table[slot] not in (0, digest):
            slot = (slot + 1) & last
        return slot

    def _grow(self) -> None:
        """Move to a table twice as large."""
        before = self._table
        self._table = array("Q", [0]) * (2 * len(before))
        for digest in before:
            if digest:
                self._table[self._slot(digest)] = digest


def _digest(string: str) -> int:
    """Return eight bytes of a string's hash as a number; never 0, which marks an empty place."""
    data = string.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "little") or 1
