"""Labels that the terms of the taxonomy speak for."""

from __future__ import annotations

from collections import Counter
from math import log
from typing import TYPE_CHECKING

from annotator.model import Evidence, Suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from annotator.matcher import Match
    from annotator.taxonomy import Taxonomy
    from annotator.taxonomy_source import Strength

__all__ = ["STRENGTHS", "KeywordLabels"]

STRENGTHS: Mapping[Strength, float] = {"decisive": 3.0, "strong": 1.6, "weak": 0.5}
"""What one concept adds to a label, in the unit in which fusion weighs keywords."""

_REPETITION = 0.3
"""What naming a concept again adds, per doubling: saying it twice is not two reasons."""


class KeywordLabels:
    """Turn matches into suggestions.

    Each concept counts once for a label, with its strength; naming it again
    adds little, for ten mentions of one idea are no ten ideas.
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        """Use the concepts of a taxonomy."""
        self._ids = taxonomy.concept_ids
        self._labels = taxonomy.concept_labels

    def weigh(self, matches: Sequence[Match]) -> dict[str, float]:
        """Return the weight of each label that a match points to."""
        weights: dict[str, float] = {}
        for concept, count in Counter([match.concept for match in matches]).items():
            often = 1 + _REPETITION * log(count)
            for label, strength in self._labels[concept].items():
                weights[label] = weights.get(label, 0.0) + STRENGTHS[strength] * often
        return weights

    def evidence(
        self, label: str, matches: Sequence[Match], text: str, offset: int
    ) -> tuple[Evidence, ...]:
        """Return the terms that point to a label; arguments as for :meth:`suggest`."""
        same: dict[str, str] = {}  # long texts say the same words thousands of times
        return tuple(
            Evidence(
                start=offset + match.start,
                end=offset + match.end,
                text=same.setdefault(words := text[match.start : match.end], words),
                origin="keyword",
                concept=self._ids[match.concept],
                weight=STRENGTHS[self._labels[match.concept][label]],
            )
            for match in matches
            if label in self._labels[match.concept]
        )

    def suggest(self, matches: Sequence[Match], text: str, offset: int) -> list[Suggestion]:
        """Return one suggestion for each label that a match points to.

        Args:
            matches: What the matcher found in the paragraph.
            text: The paragraph.
            offset: Where the paragraph begins in its document.
        """
        return [
            Suggestion(label, "keyword", weight, self.evidence(label, matches, text, offset))
            for label, weight in self.weigh(matches).items()
        ]
