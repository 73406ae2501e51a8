"""Where the running text of a page is parted into columns."""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotator.readers.pdf.fragments import Fragment

__all__ = ["CELL", "GUTTER", "HANGING", "NEXT_LINE", "find_columned", "find_gutters"]

CELL = 1.6
"""Share of the size from which a gap parts cells of a table."""
GUTTER = 0.5
"""Share of the size that a gutter between columns has at least."""
HANGING = 0.75
"""Share of the size by which a Chinese comma at the end of a line may hang into the gutter."""
NEXT_LINE = 2.5
"""Share of the size within which the next line follows."""

_COLUMN_ROWS = 5
_FILLED_SHARE = 0.6
"""Columns stand beside each other in so many rows, and their lines fill so much of them; the cells
of a table are shorter."""


def find_gutters(rows: Sequence[Sequence[Fragment]]) -> list[float]:
    """Find where columns of running text are parted; none in a table, or in plain text."""
    runs = [_runs(row, GUTTER) for row in rows]
    everything = [run for row in runs for run in row]
    if len(rows) < _COLUMN_ROWS or not everything:
        return []
    start, end = min(run[0] for run in everything), max(run[1] for run in everything)
    found: list[list[float]] = []
    for step in range(20, 81):
        place = start + (end - start) * step / 100
        beside = [row for row in runs if row[0][1] <= place <= row[-1][0]]
        open_rows = [row for row in beside if not any(left < place < right for left, right in row)]
        crossing = sum(any(left < place < right for left, right in row) for row in runs)
        if len(open_rows) < max(_COLUMN_ROWS, crossing):
            continue
        if found and place - found[-1][-1] < (end - start) / 50:
            found[-1].append(place)
        else:
            found.append([place])
    gutters = [median(places) for places in found]
    return gutters if _are_filled(runs, [start, *gutters, end]) else []


def find_columned(rows: Sequence[Sequence[Fragment]], gutters: Sequence[float]) -> tuple[int, int]:
    """Return the first of the rows in columns, and the first after them."""
    are_open = [number for number, row in enumerate(rows) if _is_open(row, gutters)]
    if not are_open:
        return 0, 0
    first, last = are_open[0], are_open[-1] + 1
    # One column may begin higher, or be longer, than the other.
    while first and _is_rest(rows[first], rows[first - 1], gutters):
        first -= 1
    while last < len(rows) and _is_rest(rows[last - 1], rows[last], gutters):
        last += 1
    return first, last


def _are_filled(runs: Sequence[Sequence[tuple[float, float]]], edges: Sequence[float]) -> bool:
    """Tell whether the lines between edges fill the room there, as running text does."""
    for left, right in pairwise(edges):
        within = [[run for run in row if left <= run[0] and run[1] <= right] for row in runs]
        spans = [(row[0][0], row[-1][1]) for row in within if row]
        if not spans:
            return False
        room = max(end for _, end in spans) - min(begin for begin, _ in spans)
        if median(end - begin for begin, end in spans) < _FILLED_SHARE * room:
            return False
    return True


def _runs(row: Sequence[Fragment], gap: float) -> list[tuple[float, float]]:
    """Return where a row has text, gaps below a share of the size closed."""
    runs: list[tuple[float, float]] = []
    for fragment in sorted(row, key=lambda piece: piece.left):
        if not fragment.text.strip():
            continue
        if runs and fragment.left - runs[-1][1] < gap * fragment.size:
            runs[-1] = (runs[-1][0], max(runs[-1][1], fragment.right))
        else:
            runs.append((fragment.left, fragment.right))
    return runs or [(row[0].left, row[0].right)]


def _is_open(row: Sequence[Fragment], gutters: Sequence[float]) -> bool:
    """Tell whether a row has text on both sides of a gutter, and none across it."""
    hanging = HANGING * max(fragment.size for fragment in row)
    runs = _runs(row, GUTTER)
    return any(
        runs[0][0] + runs[0][1] < 2 * gutter < runs[-1][0] + runs[-1][1]
        and not any(left + hanging < gutter < right - hanging for left, right in runs)
        for gutter in gutters
    )


def _is_rest(near: Sequence[Fragment], row: Sequence[Fragment], gutters: Sequence[float]) -> bool:
    """Tell whether a row belongs to one column where the others have ended or not begun."""
    hanging = HANGING * max(fragment.size for fragment in row)
    runs = _runs(row, CELL)
    is_near = abs(near[0].baseline - row[0].baseline) < NEXT_LINE * row[0].size
    left, right = runs[0]
    return (
        is_near
        and len(runs) == 1
        and not any(left + hanging < gutter < right - hanging for gutter in gutters)
    )
