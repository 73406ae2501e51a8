"""What several people's answers come to, and documents with these answers applied: pure functions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from annotator.fusion import DECLARED_CERTAINTY, ORIGINS
from annotator.model import Assignment, Decision
from annotator.rollup import roll_up
from annotator.store.fingerprint import fingerprints

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from annotator.fusion import FusionSettings
    from annotator.model import AnnotatedDocument, AnnotatedParagraph, DocumentAssignment, Origin
    from annotator.taxonomy import Taxonomy

__all__ = ["Settled", "Vote", "apply_decisions", "settle"]

_NEVER_LABELLED = ("boilerplate", "duplicate")


@dataclass(frozen=True, slots=True)
class Vote:
    """One reviewer's answer to one label of one paragraph."""

    reviewer: str
    yes: bool
    adjudicates: bool = False
    """Whether it was given to settle what others disagree on."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What all answers to one label of one paragraph come to."""

    answer: bool | None
    """``None``: as many say yes as no, and nobody has settled it."""
    reviewers: tuple[str, ...]
    """Who answered so; all who answered where it is not settled."""


def settle(votes: Sequence[Vote]) -> Settled:
    """Say what answers come to: those given to settle count alone, then the majority does.

    >>> settle([Vote("ana", True), Vote("李", False)])
    Settled(answer=None, reviewers=('ana', '李'))
    >>> settle([Vote("ana", True), Vote("李", False), Vote("نور", False, adjudicates=True)])
    Settled(answer=False, reviewers=('نور', '李'))
    """
    counted = [vote for vote in votes if vote.adjudicates] or votes
    balance = sum(1 if vote.yes else -1 for vote in counted)
    answer = None if balance == 0 else balance > 0
    agreeing = [vote.reviewer for vote in votes if answer is None or vote.yes == answer]
    return Settled(answer, tuple(sorted(agreeing)))


def apply_decisions(
    annotated: AnnotatedDocument,
    settled: Mapping[str, Mapping[str, Settled]],
    settings: FusionSettings,
    taxonomy: Taxonomy,
) -> AnnotatedDocument:
    """Return a document in which people's decisions stand above the machine's labels.

    In a paragraph, a label with a yes is assigned with score 1, one with a no is not assigned and
    has score 0; what the machine had said stays beside it (:class:`annotator.model.Decision`).
    Where reviewers disagree and nobody has settled it, the machine's label stays. The document
    follows its paragraphs, by the same roll-up as before: one yes in a long document need not be
    enough, and a label that was rejected wherever it stood is gone. That holds for declared labels
    too: a person who rejects it says that the text does not name it. Boilerplate and duplicates
    have no labels, whoever decides.

    Args:
        annotated: What the machine says.
        settled: Fingerprint of a paragraph -> label -> what people say.
        settings: How the annotator combines and rolls up.
        taxonomy: The labels.
    """
    known = fingerprints([paragraph.paragraph for paragraph in annotated.paragraphs])
    paragraphs = tuple(
        _decide(paragraph, settled.get(fingerprint, {}), taxonomy)
        for paragraph, fingerprint in zip(annotated.paragraphs, known, strict=True)
    )
    touched = {
        label.label
        for paragraph in paragraphs
        for label in paragraph.labels
        if label.decision is not None
    }
    if not touched:
        return annotated
    before = {label.label: label for label in annotated.labels}
    scores = [_undeclared(paragraph, before, settings) for paragraph in paragraphs]
    after = {label.label: label for label in roll_up(paragraphs, scores, settings, taxonomy)}
    return replace(
        annotated,
        paragraphs=paragraphs,
        labels=tuple(
            replace(after[label.label], decision=_summed_up(label, paragraphs))
            if label.label in touched
            else label
            for label in annotated.labels
        ),
    )


def _decide(
    annotated: AnnotatedParagraph, answers: Mapping[str, Settled], taxonomy: Taxonomy
) -> AnnotatedParagraph:
    """Apply people's answers to one paragraph."""
    answers = {label: answer for label, answer in answers.items() if label in taxonomy.labels}
    if not answers or annotated.paragraph.kind in _NEVER_LABELLED:
        return annotated
    order = {label: position for position, label in enumerate(taxonomy.labels)}
    unsaid = [
        Assignment(label, taxonomy.scheme_of(label), score=0.0, assigned=False, origins=())
        for label in answers
        if label not in {assignment.label for assignment in annotated.labels}
    ]
    labels = [
        _answered(assignment, answers[assignment.label])
        if assignment.label in answers
        else assignment
        for assignment in (*annotated.labels, *unsaid)
    ]
    labels.sort(key=lambda assignment: (-assignment.score, order[assignment.label]))
    abstained = annotated.abstained
    if any(assignment.assigned for assignment in labels):
        abstained = None
    elif annotated.assigned:
        abstained = "rejected by a reviewer"
    return replace(annotated, labels=tuple(labels), abstained=abstained)


def _answered(assignment: Assignment, settled: Settled) -> Assignment:
    """Return a label with what people say of it."""
    decision = Decision(
        settled.answer, settled.reviewers, assignment.score, assigned=assignment.assigned
    )
    if settled.answer is None:
        return replace(assignment, decision=decision)
    spoken: set[Origin] = {*assignment.origins, "reviewer"}
    return replace(
        assignment,
        score=1.0 if settled.answer else 0.0,
        assigned=settled.answer,
        origins=tuple(origin for origin in ORIGINS if origin in spoken),
        decision=decision,
    )


def _undeclared(
    annotated: AnnotatedParagraph,
    document: Mapping[str, DocumentAssignment],
    settings: FusionSettings,
) -> dict[str, float]:
    """Return what each label of a paragraph scores without being declared.

    A paragraph does not keep that score where a declaration stands above it; the document knows
    whether it was enough to support the declaration.
    """
    scores = {}
    for label in annotated.labels:
        decided = label.decision is not None and label.decision.answer is not None
        if decided or "declared" not in label.origins or label.score > DECLARED_CERTAINTY:
            scores[label.label] = label.score
        elif len(label.origins) > 1 and document[label.label].supported:
            scores[label.label] = settings.supported
    return scores


def _summed_up(label: DocumentAssignment, paragraphs: Sequence[AnnotatedParagraph]) -> Decision:
    """Sum up for a document what people say of one label in its paragraphs."""
    decisions = [
        assignment.decision
        for paragraph in paragraphs
        for assignment in paragraph.labels
        if assignment.label == label.label and assignment.decision is not None
    ]
    answers = [decision.answer for decision in decisions if decision.answer is not None]
    reviewers = {name for decision in decisions for name in decision.reviewers}
    return Decision(
        any(answers) if answers else None,
        tuple(sorted(reviewers)),
        label.score,
        assigned=label.assigned,
    )
