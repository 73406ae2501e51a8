"""Tasks for Label Studio, with the labels and their evidence as predictions.

A task is a document; its assigned labels are choices, the evidence of assigned
labels are spans. Label Studio counts code points, as everything here does.
Its project needs the labelling configuration that :func:`write_config` writes
(``annotator export --format labelstudio-config``).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, BinaryIO
from xml.sax.saxutils import escape, quoteattr

import msgspec

from annotator.export.spans import evidence_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from annotator.model import AnnotatedDocument
    from annotator.taxonomy import Taxonomy

__all__ = ["write_config", "write_labelstudio"]

_TEXT, _DOCUMENT, _EVIDENCE = "text", "document", "evidence"
"""Names of the tags of the configuration, which every result refers to."""


def write_labelstudio(
    documents: Iterable[AnnotatedDocument],
    streams: Sequence[BinaryIO],
    settings: Mapping[str, Any],
) -> int:
    """Write one JSON array of tasks, holding one document at a time."""
    version = f"wsis-sdg-annotator {settings.get('version', '')}".strip()
    (stream,) = streams
    stream.write(b"[")
    count = 0
    for document in documents:
        task = msgspec.json.encode(_task(document, version))
        stream.write((b",\n" if count else b"\n") + task)
        count += 1
    stream.write(b"\n]\n")
    return count


def _task(annotated: AnnotatedDocument, version: str) -> dict[str, Any]:
    """Turn a document into a task."""
    document = annotated.document
    return {
        "data": {
            _TEXT: document.text,
            "id": document.id,
            "source": document.source,
            "language": annotated.language,
        },
        "predictions": [
            {
                "model_version": version,
                "score": max((label.score for label in annotated.assigned), default=0.0),
                "result": list(_results(annotated)),
            }
        ],
    }


def _results(annotated: AnnotatedDocument) -> Iterator[dict[str, Any]]:
    """Yield the choices of the document, then the spans, each with an id that stays the same."""
    document = annotated.document
    if annotated.assigned:
        yield {
            "id": _id(document.id, "document"),
            "from_name": _DOCUMENT,
            "to_name": _TEXT,
            "type": "choices",
            "value": {"choices": [label.label for label in annotated.assigned]},
        }
    for label, start, end, score in evidence_of(annotated):
        yield {
            "id": _id(document.id, label, str(start), str(end)),
            "from_name": _EVIDENCE,
            "to_name": _TEXT,
            "type": "labels",
            "score": score,
            "value": {
                "start": start,
                "end": end,
                "text": document.text[start:end],
                "labels": [label],
            },
        }


def _id(*parts: str) -> str:
    """Return a short id made of what it stands for."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()


def write_config(taxonomy: Taxonomy, stream: BinaryIO) -> None:
    """Write the labelling configuration that the tasks belong to, for all labels."""
    choices = "\n".join(
        f"    <Choice value={quoteattr(label.id)} hint={quoteattr(label.name('en'))}/>"
        for label in taxonomy.labels.values()
    )
    labels = "\n".join(
        f"    <Label value={quoteattr(label.id)} background={quoteattr(label.color)}"
        f" hint={quoteattr(label.name('en'))}/>"
        for label in taxonomy.labels.values()
    )
    schemes = " · ".join(
        scheme.pref_label.get("en", scheme.id) for scheme in taxonomy.schemes.values()
    )
    stream.write(
        f"""\
<View>
  <!-- {escape(schemes.replace("--", "-"))} -->
  <Style>.htx-text {{ white-space: pre-wrap; unicode-bidi: plaintext; }}</Style>
  <Choices name="{_DOCUMENT}" toName="{_TEXT}" choice="multiple" showInline="true">
{choices}
  </Choices>
  <Labels name="{_EVIDENCE}" toName="{_TEXT}">
{labels}
  </Labels>
  <Text name="{_TEXT}" value="${_TEXT}"/>
</View>
""".encode()
    )
