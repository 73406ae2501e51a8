"""Make the ids of documents unique within a run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from annotator.model import Document

__all__ = ["UniqueIds"]


class UniqueIds:
    """Gives a repeated id ``#2``, ``#3`` and so on, in the order in which ids come.

    >>> unique = UniqueIds()
    >>> [unique.name(given) for given in ("تقرير", "تقرير", "报告", "تقرير", "تقرير#2")]
    ['تقرير', 'تقرير#2', '报告', 'تقرير#3', 'تقرير#2#2']
    """

    def __init__(self) -> None:
        """Begin a run: no id has been seen."""
        self._seen: set[str] = set()

    def name(self, given: str) -> str:
        """Return a name that no document of the run has yet, and take it."""
        name, count = given, 1
        while name in self._seen:
            count += 1
            name = f"{given}#{count}"
        self._seen.add(name)
        return name

    def rename(self, documents: Iterable[Document]) -> Iterator[Document]:
        """Yield documents, each under a name of its own."""
        for document in documents:
            name = self.name(document.id)
            yield document if name == document.id else replace(document, id=name)
