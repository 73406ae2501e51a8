"""Find the phrases of one index in a text.

Scripts that separate words are searched word by word for phrases of word
forms, Chinese for substrings of the folded text. Boundaries are part of
finding, so a longer phrase can never swallow a shorter one and then fail at
its own edge.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache, lru_cache
from itertools import chain, product
from typing import TYPE_CHECKING, NamedTuple

from annotator.forms import word_forms
from annotator.lexicon import (
    GAP_CHARACTERS,
    GAP_WORDS,
    Index,
    Role,
    decode,
    encode,
    language_of_word,
)
from annotator.spans import Span
from annotator.text import HAN, WORD, WordMemory, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ahocorasick_rs import AhoCorasick

    from annotator.text import Words

__all__ = ["BREAK", "Found", "PhraseFinder", "Phrases"]

BREAK = re.compile(r"[.,;:!?،؛؟。，、；：！？…|•()\[\]{}（）【】《》\"“”«»]|\n\s*\n")
"""What may not stand between two words of one term."""

_SENTENCE_END = re.compile(r"[.;!?؛؟。；！？\n]")
"""What may not stand in the gap of a term with a gap."""

_LONGEST_GAP = 120
"""Characters that no gap exceeds, however long its words are."""

_SPACES_AROUND_HAN = re.compile(rf"\s(?<!\s\s)(?:(?<={HAN.pattern}\s)\s*+|\s*+(?={HAN.pattern}))")
"""A whole run of white space with a Chinese character at either end; each run is read once."""

_TRAILING = re.compile(
    r"[\u00ad\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+$"
)
"""Invisible characters that cling to the end of a word and are no part of the evidence."""

_SHOUTING = 0.7
"""Share of capitals among all letters from which they no longer tell an acronym from a word."""

_SHOUTED_LETTERS = 16
"""Fewer capitals than this may all be acronyms."""


_REMEMBERED_FORMS = 2**15
"""Words whose forms are remembered: of up to four languages, a few hundred bytes each."""

_REMEMBERED_PHRASES = 2**13
"""Phrases that are remembered: several words lead to the same."""


_WINDOW = 2**16
"""Characters that are searched for substrings at a time."""


class Phrases(NamedTuple):
    """The phrases of an index that are written alike."""

    terms: tuple[int, ...]
    """Numbers of concepts (or whatever the index numbers) whose terms they are."""
    others: tuple[tuple[int, Role], ...]
    """Phrases that hide or cancel a concept, with its number."""
    heads: frozenset[int]
    """The gaps that they stand before."""
    tails: frozenset[int]
    """The gaps that they stand behind."""


_NO_GAPS: frozenset[int] = frozenset()
"""What most phrases stand before and behind: held once, for Python does not see to that."""


Found = tuple[Span, Phrases]
"""A place in a text, and what stands there."""

_Leads = tuple[tuple[str, dict[str, tuple[int, ...]]], ...]
"""Forms of a word that begin phrases of several words, with :attr:`Index.leads` of each."""


class _Known(NamedTuple):
    """What an index says of a word."""

    length: int
    """Without the invisible characters that cling to its end."""
    forms: tuple[str, ...]
    """Its forms that stand in some phrase."""
    alone: Phrases | None
    """The phrases of this word alone."""
    leads: _Leads
    capitals: tuple[Phrases | None, _Leads] | None
    """The same, where the phrase has the word in capitals as the text has it."""


class PhraseFinder:
    """Search texts for the phrases of one language's index."""

    def __init__(self, language: str, index: Index) -> None:
        """Search with the rules of a language."""
        self._index = index
        self._all_forms = _shared_forms(language_of_word("x", language))
        self._known = WordMemory(self._look_up)
        self._patterns = list(index.substrings)
        self._longest = max(map(len, self._patterns), default=0)
        self._substrings = WordMemory(lambda pattern: _phrases(index.substrings[pattern]))
        self._automaton: AhoCorasick | None = None

    def find_phrases(self, words: Words, text: str, *, foreign: bool = False) -> list[Found]:
        """Find phrases of word forms.

        Args:
            words: The words of the text.
            text: The text.
            foreign: The text is in another language of the same script. Then
                only acronyms and terms of several words count: single words
                are too often false friends ("formation", "habitat").

        Returns:
            What was found, in no order; a place may stand there twice.
        """
        found: list[Found] = []
        shouting: bool | None = None
        known = list(map(self._known.__getitem__, words.strings))
        known.append(None)  # nothing follows the last word
        for first, (word, start) in enumerate(zip(known, words.starts, strict=False)):
            if word is None:
                continue
            length, _, alone, leads, capitals = word
            if alone and not foreign:
                found.append(((start, start + length), alone))
            if capitals:
                if shouting is None:
                    shouting = _is_shouting(text)
                if not shouting:
                    capitals_alone, capitals_leads = capitals
                    leads += capitals_leads
                    if capitals_alone:
                        found.append(((start, start + length), capitals_alone))
            if leads and (following := known[first + 1]):
                for second in following.forms:
                    for form, lengths in leads:
                        if second in lengths:  # few words stand before their own neighbour
                            pair = f"{form} {second}", lengths[second]
                            found += self._longer_phrases(*pair, known, words, first, text)
        return self._joined(found, text)

    def find_substrings(self, text: str) -> list[Found]:
        """Find phrases of a script without spaces, anywhere in the text."""
        if not self._patterns:
            return []
        if self._automaton is None:
            from ahocorasick_rs import AhoCorasick  # noqa: PLC0415 - only Chinese needs it

            self._automaton = AhoCorasick(self._patterns)
        folded = fold(text, _SPACES_AROUND_HAN)
        return self._joined(
            [
                (folded.span(first, last), self._substrings[self._patterns[pattern]])
                for pattern, first, last in self._substring_matches(folded.text, self._automaton)
                if _stands_alone(self._patterns[pattern], folded.text, first, last)
            ],
            text,
        )

    def _substring_matches(
        self, text: str, automaton: AhoCorasick
    ) -> Iterable[tuple[int, int, int]]:
        """Return pattern, start and end of all matches: of a long text, window by window.

        The matches of a window are held at once, and there may be one a character.
        """
        if len(text) <= _WINDOW:
            return automaton.find_matches_as_indexes(text, overlapping=True)
        return (
            (pattern, start + first, start + last)
            for start in range(0, len(text), _WINDOW)
            # A match that begins in the window may end behind it.
            for pattern, first, last in automaton.find_matches_as_indexes(
                text[start : start + _WINDOW + self._longest], overlapping=True
            )
            if first < _WINDOW
        )

    def _look_up(self, word: str) -> _Known | None:
        """Return what the index says of a word, if anything."""
        cores = self._index.cores
        forms = self._all_forms[word]
        if not cores.issuperset(forms):
            forms = tuple([form for form in forms if form in cores])
        if not forms:
            return None
        plain = [form for form in forms if not form.startswith("=")]
        capitals = [form for form in forms if form.startswith("=")]
        return _Known(
            _length(word),
            forms,
            self._phrases_of(plain),
            self._leads_of(plain),
            (self._phrases_of(capitals), self._leads_of(capitals)) if capitals else None,
        )

    def _leads_of(self, forms: Iterable[str]) -> _Leads:
        """Return the forms that begin phrases of several words, with what follows them."""
        leads = self._index.leads
        return tuple([(form, leads[form]) for form in forms if form in leads])

    def _phrases_of(self, keys: Iterable[str]) -> Phrases | None:
        """Return the phrases that stand under some keys."""
        found = [codes for key in keys if (codes := self._index.phrases.get(key))]
        if len(found) > 1:
            return _phrases(tuple(chain.from_iterable(found)))
        return _phrases(found[0]) if found else None

    def _longer_phrases(
        self,
        beginning: str,
        lengths: Sequence[int],
        known: Sequence[_Known | None],
        words: Words,
        first: int,
        text: str,
    ) -> Iterator[Found]:
        """Yield the phrases of so many words that begin at a word with two given forms."""
        for length in lengths:
            last = first + length - 1
            rest = [word for word in known[first + 2 : last + 1] if word]
            if len(rest) < length - 2 or not _adjoin(words, first, last, text):
                continue
            keys = [
                " ".join((beginning, *forms)) for forms in product(*[one.forms for one in rest])
            ]
            if phrases := self._phrases_of(keys):
                end = words.starts[last] + _length(words.strings[last])
                yield (words.starts[first], end), phrases

    def _joined(self, found: list[Found], text: str) -> list[Found]:
        """Add the terms with a gap whose two parts were found."""
        heads = _union([phrases.heads for _, phrases in found if phrases.heads])
        gaps = heads and heads & _union([phrases.tails for _, phrases in found if phrases.tails])
        return found + list(_join_halves(gaps, found, self._index.gaps, text)) if gaps else found


def _union(several: Iterable[frozenset[int]]) -> frozenset[int]:
    """Return what stands in any of some sets."""
    return frozenset().union(*several)


@cache
def _shared_forms(latin: str) -> WordMemory[tuple[str, ...]]:
    """Return the forms of words, remembered once for all finders with the same rules.

    A word is met by several finders: those of terms and of vocabulary, and the
    English one in texts of other languages. To stem it takes longer than all else.

    Args:
        latin: The language whose rules apply to words in Latin script.
    """
    return WordMemory(
        lambda word: word_forms(word, language_of_word(word, latin)), limit=_REMEMBERED_FORMS
    )


@lru_cache(_REMEMBERED_PHRASES)
def _phrases(codes: tuple[int, ...]) -> Phrases:
    """Sort codes by what their phrases do."""
    decoded = sorted(map(decode, set(codes)))
    return Phrases(
        tuple(number for number, role in decoded if role == Role.TERM),
        tuple(one for one in decoded if one[1] in (Role.EXCEPT, Role.UNLESS)),
        frozenset(number for number, role in decoded if role == Role.HEAD) or _NO_GAPS,
        frozenset(number for number, role in decoded if role == Role.TAIL) or _NO_GAPS,
    )


def _stands_alone(pattern: str, text: str, start: int, end: int) -> bool:
    """Tell whether Latin letters or digits at the edge of a match are whole words."""
    if not (pattern[0].isascii() or pattern[-1].isascii()):
        return True
    before = text[start - 1 : start]
    after = text[end : end + 1]
    cut_before = text[start].isascii() and before.isascii() and before.isalnum()
    cut_after = text[end - 1].isascii() and after.isascii() and after.isalnum()
    return not (cut_before or cut_after)


def _adjoin(words: Words, first: int, last: int, text: str) -> bool:
    """Tell whether nothing but spaces, hyphens and the like stands between the words."""
    for n in range(first, last):
        end, start = words.starts[n] + len(words.strings[n]), words.starts[n + 1]
        if text[end:start] != " " and BREAK.search(text, end, start):
            return False
    return True


def _length(word: str) -> int:
    """Return the length of a word without the invisible characters that cling to its end."""
    if not word[-1].isalnum() and (trailing := _TRAILING.search(word)):
        return trailing.start()
    return len(word)


def _is_shouting(text: str) -> bool:
    """Tell whether a text is written in capitals as a whole, as headings are.

    A few acronyms in a text whose own script has no capitals are no shouting.
    """
    upper = sum(map(str.isupper, text))
    if upper < _SHOUTED_LETTERS:
        return False
    return upper > _SHOUTING * sum(map(str.isalpha, text))


def _join_halves(
    gaps: frozenset[int], found: Sequence[Found], concepts: Sequence[int], text: str
) -> Iterator[Found]:
    """Join the two parts of terms with a gap where they stand close enough.

    Args:
        gaps: The gaps of which both parts were found.
        found: What was found.
        concepts: The concept of each gap.
        text: The text.
    """
    heads: dict[int, list[Span]] = {gap: [] for gap in gaps}
    tails: dict[int, list[Span]] = {gap: [] for gap in gaps}
    for span, phrases in found:
        for gap in phrases.heads & gaps:
            heads[gap].append(span)
        for gap in phrases.tails & gaps:
            tails[gap].append(span)
    for gap in sorted(gaps):
        behind = sorted(tails[gap])
        for start, end in heads[gap]:
            nearest = bisect_left(behind, (end,))
            if nearest < len(behind) and _is_near(text[end : behind[nearest][0]]):
                yield (start, behind[nearest][1]), _phrases((encode(concepts[gap], Role.TERM),))


def _is_near(between: str) -> bool:
    """Tell whether the text in a gap is short enough, and no end of a sentence."""
    if len(between) > _LONGEST_GAP or _SENTENCE_END.search(between):
        return False
    if HAN.search(between):
        return len(between) <= GAP_CHARACTERS
    return len(WORD.findall(between)) <= GAP_WORDS
