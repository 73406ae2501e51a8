"""The events of a store, and what follows from them."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

from annotator.errors import StoreError
from annotator.store.entries import ACTIONS, Undone

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from annotator.store.entries import Action, State

__all__ = ["follow", "record", "redo", "undo"]


def record(
    connection: sqlite3.Connection,
    reviewer: str,
    actions: Sequence[Action],
    *,
    adjudicates: bool,
) -> list[str]:
    """Append actions; return their ids.

    Args:
        connection: The open store, in a transaction.
        reviewer: Who acts.
        actions: What is done, in order.
        adjudicates: Whether the answers settle what others disagree on.

    Raises:
        StoreError: An action is unknown or names a paragraph that is not there.
    """
    uids = []
    for action in actions:
        if action.kind not in ACTIONS:
            raise StoreError(f"{action.kind!r} is no action", hint=", ".join(ACTIONS))
        number, uid = _append(
            connection,
            reviewer,
            action.kind,
            action.paragraph,
            comment=action.comment,
            adjudicates=adjudicates,
        )
        connection.executemany(
            "INSERT INTO answer (event, label, yes) VALUES (?, ?, ?)",
            [(number, label, int(yes)) for label, yes in action.answers.items()],
        )
        _derive(connection, reviewer, action.paragraph)
        uids.append(uid)
    return uids


def undo(connection: sqlite3.Connection, reviewer: str) -> Undone | None:
    """Append the undoing of the reviewer's last action that still holds."""
    row = connection.execute(
        "SELECT id, uid, paragraph, kind FROM event WHERE reviewer = ?"
        " AND kind NOT IN ('undo', 'redo')"
        " AND NOT EXISTS (SELECT 1 FROM withdrawn WHERE withdrawn.event = event.id)"
        " ORDER BY at DESC, uid DESC LIMIT 1",
        (reviewer,),
    ).fetchone()
    return _turn(connection, reviewer, "undo", row)


def redo(connection: sqlite3.Connection, reviewer: str) -> Undone | None:
    """Append the redoing of what was undone last, unless the reviewer has acted since."""
    row = connection.execute(
        "SELECT event.id, event.uid, event.paragraph, event.kind FROM withdrawn"
        " JOIN event ON event.id = withdrawn.event"
        " WHERE withdrawn.reviewer = ?1 AND (withdrawn.at, withdrawn.uid) > ("
        "  SELECT at, uid FROM event WHERE reviewer = ?1 AND kind NOT IN ('undo', 'redo')"
        "  ORDER BY at DESC, uid DESC LIMIT 1)"
        " ORDER BY withdrawn.at DESC, withdrawn.uid DESC LIMIT 1",
        (reviewer,),
    ).fetchone()
    return _turn(connection, reviewer, "redo", row)


def follow(connection: sqlite3.Connection, events: Sequence[int]) -> None:
    """Work out anew what follows from events that came from elsewhere, in whatever order."""
    touched = set()
    for event in events:
        uid, reviewer, paragraph, target = connection.execute(
            "SELECT uid, reviewer, paragraph, target FROM event WHERE id = ?", (event,)
        ).fetchone()
        touched.add((reviewer, paragraph))
        turned = connection.execute(
            "SELECT id, reviewer, paragraph FROM event WHERE uid IN (?, ?)", (uid, target)
        )
        for number, *whose in turned.fetchall():
            _mark_withdrawn(connection, number)
            touched.add((whose[0], whose[1]))
    for reviewer, paragraph in sorted(touched):
        _derive(connection, reviewer, paragraph)


def _turn(
    connection: sqlite3.Connection,
    reviewer: str,
    kind: str,
    row: tuple[int, str, int, str] | None,
) -> Undone | None:
    """Append an event that undoes or redoes another."""
    if row is None:
        return None
    number, uid, paragraph, what = row
    _append(connection, reviewer, kind, paragraph, target=uid)
    _mark_withdrawn(connection, number)
    _derive(connection, reviewer, paragraph)
    return Undone(paragraph, what)  # type: ignore[arg-type] # only ACTIONS are ever recorded


def _append(
    connection: sqlite3.Connection,
    reviewer: str,
    kind: str,
    paragraph: int,
    *,
    target: str | None = None,
    comment: str = "",
    adjudicates: bool = False,
) -> tuple[int, str]:
    """Append one event with the place of its paragraph and what the machine says of it now."""
    uid = uuid.uuid4().hex
    # A clock that is set back must not turn the order of what one person did.
    cursor = connection.execute(
        "INSERT INTO event (uid, reviewer, at, kind, target, paragraph, document, position,"
        " comment, reading, adjudicates)"
        " SELECT ?1, ?2, max(?3, 1 + coalesce((SELECT max(at) FROM event WHERE reviewer = ?2), 0)),"
        "  ?4, ?5, paragraph.id, document.name, paragraph.position, ?6, paragraph.reading, ?8"
        " FROM paragraph LEFT JOIN document ON document.id = paragraph.document"
        " WHERE paragraph.id = ?7",
        (
            uid,
            reviewer,
            time.time_ns() // 1000,
            kind,
            target,
            comment,
            paragraph,
            int(adjudicates),
        ),
    )
    if cursor.rowcount != 1:
        raise StoreError(f"there is no paragraph {paragraph} in the store")
    return cursor.lastrowid or 0, uid


def _mark_withdrawn(connection: sqlite3.Connection, event: int) -> None:
    """Say of an event whether it is undone now: what the last event about it says."""
    connection.execute("DELETE FROM withdrawn WHERE event = ?", (event,))
    connection.execute(
        "INSERT INTO withdrawn (event, reviewer, at, uid)"
        " SELECT ?1, reviewer, at, uid FROM ("
        "  SELECT turn.reviewer, turn.at, turn.uid, turn.kind FROM event AS turn"
        "  JOIN event AS turned ON turned.uid = turn.target WHERE turned.id = ?1"
        "  ORDER BY turn.at DESC, turn.uid DESC LIMIT 1)"
        " WHERE kind = 'undo'",
        (event,),
    )


def _derive(connection: sqlite3.Connection, reviewer: str, paragraph: int) -> None:
    """Work out anew where a paragraph stands with a reviewer, from the events that hold."""
    events = connection.execute(
        "SELECT id, kind, comment, adjudicates FROM event WHERE paragraph = ? AND reviewer = ?"
        " AND kind NOT IN ('undo', 'redo')"
        " AND NOT EXISTS (SELECT 1 FROM withdrawn WHERE withdrawn.event = event.id)"
        " ORDER BY at, uid",
        (paragraph, reviewer),
    ).fetchall()
    state: State = "open"
    flagged, comment = False, ""
    answers: dict[str, tuple[int, int]] = {}
    for event, kind, text, adjudicates in events:
        rows = connection.execute("SELECT label, yes FROM answer WHERE event = ?", (event,))
        answers.update({label: (yes, adjudicates) for label, yes in rows})
        if kind in ("accept", "reject"):
            state = "finished"
        elif kind == "skip":
            state = "skipped"
        elif kind in ("flag", "unflag"):
            flagged = kind == "flag"
        elif kind == "comment":
            comment = text
    key = (reviewer, paragraph)
    connection.execute("DELETE FROM standing WHERE reviewer = ? AND paragraph = ?", key)
    connection.execute("DELETE FROM verdict WHERE reviewer = ? AND paragraph = ?", key)
    if not events:
        return
    connection.execute(
        "INSERT INTO standing (reviewer, paragraph, state, flagged, comment)"
        " VALUES (?, ?, ?, ?, ?)",
        (*key, state, int(flagged), comment),
    )
    connection.executemany(
        "INSERT INTO verdict (reviewer, paragraph, label, yes, adjudicates) VALUES (?, ?, ?, ?, ?)",
        [(*key, label, *answer) for label, answer in answers.items()],
    )
