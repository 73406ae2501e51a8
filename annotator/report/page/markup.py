"""Texts from documents as HTML: every character kept, none of them able to act on the page."""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup, escape

__all__ = ["direction", "shown"]

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that a browser drops or changes, or that turn the order of what follows."""

_NULL_PICTURE = "\u2400"
"""Stands for U+0000, which HTML cannot hold; one character for one, so offsets stay."""

_RIGHT_TO_LEFT = frozenset(("R", "AL"))


def shown(text: str) -> Markup:
    r"""Return text as HTML that shows it, character by character.

    A control character keeps its place in the text but stands in a box of its
    own, named by its code point, where it can neither hide nor turn what
    follows. A carriage return is written as a reference, or a browser would
    make a line feed of it.

    >>> print(shown("</script> نص"))
    &lt;/script&gt; نص
    >>> print(shown("\u202eنص").partition(">")[0])
    <span class="ctl" data-code="U+202E"
    """
    pieces: list[str] = []
    last = 0
    for match in _CONTROL.finditer(text):
        pieces += [escape(text[last : match.start()]), _boxed(match.group())]
        last = match.end()
    pieces.append(escape(text[last:]))
    return Markup("").join(pieces)


def _boxed(control: str) -> Markup:
    """Return a control character in its box."""
    if control == "\r":
        return Markup("&#13;")
    inside = _NULL_PICTURE if control == "\0" else control
    return Markup('<span class="ctl" data-code="U+{:04X}">{}</span>').format(ord(control), inside)


def direction(text: str) -> str:
    """Return ``rtl`` where most letters run from right to left, else ``ltr``.

    A browser's own ``dir="auto"`` goes by the first letter, and many an Arabic
    sentence begins with "5G".

    >>> direction("5G في كل مكان"), direction("数字经济"), direction("2030")
    ('rtl', 'ltr', 'ltr')
    """
    classes = [unicodedata.bidirectional(character) for character in text]
    backward = sum(kind in _RIGHT_TO_LEFT for kind in classes)
    return "rtl" if backward > classes.count("L") else "ltr"
