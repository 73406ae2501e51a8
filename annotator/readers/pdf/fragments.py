"""Where each piece of text stands on a page.

pypdf decodes the text and turns right-to-left runs round; in plain mode it then
joins the pieces by rules of its own, which put the pieces of an Arabic line with
numbers in it, and the spaces of some Arabic lines, in the wrong order. So the
pieces are taken with their places, and joined in ``lines``.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Fragment", "is_right_to_left", "page_fragments"]

_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_DIGITS = re.compile(r"[\u0660-\u0669\u06f0-\u06f9]")
_NUMBER = re.compile(
    r"[\u0660-\u0669\u06f0-\u06f9]+(?:[.,/\u066a-\u066c][\u0660-\u0669\u06f0-\u06f9]+)*"
)
_SHAPED = re.compile(r"[\u2f00-\u2fdf\uf900-\ufaff\ufb00-\ufdff\ufe70-\ufefc]")
"""Characters that stand for the shape of others: radicals, ligatures, Arabic letter forms."""

_SHOWS = frozenset({b"Tj", b"TJ", b"'", b'"'})
_MOVES = frozenset({b"BT", b"Td", b"TD", b"Tm", b"T*"})

_WORD_GAP = 120
"""Thousandths of the font's size from which a gap inside a right-to-left run parts words."""

_DEFAULT_WIDTH = 530
_COURIER = 600
"""Thousandths of the size that each character takes in Courier."""
_SUBSET = re.compile(r"^[A-Z]{6}\+")
_FIRST_CODE = 32
"""The character that the lists of ``standard_widths.json`` begin with, in Windows' Western code."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of text with its place, in points; turned text is turned upright first."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    order: int
    """Its turn in the file."""
    angle: int = 0
    """Degrees by which it was turned, in quarters."""
    show: int = -1
    """Which string of the file it comes from: a change of direction makes two pieces of one."""
    measured: bool = True
    """Whether the font tells its width; else it is estimated."""


def is_right_to_left(text: str) -> bool:
    """Tell whether a text holds letters that are written from right to left.

    >>> is_right_to_left("ITU"), is_right_to_left("الاتحاد"), is_right_to_left("国际电联")
    (False, True, False)
    """
    return _RIGHT_TO_LEFT.search(_DIGITS.sub("", text)) is not None


def page_fragments(page: Any, radicals: Mapping[int, str]) -> list[Fragment]:  # noqa: ANN401 - pypdf's page
    """Return the pieces of text on a page, in the order of the file.

    Args:
        page: A page of pypdf.
        radicals: The ideographs that radicals without a decomposition stand for.
    """
    from pypdf.generic import ContentStream, NameObject  # noqa: PLC0415 - heavy, only PDFs need it

    if page.get("/Contents") is None:
        return []
    # As pypdf does it itself: what a font encodes stays bytes.
    content = ContentStream(page["/Contents"].get_object(), page.pdf, "bytes")
    operations = list(content.operations)
    page[NameObject("/Contents")] = content
    content.operations = _apart(operations, cut=False)
    collector = _Collector(radicals)
    collector.read(page)
    if any(is_right_to_left(fragment.text) for fragment in collector.fragments):
        content.operations = _apart(operations, cut=True)
        collector = _Collector(radicals)
        collector.read(page)
    return collector.fragments


def _apart(operations: Sequence[tuple[Any, bytes]], *, cut: bool) -> list[tuple[Any, bytes]]:
    """Have pypdf hand over each shown string by itself.

    It does so whenever a font is chosen, so the font is chosen once more before
    and after each. The gaps between words in a right-to-left run, which it would move to
    the run's end, are made gaps between strings if ``cut`` asks for it.
    """
    result: list[tuple[Any, bytes]] = []
    font: Any = None
    saved: list[Any] = []
    for operands, operator in operations:
        if operator == b"Tf":
            font = operands
        elif operator == b"q":
            saved.append(font)
        elif operator == b"Q" and saved:
            font = saved.pop()
        if operator not in _SHOWS or font is None:
            result.append((operands, operator))
            continue
        if operator in (b"'", b'"'):
            result.append(([], b"T*"))
            operands, operator = operands[-1:], b"Tj"  # noqa: PLW2901 - the same text, shown plainly
        pieces = _pieces(operands[0]) if cut and operator == b"TJ" and operands else [None]
        for piece in pieces:
            result.append((font, b"Tf"))
            result.append((operands if piece is None else [piece], operator))
            result.append((font, b"Tf"))
    return result


def _pieces(array: Any) -> list[Any]:  # noqa: ANN401
    """Cut an array of strings and offsets before each offset that parts words."""
    from pypdf.generic import ArrayObject  # noqa: PLC0415

    pieces = [ArrayObject()]
    for item in array:
        if isinstance(item, (int, float)) and item < -_WORD_GAP and pieces[-1]:
            pieces.append(ArrayObject())
        pieces[-1].append(item)
    return pieces


class _Collector:
    """Listens to pypdf and notes each piece of text with its place."""

    def __init__(self, radicals: Mapping[int, str]) -> None:
        self.fragments: list[Fragment] = []
        self._radicals = radicals
        self._fonts: dict[int, tuple[Any, _Font]] = {}
        self._matrix: list[float] = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]
        self._spacing = 0.0
        self._moved = True
        self._shown: list[Any] | None = None
        self._show = 0
        self._is_fresh = True
        self._start = self._end = 0.0
        self._measured = True
        self._guesses = True

    def read(self, page: Any) -> None:  # noqa: ANN401
        """Read a page."""
        page.extract_text(visitor_operand_before=self._operand, visitor_text=self._text)

    def _operand(self, operator: bytes, operands: Any, cm: list[float], tm: list[float]) -> None:  # noqa: ANN401
        """Note where the next text stands."""
        if operator in _MOVES:
            self._moved = True
            # Spaces that pypdf guesses from a move are guessed better from the widths.
            self._guesses = not self._measured
        elif operator == b"Tc" and operands and isinstance(operands[0], (int, float)):
            self._spacing = float(operands[0])
        elif operator in (b"Tj", b"TJ") and operands:
            shown = operands[0]
            self._show += 1
            self._shown = list(shown) if operator == b"TJ" and isinstance(shown, list) else [shown]
            self._matrix = _product(tm, cm)
            self._is_fresh, self._moved = self._moved, False
            self._guesses = True

    def _text(self, text: str, cm: Any, tm: Any, font: Any, size: float) -> None:  # noqa: ANN401
        """Note a piece of text; pypdf says it when the next one begins, or the direction turns."""
        del cm, tm
        if self._shown is not None:
            known = self._font(font)
            before, width = known.measure(self._shown, size, self._spacing)
            self._start = (0.0 if self._is_fresh else self._end) + before
            self._end = self._start + width
            self._measured, self._shown = known.measured, None
        piece = self._clean(text)
        if not piece.strip("\n") or not (self._guesses or piece.strip()):
            return
        a, b, _, d, x, y = self._matrix
        angle = round(math.degrees(math.atan2(b, a)) / 90) % 4 * 90
        scale = math.hypot(a, b) or 1.0
        height = abs(size) * (abs(d) or abs(self._matrix[2]) or scale)
        along, across = _upright(x, y, angle)
        self.fragments.append(
            Fragment(
                text=piece,
                left=along + self._start * scale,
                right=along + self._end * scale,
                baseline=across,
                size=height,
                order=len(self.fragments),
                show=self._show,
                angle=angle,
                measured=self._measured,
            )
        )

    def _font(self, resource: Any) -> _Font:  # noqa: ANN401
        """Return what a font tells; it is kept with its resource, so that no id comes twice."""
        if id(resource) not in self._fonts:
            self._fonts[id(resource)] = (resource, _Font(resource))
        return self._fonts[id(resource)][1]

    def _clean(self, text: str) -> str:
        """Write shapes as the letters that they stand for, and numbers in their order."""
        text = _SHAPED.sub(_letters, text.translate(self._radicals))
        # pypdf turns Arabic-Indic digits round with the letters beside them.
        return _NUMBER.sub(lambda match: match.group()[::-1], text)


class _Font:
    """What a font tells of the widths of its characters."""

    def __init__(self, resource: Any) -> None:  # noqa: ANN401 - a dictionary of pypdf, or None
        self._widths: dict[int, float] = {}
        self._default: float = _DEFAULT_WIDTH
        self._bytes = 1
        resource = resource or {}
        scale = 1.0
        if "/DescendantFonts" in resource:
            self._bytes = 2
            inner = resource["/DescendantFonts"].get_object()[0].get_object()
            self._default = _number(inner.get("/DW"), 1000)
            self._read_ranges(inner.get("/W"))
            self.measured = True
            return
        if resource.get("/Subtype") == "/Type3":
            matrix = resource.get("/FontMatrix") or [0.001]
            scale = 1000 * _number(matrix[0], 0.001)
        widths = resource.get("/Widths")
        self.measured = widths is not None
        if widths is None:
            self._take_standard(_SUBSET.sub("", str(resource.get("/BaseFont", "")).lstrip("/")))
            encoding = resource.get("/Encoding")
            # An encoding of the file's own may give any code to any character.
            self.measured = self.measured and not hasattr(encoding, "keys")
        if widths is not None:
            first = int(_number(resource.get("/FirstChar"), 0))
            self._default = 0.0
            self._widths = {
                first + index: _number(width, 0) * scale
                for index, width in enumerate(widths.get_object())
            }

    def _take_standard(self, name: str) -> None:
        """Take the widths of the standard font that a name stands for, or is nearest to."""
        self.measured = name.startswith(("Helvetica", "Arial", "Times", "Courier"))
        if name.startswith("Courier"):
            self._default = _COURIER
            return
        bold, italic = "Bold" in name, "Italic" in name or "Oblique" in name
        if name.startswith("Times"):
            style = f"{'Bold' * bold}{'Italic' * italic}" or "Roman"
            widths = _standard_widths()[f"Times-{style}"]
        else:
            widths = _standard_widths()["Helvetica-Bold" if bold else "Helvetica"]
        self._widths = {_FIRST_CODE + index: width for index, width in enumerate(widths)}

    def _read_ranges(self, ranges: Any) -> None:  # noqa: ANN401
        """Read the widths of a composite font: ``c [w w …]`` or ``first last w``."""
        items = [item.get_object() for item in ranges.get_object()] if ranges is not None else []
        position = 0
        while position + 1 < len(items):
            first = int(_number(items[position], 0))
            following = items[position + 1]
            if isinstance(following, list):
                self._widths |= {first + i: _number(w, 0) for i, w in enumerate(following)}
                position += 2
            elif position + 2 < len(items):
                last = min(int(_number(following, 0)), first + 65535)
                width = _number(items[position + 2], 0)
                self._widths |= dict.fromkeys(range(first, last + 1), width)
                position += 3
            else:
                break

    def measure(self, shown: Sequence[Any], size: float, spacing: float) -> tuple[float, float]:
        """Return the gap before the strings, and their width with the gaps within, in points."""
        before: float | None = None
        width = 0.0
        for item in shown:
            if isinstance(item, (int, float)):
                width -= float(item) / 1000 * size
            elif isinstance(item, (bytes, str)):
                if before is None:
                    before, width = width, 0.0
                data = item if isinstance(item, bytes) else item.encode("latin-1", "replace")
                codes = [
                    int.from_bytes(data[index : index + self._bytes], "big")
                    for index in range(0, len(data), self._bytes)
                ]
                total = sum(self._widths.get(code, self._default) for code in codes)
                width += total / 1000 * size + spacing * len(codes)
        return before or 0.0, width


@cache
def _standard_widths() -> dict[str, list[float]]:
    """Return thousandths of the size that characters take in the fonts that files need not tell."""
    data = Path(__file__).with_name("standard_widths.json").read_bytes()
    return msgspec.json.decode(data, type=dict[str, list[float]])


def _number(value: Any, default: float) -> float:  # noqa: ANN401
    """Return a number that a file gives, or a default for anything else."""
    value = value.get_object() if hasattr(value, "get_object") else value
    return float(value) if isinstance(value, (int, float)) else default


def _letters(match: re.Match[str]) -> str:
    """Return the letters that a shape stands for; a mark's form on a space is the mark."""
    return unicodedata.normalize("NFKC", match.group()).strip() or match.group()


def _product(first: Sequence[float], second: Sequence[float]) -> list[float]:
    """Multiply two transformations of the plane, as PDF writes them."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return [
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    ]


def _upright(x: float, y: float, angle: int) -> tuple[float, float]:
    """Return a point's place along and across lines that run at an angle."""
    return {0: (x, y), 90: (y, -x), 180: (-x, -y), 270: (-y, x)}[angle]
