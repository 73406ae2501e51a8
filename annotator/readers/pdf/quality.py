"""Whether a page's text layer can be read at all: better no label than a wrong one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

__all__ = ["ReadingKnowledge", "is_unreadable", "looks_reversed", "reading_knowledge"]

_ARABIC_WORD = re.compile(r"[\u0621-\u064a\u0671-\u06d3]{3,}")
_UNREADABLE = re.compile(r"[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f\x7f-\x9f\U000f0000-\U0010ffff]")
_UNREADABLE_SHARE = 0.15
_LEAST_EVIDENCE = 3
_ODDS = 2


@dataclass(frozen=True, slots=True)
class ReadingKnowledge:
    """What ``taxonomy/reading.yaml`` says of how words are written."""

    words: frozenset[str]
    """Arabic words that stand in every text."""
    beginnings: tuple[str, ...]
    """What many Arabic words begin with, and which backwards ends none."""
    finals: str
    """Arabic letters that end words, and begin none."""
    radicals: dict[int, str]
    """The ideographs that radicals without a decomposition stand for, by code point."""


@cache
def reading_knowledge() -> ReadingKnowledge:
    """Return the knowledge that ships with the package."""
    import yaml  # noqa: PLC0415 - heavy, and few formats need it

    from annotator.resources import read_text  # noqa: PLC0415

    data: dict[str, Any] = yaml.safe_load(read_text("reading.yaml"))
    arabic = data["arabic"]
    return ReadingKnowledge(
        words=frozenset(arabic["words"]),
        beginnings=tuple(arabic["beginnings"]),
        finals=arabic["finals"],
        radicals={ord(radical): character for radical, character in data["radicals"].items()},
    )


def is_unreadable(text: str) -> bool:
    r"""Tell whether too much of a text is no character: its fonts do not say what they show.

    >>> is_unreadable("\ue012\ue013\ue014 \ufffd"), is_unreadable("数字经济"), is_unreadable("النص")
    (True, False, False)
    """
    characters = "".join(text.split())
    return len(_UNREADABLE.findall(characters)) > _UNREADABLE_SHARE * len(characters)


def looks_reversed(text: str) -> bool:
    """Tell whether the Arabic words of a text are written backwards.

    Counted are words that only make sense one way: the frequent ones, those
    with an article, and those with a letter that can only end a word.

    >>> text = "وسعت الوزارة شبكات النطاق العريض في القرى على مدار السنة"
    >>> looks_reversed(text), looks_reversed(text[::-1]), looks_reversed("国际电联 2024")
    (False, True, False)
    """
    words = _ARABIC_WORD.findall(text)
    forward = sum(_makes_sense(word) for word in words)
    backward = sum(_makes_sense(word[::-1]) for word in words)
    return backward >= _LEAST_EVIDENCE and backward > _ODDS * forward


def _makes_sense(word: str) -> bool:
    """Tell whether a word is surely written the right way round."""
    known = reading_knowledge()
    if word[0] in known.finals:
        return False
    return word in known.words or word.startswith(known.beginnings) or word[-1] in known.finals
