"""Find the phrases of one index in a text.

Scripts that separate words are searched word by word for phrases of word
forms, Chinese for substrings of the folded text. Boundaries are part of
finding, so a longer phrase can never swallow a shorter one and then fail at
its own edge.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from annotator.lexicon import GAP_CHARACTERS, GAP_WORDS, Index, Role, decode, language_of_word
from annotator.text import HAN, WORD, WordMemory, fold, word_forms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ahocorasick_rs import AhoCorasick

    from annotator.text import Words

__all__ = ["BREAK", "Hit", "PhraseFinder"]

BREAK = re.compile(r"[.,;:!?،؛؟。，、；：！？…|•()\[\]{}（）【】《》\"“”«»]|\n\s*\n")
"""What may not stand between two words of one term."""

_SENTENCE_END = re.compile(r"[.;!?؛؟。；！？\n]")
"""What may not stand in the gap of a term with a gap."""

_LONGEST_GAP = 120
"""Characters that no gap exceeds, however long its words are."""

_SPACES_AROUND_HAN = re.compile(
    rf"\s(?<!\s\s)(?:(?<={HAN.pattern}\s)\s*+|\s*+(?={HAN.pattern}))"
)
"""A whole run of white space with a Chinese character at either end; each run is read once."""

_TRAILING = re.compile(
    r"[\u00ad\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+$"
)
"""Invisible characters that cling to the end of a word and are no part of the evidence."""

_SHOUTING = 0.7
"""Share of capitals among all letters from which they no longer tell an acronym from a word."""

_SHOUTED_LETTERS = 16
"""Fewer capitals than this may all be acronyms."""


class Hit(NamedTuple):
    """A phrase of an index found in a text."""

    start: int
    end: int
    number: int
    """Number of the concept, or whatever the index numbers."""
    role: Role


_HALVES = (Role.HEAD, Role.TAIL)


class _Beginning(NamedTuple):
    """What of an index a word can begin."""

    alone: tuple[tuple[int, Role], ...]
    """The phrases of this word alone."""
    longer: tuple[str, ...]
    """The forms of the word that begin phrases of several words."""
    capitals_alone: tuple[tuple[int, Role], ...]
    capitals_longer: tuple[str, ...]
    """The same, where the phrase has the word in capitals as the text has it."""


class PhraseFinder:
    """Search texts for the phrases of one language's index."""

    def __init__(self, language: str, index: Index) -> None:
        """Search with the rules of a language."""
        self._language = language
        self._index = index
        self._forms = WordMemory(self._forms_of)
        self._beginnings = WordMemory(self._beginning_of)
        self._patterns = list(index.substrings)
        self._automaton: AhoCorasick | None = None

    def find_phrases(self, words: Words, text: str, *, foreign: bool = False) -> list[Hit]:
        """Find phrases of word forms.

        Args:
            words: The words of the text.
            text: The text.
            foreign: The text is in another language of the same script. Then
                only acronyms and terms of several words count: single words
                are too often false friends ("formation", "habitat").
        """
        hits: list[Hit] = []
        places, strings = words
        shouting: bool | None = None
        pairs = self._index.pairs
        for first, beginning in enumerate(map(self._beginnings.__getitem__, strings)):
            if beginning is None:  # most words begin nothing
                continue
            alone, longer, capitals_alone, capitals_longer = beginning
            if foreign:
                alone = ()
            if capitals_alone or capitals_longer:
                if shouting is None:
                    shouting = _is_shouting(text)
                if not shouting:
                    alone += capitals_alone
                    longer += capitals_longer
            if alone:
                place = places[first]
                start, end = place.start(), _end(place, text)
                hits += [Hit(start, end, number, role) for number, role in alone]
            if longer and first + 1 < len(strings):
                for second in self._forms[strings[first + 1]]:
                    for form in longer:
                        pair = f"{form} {second}"
                        if pair in pairs:  # few words stand before their own neighbour
                            hits += self._longer_phrases(pair, words, first, text)
        return self._joined(hits, text)

    def find_substrings(self, text: str) -> list[Hit]:
        """Find phrases of a script without spaces, anywhere in the text."""
        if not self._patterns:
            return []
        if self._automaton is None:
            from ahocorasick_rs import AhoCorasick  # noqa: PLC0415 - only Chinese needs it

            self._automaton = AhoCorasick(self._patterns)
        folded = fold(text, _SPACES_AROUND_HAN)
        hits: list[Hit] = []
        for number_of_pattern, first, last in self._automaton.find_matches_as_indexes(
            folded.text, overlapping=True
        ):
            pattern = self._patterns[number_of_pattern]
            if not _stands_alone(pattern, folded.text, first, last):
                continue
            start, end = folded.span(first, last)
            hits += [Hit(start, end, *decode(code)) for code in self._index.substrings[pattern]]
        return self._joined(hits, text)

    def _forms_of(self, word: str) -> tuple[str, ...]:
        """Return the forms of a word that can be part of a phrase."""
        forms = word_forms(word, language_of_word(word, self._language))
        return tuple(form for form in forms if form in self._index.cores)

    def _beginning_of(self, word: str) -> _Beginning | None:
        """Return what a word can begin, if anything."""
        forms = self._forms[word]
        plain = [form for form in forms if not form.startswith("=")]
        capitals = [form for form in forms if form.startswith("=")]
        beginning = _Beginning(
            self._phrases_of(plain),
            tuple(form for form in plain if form in self._index.leads),
            self._phrases_of(capitals),
            tuple(form for form in capitals if form in self._index.leads),
        )
        return beginning if any(beginning) else None

    def _phrases_of(self, keys: Iterable[str]) -> tuple[tuple[int, Role], ...]:
        """Return the numbers and roles of the phrases that stand under some keys."""
        return tuple(decode(code) for key in keys for code in self._index.phrases.get(key, ()))

    def _longer_phrases(self, pair: str, words: Words, first: int, text: str) -> Iterator[Hit]:
        """Yield the phrases of several words that begin at a word with two given forms."""
        places, strings = words
        for length in self._index.pairs[pair]:
            last = first + length - 1
            if last >= len(strings) or not _adjoin(places, first, last, text):
                continue
            rest = product(*(self._forms[strings[n]] for n in range(first + 2, last + 1)))
            keys = [" ".join((pair, *forms)) for forms in rest]
            start, end = places[first].start(), _end(places[last], text)
            for number, role in self._phrases_of(keys):
                yield Hit(start, end, number, role)

    def _joined(self, hits: list[Hit], text: str) -> list[Hit]:
        """Put whole terms in the place of the two parts of terms with a gap."""
        if not self._index.gaps:
            return hits
        halves = [hit for hit in hits if hit.role in _HALVES]
        if not halves:
            return hits
        whole = [hit for hit in hits if hit.role not in _HALVES]
        return whole + list(_join_halves(halves, self._index.gaps, text))


def _stands_alone(pattern: str, text: str, start: int, end: int) -> bool:
    """Tell whether Latin letters or digits at the edge of a match are whole words."""
    if not (pattern[0].isascii() or pattern[-1].isascii()):
        return True
    before = text[start - 1 : start]
    after = text[end : end + 1]
    cut_before = text[start].isascii() and before.isascii() and before.isalnum()
    cut_after = text[end - 1].isascii() and after.isascii() and after.isalnum()
    return not (cut_before or cut_after)


def _adjoin(places: Sequence[re.Match[str]], first: int, last: int, text: str) -> bool:
    """Tell whether nothing but spaces, hyphens and the like stands between the words."""
    for n in range(first, last):
        end, start = places[n].end(), places[n + 1].start()
        if text[end:start] != " " and BREAK.search(text, end, start):
            return False
    return True


def _end(place: re.Match[str], text: str) -> int:
    """Return where a word ends without the invisible characters that cling to it."""
    end = place.end()
    if text[end - 1].isalnum():
        return end
    trailing = _TRAILING.search(place[0])
    return end - len(trailing[0]) if trailing else end


def _is_shouting(text: str) -> bool:
    """Tell whether a text is written in capitals as a whole, as headings are.

    A few acronyms in a text whose own script has no capitals are no shouting.
    """
    upper = sum(map(str.isupper, text))
    if upper < _SHOUTED_LETTERS:
        return False
    return upper > _SHOUTING * sum(map(str.isalpha, text))


def _join_halves(halves: Sequence[Hit], gaps: Sequence[int], text: str) -> Iterator[Hit]:
    """Join the two parts of terms with a gap where they stand close enough."""
    tails: dict[int, list[Hit]] = {}
    for hit in halves:
        if hit.role == Role.TAIL:
            tails.setdefault(hit.number, []).append(hit)
    for found in tails.values():
        found.sort()
    for head in halves:
        if head.role != Role.HEAD or head.number not in tails:
            continue
        mine = tails[head.number]
        nearest = bisect_left(mine, head.end, key=_start)
        if nearest < len(mine) and _is_near(text[head.end : mine[nearest].start]):
            yield Hit(head.start, mine[nearest].end, gaps[head.number], Role.TERM)


def _start(hit: Hit) -> int:
    """Return where a hit begins."""
    return hit.start


def _is_near(between: str) -> bool:
    """Tell whether the text in a gap is short enough, and no end of a sentence."""
    if len(between) > _LONGEST_GAP or _SENTENCE_END.search(between):
        return False
    if HAN.search(between):
        return len(between) <= GAP_CHARACTERS
    return len(WORD.findall(between)) <= GAP_WORDS
