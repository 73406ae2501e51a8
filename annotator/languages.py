"""Which language a text is in: script first, frequent words second, a model last.

The script leaves few candidates. Counting frequent words and telling letters
decides most texts at once; only where that leaves a doubt is py3langid asked,
restricted to the same candidates (loading it takes half a second).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from annotator.text import HAN, WORD, WordMemory, find_words, fold_string, script_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from annotator.language_model import LanguageModel
    from annotator.taxonomy_source import LanguageProfile

__all__ = ["UNDETERMINED", "LanguageIdentifier"]

UNDETERMINED = "und"
"""What is returned when nothing tells."""

_SAMPLE = 4000
"""Code points looked at: more never changed an answer."""

_LETTER = re.compile(r"[^\W\d_]")
_ADDRESS = re.compile(r"https?://\S+|(?<!\S)\S+@\S+\.\w+")
"""Addresses are in no language. One with an @ fills its run of characters, so it is looked for
where runs begin: elsewhere, long runs without spaces (Chinese) would take quadratic time."""

_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u202f"), " ")
"""Spaces at which no line breaks: the same as others."""

_CLEAR_LEAD = 1.5
"""The best candidate is taken at once if it has this many times the second's count."""

_ENOUGH_LETTERS = 24
"""Letters below which a text in a script of several languages tells nothing for certain."""

_SURE_LETTERS = 60
"""Letters below which, where languages stand equal, that of the whole document is likelier than what
the model says: it takes "Защита морей и океанов от загрязнения" for Bulgarian."""

_UNSPACED = re.compile(f"{HAN.pattern[:-1]}\u3040-\u30ff]")
"""A character of a script without spaces between words."""

_KANA_SHARE = 0.05
"""Share of kana from which Chinese characters are read as Japanese."""


_REMEMBERED_WORDS = 2**16
"""Words of all languages together; what they tell takes next to no room."""


class _Profile:
    """What a word tells of its text's language; the same for all words that tell the same."""

    __slots__ = ("scripts", "votes")

    def __init__(self, scripts: tuple[tuple[str, int], ...], votes: tuple[str, ...]) -> None:
        self.scripts = scripts
        """How many letters it has in each script, in the order in which they come."""
        self.votes = votes
        """The languages that it speaks for, one entry a vote."""


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
        self._told_apart = tuple(
            code for codes in self._by_script.values() if len(codes) > 1 for code in codes
        )
        """Languages that share their script with others."""
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
        self._signs = [letter for letter in self._letters if not WORD.fullmatch(letter)]
        """Telling characters that stand outside words: ¿."""
        self._profiles = WordMemory(self._profile_of, limit=_REMEMBERED_WORDS)
        self._known: dict[tuple[object, ...], _Profile] = {}

    def identify(self, text: str, default: str | Callable[[], str] = UNDETERMINED) -> str:
        """Return the ISO 639-1 code of a text's language.

        Args:
            text: Any text; its first 4,000 code points are looked at.
            default: What to return when the text is too short to tell, or
                short and its words stand in several languages; a function is
                called only then.
        """
        sample = text[:_SAMPLE]
        if "@" in sample or "://" in sample:
            sample = _ADDRESS.sub(" ", sample)
        words = find_words(sample).strings
        # Words tell few different things, so counting those is quicker than counting words.
        profiles = Counter(map(self._profiles.__getitem__, words))
        candidates = self._by_script.get(_main_script(_scripts(sample, profiles)), [])
        if len(candidates) <= 1:
            return candidates[0] if candidates else _value(default)
        votes = self._votes_for(sample, profiles)
        counts = {code: votes.get(code, 0) for code in candidates}
        best, second = sorted(counts.values(), reverse=True)[:2]
        leaders = [code for code in candidates if counts[code] == best]
        if best > 0 and best >= _CLEAR_LEAD * second:
            return leaders[0]
        letters = sum(1 for _ in _LETTER.finditer(sample))
        near = letters < _SURE_LETTERS and best > 0 and _value(default) in leaders
        if letters >= _ENOUGH_LETTERS and not near:
            return _ask_model(sample, tuple(candidates), self._told_apart)
        chosen = _value(default)
        if chosen in leaders or best == 0:
            return chosen
        return next((code for code in leaders if code in self._supported), leaders[0])

    def _votes_for(self, sample: str, profiles: Mapping[_Profile, int]) -> dict[str, int]:
        """Count frequent words and telling letters for each language."""
        votes: dict[str, int] = {}
        for profile, times in profiles.items():
            for code in profile.votes:
                votes[code] = votes.get(code, 0) + times
        for sign in self._signs:
            if times := sample.count(sign):
                for code in self._letters[sign]:
                    votes[code] = votes.get(code, 0) + times
        return votes

    def _profile_of(self, word: str) -> _Profile:
        """Work out what a word tells."""
        scripts = tuple(Counter(map(_letter_scripts.__getitem__, word)).items())
        votes = list(self._votes.get(word.casefold(), ()))
        for letter in word.lower():
            if letter not in self._signs:
                votes += self._letters.get(letter, ())
        told = (scripts, *votes)
        if len(self._known) > _REMEMBERED_WORDS:
            self._known.clear()
        return self._known.setdefault(told, _Profile(scripts, tuple(votes)))


def _value(default: str | Callable[[], str]) -> str:
    """Return a default, working it out if it is a function."""
    return default if isinstance(default, str) else default()


def _scripts(sample: str, profiles: Mapping[_Profile, int]) -> dict[str, int]:
    """Count the letters of each script, in the order in which the scripts come."""
    if _UNSPACED.search(sample):
        return dict(Counter(map(_letter_scripts.__getitem__, sample)))
    scripts: dict[str, int] = {}
    for profile, times in profiles.items():
        for script, letters in profile.scripts:
            scripts[script] = scripts.get(script, 0) + times * letters
    return scripts


def _script_of_letter(character: str) -> str:
    """Name the script of a letter; what is no letter has none to count."""
    return script_of(character) if _LETTER.match(character) else "Other"


_letter_scripts = WordMemory(_script_of_letter)
"""The script of each letter met so far."""


def _main_script(scripts: dict[str, int]) -> str:
    """Return the script of most letters; a little kana makes Chinese characters Japanese."""
    scripts.pop("Other", None)
    if not scripts:
        return "Other"
    # A Chinese character says as much as a short word, so it weighs more than a letter.
    weighed = {
        script: count * (3 if script in ("Han", "Kana") else 1) for script, count in scripts.items()
    }
    main = max(weighed, key=lambda script: weighed[script])
    if main == "Han" and scripts.get("Kana", 0) > _KANA_SHARE * scripts["Han"]:
        return "Kana"
    return main


_REMEMBERED_ANSWERS = 256


@lru_cache(_REMEMBERED_ANSWERS)
def _ask_model(text: str, candidates: tuple[str, ...], languages: tuple[str, ...]) -> str:
    """Let the model of some languages decide among the candidates.

    It counts bytes, so what is written in several ways must not vary.
    """
    plain = unicodedata.normalize("NFC", text).translate(_SPACES)
    plain = fold_string(plain) if plain.isupper() else plain
    return _model(languages).choose(plain, candidates)


@cache
def _model(languages: tuple[str, ...]) -> LanguageModel:
    """Load the model once: half a second."""
    from annotator.language_model import LanguageModel  # noqa: PLC0415 - most texts need none

    return LanguageModel.load(languages)
