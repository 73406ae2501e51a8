"""Decisions of reviewers as data for training, and what a model learned from them.

Of a reviewed paragraph only the answers are known that somebody gave, yes and
no alike; all its other labels are left open. What the decisions bring is
measured on decisions that were held back: paragraphs are split into folds by
their hash, and each is judged by a model that was fitted on the other folds,
once with their decisions and once with none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from annotator.calibration import fuse_settings
from annotator.card import fused
from annotator.datasets import ExampleReader
from annotator.errors import UsageError
from annotator.model import Document
from annotator.store import Query, Store
from annotator.taxonomy_source import DataSet
from annotator.train import FOLDS, cross_validate, fit, fold_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from annotator.datasets import Example
    from annotator.fusion import FusionSettings
    from annotator.store import Settled, StoredParagraph
    from annotator.taxonomy import Taxonomy
    from annotator.train import Trained

__all__ = [
    "REVIEWED_WEIGHT",
    "REVIEWS",
    "ChangedParagraph",
    "Figures",
    "LabelLearned",
    "Learned",
    "Reviewed",
    "describe_learning",
    "measure_learning",
    "read_reviews",
]

REVIEWS = "reviews"
"""Name of the decisions among the data sets."""

REVIEWED_WEIGHT = 2.0
"""How much a decision counts against a row of other data."""

_RESAMPLES = 1000
_SEED = 20
_CONFIDENCE = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a store has to teach."""

    rows: list[Example]
    """Decided paragraphs."""
    data_set: DataSet
    paragraphs: list[StoredParagraph]
    """All paragraphs that a person may be asked about."""
    unlabelled: list[Example]
    """Their features, in the same order."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How a model meets decisions."""

    right: float
    """Share of the decisions that it would have made, too."""
    precision: float
    recall: float
    f1: float
    error: float
    """Mean squared distance of its scores from the decisions (Brier)."""


@dataclass(frozen=True, slots=True)
class LabelLearned:
    """How often a model meets the decisions about one label."""

    label: str
    decisions: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class ChangedParagraph:
    """A paragraph of the store that the new model labels differently."""

    document: str
    position: int
    text: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """What decisions changed in a model."""

    decisions: int
    """Answers, yes or no."""
    reviewed: int
    """Paragraphs that they are about."""
    before: Figures
    """Of a model that was fitted on no decision."""
    after: Figures
    """Of models that were fitted on the decisions about other paragraphs."""
    difference: tuple[float, float]
    """Where the difference of ``right`` lies 95 times in 100; paragraphs resampled."""
    labels: tuple[LabelLearned, ...]
    paragraphs: int
    """Paragraphs of the store that a person may be asked about."""
    changed: tuple[ChangedParagraph, ...]


def read_reviews(path: Path, taxonomy: Taxonomy, kinds: Sequence[str]) -> Reviewed:
    """Read a store's decisions as data.

    A label on which reviewers disagree is left open. So is one that was accepted where the text
    names it: its name is no example of what it means.

    Raises:
        StoreError: The store cannot be read.
        UsageError: It holds no decision.
    """
    reader = ExampleReader(taxonomy, kinds)
    rows: list[Example] = []
    with Store.open(path, create=False) as store:
        for paragraph, settled in store.decided():
            answers = _answers(paragraph, settled, taxonomy)
            labels = tuple(label for label, yes in answers.items() if yes)
            if answers:
                rows += [
                    replace(row, known=frozenset(answers))
                    for row in reader.read([_document(paragraph, labels)], REVIEWS)
                ]
        queue = store.queue(Query(order="document", state="all"))
        asked = {paragraph.fingerprint: paragraph for paragraph in map(store.paragraph, queue)}
    if not rows:
        raise UsageError(
            "there is no decision to learn from", where=str(path), hint="annotator review"
        )
    unlabelled = list(reader.read(map(_document, asked.values()), REVIEWS))
    return Reviewed(
        rows=rows,
        data_set=DataSet(
            use="fit",
            schemes=tuple(taxonomy.schemes),
            complete="no",
            weight=str(REVIEWED_WEIGHT),
            rarity="no",
            licence="the reviewers' own",
            citation="decisions of reviewers (`annotator review`)",
        ),
        # Paragraphs in languages without support have no features.
        paragraphs=[asked[row.id] for row in unlabelled],
        unlabelled=unlabelled,
    )


def _document(paragraph: StoredParagraph, labels: tuple[str, ...] = ()) -> Document:
    """Return a paragraph as a document, known by its fingerprint."""
    return Document(
        paragraph.fingerprint, paragraph.place.document, paragraph.text, paragraph.language, labels
    )


def _answers(
    paragraph: StoredParagraph, settled: Mapping[str, Settled], taxonomy: Taxonomy
) -> dict[str, bool]:
    """Return the answers that can be learned from."""
    declared = {label.label for label in paragraph.labels if "declared" in label.origins}
    leaves = set(taxonomy.leaves())
    return {
        label: one.answer
        for label, one in settled.items()
        if one.answer is not None and label in leaves and not (one.answer and label in declared)
    }


def measure_learning(
    reviewed: Reviewed,
    rows: Sequence[Example],
    scores: NDArray[np.float32],
    sets: Mapping[str, DataSet],
    taxonomy: Taxonomy,
    model: tuple[Trained, FusionSettings],
    kinds: Sequence[str],
    progress: Callable[[], None] = lambda: None,
) -> Learned:
    """Compare a model with one that was fitted on the same data without the decisions.

    Args:
        reviewed: What the store taught.
        rows: All data, the decisions among them.
        scores: What models that had not seen them gave them, by cross-validation.
        sets: What each data set is.
        taxonomy: The labels.
        model: The new model, fitted on all of it.
        kinds: The kinds of features that both models have.
        progress: Called after each of five steps.
    """
    labels = list(taxonomy.leaves())
    without = {**sets, REVIEWS: DataSet("develop", (), "no", "0", "no")}
    scores_before = cross_validate(rows, without, labels, taxonomy, kinds, progress)
    settings_before = fuse_settings(rows, scores_before, without, labels, taxonomy)
    positions = [n for n, row in enumerate(rows) if row.dataset == REVIEWS]
    decided = [rows[position] for position in positions]
    known = np.array([[label in (row.known or ()) for label in labels] for row in decided])
    truth = np.array([[label in row.labels for label in labels] for row in decided])
    before = fused(decided, scores_before[positions], labels, settings_before, taxonomy)
    given, probability = _held_back(rows, scores, positions, sets, taxonomy)
    right_before, right_after = (before.given == truth) & known, (given == truth) & known
    old = fit(rows, without, labels, taxonomy, kinds)
    return Learned(
        decisions=int(known.sum()),
        reviewed=len(decided),
        before=_figures(before.given, before.probability, truth, known),
        after=_figures(given, probability, truth, known),
        difference=_interval(right_after.sum(axis=1) - right_before.sum(axis=1), known.sum(axis=1)),
        labels=tuple(
            LabelLearned(
                label,
                int(known[:, column].sum()),
                int(right_before[:, column].sum()),
                int(right_after[:, column].sum()),
            )
            for column, label in enumerate(labels)
            if known[:, column].any()
        ),
        paragraphs=len(reviewed.paragraphs),
        changed=_changed(reviewed, (old, settings_before), model, taxonomy),
    )


def _held_back(
    rows: Sequence[Example],
    scores: NDArray[np.float32],
    positions: Sequence[int],
    sets: Mapping[str, DataSet],
    taxonomy: Taxonomy,
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return what is given to decided rows when their fold took no part, in combining neither."""
    labels = list(taxonomy.leaves())
    given = np.zeros((len(positions), len(labels)), dtype=bool)
    probability = np.zeros((len(positions), len(labels)))
    folds = np.array([fold_of(rows[position].group) for position in positions])
    for fold in range(FOLDS):
        mine = np.flatnonzero(folds == fold)
        if not len(mine):
            continue
        chosen = [positions[int(number)] for number in mine]
        hidden = set(chosen)
        kept = [n for n in range(len(rows)) if n not in hidden]
        settings = fuse_settings([rows[n] for n in kept], scores[kept], sets, labels, taxonomy)
        held_out = fused([rows[n] for n in chosen], scores[chosen], labels, settings, taxonomy)
        given[mine], probability[mine] = held_out.given, held_out.probability
    return given, probability


def _figures(
    given: NDArray[np.bool_],
    probability: NDArray[np.float64],
    truth: NDArray[np.bool_],
    known: NDArray[np.bool_],
) -> Figures:
    """Compare what is given with what was decided."""
    true_positive = float((given & truth & known).sum())
    precision = true_positive / max(1.0, float((given & known).sum()))
    recall = true_positive / max(1.0, float((truth & known).sum()))
    return Figures(
        right=float((given == truth)[known].mean()),
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / max(1e-9, precision + recall),
        error=float(((probability - truth)[known] ** 2).mean()),
    )


def _interval(gained: NDArray[np.int_], decisions: NDArray[np.int_]) -> tuple[float, float]:
    """Return where the gain per decision lies, over resampled paragraphs."""
    generator = np.random.default_rng(_SEED)
    count = len(decisions)
    times = generator.multinomial(count, np.full(count, 1 / count), _RESAMPLES)
    low, high = np.percentile((times @ gained) / (times @ decisions), _CONFIDENCE)
    return float(low), float(high)


def _changed(
    reviewed: Reviewed,
    old: tuple[Trained, FusionSettings],
    new: tuple[Trained, FusionSettings],
    taxonomy: Taxonomy,
) -> tuple[ChangedParagraph, ...]:
    """List the paragraphs of the store that two models label differently."""
    labels = list(taxonomy.leaves())
    rows = reviewed.unlabelled
    if not rows:
        return ()
    before, after = (
        fused(rows, trained.log_odds(rows), labels, settings, taxonomy).given
        for trained, settings in (old, new)
    )
    return tuple(
        ChangedParagraph(
            paragraph.place.document,
            paragraph.place.position,
            paragraph.text,
            gained=tuple(label for n, label in enumerate(labels) if now[n] and not then[n]),
            lost=tuple(label for n, label in enumerate(labels) if then[n] and not now[n]),
        )
        for paragraph, then, now in zip(reviewed.paragraphs, before, after, strict=True)
        if (then != now).any()
    )


_SPLIT = (
    """Held back in five folds by the paragraphs' hash; before: a model fitted on no decision."""
)


def describe_learning(learned: Learned) -> str:
    """Return the part of the model card on what reviewers' decisions changed, as Markdown."""
    lines = [
        "\n## What reviewers taught\n",
        f"{learned.decisions} decisions about {learned.reviewed} paragraphs. {_SPLIT}\n",
        "| | right | precision | recall | F1 | squared error |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, figures in (("before", learned.before), ("after", learned.after)):
        cells = (figures.right, figures.precision, figures.recall, figures.f1, figures.error)
        lines.append(f"| {name} | {' | '.join(f'{cell:.3f}' for cell in cells)} |")
    low, high = learned.difference
    gain = learned.after.right - learned.before.right
    lines += [
        f"\nRight, after less before: {gain:+.3f} (95 %: {low:+.3f} to {high:+.3f}).",
        f"Of {learned.paragraphs} paragraphs in the store, {len(learned.changed)} change labels.",
    ]
    return "\n".join(lines) + "\n"
