"""Thresholds: the usual ones, and those for few wrong labels, or for few missed ones.

The usual thresholds weigh both nearly alike. A person who publishes labels
unread wants few wrong ones; a person who reads them all wants few missed. All
are chosen on the same scores: those of rows that the model has not seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from annotator.fusion import Preset

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from annotator.fusion import FusionSettings, PresetName

__all__ = [
    "GOAL",
    "ScoredPairs",
    "balanced_threshold",
    "fit_presets",
    "precise_threshold",
    "sensitive_threshold",
]

_RECALL_WEIGHT = 1.1
"""How much finding a label counts against being right about it (beta of the F measure). Texts by
others have fewer of the words that model and lexicon know: on ``oro_gold.jsonl`` labels are right
more often than found, and with equal weight too few are."""

_UNKNOWN = 0.5
"""Threshold of a label that no row names."""

GOAL = 0.85
"""Precision, or recall, that each label's threshold is to reach where it can."""

_GRID = np.arange(10, 100) / 100
"""From the score at which a label is shown at all, to certainty."""

_DOUBT = 1.0
"""Wrong pairs that are imagined besides those seen, so that one lucky pair proves nothing."""

ScoredPairs = tuple["NDArray[np.float64]", "NDArray[np.bool_]", "NDArray[np.float64]"]
"""Scores of one label, whether it holds, and how much each pair counts."""


def balanced_threshold(
    score: NDArray[np.float64], truth: NDArray[np.bool_], weight: NDArray[np.float64]
) -> float:
    """Return the threshold at which right labels and found ones are worth most together.

    Of calibrated scores it is the best F measure that any threshold reaches, divided by
    ``1 + beta ** 2`` (Lipton, Elkan and Narayanaswamy, 2014, for ``beta`` 1). How good the best is
    can be told from few rows; where it lies cannot: it moves far with every row.

    >>> score = np.array([0.9] * 20 + [0.4] * 10 + [0.1] * 70)
    >>> truth = np.array([True] * 20 + [True, False] * 5 + [False] * 70)
    >>> balanced_threshold(score, truth, np.ones(100))
    0.41
    """
    square = _RECALL_WEIGHT**2
    best = 0.0
    for threshold in _GRID:
        chosen = score >= threshold
        right = float(weight[chosen & truth].sum())
        each = float(weight[chosen].sum() + square * weight[truth].sum())
        best = max(best, (1 + square) * right / max(1e-9, each))
    return round(best / (1 + square), 2) if best else _UNKNOWN


def precise_threshold(
    score: NDArray[np.float64], truth: NDArray[np.bool_], weight: NDArray[np.float64]
) -> float:
    """Return the lowest threshold that reaches the goal for precision, or comes nearest to it.

    >>> score = np.array([0.9] * 20 + [0.4] * 10)
    >>> truth = np.array([True] * 20 + [False] * 10)
    >>> precise_threshold(score, truth, np.ones(30))
    0.41
    """
    best, best_value = float(_GRID[-1]), -1.0
    for threshold in _GRID:
        chosen = score >= threshold
        right = float(weight[chosen & truth].sum())
        value = right / (float(weight[chosen].sum()) + _DOUBT)
        if value >= GOAL:
            return float(threshold)
        if value > best_value:
            best, best_value = float(threshold), value
    return best


def sensitive_threshold(
    score: NDArray[np.float64], truth: NDArray[np.bool_], weight: NDArray[np.float64]
) -> float:
    """Return the highest threshold that reaches the goal for recall, or the lowest there is.

    >>> score = np.array([0.9] * 8 + [0.3] * 2)
    >>> sensitive_threshold(score, np.ones(10, dtype=bool), np.ones(10))
    0.3
    """
    held = float(weight[truth].sum())
    for threshold in _GRID[::-1]:
        if float(weight[truth & (score >= threshold)].sum()) >= GOAL * held > 0:
            return float(threshold)
    return float(_GRID[0])


def fit_presets(
    settings: FusionSettings, pairs: Iterable[tuple[str, ScoredPairs]]
) -> Mapping[PresetName, Preset]:
    """Return both presets for labels with their scored pairs.

    No label is laxer for precision, or stricter for recall, than it usually
    is: the labels of one are among the usual ones, and these among the other's.
    For recall, no label of a paragraph has to be certain before any is given.
    """
    precise: dict[str, float] = {}
    sensitive: dict[str, float] = {}
    for label, scored in pairs:
        usual = settings.threshold_of(label)
        precise[label] = max(usual, precise_threshold(*scored))
        sensitive[label] = min(usual, sensitive_threshold(*scored))
    return {
        "precision": Preset(precise, settings.certain),
        "recall": Preset(sensitive, min(sensitive.values(), default=settings.certain)),
    }
