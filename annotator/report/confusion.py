"""The confusion between labels as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from annotator.evaluate import NONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotator.evaluate import Evaluation

__all__ = ["draw_confusion"]

_CELL = 30
_NAMES = 118
"""Room for the names of the labels, beside and above."""
_TITLE = 48
_GAP = 40
_RIGHT, _WRONG = "#00689d", "#c5192d"
_PALE = 0.12
"""How much colour the smallest count has, so that it can be seen at all."""
_DARK = 0.55
"""Colour from which the number on it is white."""


def draw_confusion(evaluation: Evaluation) -> str:
    """Draw what was given (columns) where labels hold (rows), one square a scheme.

    Blue is right, red is wrong, and the darker, the larger the share of the
    row. The last column counts labels that were missed with nothing in their
    place, the last row labels given where none of the scheme holds.

    Returns:
        A self-contained SVG picture.
    """
    schemes = list(evaluation.reliability)
    labels = {
        scheme: [
            label
            for label, of in zip(
                evaluation.decisions.labels, evaluation.decisions.schemes, strict=True
            )
            if of == scheme
        ]
        for scheme in schemes
    }
    squares = []
    left = 10
    for scheme in schemes:
        squares.append(_square(evaluation, scheme, labels[scheme], left))
        left += _NAMES + _CELL * (len(labels[scheme]) + 1) + _GAP
    rows = max((len(names) for names in labels.values()), default=0) + 1
    height = _TITLE + _NAMES + _CELL * rows + 20
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left}" height="{height}" '
        f'viewBox="0 0 {left} {height}" font-family="sans-serif" font-size="12" role="img">'
    )
    return "\n".join(
        [
            head,
            "<title>Confusion between labels</title>",
            f'<rect width="{left}" height="{height}" fill="white"/>',
            *squares,
            "</svg>\n",
        ]
    )


def _square(evaluation: Evaluation, scheme: str, labels: Sequence[str], left: float) -> str:
    """Draw the labels of one scheme."""
    names = [*labels, NONE]
    x, y = left + _NAMES, _TITLE + _NAMES
    parts = [
        f'<text x="{left}" y="22" font-size="16" font-weight="bold">{escape(scheme)}</text>',
        f'<text x="{left}" y="40" fill="#555">rows: what holds; columns: what was given</text>',
    ]
    for number, name in enumerate(names):
        middle = number * _CELL + _CELL / 2
        row_name, column_name = (
            ("none holds", "missed") if name == NONE else (escape(name), escape(name))
        )
        parts.append(f'<text x="{x - 6}" y="{y + middle + 4}" text-anchor="end">{row_name}</text>')
        parts.append(
            f'<text transform="translate({x + middle + 4} {y - 6}) rotate(-90)">{column_name}</text>'
        )
    for row, gold in enumerate(names):
        counts = [evaluation.confusion.get((gold, given), 0) for given in names]
        total = max(1, sum(counts))
        for column, (given, count) in enumerate(zip(names, counts, strict=True)):
            parts += _cell(x + column * _CELL, y + row * _CELL, gold, given, count, count / total)
    return "\n".join(parts)


def _cell(x: float, y: float, gold: str, given: str, count: int, share: float) -> list[str]:
    """Draw one cell, with its number where there is one."""
    colour = _RIGHT if gold == given else _WRONG
    opacity = _PALE + (1 - _PALE) * share if count else 0
    cell = (
        f'<rect x="{x}" y="{y}" width="{_CELL - 1}" height="{_CELL - 1}" fill="{colour}" '
        f'fill-opacity="{opacity:.2f}" stroke="#ccc" stroke-width="0.5">'
        f"<title>{escape(gold)} → {escape(given)}: {count}</title></rect>"
    )
    parts = [cell]
    if count:
        ink = "white" if opacity >= _DARK else "black"
        parts.append(
            f'<text x="{x + _CELL / 2}" y="{y + _CELL / 2 + 4}" text-anchor="middle" fill="{ink}">'
            f"{count}</text>"
        )
    return parts
