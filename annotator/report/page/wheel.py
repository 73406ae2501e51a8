"""The wheel of a scheme: a ring of its labels, and bars that stand out from it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["SIZE", "Segment", "draw_wheel", "short_names"]

SIZE = 440
"""Width and height of the drawing, in its own units; its centre is at half of that."""

_RING = (74.0, 92.0)
"""Radii of the ring."""
_BAR = (95.0, 150.0)
"""Radii between which the bars stand."""
_NAME_RADIUS = 157.0
_NUMBERED = re.compile(r"(?P<letters>\D{2,})(?P<number>\d+)")
_GAP = 0.014
"""Half of the gap between two segments, in radians."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A label in the wheel."""

    label: str
    name: str
    """What is written outside the ring."""
    ring: str
    """SVG path of its part of the ring."""
    track: str
    """SVG path of the longest bar that there could be."""
    bar: str
    """SVG path of its bar; empty where there is nothing to show."""
    x: float
    y: float
    turn: float
    """Where the name stands, and its rotation in degrees."""
    anchor: str
    """SVG ``text-anchor`` of the name."""


def draw_wheel(labels: Sequence[str], amounts: Mapping[str, int]) -> list[Segment]:
    """Lay labels around a circle, clockwise from the top.

    Args:
        labels: In order.
        amounts: Label -> what its bar shows; the largest reaches the rim.

    >>> [segment.name for segment in draw_wheel(["SDG1", "SDG2"], {"SDG1": 3})]
    ['1', '2']
    """
    most = max((amounts.get(label, 0) for label in labels), default=0) or 1
    names = short_names(labels)
    step = 2 * math.pi / max(1, len(labels))
    segments = []
    for position, label in enumerate(labels):
        first, last = position * step + _GAP, (position + 1) * step - _GAP
        middle = (position + 0.5) * step
        amount = amounts.get(label, 0)
        rim = _BAR[0] + (_BAR[1] - _BAR[0]) * amount / most
        upright = len(names[label]) <= 3  # noqa: PLR2004 - what fits without turning
        flipped = math.pi < middle
        x, y = _point(_NAME_RADIUS + 5 * upright, middle)
        turn = 0.0 if upright else math.degrees(middle) + (90 if flipped else -90)
        segments.append(
            Segment(
                label=label,
                name=names[label],
                ring=_sector(*_RING, first, last),
                track=_sector(*_BAR, first, last),
                bar=_sector(_BAR[0], rim, first, last) if amount else "",
                x=round(x, 1),
                y=round(y, 1),
                turn=round(turn, 1),
                anchor="middle" if upright else "end" if flipped else "start",
            )
        )
    return segments


def short_names(labels: Sequence[str]) -> dict[str, str]:
    """Shorten ids to what tells them apart within their scheme.

    >>> short_names(["SDG1", "SDG17"])
    {'SDG1': '1', 'SDG17': '17'}
    >>> short_names(["C1", "C7", "C7.e-health"])
    {'C1': 'C1', 'C7': 'C7', 'C7.e-health': 'e-health'}
    """
    numbered = [_NUMBERED.fullmatch(label) for label in labels]
    if len({match and match["letters"] for match in numbered}) == 1 and all(numbered):
        return {match.string: match["number"] for match in numbered if match}
    return {label: label.rpartition(".")[2] for label in labels}


def _point(radius: float, angle: float) -> tuple[float, float]:
    """Return the point at a distance from the centre, the angle clockwise from the top."""
    return SIZE / 2 + radius * math.sin(angle), SIZE / 2 - radius * math.cos(angle)


def _sector(inner: float, outer: float, first: float, last: float) -> str:
    """Return the path of a part of a ring."""
    large = int(last - first > math.pi)
    (ax, ay), (bx, by) = _point(outer, first), _point(outer, last)
    (cx, cy), (dx, dy) = _point(inner, last), _point(inner, first)
    return (
        f"M{ax:.1f} {ay:.1f}A{outer:.1f} {outer:.1f} 0 {large} 1 {bx:.1f} {by:.1f}"
        f"L{cx:.1f} {cy:.1f}A{inner:.1f} {inner:.1f} 0 {large} 0 {dx:.1f} {dy:.1f}Z"
    )
