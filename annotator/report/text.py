"""Text from documents, made short for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from annotator.inert import inert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotator.model import Evidence

__all__ = ["quote"]


def quote(text: str, start: int, evidence: Sequence[Evidence], width: int, style: str) -> Text:
    """Quote the part of a paragraph that holds most evidence, terms highlighted.

    Without colour the terms are underlined or, where even that is missing,
    plain: they are in the quote in any case.

    Args:
        text: The paragraph.
        start: Where it begins in its document; evidence offsets count from there.
        evidence: The spans to show; the heaviest decides where the quote begins.
        width: How many terminal cells the quote may take.
        style: How the terms are highlighted.
    """
    spans = sorted((e.start - start, e.end - start) for e in evidence)
    first = 0
    if evidence and cell_len(text) > width:
        best = max(evidence, key=lambda e: (e.weight, -e.start))
        first = _window_start(text, best.start - start, best.end - start, width)
    last = _fit(text, first, width - 2)
    shown = Text("…" if first else "")
    shown.append(inert(text[first:last]))
    if last < len(text):
        shown.append("…")
    shift = len("…") if first else 0
    for begin, end in spans:
        if end > first and begin < last:
            shown.stylize(style, max(begin, first) - first + shift, min(end, last) - first + shift)
    return shown


def _window_start(text: str, begin: int, end: int, width: int) -> int:
    """Return where a quote begins so that the span stands in it, at a word's start."""
    room = max(0, width - cell_len(text[begin:end])) // 3
    first = begin
    while first > 0 and cell_len(text[first - 1 : begin]) <= room:
        first -= 1
    space = text.find(" ", first, begin)
    return space + 1 if first > 0 and space >= 0 else first


def _fit(text: str, first: int, width: int) -> int:
    """Return how far the text from ``first`` fits into a width."""
    used = 0
    for position in range(first, len(text)):
        used += cell_len(text[position])
        if used > width:
            space = text.rfind(" ", first, position)
            return space if space > first + (position - first) * 2 // 3 else position
    return len(text)
