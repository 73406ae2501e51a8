"""One run of training: read, cross-validate, combine, fit, write model and card."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from annotator.calibration import fuse_settings
from annotator.card import fused, write_card
from annotator.datasets import read_examples
from annotator.features import CONCEPT, VOCABULARY, WORDS
from annotator.files import naming_failure, write_atomically
from annotator.fusion import apply_preset
from annotator.learning import REVIEWS, describe_learning, measure_learning, read_reviews
from annotator.train import FOLDS, anchor, cross_validate, fit, save_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from annotator.card import HeldOut
    from annotator.datasets import Example
    from annotator.errors import InputError
    from annotator.learning import Learned
    from annotator.taxonomy import Taxonomy
    from annotator.taxonomy_source import DataSet

__all__ = ["KINDS", "train_model"]

KINDS = (VOCABULARY, CONCEPT)
"""The kinds of features that a model has."""

_PARTS: dict[str, tuple[str, ...]] = {
    "words and pairs of words alone": (WORDS,),
    "concepts alone": (CONCEPT,),
    "vocabulary alone": (VOCABULARY,),
}
"""Parts that the ablation measures besides keywords alone and the model itself."""


def train_model(
    taxonomy: Taxonomy,
    data: Sequence[Path],
    examples: Path,
    output: Path,
    *,
    ablation: bool = False,
    reviews: Path | None = None,
    on_error: Callable[[InputError], None],
    progress: Callable[[int, int], None],
) -> Learned | None:
    """Train a model and write it, with its card, into a folder.

    Args:
        taxonomy: Labels, concepts, vocabulary.
        data: Folders of data sets.
        examples: The folder of this project's own examples.
        output: The model folder.
        ablation: Also measure what each part brings: about twenty times the time.
        reviews: A store of reviews whose decisions are data too; to measure what they bring takes
            the same time again.
        on_error: Called with rows that cannot be read.
        progress: Called with the steps done and the steps in all.

    Returns:
        What the reviews changed, if there are any.

    Raises:
        UsageError: A folder holds no data set, or the store no decision.
        StoreError: The store cannot be read.
        OutputError: The model cannot be written.
    """
    kinds = (VOCABULARY, CONCEPT, WORDS) if ablation else KINDS
    done, steps = 0, 0

    def step() -> None:
        """Count a step, and tell it."""
        nonlocal done
        done += 1
        progress(done, steps)

    rows, sets = read_examples(data, taxonomy, examples, kinds, on_error)
    named = frozenset[str]().union(*(row.labels for row in rows))
    labels = [label for label in taxonomy.leaves() if label in named]
    reviewed = None if reviews is None else read_reviews(reviews, taxonomy, kinds)
    if reviewed is not None:
        rows += reviewed.rows
        sets[REVIEWS] = reviewed.data_set
    runs = 1 + (reviews is not None)
    if ablation:
        runs += len(_PARTS) + len(_omissions(rows, sets))
    steps = FOLDS * runs + 2
    step()
    scores = cross_validate(rows, sets, labels, taxonomy, KINDS, step)
    settings = fuse_settings(rows, scores, sets, labels, taxonomy)
    held_out = fused(rows, scores, labels, settings, taxonomy)
    presets = {
        name: fused(rows, scores, labels, apply_preset(settings, name), taxonomy)
        for name in settings.presets
    }
    parts: dict[str, HeldOut] = {}
    if ablation:
        parts = _ablation(rows, sets, labels, taxonomy, step)
        parts["the model: classifier and keywords"] = held_out
    fitted = [row for row in rows if sets[row.dataset].use == "fit"]
    trained = fit(fitted, sets, labels, taxonomy, KINDS)
    card = write_card(held_out, presets, sets, taxonomy, parts)
    learned = None
    if reviewed is not None:
        learned = measure_learning(
            reviewed, rows, scores, sets, taxonomy, (trained, settings), KINDS, step
        )
        card += describe_learning(learned)
    with naming_failure(output):
        anchored = anchor(trained, settings, labels, taxonomy)
        save_model(output, anchored[0], labels, anchored[1], taxonomy, fitted)
        write_atomically(output / "README.md", card)
    step()
    return learned


def _ablation(
    rows: Sequence[Example],
    sets: dict[str, DataSet],
    labels: Sequence[str],
    taxonomy: Taxonomy,
    step: Callable[[], None],
) -> dict[str, HeldOut]:
    """Measure keywords alone, each kind of features alone, and the whole without some rows."""
    silent = np.zeros((len(rows), len(labels)), dtype=np.float32)
    settings = fuse_settings(rows, silent, sets, labels, taxonomy)
    parts = {"keywords alone": fused(rows, silent, labels, settings, taxonomy)}
    without_keywords = [replace(row, keywords={}) for row in rows]
    for name, kinds in _PARTS.items():
        scores = cross_validate(rows, sets, labels, taxonomy, kinds, step, on_keywords=False)
        settings = fuse_settings(without_keywords, scores, sets, labels, taxonomy)
        parts[name] = fused(without_keywords, scores, labels, settings, taxonomy)
    for name, seen in _omissions(rows, sets).items():
        scores = cross_validate(rows, sets, labels, taxonomy, KINDS, step, seen=seen)
        settings = fuse_settings(rows, scores, sets, labels, taxonomy)
        parts[name] = fused(rows, scores, labels, settings, taxonomy)
    return parts


def _omissions(
    rows: Sequence[Example], sets: Mapping[str, DataSet]
) -> dict[str, Callable[[Example], bool]]:
    """Return which rows are left when each data set, or all text in a language, is left out."""
    omissions: dict[str, Callable[[Example], bool]] = {}
    for dataset in sorted(name for name, data in sets.items() if data.use == "fit"):
        omissions[f"without `{dataset}`"] = partial(_is_other, "dataset", dataset)
    for language in sorted({row.language for row in rows}):
        omissions[f"without text in {language}"] = partial(_is_other, "language", language)
    return omissions


def _is_other(attribute: str, value: str, row: Example) -> bool:
    """Tell whether a row is of another set, or in another language."""
    return bool(getattr(row, attribute) != value)
