"""W3C Web Annotations in JSON-LD: labels as bodies, evidence as targets.

One annotation for each label that a paragraph has, its targets the spans that
the label rests on, or the paragraph where no span is told; and one for each
label of the whole document. A span is selected twice: by position, in code
points as the Recommendation counts, and by quotation with what stands around
it, so that it is found again in a text that has moved.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from annotator.skos.vocabulary import BASE, OWN, iri_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from annotator.model import AnnotatedDocument, Assignment, DocumentAssignment, Paragraph

__all__ = ["write_webanno"]

_AROUND = 32
"""Characters of text before and after a quotation."""

_CONTEXT = [
    "http://www.w3.org/ns/anno.jsonld",
    {
        "score": {
            "@id": OWN + "score",
            "@type": "http://www.w3.org/2001/XMLSchema#double",
        },
        "origin": OWN + "origin",
    },
]


def write_webanno(
    documents: Iterable[AnnotatedDocument],
    streams: Sequence[BinaryIO],
    settings: Mapping[str, Any],
) -> int:
    """Write one collection with all annotations on one page, holding one document at a time."""
    generator = {
        "id": BASE + "software",
        "type": "Software",
        "name": f"WSIS–SDG annotator {settings.get('version', '')}".strip(),
    }
    head = {
        "@context": _CONTEXT,
        "id": BASE + "annotations",
        "type": "AnnotationCollection",
        "generator": generator,
    }
    page = {"id": BASE + "annotations:1", "type": "AnnotationPage", "startIndex": 0}
    (stream,) = streams
    stream.write(
        msgspec.json.encode(head)[:-1]
        + b',"first":'
        + msgspec.json.encode(page)[:-1]
        + b',"items":['
    )
    count = total = 0
    for document in documents:
        count += 1
        for annotation in _annotations(document):
            stream.write((b",\n" if total else b"\n") + msgspec.json.encode(annotation))
            total += 1
    stream.write(b'\n]},"total":' + str(total).encode() + b"}\n")
    return count


def _annotations(annotated: AnnotatedDocument) -> Iterator[dict[str, Any]]:
    """Yield the annotations of a document: of the whole, then of its paragraphs."""
    source = iri_of("document", annotated.document.id)
    for label in annotated.assigned:
        yield _annotation(label, source, source, ())
    text = annotated.document.text
    for paragraph in annotated.paragraphs:
        for assignment in paragraph.assigned:
            targets = [
                {"source": source, "selector": _selectors(text, start, end)}
                for start, end in _spans(assignment, paragraph.paragraph)
            ]
            target = targets[0] if len(targets) == 1 else targets
            place = (str(paragraph.paragraph.index),)
            yield _annotation(assignment, source, target, place)


def _annotation(
    label: Assignment | DocumentAssignment,
    source: str,
    target: str | dict[str, Any] | list[dict[str, Any]],
    place: tuple[str, ...],
) -> dict[str, Any]:
    """Return one annotation, under an id that stays the same."""
    key = "\0".join((source, *place, label.label)).encode()
    return {
        "id": f"{BASE}annotation:{hashlib.blake2b(key, digest_size=12).hexdigest()}",
        "type": "Annotation",
        "motivation": "classifying",
        "body": [
            {
                "type": "SpecificResource",
                "purpose": "classifying",
                "source": iri_of("label", label.label),
            },
            {"type": "TextualBody", "purpose": "tagging", "value": label.label},
        ],
        "target": target,
        "score": label.score,
        "origin": list(label.origins),
    }


def _spans(assignment: Assignment, paragraph: Paragraph) -> list[tuple[int, int]]:
    """Return the places of a label's evidence, in order, or that of the paragraph."""
    spans = sorted({(span.start, span.end) for span in assignment.evidence})
    return spans or [(paragraph.start, paragraph.end)]


def _selectors(text: str, start: int, end: int) -> list[dict[str, Any]]:
    """Select a span by its position and by its words."""
    return [
        {"type": "TextPositionSelector", "start": start, "end": end},
        {
            "type": "TextQuoteSelector",
            "exact": text[start:end],
            "prefix": text[max(0, start - _AROUND) : start],
            "suffix": text[end : end + _AROUND],
        },
    ]
