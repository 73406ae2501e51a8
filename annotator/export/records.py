"""One annotated document as one plain record, and back.

The record is the contract with other programs: ``schema.json`` beside this
module describes it, and what is written is tested against it. Keys always
stand in the same order, so the same input gives the same bytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from annotator.model import (
    AnnotatedDocument,
    AnnotatedParagraph,
    Assignment,
    Decision,
    Document,
    DocumentAssignment,
    Evidence,
    Paragraph,
)

__all__ = ["SCHEMA_VERSION", "from_dict", "read_schema", "to_dict"]

SCHEMA_VERSION = "1"
"""Changes when a field changes its meaning or goes; new fields do not change it."""


def read_schema() -> dict[str, Any]:
    """Return the JSON Schema of one record.

    >>> read_schema()["$schema"]
    'https://json-schema.org/draft/2020-12/schema'
    """
    schema: dict[str, Any] = msgspec.json.decode(
        Path(__file__).with_name("schema.json").read_bytes()
    )
    return schema


def to_dict(annotated: AnnotatedDocument) -> dict[str, Any]:
    """Turn an annotated document into a record of plain values.

    >>> from annotator import Annotator
    >>> record = to_dict(Annotator().annotate("可持续发展目标4：优质教育"))
    >>> [label["label"] for label in record["labels"] if label["assigned"]]
    ['SDG4']
    >>> record["paragraphs"][0]["labels"][0]["evidence"][0]["text"]
    '可持续发展目标4'
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "id": annotated.document.id,
        "source": annotated.document.source,
        "language": annotated.language,
        "labels": [_document_label(label) for label in annotated.labels],
        "paragraphs": [_paragraph(paragraph) for paragraph in annotated.paragraphs],
    }


def _document_label(label: DocumentAssignment) -> dict[str, Any]:
    return {
        "label": label.label,
        "scheme": label.scheme,
        "score": label.score,
        "assigned": label.assigned,
        "origins": list(label.origins),
        "paragraphs": list(label.paragraphs),
        "supported": label.supported,
        **_decision(label.decision),
    }


def _paragraph(annotated: AnnotatedParagraph) -> dict[str, Any]:
    paragraph = annotated.paragraph
    return {
        "index": paragraph.index,
        "start": paragraph.start,
        "end": paragraph.end,
        "text": paragraph.text,
        "language": paragraph.language,
        "kind": paragraph.kind,
        "duplicate_of": paragraph.duplicate_of,
        "locator": paragraph.locator,
        "abstained": annotated.abstained,
        "labels": [_label(label) for label in annotated.labels],
    }


def _label(label: Assignment) -> dict[str, Any]:
    return {
        "label": label.label,
        "scheme": label.scheme,
        "score": label.score,
        "assigned": label.assigned,
        "origins": list(label.origins),
        "evidence": [_evidence(evidence) for evidence in label.evidence],
        **_decision(label.decision),
    }


def _decision(decision: Decision | None) -> dict[str, Any]:
    """Return the field that only labels have which a person decided about."""
    if decision is None:
        return {}
    return {
        "decision": {
            "answer": decision.answer,
            "reviewers": list(decision.reviewers),
            "score": decision.score,
            "assigned": decision.assigned,
        }
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "start": evidence.start,
        "end": evidence.end,
        "text": evidence.text,
        "concept": evidence.concept,
        "origin": evidence.origin,
        "weight": round(evidence.weight, 4),
    }


def from_dict(record: dict[str, Any], text: str = "") -> AnnotatedDocument:
    """Turn a record back into an annotated document.

    Args:
        record: What :func:`to_dict` returned, or what was read from a file.
        text: The document's text, which the record does not repeat as a whole.

    Raises:
        KeyError: The record lacks a field.
    """
    paragraphs = tuple(
        AnnotatedParagraph(
            paragraph=Paragraph(
                **{
                    key: row[key]
                    for key in ("index", "start", "end", "text", "language", "kind", "duplicate_of")
                },
                locator=row.get("locator"),
            ),
            labels=tuple(
                Assignment(
                    label=label["label"],
                    scheme=label["scheme"],
                    score=label["score"],
                    assigned=label["assigned"],
                    origins=tuple(label["origins"]),
                    evidence=tuple(Evidence(**evidence) for evidence in label["evidence"]),
                    decision=_decision_of(label),
                )
                for label in row["labels"]
            ),
            abstained=row["abstained"],
        )
        for row in record["paragraphs"]
    )
    labels = tuple(
        DocumentAssignment(
            label=label["label"],
            scheme=label["scheme"],
            score=label["score"],
            assigned=label["assigned"],
            origins=tuple(label["origins"]),
            paragraphs=tuple(label["paragraphs"]),
            supported=label["supported"],
            decision=_decision_of(label),
        )
        for label in record["labels"]
    )
    document = Document(id=record["id"], source=record["source"], text=text)
    return AnnotatedDocument(document, record["language"], paragraphs, labels)


def _decision_of(label: dict[str, Any]) -> Decision | None:
    """Return what people decided about a label, where they did."""
    decision = label.get("decision")
    if decision is None:
        return None
    return Decision(
        decision["answer"],
        tuple(decision["reviewers"]),
        decision["score"],
        assigned=decision["assigned"],
    )
