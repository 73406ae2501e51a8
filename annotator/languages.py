"""Which language a text is in: script first, frequent words second, a model last.

The script leaves few candidates. Counting frequent words and telling letters
decides most texts at once; only where that leaves a doubt is py3langid asked,
restricted to the same candidates (loading it takes half a second).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from annotator.text import WORD, fold_string, script_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from annotator.taxonomy_source import LanguageProfile

__all__ = ["UNDETERMINED", "LanguageIdentifier"]

UNDETERMINED = "und"
"""What is returned when nothing tells."""

_SAMPLE = 4000
"""Code points looked at: more never changed an answer."""

_LETTER = re.compile(r"[^\W\d_]")
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+\.\w+")
"""Addresses are in no language."""

_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u202f"), " ")
"""Spaces at which no line breaks: the same as others."""

_CLEAR_LEAD = 1.5
"""The best candidate is taken at once if it has this many times the second's count."""

_ENOUGH_LETTERS = 24
"""Letters below which a text in a script of several languages tells nothing for certain."""

_LETTER_VALUE = 1.0
"""What a telling letter counts, against 1 for a frequent word."""

_KANA_SHARE = 0.05
"""Share of kana from which Chinese characters are read as Japanese."""


class LanguageIdentifier:
    """Identify languages among those that the taxonomy describes.

    >>> from annotator.taxonomy import Taxonomy
    >>> identify = LanguageIdentifier(Taxonomy.load().languages).identify
    >>> identify("أعلنت الحكومة عن خطة جديدة"), identify("数字经济"), identify("第三条 データの利用")
    ('ar', 'zh', 'ja')
    >>> identify("El acceso a la información"), identify("Доступ до інформації"), identify("2030")
    ('es', 'uk', 'und')
    """

    def __init__(self, profiles: Mapping[str, LanguageProfile]) -> None:
        """Take the profiles of the languages that can be told apart."""
        self._supported = {code for code, profile in profiles.items() if profile.supported == "yes"}
        self._by_script: dict[str, list[str]] = {}
        for code, profile in profiles.items():
            self._by_script.setdefault(profile.script, []).append(code)
        self._votes: dict[str, list[str]] = {}
        for code, profile in profiles.items():
            for word in profile.words:
                voters = self._votes.setdefault(word.casefold(), [])
                if code not in voters:
                    voters.append(code)
        self._letters: dict[str, list[str]] = {}
        for code, profile in profiles.items():
            for letter in profile.letters:
                self._letters.setdefault(letter, []).append(code)

    def identify(self, text: str, default: str = UNDETERMINED) -> str:
        """Return the ISO 639-1 code of a text's language.

        Args:
            text: Any text; its first 4,000 code points are looked at.
            default: What to return when the text is too short to tell.
        """
        sample = _ADDRESS.sub(" ", text[:_SAMPLE])
        script = _main_script(sample)
        candidates = self._by_script.get(script, [])
        if len(candidates) <= 1:
            return candidates[0] if candidates else default
        counts = self._count(sample, candidates)
        best, second = (counts.most_common(2) + [("", 0.0)] * 2)[:2]
        if best[1] > 0 and best[1] >= _CLEAR_LEAD * second[1]:
            return best[0]
        if sum(1 for _ in _LETTER.finditer(sample)) >= _ENOUGH_LETTERS:
            return _ask_model(sample, tuple(candidates))
        leaders = [code for code in candidates if counts[code] == best[1]]
        if default in leaders or best[1] == 0:
            return default
        return next((code for code in leaders if code in self._supported), leaders[0])

    def _count(self, sample: str, candidates: Iterable[str]) -> Counter[str]:
        """Count frequent words and telling letters for each candidate."""
        counts: Counter[str] = Counter(dict.fromkeys(candidates, 0))
        for word in WORD.findall(sample):
            for code in self._votes.get(word.casefold(), ()):
                if code in counts:
                    counts[code] += 1
        for letter in sample.lower():
            for code in self._letters.get(letter, ()):
                if code in counts:
                    counts[code] += _LETTER_VALUE  # type: ignore[assignment]
        return counts


def _main_script(text: str) -> str:
    """Return the script of most letters; a little kana makes Chinese characters Japanese."""
    scripts = Counter(script_of(letter) for letter in _LETTER.findall(text))
    scripts.pop("Other", None)
    if not scripts:
        return "Other"
    # A Chinese character says as much as a short word, so it weighs more than a letter.
    weighed = {
        script: count * (3 if script in ("Han", "Kana") else 1) for script, count in scripts.items()
    }
    main = max(weighed, key=lambda script: weighed[script])
    if main == "Han" and scripts["Kana"] > _KANA_SHARE * scripts["Han"]:
        return "Kana"
    return main


@cache
def _ask_model(text: str, candidates: tuple[str, ...]) -> str:
    """Let py3langid decide among the candidates; it counts bytes, so they must not vary."""
    plain = unicodedata.normalize("NFC", text).translate(_SPACES)
    language, _ = _model(candidates).classify(fold_string(plain) if plain.isupper() else plain)
    return str(language)


@cache
def _model(candidates: tuple[str, ...]):  # type: ignore[no-untyped-def]  # noqa: ANN202
    """Load py3langid for one set of candidates."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier as Model  # noqa: PLC0415

    model = Model.from_model_file(MODEL_FILE)
    model.set_languages(list(candidates))
    return model
