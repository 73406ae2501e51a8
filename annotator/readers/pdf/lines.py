"""Pieces of text on a page, put together as lines in reading order."""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

from annotator.readers.pdf.fragments import Fragment, is_right_to_left

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["Line", "join_row", "page_lines"]

_SAME_ROW = 0.4
"""Pieces stand in one row if their baselines differ by less than this share of their size."""
_SPACE = 0.18
"""Share of the size from which a gap between measured pieces is a space."""
_CHINESE_SPACE = 0.6
"""The same between Chinese characters, which are spaced to fill their line."""
_CELL = 1.6
"""Share of the size from which a gap parts cells of a table, or columns."""
_GUTTER = 0.8
"""Share of the size that a gutter between columns has at least."""

_SAME_BEGINNING = 4.0
"""Points within which lines begin at the same place."""

_MARK = re.compile(r"[\d*†‡§,،\[\]()\s]{1,6}")
_MARK_SIZE = 0.8
_MARK_HEIGHT = 0.15
"""A footnote mark is smaller than the text by the first, and raised by the second, of its size."""

_LETTER = re.compile(r"[^\W\d_]")
_HAN = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")

_COLUMN_ROWS = 5
_CROSSING_SHARE = 0.3
_FILLED_SHARE = 0.6
"""Columns stand beside each other in so many rows, few rows cross the gutter between them, and
their lines fill so much of them; the cells of a table are shorter."""


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
    column: tuple[float, float] = (0.0, 0.0)
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
        reach = _SAME_ROW * max(size, fragment.size)
        if rows and base - fragment.baseline <= reach:
            rows[-1].append(fragment)
        else:
            rows.append([fragment])
            size = 0.0
        if fragment.size > size:
            base, size = fragment.baseline, fragment.size
    return [_from_left(row) for row in rows]


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
    lines: list[Line] = []
    for row in rows:
        for segment in _segments(row, gutters):
            line = _line(segment, page, right_to_left=right_to_left)
            if line is not None:
                lines.append(line)
    if not gutters:
        return _with_columns(sorted(lines, key=lambda line: line.order), [])
    ordered: list[Line] = []
    band: list[Line] = []
    for line in sorted(lines, key=lambda line: -line.baseline):
        if any(line.left < gutter < line.right for gutter in gutters):
            ordered += _by_column(band, gutters, right_to_left=right_to_left)
            ordered.append(line)
            band = []
        else:
            band.append(line)
    ordered += _by_column(band, gutters, right_to_left=right_to_left)
    return _with_columns(ordered, gutters)


def _by_column(
    lines: Sequence[Line], gutters: Sequence[float], *, right_to_left: bool
) -> list[Line]:
    """Put the lines between two that run across the page into order."""
    direction = -1 if right_to_left else 1
    return sorted(lines, key=lambda line: (direction * _column(line, gutters), -line.baseline))


def _column(line: Line, gutters: Sequence[float]) -> int:
    """Return the number of a line's column, from the left; those that run across have -1."""
    if any(line.left < gutter < line.right for gutter in gutters):
        return -1
    return sum(gutter <= line.left for gutter in gutters)


def _with_columns(lines: Sequence[Line], gutters: Sequence[float]) -> list[Line]:
    """Say of each line where its column begins and ends, and how far its like reach."""
    edges: dict[int, tuple[float, float]] = {}
    for line in lines:
        left, right = edges.get(_column(line, gutters), (line.left, line.right))
        edges[_column(line, gutters)] = (min(left, line.left), max(right, line.right))
    placed = [replace(line, column=edges[_column(line, gutters)]) for line in lines]
    groups: dict[tuple[tuple[float, float], int], list[Line]] = {}
    for line in placed:
        groups.setdefault((line.column, _beginning(line)), []).append(line)
    return [
        replace(line, edge=_edge(line, groups[line.column, _beginning(line)])) for line in placed
    ]


def _beginning(line: Line) -> int:
    """Return where a line begins, roughly: lines of one cell begin at one place."""
    return round((line.right if line.right_to_left else line.left) / _SAME_BEGINNING)


def _edge(line: Line, like: Sequence[Line]) -> float:
    """Return how far lines reach that begin at one place; one alone has its column's room."""
    left, right = line.column
    if len(like) > 1:
        left, right = min(one.left for one in like), max(one.right for one in like)
    return left if line.right_to_left else right


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
        if len(open_rows) < _COLUMN_ROWS or crossing > _CROSSING_SHARE * len(rows):
            continue
        if found and place - found[-1][-1] < (end - start) / 50:
            found[-1].append(place)
        else:
            found.append([place])
    gutters = [median(places) for places in found]
    return gutters if _are_filled(runs, [start, *gutters, end]) else []


def _are_filled(runs: Sequence[Sequence[tuple[float, float]]], edges: Sequence[float]) -> bool:
    """Tell whether the lines between edges fill the room there, as running text does."""
    for left, right in itertools.pairwise(edges):
        inside = [
            (run[0], run[1]) for row in runs for run in row if left <= run[0] and run[1] <= right
        ]
        if not inside:
            return False
        room = max(end for _, end in inside) - min(begin for begin, _ in inside)
        if median(end - begin for begin, end in inside) < _FILLED_SHARE * room:
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
    reach = 0.0
    for fragment in row:
        blank = not fragment.text.strip()
        parted = (
            segments
            and not blank
            and (
                fragment.left - reach > _CELL * fragment.size
                or any(reach <= gutter <= fragment.left for gutter in gutters)
            )
        )
        if not segments or parted:
            segments.append([])
            reach = fragment.right
        segments[-1].append(fragment)
        if not blank:
            reach = max(reach, fragment.right)
    return segments


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
    for piece in row:
        if before is not None and _is_space(before, piece):
            pieces.append(" ")
        pieces.append(piece.text.replace("\n", ""))
        if piece.text.strip():
            before = piece
    return "".join(_from_right(pieces) if right_to_left else _from_left_to_right(pieces))


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
