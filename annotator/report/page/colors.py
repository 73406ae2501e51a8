"""The labels' colours on the page: ink that can be read on them, and grounds that they tint.

Contrast is that of WCAG 2: 4.5 to 1 at least for text.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["DARK", "LIGHT", "TINTS", "color_styles", "contrast", "ink_on", "line_on", "mix"]

LIGHT = {
    "ground": "#fbfaf7",
    "raised": "#ffffff",
    "sunken": "#f1efea",
    "ink": "#1b2430",
    "muted": "#586271",
    "rule": "#dfdbd2",
    "link": "#1d5a96",
    "warn": "#9a3412",
}
"""The light theme: grounds, what is written on them, lines between."""

DARK = {
    "ground": "#11151b",
    "raised": "#191f28",
    "sunken": "#0c0f14",
    "ink": "#e6e9ee",
    "muted": "#a2acba",
    "rule": "#323b47",
    "link": "#8fc0f4",
    "warn": "#f3a683",
}
"""The dark theme."""

LINE_CONTRAST = 3.0
"""What WCAG 2 asks of lines and signs that are no text."""

TINTS = (0.16, 0.22)
"""How much of a label's colour goes into the ground of its evidence, in the light and in the dark."""


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours, from 1 to 21.

    >>> contrast("#000000", "#ffffff"), round(contrast("#FCC30B", "#ffffff"), 1)
    (21.0, 1.6)
    """
    brighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def ink_on(color: str) -> str:
    """Return black or white, whichever reads better; the better one has 4.5 to 1 on any colour.

    >>> ink_on("#FCC30B"), ink_on("#19486A")
    ('#000000', '#ffffff')
    """
    return max("#000000", "#ffffff", key=lambda ink: contrast(color, ink))


def mix(color: str, ground: str, share: float) -> str:
    """Lay a share of a colour over a ground.

    >>> mix("#ff0000", "#ffffff", 0.5)
    '#ff8080'
    """
    pairs = zip(_channels(color), _channels(ground), strict=True)
    return "#" + "".join(
        f"{round(share * over + (1 - share) * under):02x}" for over, under in pairs
    )


def line_on(ground: str, color: str, ink: str) -> str:
    """Return a colour, or the nearest to it on the way to the ink that is seen on the ground.

    >>> line_on("#ffffff", "#19486A", "#000000"), line_on("#ffffff", "#FCC30B", "#000000")
    ('#19486a', '#b58c08')
    """
    steps = (mix(ink, color, step / 50) for step in range(51))
    return next(tone for tone in steps if contrast(tone, ground) >= LINE_CONTRAST)


def color_styles(colors: Iterable[str]) -> str:
    """Write the style sheet of the two themes and of the labels' colours, numbered as they come.

    Class ``a3`` makes the fourth colour an element's own: ``--a`` on tiles and
    bars, ``--on`` for what is written on it, ``--s`` for a line, ``--tint`` for
    a ground. Classes ``b3`` and ``c3`` add the lines of a second and third
    label. Paper is always light.
    """
    named = list(enumerate(colors))
    rules = [f".a{number}{{--a:{color};--on:{ink_on(color)}}}" for number, color in named]
    light, dark = (
        partial(_theme, palette=palette, colors=named, share=share)
        for palette, share in zip((LIGHT, DARK), TINTS, strict=True)
    )
    by_system = dark(":root:not([data-theme=light])")
    by_switch = dark(":root[data-theme=dark]")
    rules += [
        light(":root"),
        f"@media screen and (prefers-color-scheme:dark){{{by_system}}}",
        f"@media screen{{{by_switch}}}",
    ]
    return "".join(rules)


def _theme(
    selector: str,
    *,
    palette: Mapping[str, str],
    colors: Iterable[tuple[int, str]],
    share: float,
) -> str:
    """Write the rules of one theme, for what a selector finds."""
    words = "".join(f"--{name}:{color};" for name, color in palette.items())
    rules = [f"{selector}{{{words}}}"]
    for number, color in colors:
        tint = mix(color, palette["raised"], share)
        line = line_on(palette["raised"], color, palette["ink"])
        rules += [
            f"{selector} .a{number}{{--tint:{tint};--s:{line}}}",
            f"{selector} .b{number}{{--b:{line}}}{selector} .c{number}{{--c:{line}}}",
        ]
    return "".join(rules)


def _luminance(color: str) -> float:
    """Return the relative luminance of a colour, 0 to 1."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB's own constants
        for part in (channel / 255 for channel in _channels(color))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(color: str) -> tuple[int, int, int]:
    """Return red, green and blue of ``#RRGGBB``, 0 to 255."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
