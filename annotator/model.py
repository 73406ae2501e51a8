"""The data that flow through the annotator: frozen, slotted, without I/O.

A :class:`Document` is read, cut into :class:`Paragraph` objects, given
:class:`Suggestion` objects by the suggesters, and leaves as an
:class:`AnnotatedDocument`. All offsets count Unicode code points of
``Document.text``, and ``text[start:end]`` is the thing itself, always.

They are dataclasses, so ``replace``, ``asdict`` and ``fields`` of :mod:`dataclasses` work on them.
To make and compare them is left to msgspec's Struct: a paragraph gives some eighty objects, and a
frozen dataclass takes ten times as long to make one. (What a field is by default is therefore told
by ``msgspec.structs.fields``.) Those of which there are most hold nothing that leads back to them,
and are spared the search for garbage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

__all__ = [
    "AnnotatedDocument",
    "AnnotatedParagraph",
    "Assignment",
    "Decision",
    "Document",
    "DocumentAssignment",
    "Evidence",
    "Kind",
    "Origin",
    "Paragraph",
    "Place",
    "Suggestion",
]

Origin = Literal["declared", "keyword", "classifier", "reviewer"]
"""Where a label comes from."""

Kind = Literal["body", "heading", "list_item", "boilerplate", "duplicate"]
"""What a paragraph is; the last two are never labelled."""

Abstention = Literal[
    "boilerplate",
    "duplicate",
    "too short",
    "unsupported language",
    "below the threshold",
    "rejected by a reviewer",
]
"""Why a paragraph has no label."""


@dataclass(frozen=True, init=False, repr=False, eq=False, match_args=False)
class Place(msgspec.Struct, frozen=True, gc=False):
    """Where in the source the text stands from an offset on, up to the next place."""

    start: int
    locator: str
    """The page, slide or cell as a person finds it: ``page 3``, ``slide 2``, ``Sheet1!B7``."""


@dataclass(frozen=True, init=False, repr=False, eq=False, match_args=False)
class Document(msgspec.Struct, frozen=True):
    """A text as it was read, with what its source says of it.

    >>> Document(id="1", source="نص.txt", text="الصحة للجميع").language is None
    True
    """

    id: str
    """Unique within a run; the path for files, the row's ``id`` for tables."""
    source: str
    """Where it was read from, as the user named it."""
    text: str
    """The whole text. Offsets everywhere else point into it."""
    language: str | None = None
    """ISO 639-1 code if the source declares one, else ``None``: identified later."""
    labels: tuple[str, ...] = ()
    """Labels that the source gives (gold, for evaluation); never shown to the suggesters."""
    places: tuple[Place, ...] = ()
    """Where in the source the parts of the text stand, by offset; empty for plain text."""


@dataclass(frozen=True, init=False, repr=False, eq=False, match_args=False)
class Paragraph(msgspec.Struct, frozen=True):
    """A block of a document: the unit that is labelled."""

    index: int
    """Position in the document, counted from 0."""
    start: int
    end: int
    text: str
    """``document.text[start:end]``."""
    language: str
    """ISO 639-1 code; ``und`` where nothing tells."""
    kind: Kind
    duplicate_of: int | None = None
    """Index of the first paragraph that says the same, for ``kind == "duplicate"``."""
    locator: str | None = None
    """The page, slide or cell of the source in which the paragraph begins, where it has any."""


@dataclass(frozen=True, init=False, repr=False, eq=False, match_args=False)
class Evidence(msgspec.Struct, frozen=True, gc=False):
    """A span of the document's text that a label rests on."""

    start: int
    end: int
    text: str
    """``document.text[start:end]``."""
    origin: Origin
    concept: str | None = None
    """Id of the concept whose term stands here, for ``origin == "keyword"``."""
    weight: float = 0.0
    """How much the span adds to the label's log-odds."""


@dataclass(frozen=True, init=False, repr=False, eq=False, match_args=False)
class Suggestion(msgspec.Struct, frozen=True):
    """What one suggester says of one label for one paragraph."""

    label: str
    origin: Origin
    weight: float
    """Log-odds that the suggester adds to the label; fusion sums and calibrates them."""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, init=False, repr=False, eq=False, match_args=False)
class Decision(msgspec.Struct, frozen=True):
    """What people decided about a label, and what the machine had said."""

    answer: bool | None
    """Yes or no; ``None`` where reviewers disagree, so that the machine's label stays."""
    reviewers: tuple[str, ...]
    """Who decided so, by name."""
    score: float
    """What the machine had given; 0 where it had nothing worth showing."""
    assigned: bool
    """Whether the machine had assigned the label."""


@dataclass(frozen=True, init=False, repr=False, eq=False, match_args=False)
class Assignment(msgspec.Struct, frozen=True):
    """A label on a paragraph."""

    label: str
    scheme: str
    score: float
    """Calibrated probability, 0 to 1."""
    assigned: bool
    origins: tuple[Origin, ...]
    evidence: tuple[Evidence, ...] = ()
    decision: Decision | None = None
    """What people decided, where they did; score and ``assigned`` then follow them."""


@dataclass(frozen=True, init=False, repr=False, eq=False, match_args=False)
class DocumentAssignment(msgspec.Struct, frozen=True, gc=False):
    """A label on a document, rolled up from its paragraphs."""

    label: str
    scheme: str
    score: float
    assigned: bool
    origins: tuple[Origin, ...]
    paragraphs: tuple[int, ...] = ()
    """Indexes of the paragraphs in which the label is assigned."""
    supported: bool = True
    """For a declared label: whether the rest of the document speaks for it too."""
    decision: Decision | None = None
    """What people decided in the paragraphs, summed up: yes if anywhere, else no."""


@dataclass(frozen=True, init=False, repr=False, eq=False, match_args=False)
class AnnotatedParagraph(msgspec.Struct, frozen=True):
    """A paragraph with its labels, or with the reason why it has none."""

    paragraph: Paragraph
    labels: tuple[Assignment, ...] = ()
    abstained: Abstention | None = None

    @property
    def assigned(self) -> tuple[Assignment, ...]:
        """Return the assigned labels, best first."""
        return tuple(label for label in self.labels if label.assigned)


@dataclass(frozen=True, init=False, repr=False, eq=False, match_args=False)
class AnnotatedDocument(msgspec.Struct, frozen=True):
    """A document with its paragraphs and its own labels."""

    document: Document
    language: str
    paragraphs: tuple[AnnotatedParagraph, ...]
    labels: tuple[DocumentAssignment, ...] = ()
    """Every label of every scheme, in the order of the taxonomy."""

    @property
    def assigned(self) -> tuple[DocumentAssignment, ...]:
        """Return the assigned labels, best first."""
        chosen = [label for label in self.labels if label.assigned]
        return tuple(sorted(chosen, key=lambda label: -label.score))
