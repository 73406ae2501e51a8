"""Text from documents, made safe for a terminal."""

from __future__ import annotations

import re

__all__ = ["inert"]

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that would act on the terminal, or turn the order of what follows."""


_PICTURES = 0x2400
"""Where Unicode has the pictures of control characters."""


def inert(text: str) -> str:
    r"""Replace what would act on a terminal by what only shows.

    Nothing changes its length, so offsets still hold.

    >>> inert("red \x1b[31malert\u202e")
    'red ␛[31malert␣'
    """
    return _CONTROL.sub(_shown, text)


def _shown(match: re.Match[str]) -> str:
    """Return the picture of a control character."""
    code = ord(match.group())
    if code in (9, 10, 13):
        return " "
    return chr(_PICTURES + code) if code < ord(" ") else "␣"
