"""Pieces of text on a page, put together as lines in reading order."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

from annotator.readers.pdf.columns import (
    CELL,
    GUTTER,
    HANGING,
    NEXT_LINE,
    find_columned,
    find_gutters,
)
from annotator.readers.pdf.fragments import Fragment, is_right_to_left
from annotator.readers.pdf.joining import is_combining, join_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["SENTENCE_END", "Line", "measure_columns", "page_lines"]

_SAME_ROW = 0.4
_MARK_ROW = 0.65
"""Pieces stand in one row if their baselines differ by less than this share of their size; a
footnote's mark may stand higher."""
_CELL_IN_COLUMN = 4.0
"""Share of the size from which a gap parts cells on a page with columns: text that is stretched to
fill a narrow column has wide gaps of its own."""
_CELL_WRITTEN_APART = 0.45
_NEARLY_NEXT = 4
"""Share of the size from which a gap parts pieces that the file does not write one after the
other, give or take so many pieces."""

_SAME_BEGINNING = 4.0
"""Points within which lines begin at the same place."""
_FULL = 0.85
"""Share of the width that a full line takes at least."""

_MARK = re.compile(r"[\d*†‡§,،\[\]()\s]{1,6}")
_MARK_SIZE = 0.8
_MARK_HEIGHT = 0.15
"""A footnote mark is smaller than the text by the first, and raised by the second, of its size."""

SENTENCE_END = re.compile(r"[.!?…。！？؟۔:：;；؛][\"'”’»)）\]】]*$")
"""What stands at the end of a line that ends a sentence, or a part of one."""
_PAIR = 2
"""Lines that may be a paragraph or two items of a list."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in one column or cell."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    order: int
    page: int
    right_to_left: bool
    column: int = 0
    """Which column it stands in, from the left; -1 if it runs across columns."""
    extent: tuple[float, float] = (0.0, 0.0)
    """Where the text of its column begins and ends."""
    edge: float = 0.0
    """How far the lines that begin where it begins reach: the far side of a column or cell."""
    marked: bool = False
    """Whether a footnote's mark stood before it."""


def page_lines(fragments: Sequence[Fragment], page: int) -> list[Line]:
    """Put the pieces of a page together as lines, in reading order.

    Args:
        fragments: The pieces, in the order of the file.
        page: The page's number, for the lines.
    """
    angles = [fragment.angle for fragment in fragments for _ in fragment.text]
    if not angles:
        return []
    upright = max(sorted(set(angles)), key=angles.count)
    right_to_left = _mostly_right_to_left(fragments)
    main = [fragment for fragment in fragments if fragment.angle == upright]
    lines = _ordered(_rows(main), page, right_to_left=right_to_left)
    for angle in sorted(set(angles) - {upright}):
        # Turned text is a margin note or the label of a figure: it comes last.
        turned = [fragment for fragment in fragments if fragment.angle == angle]
        lines += _ordered(_rows(turned), page, right_to_left=right_to_left)
    return lines


def _mostly_right_to_left(fragments: Iterable[Fragment]) -> bool:
    """Tell the direction of a page from its letters."""
    letters = [char for fragment in fragments for char in fragment.text if char.isalpha()]
    return 2 * sum(map(is_right_to_left, letters)) > len(letters)


def _rows(fragments: Sequence[Fragment]) -> list[list[Fragment]]:
    """Gather pieces on the same baseline, from the top down, each row from left to right."""
    rows: list[list[Fragment]] = []
    base = 0.0
    size = 0.0
    for fragment in sorted(fragments, key=lambda piece: (-piece.baseline, piece.order)):
        share = _MARK_ROW if rows and _are_marks(rows[-1]) else _SAME_ROW
        if rows and base - fragment.baseline <= share * max(size, fragment.size):
            rows[-1].append(fragment)
        else:
            rows.append([fragment])
            size = 0.0
        if fragment.size > size:
            base, size = fragment.baseline, fragment.size
    return [_from_left(row) for row in rows]


def _are_marks(row: Sequence[Fragment]) -> bool:
    """Tell whether a row may be nothing but footnote marks, raised above their line."""
    return all(_MARK.fullmatch(fragment.text) for fragment in row)


def _from_left(row: Sequence[Fragment]) -> list[Fragment]:
    """Sort a row from left to right; a mark that stands on a letter stays where the file has it."""
    placed: list[tuple[float, int, Fragment]] = []
    before = None
    for fragment in sorted(row, key=lambda piece: piece.order):
        left = fragment.left
        if before is not None and is_combining(fragment.text):
            left = before
        placed.append((left, fragment.order, fragment))
        before = left
    return [fragment for _, _, fragment in sorted(placed, key=lambda entry: entry[:2])]


def _ordered(rows: Sequence[list[Fragment]], page: int, *, right_to_left: bool) -> list[Line]:
    """Cut rows into lines, and put these into reading order, column by column."""
    gutters = find_gutters(rows)
    first, last = find_columned(rows, gutters)

    def cut(part: Sequence[list[Fragment]], gutters: Sequence[float]) -> list[Line]:
        """Cut rows into lines where a gutter runs."""
        segments = (segment for row in part for segment in _segments(row, gutters))
        lines = (_line(segment, page, right_to_left=right_to_left) for segment in segments)
        return [line for line in lines if line is not None]

    def plain(part: Sequence[list[Fragment]]) -> list[Line]:
        """Return rows as lines over the whole width, in reading order."""
        lines = sorted(cut(part, []), key=lambda line: line.order)
        return [replace(line, column=-1) for line in lines]

    ordered: list[Line] = plain(rows[:first])
    band: list[Line] = []
    for line in cut(rows[first:last], gutters):
        placed = replace(line, column=_column(line, gutters))
        if placed.column < 0:
            ordered += [*_by_column(band, right_to_left=right_to_left), placed]
            band = []
        else:
            band.append(placed)
    return ordered + _by_column(band, right_to_left=right_to_left) + plain(rows[last:])


def _by_column(lines: Sequence[Line], *, right_to_left: bool) -> list[Line]:
    """Put the lines between two that run across the page into order."""
    direction = -1 if right_to_left else 1
    return sorted(lines, key=lambda line: (direction * line.column, -line.baseline))


def _column(line: Line, gutters: Sequence[float]) -> int:
    """Return the number of a line's column, from the left; those that run across have -1."""
    hanging = HANGING * line.size
    if any(line.left + hanging < gutter < line.right - hanging for gutter in gutters):
        return -1
    return sum(gutter < (line.left + line.right) / 2 for gutter in gutters)


def measure_columns(lines: Sequence[Line]) -> list[Line]:
    """Say of each line of a page where its column begins and ends, and how far its like reach."""
    extents: dict[int, tuple[float, float]] = {}
    for line in lines:
        left, right = extents.get(line.column, (line.left, line.right))
        extents[line.column] = (min(left, line.left), max(right, line.right))
    placed = [replace(line, extent=extents[line.column]) for line in lines]
    runs: list[list[Line]] = []
    for line in placed:
        if runs and _is_like(runs[-1][-1], line):
            runs[-1].append(line)
        else:
            runs.append([line])
    return [replace(line, edge=edge) for run in runs for line, edge in _edges(run)]


def _is_like(last: Line, line: Line) -> bool:
    """Tell whether two lines begin at the same place, one below the other."""
    begun, begins = (last.right, line.right) if line.right_to_left else (last.left, line.left)
    return (
        last.column == line.column
        and abs(begun - begins) < _SAME_BEGINNING
        and abs(last.size - line.size) < 1
        and 0 < last.baseline - line.baseline < NEXT_LINE * line.size
    )


def _edges(run: Sequence[Line]) -> Iterator[tuple[Line, float]]:
    """Say of each line how far its like reach: text in a cell, or the whole column's width."""
    left, right = min(line.left for line in run), max(line.right for line in run)
    filled = sum(line.right - line.left > _FULL * (right - left) for line in run)
    if len(run) == _PAIR:
        wrapped = filled == _PAIR and not SENTENCE_END.search(run[0].text)
    else:
        wrapped = 2 * filled >= len(run) > _PAIR
    for line, following in zip(run, [*run[1:], None], strict=True):
        within = wrapped or (following is not None and following.text[:1].islower())
        extent = (left, right) if within else line.extent
        yield line, extent[0] if line.right_to_left else extent[1]


def _segments(row: Sequence[Fragment], gutters: Sequence[float]) -> list[list[Fragment]]:
    """Cut a row at gutters and at the gaps between cells."""
    segments: list[list[Fragment]] = []
    before: Fragment | None = None
    reach = 0.0
    for fragment in row:
        blank = not fragment.text.strip()
        if before is None or (not blank and _is_parted(before, reach, fragment, gutters)):
            segments.append([])
            reach = fragment.right
        segments[-1].append(fragment)
        if not blank or before is None:
            reach = max(reach, fragment.right)
            before = fragment
    return segments


def _is_parted(
    before: Fragment, reach: float, fragment: Fragment, gutters: Sequence[float]
) -> bool:
    """Tell whether a piece stands in another column or cell than the one before it in the row."""
    gap = (fragment.left - reach) / fragment.size if fragment.size else 0.0
    # Cells are written one after the other, each with all its lines.
    if gap > _CELL_WRITTEN_APART and abs(fragment.order - before.order) > _NEARLY_NEXT:
        return True
    if gap > (_CELL_IN_COLUMN if gutters else CELL):
        return True
    return gap >= GUTTER and any(
        before.left < gutter <= fragment.left and reach - HANGING * fragment.size <= gutter
        for gutter in gutters
    )


def _line(segment: Sequence[Fragment], page: int, *, right_to_left: bool) -> Line | None:
    """Make a line of a segment, footnote marks left out."""
    size = max((piece.size for piece in segment if piece.text.strip()), default=0.0)
    main = [piece for piece in segment if piece.size > _MARK_SIZE * size]
    if not main or not size:
        return None
    baseline = median(piece.baseline for piece in main)
    kept = [piece for piece in segment if not _is_mark(piece, baseline, size)]
    text = " ".join(join_row(kept, right_to_left=right_to_left).split())
    if not text:
        return None
    first = segment[-1] if right_to_left else segment[0]
    shown = [piece for piece in kept if piece.text.strip()]
    return Line(
        text=text,
        left=min(piece.left for piece in shown),
        right=max(piece.right for piece in shown),
        baseline=baseline,
        size=round(_usual_size(shown), 1),
        order=min(piece.order for piece in segment),
        page=page,
        right_to_left=right_to_left,
        marked=_is_mark(first, baseline, size),
    )


def _usual_size(pieces: Sequence[Fragment]) -> float:
    """Return the size in which most characters are set."""
    sizes: Counter[float] = Counter()
    for piece in pieces:
        sizes[piece.size] += len(piece.text)
    return max(sizes, key=lambda size: sizes[size])


def _is_mark(piece: Fragment, baseline: float, size: float) -> bool:
    """Tell whether a piece is the mark of a footnote."""
    return (
        piece.size <= _MARK_SIZE * size
        and piece.baseline > baseline + _MARK_HEIGHT * size
        and _MARK.fullmatch(piece.text) is not None
        and bool(piece.text.strip())
    )
