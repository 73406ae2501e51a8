"""The one table of keys: the screen binds it, the legend and the help show it.

Letters stand for keys, not for characters: whoever types Arabic or Russian need
not switch the keyboard's layout to press one.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

__all__ = ["KEYS", "Key", "digit_of", "row_keys"]


@dataclass(frozen=True, slots=True)
class Key:
    """What one key does."""

    action: str
    """Name of the screen's action."""
    keys: tuple[str, ...]
    """Textual's names of the keys, the one that is shown first."""
    shown: str
    """How the legend writes it."""
    word: str
    """What it does, in the legend's one or two words."""
    help: str
    """What it does, in a sentence."""

    @property
    def all_keys(self) -> tuple[str, ...]:
        """Return the keys with what they type in other layouts of the keyboard.

        >>> KEYS[1].all_keys
        ('x', 'delete', 'ч', 'ء')
        """
        others = tuple(other for key in self.keys for other in _SAME_KEY.get(key, ""))
        return self.keys + others


# What the keys of the letters used here type in the Russian and the Arabic layout.
_SAME_KEY = {
    "a": "фش",
    "c": "сؤ",
    "d": "вي",
    "f": "аب",
    "h": "рا",
    "j": "оت",
    "k": "лن",
    "l": "дم",
    "n": "тى",
    "p": "зح",
    "q": "йض",
    "s": "ыس",
    "u": "гع",
    "v": "мر",
    "x": "чء",
    "y": "нغ",
}

KEYS = (
    Key(
        "accept",
        ("enter", "a"),
        "Enter",
        "accept",
        "Accept: the labels with [•] are right, those with [ ] are not. Go on.",
    ),
    Key("reject", ("x", "delete"), "x", "reject", "Reject: none of the labels is right. Go on."),
    Key(
        "digit",
        (),
        "1-9",
        "toggle",
        "Turn one label to yes or no. From the tenth on: 01, 02 … as it stands beside the label.",
    ),
    Key("add_label", ("l", "plus"), "l", "label", "Add any label: by id, name or term."),
    Key("skip", ("s",), "s", "skip", "Leave it for later, and go on."),
    Key("flag", ("f",), "f", "flag", "Flag it, or take the flag away."),
    Key("comment", ("c",), "c", "comment", "Write a comment, or change it."),
    Key("undo", ("u", "ctrl+z"), "u", "undo", "Take back the latest step, also of days before."),
    Key("redo", ("y", "ctrl+y"), "y", "redo", "Do again what was taken back."),
    Key("next", ("n", "right"), "n", "next", "Go to the next paragraph, and decide nothing."),
    Key("previous", ("p", "left"), "p", "back", "Go back to the paragraph before."),
    Key("jump", ("d",), "d", "document", "Jump to a document."),
    Key(
        "filter",
        ("v", "slash"),
        "v",
        "filter",
        "View only some: by label, scheme, language, origin or state.",
    ),
    Key("row(1)", ("down", "j"), "↓↑", "row", "Choose a label: its evidence is shown."),
    Key("row(-1)", ("up", "k"), "↑", "", "Choose the label above."),
    Key("turn", ("space",), "Space", "", "Turn the chosen label to yes or no."),
    Key("scroll(1)", ("pagedown",), "PgDn", "more", "Read on in a long paragraph."),
    Key("scroll(-1)", ("pageup",), "PgUp", "", "Read back."),
    Key("help", ("h", "question_mark", "f1"), "h", "help", "Show this page."),
    Key("quit", ("q",), "q", "quit", "Quit. All is saved already."),
)
"""All keys, in the order of the legend; those without a word stand in the help alone."""

_FRENCH_DIGITS = "à&é\"'(-è_ç"
"""What the keys of the digits 0 to 9 type in the French layout."""

_NINE = 9


def digit_of(character: str | None) -> int | None:
    """Return the digit that a key means, in Arabic digits and in the French layout too.

    >>> [digit_of(character) for character in ("7", "٧", "7", "è", "x", None)]
    [7, 7, 7, 7, None, None]
    """
    if character is None or len(character) != 1:
        return None
    if character in _FRENCH_DIGITS:
        return _FRENCH_DIGITS.index(character)
    value = unicodedata.digit(character, None)
    return None if value is None else int(value)


def row_keys(row: int) -> str:
    """Return the digits that toggle a row, counted from 0; none begins another.

    >>> [row_keys(row) for row in (0, 8, 9, 17, 18, 35)]
    ['1', '9', '01', '09', '001', '0009']
    """
    nines, digit = divmod(row, _NINE)
    return "0" * nines + str(digit + 1)
