"""Compare decisions with gold: one evaluation, or two side by side."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from annotator.decisions import Decisions, decide, line_up
from annotator.errors import UsageError
from annotator.figures import (
    Bin,
    Figure,
    LabelFigures,
    compute_figures,
    compute_labels,
    compute_reliability,
    subtract_figures,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotator.gold import GoldRow
    from annotator.pipeline import Annotator

__all__ = [
    "NONE",
    "Comparison",
    "Evaluation",
    "Group",
    "compare",
    "count_confusion",
    "evaluate",
    "list_mistakes",
    "measure",
]

NONE = "none"
"""Stands in the confusion where a gold label found no other, or a wrong label no gold."""


@dataclass(frozen=True, slots=True)
class Group:
    """All figures on some rows."""

    rows: int
    figures: dict[str, Figure]
    schemes: dict[str, dict[str, Figure]]
    """The same for the labels of each scheme alone."""
    labels: list[LabelFigures]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures of one set of decisions."""

    decisions: Decisions
    whole: Group
    languages: dict[str, Group]
    reliability: dict[str, list[Bin]]
    """By scheme."""
    confusion: Counter[tuple[str, str]]
    """(gold label, label given) -> rows: see :func:`count_confusion`."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        whole: dict[str, Any] = msgspec.to_builtins(self.whole)
        return whole | {
            "languages": msgspec.to_builtins(self.languages),
            "reliability": msgspec.to_builtins(self.reliability),
            "confusion": [
                {"gold": gold, "given": given, "rows": rows}
                for (gold, given), rows in sorted(self.confusion.items())
            ],
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """How much higher the figures of a second set of decisions are, on the same rows."""

    figures: dict[str, Figure]
    schemes: dict[str, dict[str, Figure]]
    languages: dict[str, dict[str, Figure]]


def evaluate(
    rows: Sequence[GoldRow], annotator: Annotator, schemes: Sequence[str] | None = None
) -> Evaluation:
    """Annotate gold texts and compare.

    Args:
        rows: The gold, ids unique.
        annotator: What gives the labels.
        schemes: What to judge; by default the schemes that the gold names.

    >>> from annotator import Annotator
    >>> from annotator.gold import GoldRow
    >>> evaluation = evaluate(
    ...     [
    ...         GoldRow("Вакцинация детей от кори", id="1", labels=("SDG3",)),
    ...         GoldRow("足球比赛", id="2", labels=()),
    ...         GoldRow("تغير المناخ والاحتباس الحراري", id="3", labels=("SDG13",)),
    ...     ],
    ...     Annotator(),
    ... )
    >>> evaluation.whole.rows, evaluation.whole.figures["top 1"].value
    (3, 1.0)
    """
    return measure(line_up(rows, decide(rows, annotator), annotator.taxonomy, schemes))


def measure(decisions: Decisions) -> Evaluation:
    """Return all figures of decisions that were lined up with gold.

    Raises:
        UsageError: There is no row.
    """
    if not decisions.ids:
        raise UsageError("there is nothing to measure", hint="gold rows, and decisions on them")
    languages = sorted(set(decisions.languages.tolist()))
    whole = _group(decisions)
    return Evaluation(
        decisions=decisions,
        whole=whole,
        languages={
            language: whole if len(languages) == 1 else _group(decisions.in_language(language))
            for language in languages
        },
        reliability={
            scheme: compute_reliability(decisions.of_scheme(scheme))
            for scheme in _schemes(decisions)
        },
        confusion=count_confusion(decisions),
    )


def compare(first: Evaluation, second: Evaluation) -> Comparison:
    """Return the differences between two evaluations on the same rows."""
    before, after = first.decisions, second.decisions
    return Comparison(
        figures=subtract_figures(before, after),
        schemes={
            scheme: subtract_figures(before.of_scheme(scheme), after.of_scheme(scheme))
            for scheme in _schemes(before)
        },
        languages={
            language: subtract_figures(before.in_language(language), after.in_language(language))
            for language in first.languages
        },
    )


def _group(decisions: Decisions) -> Group:
    """Compute all figures on some rows."""
    figures = compute_figures(decisions)
    schemes = _schemes(decisions)
    return Group(
        rows=len(decisions.ids),
        figures=figures,
        schemes={
            scheme: figures if len(schemes) == 1 else compute_figures(decisions.of_scheme(scheme))
            for scheme in schemes
        },
        labels=compute_labels(decisions),
    )


def _schemes(decisions: Decisions) -> list[str]:
    """Return the schemes that are asked about, in the order of the taxonomy."""
    known = np.flatnonzero(decisions.asked.any(axis=0))
    return list(dict.fromkeys(decisions.schemes[column] for column in known))


def count_confusion(decisions: Decisions) -> Counter[tuple[str, str]]:
    """Count which labels were given where others hold, within a scheme.

    A label that holds and is given counts for itself. A label given wrongly
    counts once for every label that was missed; where none was missed, for
    every label that holds; where none holds, as given for nothing. A label
    that was missed with nothing wrong in its place counts as missed.
    """
    counts: Counter[tuple[str, str]] = Counter()
    schemes = np.array(decisions.schemes, dtype=np.str_)
    gold = decisions.gold & decisions.asked
    for scheme in set(decisions.schemes):
        of_scheme = schemes == scheme
        for row in range(len(decisions.ids)):
            held, given = gold[row] & of_scheme, decisions.given[row] & of_scheme
            found, missed, wrong = (
                [decisions.labels[column] for column in np.flatnonzero(which)]
                for which in (held & given, held & ~given, given & ~held)
            )
            counts.update((label, label) for label in found)
            counts.update((label, NONE) for label in missed if not wrong)
            counts.update(
                (holding, label) for label in wrong for holding in missed or found or [NONE]
            )
    return counts


def list_mistakes(rows: Sequence[GoldRow], decisions: Decisions) -> list[dict[str, Any]]:
    """Return the texts with a missed or a wrong label, the labels with their scores.

    >>> from annotator import Taxonomy
    >>> from annotator.decisions import Decision
    >>> from annotator.gold import GoldRow
    >>> rows = [GoldRow("مياه الشرب", id="1", labels=("SDG6",)), GoldRow("足球", id="2", labels=())]
    >>> decided = {"1": Decision("ar", {"SDG3": 0.7}, frozenset({"SDG3"})), "2": Decision("zh", {}, frozenset())}
    >>> for mistake in list_mistakes(rows, line_up(rows, decided, Taxonomy.load())):
    ...     print(mistake["id"], mistake["missed"], mistake["wrong"])
    1 {'SDG6': 0.0} {'SDG3': 0.7}
    """
    text_of = {row.id: row.text for row in rows}
    mistakes = []
    gold = decisions.gold & decisions.asked
    for position, name in enumerate(decisions.ids):
        missed, wrong = (
            {
                decisions.labels[column]: round(float(decisions.score[position, column]), 4)
                for column in np.flatnonzero(which)
            }
            for which in (
                gold[position] & ~decisions.given[position],
                decisions.given[position] & ~gold[position],
            )
        )
        if missed or wrong:
            mistakes.append(
                {
                    "id": name,
                    "lang": str(decisions.languages[position]),
                    "text": text_of[name],
                    "missed": missed,
                    "wrong": wrong,
                }
            )
    return mistakes
