"""How much a paragraph needs a person, and why: pure functions.

Three things make a paragraph worth a person's time. A label's score may stand
close to its threshold, so that little would turn it. Keyword and classifier may
be at odds over a label: one speaks for it and the other does not. Or the text
may declare a label that nothing else in its document supports.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, tanh
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from annotator.model import Assignment

__all__ = ["Priority", "Reason", "ReasonKind", "priority", "reasons"]

ReasonKind = Literal["uncertain", "disagree", "unsupported"]
"""What makes a paragraph worth reading: see the module's text."""

_DECISIVE = 3.0
"""Keyword weight at which keywords alone are nearly sure (one decisive concept)."""

_EXTREME = 1e-4
"""Scores are cut to this distance from 0 and 1 before their log-odds are taken."""

_WORTH_SAYING = 0.2
"""Value from which a reason counts as one."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why a person should read a paragraph."""

    kind: ReasonKind
    label: str
    value: float
    """How strong the reason is, 0 to 1."""
    score: float
    """The label's score."""
    speaking: str = ""
    """For ``disagree``: the origin that speaks for the label while the other does not."""


@dataclass(frozen=True, slots=True)
class Priority:
    """Where a paragraph stands in each order of the queue; more comes first."""

    uncertain: float
    disagree: float
    """Keyword against classifier, or a declaration against the rest of its document."""


def reasons(
    labels: Iterable[Assignment],
    thresholds: Mapping[str, float],
    unsupported: Collection[str] = (),
) -> tuple[Reason, ...]:
    """Say why a person should read a paragraph, the strongest reason first.

    Args:
        labels: What the machine says of the paragraph.
        thresholds: The score from which each label is assigned; 0.5 where it is not named.
        unsupported: Labels that the document declares and nothing else in it supports.

    >>> from annotator.model import Assignment
    >>> doubtful = Assignment("C5", "wsis", 0.48, False, ("keyword", "classifier"))
    >>> certain = Assignment("SDG4", "sdg", 0.99, True, ("keyword", "classifier"))
    >>> [(reason.kind, reason.label) for reason in reasons([certain, doubtful], {})]
    [('uncertain', 'C5')]
    """
    found: list[Reason] = []
    for label in labels:
        if "reviewer" in label.origins:
            continue
        if "declared" in label.origins:
            if label.label in unsupported:
                found.append(Reason("unsupported", label.label, 1.0, label.score))
            continue
        found.append(
            Reason(
                "uncertain",
                label.label,
                _closeness(label, thresholds.get(label.label, 0.5)),
                label.score,
            )
        )
        against = _contradiction(label)
        if against:
            found.append(against)
    found.sort(key=lambda reason: -reason.value)
    return tuple(reason for reason in found if reason.value >= _WORTH_SAYING)


def priority(
    labels: Iterable[Assignment],
    thresholds: Mapping[str, float],
    unsupported: Collection[str] = (),
) -> Priority:
    """Say where a paragraph stands in the queue's orders; arguments as for :func:`reasons`.

    >>> from annotator.model import Assignment
    >>> priority([Assignment("C5", "wsis", 0.5, True, ("classifier",))], {})
    Priority(uncertain=1.0, disagree=0.5)
    """
    found = reasons(labels, thresholds, unsupported)
    return Priority(
        uncertain=_most(found, "uncertain"),
        disagree=_most(found, "disagree", "unsupported"),
    )


def _most(found: Iterable[Reason], *kinds: ReasonKind) -> float:
    """Return the value of the strongest reason of some kinds."""
    return max((round(reason.value, 4) for reason in found if reason.kind in kinds), default=0.0)


def _closeness(label: Assignment, threshold: float) -> float:
    """Say how close a score is to its threshold: 1 on it, falling with the log-odds between."""
    return exp(-abs(_log_odds(label.score) - _log_odds(threshold)))


def _log_odds(score: float) -> float:
    """Return the log-odds of a score, which may be 0 or 1."""
    inside = min(max(score, _EXTREME), 1 - _EXTREME)
    return log(inside / (1 - inside))


def _contradiction(label: Assignment) -> Reason | None:
    """Tell whether keyword and classifier are at odds over a label, and how much."""
    if "classifier" in label.origins and "keyword" not in label.origins:
        return Reason("disagree", label.label, label.score, label.score, "classifier")
    if "keyword" in label.origins and "classifier" not in label.origins:
        weight = sum(span.weight for span in label.evidence if span.origin == "keyword")
        return Reason("disagree", label.label, tanh(weight / _DECISIVE), label.score, "keyword")
    return None
