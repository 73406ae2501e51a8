"""Quality figures, each with a bootstrap interval.

Every figure is a function of sums over the rows, so a resampled set of rows is
a weighted sum: a thousand of them are one product of matrices, and no text is
annotated twice. The same rows are drawn for whatever stands on the same rows,
so that the difference of two models is resampled in pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from annotator.decisions import Decisions

__all__ = [
    "Bin",
    "Figure",
    "LabelFigures",
    "compute_figures",
    "compute_labels",
    "compute_reliability",
    "subtract_figures",
]

DRAWS = 1000
"""Resampled sets of rows."""

_SEED = 20
_BINS = 10
_NEAR_TOP = 3
_CONFIDENCE = (2.5, 97.5)
_CELLS = 4_000_000
"""Numbers that the weights of one batch of draws may take: 32 MB."""

_Array = "NDArray[np.float64]"
Sums = dict[str, "NDArray[np.float64]"]
"""Name -> sums over the rows, a row a draw; some have a column a label or a bin."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with the interval in which it lies 95 times in 100."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """What was right for one label."""

    label: str
    asked: int
    """Texts of which it is known whether the label holds."""
    support: int
    """Texts for which it holds."""
    given: int
    """Texts to which it was given."""
    precision: Figure
    recall: Figure
    f1: Figure
    accuracy: Figure


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs of text and label with nearly the same score."""

    low: float
    high: float
    pairs: int
    score: float
    """Their mean score."""
    share: Figure
    """How many of them hold."""


def compute_figures(decisions: Decisions) -> dict[str, Figure]:
    """Return every figure on some decisions.

    ``coverage`` is the share of texts with a label; ``abstention`` the share
    of texts for which nothing holds that get none; ``top 1`` and ``recall at
    3`` rank the labels of a scheme, on texts for which one of them holds.
    """
    return _with_intervals(decisions, _values)


def subtract_figures(first: Decisions, second: Decisions) -> dict[str, Figure]:
    """Return how much higher each figure is for the second of two sets of decisions.

    Args:
        first: Decisions on some rows.
        second: Other decisions on the same rows, in the same order.
    """
    columns = {f"a {name}": values for name, values in _columns(first).items()}
    columns |= {f"b {name}": values for name, values in _columns(second).items()}

    def differences(sums: Sums) -> Sums:
        """Return by how much each figure of the second is above that of the first."""
        before = _values({name[2:]: total for name, total in sums.items() if name[0] == "a"})
        after = _values({name[2:]: total for name, total in sums.items() if name[0] == "b"})
        return {name: after[name] - before[name] for name in before if name in after}

    return _intervals(columns, len(first.ids), differences)


def compute_labels(decisions: Decisions) -> list[LabelFigures]:
    """Return the figures of each label that is asked about."""
    columns = {name: _columns(decisions)[name] for name in _OF_LABELS}
    kinds = ("precision", "recall", "f1", "accuracy")

    def stacked(sums: Sums) -> NDArray[np.float64]:
        """Return the figures of each label side by side."""
        right, gold, given = sums["right"], sums["gold"], sums["given"]
        return np.stack(
            [
                _ratio(right, given),
                _ratio(right, gold),
                _ratio(2 * right, gold + given),
                _ratio(sums["agreed"], sums["asked"]),
            ],
            axis=1,
        )

    value, drawn = _arrays(columns, len(decisions.ids), stacked)
    return [
        LabelFigures(
            label=label,
            asked=int(columns["asked"][:, number].sum()),
            support=int(columns["gold"][:, number].sum()),
            given=int(columns["given"][:, number].sum()),
            **{
                kind: _figure(value[place, number], drawn[:, place, number])
                for place, kind in enumerate(kinds)
            },
        )
        for number, label in enumerate(decisions.labels)
        if decisions.asked[:, number].any()
    ]


_OF_LABELS = ("right", "gold", "given", "asked", "agreed")
"""Sums that have a column a label."""


def compute_reliability(decisions: Decisions) -> list[Bin]:
    """Return how often pairs with a score hold, for tenths of the scores (Naeini et al., 2015)."""
    columns = _binned(decisions)
    share, drawn = _arrays(
        columns, len(decisions.ids), lambda sums: _ratio(sums["bin gold"], sums["bin pairs"])
    )
    pairs = columns["bin pairs"].sum(axis=0)
    scores = columns["bin score"].sum(axis=0)
    return [
        Bin(
            low=number / _BINS,
            high=(number + 1) / _BINS,
            pairs=int(pairs[number]),
            score=round(float(scores[number] / pairs[number]), 4),
            share=_figure(share[number], drawn[:, number]),
        )
        for number in range(_BINS)
        if pairs[number]
    ]


def _columns(decisions: Decisions) -> Sums:
    """Return what is summed up, a row a text."""
    asked = decisions.asked
    gold = decisions.gold & asked
    given = decisions.given & asked
    nothing = asked.all(axis=1) & ~gold.any(axis=1)
    columns = {
        "right": gold & given,
        "gold": gold,
        "given": given,
        "asked": asked,
        "agreed": (gold == given) & asked,
        "rows": np.ones(len(gold)),
        "covered": given.any(axis=1),
        "nothing": nothing,
        "silent": nothing & ~given.any(axis=1),
        **_binned(decisions),
        **_ranked(decisions),
    }
    return {name: np.asarray(values, dtype=np.float64) for name, values in columns.items()}


def _binned(decisions: Decisions) -> Sums:
    """Return the pairs of each row by tenths of their scores: how many, their scores, their truth."""
    of_bin = np.minimum((decisions.score * _BINS).astype(int), _BINS - 1)
    pairs, score, gold = (np.zeros((len(decisions.ids), _BINS)) for _ in range(3))
    for number in range(_BINS):
        inside = (of_bin == number) & decisions.asked
        pairs[:, number] = inside.sum(axis=1)
        score[:, number] = (decisions.score * inside).sum(axis=1)
        gold[:, number] = (decisions.gold & inside).sum(axis=1)
    return {"bin pairs": pairs, "bin score": score, "bin gold": gold}


def _ranked(decisions: Decisions) -> Sums:
    """Return for each row in how many schemes labels can be ranked, and what stands on top."""
    ranked, first, near = (np.zeros(len(decisions.ids)) for _ in range(3))
    for scheme in set(decisions.schemes):
        columns = [n for n, name in enumerate(decisions.schemes) if name == scheme]
        gold = decisions.gold[:, columns]
        counted = decisions.asked[:, columns].all(axis=1) & gold.any(axis=1)
        order = np.argsort(-decisions.score[:, columns], axis=1, kind="stable")[:, :_NEAR_TOP]
        hits = np.take_along_axis(gold, order, axis=1)
        most = np.clip(gold.sum(axis=1), 1, _NEAR_TOP)
        ranked += counted
        first += counted & hits[:, 0]
        near += counted * hits.sum(axis=1) / most
    return {"ranked": ranked, "first": first, "near": near}


def _values(sums: Sums) -> Sums:
    """Turn sums into figures, a row a draw; what nothing stands on is not a number."""
    right, gold, given = sums["right"], sums["gold"], sums["given"]
    supported = gold > 0

    def macro(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the mean ratio over the labels that some row has."""
        values = np.where(supported, _ratio(part, whole), 0.0).sum(axis=1)
        return _share(values, supported.sum(axis=1))

    pairs = sums["bin pairs"].sum(axis=1)
    gaps = np.abs(sums["bin score"] - sums["bin gold"]).sum(axis=1)
    all_right, all_gold, all_given = (array.sum(axis=1) for array in (right, gold, given))
    return {
        "accuracy of pairs": _share(sums["agreed"].sum(axis=1), sums["asked"].sum(axis=1)),
        "micro precision": _ratio(all_right, all_given),
        "micro recall": _share(all_right, all_gold),
        "micro F1": _share(2 * all_right, all_gold + all_given),
        "macro precision": macro(right, given),
        "macro recall": macro(right, gold),
        "macro F1": macro(2 * right, gold + given),
        "top 1": _share(sums["first"], sums["ranked"]),
        "recall at 3": _share(sums["near"], sums["ranked"]),
        "calibration error": _share(gaps, pairs),
        "coverage": _share(sums["covered"], sums["rows"]),
        "abstention": _share(sums["silent"], sums["nothing"]),
    }


def _ratio(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide; nothing out of nothing is nothing."""
    return np.where(whole > 0, part / np.maximum(whole, 1), 0.0)


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide; nothing out of nothing is not a number."""
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)


def _draws(count: int) -> Iterator[NDArray[np.float64]]:
    """Yield how often each row is drawn, in batches of draws: the same for the same count."""
    generator = np.random.default_rng(_SEED)
    left = DRAWS
    while left:
        batch = min(left, max(1, _CELLS // max(1, count)))
        yield generator.multinomial(count, np.full(count, 1 / count), size=batch).astype(float)
        left -= batch


def _arrays(
    columns: Mapping[str, NDArray[np.float64]],
    count: int,
    function: Callable[[Sums], NDArray[np.float64]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return an array of figures, and the same for every draw."""
    table = np.concatenate([values.reshape(count, -1) for values in columns.values()], axis=1)
    ends = np.cumsum([values.size // max(1, count) for values in columns.values()])

    def apart(sums: NDArray[np.float64]) -> Sums:
        """Cut sums into the columns that they are of."""
        parts = np.split(sums, ends[:-1], axis=1)
        return {
            name: part if values.ndim > 1 else part[:, 0]
            for (name, values), part in zip(columns.items(), parts, strict=True)
        }

    value = function(apart(table.sum(axis=0)[None]))[0]
    drawn = [function(apart(weights @ table)) for weights in _draws(count)]
    return value, np.concatenate(drawn)


def _with_intervals(decisions: Decisions, function: Callable[[Sums], Sums]) -> dict[str, Figure]:
    """Compute figures by name, each with its interval."""
    return _intervals(_columns(decisions), len(decisions.ids), function)


def _intervals(
    columns: Mapping[str, NDArray[np.float64]], count: int, function: Callable[[Sums], Sums]
) -> dict[str, Figure]:
    """Compute figures by name; those that nothing stands on are left out."""
    names: list[str] = []

    def stacked(sums: Sums) -> NDArray[np.float64]:
        """Return the figures side by side, and keep their names."""
        values = function(sums)
        names[:] = values
        return np.stack(list(values.values()), axis=1)

    value, drawn = _arrays(columns, count, stacked)
    return {
        name: _figure(value[number], drawn[:, number])
        for number, name in enumerate(names)
        if not np.isnan(value[number])
    }


def _figure(value: float, drawn: NDArray[np.float64]) -> Figure:
    """Return a figure with the interval that its draws give."""
    known = drawn[~np.isnan(drawn)]
    low, high = np.percentile(known, _CONFIDENCE) if len(known) else (value, value)
    return Figure(round(float(value), 4), round(float(low), 4), round(float(high), 4))
