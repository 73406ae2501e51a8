"""Which labels a text cannot well have, because it does not speak of what they need.

An action line on the applications of technology is about health, farming or work *and* about
technology. A sum of weights cannot say "and": enough words of health would give the label to a text
on hospitals. So a label may name a context that it needs (``taxonomy/contexts.yaml``). Where a
paragraph does not speak of it, the classifier is not heard for the label, and keywords speak alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.phrases import PhraseFinder
from annotator.text import find_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotator.matcher import Match
    from annotator.taxonomy import Taxonomy

__all__ = ["ContextFinder", "hold_back"]


def hold_back(scores: dict[str, float], unmet: frozenset[str]) -> dict[str, float]:
    """Return a classifier's scores where it does not speak for labels whose context is missing.

    Args:
        scores: Label -> log-odds; above 0 the classifier speaks for it.
        unmet: The labels whose context is missing.

    >>> hold_back({"C7.e-health": 4.0, "SDG3": 5.0, "C5": -1.0}, frozenset({"C7.e-health", "C5"}))
    {'C7.e-health': 0.0, 'SDG3': 5.0, 'C5': -1.0}
    """
    if not unmet:
        return scores
    return {label: min(score, 0.0) if label in unmet else score for label, score in scores.items()}


class ContextFinder:
    """Look for the contexts that labels need.

    >>> from annotator.taxonomy import Taxonomy
    >>> finder = ContextFinder(Taxonomy.load())
    >>> "C7.e-health" in finder.unmet("تنقل سيارة الإسعاف المرضى إلى المستشفى", "ar", [])
    True
    >>> "C7.e-health" in finder.unmet("患者用手机向医生咨询病情", "zh", [])
    False
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        """Use the contexts of a taxonomy and the needs of its labels."""
        self._taxonomy = taxonomy
        self._needs = {
            label.id: label.needs for label in taxonomy.labels.values() if label.needs is not None
        }
        self._finders: dict[str, PhraseFinder] = {}

    def unmet(self, text: str, language: str, matches: Sequence[Match]) -> frozenset[str]:
        """Return the labels whose context a text does not speak of.

        A decisive term of a label speaks of all that the label needs.

        Args:
            text: The paragraph.
            language: Its language; in one that is not supported nothing is looked for.
            matches: The terms found in it.
        """
        return self.without_decisive(self.lacking(text, language), matches)

    def lacking(self, text: str, language: str) -> frozenset[str]:
        """Return the labels whose context none of a text's words speaks of."""
        if not self._needs or language not in self._taxonomy.supported_languages:
            return frozenset()
        found = self._find(text, language)
        if found.issuperset(self._needs.values()):
            return frozenset()
        return frozenset(label for label, context in self._needs.items() if context not in found)

    def without_decisive(self, labels: frozenset[str], matches: Sequence[Match]) -> frozenset[str]:
        """Return the labels that no term speaks for decisively."""
        if not labels:
            return labels
        strengths = self._taxonomy.concept_labels
        decisive = {
            label
            for concept in {match.concept for match in matches}
            for label, strength in strengths[concept].items()
            if strength == "decisive"
        }
        return labels - decisive

    def _find(self, text: str, language: str) -> set[str]:
        """Return the contexts that a text speaks of."""
        finder = self._finders.get(language)
        if finder is None:
            finder = PhraseFinder(language, self._taxonomy.contexts(language))
            self._finders[language] = finder
        found = finder.find_phrases(find_words(text), text) + finder.find_substrings(text)
        names = self._taxonomy.context_ids
        return {names[number] for _, phrases in found for number in phrases.terms}
