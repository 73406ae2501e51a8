"""What the classifier reads in a paragraph.

Three kinds of features: the concepts that the matcher found; the entries of
the vocabulary, which are the same in every language, so that what is learned
from Spanish text serves Arabic; and, where a model has them, the words of the
paragraph's own language. Every feature keeps the spans where it stands: they
become the evidence.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from annotator.forms import stem_word
from annotator.phrases import PhraseFinder
from annotator.spans import Span, SpanSet
from annotator.text import HAN, find_words, fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from annotator.matcher import Match
    from annotator.taxonomy import Taxonomy

__all__ = [
    "CONCEPT",
    "VOCABULARY",
    "WORDS",
    "FeatureExtractor",
    "Occurrences",
    "concept_occurrences",
]

CONCEPT, VOCABULARY, WORDS = "concept", "vocabulary", "words"
"""The kinds of features, each a block that is scaled for itself."""

Occurrences = dict[str, list[Span]]
"""Feature -> the spans where it stands."""

_HAN_GRAMS = (2, 3)


def concept_occurrences(matches: Sequence[Match], taxonomy: Taxonomy) -> Occurrences:
    """Return the concepts that some matches are of, with the spans where they stand."""
    concepts: Occurrences = defaultdict(list)
    for match in matches:
        concepts[taxonomy.concept_ids[match.concept]].append(match[:2])
    return concepts


class FeatureExtractor:
    """Find the features of paragraphs.

    >>> from annotator.taxonomy import Taxonomy
    >>> from annotator.spans import SpanSet
    >>> extractor = FeatureExtractor(Taxonomy.load())
    >>> arabic = extractor.extract("الطاقة المتجددة", "ar", [], SpanSet())[VOCABULARY]
    >>> chinese = extractor.extract("可再生能源", "zh", [], SpanSet())[VOCABULARY]
    >>> sorted(set(arabic) & set(chinese)) != []
    True
    """

    def __init__(self, taxonomy: Taxonomy, kinds: Sequence[str] = (CONCEPT, VOCABULARY)) -> None:
        """Extract the given kinds of features."""
        self._taxonomy = taxonomy
        self._kinds = kinds
        self._finders: dict[str, PhraseFinder] = {}

    def extract(
        self, text: str, language: str, matches: Sequence[Match], muted: SpanSet
    ) -> dict[str, Occurrences]:
        """Return the features of a paragraph by kind.

        Args:
            text: The paragraph.
            language: Its language, a supported one.
            matches: The terms found in it.
            muted: Spans whose words do not count.
        """
        found: dict[str, Occurrences] = {}
        if CONCEPT in self._kinds:
            found[CONCEPT] = concept_occurrences(matches, self._taxonomy)
        if VOCABULARY in self._kinds:
            found[VOCABULARY] = self._vocabulary(text, language, muted)
        if WORDS in self._kinds:
            found[WORDS] = _collect(_words(text, language), muted)
        return found

    def _vocabulary(self, text: str, language: str, muted: SpanSet) -> Occurrences:
        """Find the entries of the vocabulary that stand in a text, each place once."""
        finder = self._finders.get(language)
        if finder is None:
            finder = PhraseFinder(language, self._taxonomy.vocabulary(language))
            self._finders[language] = finder
        found = finder.find_phrases(find_words(text), text)
        if language == "zh":
            found += finder.find_substrings(text)
        numbers: dict[Span, tuple[int, ...]] = {}
        for span, phrases in found:
            numbers[span] = (
                tuple(sorted({*numbers[span], *phrases.terms}))
                if span in numbers
                else phrases.terms
            )
        names = self._taxonomy.vocabulary_ids
        occurrences: Occurrences = {}
        for span in sorted(numbers):
            if muted and muted.overlaps(*span):
                continue
            for number in numbers[span]:
                name = names[number]
                if name in occurrences:
                    occurrences[name].append(span)
                else:
                    occurrences[name] = [span]
        return occurrences


def _words(text: str, language: str) -> Iterator[tuple[str, Span]]:
    """Yield the words of a text and their pairs; for Chinese, runs of two and three characters."""
    before = ""
    last_start = 0
    for start, string in zip(*find_words(text), strict=True):
        word = "#" if string.isdigit() else stem_word(string, language)
        name = f"{language}:{word}"
        yield name, (start, start + len(string))
        if before and word != "#":
            yield f"{before} {word}", (last_start, start + len(string))
        before = "" if word == "#" else name
        last_start = start
    if language == "zh":
        folded = fold(text)
        for size in _HAN_GRAMS:
            for start in range(len(folded.text) - size + 1):
                gram = folded.text[start : start + size]
                if all(map(HAN.match, gram)):
                    yield f"zh:{gram}", folded.span(start, start + size)


def _collect(found: Iterator[tuple[str, Span]], muted: SpanSet) -> Occurrences:
    """Gather the spans of each feature, leaving out muted ones."""
    occurrences: Occurrences = defaultdict(list)
    for name, span in found:
        if not muted.overlaps(*span):
            occurrences[name].append(span)
    return occurrences
