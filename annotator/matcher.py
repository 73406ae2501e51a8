"""Find the concepts of the taxonomy in a text, to the character.

The order of the steps matters: phrases are found with their boundaries;
exceptions are applied before containment, so a phrase that hides a term need
not be a term itself; then terms inside longer terms are left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from annotator.lexicon import Role
from annotator.phrases import Found, PhraseFinder
from annotator.spans import Span, SpanSet
from annotator.text import HAN, SCRIPTS, Words, find_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from annotator.taxonomy import Taxonomy

__all__ = ["Match", "Matcher"]

_OTHER_SCRIPTS = {
    "en": re.compile(r"[A-Za-zＡ-Ｚａ-ｚ]"),
    "ru": re.compile(r"[а-яё]", re.IGNORECASE),
    "ar": re.compile(r"[ء-ي]"),
}
"""Languages whose terms are also looked for where their script appears in another's text."""


_NOT_LATIN = re.compile(r"[^\x00-\u024f\u2000-\u206f]")
"""What is neither Latin nor common punctuation."""


class Match(NamedTuple):
    """A term found in a text; ``text[start:end]`` is how it stands there."""

    start: int
    end: int
    concept: int
    """Number of the concept in ``Taxonomy.concept_ids``."""


class Matcher:
    """Find concepts in text.

    >>> from annotator.taxonomy import Taxonomy
    >>> matcher = Matcher(Taxonomy.load())
    >>> text = "يعزّز الأمن السيبراني للجميع"
    >>> [text[match.start : match.end] for match in matcher.find(text, "ar")]
    ['الأمن السيبراني']
    >>> text = "加強網絡安全"
    >>> [text[match.start : match.end] for match in matcher.find(text, "zh")]
    ['網絡安全']
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        """Match the terms of a taxonomy; each language is prepared when it is first met."""
        self._taxonomy = taxonomy
        self._finders: dict[tuple[str, int], PhraseFinder] = {}
        self._layers = sorted({0, *taxonomy.layers.values()})

    def find(self, text: str, language: str) -> list[Match]:
        """Find all terms in a text.

        Terms of the text's own language are looked for, and terms of other
        languages where their script appears (English acronyms in Arabic text).

        Args:
            text: Any text; offsets in the result count its code points.
            language: The text's language; an unsupported one finds nothing.

        Returns:
            The matches in order of place. Terms inside a longer term of their
            layer of schemes are left out; terms that overlap partly are both there.
        """
        if language not in self._taxonomy.supported_languages:
            return []
        words = find_words(text)
        matches = [
            match
            for layer in self._layers
            for match in self._find_in_layer(text, language, words, layer)
        ]
        return sorted(matches) if len(self._layers) > 1 else matches

    def _find_in_layer(self, text: str, language: str, words: Words, layer: int) -> list[Match]:
        """Find the terms of schemes that are weighed against each other."""
        found: list[Found] = []
        for other in _passes(text, language):
            foreign = other != language and SCRIPTS[other] == SCRIPTS[language]
            found += self._finder(other, layer).find_phrases(words, text, foreign=foreign)
        if HAN.search(text):
            found += self._finder("zh", layer).find_substrings(text)
        return _resolve(found)

    def _finder(self, language: str, layer: int) -> PhraseFinder:
        """Prepare a language of a layer once."""
        key = language, layer
        if key not in self._finders:
            self._finders[key] = PhraseFinder(language, self._taxonomy.index(language, layer))
        return self._finders[key]


def _passes(text: str, language: str) -> Iterator[str]:
    """Say which languages' phrases to look for in a text, its own first."""
    yield language
    if not _NOT_LATIN.search(text):  # one quick look spares most texts three slow ones
        if language != "en" and _OTHER_SCRIPTS["en"].search(text):
            yield "en"
        return
    for other, script in _OTHER_SCRIPTS.items():
        if other != language and script.search(text):
            yield other


def _resolve(found: Sequence[Found]) -> list[Match]:
    """Weigh the phrases found against each other; see the module for the order."""
    others = [(span, *other) for span, phrases in found for other in phrases.others]
    cancelled = {number for _, number, role in others if role == Role.UNLESS}
    hidden: dict[int, list[Span]] = {}
    for span, number, role in others:
        if role == Role.EXCEPT:
            hidden.setdefault(number, []).append(span)
    exceptions = {number: SpanSet(spans) for number, spans in hidden.items()}
    doubtful = cancelled.union(exceptions)
    terms: dict[Span, tuple[int, ...]] = {}
    for span, phrases in found:
        numbers = phrases.terms
        if not numbers:
            continue
        if not doubtful.isdisjoint(numbers):
            numbers = tuple(
                number
                for number in numbers
                if number not in cancelled
                and not (number in exceptions and exceptions[number].covers(*span))
            )
        if span in terms:
            numbers = tuple(sorted({*terms[span], *numbers}))
        if numbers:
            terms[span] = numbers
    kept: list[Match] = []
    reach = 0
    for start, end in sorted(terms, key=lambda span: (span[0], -span[1])):
        if end > reach:
            reach = end
            kept += [Match(start, end, number) for number in terms[start, end]]
    return kept
