"""From what the suggesters say to what is assigned: pure functions.

A label's log-odds in a paragraph are a sum: what the classifier says, what the
keywords say (saturating: the tenth term convinces less than the first), and a
constant per label. Where the classifier speaks against a label, it counts the
less, the more the keywords speak for it. The numbers come from :class:`FusionSettings`, which ships
with the model and is fitted on data that the classifier was not fitted on, so
that a score of 0.8 is right eight times in ten. A declared label is assigned
whatever the rest says; whether the rest supports it is kept beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import exp, log, tanh
from typing import TYPE_CHECKING, Literal, NamedTuple

from annotator.errors import ModelError
from annotator.model import Assignment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from annotator.model import Evidence, Origin, Suggestion
    from annotator.taxonomy import Taxonomy

__all__ = [
    "UNSAID_LOG_ODDS",
    "Fusion",
    "FusionSettings",
    "Preset",
    "PresetName",
    "apply_preset",
    "fuse",
    "heard",
    "shift_threshold",
    "sigmoid",
]

PresetName = Literal["precision", "recall"]
"""What thresholds can be chosen for, besides the best of both."""

ORIGINS: tuple[Origin, ...] = ("declared", "keyword", "classifier", "reviewer")

UNSAID_LOG_ODDS = log(0.05 / 0.95)
"""Log-odds of a label that nothing speaks for: a score of less than is shown."""

DECLARED_CERTAINTY = 0.97
"""Score that a declared label has at least: the text says so, though texts are wrong at times."""


@dataclass(frozen=True, slots=True)
class Preset:
    """Other thresholds, fitted on the same scores for another purpose."""

    threshold: dict[str, float] = field(default_factory=dict)
    """Score from which each label is assigned."""
    certain: float = 0.6
    """Score that the best label of a paragraph must reach for any to be assigned."""


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
    concession: dict[str, float] = field(default_factory=dict)
    """Share of a classifier's score below 0 that each unit of keyword weight takes back, by scheme:
    it has learned from texts that name one label where two hold, and denies the second although
    the text has the very words for it."""
    untrained_intercept: float = -2.4
    untrained_slope: float = 1.4
    """What stands for intercept and slope in a scheme that the model was not trained on, where
    keywords speak alone. Chosen, not fitted: one decisive concept gives the label, one strong
    concept does not, two do."""
    threshold: dict[str, float] = field(default_factory=dict)
    """Score from which each label is assigned."""
    default_threshold: float = 0.5
    certain: float = 0.55
    """Score that the best label of a paragraph must reach for any to be assigned: a text about
    nothing here gathers small scores for many labels."""
    telling: float = 3.0
    """Keyword weight at which a label needs only its own threshold: its very concept is named."""
    shown: float = 0.1
    """Score from which a label is worth showing at paragraph level."""
    supported: float = 0.15
    """Score without the declaration from which a declared label counts as supported: less than a
    threshold, for a label that the text names needs less to be believed."""
    named: float = 1.5
    """Keyword weight, a strong concept's, with which a declared label counts as supported too,
    whatever the classifier makes of a paragraph on many subjects."""
    share: float = 0.06
    """Share of a document at which a label's score is halved in the roll-up."""
    presets: dict[PresetName, Preset] = field(default_factory=dict)
    """Thresholds for few wrong labels (``precision``) and for few missed ones (``recall``)."""

    def threshold_of(self, label: str) -> float:
        """Return the score from which a label is assigned."""
        return self.threshold.get(label, self.default_threshold)

    def is_untrained(self, scheme: str) -> bool:
        """Tell whether the model knows other schemes, but not this one."""
        return bool(self.keyword_slope) and scheme not in self.keyword_slope

    def log_odds(self, label: str, scheme: str, keyword: float, classifier: float) -> float:
        """Combine what keywords and classifier say of one label of a scheme."""
        spoken = self.keyword_ceiling * tanh(keyword / self.keyword_ceiling)
        if self.is_untrained(scheme):
            return self.untrained_intercept + self.untrained_slope * spoken
        if classifier < 0.0:
            classifier *= heard(spoken, self.concession.get(scheme, 0.0))
        return (
            self.intercept.get(label, self.default_intercept)
            + self.keyword_slope.get(scheme, 1.0) * spoken
            + self.classifier_slope.get(scheme, 1.0) * classifier
        )


def heard(spoken: float, concession: float) -> float:
    """Return the share of a denial that counts beside so much (saturated) keyword weight.

    >>> heard(0.0, 0.2), round(heard(3.0, 0.2), 6), heard(6.0, 0.2)
    (1.0, 0.4, 0.0)
    """
    return max(0.0, 1.0 - concession * spoken)


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


def apply_preset(settings: FusionSettings, name: PresetName) -> FusionSettings:
    """Return settings with the thresholds of a preset.

    Raises:
        ModelError: The model was trained without it.

    >>> settings = FusionSettings(presets={"recall": Preset({"SDG6": 0.2}, certain=0.2)})
    >>> apply_preset(settings, "recall").threshold_of("SDG6"), settings.threshold_of("SDG6")
    (0.2, 0.5)
    """
    preset = settings.presets.get(name)
    if preset is None:
        raise ModelError(
            f"the model has no thresholds for --{name}",
            where="model.json",
            hint="train it again with annotator train",
        )
    return replace(settings, threshold=preset.threshold, certain=preset.certain)


def fuse(
    suggestions: Iterable[Suggestion], settings: FusionSettings, taxonomy: Taxonomy
) -> tuple[tuple[Assignment, ...], dict[str, float]]:
    """Combine the suggestions of one paragraph.

    Returns:
        The labels worth showing, best first, and for every suggested label
        the score that it has without being declared.
    """
    weights: dict[Origin, dict[str, float]] = {origin: {} for origin in ORIGINS}
    spans: dict[tuple[str, Origin], tuple[Evidence, ...]] = {}
    for suggestion in suggestions:
        weights[suggestion.origin][suggestion.label] = suggestion.weight
        spans[suggestion.label, suggestion.origin] = suggestion.evidence
    return Fusion(settings, taxonomy).combine(weights, lambda label, origin: spans[label, origin])


class _Numbers(NamedTuple):
    """What combines the suggesters for one label."""

    position: int
    scheme: str
    intercept: float
    keyword: float
    classifier: float
    concession: float
    threshold: float


def _numbers(label: str, position: int, settings: FusionSettings, taxonomy: Taxonomy) -> _Numbers:
    """Look up what combines the suggesters for one label."""
    scheme = taxonomy.scheme_of(label)
    threshold = settings.threshold_of(label)
    if settings.is_untrained(scheme):
        intercept, slope = settings.untrained_intercept, settings.untrained_slope
        return _Numbers(position, scheme, intercept, slope, 0.0, 0.0, threshold)
    return _Numbers(
        position,
        scheme,
        settings.intercept.get(label, settings.default_intercept),
        settings.keyword_slope.get(scheme, 1.0),
        settings.classifier_slope.get(scheme, 1.0),
        settings.concession.get(scheme, 0.0),
        threshold,
    )


class Fusion:
    """Combine what suggesters say of many paragraphs, with the same settings."""

    def __init__(self, settings: FusionSettings, taxonomy: Taxonomy) -> None:
        """Look the numbers of each label up once."""
        self._settings = settings
        self._numbers = {
            label: _numbers(label, position, settings, taxonomy)
            for position, label in enumerate(taxonomy.labels)
        }
        self._layers = taxonomy.layers

    def combine(
        self,
        weights: Mapping[Origin, Mapping[str, float]],
        evidence: Callable[[str, Origin], Iterable[Evidence]],
    ) -> tuple[tuple[Assignment, ...], dict[str, float]]:
        """Combine what is said of one paragraph.

        Args:
            weights: For each origin the weight that it gives to labels.
            evidence: Gives the evidence of a label from an origin; called only
                for labels that are worth showing.

        Returns:
            As :func:`fuse`.
        """
        settings = self._settings
        declared = weights["declared"]
        undeclared = self._scores(weights)
        shown: list[tuple[float, int, str, bool]] = []
        for label, score in undeclared.items():
            named = label in declared
            if named:
                score = max(score, DECLARED_CERTAINTY)  # noqa: PLW2901 - the score with its name
            if score >= settings.shown:
                numbers = self._numbers[label]
                assigned = named or score >= numbers.threshold
                shown.append((-round(score, 4), numbers.position, label, assigned))
        shown.sort()
        keyword = weights["keyword"]
        certain = {
            self._layers[self._numbers[label].scheme]
            for negative, _, label, assigned in shown
            if -negative >= settings.certain
            or (assigned and keyword.get(label, 0.0) >= settings.telling)
        }
        assignments: list[Assignment] = []
        for negative, _, label, assigned in shown:
            scheme = self._numbers[label].scheme
            speaking = tuple(
                origin
                for origin in ORIGINS
                if origin in weights and weights[origin].get(label, 0.0) > 0
            )
            spans = [span for origin in speaking for span in evidence(label, origin)]
            spans.sort(key=_place)
            assignments.append(
                Assignment(
                    label=label,
                    scheme=scheme,
                    score=-negative,
                    assigned=assigned and self._layers[scheme] in certain,
                    origins=speaking,
                    evidence=tuple(spans),
                )
            )
        return tuple(assignments), undeclared

    def _scores(self, weights: Mapping[Origin, Mapping[str, float]]) -> dict[str, float]:
        """Return the score of every label that something is said of, declarations left out."""
        keyword, classifier = weights["keyword"], weights["classifier"]
        ceiling = self._settings.keyword_ceiling
        scores: dict[str, float] = {}
        for label in {label: None for said in weights.values() for label in said}:
            numbers = self._numbers[label]
            odds = numbers.intercept
            spoken = 0.0
            if label in keyword:
                spoken = ceiling * tanh(keyword[label] / ceiling)
                odds += numbers.keyword * spoken
            if label in classifier:
                said = numbers.classifier * classifier[label]
                odds += said * heard(spoken, numbers.concession) if said < 0.0 < spoken else said
            scores[label] = sigmoid(odds)
        return scores


def _place(span: Evidence) -> tuple[int, int, str]:
    """Return what evidence is sorted by."""
    return span.start, span.end, span.origin
