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
from annotator.text import HAN, WORD, fold, word_forms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ahocorasick_rs import AhoCorasick

__all__ = ["BREAK", "Hit", "PhraseFinder"]

BREAK = re.compile(r"[.,;:!?،؛؟。，、；：！？…|•()\[\]{}（）【】《》\"“”«»]|\n\s*\n")
"""What may not stand between two words of one term."""

_SENTENCE_END = re.compile(r"[.;!?؛؟。；！？\n]")
"""What may not stand in the gap of a term with a gap."""

_LONGEST_GAP = 120
"""Characters that no gap exceeds, however long its words are."""

_SPACES_AROUND_HAN = re.compile(rf"(?<={HAN.pattern})\s+|\s+(?={HAN.pattern})")

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


class PhraseFinder:
    """Search texts for the phrases of one language's index."""

    def __init__(self, language: str, index: Index) -> None:
        """Search with the rules of a language."""
        self._language = language
        self._index = index
        self._forms: dict[str, tuple[str, ...]] = {}
        self._patterns = list(index.substrings)
        self._automaton: AhoCorasick | None = None

    def find_phrases(
        self, words: Sequence[re.Match[str]], text: str, *, foreign: bool = False
    ) -> Iterator[Hit]:
        """Find phrases of word forms.

        Args:
            words: The words of the text.
            text: The text.
            foreign: The text is in another language of the same script. Then
                only acronyms and terms of several words count: single words
                are too often false friends ("formation", "habitat").
        """
        index = self._index
        forms = [self._forms_of(word.group()) for word in words]
        shouting = _is_shouting(text)
        halves: list[Hit] = []
        for first, candidates in enumerate(forms):
            for form in candidates:
                acronym = form.startswith("=")
                if shouting and acronym:
                    continue
                for length in index.lengths.get(form, ()):
                    if length == 1 and foreign and not acronym:
                        continue
                    last = first + length - 1
                    if last >= len(words) or not _adjoin(words, first, last, text):
                        continue
                    start, end = words[first].start(), _end(words[last])
                    for rest in product(*forms[first + 1 : last + 1]):
                        for code in index.phrases.get(" ".join((form, *rest)), ()):
                            number, role = decode(code)
                            if role in (Role.HEAD, Role.TAIL):
                                halves.append(Hit(start, end, number, role))
                            else:
                                yield Hit(start, end, number, role)
        if halves:
            yield from _join_halves(halves, index.gaps, text)

    def find_substrings(self, text: str) -> Iterator[Hit]:
        """Find phrases of a script without spaces, anywhere in the text."""
        if not self._patterns:
            return
        if self._automaton is None:
            from ahocorasick_rs import AhoCorasick  # noqa: PLC0415 - only Chinese needs it

            self._automaton = AhoCorasick(self._patterns)
        folded = fold(text, _SPACES_AROUND_HAN)
        halves: list[Hit] = []
        for pattern, first, last in self._automaton.find_matches_as_indexes(
            folded.text, overlapping=True
        ):
            if not _stands_alone(folded.text, first, last):
                continue
            start, end = folded.span(first, last)
            for code in self._index.substrings[self._patterns[pattern]]:
                number, role = decode(code)
                if role in (Role.HEAD, Role.TAIL):
                    halves.append(Hit(start, end, number, role))
                else:
                    yield Hit(start, end, number, role)
        if halves:
            yield from _join_halves(halves, self._index.gaps, text)

    def _forms_of(self, word: str) -> tuple[str, ...]:
        """Return the forms of a word that can be part of a phrase; remembered, for words recur."""
        known = self._forms.get(word)
        if known is None:
            forms = word_forms(word, language_of_word(word, self._language))
            known = tuple(form for form in forms if form in self._index.cores)
            self._forms[word] = known
        return known


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
        BREAK.search(text, words[n].end(), words[n + 1].start()) for n in range(first, last)
    )


def _end(word: re.Match[str]) -> int:
    """Return where a word ends without the invisible characters that cling to it."""
    trailing = _TRAILING.search(word.group())
    return word.end() - len(trailing.group()) if trailing else word.end()


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
