"""Where a reviewer stands in the queue, and what each of their keys does to it.

A session keeps the queue's numbers in memory and reads one paragraph at a
time, so that a key costs the same in a store of ten paragraphs and of a
hundred thousand. It knows nothing of the screen.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from annotator.review.pace import decisions_per_minute
from annotator.review.rows import accepted, rejected, rows_of
from annotator.store import Action, Query, Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from annotator.review.rows import Row
    from annotator.store import Store, StoredParagraph
    from annotator.store.entries import ActionKind
    from annotator.taxonomy import Taxonomy

__all__ = ["Counts", "Session"]


_NEIGHBOURS = 3
"""Paragraphs read on each side; the screen shows what it has room for."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How far the review of the chosen paragraphs has come."""

    total: int
    finished: int
    skipped: int

    @property
    def left(self) -> int:
        """Return how many still wait for a decision."""
        return self.total - self.finished - self.skipped


class Session:
    """One reviewer at work on one store.

    ``current`` is the paragraph to decide on, ``None`` when the queue has
    ended. Every method that decides writes to the store first: if that raises
    :class:`annotator.errors.StoreError`, nothing here has changed.
    """

    def __init__(
        self,
        store: Store,
        taxonomy: Taxonomy,
        query: Query | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the queue that a query asks for.

        Args:
            store: Opened for the reviewer.
            taxonomy: The labels.
            query: Order, documents and state to begin with.
            clock: Tells the seconds, for the pace.
        """
        self.store = store
        self.taxonomy = taxonomy
        self.first_query = query or Query()
        self.current: StoredParagraph | None = None
        self.standing = Standing()
        self.rows: tuple[Row, ...] = ()
        self.remarks: dict[str, str] = {}
        """Comments of others by name; empty where they must not be seen."""
        self.neighbours: tuple[tuple[StoredParagraph, ...], tuple[StoredParagraph, ...]] = ((), ())
        self._order = tuple(taxonomy.labels)
        self._clock = clock
        self._moments: dict[int, float] = {}
        """When each paragraph was decided, in the order of the decisions."""
        self.apply(self.first_query)

    # The queue

    @property
    def adjudicates(self) -> bool:
        """Tell whether the reviewer decides between others."""
        return self.first_query.state == "disputed"

    @property
    def counts(self) -> Counts:
        """Return how far the review has come, of what the filter leaves, whatever the state."""
        return Counts(len(self._all), len(self._finished), len(self._skipped))

    @property
    def rate(self) -> float | None:
        """Return decisions per minute; ``None`` before two of them."""
        return decisions_per_minute(list(self._moments.values()))

    @property
    def place(self) -> tuple[int, int]:
        """Return the current paragraph's place in the queue, counted from 1, and its length."""
        return self._position + 1, len(self._queue)

    def apply(self, query: Query) -> None:
        """Make a queue of what a query asks for, and go to its first paragraph."""
        if query.state == "disputed":
            queue = self.store.queue(query)
            self._all, self._finished, self._skipped = set(queue), set[int](), set[int]()
        else:
            # The states are read without the filters, which cost more: one filtered query is enough.
            everything = self.store.queue(replace(query, state="all"))
            self._all = set(everything)
            self._finished = self._all.intersection(self.store.queue(Query(state="finished")))
            self._skipped = self._all.intersection(self.store.queue(Query(state="skipped")))
            if query.state == "open":
                queue = [number for number in everything if self._waits(number)]
            else:
                queue = self.store.queue(query)
        self.query = query
        self._queue = queue
        self._position = 0
        self.show(queue[0] if queue else None)

    def show(self, number: int | None) -> None:
        """Make a paragraph the current one, of the queue or not; ``None`` ends the queue."""
        if number is None:
            self.current, self.standing, self.rows, self.remarks = None, Standing(), (), {}
            self.neighbours = ((), ())
            return
        paragraph = self.store.paragraph(number)
        self.neighbours = self.store.neighbours(number, _NEIGHBOURS)
        self.current = paragraph
        self._refresh()

    def next(self) -> bool:
        """Go to the next paragraph of the queue, decided or not; tell whether there is one."""
        return self._step(1)

    def previous(self) -> bool:
        """Go back to the paragraph before; tell whether there is one."""
        if self.current is None and self._queue:
            self._position = len(self._queue) - 1
            self.show(self._queue[self._position])
            return True
        return self._step(-1)

    def jump(self, document: str) -> bool:
        """Go to the first paragraph of a document that waits, or to its first; tell if it has any."""
        for query in (
            replace(self.query, documents=(document,)),
            Query("document", "all", documents=(document,)),
        ):
            found = self.store.queue(query)
            if found:
                self._go_to(next((number for number in found if self._waits(number)), found[0]))
                return True
        return False

    # Decisions

    def accept(self) -> dict[str, bool]:
        """Answer every label as it stands, and go on; return the answers."""
        return self._finish("accept", accepted(self.rows))

    def reject(self) -> dict[str, bool]:
        """Answer no to every label, and go on; return the answers."""
        return self._finish("reject", rejected(self.rows))

    def toggle(self, row: int) -> Row:
        """Turn the answer to one label round, from what accepting would say; return the row."""
        chosen = self.rows[row]
        self._record("toggle", {chosen.label: not chosen.yes})
        return self.rows[row]

    def add(self, label: str) -> int:
        """Answer yes to a label, suggested or not; return its row."""
        self._record("add", {label: True})
        return next(place for place, row in enumerate(self.rows) if row.label == label)

    def skip(self) -> None:
        """Put the paragraph aside, and go on."""
        if self.current is not None:
            self._record("skip")
            self._advance()

    def flag(self) -> bool:
        """Flag the paragraph, or take the flag away; tell whether it is flagged now."""
        self._record("unflag" if self.standing.flagged else "flag")
        return self.standing.flagged

    def comment(self, text: str) -> None:
        """Keep a comment on the paragraph; an empty one takes it away."""
        self._record("comment", comment=text)

    def undo(self) -> ActionKind | None:
        """Take back the latest action, go to its paragraph; return its kind, if there was one."""
        undone = self.store.undo()
        if undone is None:
            return None
        self._moments.pop(undone.paragraph, None)
        self._go_to(undone.paragraph)
        return undone.kind

    def redo(self) -> ActionKind | None:
        """Do again what was taken back last; return its kind, if there was something."""
        redone = self.store.redo()
        if redone is None:
            return None
        self._go_to(redone.paragraph)
        return redone.kind

    # How it is done

    def _waits(self, number: int) -> bool:
        """Tell whether a paragraph still waits for a decision."""
        return number not in self._finished and number not in self._skipped

    def _finish(self, kind: ActionKind, answers: dict[str, bool]) -> dict[str, bool]:
        """Record a decision that finishes the paragraph, and go on."""
        if self.current is None:
            return {}
        number = self.current.number
        self._record(kind, answers)
        self._moments.pop(number, None)
        self._moments[number] = self._clock()
        self._advance()
        return answers

    def _record(
        self, kind: ActionKind, answers: dict[str, bool] | None = None, comment: str = ""
    ) -> None:
        """Write an action on the current paragraph, then read anew where it stands."""
        if self.current is None:
            return
        self.store.record([Action(self.current.number, kind, answers or {}, comment)])
        self._refresh()

    def _refresh(self) -> None:
        """Read where the current paragraph stands, and keep the counts in step."""
        if self.current is None:
            return
        number = self.current.number
        self.standing = self.store.standing(number)
        others = self.store.verdicts(number) if self.adjudicates else {}
        others.pop(self.store.reviewer, None)
        comments = {name: self.store.standing(number, name).comment for name in others}
        self.remarks = {name: comment for name, comment in comments.items() if comment}
        self.rows = rows_of(self.current, self.standing.answers, others, self._order)
        for numbers, state in ((self._finished, "finished"), (self._skipped, "skipped")):
            if number in self._all and self.standing.state == state:
                numbers.add(number)
            else:
                numbers.discard(number)

    def _advance(self) -> None:
        """Go to the next paragraph that waits, from here on and then from the beginning."""
        here = self._position + 1
        if self.query.state in ("open", "disputed"):
            ahead: Iterator[int] = chain(
                range(here, len(self._queue)), range(min(here, len(self._queue)))
            )
            ahead = (place for place in ahead if self._waits(self._queue[place]))
        else:
            ahead = iter(range(here, len(self._queue)))
        position = next(ahead, None)
        if position is None:
            self.show(None)
        else:
            self._position = position
            self.show(self._queue[position])

    def _step(self, by: int) -> bool:
        """Move in the queue by one, if there is somewhere to go."""
        position = self._position + by
        if self.current is None or not 0 <= position < len(self._queue):
            return False
        self._position = position
        self.show(self._queue[position])
        return True

    def _go_to(self, number: int) -> None:
        """Show a paragraph; one that is not in the queue takes its place in it here."""
        try:
            self._position = self._queue.index(number)
        except ValueError:
            self._queue.insert(self._position, number)
        self.show(number)
