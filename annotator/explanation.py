"""How a paragraph got its labels: the sum behind each score, and the spans that speak for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from annotator.fusion import fuse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from annotator.fusion import FusionSettings
    from annotator.model import Abstention, Evidence, Paragraph, Suggestion
    from annotator.taxonomy import Taxonomy

__all__ = ["Explanation", "LabelExplanation", "explain_labels"]

_EXPLAINED = 0.02
"""Score from which an explanation lists a label."""


@dataclass(frozen=True, slots=True)
class LabelExplanation:
    """How one label's score came about."""

    label: str
    score: float
    threshold: float
    assigned: bool
    log_odds: float
    terms: tuple[tuple[str, float], ...]
    """The summands of the log-odds, by name."""
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """How one paragraph got its labels, best first."""

    paragraph: Paragraph
    abstained: Abstention | None
    labels: tuple[LabelExplanation, ...]


def explain_labels(
    suggestions: Sequence[Suggestion],
    unmet: frozenset[str],
    settings: FusionSettings,
    taxonomy: Taxonomy,
) -> tuple[LabelExplanation, ...]:
    """Tell how the score of every suggested label of a paragraph came about, best first.

    Args:
        suggestions: What the suggesters say.
        unmet: The labels that the classifier was not heard for.
        settings: The numbers that combine the suggesters.
        taxonomy: The labels.

    >>> from annotator.fusion import FusionSettings
    >>> from annotator.model import Suggestion
    >>> from annotator.taxonomy import Taxonomy
    >>> said = [Suggestion("SDG6", "keyword", 3.0, ())]
    >>> [explained] = explain_labels(said, frozenset(), FusionSettings(), Taxonomy.load())
    >>> explained.label, [name for name, _ in explained.terms]
    ('SDG6', ['prior', 'keywords', 'classifier'])
    """
    assignments, _ = fuse(suggestions, replace(settings, shown=0.0), taxonomy)
    weights: dict[str, dict[str, float]] = {}
    for suggestion in suggestions:
        weights.setdefault(suggestion.label, {})[suggestion.origin] = suggestion.weight
    return tuple(
        LabelExplanation(
            label=assignment.label,
            score=assignment.score,
            threshold=settings.threshold_of(assignment.label),
            assigned=assignment.assigned,
            log_odds=sum(value for _, value in terms),
            terms=terms,
            evidence=assignment.evidence,
        )
        for assignment in assignments
        if assignment.score >= _EXPLAINED or assignment.assigned
        for label in [assignment.label]
        for terms in [_terms(label, weights[label], label in unmet, settings, taxonomy)]
    )


def _terms(
    label: str,
    weights: Mapping[str, float],
    unheard: bool,  # noqa: FBT001 - one of many facts
    settings: FusionSettings,
    taxonomy: Taxonomy,
) -> tuple[tuple[str, float], ...]:
    """Return the summands of a label's log-odds, by name."""
    scheme = taxonomy.scheme_of(label)
    spoken, scored = weights.get("keyword", 0.0), weights.get("classifier", 0.0)
    nothing = settings.log_odds(label, scheme, 0.0, 0.0)
    keyword = settings.log_odds(label, scheme, spoken, 0.0) - nothing
    classifier = settings.log_odds(label, scheme, 0.0, scored) - nothing
    speaker = "classifier"
    if unheard:
        speaker += f", not heard without a word of {taxonomy.labels[label].needs}"
    terms = [("prior", nothing), ("keywords", keyword), (speaker, classifier)]
    both = settings.log_odds(label, scheme, spoken, scored) - nothing
    if scored < 0 < spoken:
        terms.append(("taken back by keywords", both - keyword - classifier))
    if "declared" in weights:
        terms.append(("declared", weights["declared"]))
    return tuple(terms)
