"""What goes into a store and comes out of it: frozen, slotted, without I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from annotator.model import Abstention, Assignment, Kind

__all__ = [
    "ACTIONS",
    "Action",
    "ActionKind",
    "Declared",
    "Order",
    "Place",
    "Progress",
    "Query",
    "Standing",
    "State",
    "StateFilter",
    "StoredDocument",
    "StoredParagraph",
    "Undone",
]

ActionKind = Literal["accept", "reject", "toggle", "add", "skip", "flag", "unflag", "comment"]
"""What a reviewer did: the first two finish the paragraph, ``skip`` puts it aside for now,
the others leave it where it is."""

ACTIONS: tuple[ActionKind, ...] = (
    "accept",
    "reject",
    "toggle",
    "add",
    "skip",
    "flag",
    "unflag",
    "comment",
)

State = Literal["open", "finished", "skipped"]
"""Where a paragraph stands with one reviewer."""

StateFilter = Literal["open", "finished", "skipped", "flagged", "commented", "disputed", "all"]
"""Which paragraphs a queue holds; ``disputed``: other reviewers
disagree on a label of it, and nobody has settled that."""

Order = Literal["uncertain", "disagree", "document", "random"]
"""How a queue is ordered; ``random`` is the same for all reviewers, so that they overlap."""


@dataclass(frozen=True, slots=True)
class Action:
    """What a reviewer does to one paragraph with one key: one step of undo."""

    paragraph: int
    """The paragraph's number in this store."""
    kind: ActionKind
    answers: Mapping[str, bool] = field(default_factory=dict)
    """Label -> yes or no. Labels that are not named stay as they were."""
    comment: str = ""
    """The text, for ``comment``; empty takes a comment away."""


@dataclass(frozen=True, slots=True)
class Undone:
    """An action that was undone, or done again."""

    paragraph: int
    kind: ActionKind


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one paragraph stands with one reviewer, all actions summed up."""

    answers: Mapping[str, bool] = field(default_factory=dict)
    state: State = "open"
    flagged: bool = False
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Declared:
    """A label that a document declares, and whether the rest of it speaks for the label."""

    label: str
    supported: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a paragraph stands in a document."""

    document: str
    position: int
    start: int
    """Offset in the document's text."""
    kind: Kind
    locator: str | None = None


@dataclass(frozen=True, slots=True)
class StoredParagraph:
    """A paragraph with what the machine said of it last."""

    number: int
    """Its number in this store."""
    fingerprint: str
    """What it is known by in every store."""
    text: str
    language: str
    kind: Kind
    place: Place
    """The first of its places."""
    abstained: Abstention | None
    labels: tuple[Assignment, ...]
    """The machine's labels, best first. Offsets of evidence count from the paragraph's start:
    ``text[evidence.start:evidence.end]``."""
    thresholds: Mapping[str, float]
    """The score from which that run assigned each label."""
    declared: tuple[Declared, ...]
    """What the document declares."""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document of the store."""

    id: str
    source: str
    language: str
    paragraphs: int
    """Paragraphs that a person may be asked about."""
    open: int
    """Those of them that the reviewer has neither finished nor skipped."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one reviewer has come."""

    reviewer: str
    paragraphs: int
    """Paragraphs of the store that a person may be asked about."""
    finished: int
    skipped: int
    flagged: int
    answers: int
    """Labels answered with yes or no."""


@dataclass(frozen=True, slots=True)
class Query:
    """Which paragraphs a queue holds, and in which order."""

    order: Order = "uncertain"
    state: StateFilter = "open"
    label: str | None = None
    """Only paragraphs for which the machine suggests this label or a reviewer said yes to it."""
    scheme: str | None = None
    language: str | None = None
    origin: str | None = None
    """Only paragraphs with a label of this origin; ``reviewer``: one that a person said yes to."""
    documents: tuple[str, ...] = ()
    """Only paragraphs of these documents; all by default."""
