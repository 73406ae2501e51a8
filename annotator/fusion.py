"""From what the suggesters say to what is assigned: pure functions.

A label's log-odds in a paragraph are a sum: what the classifier says, what the
keywords say (saturating: the tenth term convinces less than the first), and a
constant per label. The numbers come from :class:`FusionSettings`, which ships
with the model and is fitted on data that the classifier was not fitted on, so
that a score of 0.8 is right eight times in ten. A declared label is assigned
whatever the rest says; whether the rest supports it is kept beside it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from math import exp, log, tanh
from typing import TYPE_CHECKING

from annotator.model import Assignment, DocumentAssignment
from annotator.segment import length_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from annotator.model import AnnotatedParagraph, Origin, Paragraph, Suggestion
    from annotator.taxonomy import Taxonomy

__all__ = ["FusionSettings", "fuse", "roll_up", "shift_threshold", "sigmoid"]

ORIGINS: tuple[Origin, ...] = ("declared", "keyword", "classifier", "reviewer")

DECLARED_CERTAINTY = 0.97
"""Score that a declared label has at least: the text says so, though texts are wrong at times."""


@dataclass(frozen=True, slots=True)
class FusionSettings:
    """Numbers that combine the suggesters; the model carries fitted ones."""

    intercept: dict[str, float] = field(default_factory=dict)
    """Log-odds of each label when nothing speaks for it."""
    default_intercept: float = -3.0
    keyword_slope: dict[str, float] = field(default_factory=dict)
    """Log-odds that a unit of keyword weight adds, by scheme."""
    keyword_ceiling: float = 6.0
    """Keyword weight at which more of it adds nothing: ``ceiling * tanh(weight / ceiling)``."""
    classifier_slope: dict[str, float] = field(default_factory=dict)
    """Log-odds that a unit of the classifier's score adds, by scheme."""
    untrained_intercept: float = -2.4
    untrained_slope: float = 1.4
    """What stands for intercept and slope in a scheme that the model was not trained on, where
    keywords speak alone. Chosen, not fitted: one decisive concept gives the label, one strong
    concept does not, two do."""
    threshold: dict[str, float] = field(default_factory=dict)
    """Score from which each label is assigned."""
    default_threshold: float = 0.5
    certain: float = 0.6
    """Score that the best label of a paragraph must reach for any to be assigned: a text about
    nothing here gathers small scores for many labels."""
    shown: float = 0.1
    """Score from which a label is worth showing at paragraph level."""
    supported: float = 0.15
    """Score without the declaration from which a declared label counts as supported: less than a
    threshold, for a label that the text names needs less to be believed."""
    share: float = 0.06
    """Share of a document at which a label's score is halved in the roll-up."""

    def threshold_of(self, label: str) -> float:
        """Return the score from which a label is assigned."""
        return self.threshold.get(label, self.default_threshold)

    def log_odds(self, label: str, scheme: str, keyword: float, classifier: float) -> float:
        """Combine what keywords and classifier say of one label of a scheme."""
        ceiling = self.keyword_ceiling
        if self.keyword_slope and scheme not in self.keyword_slope:
            return self.untrained_intercept + self.untrained_slope * ceiling * tanh(
                keyword / ceiling
            )
        return (
            self.intercept.get(label, self.default_intercept)
            + self.keyword_slope.get(scheme, 1.0) * ceiling * tanh(keyword / ceiling)
            + self.classifier_slope.get(scheme, 1.0) * classifier
        )


def sigmoid(value: float) -> float:
    """Turn log-odds into a probability, without overflow.

    >>> sigmoid(0.0), round(sigmoid(-1000.0), 6), round(sigmoid(1000.0), 6)
    (0.5, 0.0, 1.0)
    """
    if value >= 0:
        return 1.0 / (1.0 + exp(-value))
    return exp(value) / (1.0 + exp(value))


def shift_threshold(threshold: float, base: float) -> float:
    """Move a label's threshold as far as ``base`` is from one half, in log-odds.

    Labels keep their order of strictness: at ``base`` 0.5 nothing moves.

    >>> shift_threshold(0.4, 0.5), round(shift_threshold(0.5, 0.8), 3), shift_threshold(0.3, 1.0)
    (0.4, 0.8, 1.0)
    """
    if base in (0.0, 1.0) or threshold in (0.0, 1.0):
        return base if base in (0.0, 1.0) else threshold
    return sigmoid(log(threshold / (1 - threshold)) + log(base / (1 - base)))


def fuse(
    suggestions: Iterable[Suggestion], settings: FusionSettings, taxonomy: Taxonomy
) -> tuple[tuple[Assignment, ...], dict[str, float]]:
    """Combine the suggestions of one paragraph.

    Returns:
        The labels worth showing, best first, and for every suggested label
        the score that it has without being declared.
    """
    by_label: defaultdict[str, dict[Origin, Suggestion]] = defaultdict(dict)
    for suggestion in suggestions:
        by_label[suggestion.label][suggestion.origin] = suggestion
    assignments: list[Assignment] = []
    undeclared: dict[str, float] = {}
    for label, found in by_label.items():
        keyword = found["keyword"].weight if "keyword" in found else 0.0
        classifier = found["classifier"].weight if "classifier" in found else 0.0
        scheme = taxonomy.scheme_of(label)
        score = sigmoid(settings.log_odds(label, scheme, keyword, classifier))
        undeclared[label] = score
        declared = "declared" in found
        if declared:
            score = max(score, DECLARED_CERTAINTY)
        if score < settings.shown:
            continue
        speaking = [origin for origin in ORIGINS if origin in found and found[origin].weight > 0]
        assignments.append(
            Assignment(
                label=label,
                scheme=scheme,
                score=round(score, 4),
                assigned=declared or score >= settings.threshold_of(label),
                origins=tuple(speaking),
                evidence=tuple(
                    sorted(
                        (span for origin in speaking for span in found[origin].evidence),
                        key=lambda span: (span.start, span.end, span.origin),
                    )
                ),
            )
        )
    certain = {
        taxonomy.layers[assignment.scheme]
        for assignment in assignments
        if assignment.score >= settings.certain
    }
    assignments = [
        assignment
        if taxonomy.layers[assignment.scheme] in certain
        else replace(assignment, assigned=False)
        for assignment in assignments
    ]
    order = {label: position for position, label in enumerate(taxonomy.labels)}
    assignments.sort(key=lambda assignment: (-assignment.score, order[assignment.label]))
    return tuple(assignments), undeclared


def roll_up(
    paragraphs: Sequence[AnnotatedParagraph],
    undeclared: Sequence[Mapping[str, float]],
    settings: FusionSettings,
    taxonomy: Taxonomy,
) -> tuple[DocumentAssignment, ...]:
    """Combine the paragraphs of a document, for every label of the taxonomy.

    A label scores what its best paragraph scores, reduced where only a small
    share of the text speaks for it: one paragraph in ten is enough for a
    strong one, one in fifty is not. So a long document does not collect every
    label that it touches. Boilerplate and duplicates count for nothing.

    Args:
        paragraphs: The paragraphs with their labels.
        undeclared: For each of them, what each label scores without being declared.
        settings: The numbers that combine the suggesters.
        taxonomy: The labels.
    """
    counted = [
        (annotated, scores, _weight(annotated.paragraph))
        for annotated, scores in zip(paragraphs, undeclared, strict=True)
        if annotated.paragraph.kind not in ("boilerplate", "duplicate")
    ]
    total = sum(weight for _, _, weight in counted) or 1.0
    result: list[DocumentAssignment] = []
    for label in taxonomy.labels:
        peak = mass = 0.0
        where: list[int] = []
        origins: set[Origin] = set()
        declared = supported = False
        for annotated, scores, weight in counted:
            score = scores.get(label, 0.0)
            peak = max(peak, score)
            mass += weight * score if score >= settings.shown else 0.0
            supported = supported or score >= settings.supported
            for assignment in annotated.labels:
                if assignment.label == label and assignment.assigned:
                    where.append(annotated.paragraph.index)
                    origins.update(assignment.origins)
                    declared = declared or "declared" in assignment.origins
        share = mass / total
        score = peak * share * (1 + settings.share) / (share + settings.share)
        if declared:
            score = max(score, DECLARED_CERTAINTY)
        result.append(
            DocumentAssignment(
                label=label,
                scheme=taxonomy.scheme_of(label),
                score=round(score, 4),
                assigned=declared or (bool(where) and score >= settings.threshold_of(label)),
                origins=tuple(origin for origin in ORIGINS if origin in origins),
                paragraphs=tuple(where),
                supported=supported,
            )
        )
    return tuple(result)


_HEADING_WEIGHT = 0.5
_FULL_WEIGHT_WORDS = 120
"""A paragraph longer than this counts no more than one of this length."""


def _weight(paragraph: Paragraph) -> float:
    """Return how much a paragraph counts in its document."""
    words = min(length_in_words(paragraph.text), _FULL_WEIGHT_WORDS)
    return words * (_HEADING_WEIGHT if paragraph.kind == "heading" else 1.0)
