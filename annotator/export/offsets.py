"""Offsets for programs that do not count code points."""

from __future__ import annotations

from bisect import bisect_left

__all__ = ["Utf16Offsets"]

_LAST_BMP = 0xFFFF


class Utf16Offsets:
    """Turn offsets in code points into offsets in UTF-16 code units.

    JavaScript and Java count these: an emoji, or a Chinese character of
    extension B, counts as two.

    >>> offsets = Utf16Offsets("😀 𠀀 数字")
    >>> offsets.of(2), offsets.of(4)
    (3, 6)
    """

    def __init__(self, text: str) -> None:
        """Find the characters of a text that count twice."""
        self._wide = [
            position for position, character in enumerate(text) if ord(character) > _LAST_BMP
        ]

    def of(self, offset: int) -> int:
        """Return the offset in UTF-16 code units."""
        return offset + bisect_left(self._wide, offset)
