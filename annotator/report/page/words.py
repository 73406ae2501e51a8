"""The words of the page, in the reader's language, and how that language writes numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Words", "load_words"]

_FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of ``words.yaml`` in one language."""

    language: str
    """ISO 639-1 code of the language that the words are in."""
    entries: Mapping[str, Any]
    """Key -> the word, or -> more keys with their words."""

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - a word, or a group of words
        """Return a word, or a group of words."""
        return self.entries[key]

    def number(self, count: int) -> str:
        """Write a count.

        >>> load_words("fr").number(12345), load_words("zh").number(999)
        ('12\u202f345', '999')
        """
        return f"{count:,}".replace(",", self["thousands"])

    def score(self, value: float) -> str:
        """Write a score with two decimals.

        >>> load_words("ar").score(0.5), load_words("ru").score(0.987)
        ('0.50', '0,99')
        """
        return f"{value:.2f}".replace(".", self["decimal"])


@cache
def load_words(language: str) -> Words:
    """Load the page's words, in English where they are not there in a language.

    >>> load_words("zh")["documents"], load_words("ar")["direction"], load_words("pt").language
    ('文件', 'rtl', 'en')
    """
    text = (Path(__file__).parent / "words.yaml").read_text(encoding="utf-8")
    table = yaml.safe_load(text)
    chosen = language if language in table["title"] else _FALLBACK
    return Words(chosen, _in_language(table, chosen))


def _in_language(table: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Keep one language of a table, and of the tables in it."""
    return {
        key: value[language] if language in value else _in_language(value, language)
        for key, value in table.items()
    }
