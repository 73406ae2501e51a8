"""Find the terms of the taxonomy in a text, to the character.

Scripts that separate words are matched word by word against phrases of word
forms, Chinese as a substring of the folded text. The order of the steps
matters: boundaries are part of finding, so a longer match can never swallow a
shorter one and then fail at its own edge; exceptions are applied before
containment, so a phrase that hides a term need not be a term itself.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from annotator.lexicon import (
    GAP_CHARACTERS,
    GAP_WORDS,
    Index,
    Role,
    decode,
    language_of_word,
)
from annotator.text import HAN, SCRIPTS, WORD, fold, word_forms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ahocorasick_rs import AhoCorasick

    from annotator.taxonomy import Taxonomy

__all__ = ["Match", "Matcher"]

_BREAK = re.compile(r"[.,;:!?،؛؟。，、；：！？…|•()\[\]{}（）【】《》\"“”«»]|\n\s*\n")
"""What may not stand between two words of one term."""

_SENTENCE_END = re.compile(r"[.;!?؛؟。；！？\n]")
"""What may not stand in the gap of a term with a gap."""

_SPACES_AROUND_HAN = re.compile(rf"(?<={HAN.pattern})\s+|\s+(?={HAN.pattern})")

_OTHER_SCRIPTS = {
    "en": re.compile(r"[A-Za-zＡ-Ｚａ-ｚ]"),  # noqa: RUF001 - full-width letters are the data
    "ru": re.compile(r"[а-яё]", re.IGNORECASE),
    "ar": re.compile(r"[ء-ي]"),
}
"""Languages whose terms are also looked for where their script appears in another's text."""

_SHOUTING = 0.7
"""Share of capitals from which capitals no longer tell an acronym from a word."""


class Match(NamedTuple):
    """A term found in a text; ``text[start:end]`` is how it stands there."""

    start: int
    end: int
    concept: int
    """Number of the concept in ``Taxonomy.concept_ids``."""


class _Hit(NamedTuple):
    """A phrase of the index found in a text, before the phrases are weighed against each other."""

    start: int
    end: int
    number: int
    role: Role


@dataclass(slots=True)
class _LanguageMatcher:
    """One language's index with what is worked out from it on first use."""

    language: str
    index: Index
    forms: dict[str, tuple[str, ...]]
    """Word -> those of its forms that stand in some phrase: grows as words are met."""
    automaton: AhoCorasick | None
    patterns: list[str]

    def forms_of(self, word: str) -> tuple[str, ...]:
        """Return the forms of a word that can be part of a phrase of this language."""
        known = self.forms.get(word)
        if known is None:
            forms = word_forms(word, language_of_word(word, self.language))
            known = tuple(form for form in forms if form in self.index.cores)
            self.forms[word] = known
        return known


class Matcher:
    """Find concepts in text.

    >>> from annotator.taxonomy import Taxonomy
    >>> matcher = Matcher(Taxonomy.load())
    >>> [text[m.start:m.end] for text in ["يعزّز الأمن السيبراني للجميع"] for m in matcher.find(text, "ar")]
    ['الأمن السيبراني']
    >>> [text[m.start:m.end] for text in ["加強網絡安全合作"] for m in matcher.find(text, "zh")]
    ['網絡安全']
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        """Match the terms of a taxonomy; each language is prepared when it is first met."""
        self._taxonomy = taxonomy
        self._languages: dict[str, _LanguageMatcher] = {}

    def find(self, text: str, language: str) -> list[Match]:
        """Find all terms in a text.

        Terms of the text's own language are looked for, and terms of other
        languages where their script appears (English acronyms in Arabic text).

        Args:
            text: Any text; offsets in the result count its code points.
            language: The text's language; an unsupported one finds nothing.

        Returns:
            The matches in order of place. Terms inside a longer term are left
            out; terms that overlap partly are both there.
        """
        if language not in self._taxonomy.supported_languages:
            return []
        hits: list[_Hit] = []
        words = list(WORD.finditer(text))
        for other in _passes(text, language):
            foreign = other != language and SCRIPTS[other] == SCRIPTS[language]
            hits.extend(_find_phrases(self._language(other), words, text, foreign=foreign))
        if HAN.search(text):
            hits.extend(_find_substrings(self._language("zh"), text))
        return _resolve(hits) if hits else []

    def _language(self, language: str) -> _LanguageMatcher:
        """Prepare a language once."""
        matcher = self._languages.get(language)
        if matcher is None:
            index = self._taxonomy.index(language)
            automaton = None
            patterns = list(index.substrings)
            if patterns:
                from ahocorasick_rs import AhoCorasick  # noqa: PLC0415 - only Chinese needs it

                automaton = AhoCorasick(patterns)
            matcher = _LanguageMatcher(language, index, {}, automaton, patterns)
            self._languages[language] = matcher
        return matcher


def _passes(text: str, language: str) -> Iterator[str]:
    """Say which languages' phrases to look for in a text, its own first."""
    yield language
    for other, script in _OTHER_SCRIPTS.items():
        if other != language and script.search(text):
            yield other


def _find_phrases(
    matcher: _LanguageMatcher, words: Sequence[re.Match[str]], text: str, *, foreign: bool
) -> Iterator[_Hit]:
    """Find phrases of word forms.

    Args:
        matcher: The language to look in.
        words: The words of the text.
        text: The text.
        foreign: The text is in another language of the same script. Then only
            acronyms and terms of several words count: single words are too
            often false friends ("formation", "habitat").
    """
    index = matcher.index
    forms = [matcher.forms_of(word.group()) for word in words]
    shouting = _is_shouting(text)
    halves: list[_Hit] = []
    for first, candidates in enumerate(forms):
        for form in candidates:
            if shouting and form.startswith("="):
                continue
            for length in index.lengths.get(form, ()):
                last = first + length - 1
                if last >= len(words):
                    continue
                if length == 1:
                    keys: Iterator[str] = iter((form,))
                    if foreign and not form.startswith("="):
                        continue
                else:
                    rest = forms[first + 1 : last + 1]
                    if not all(rest) or not _adjoin(words, first, last, text):
                        continue
                    keys = (" ".join((form, *others)) for others in product(*rest))
                start, end = words[first].start(), _end(words[last])
                for key in keys:
                    for code in index.phrases.get(key, ()):
                        number, role = decode(code)
                        if role in (Role.HEAD, Role.TAIL):
                            halves.append(_Hit(start, end, number, role))
                        else:
                            yield _Hit(start, end, number, role)
    yield from _join_halves(halves, index.gaps, text)


def _find_substrings(matcher: _LanguageMatcher, text: str) -> Iterator[_Hit]:
    """Find phrases of a script without spaces, anywhere in the text."""
    if matcher.automaton is None:
        return
    folded = fold(text, _SPACES_AROUND_HAN)
    halves: list[_Hit] = []
    for pattern, first, last in matcher.automaton.find_matches_as_indexes(
        folded.text, overlapping=True
    ):
        if not _stands_alone(folded.text, first, last):
            continue
        start, end = folded.span(first, last)
        for code in matcher.index.substrings[matcher.patterns[pattern]]:
            number, role = decode(code)
            if role in (Role.HEAD, Role.TAIL):
                halves.append(_Hit(start, end, number, role))
            else:
                yield _Hit(start, end, number, role)
    yield from _join_halves(halves, matcher.index.gaps, text)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Tell whether Latin letters or digits at the edge of a match are whole words."""
    before = text[start - 1 : start]
    after = text[end : end + 1]
    cut_before = text[start].isascii() and before.isascii() and before.isalnum()
    cut_after = text[end - 1].isascii() and after.isascii() and after.isalnum()
    return not (cut_before or cut_after)


def _adjoin(words: Sequence[re.Match[str]], first: int, last: int, text: str) -> bool:
    """Tell whether nothing but spaces, hyphens and the like stands between the words."""
    return not any(
        _BREAK.search(text, words[n].end(), words[n + 1].start()) for n in range(first, last)
    )


_TRAILING = re.compile(r"[\u00ad\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+$")


def _end(word: re.Match[str]) -> int:
    """Return where a word ends without the invisible characters that cling to it."""
    trailing = _TRAILING.search(word.group())
    return word.end() - len(trailing.group()) if trailing else word.end()


def _is_shouting(text: str) -> bool:
    """Tell whether a text is written in capitals as a whole, as headings are."""
    upper = sum(map(str.isupper, text))
    return upper > _SHOUTING * (upper + sum(map(str.islower, text)))


def _join_halves(halves: Sequence[_Hit], gaps: Sequence[int], text: str) -> Iterator[_Hit]:
    """Join the two parts of terms with a gap where they stand close enough."""
    tails = sorted(hit for hit in halves if hit.role == Role.TAIL)
    starts = [tail.start for tail in tails]
    for head in halves:
        if head.role != Role.HEAD:
            continue
        for tail in tails[bisect_left(starts, head.end) :]:
            between = text[head.end : tail.start]
            if not _is_near(between):
                break
            if tail.number == head.number:
                yield _Hit(head.start, tail.end, gaps[head.number], Role.TERM)
                break


def _is_near(between: str) -> bool:
    """Tell whether the text in a gap is short enough, and no end of a sentence."""
    if _SENTENCE_END.search(between):
        return False
    if HAN.search(between):
        return len(between) <= GAP_CHARACTERS
    return len(WORD.findall(between)) <= GAP_WORDS


def _resolve(hits: Sequence[_Hit]) -> list[Match]:
    """Weigh the phrases found against each other; see the module for the order."""
    cancelled = {hit.number for hit in hits if hit.role == Role.UNLESS}
    exceptions: dict[int, list[_Hit]] = {}
    for hit in hits:
        if hit.role == Role.EXCEPT:
            exceptions.setdefault(hit.number, []).append(hit)
    terms = {
        Match(hit.start, hit.end, hit.number)
        for hit in hits
        if hit.role == Role.TERM
        and hit.number not in cancelled
        and not any(
            phrase.start <= hit.start and hit.end <= phrase.end
            for phrase in exceptions.get(hit.number, ())
        )
    }
    kept: list[Match] = []
    reach = (0, 0)
    for match in sorted(terms, key=lambda match: (match.start, -match.end, match.concept)):
        if match.end > reach[1] or (match.start, match.end) == reach:
            kept.append(match)
            reach = (match.start, match.end)
    return kept
