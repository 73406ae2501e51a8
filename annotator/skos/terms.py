"""From the names of somebody else's concepts to terms that can be matched."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from annotator.lexicon import GAP, phrase_key
from annotator.phrases import BREAK
from annotator.text import HAN

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["terms_of"]

_ASIDE = re.compile(r"\s*[(（\[【][^()（）\[\]【】]*[)）\]】]")
_SEVERAL = re.compile(r"\s*(?:/|;|；|؛|\|)\s*")
_ARTICLE = re.compile(r"\b(?:ال|لل)(?=\w{2})")
_HAN_SHORTEST = 2


def terms_of(names: Iterable[str], language: str) -> tuple[list[str], list[str]]:
    """Turn names into terms.

    What stands in brackets is left out; names that a slash or a semicolon joins
    are taken apart; an Arabic name is also a term without its articles, which
    the matcher adds itself. A name with other punctuation inside, or a single
    Chinese character, can be no term.

    Returns:
        The terms, each once, and the names of which nothing is left.

    >>> terms_of(["Privacy (online)", "Free speech / freedom of expression", "Access, for all"], "en")
    (['Privacy', 'Free speech', 'freedom of expression'], ['Access, for all'])
    >>> terms_of(["الحق في الخصوصية"], "ar")
    (['الحق في الخصوصية', 'حق في خصوصية'], [])
    >>> terms_of(["隐私权（个人）", "权"], "zh")
    (['隐私权'], ['权'])
    """
    terms: dict[str, str] = {}
    unusable: list[str] = []
    for name in names:
        plain = _ASIDE.sub("", " ".join(name.split()))
        parts = [part for part in _SEVERAL.split(plain) if _can_match(part, language)]
        if not parts:
            unusable.append(name)
        for part in parts:
            terms.setdefault(phrase_key(part, language), part)
            bare = _ARTICLE.sub("", part) if language == "ar" else part
            terms.setdefault(phrase_key(bare, language), bare)
    return list(terms.values()), unusable


def _can_match(term: str, language: str) -> bool:
    """Tell whether the matcher could ever find a term."""
    key = phrase_key(term, language)
    if not key or GAP in term or BREAK.search(term):
        return False
    return not (HAN.search(term) and len(key) < _HAN_SHORTEST)
