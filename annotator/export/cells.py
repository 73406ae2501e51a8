r"""Text in the cells of spreadsheets: it never acts, and it comes back.

Two rules, each with its way back:

- CSV has no types, so a spreadsheet takes ``=1+1`` for a formula. A text that
  begins with ``=``, ``+``, ``-`` or ``@`` (also in full width, and behind
  spaces), with a tab or the end of a line, gets an apostrophe before it, as
  one would type it; so does a text that begins with an apostrophe. To read:
  take one apostrophe off the beginning. :func:`restore_text` does.
- XLSX has types, and every text is written as one, so nothing is put before it.
  Characters that XML cannot hold, and carriage returns, which its readers turn
  into line feeds, are written as ``_x000D_``, the way of ECMA-376; the text
  ``_x000D_`` itself as ``_x005F_x000D_``. Excel reads them back;
  :func:`restore_escapes` does for programs that do not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "LONGEST_CELL",
    "cut_text",
    "disarm_text",
    "escape_text",
    "restore_escapes",
    "restore_text",
]

LONGEST_CELL = 32_767
"""Characters that a cell of Excel holds, in UTF-16 code units."""

_ACTING = re.compile(r"'|[\t\r\n]|[\s\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠﹢﹣﹫﹦−]")
_UNSPEAKABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)"
)
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def disarm_text(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula when it reads it from CSV.

    >>> disarm_text("=SUM(A1)"), disarm_text(" ＝1"), disarm_text("'t"), disarm_text("数字 = 1")
    ("'=SUM(A1)", "' ＝1", "''t", '数字 = 1')
    """
    return "'" + text if _ACTING.match(text) else text


def restore_text(cell: str) -> str:
    """Return the text that :func:`disarm_text` made a cell of.

    >>> restore_text("'=SUM(A1)"), restore_text("التعليم")
    ('=SUM(A1)', 'التعليم')
    """
    return cell.removeprefix("'")


def escape_text(text: str) -> str:
    r"""Return a text without characters that XML cannot hold or would change.

    >>> escape_text("a\x00b\r\nc _x0041_")
    'a_x0000_b_x000D_\nc _x005F_x0041_'
    """
    return _UNSPEAKABLE.sub(lambda match: f"_x{ord(match.group()):04X}_", text)


def restore_escapes(cell: str) -> str:
    r"""Return the text that :func:`escape_text` made a cell of.

    >>> restore_escapes("a_x0000_b_x000D_\nc _x005F_x0041_")
    'a\x00b\r\nc _x0041_'
    """
    return _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), cell)


def cut_text(text: str, longest: int = LONGEST_CELL) -> Iterator[str]:
    """Cut an escaped text into pieces that fit into a cell, never inside an escape.

    >>> list(cut_text("😀数字", 3)), list(cut_text("ab_x0000_", 8))
    (['😀数', '字'], ['ab', '_x0000_'])
    """
    piece: list[str] = []
    used = 0
    for match in _ATOM.finditer(text):
        size = sum(1 + (ord(character) > _LAST_BMP) for character in match.group())
        if used + size > longest:
            yield "".join(piece)
            piece, used = [], 0
        piece.append(match.group())
        used += size
    yield "".join(piece)


_ATOM = re.compile(r"_x[0-9A-Fa-f]{4}_|.", re.DOTALL)
_LAST_BMP = 0xFFFF
