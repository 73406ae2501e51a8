"""What the screen says in words: why this paragraph, what was done, why the queue has ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator.priority import reasons

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from annotator.priority import Reason
    from annotator.review.session import Session
    from annotator.store import Query, StoredParagraph

__all__ = ["Ending", "describe", "doubtful_label", "ending", "filters", "why"]

_FIRST = {"uncertain": ("uncertain",), "disagree": ("disagree", "unsupported")}
"""Kinds of reason by which each order puts a paragraph where it is."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Why there is nothing to decide on, and what to do next."""

    what: str
    next_steps: tuple[str, ...]


def why(session: Session) -> tuple[str, ...]:
    """Say why the current paragraph comes now: first what put it here, then what else is odd."""
    paragraph = session.current
    if paragraph is None:
        return ()
    if session.adjudicates:
        return (_dispute(session),)
    leading, others = _reasons(session)
    said = [] if leading else [_PLACE[session.query.order]]
    return (*said, *(_sentence(reason, paragraph) for reason in (*leading[:1], *others[:1])))


def doubtful_label(session: Session) -> str | None:
    """Return the label over which the current paragraph comes now, if it is one."""
    if session.adjudicates:
        return next((row.label for row in session.rows if len(set(row.others.values())) > 1), None)
    leading, others = _reasons(session)
    return next((reason.label for reason in (*leading, *others)), None)


_NOTABLE = 0.5
"""Value from which a reason that did not put the paragraph here is said too."""

_PLACE = {
    "document": "next in its document",
    "random": "picked at random",
    "uncertain": "nothing in it is in doubt",
    "disagree": "nothing in it is at odds",
}


def _reasons(session: Session) -> tuple[list[Reason], list[Reason]]:
    """Return the reasons that put the paragraph where it is, and others worth saying."""
    paragraph = session.current
    if paragraph is None:
        return [], []
    unsupported = {entry.label for entry in paragraph.declared if not entry.supported}
    found = reasons(paragraph.labels, paragraph.thresholds, unsupported)
    leading = [reason for reason in found if reason.kind in _FIRST.get(session.query.order, ())]
    others = [reason for reason in found if reason not in leading and reason.value >= _NOTABLE]
    return leading, others


def _sentence(reason: Reason, paragraph: StoredParagraph) -> str:
    """Say one reason; the label stands first."""
    if reason.kind == "unsupported":
        return f"{reason.label} is declared but nothing else supports it"
    if reason.kind == "uncertain":
        threshold = paragraph.thresholds.get(reason.label, 0.5)
        return f"{reason.label} is uncertain: {reason.score:.2f}, threshold {threshold:.2f}"
    if reason.speaking == "keyword":
        return f"{reason.label}: keyword yes, classifier no"
    return f"{reason.label}: classifier yes, no keyword"


def _dispute(session: Session) -> str:
    """Say who disagrees on what."""
    split = [row for row in session.rows if len(set(row.others.values())) > 1]
    names = sorted({name for row in split for name in row.others})
    return f"{' and '.join(names)} disagree on {', '.join(row.label for row in split)}"


def describe(answers: Mapping[str, bool]) -> str:
    """Say which labels were answered with yes, and how many with no.

    >>> describe({"C2": True, "SDG9": True, "C5": False}), describe({"C5": False}), describe({})
    ('yes to C2, SDG9; no to 1', 'no to all 1', 'no label')
    """
    yes = [label for label, answer in answers.items() if answer]
    no = len(answers) - len(yes)
    if not answers:
        return "no label"
    if not yes:
        return f"no to all {no}"
    return f"yes to {', '.join(yes)}" + (f"; no to {no}" if no else "")


def filters(query: Query) -> tuple[str, ...]:
    """Name the filters of a query, beyond those that a review begins with.

    >>> from annotator.store import Query
    >>> filters(Query()), filters(Query(state="flagged", label="SDG4", language="ar"))
    ((), ('state flagged', 'label SDG4', 'language ar'))
    """
    named = [] if query.state in ("open", "disputed") else [f"state {query.state}"]
    for name in ("label", "scheme", "language", "origin"):
        value = getattr(query, name)
        if value is not None:
            named.append(f"{name} {value}")
    return tuple(named)


def ending(session: Session) -> Ending:
    """Say why there is no paragraph to decide on, and what to do next."""
    counts = session.counts
    active = filters(session.query)
    if active and not session.place[1]:
        return Ending(
            f"No paragraph has {' and '.join(active)}.",
            ("v  change the filter, or clear it", "q  quit; all is saved"),
        )
    if session.adjudicates:
        return Ending(
            "No dispute is left: nothing on which other reviewers disagree waits for you.",
            ("q  quit, then: annotator store agreement",),
        )
    if not counts.total:
        return Ending(
            "Nothing that was read has a paragraph to decide on: it was empty, boilerplate"
            " or repeated text.",
            ("q  quit, and name other documents: annotator review PATH…",),
        )
    if active:
        return Ending(
            f"This is the end of what has {' and '.join(active)}.",
            ("v  clear the filter", "p  go back", "q  quit; all is saved"),
        )
    return _all_done(counts.finished, counts.skipped)


def _all_done(finished: int, skipped: int) -> Ending:
    """Say that nothing waits any more."""
    steps: Sequence[str] = (
        "q  quit, then: annotator report PATH… --store FILE shows what was decided",
        "u  take back the latest step        p  go back        v  look at some again",
    )
    if skipped:
        return Ending(
            f"Every paragraph has been seen: {finished} decided, {skipped} skipped.",
            ("v  choose “state skipped” to come back to those that were skipped", *steps),
        )
    return Ending(f"Every paragraph is decided: {finished} of {finished}.", tuple(steps))
