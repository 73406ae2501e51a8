"""Paragraphs, and what the machine said of them, on their way into a store."""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from annotator.fusion import ORIGINS
from annotator.priority import priority
from annotator.store.fingerprint import fingerprints

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from annotator.model import AnnotatedDocument, AnnotatedParagraph, Assignment

__all__ = ["add_document", "add_run", "now", "settle_places", "shuffle_of"]

_NEVER_QUEUED = ("boilerplate", "duplicate")


def add_run(connection: sqlite3.Connection, settings: Mapping[str, Any]) -> int:
    """Return the number of the run with these settings, adding it if it is new."""
    kept = {name: settings[name] for name in ("version", "taxonomy", "model", "thresholds")}
    thresholds = msgspec.json.encode(kept["thresholds"], order="sorted").decode()
    uid = hashlib.sha256(msgspec.json.encode(kept, order="sorted")).hexdigest()[:32]
    connection.execute(
        "INSERT INTO run (uid, at, version, taxonomy, model, thresholds) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (uid) DO NOTHING",
        (uid, now(), kept["version"], kept["taxonomy"], kept["model"], thresholds),
    )
    number: int = connection.execute("SELECT id FROM run WHERE uid = ?", (uid,)).fetchone()[0]
    return number


def add_document(
    connection: sqlite3.Connection,
    annotated: AnnotatedDocument,
    run: int,
    thresholds: Mapping[str, float],
) -> int:
    """Add a document's paragraphs and what a run said of them, or find them again.

    Returns:
        How many paragraphs were not known before.
    """
    declared = [label for label in annotated.labels if "declared" in label.origins]
    document = _add_name(connection, annotated, {d.label: d.supported for d in declared})
    unsupported = {label.label for label in declared if not label.supported}
    before = _places(connection, document)
    connection.execute("DELETE FROM place WHERE document = ?", (document,))
    added = 0
    known = fingerprints([paragraph.paragraph for paragraph in annotated.paragraphs])
    for paragraph, fingerprint in zip(annotated.paragraphs, known, strict=True):
        number, new = _add_paragraph(connection, paragraph, fingerprint)
        added += new
        connection.execute(
            "INSERT INTO place (document, position, paragraph, start, kind, locator)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                document,
                paragraph.paragraph.index,
                number,
                paragraph.paragraph.start,
                paragraph.paragraph.kind,
                paragraph.paragraph.locator,
            ),
        )
        if paragraph.paragraph.kind not in _NEVER_QUEUED or new:
            _add_reading(connection, number, paragraph, run, thresholds, unsupported)
        before.add(number)
    settle_places(connection, before)
    return added


def now() -> int:
    """Return the time in microseconds since 1970."""
    return time.time_ns() // 1000


def _add_name(
    connection: sqlite3.Connection, annotated: AnnotatedDocument, declared: Mapping[str, bool]
) -> int:
    """Return the number of a document, adding it if its id is new."""
    facts = (
        annotated.document.source,
        annotated.language,
        msgspec.json.encode(declared).decode(),
    )
    connection.execute(
        "INSERT INTO document (name, source, language, declared) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET source = excluded.source,"
        " language = excluded.language, declared = excluded.declared",
        (annotated.document.id, *facts),
    )
    row = connection.execute("SELECT id FROM document WHERE name = ?", (annotated.document.id,))
    number: int = row.fetchone()[0]
    return number


def _places(connection: sqlite3.Connection, document: int) -> set[int]:
    """Return the paragraphs that stood in a document when it was last read."""
    rows = connection.execute("SELECT paragraph FROM place WHERE document = ?", (document,))
    return {row[0] for row in rows}


def _add_paragraph(
    connection: sqlite3.Connection, annotated: AnnotatedParagraph, fingerprint: str
) -> tuple[int, bool]:
    """Return the number of a paragraph, and whether it was not known."""
    row = connection.execute(
        "SELECT id FROM paragraph WHERE fingerprint = ?", (fingerprint,)
    ).fetchone()
    if row is not None:
        return row[0], False
    paragraph = annotated.paragraph
    cursor = connection.execute(
        "INSERT INTO paragraph (fingerprint, text, language, kind, queued, uncertain, disagree,"
        " shuffle) VALUES (?, ?, ?, ?, 0, 0, 0, ?)",
        (
            fingerprint,
            paragraph.text,
            paragraph.language,
            paragraph.kind,
            shuffle_of(fingerprint),
        ),
    )
    return cursor.lastrowid or 0, True


def shuffle_of(fingerprint: str) -> int:
    """Return where a paragraph stands in the random order: the same in every store."""
    return int(fingerprint[:15], 16)


def _origin_bits(assignment: Assignment) -> int:
    """Return an assignment's origins as bits."""
    return sum(1 << ORIGINS.index(origin) for origin in assignment.origins)


def _relative(labels: tuple[Assignment, ...], start: int) -> tuple[Assignment, ...]:
    """Return labels whose evidence is counted from where their paragraph begins."""
    return tuple(
        replace(
            label,
            evidence=tuple(
                replace(span, start=span.start - start, end=span.end - start)
                for span in label.evidence
            ),
        )
        for label in labels
    )


def _add_reading(
    connection: sqlite3.Connection,
    number: int,
    annotated: AnnotatedParagraph,
    run: int,
    thresholds: Mapping[str, float],
    unsupported: set[str],
) -> None:
    """Add what a run said of a paragraph, unless it has said it already."""
    paragraph = annotated.paragraph
    cursor = connection.execute(
        "INSERT INTO reading (paragraph, run, at, abstained, labels) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (paragraph, run) DO NOTHING",
        (
            number,
            run,
            now(),
            annotated.abstained,
            msgspec.json.encode(_relative(annotated.labels, paragraph.start)),
        ),
    )
    if not cursor.rowcount:
        return
    urgency = priority(annotated.labels, thresholds, unsupported)
    connection.execute(
        "UPDATE paragraph SET text = ?, language = ?, kind = ?, reading = ?, uncertain = ?,"
        " disagree = ? WHERE id = ?",
        (
            paragraph.text,
            paragraph.language,
            paragraph.kind,
            cursor.lastrowid,
            urgency.uncertain,
            urgency.disagree,
            number,
        ),
    )
    connection.execute("DELETE FROM suggestion WHERE paragraph = ?", (number,))
    connection.executemany(
        "INSERT INTO suggestion (paragraph, label, scheme, origins) VALUES (?, ?, ?, ?)",
        [(number, label.label, label.scheme, _origin_bits(label)) for label in annotated.labels],
    )


def settle_places(connection: sqlite3.Connection, paragraphs: set[int]) -> None:
    """Say of paragraphs where they stand first, and whether a person may be asked about them."""
    connection.executemany(
        "UPDATE paragraph SET (document, position, queued) = ("
        "  SELECT document, position, 1 FROM place"
        "  WHERE paragraph = ?1 AND kind NOT IN ('boilerplate', 'duplicate')"
        "  ORDER BY document, position LIMIT 1"
        ") WHERE id = ?1 AND EXISTS (SELECT 1 FROM place"
        "  WHERE paragraph = ?1 AND kind NOT IN ('boilerplate', 'duplicate'))",
        [(number,) for number in sorted(paragraphs)],
    )
    connection.executemany(
        "UPDATE paragraph SET queued = 0 WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM place"
        "  WHERE paragraph = ?1 AND kind NOT IN ('boilerplate', 'duplicate'))",
        [(number,) for number in sorted(paragraphs)],
    )
