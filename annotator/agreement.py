"""How far reviewers agree beyond chance, with intervals.

Cohen's kappa compares two reviewers on what both answered (Cohen 1960,
Educational and Psychological Measurement 20). Krippendorff's alpha compares
any number, and answers may be missing (Krippendorff 2011, Computing
Krippendorff's Alpha-Reliability; the nominal metric). Both are 1 where all
agree, 0 where they agree no more than by chance, below 0 where less; neither
is defined where everybody gives one and the same answer throughout, for then
nothing tells agreement from habit.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from annotator.figures import Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from numpy.typing import NDArray

    from annotator.store import Vote
    from annotator.taxonomy import Taxonomy

__all__ = [
    "Agreement",
    "PairAgreement",
    "cohen_kappa",
    "krippendorff_alpha",
    "measure_agreement",
]

_RESAMPLES = 1000
_SEED = 20
_CONFIDENCE = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """How far two reviewers agree."""

    first: str
    second: str
    paragraphs: int
    """Paragraphs that both answered."""
    kappa: Figure


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far reviewers agree on one label, or on all labels of a scheme."""

    name: str
    """The label or the scheme."""
    paragraphs: int
    """Paragraphs that at least two reviewers answered for it."""
    alpha: Figure
    """Krippendorff's, over all reviewers."""
    pairs: tuple[PairAgreement, ...]
    """Cohen's kappa of each two reviewers who both answered something."""


def cohen_kappa(
    first: Sequence[Hashable], second: Sequence[Hashable], groups: Sequence[Hashable] | None = None
) -> Figure:
    """Return Cohen's kappa of two reviewers, with a bootstrap interval; ``nan`` if undefined.

    Args:
        first: One reviewer's answers.
        second: The other's answers to the same, in the same order.
        groups: What belongs together and is resampled as one; each answer alone by default.

    >>> yes_no = [("yes", "yes", 20), ("yes", "no", 5), ("no", "yes", 10), ("no", "no", 15)]
    >>> pairs = [(a, b) for a, b, times in yes_no for _ in range(times)]
    >>> round(cohen_kappa(*zip(*pairs)).value, 2)
    0.4
    """
    codes = {code: number for number, code in enumerate(dict.fromkeys([*first, *second]))}
    size = len(codes)
    pairs = np.zeros((len(first), size * size))
    for row, (one, other) in enumerate(zip(first, second, strict=True)):
        pairs[row, codes[one] * size + codes[other]] = 1

    def kappa(counts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return kappa of each row of counts, a table of answers laid flat."""
        table = counts.reshape(-1, size, size)
        total = table.sum(axis=(1, 2))
        observed = np.trace(table, axis1=1, axis2=2) * total
        expected = (table.sum(axis=1) * table.sum(axis=2)).sum(axis=1)
        return _ratio(observed - expected, total**2 - expected)

    return _estimate(pairs, kappa, groups)


def krippendorff_alpha(
    units: Sequence[Sequence[Hashable]], groups: Sequence[Hashable] | None = None
) -> Figure:
    """Return Krippendorff's nominal alpha, with a bootstrap interval; ``nan`` if undefined.

    Args:
        units: For each unit, the answers that it got, missing ones left out.
        groups: What belongs together and is resampled as one; each unit alone by default.

    >>> round(krippendorff_alpha([("نعم", "نعم"), ("نعم", "لا"), ("لا", "لا")]).value, 3)
    0.444
    """
    codes = {code: number for number, code in enumerate(dict.fromkeys(c for u in units for c in u))}
    # For each unit: how often each answer was given, then the share of unlike pairs.
    rows = np.zeros((len(units), len(codes) + 1))
    for row, unit in zip(rows, units, strict=True):
        if len(unit) < 2:  # noqa: PLR2004 - one answer can be compared to nothing
            continue
        for answer in unit:
            row[codes[answer]] += 1
        row[-1] = (len(unit) ** 2 - (row[:-1] ** 2).sum()) / (len(unit) - 1)

    def alpha(sums: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return alpha of each row of sums: how often each answer was given, then how often two differed."""
        counts, unlike = sums[:, :-1], sums[:, -1]
        total = counts.sum(axis=1)
        by_chance = total**2 - (counts**2).sum(axis=1)
        return 1 - _ratio((total - 1) * unlike, by_chance)

    return _estimate(rows, alpha, groups)


def measure_agreement(
    votes: Mapping[str, Mapping[str, Sequence[Vote]]], taxonomy: Taxonomy
) -> tuple[list[Agreement], list[Agreement]]:
    """Measure agreement on yes and no, by scheme and by label.

    Answers that were given to settle a disagreement do not count: who gave them knew of it.

    Args:
        votes: Fingerprint of a paragraph -> label -> who said what.
        taxonomy: The labels. Others, from another taxonomy, are left out.

    Returns:
        The schemes, then the labels, of which two reviewers answered the same.
    """
    units: dict[tuple[str, str], dict[str, bool]] = {}
    for paragraph, labels in votes.items():
        for label, answers in labels.items():
            counted = {vote.reviewer: vote.yes for vote in answers if not vote.adjudicates}
            if len(counted) > 1 and label in taxonomy.labels:
                units[paragraph, label] = counted
    schemes = [
        _measure(
            scheme, {unit: units[unit] for unit in units if taxonomy.scheme_of(unit[1]) == scheme}
        )
        for scheme in taxonomy.schemes
    ]
    each = [
        _measure(label, {unit: units[unit] for unit in units if unit[1] == label})
        for label in taxonomy.labels
    ]
    return [one for one in schemes if one.paragraphs], [one for one in each if one.paragraphs]


def _measure(name: str, units: Mapping[tuple[str, str], Mapping[str, bool]]) -> Agreement:
    """Measure agreement on some pairs of paragraph and label; paragraphs are resampled whole."""
    paragraphs = [paragraph for paragraph, _ in units]
    pairs: defaultdict[tuple[str, str], list[tuple[bool, bool, str]]] = defaultdict(list)
    for (paragraph, _), answers in units.items():
        for one, other in combinations(sorted(answers), 2):
            pairs[one, other].append((answers[one], answers[other], paragraph))
    return Agreement(
        name=name,
        paragraphs=len(set(paragraphs)),
        alpha=krippendorff_alpha([tuple(given.values()) for given in units.values()], paragraphs),
        pairs=tuple(
            PairAgreement(
                first,
                second,
                len({paragraph for *_, paragraph in answers}),
                cohen_kappa(*zip(*answers, strict=True)),
            )
            for (first, second), answers in sorted(pairs.items())
        ),
    )


def _ratio(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide; not a number where there is nothing to divide by."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole == 0, np.nan, part / whole)


def _estimate(
    rows: NDArray[np.float64],
    figure: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    groups: Sequence[Hashable] | None,
) -> Figure:
    """Compute a figure from the sum of rows, and again from resampled groups of rows.

    Resamples in which the figure is not defined are left out.
    """
    if groups is not None:
        numbers = {group: number for number, group in enumerate(dict.fromkeys(groups))}
        summed = np.zeros((len(numbers), rows.shape[1]))
        np.add.at(summed, [numbers[group] for group in groups], rows)
        rows = summed
    if not len(rows):
        return Figure(float("nan"), float("nan"), float("nan"))
    value = float(figure(rows.sum(axis=0, keepdims=True))[0])
    generator = np.random.default_rng(_SEED)
    times = generator.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), _RESAMPLES)
    resampled = figure(times @ rows)
    defined = resampled[~np.isnan(resampled)]
    if np.isnan(value) or not len(defined):
        return Figure(value, float("nan"), float("nan"))
    low, high = np.percentile(defined, _CONFIDENCE)
    return Figure(value, float(low), float(high))
