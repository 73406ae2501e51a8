"""Which paragraphs a reviewer is asked about, in which order: one query, by an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.fusion import ORIGINS

if TYPE_CHECKING:
    import sqlite3

    from annotator.store.entries import Query

__all__ = ["select_queue"]

_ORDER = {
    "uncertain": "uncertain DESC, id",
    "disagree": "disagree DESC, uncertain DESC, id",
    "document": "document, position, id",
    "random": "shuffle, id",
}

_DISPUTED = (
    "SELECT paragraph FROM verdict WHERE reviewer <> :reviewer"
    " GROUP BY paragraph, label HAVING min(yes) < max(yes) AND NOT max(adjudicates)"
)
"""Paragraphs of which other reviewers answer a label differently, and nobody has settled it."""

_MINE = "SELECT 1 FROM standing WHERE reviewer = :reviewer AND paragraph = p.id"

_STATE = {
    "open": f"NOT EXISTS ({_MINE} AND state <> 'open')",
    "finished": f"EXISTS ({_MINE} AND state = 'finished')",
    "skipped": f"EXISTS ({_MINE} AND state = 'skipped')",
    "flagged": f"EXISTS ({_MINE} AND flagged)",
    "commented": f"EXISTS ({_MINE} AND comment <> '')",
    "disputed": f"NOT EXISTS ({_MINE} AND state = 'finished') AND p.id IN ({_DISPUTED})",
}


def select_queue(connection: sqlite3.Connection, reviewer: str, query: Query) -> list[int]:
    """Return the numbers of the paragraphs that a query asks for, in its order."""
    conditions = ["queued = 1"]
    values: dict[str, object] = {"reviewer": reviewer}
    if query.state != "all":
        conditions.append(_STATE[query.state])
    if query.label is not None:
        values["label"] = query.label
        conditions.append(
            "p.id IN (SELECT paragraph FROM suggestion WHERE label = :label"
            " UNION SELECT paragraph FROM verdict WHERE yes AND label = :label)"
        )
    if query.scheme is not None:
        values["scheme"] = query.scheme
        conditions.append("p.id IN (SELECT paragraph FROM suggestion WHERE scheme = :scheme)")
    if query.language is not None:
        values["language"] = query.language
        conditions.append("p.language = :language")
    if query.origin == "reviewer":
        conditions.append("p.id IN (SELECT paragraph FROM verdict WHERE yes)")
    elif query.origin is not None:
        values["origin"] = 1 << [*ORIGINS].index(query.origin)  # type: ignore[arg-type]
        conditions.append("p.id IN (SELECT paragraph FROM suggestion WHERE origins & :origin)")
    if query.documents:
        _name_documents(connection, query.documents)
        conditions.append("p.id IN (SELECT paragraph FROM place WHERE document IN temp.wanted)")
    order = _ORDER[query.order]
    rows = connection.execute(
        f"SELECT id FROM paragraph AS p WHERE {' AND '.join(conditions)} ORDER BY {order}",  # noqa: S608 - all parts stand above
        values,
    )
    return [row[0] for row in rows]


def _name_documents(connection: sqlite3.Connection, names: tuple[str, ...]) -> None:
    """List the wanted documents in a table of this connection alone: there may be thousands."""
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS wanted (id INTEGER PRIMARY KEY)")
    connection.execute("DELETE FROM temp.wanted")
    connection.executemany(
        "INSERT INTO temp.wanted SELECT id FROM document WHERE name = ?",
        [(name,) for name in names],
    )
