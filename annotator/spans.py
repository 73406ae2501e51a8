"""Sets of spans that answer at once whether another span meets them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Span", "SpanSet"]

Span = tuple[int, int]


class SpanSet:
    """Some spans of one text.

    >>> spans = SpanSet([(2, 5), (9, 12)])
    >>> spans.overlaps(4, 8), spans.overlaps(5, 9), spans.covers(10, 12), spans.covers(4, 6)
    (True, False, True, False)
    """

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        """Take spans in any order; empty ones meet nothing."""
        ordered = sorted(span for span in spans if span[0] < span[1])
        self._starts = [start for start, _ in ordered]
        self._reach = list(accumulate((end for _, end in ordered), max))
        """The furthest end among the spans up to each."""

    def __bool__(self) -> bool:
        """Tell whether there is any span."""
        return bool(self._starts)

    def overlaps(self, start: int, end: int) -> bool:
        """Tell whether a span shares a character with one of these."""
        before = bisect_left(self._starts, end)
        return before > 0 and self._reach[before - 1] > start

    def covers(self, start: int, end: int) -> bool:
        """Tell whether a span lies inside one of these."""
        before = bisect_right(self._starts, start)
        return before > 0 and self._reach[before - 1] >= end
