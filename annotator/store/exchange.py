"""Decisions as JSON lines, out of a store and into one: the same lines come out again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from annotator.errors import RowError
from annotator.model import Kind, Origin
from annotator.store.entries import ActionKind
from annotator.store.intake import now, shuffle_of
from annotator.store.journal import follow

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["EventRecord", "export_events", "import_events"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_IMPORTED = "imported "
"""Stands before the id of a run of which only the labels of decided paragraphs are known."""

_HEX = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
_EventKind = ActionKind | Literal["undo", "redo"]


class _Said(msgspec.Struct, frozen=True):
    """A label that the machine gave."""

    label: str
    scheme: str
    score: Annotated[float, msgspec.Meta(ge=0, le=1)]
    assigned: bool
    origins: tuple[Origin, ...]


class _Machine(msgspec.Struct, frozen=True):
    """What the machine had said of the paragraph when a person decided."""

    run: _HEX
    version: str
    taxonomy: str
    model: str
    labels: tuple[_Said, ...]


class _Paragraph(msgspec.Struct, frozen=True):
    """The paragraph that was decided about, and where it stood then."""

    fingerprint: _HEX
    text: str
    language: str
    kind: Kind
    document: str | None = None
    position: int | None = None


class EventRecord(msgspec.Struct, frozen=True):
    """One line: one event with all that is needed to understand it elsewhere."""

    format: Literal["1"]
    id: _HEX
    reviewer: Annotated[str, msgspec.Meta(min_length=1)]
    at: datetime
    kind: _EventKind
    paragraph: _Paragraph
    answers: dict[str, bool] = {}
    comment: str = ""
    adjudicates: bool = False
    target: _HEX | None = None
    machine: _Machine | None = None


_decode_labels = msgspec.json.Decoder(tuple[_Said, ...]).decode
_decode_record = msgspec.json.Decoder(EventRecord).decode


def export_events(connection: sqlite3.Connection) -> Iterator[bytes]:
    """Yield every event as a line without its end, in the order of time."""
    rows = connection.execute(
        "SELECT e.id, e.uid, e.reviewer, e.at, e.kind, e.target, e.comment, e.adjudicates,"
        " e.document, e.position, p.fingerprint, p.text, p.language, p.kind,"
        " run.uid, run.version, run.taxonomy, run.model, reading.labels"
        " FROM event AS e JOIN paragraph AS p ON p.id = e.paragraph"
        " LEFT JOIN reading ON reading.id = e.reading LEFT JOIN run ON run.id = reading.run"
        " ORDER BY e.at, e.uid"
    )
    for row in rows:
        answers = connection.execute(
            "SELECT label, yes FROM answer WHERE event = ? ORDER BY label", row[:1]
        )
        machine = None
        if row[14] is not None:
            run = row[14].removeprefix(_IMPORTED)
            machine = _Machine(run, row[15], row[16], row[17], _decode_labels(row[18]))
        record = EventRecord(
            format="1",
            id=row[1],
            reviewer=row[2],
            at=_EPOCH + row[3] * _MICROSECOND,
            kind=row[4],
            paragraph=_Paragraph(row[10], row[11], row[12], row[13], row[8], row[9]),
            answers={label: bool(yes) for label, yes in answers},
            comment=row[6],
            adjudicates=bool(row[7]),
            target=row[5],
            machine=machine,
        )
        yield msgspec.json.encode(record)


def import_events(
    connection: sqlite3.Connection,
    lines: Iterable[bytes],
    where: str,
    on_error: Callable[[RowError], None],
) -> int:
    """Append the events of lines that the store does not have; those it has change nothing.

    Args:
        connection: The open store, in a transaction.
        lines: JSON lines, as :func:`export_events` yields them.
        where: The name of the file, for errors.
        on_error: Called with each line that is no event; the others are taken.

    Returns:
        How many events were new.
    """
    new = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = _decode_record(line)
            if record.at.tzinfo is None:
                raise msgspec.ValidationError("`at` has no time zone")
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            on_error(
                RowError(
                    f"this is no decision ({error})",
                    where=f"{where}:{number}",
                    hint="lines that annotator store export wrote",
                )
            )
            continue
        event = _add(connection, record)
        if event is not None:
            new.append(event)
    follow(connection, new)
    return len(new)


def _add(connection: sqlite3.Connection, record: EventRecord) -> int | None:
    """Append one event, and its paragraph and reading where they are new."""
    if connection.execute("SELECT 1 FROM event WHERE uid = ?", (record.id,)).fetchone():
        return None
    paragraph = _add_paragraph(connection, record.paragraph)
    reading = None if record.machine is None else _add_reading(connection, paragraph, record)
    cursor = connection.execute(
        "INSERT INTO event (uid, reviewer, at, kind, target, paragraph, document, position,"
        " comment, reading, adjudicates) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            record.id,
            record.reviewer,
            (record.at - _EPOCH) // _MICROSECOND,
            record.kind,
            record.target,
            paragraph,
            record.paragraph.document,
            record.paragraph.position,
            record.comment,
            reading,
            int(record.adjudicates),
        ),
    )
    event = cursor.lastrowid or 0
    connection.executemany(
        "INSERT INTO answer (event, label, yes) VALUES (?, ?, ?)",
        [(event, label, int(yes)) for label, yes in record.answers.items()],
    )
    return event


def _add_paragraph(connection: sqlite3.Connection, paragraph: _Paragraph) -> int:
    """Return the number of a paragraph; a new one is kept, but stands in no document yet."""
    connection.execute(
        "INSERT INTO paragraph (fingerprint, text, language, kind, queued, uncertain, disagree,"
        " shuffle) VALUES (?, ?, ?, ?, 0, 0, 0, ?) ON CONFLICT (fingerprint) DO NOTHING",
        (
            paragraph.fingerprint,
            paragraph.text,
            paragraph.language,
            paragraph.kind,
            shuffle_of(paragraph.fingerprint),
        ),
    )
    row = connection.execute(
        "SELECT id FROM paragraph WHERE fingerprint = ?", (paragraph.fingerprint,)
    ).fetchone()
    number: int = row[0]
    return number


def _add_reading(connection: sqlite3.Connection, paragraph: int, record: EventRecord) -> int:
    """Return the number of what the machine had said; without evidence where it is new."""
    machine = record.machine
    assert machine is not None  # noqa: S101 - asked by the caller
    known = connection.execute(
        "SELECT reading.id FROM reading JOIN run ON run.id = reading.run"
        " WHERE paragraph = ? AND run.uid IN (?, ?) ORDER BY run.uid LIMIT 1",
        (paragraph, machine.run, _IMPORTED + machine.run),
    ).fetchone()
    if known is not None:
        return int(known[0])
    uid = _IMPORTED + machine.run
    connection.execute(
        "INSERT INTO run (uid, at, version, taxonomy, model, thresholds)"
        " VALUES (?, ?, ?, ?, ?, '{}') ON CONFLICT (uid) DO NOTHING",
        (uid, now(), machine.version, machine.taxonomy, machine.model),
    )
    cursor = connection.execute(
        "INSERT INTO reading (paragraph, run, at, abstained, labels)"
        " SELECT ?, id, 0, NULL, ? FROM run WHERE uid = ?",
        (paragraph, msgspec.json.encode(machine.labels), uid),
    )
    return cursor.lastrowid or 0
