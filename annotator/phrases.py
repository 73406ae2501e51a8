"""Find the phrases of one index in a text.

Scripts that separate words are searched word by word for phrases of word
forms, Chinese for substrings of the folded text. Boundaries are part of
finding, so a longer phrase can never swallow a shorter one and then fail at
its own edge.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from annotator.forms import word_forms
from annotator.lexicon import GAP_CHARACTERS, GAP_WORDS, Index, Role, decode, language_of_word
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


_WINDOW = 2**16
"""Characters that are searched for substrings at a time."""


class Phrases(NamedTuple):
    """The phrases of an index that are written alike."""

    terms: tuple[int, ...]
    """Numbers of concepts (or whatever the index numbers) whose terms they are."""
    others: tuple[tuple[int, Role], ...]
    """Phrases that hide or cancel a concept, with its number."""
    halves: tuple[tuple[int, Role], ...]
    """Parts of terms with a gap, with the number of the gap."""


Found = tuple[Span, Phrases]
"""A place in a text, and what stands there."""


class _Beginning(NamedTuple):
    """What of an index a word can begin."""

    alone: Phrases | None
    """The phrases of this word alone."""
    longer: tuple[str, ...]
    """The forms of the word that begin phrases of several words."""
    capitals_alone: Phrases | None
    capitals_longer: tuple[str, ...]
    """The same, where the phrase has the word in capitals as the text has it."""


class _Half(NamedTuple):
    """A part of a term with a gap, found in a text."""

    start: int
    end: int
    number: int
    role: Role


class PhraseFinder:
    """Search texts for the phrases of one language's index."""

    def __init__(self, language: str, index: Index) -> None:
        """Search with the rules of a language."""
        self._index = index
        self._all_forms = _shared_forms(language_of_word("x", language))
        self._forms = WordMemory(self._forms_of)
        self._beginnings = WordMemory(self._beginning_of)
        self._decoded: dict[tuple[int, ...], Phrases] = {}
        self._patterns = list(index.substrings)
        self._substrings = [self._decode(codes) for codes in index.substrings.values()]
        self._longest = max(map(len, self._patterns), default=0)
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
        strings = words.strings
        shouting: bool | None = None
        pairs = self._index.pairs
        beginnings = enumerate(map(self._beginnings.__getitem__, strings))
        for first, beginning in [(at, one) for at, one in beginnings if one]:
            alone, longer, capitals_alone, capitals_longer = beginning
            if alone and not foreign:
                found.append((_span(words, first, first), alone))
            if capitals_alone or capitals_longer:
                if shouting is None:
                    shouting = _is_shouting(text)
                if not shouting:
                    longer += capitals_longer
                    if capitals_alone:
                        found.append((_span(words, first, first), capitals_alone))
            if longer and first + 1 < len(strings):
                for second in self._forms[strings[first + 1]]:
                    for form in longer:
                        pair = f"{form} {second}"
                        if pair in pairs:  # few words stand before their own neighbour
                            found += self._longer_phrases(pair, words, first, text)
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
                (folded.span(first, last), self._substrings[pattern])
                for pattern, first, last in self._substring_matches(folded.text, self._automaton)
                if _stands_alone(self._patterns[pattern], folded.text, first, last)
            ],
            text,
        )

    def _substring_matches(
        self, text: str, automaton: AhoCorasick
    ) -> Iterator[tuple[int, int, int]]:
        """Yield pattern, start and end of all matches: of a long text, window by window.

        The matches of a window are held at once, and there may be one a character.
        """
        for start in range(0, len(text), _WINDOW):
            # A match that begins in the window may end behind it.
            window = text[start : start + _WINDOW + self._longest] if len(text) > _WINDOW else text
            for pattern, first, last in automaton.find_matches_as_indexes(window, overlapping=True):
                if first < _WINDOW:
                    yield pattern, start + first, start + last

    def _forms_of(self, word: str) -> tuple[str, ...]:
        """Return the forms of a word that can be part of a phrase."""
        cores = self._index.cores
        forms = self._all_forms[word]
        known = tuple([form for form in forms if form in cores])
        return forms if len(known) == len(forms) else known

    def _beginning_of(self, word: str) -> _Beginning | None:
        """Return what a word can begin, if anything."""
        forms = self._forms[word]
        if not forms:
            return None
        plain = [form for form in forms if not form.startswith("=")]
        capitals = [form for form in forms if form.startswith("=")]
        beginning = _Beginning(
            self._phrases_of(plain),
            tuple(form for form in plain if form in self._index.leads),
            self._phrases_of(capitals),
            tuple(form for form in capitals if form in self._index.leads),
        )
        return beginning if any(beginning) else None

    def _phrases_of(self, keys: Iterable[str]) -> Phrases | None:
        """Return the phrases that stand under some keys."""
        found = [codes for key in keys if (codes := self._index.phrases.get(key))]
        if len(found) > 1:
            return _phrases([code for codes in found for code in codes])
        return self._decode(found[0]) if found else None

    def _decode(self, codes: tuple[int, ...]) -> Phrases:
        """Sort the codes of a phrase by what they do, once for all phrases that share them."""
        phrases = self._decoded.get(codes)
        if phrases is None:
            phrases = self._decoded[codes] = _phrases(codes)
        return phrases

    def _longer_phrases(self, pair: str, words: Words, first: int, text: str) -> Iterator[Found]:
        """Yield the phrases of several words that begin at a word with two given forms."""
        strings = words.strings
        for length in self._index.pairs[pair]:
            last = first + length - 1
            if last >= len(strings) or not _adjoin(words, first, last, text):
                continue
            rest = product(*(self._forms[strings[n]] for n in range(first + 2, last + 1)))
            keys = [" ".join((pair, *forms)) for forms in rest]
            if phrases := self._phrases_of(keys):
                yield _span(words, first, last), phrases

    def _joined(self, found: list[Found], text: str) -> list[Found]:
        """Add the terms with a gap whose two parts were found."""
        if not self._index.gaps:
            return found
        halves = [
            _Half(*span, number, role) for span, phrases in found for number, role in phrases.halves
        ]
        return found + list(_join_halves(halves, self._index.gaps, text)) if halves else found


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


def _phrases(codes: Iterable[int]) -> Phrases:
    """Sort codes by what their phrases do."""
    decoded = sorted(map(decode, set(codes)))
    return Phrases(
        tuple(number for number, role in decoded if role == Role.TERM),
        tuple(one for one in decoded if one[1] in (Role.EXCEPT, Role.UNLESS)),
        tuple(one for one in decoded if one[1] in (Role.HEAD, Role.TAIL)),
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


def _span(words: Words, first: int, last: int) -> Span:
    """Return the span of some words without the invisible characters that cling to the last."""
    word = words.strings[last]
    length = len(word)
    if not word[-1].isalnum() and (trailing := _TRAILING.search(word)):
        length = trailing.start()
    return words.starts[first], words.starts[last] + length


def _is_shouting(text: str) -> bool:
    """Tell whether a text is written in capitals as a whole, as headings are.

    A few acronyms in a text whose own script has no capitals are no shouting.
    """
    upper = sum(map(str.isupper, text))
    if upper < _SHOUTED_LETTERS:
        return False
    return upper > _SHOUTING * sum(map(str.isalpha, text))


def _join_halves(halves: Sequence[_Half], gaps: Sequence[int], text: str) -> Iterator[Found]:
    """Join the two parts of terms with a gap where they stand close enough."""
    heads = {half.number for half in halves if half.role is Role.HEAD}
    tails: dict[int, list[_Half]] = {}
    for half in halves:
        if half.role is Role.TAIL and half.number in heads:
            tails.setdefault(half.number, []).append(half)
    for mine in tails.values():
        mine.sort()
    for head in halves:
        if head.role is not Role.HEAD or head.number not in tails:
            continue
        mine = tails[head.number]
        nearest = bisect_left(mine, head.end, key=_start)
        if nearest < len(mine) and _is_near(text[head.end : mine[nearest].start]):
            yield (head.start, mine[nearest].end), Phrases((gaps[head.number],), (), ())


def _start(half: _Half) -> int:
    """Return where a part begins."""
    return half.start


def _is_near(between: str) -> bool:
    """Tell whether the text in a gap is short enough, and no end of a sentence."""
    if len(between) > _LONGEST_GAP or _SENTENCE_END.search(between):
        return False
    if HAN.search(between):
        return len(between) <= GAP_CHARACTERS
    return len(WORD.findall(between)) <= GAP_WORDS
