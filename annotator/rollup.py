"""From the labels of paragraphs to those of their document: pure functions."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from annotator.fusion import DECLARED_CERTAINTY, ORIGINS
from annotator.model import DocumentAssignment
from annotator.segment import length_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from annotator.fusion import FusionSettings
    from annotator.model import AnnotatedParagraph, Origin, Paragraph
    from annotator.taxonomy import Taxonomy

__all__ = ["roll_up"]

_WEAK = 0.1
"""What a score that is not shown counts for, so that labels keep their order where none is strong."""

_HEADING_WEIGHT = 0.5
_FULL_WEIGHT_WORDS = 120
"""A paragraph longer than this counts no more than one of this length."""


def roll_up(
    paragraphs: Sequence[AnnotatedParagraph],
    undeclared: Sequence[Mapping[str, float]],
    settings: FusionSettings,
    taxonomy: Taxonomy,
    lengths: Sequence[float] | None = None,
    spoken: Mapping[str, float] | None = None,
) -> tuple[DocumentAssignment, ...]:
    """Combine the paragraphs of a document, for every label of the taxonomy.

    A label scores what its best paragraph scores, reduced where only a small
    share of the text speaks for it, this paragraph and as much of the others
    as they score: one paragraph in ten is enough for a strong one, one in fifty
    is not. So a long document does not collect every label that it touches, and
    one of a single paragraph has that paragraph's labels. Boilerplate and
    duplicates count for nothing.

    Args:
        paragraphs: The paragraphs with their labels.
        undeclared: For each of them, what each label scores without being declared.
        settings: The numbers that combine the suggesters.
        taxonomy: The labels.
        lengths: How long each of them is, in words, where that is known.
        spoken: The largest keyword weight that each label has in any of them.
    """
    if lengths is None:
        lengths = [length_in_words(annotated.paragraph.text) for annotated in paragraphs]
    labels = taxonomy.labels
    peaks = dict.fromkeys(labels, 0.0)
    masses = dict.fromkeys(labels, 0.0)
    assigned: dict[str, list[AnnotatedParagraph]] = {}
    origins: dict[str, set[Origin]] = {}
    counted: list[tuple[float, Mapping[str, float]]] = []
    for annotated, scores, length in zip(paragraphs, undeclared, lengths, strict=True):
        if annotated.paragraph.kind in ("boilerplate", "duplicate"):
            continue
        weight = _weight(annotated.paragraph, length)
        counted.append((weight, scores))
        for label, score in scores.items():
            peaks[label] = max(peaks[label], score)
            masses[label] += weight * _counting(score, settings)
        for assignment in annotated.labels:
            if assignment.assigned:
                assigned.setdefault(assignment.label, []).append(annotated)
                origins.setdefault(assignment.label, set()).update(assignment.origins)
    reduced = _reduced(counted, masses, settings) if len(counted) > 1 else peaks
    result: list[DocumentAssignment] = []
    for label, peak in peaks.items():
        named = spoken is not None and spoken.get(label, 0.0) >= settings.named
        supported = bool(counted) and (named or peak >= settings.supported)
        if not masses[label] and label not in assigned:
            result.append(_silent(label, taxonomy.scheme_of(label), supported))
            continue
        score = reduced.get(label, 0.0)
        mine = origins.get(label, ())
        declared = "declared" in mine
        if declared:
            score = max(score, DECLARED_CERTAINTY)
        result.append(
            DocumentAssignment(
                label=label,
                scheme=taxonomy.scheme_of(label),
                score=round(score, 4),
                assigned=declared or (label in assigned and score >= settings.threshold_of(label)),
                origins=tuple(origin for origin in ORIGINS if origin in mine) if mine else (),
                paragraphs=tuple(one.paragraph.index for one in assigned.get(label, ())),
                supported=supported,
            )
        )
    return tuple(result)


def _reduced(
    counted: Sequence[tuple[float, Mapping[str, float]]],
    masses: Mapping[str, float],
    settings: FusionSettings,
) -> dict[str, float]:
    """Return for each label the best that a paragraph of its share of the text can give it.

    Args:
        counted: The weight of each paragraph, and what labels score in it.
        masses: For each label, how much of all weight its scores take.
        settings: The numbers that combine the suggesters.
    """
    total = sum(weight for weight, _ in counted) or 1.0
    reduced: dict[str, float] = {}
    for weight, scores in counted:
        for label, score in scores.items():
            others = masses[label] - weight * _counting(score, settings)
            share = (weight + others) / total
            value = score * share * (1 + settings.share) / (share + settings.share)
            if value > reduced.get(label, 0.0):
                reduced[label] = value
    return reduced


def _counting(score: float, settings: FusionSettings) -> float:
    """Return how much of a paragraph counts for a label: little where its score is not shown."""
    return score if score >= settings.shown else score * _WEAK


@cache
def _silent(label: str, scheme: str, supported: bool) -> DocumentAssignment:  # noqa: FBT001 - a key
    """Return a label that nothing in a document speaks for: most labels of most documents."""
    return DocumentAssignment(label, scheme, 0.0, assigned=False, origins=(), supported=supported)


def _weight(paragraph: Paragraph, length: float) -> float:
    """Return how much a paragraph of some words counts in its document."""
    words = min(length, _FULL_WEIGHT_WORDS)
    return words * (_HEADING_WEIGHT if paragraph.kind == "heading" else 1.0)
