"""What a document may claim: its labels, each with a rationale in its own words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from annotator.rationale import Quote, Rationales

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotator.model import AnnotatedDocument, DocumentAssignment
    from annotator.taxonomy import Taxonomy

__all__ = ["Claim", "ClaimedLabel", "Standing", "claim_to_dict", "make_claim"]


class Standing(StrEnum):
    """How what a document declares and what it says go together, for one label."""

    CONFIRMED = "confirmed"
    """It declares the label, and the rest of the text speaks for it."""
    FOUND = "found"
    """The text speaks for the label, which the document does not declare."""
    UNSUPPORTED = "unsupported"
    """It declares the label, and nothing else in the text speaks for it."""


@dataclass(frozen=True, slots=True)
class ClaimedLabel:
    """A label with its rationale."""

    label: str
    scheme: str
    score: float
    standing: Standing
    quotes: tuple[Quote, ...]
    """Why; for an unsupported label the place where the document declares it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What one document may claim."""

    document: str
    source: str
    language: str
    labels: tuple[ClaimedLabel, ...]
    """In the order of the taxonomy."""


def make_claim(
    annotated: AnnotatedDocument,
    taxonomy: Taxonomy,
    *,
    schemes: Sequence[str] | None = None,
    most: int = 2,
) -> Claim:
    r"""Gather the labels of a document with the sentences that say why.

    Args:
        annotated: The document.
        taxonomy: The labels, whose order is kept.
        schemes: The schemes to claim labels of; all of them by default.
        most: How many sentences a label may have.

    >>> from annotator import Annotator
    >>> annotator = Annotator()
    >>> text = "ЦУР 4, ЦУР 14\nМинистерство обучает учителей цифровым навыкам в сельских школах."
    >>> claim = make_claim(annotator.annotate(text), annotator.taxonomy, schemes=["sdg"])
    >>> [(entry.label, entry.standing.value) for entry in claim.labels]
    [('SDG4', 'confirmed'), ('SDG14', 'unsupported')]
    """
    rationales = Rationales(annotated)
    quotes = {
        label.label: rationales.quotes(label.label, most)
        for label in annotated.assigned
        if schemes is None or label.scheme in schemes
    }
    assigned = {label.label: label for label in annotated.assigned}
    return Claim(
        document=annotated.document.id,
        source=annotated.document.source,
        language=annotated.language,
        labels=tuple(
            ClaimedLabel(
                label=name,
                scheme=assigned[name].scheme,
                score=assigned[name].score,
                standing=_standing(assigned[name]),
                quotes=quotes[name],
            )
            for name in taxonomy.labels
            if name in quotes
        ),
    )


def _standing(label: DocumentAssignment) -> Standing:
    """Compare what the document declares with what it says."""
    if "declared" not in label.origins:
        return Standing.FOUND
    return Standing.CONFIRMED if label.supported else Standing.UNSUPPORTED


def claim_to_dict(claim: Claim, taxonomy: Taxonomy) -> dict[str, Any]:
    """Turn a claim into plain values; offsets count code points of the document's text."""
    return {
        "id": claim.document,
        "source": claim.source,
        "language": claim.language,
        "labels": [
            {
                "label": entry.label,
                "scheme": entry.scheme,
                "name": taxonomy.labels[entry.label].name(claim.language),
                "score": entry.score,
                "standing": entry.standing.value,
                "quotes": [
                    {
                        "start": quote.start,
                        "end": quote.end,
                        "text": quote.text,
                        "paragraph": quote.paragraph,
                        "locator": quote.locator,
                        "evidence": [
                            {
                                "start": span.start,
                                "end": span.end,
                                "text": span.text,
                                "origin": span.origin,
                            }
                            for span in quote.evidence
                        ],
                    }
                    for quote in entry.quotes
                ],
            }
            for entry in claim.labels
        ],
    }
