"""Fit the classifier, and everything that turns its scores into decisions.

A linear model a label, fitted on top of what the keywords say, on features that are the same in every language. A
label that a row does not name is no negative where keywords speak for it,
unless the data set is known to be complete. What combines classifier and
keywords (slopes, intercepts, thresholds) is fitted on scores of rows that the
classifier has not seen: five folds, translations of one text never apart.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from math import log
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from safetensors.numpy import save
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import expit
from threadpoolctl import threadpool_limits

from annotator.calibration import saturated
from annotator.classifier import FORMAT, Block, ModelFile, scaled_values
from annotator.features import CONCEPT, VOCABULARY, WORDS
from annotator.files import write_atomically
from annotator.fusion import UNSAID_LOG_ODDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from annotator.datasets import Example
    from annotator.fusion import FusionSettings
    from annotator.taxonomy import Taxonomy
    from annotator.taxonomy_source import DataSet

__all__ = [
    "BLOCK_WEIGHTS",
    "FOLDS",
    "Trained",
    "anchor",
    "cross_validate",
    "fit",
    "fold_of",
    "save_model",
]

FOLDS = 5
BLOCK_WEIGHTS: Mapping[str, float] = {VOCABULARY: 1.0, CONCEPT: 0.2, WORDS: 0.6}
"""How the kinds of features are scaled against each other."""

REGULARIZATION = 1.0
"""How far weights may go: smaller is smoother (``C`` of scikit-learn's logistic regression)."""

_BIAS_PENALTY = 1e-3
"""Keeps a label's bias finite where all its answers are alike; next to nothing otherwise."""

_ITERATIONS = 80
"""Steps of the minimiser: more change no figure of the card."""

_OFFSET = 0.8
"""Log-odds that a unit of keyword weight counts while the classifier is fitted, so that it learns
what keywords do not say: fitted without, the two say the same thing twice."""

_RAREST: Mapping[str, int] = {VOCABULARY: 2, CONCEPT: 2, WORDS: 5}
"""Features in fewer rows than this are left out; words are many, and most of them rare."""

_LACKING = 2.0
"""Log-odds that a label is taken to lose in a text without what it needs while the classifier is
fitted, so that it need not learn from such texts that words of the subject speak against it."""

_POSITIVE_CEILING = 8.0
"""A positive row counts at most this many times a negative one."""

_SPOKEN_FOR_MORE = 4.5
"""Keyword weight from which an unnamed label is no negative in an incomplete data set."""

_ABOUT_NOTHING = 6.0
"""What a row about no label counts: they are few, and every label has to learn from them."""

_FOREIGN_WEIGHT = 0.3
"""What a row counts as a negative for schemes that its data set does not label."""

_FOREIGN_UNMET_WEIGHT = 0.6
"""The same for a label whose context the row does not speak of: a surer negative."""

_FOREIGN_SPOKEN_FOR = 0.5
"""Keyword weight from which such a row is no negative."""


@dataclass(frozen=True, slots=True)
class Trained:
    """Weights of a fitted classifier."""

    blocks: list[Block]
    weights: NDArray[np.float32]
    """One row a feature, one column a label."""
    bias: NDArray[np.float32]

    def log_odds(self, rows: Sequence[Example]) -> NDArray[np.float32]:
        """Return the scores of rows, one column a label."""
        return np.asarray(_matrix(rows, self.blocks) @ self.weights + self.bias, dtype=np.float32)


def fold_of(group: str) -> int:
    """Return the fold of a group: by its name alone, so that it never changes.

    >>> fold_of("target-4.1") == fold_of("target-4.1") and 0 <= fold_of("目标") < FOLDS
    True
    """
    return int(hashlib.md5(group.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS


def fit(
    rows: Sequence[Example],
    sets: Mapping[str, DataSet],
    labels: Sequence[str],
    taxonomy: Taxonomy,
    kinds: Sequence[str],
    *,
    on_keywords: bool = True,
) -> Trained:
    """Fit one linear model a label.

    Args:
        rows: What to fit on; rows of sets that are only measured on are left out.
        sets: What each data set is.
        labels: The labels, in the order of the columns.
        taxonomy: For the scheme of each label.
        kinds: The kinds of features.
        on_keywords: Fit on top of what the keywords say; else as if they were not there.
    """
    used = [row for row in rows if sets[row.dataset].use == "fit"]
    blocks = [_block(kind, used, sets) for kind in kinds]
    matrix = _matrix(used, blocks)
    targets = [_target(label, used, sets, taxonomy) for label in labels]
    spoken = np.array([[row.keywords.get(label, 0.0) for label in labels] for row in used])
    unmet = np.array([[label in row.unmet for label in labels] for row in used])
    answers = np.stack([answers for answers, _ in targets], axis=1)
    counts = np.stack([counts for _, counts in targets], axis=1)
    offsets = (_OFFSET if on_keywords else 0.0) * saturated(spoken) - _LACKING * unmet
    weights = np.zeros((matrix.shape[1], len(labels)), dtype=np.float32)
    bias = np.zeros(len(labels), dtype=np.float32)
    # Each scheme for itself: what changes in one moves no digit of another.
    schemes = np.array([taxonomy.scheme_of(label) for label in labels])
    for scheme in dict.fromkeys(schemes):
        mine = schemes == scheme
        weights[:, mine], bias[mine] = _fit_labels(
            matrix, answers[:, mine], counts[:, mine], offsets[:, mine]
        )
    return Trained(blocks, weights, bias)


def cross_validate(
    rows: Sequence[Example],
    sets: Mapping[str, DataSet],
    labels: Sequence[str],
    taxonomy: Taxonomy,
    kinds: Sequence[str],
    progress: Callable[[], None] = lambda: None,
    *,
    on_keywords: bool = True,
    seen: Callable[[Example], bool] = lambda _: True,
) -> NDArray[np.float32]:
    """Score every row with a model that has seen neither it nor its translations.

    Args:
        rows: What to fit on, and what to score.
        sets: What each data set is.
        labels: The labels, in the order of the columns.
        taxonomy: For the scheme of each label.
        kinds: The kinds of features.
        progress: Called after each fold.
        on_keywords: As in :func:`fit`.
        seen: Which rows may be fitted on at all.
    """
    scores = np.zeros((len(rows), len(labels)), dtype=np.float32)
    folds = [fold_of(row.group) for row in rows]
    for fold in range(FOLDS):
        trained = fit(
            [row for row, of in zip(rows, folds, strict=True) if of != fold and seen(row)],
            sets,
            labels,
            taxonomy,
            kinds,
            on_keywords=on_keywords,
        )
        held_out = [position for position, of in enumerate(folds) if of == fold]
        scores[held_out] = trained.log_odds([rows[position] for position in held_out])
        progress()
    return scores


def _block(kind: str, rows: Sequence[Example], sets: Mapping[str, DataSet]) -> Block:
    """Choose the features of one kind, and count how rare they are in each language."""
    frequency: dict[str, int] = {}
    by_language: dict[str, dict[str, int]] = {}
    texts: dict[str, int] = {}
    for row in rows:
        prose = sets[row.dataset].rarity == "yes"
        if prose:
            texts[row.language] = texts.get(row.language, 0) + 1
        counts = by_language.setdefault(row.language, {})
        for name in row.features[kind]:
            frequency[name] = frequency.get(name, 0) + 1
            if prose:
                counts[name] = counts.get(name, 0) + 1
    names = sorted(name for name, count in frequency.items() if count >= _RAREST[kind])
    rarity = {}
    if kind != CONCEPT:
        rarity = {
            language: [
                round(log((1 + number) / (1 + by_language[language].get(name, 0))) + 1, 3)
                for name in names
            ]
            for language, number in sorted(texts.items())
        }
    return Block(kind, BLOCK_WEIGHTS[kind], names, rarity)


def _matrix(rows: Sequence[Example], blocks: Sequence[Block]) -> csr_matrix:
    """Build the matrix of scaled features."""
    pointers, columns, values = [0], [], []
    lookup = [{name: number for number, name in enumerate(block.names)} for block in blocks]
    for row in rows:
        first = 0
        for block, number_of in zip(blocks, lookup, strict=True):
            known = {
                name: spans for name, spans in row.features[block.kind].items() if name in number_of
            }
            inner = [number_of[name] for name in known]
            rarity = block.rarity.get(row.language, ())
            counts = [len(spans) for spans in known.values()]
            values += scaled_values(block.kind, block.weight, counts, rarity, inner)
            columns += [first + number for number in inner]
            first += len(block.names)
        pointers.append(len(columns))
    width = sum(len(block.names) for block in blocks)
    return csr_matrix((values, columns, pointers), shape=(len(rows), width), dtype=np.float64)


def _target(
    label: str, rows: Sequence[Example], sets: Mapping[str, DataSet], taxonomy: Taxonomy
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return for one label which rows have it, and how much each row counts."""
    scheme = taxonomy.scheme_of(label)
    answers = np.array([label in row.labels for row in rows])
    weights = np.zeros(len(rows))
    for position, row in enumerate(rows):
        data = sets[row.dataset]
        spoken = row.keywords.get(label, 0.0)
        if answers[position]:
            weights[position] = float(data.weight)
        elif row.known is not None:
            weights[position] = float(data.weight) if label in row.known else 0.0
        elif label in row.unmet and scheme not in data.schemes:
            weights[position] = _FOREIGN_UNMET_WEIGHT
        elif scheme not in data.schemes:
            weights[position] = _FOREIGN_WEIGHT if spoken < _FOREIGN_SPOKEN_FOR else 0.0
        elif data.complete == "yes" or spoken < _SPOKEN_FOR_MORE:
            weights[position] = float(data.weight) * (1.0 if row.labels else _ABOUT_NOTHING)
    positive = weights[answers].sum()
    negative = weights[~answers].sum()
    weights[answers] *= max(1.0, min(_POSITIVE_CEILING, negative / max(positive, 1.0) / 2))
    return answers, weights


def _fit_labels(
    matrix: csr_matrix,
    answers: NDArray[np.bool_],
    counts: NDArray[np.float64],
    offsets: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit a logistic regression a label, on top of what the keywords say already.

    scikit-learn's has no offset, so the loss is minimised here, all labels at once: the sum of
    ``count * log(1 + exp(-sign * (x @ weights + bias + offset)))``, and the squared weights.

    Args:
        matrix: One row a text, one column a feature.
        answers: Which labels each text has.
        counts: How much each answer counts; 0 leaves it out.
        offsets: Log-odds that the keywords give, not fitted.
    """
    sign = np.where(answers, 1.0, -1.0)
    transposed = matrix.T.tocsr()
    shape = (matrix.shape[1] + 1, answers.shape[1])

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Return the loss of some weights, and its gradient."""
        weights, bias = flat.reshape(shape)[:-1], flat.reshape(shape)[-1]
        margin = sign * (matrix @ weights + bias + offsets)
        slope = -sign * counts * expit(-margin)
        gradient = np.vstack(
            [
                transposed @ slope + weights / REGULARIZATION,
                slope.sum(axis=0) + _BIAS_PENALTY * bias,
            ]
        )
        value = (
            (counts * np.logaddexp(0.0, -margin)).sum()
            + (weights**2).sum() / (2 * REGULARIZATION)
            + _BIAS_PENALTY * (bias**2).sum() / 2
        )
        return float(value), gradient.ravel()

    # Several threads add up in another order, and the weights would depend on the machine.
    with threadpool_limits(limits=1):
        found = minimize(
            loss,
            np.zeros(shape[0] * shape[1]),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": _ITERATIONS},
        )
    return found.x.reshape(shape)[:-1], found.x.reshape(shape)[-1]


def anchor(
    trained: Trained, settings: FusionSettings, labels: Sequence[str], taxonomy: Taxonomy
) -> tuple[Trained, FusionSettings]:
    """Move each label's constant from fusion into the classifier; the sums stay as they are.

    Only the sum of the two is fitted. Afterwards a classifier's score of 0 alone
    gives a label :data:`UNSAID_LOG_ODDS`, so that it speaks for every label that it makes
    worth showing, and a paragraph that it does not read is not given its constant.
    """
    moved = [
        (settings.intercept[label] - UNSAID_LOG_ODDS)
        / settings.classifier_slope[taxonomy.scheme_of(label)]
        for label in labels
    ]
    return (
        replace(trained, bias=trained.bias + np.array(moved, dtype=np.float32)),
        replace(settings, intercept=dict.fromkeys(labels, round(UNSAID_LOG_ODDS, 4))),
    )


def save_model(
    folder: Path,
    trained: Trained,
    labels: Sequence[str],
    fusion: FusionSettings,
    taxonomy: Taxonomy,
    rows: Sequence[Example],
) -> None:
    """Write a model folder: weights, names and settings, each file whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    data = save({"weights": trained.weights.astype(np.float16), "bias": trained.bias})
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.dataset] = counts.get(row.dataset, 0) + 1
    file = ModelFile(
        format=FORMAT,
        labels=list(labels),
        blocks=trained.blocks,
        fusion=fusion,
        weights_sha256=hashlib.sha256(data).hexdigest(),
        taxonomy=taxonomy.fingerprint,
        trained_on=dict(sorted(counts.items())),
    )
    write_atomically(folder / "weights.safetensors", data)
    write_atomically(
        folder / "model.json", msgspec.json.format(msgspec.json.encode(file), indent=0) + b"\n"
    )
