"""The model card: what a model was trained on, how good it is, what it must not be used for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from annotator.calibration import saturated
from annotator.fusion import UNSAID_LOG_ODDS
from annotator.thresholds import GOAL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from annotator.datasets import Example
    from annotator.fusion import FusionSettings, PresetName
    from annotator.taxonomy import Taxonomy
    from annotator.taxonomy_source import DataSet

__all__ = ["HeldOut", "fused", "write_card"]

_BINS = 10
_ENOUGH = 20
"""Labels with fewer texts than this take no part in a macro average."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Rows with the scores that models which had not seen them gave."""

    rows: Sequence[Example]
    labels: Sequence[str]
    probability: NDArray[np.float64]
    given: NDArray[np.bool_]


def fused(
    rows: Sequence[Example],
    scores: NDArray[np.float32],
    labels: Sequence[str],
    settings: FusionSettings,
    taxonomy: Taxonomy,
) -> HeldOut:
    """Combine classifier and keywords as the annotator does."""
    keyword = np.array([[row.keywords.get(label, 0.0) for label in labels] for row in rows])
    unmet = np.array([[label in row.unmet for label in labels] for row in rows])
    schemes = [taxonomy.scheme_of(label) for label in labels]
    said = (
        np.array([settings.intercept[label] - UNSAID_LOG_ODDS for label in labels])
        + np.array([settings.classifier_slope[scheme] for scheme in schemes]) * scores
    )
    spoken = saturated(keyword)
    conceded = np.array([settings.concession[scheme] for scheme in schemes]) * spoken
    log_odds = (
        UNSAID_LOG_ODDS
        + np.where(unmet, 0.0, np.maximum(said, 0.0))
        + np.minimum(said, 0.0) * np.maximum(0.0, 1 - conceded)
        + np.array([settings.keyword_slope[scheme] for scheme in schemes]) * spoken
    )
    probability = 1 / (1 + np.exp(-log_odds))
    thresholds = np.array([settings.threshold_of(label) for label in labels])
    above = probability >= thresholds
    certain = probability.max(axis=1, keepdims=True) >= settings.certain
    certain |= (above & (keyword >= settings.telling)).any(axis=1, keepdims=True)
    return HeldOut(rows, labels, probability, above & certain)


def write_card(
    held_out: HeldOut,
    presets: Mapping[PresetName, HeldOut],
    sets: Mapping[str, DataSet],
    taxonomy: Taxonomy,
    ablation: Mapping[str, HeldOut],
) -> str:
    """Return the card as Markdown.

    Args:
        held_out: The scores of the model's own kind, by cross-validation.
        presets: The same with the thresholds of each preset.
        sets: What each data set is.
        taxonomy: The labels.
        ablation: Name of a part -> what that part alone gives.
    """
    counts: dict[str, int] = defaultdict(int)
    for row in held_out.rows:
        counts[row.dataset] += 1
    parts = [
        _INTRODUCTION,
        "## Data\n",
        "| set | rows | use | licence | citation |",
        "| --- | ---: | --- | --- | --- |",
    ]
    for name, data in sorted(sets.items()):
        licence = data.licence or "Apache-2.0"
        citation = data.citation or "written for this project (`taxonomy/examples`)"
        parts.append(f"| `{name}` | {counts[name]} | {data.use} | {licence} | {citation} |")
    parts += ["", "## Figures, by cross-validation\n", _METHOD]
    parts += _ranking_table(held_out, taxonomy)
    parts += ["", *_decision_lines(held_out, taxonomy, sets)]
    parts += ["", "### Paragraphs about nothing here\n", *_abstention_table(held_out)]
    for name, chosen in presets.items():
        parts += ["", f"### With `--{name}`\n", _PRESETS[name]]
        parts += [*_decision_lines(chosen, taxonomy, sets), "", *_abstention_table(chosen)]
    if ablation:
        parts += ["", "### What each part brings\n", _ABLATION]
        parts += _ablation_table(ablation, taxonomy)
    parts += ["", _LIMITS]
    return "\n".join(parts) + "\n"


_INTRODUCTION = """# Model card

One linear model a label, on concepts and on a vocabulary that is the same in six languages, combined with
the keyword score. Made by `annotator train`; the command writes this page.
"""

_METHOD = """Five folds, translations of one text never on both sides; sets marked `develop` are scored by models that were
fitted on none of their rows. What flatters these figures: the lexicon and the vocabulary were written with the sets
marked `fit` in sight (words were counted in the parallel texts, strengths of some concepts set by their labels), and
with the sub-subjects of the 2030 Agenda and of the WSIS outcomes known; a few constants were chosen with the figures of
`oro_gold.jsonl` and of the examples in sight, and how far thresholds lean to finding a label with those of the cases,
of the seeds and, for their precision, of the fresh texts, too. All of these stand in `tests/quality`.

The classifier is fitted on top of the log-odds that the keywords give: the strengths that the authors of the
lexicon wrote are the prior, and what the data say of a concept is added to them.

The lexicon was also filled by reading where these models missed a label of the examples. So that neither classifier
nor figures take that for skill, a term that one text alone has is left out of the examples here: unseen texts do
better. What combines classifier and keywords is fitted on the examples both without and with these terms.
"""

_PRESETS: Mapping[PresetName, str] = {
    "precision": f"""Thresholds chosen on held-out scores of the sets whose labels are complete, so that each label is right
{GOAL:.0%} of the times that it is given, or as near to that as any threshold comes. What they give:
""",
    "recall": f"""Thresholds chosen on held-out scores of the sets whose labels are complete, so that each label is found
{GOAL:.0%} of the times that it holds, where its scores are high enough to be shown. What they give:
""",
}

_ABLATION = """How often the right label stands first, by cross-validation. "Without" a set or a language: fitted on none of its
rows, and measured on all.
"""

_LIMITS = """## Must not be used for

- Deciding on funding, ranking countries or people, or any decision without a person who reads the evidence.
- Languages other than the six; texts far from policy, projects, research abstracts and news about them.
- Legal claims of alignment: a label says what a text speaks of, not what a project achieves.
"""


def _table(title: str, cells: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Lay out figures: a row a set, a column a language."""
    languages = sorted({language for row in cells.values() for language in row})
    lines = [f"| {title} | {' | '.join(languages)} |", f"| --- |{' ---: |' * len(languages)}"]
    for name, row in cells.items():
        shown = [f"{row[language]:.3f}" if language in row else "–" for language in languages]
        lines.append(f"| {name} | {' | '.join(shown)} |")
    return lines


def _ranking_table(held_out: HeldOut, taxonomy: Taxonomy) -> list[str]:
    """Return how often the right label stands first, and within the first three."""
    cells = {}
    for dataset, scheme, chosen in _TASKS:
        rows = [n for n, row in enumerate(held_out.rows) if row.dataset == dataset and chosen(row)]
        if rows:
            cells[f"`{dataset}`, {scheme}, top 1"] = _top(held_out, rows, scheme, taxonomy, 1)
            cells[f"`{dataset}`, {scheme}, in the first 3"] = _top(
                held_out, rows, scheme, taxonomy, 3
            )
    return _table("set", cells)


_TASKS: tuple[tuple[str, str, Callable[[Example], bool]], ...] = (
    ("osdg_es.jsonl", "sdg", lambda _: True),
    ("parallel.jsonl", "sdg", lambda _: True),
    ("goals_and_targets.jsonl", "sdg", lambda row: "-target-" in row.id),
    ("oro_gold.jsonl", "sdg", lambda _: True),
    ("plan_of_action.jsonl", "wsis", lambda _: True),
    ("examples", "sdg", lambda row: any(label.startswith("SDG") for label in row.labels)),
    ("examples", "wsis", lambda row: any(label.startswith("C") for label in row.labels)),
)


def _top(
    held_out: HeldOut, rows: Sequence[int], scheme: str, taxonomy: Taxonomy, first: int
) -> dict[str, float]:
    """Return the share of rows with a right label among the first, by language."""
    columns = [n for n, label in enumerate(held_out.labels) if taxonomy.scheme_of(label) == scheme]
    hits: dict[str, list[bool]] = defaultdict(list)
    for position in rows:
        order = np.argsort(-held_out.probability[position, columns], kind="stable")[:first]
        found = {held_out.labels[columns[int(column)]] for column in order}
        hits[held_out.rows[position].language].append(bool(found & held_out.rows[position].labels))
    return {language: float(np.mean(values)) for language, values in hits.items()}


def _decision_lines(
    held_out: HeldOut, taxonomy: Taxonomy, sets: Mapping[str, DataSet]
) -> list[str]:
    """Return F1 and calibration on sets whose labels are complete."""
    lines = [
        "| set, scheme | micro P | micro R | micro F1 | macro F1 | calibration error |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, data in sorted(sets.items()):
        rows = [n for n, row in enumerate(held_out.rows) if row.dataset == name]
        if data.complete == "no" or not rows:
            continue
        for scheme in data.schemes:
            columns = [
                n for n, label in enumerate(held_out.labels) if taxonomy.scheme_of(label) == scheme
            ]
            if not columns:  # a scheme that no row names
                continue
            gold = np.array(
                [[held_out.labels[c] in held_out.rows[n].labels for c in columns] for n in rows]
            )
            given = held_out.given[np.ix_(rows, columns)]
            right = (gold & given).sum(axis=0)
            precision = right.sum() / max(1, given.sum())
            recall = right.sum() / max(1, gold.sum())
            micro = 2 * right.sum() / max(1, gold.sum() + given.sum())
            each = 2 * right / np.maximum(1, gold.sum(axis=0) + given.sum(axis=0))
            enough = gold.sum(axis=0) >= _ENOUGH
            macro = f"{each[enough].mean():.3f}" if enough.any() else "–"
            error = _calibration_error(held_out.probability[np.ix_(rows, columns)], gold)
            lines.append(
                f"| `{name}`, {scheme} | {precision:.3f} | {recall:.3f} | {micro:.3f} | {macro} | {error:.3f} |"
            )
    return lines


def _calibration_error(probability: NDArray[np.float64], gold: NDArray[np.bool_]) -> float:
    """Return the expected calibration error over ten bins."""
    bins = np.minimum((probability * _BINS).astype(int), _BINS - 1)
    return float(
        sum(
            abs(probability[bins == n].mean() - gold[bins == n].mean()) * (bins == n).mean()
            for n in range(_BINS)
            if (bins == n).any()
        )
    )


def _abstention_table(held_out: HeldOut) -> list[str]:
    """Return how often texts about nothing, near misses, and texts without what a label needs get none.

    Of the last, all rows count, and the labels whose need they do not meet.
    """
    cells: dict[str, dict[str, float]] = {}
    for kind, title in (("none", "about nothing"), ("near", "near misses")):
        silent: dict[str, list[bool]] = defaultdict(list)
        for position, row in enumerate(held_out.rows):
            if row.dataset == "examples" and f"-{kind}-" in row.id:
                silent[row.language].append(not held_out.given[position].any())
        cells[f"{title}, without a label"] = {k: float(np.mean(v)) for k, v in silent.items()}
    needless: dict[str, list[bool]] = defaultdict(list)
    for position, row in enumerate(held_out.rows):
        if unmet := row.unmet - row.labels:
            named = {held_out.labels[int(n)] for n in np.flatnonzero(held_out.given[position])}
            needless[row.language].append(not named & unmet)
    cells["without a word of what a label needs, without that label"] = {
        k: float(np.mean(v)) for k, v in needless.items()
    }
    return _table("paragraphs", cells)


def _ablation_table(parts: Mapping[str, HeldOut], taxonomy: Taxonomy) -> list[str]:
    """Return what each part alone gives, a row a part, a column a set and language."""
    cells: dict[str, dict[str, float]] = {}
    for name, held_out in parts.items():
        row: dict[str, float] = {}
        for dataset, scheme, chosen in _TASKS[:5]:
            rows = [n for n, r in enumerate(held_out.rows) if r.dataset == dataset and chosen(r)]
            for language, value in _top(held_out, rows, scheme, taxonomy, 1).items():
                row[f"{dataset.split('.')[0].split('_')[0]} {language}"] = value
        cells[name] = row
    return _table("part", cells)
