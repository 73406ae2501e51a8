"""Pieces of text on a page, put together as lines in reading order."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from annotator.readers.pdf.fragments import Fragment, is_right_to_left

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = ["Line", "join_row", "measure_columns", "page_lines"]

_SAME_ROW = 0.4
_MARK_ROW = 0.65
"""Pieces stand in one row if their baselines differ by less than this share of their size; a
footnote's mark may stand higher."""
_SPACE = 0.18
"""Share of the size from which a gap between measured pieces is a space."""
_CHINESE_SPACE = 0.6
"""The same between Chinese characters, which are spaced to fill their line."""
_CELL = 1.6
_CELL_IN_COLUMN = 4.0
"""Share of the size from which a gap parts cells of a table; text that is stretched to fill a
narrow column has wide gaps of its own."""
_CELL_WRITTEN_APART = 0.45
_NEARLY_NEXT = 4
"""Share of the size from which a gap parts pieces that the file does not write one after the
other, give or take so many pieces."""
_GUTTER = 0.5
"""Share of the size that a gutter between columns has at least."""
_HANGING = 0.75
"""Share of the size by which a Chinese comma at the end of a line may hang into the gutter."""

_SAME_BEGINNING = 4.0
"""Points within which lines begin at the same place."""
_NEXT_LINE = 2.5
"""Share of the size within which the next line follows."""
_FULL = 0.85
"""Share of the width that a full line takes at least."""

_MARK = re.compile(r"[\d*†‡§,،\[\]()\s]{1,6}")
_MARK_SIZE = 0.8
_MARK_HEIGHT = 0.15
"""A footnote mark is smaller than the text by the first, and raised by the second, of its size."""

_LETTER = re.compile(r"[^\W\d_]")
_HAN = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")

_SENTENCE_END = re.compile(r"[.!?…。！？؟۔:：;；؛][\"'”’»)）\]】]*$")
_PAIR = 2
"""Lines that may be a paragraph or two items of a list."""
_MIRRORED = str.maketrans("()[]", ")(][")

_COLUMN_ROWS = 5
_FILLED_SHARE = 0.6
"""Columns stand beside each other in so many rows, and their lines fill so much of them; the cells
of a table are shorter."""


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
        if before is not None and _is_combining(fragment.text):
            left = before
        placed.append((left, fragment.order, fragment))
        before = left
    return [fragment for _, _, fragment in sorted(placed, key=lambda entry: entry[:2])]


def _ordered(rows: Sequence[list[Fragment]], page: int, *, right_to_left: bool) -> list[Line]:
    """Cut rows into lines, and put these into reading order, column by column."""
    gutters = _gutters(rows)
    first, last = _columned(rows, gutters)

    def cut(part: Sequence[list[Fragment]], gutters: Sequence[float]) -> list[Line]:
        segments = (segment for row in part for segment in _segments(row, gutters))
        lines = (_line(segment, page, right_to_left=right_to_left) for segment in segments)
        return [line for line in lines if line is not None]

    def plain(part: Sequence[list[Fragment]]) -> list[Line]:
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


def _columned(rows: Sequence[Sequence[Fragment]], gutters: Sequence[float]) -> tuple[int, int]:
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


def _is_open(row: Sequence[Fragment], gutters: Sequence[float]) -> bool:
    """Tell whether a row has text on both sides of a gutter, and none across it."""
    hanging = _HANGING * max(fragment.size for fragment in row)
    runs = _runs(row, _GUTTER)
    return any(
        runs[0][0] + runs[0][1] < 2 * gutter < runs[-1][0] + runs[-1][1]
        and not any(left + hanging < gutter < right - hanging for left, right in runs)
        for gutter in gutters
    )


def _is_rest(near: Sequence[Fragment], row: Sequence[Fragment], gutters: Sequence[float]) -> bool:
    """Tell whether a row belongs to one column where the others have ended or not begun."""
    hanging = _HANGING * max(fragment.size for fragment in row)
    runs = _runs(row, _CELL)
    is_near = abs(near[0].baseline - row[0].baseline) < _NEXT_LINE * row[0].size
    left, right = runs[0]
    return (
        is_near
        and len(runs) == 1
        and not any(left + hanging < gutter < right - hanging for gutter in gutters)
    )


def _by_column(lines: Sequence[Line], *, right_to_left: bool) -> list[Line]:
    """Put the lines between two that run across the page into order."""
    direction = -1 if right_to_left else 1
    return sorted(lines, key=lambda line: (direction * line.column, -line.baseline))


def _column(line: Line, gutters: Sequence[float]) -> int:
    """Return the number of a line's column, from the left; those that run across have -1."""
    hanging = _HANGING * line.size
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
        and 0 < last.baseline - line.baseline < _NEXT_LINE * line.size
    )


def _edges(run: Sequence[Line]) -> Iterator[tuple[Line, float]]:
    """Say of each line how far its like reach: text in a cell, or the whole column's width."""
    left, right = min(line.left for line in run), max(line.right for line in run)
    filled = sum(line.right - line.left > _FULL * (right - left) for line in run)
    if len(run) == _PAIR:
        wrapped = filled == _PAIR and not _SENTENCE_END.search(run[0].text)
    else:
        wrapped = 2 * filled >= len(run) > _PAIR
    for line, following in zip(run, [*run[1:], None], strict=True):
        within = wrapped or (following is not None and following.text[:1].islower())
        extent = (left, right) if within else line.extent
        yield line, extent[0] if line.right_to_left else extent[1]


def _gutters(rows: Sequence[Sequence[Fragment]]) -> list[float]:
    """Find where columns of running text are parted; none in a table, or in plain text."""
    runs = [_runs(row, _GUTTER) for row in rows]
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
    if gap > (_CELL_IN_COLUMN if gutters else _CELL):
        return True
    return gap >= _GUTTER and any(
        before.left < gutter <= fragment.left and reach - _HANGING * fragment.size <= gutter
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
        size=round(median(piece.size for piece in shown), 1),
        order=min(piece.order for piece in segment),
        page=page,
        right_to_left=right_to_left,
        marked=_is_mark(first, baseline, size),
    )


def _is_mark(piece: Fragment, baseline: float, size: float) -> bool:
    """Tell whether a piece is the mark of a footnote."""
    return (
        piece.size <= _MARK_SIZE * size
        and piece.baseline > baseline + _MARK_HEIGHT * size
        and _MARK.fullmatch(piece.text) is not None
        and bool(piece.text.strip())
    )


def join_row(row: Sequence[Fragment], *, right_to_left: bool) -> str:
    """Join pieces that stand from left to right into text in reading order.

    >>> row = [Fragment(t, x, x + 9, 0, 10, x) for x, t in ((0, "قرية"), (12, "350"), (24, "في"))]
    >>> join_row(row, right_to_left=True)
    'في 350 قرية'
    """
    pieces: list[str] = []
    before: Fragment | None = None
    for piece, following in zip(row, [*row[1:], None], strict=True):
        if following is not None and _is_covered(piece, following):
            continue
        if before is not None and _is_space(before, piece):
            pieces.append(" ")
        pieces.append(piece.text.replace("\n", ""))
        if piece.text.strip():
            before = piece
    if not right_to_left:
        return "".join(_from_left_to_right(pieces))
    text = "".join(_from_right(pieces))
    # Some files name brackets by their shape, which is mirrored in a right-to-left line.
    brackets = [char for char in text if char in "()[]"]
    mirrored = brackets and brackets[0] in ")]" and brackets[-1] in "(["
    return text.translate(_MIRRORED) if mirrored else text


def _is_covered(blank: Fragment, following: Fragment) -> bool:
    """Tell whether a blank is none: the next string begins where it begins.

    This is how a browser writes a hyphen that was possible, and not needed.
    """
    return (
        not blank.text.strip()
        and blank.show != following.show
        and following.left < (blank.left + blank.right) / 2
    )


def _is_space(before: Fragment, piece: Fragment) -> bool:
    """Tell whether the gap between two pieces is a space that the file does not write."""
    if not (before.measured and piece.measured and piece.text.strip()):
        return False
    if _is_combining(piece.text) or _is_combining(before.text):
        return False
    is_chinese = _HAN.match(before.text[-1:]) and _HAN.match(piece.text[:1])
    return piece.left - before.right > (_CHINESE_SPACE if is_chinese else _SPACE) * piece.size


def _is_combining(text: str) -> bool:
    """Tell whether a piece is nothing but marks that stand on letters."""
    marks = text.strip()
    return bool(marks) and all(map(unicodedata.combining, marks))


def _from_left_to_right(pieces: Sequence[str]) -> list[str]:
    """Put pieces of a left-to-right line into reading order: Arabic within it is turned."""
    result: list[str] = []
    for run, is_arabic in _runs_of(pieces, is_right_to_left):
        result += run[::-1] if is_arabic else run
    return result


def _from_right(pieces: Sequence[str]) -> list[str]:
    """Put pieces of a right-to-left line into reading order: numbers and names keep theirs."""
    result: list[str] = []
    for run, is_foreign in _runs_of(pieces, _is_left_to_right):
        # What is built here is reversed as a whole at the end.
        result += [piece for chunk in _chunks(run) for piece in chunk[::-1]] if is_foreign else run
    return result[::-1]


def _is_left_to_right(text: str) -> bool:
    """Tell whether a piece holds letters or digits that are not written from right to left."""
    return not is_right_to_left(text) and any(map(str.isalnum, text))


def _runs_of(pieces: Sequence[str], belongs: Callable[[str], bool]) -> list[tuple[list[str], bool]]:
    """Part pieces into runs that belong, neutral pieces between them included, and the rest."""
    runs: list[tuple[list[str], bool]] = []
    neutral: list[str] = []
    for piece in pieces:
        if belongs(piece):
            if runs and runs[-1][1]:
                runs[-1][0].extend([*neutral, piece])
            else:
                runs += [(neutral, False), ([piece], True)]
            neutral = []
        elif any(map(str.isalnum, piece)):
            runs.append(([*neutral, piece], False))
            neutral = []
        else:
            neutral.append(piece)
    return [*runs, (neutral, False)]


def _chunks(run: Sequence[str]) -> list[list[str]]:
    """Part a left-to-right run at the spaces between bare numbers.

    Numbers in a right-to-left line follow each other from right to left; only
    behind a word does a number go on with it, as in "SDG 9".
    """
    chunks: list[list[str]] = [[]]
    after_word = False
    for piece in run:
        after_word = after_word or _LETTER.search(piece) is not None
        if piece.strip() or after_word:
            chunks[-1].append(piece)
        else:
            chunks += [[piece], []]
    return chunks
