"""The pieces of one row, joined into text in reading order, from the left or from the right."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from annotator.readers.pdf.fragments import Fragment, is_right_to_left

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["is_combining", "join_row"]

_SPACE = 0.18
"""Share of the size from which a gap between measured pieces is a space."""
_CHINESE_SPACE = 0.6
"""The same between Chinese characters, which are spaced to fill their line."""

_LETTER = re.compile(r"[^\W\d_]")
_HAN = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
_MIRRORED = str.maketrans("()[]", ")(][")


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
    if is_combining(piece.text) or is_combining(before.text):
        return False
    is_chinese = _HAN.match(before.text[-1:]) and _HAN.match(piece.text[:1])
    return piece.left - before.right > (_CHINESE_SPACE if is_chinese else _SPACE) * piece.size


def is_combining(text: str) -> bool:
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
