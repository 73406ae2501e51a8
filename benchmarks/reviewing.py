"""How many decisions the uncertain order needs to reach what random order reaches with 300.

A simulated reviewer answers from gold labels: for each text, every label that
the machine shows, and every right one that it misses; each answer is one
decision. Half of the texts can be reviewed, the other half measures. The
orders are those of ``annotator review``: ``uncertain`` by the shipped model's
doubt (it does not change while a person reviews), ``random`` by chance.

``annotator train --reviews`` fits the classifier anew on all data, which takes
minutes, and would have to be done a thousand times here. Instead the shipped
classifier is corrected by what the decisions add to its own training
objective, the old data standing as a quadratic around the shipped weights
(the diagonal of the second derivative: Laplace's approximation). The numbers
that combine classifier and keywords stay as shipped.

Run ``python benchmarks/reviewing.py DATA`` on the folder that the shipped
model was trained on, ``../shared/data``; the gold is its ``oro_gold.jsonl``,
on which nothing was fitted.
"""

from __future__ import annotations

import argparse
import random
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from safetensors.numpy import load
from scipy.linalg import cholesky, solve_triangular
from scipy.optimize import minimize

from annotator.calibration import saturated
from annotator.classifier import Classifier, ModelFile
from annotator.datasets import Example, read_examples
from annotator.fusion import FusionSettings, fuse
from annotator.learning import REVIEWED_WEIGHT
from annotator.model import Suggestion
from annotator.priority import priority
from annotator.resources import examples_folder, model_folder
from annotator.taxonomy import Taxonomy
from annotator.train import REGULARIZATION, Trained, _matrix, _target

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from annotator.taxonomy_source import DataSet

SCHEME = "sdg"
GOLD = "oro_gold.jsonl"
TARGET = 300
"""Decisions in random order whose result the uncertain order has to reach."""

STEP = 25
SPLITS = 15
SHUFFLES = 4
"""Random orders a split, whose results are averaged."""

SHOWN = (0, 100, 200, 300, 400, 500)


@dataclass(frozen=True, slots=True)
class Corpus:
    """The gold texts, as the shipped model sees them: one row a text, one column a label."""

    truth: NDArray[np.bool_]
    classified: NDArray[np.float64]
    """The classifier's own scores."""
    spoken: NDArray[np.float64]
    """Log-odds that the keywords alone give."""
    slope: float
    """What a unit of the classifier's score adds to them."""
    heard: NDArray[np.float64]
    """Share of the classifier's score below 0 that counts beside the keywords."""
    kernels: list[NDArray[np.float64]]
    """For each label, how far an answer about one text moves the score of another."""
    boost: list[float]
    """For each label, what a yes counts against a no, as in training."""
    thresholds: NDArray[np.float64]
    certain: float
    asked: NDArray[np.bool_]
    """What a reviewer would answer: labels shown, and right ones that are not."""
    doubt: NDArray[np.float64]


def read_corpus(data: Path) -> Corpus:
    """Read the data, score the gold with the shipped model, and weigh what the old data hold."""
    taxonomy = Taxonomy.load()
    settings = Classifier.load(taxonomy).fusion
    trained, every_label = _shipped()
    labels = [label for label in every_label if taxonomy.scheme_of(label) == SCHEME]
    columns = [every_label.index(label) for label in labels]
    kinds = [block.kind for block in trained.blocks]
    rows, sets = read_examples([data], taxonomy, examples_folder(), kinds, _refuse)
    gold = [row for row in rows if row.dataset == GOLD and row.labels]
    old = [row for row in rows if sets[row.dataset].use == "fit"]
    classified = trained.log_odds(gold)[:, columns].astype(float)
    kernels, boost = _weigh(trained, old, gold, sets, labels, columns, taxonomy)
    truth = np.array([[label in row.labels for label in labels] for row in gold])
    spoken, heard, shown, doubt = _fused(gold, classified, labels, settings, taxonomy)
    return Corpus(
        truth=truth,
        classified=classified,
        spoken=spoken,
        slope=settings.classifier_slope.get(SCHEME, 1.0),
        heard=heard,
        kernels=kernels,
        boost=boost,
        thresholds=np.array([settings.threshold_of(label) for label in labels]),
        certain=settings.certain,
        asked=shown | truth,
        doubt=doubt,
    )


def _refuse(error: Exception) -> None:
    raise error


def _shipped() -> tuple[Trained, list[str]]:
    """Return the shipped weights as training left them, and the labels of their columns."""
    file = msgspec.json.decode((model_folder() / "model.json").read_bytes(), type=ModelFile)
    tensors = load((model_folder() / "weights.safetensors").read_bytes())
    return Trained(file.blocks, tensors["weights"].astype(np.float32), tensors["bias"]), file.labels


def _weigh(
    trained: Trained,
    old: Sequence[Example],
    gold: Sequence[Example],
    sets: Mapping[str, DataSet],
    labels: Sequence[str],
    columns: Sequence[int],
    taxonomy: Taxonomy,
) -> tuple[list[NDArray[np.float64]], list[float]]:
    """Say for each label how firmly the old data hold each weight: the less, the more it moves."""
    matrix, texts = _matrix(old, trained.blocks), _matrix(gold, trained.blocks)
    squared = matrix.multiply(matrix).tocsr()
    scores = trained.log_odds(old)
    kernels, boost = [], []
    for label, column in zip(labels, columns, strict=True):
        answers, weights = _target(label, old, sets, taxonomy)
        probability = 1 / (1 + np.exp(-scores[:, column].astype(float)))
        curvature = weights * probability * (1 - probability)
        held = 1 / REGULARIZATION + squared.T @ curvature
        constant = 1 / (1 / REGULARIZATION + curvature.sum())
        kernels.append((texts.multiply(1 / held) @ texts.T).toarray() + constant)
        first = int(np.flatnonzero(answers)[0])
        boost.append(float(weights[first]) / float(sets[old[first].dataset].weight))
    return kernels, boost


def _fused(
    gold: Sequence[Example],
    classified: NDArray[np.float64],
    labels: Sequence[str],
    settings: FusionSettings,
    taxonomy: Taxonomy,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]:
    """Return what keywords give, what is heard of denials, the labels that are seen, the doubt."""
    thresholds = {label: settings.threshold_of(label) for label in labels}
    keywords = np.array([[row.keywords.get(label, 0.0) for label in labels] for row in gold])
    heard = np.maximum(0.0, 1 - settings.concession.get(SCHEME, 0.0) * saturated(keywords))
    spoken, shown, doubt = [], [], []
    for weights, scores in zip(keywords.tolist(), classified.tolist(), strict=True):
        said: list[Suggestion] = []
        for label, keyword, score in zip(labels, weights, scores, strict=True):
            said += [Suggestion(label, "keyword", keyword), Suggestion(label, "classifier", score)]
        assignments, _ = fuse(said, settings, taxonomy)
        seen = {assignment.label for assignment in assignments}
        spoken.append(
            [
                settings.log_odds(label, SCHEME, keyword, 0.0)
                for label, keyword in zip(labels, weights, strict=True)
            ]
        )
        shown.append([label in seen for label in labels])
        doubt.append(priority(assignments, thresholds).uncertain)
    return np.array(spoken), heard, np.array(shown), np.array(doubt)


def correct(corpus: Corpus, decided: Sequence[int], measured: Sequence[int]) -> NDArray[np.float64]:
    """Return the log-odds of the measured texts after learning from the decided ones."""
    scores = corpus.classified[measured].copy()
    for column, kernel in enumerate(corpus.kernels):
        rows = [row for row in decided if corpus.asked[row, column]]
        if not rows:
            continue
        truth = corpus.truth[rows, column]
        root = cholesky(kernel[np.ix_(rows, rows)] + 1e-9 * np.eye(len(rows)), lower=True)
        loss = _objective(
            root,
            corpus.classified[rows, column],
            np.where(truth, 1.0, -1.0),
            REVIEWED_WEIGHT * np.where(truth, corpus.boost[column], 1.0),
        )
        fitted = minimize(loss, np.zeros(len(rows)), jac=True, method="L-BFGS-B").x
        moved = kernel[np.ix_(measured, rows)] @ solve_triangular(root.T, fitted)
        scores[:, column] += moved
    counted = np.where(scores < 0, scores * corpus.heard[measured], scores)
    return corpus.spoken[measured] + corpus.slope * counted


def _objective(
    root: NDArray[np.float64],
    base: NDArray[np.float64],
    sign: NDArray[np.float64],
    weight: NDArray[np.float64],
) -> Callable[[NDArray[np.float64]], tuple[float, NDArray[np.float64]]]:
    """Return what is minimized, with its gradient: logistic loss, held by the old data."""

    def objective(free: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (base + root @ free)
        pull = -weight * sign / (1 + np.exp(np.clip(margin, -50, 50)))
        value = float((weight * np.logaddexp(0, -margin)).sum() + free @ free / 2)
        return value, root.T @ pull + free

    return objective


def measure(
    corpus: Corpus, log_odds: NDArray[np.float64], measured: Sequence[int]
) -> dict[str, float]:
    """Return micro F1, and the squared error turned round, so that more is better."""
    probability = 1 / (1 + np.exp(-log_odds))
    certain = probability.max(axis=1, keepdims=True) >= corpus.certain
    given = (probability >= corpus.thresholds) & certain
    truth = corpus.truth[measured]
    f1 = 2 * (given & truth).sum() / (given.sum() + truth.sum())
    return {"micro F1": float(f1), "squared error": -float(((probability - truth) ** 2).mean())}


Curve = dict[int, dict[str, float]]
"""Decisions -> name of a figure -> its value."""


def curve(
    corpus: Corpus, order: Sequence[int], measured: Sequence[int], stops: Sequence[int]
) -> Curve:
    """Return the figures after each number of decisions; no text is left half done."""
    sums = np.cumsum([int(corpus.asked[row].sum()) for row in order])
    decided = {stop: order[: int(np.searchsorted(sums, stop, side="right"))] for stop in stops}
    return {
        stop: measure(corpus, correct(corpus, rows, measured), measured)
        for stop, rows in decided.items()
    }


def compare(corpus: Corpus, seed: int) -> tuple[Curve, Curve]:
    """Split the texts once; return the curves of the uncertain and of the random order."""
    draw = random.Random(seed)  # noqa: S311 - nothing secret
    rows = list(range(len(corpus.truth)))
    draw.shuffle(rows)
    pool, measured = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    doubtful = sorted(pool, key=lambda row: -corpus.doubt[row])
    uncertain = curve(corpus, doubtful, measured, range(0, SHOWN[-1] + 1, STEP))
    shuffled = [
        curve(corpus, draw.sample(pool, len(pool)), measured, SHOWN) for _ in range(SHUFFLES)
    ]
    mean = {
        stop: {name: statistics.fmean(one[stop][name] for one in shuffled) for name in uncertain[0]}
        for stop in SHOWN
    }
    return uncertain, mean


def reach(result: tuple[Curve, Curve], name: str) -> int:
    """Return after how many decisions the uncertain order reaches what random order has at 300.

    If it never does, one step more than was tried.
    """
    uncertain, shuffled = result
    target = shuffled[TARGET][name]
    reached = [stop for stop, figures in uncertain.items() if figures[name] >= target]
    return min(reached, default=SHOWN[-1] + STEP)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path, help="the folder that the shipped model was trained on")
    corpus = read_corpus(parser.parse_args().data)
    results = [compare(corpus, seed) for seed in range(SPLITS)]
    each = corpus.asked.sum(axis=1).mean()
    print(f"{len(corpus.truth)} texts, {each:.1f} decisions a text; medians of {SPLITS} splits\n")
    for name in results[0][0][0]:
        print(f"| {name} after decisions | " + " | ".join(map(str, SHOWN)) + " |")
        print("| --- |" + " ---: |" * len(SHOWN))
        for title, which in (("uncertain", 0), ("random", 1)):
            cells = [
                statistics.median(abs(result[which][stop][name]) for result in results)
                for stop in SHOWN
            ]
            print(f"| {title} | " + " | ".join(f"{cell:.4f}" for cell in cells) + " |")
        needed = [reach(result, name) for result in results]
        low, middle, high = statistics.quantiles(needed, n=4)
        never = sum(value > SHOWN[-1] for value in needed)
        gains = sum(result[1][TARGET][name] > result[1][0][name] for result in results)
        print(
            f"\nThe uncertain order reaches what random order reaches with {TARGET} after "
            f"{middle:.0f} decisions\n(median; half of the splits: {low:.0f} to {high:.0f}; "
            f"not within {SHOWN[-1]}: {never} of {SPLITS}).\n"
            f"Random order gained anything with {TARGET} in {gains} of {SPLITS}.\n"
        )


if __name__ == "__main__":
    main()
