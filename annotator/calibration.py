"""What turns the classifier's scores and the keywords into decisions, fitted on unseen rows.

Slopes, intercepts and thresholds are fitted on scores of rows that the
classifier was not fitted on, so that a score of 0.8 is right eight times in
ten, and on the pairs of row and label alone whose answer is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from annotator.fusion import UNSAID_LOG_ODDS, FusionSettings
from annotator.thresholds import balanced_threshold, fit_presets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from annotator.datasets import Example
    from annotator.taxonomy import Taxonomy
    from annotator.taxonomy_source import DataSet
    from annotator.thresholds import ScoredPairs

__all__ = ["fuse_settings", "saturated"]

_SPOKEN_FOR = 1.5
"""Keyword weight from which an unnamed label is no negative in an incomplete data set."""


def saturated(weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return keyword weights as fusion takes them: the tenth term adds next to nothing."""
    ceiling = FusionSettings().keyword_ceiling
    return np.asarray(ceiling * np.tanh(weight / ceiling))


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of a row and a label whose answer is known."""

    inputs: NDArray[np.float64]
    """Saturated keyword weight and classifier score."""
    truth: NDArray[np.bool_]
    weight: NDArray[np.float64]
    column: NDArray[np.intp]
    deciding: NDArray[np.bool_]
    """Which of them choose thresholds: those of texts that count once."""


@dataclass(frozen=True, slots=True)
class _Combined:
    """What combines the suggesters for one scheme, and what that gives for the pairs."""

    keyword: float
    classifier: float
    concession: float
    intercept: NDArray[np.float64]
    """One for each label."""
    log_odds: NDArray[np.float64]
    """One for each pair."""


_ROUNDS = 6
"""Fits after each other: what the classifier denies depends on the labels' constants. After six,
the constants move by less than a hundredth."""


def _combine(pairs: _Pairs, labels: int) -> _Combined:
    """Fit slopes, the share of denials that keywords take back, and a constant a label."""
    one_hot = csr_matrix(
        (np.ones(len(pairs.truth)), pairs.column, np.arange(len(pairs.truth) + 1)),
        shape=(len(pairs.truth), labels),
    )
    spoken, score = pairs.inputs.T
    denied = np.zeros(len(score))
    model = LogisticRegression(C=10.0, max_iter=500, warm_start=True)
    for _ in range(_ROUNDS):
        inputs = np.column_stack([spoken, score, -denied * spoken])
        with threadpool_limits(limits=1):  # as in training: the same order of adding anywhere
            model.fit(
                hstack([csr_matrix(inputs), one_hot]).tocsr(),
                pairs.truth,
                sample_weight=pairs.weight,
            )
        slopes, own = model.coef_[0][:3], model.coef_[0][3:] + model.intercept_[0]
        log_odds = inputs @ slopes + own[pairs.column]
        if score.any():  # keywords alone are not denied by anything
            said = own[pairs.column] - UNSAID_LOG_ODDS + slopes[1] * score
            denied = np.minimum(said, 0.0)
    keyword, classifier, concession = (float(slope) for slope in slopes)
    return _Combined(keyword, classifier, max(0.0, concession), own, log_odds)


def fuse_settings(
    rows: Sequence[Example],
    scores: NDArray[np.float32],
    sets: Mapping[str, DataSet],
    labels: Sequence[str],
    taxonomy: Taxonomy,
) -> FusionSettings:
    """Fit what combines classifier and keywords, on scores of unseen rows.

    Slopes are common to the labels of a scheme, intercepts and thresholds are
    each label's own. Rows of sets that serve to combine alone move slopes and
    intercepts, but choose no threshold: the same texts stand among the others.
    """
    settings = FusionSettings()
    scored: list[tuple[str, ScoredPairs]] = []
    for scheme in taxonomy.schemes:
        columns = [n for n, label in enumerate(labels) if taxonomy.scheme_of(label) == scheme]
        if not columns:
            continue
        pairs = _known_pairs(rows, scores, sets, labels, columns, scheme)
        combined = _combine(pairs, len(labels))
        settings.keyword_slope[scheme] = round(combined.keyword, 4)
        settings.classifier_slope[scheme] = round(combined.classifier, 4)
        settings.concession[scheme] = round(combined.concession, 4)
        probability = 1 / (1 + np.exp(-combined.log_odds))
        for column in columns:
            mine = (pairs.column == column) & pairs.deciding
            settings.intercept[labels[column]] = round(float(combined.intercept[column]), 4)
            settings.threshold[labels[column]] = balanced_threshold(
                probability[mine], pairs.truth[mine], pairs.weight[mine]
            )
            # Where labels are missing, right ones pass for wrong and hard ones are left out.
            whole = mine & (pairs.weight > _INCOMPLETE_WEIGHT)
            chosen = whole if pairs.truth[whole].any() else mine
            scored.append(
                (labels[column], (probability[chosen], pairs.truth[chosen], pairs.weight[chosen]))
            )
    settings.presets.update(fit_presets(settings, scored))
    return settings


def _known_pairs(
    rows: Sequence[Example],
    scores: NDArray[np.float32],
    sets: Mapping[str, DataSet],
    labels: Sequence[str],
    columns: Sequence[int],
    scheme: str,
) -> _Pairs:
    """Gather the pairs whose answer is known.

    Rows of complete sets know all their answers, reviewed rows those that a
    person gave; the others know their own labels, and take the labels that
    nothing speaks for as absent.
    """
    inputs, truth, weight, column_of, deciding = [], [], [], [], []
    for position, row in enumerate(rows):
        data = sets[row.dataset]
        if data.use == "develop" or scheme not in data.schemes:
            continue
        for column in columns:
            if labels[column] in row.unmet:
                continue  # the classifier is not heard
            keyword = row.keywords.get(labels[column], 0.0)
            named = labels[column] in row.labels
            if row.known is not None:
                if labels[column] not in row.known:
                    continue
            elif data.complete == "no" and not named and keyword >= _SPOKEN_FOR:
                continue
            inputs.append((keyword, scores[position, column]))
            truth.append(named)
            sure = row.known is not None or data.complete == "yes"
            weight.append(1.0 if sure else _INCOMPLETE_WEIGHT)
            column_of.append(column)
            deciding.append(data.use == "fit")
    pairs = np.array(inputs)
    pairs[:, 0] = saturated(pairs[:, 0])
    return _Pairs(pairs, np.array(truth), np.array(weight), np.array(column_of), np.array(deciding))


_INCOMPLETE_WEIGHT = 0.3
"""What a pair from an incomplete set counts: there are many, and few of them are hard."""
