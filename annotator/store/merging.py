"""One store into another: what both hold once, whichever comes first."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.errors import StoreError
from annotator.store.intake import settle_places
from annotator.store.journal import follow
from annotator.store.schema import connect, naming_trouble, statements, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["merge"]

_MACHINE_SAID = """
INSERT INTO run (uid, at, version, taxonomy, model, thresholds)
  SELECT uid, at, version, taxonomy, model, thresholds FROM other.run
  WHERE true ON CONFLICT (uid) DO NOTHING;
INSERT INTO paragraph (fingerprint, text, language, kind, queued, uncertain, disagree, shuffle)
  SELECT fingerprint, text, language, kind, 0, 0, 0, shuffle FROM other.paragraph
  WHERE true ORDER BY id ON CONFLICT (fingerprint) DO NOTHING;
CREATE TEMP TABLE same_paragraph AS
  SELECT theirs.id AS theirs, mine.id AS mine
  FROM other.paragraph AS theirs JOIN main.paragraph AS mine USING (fingerprint);
CREATE UNIQUE INDEX temp.same_paragraph_theirs ON same_paragraph (theirs);
CREATE TEMP TABLE same_reading (theirs INTEGER PRIMARY KEY, mine INTEGER NOT NULL);
INSERT INTO document (name, source, language, declared)
  SELECT name, source, language, declared FROM other.document
  WHERE true ORDER BY id ON CONFLICT (name) DO NOTHING;
-- A document that both know stays as it was read here.
INSERT INTO place (document, position, paragraph, start, kind, locator)
  SELECT mine.id, place.position, same.mine, place.start, place.kind, place.locator
  FROM other.place
  JOIN other.document AS theirs ON theirs.id = place.document
  JOIN main.document AS mine ON mine.name = theirs.name
  JOIN same_paragraph AS same ON same.theirs = place.paragraph
  WHERE NOT EXISTS (SELECT 1 FROM main.place AS known WHERE known.document = mine.id);
INSERT INTO reading (paragraph, run, at, abstained, labels)
  SELECT same.mine, mine.id, reading.at, reading.abstained, reading.labels
  FROM other.reading
  JOIN same_paragraph AS same ON same.theirs = reading.paragraph
  JOIN other.run AS theirs ON theirs.id = reading.run
  JOIN main.run AS mine ON mine.uid = theirs.uid
  WHERE true ORDER BY reading.id ON CONFLICT (paragraph, run) DO NOTHING;
INSERT INTO same_reading
  SELECT theirs.id, mine.id FROM other.reading AS theirs
  JOIN same_paragraph AS same ON same.theirs = theirs.paragraph
  JOIN other.run AS their_run ON their_run.id = theirs.run
  JOIN main.run AS my_run ON my_run.uid = their_run.uid
  JOIN main.reading AS mine ON mine.paragraph = same.mine AND mine.run = my_run.id;
-- What the machine said last is what is shown.
CREATE TEMP TABLE newer AS
  SELECT same.theirs, same.mine, same_reading.mine AS reading
  FROM other.paragraph AS their_paragraph
  JOIN other.reading AS theirs ON theirs.id = their_paragraph.reading
  JOIN same_reading ON same_reading.theirs = theirs.id
  JOIN same_paragraph AS same ON same.theirs = their_paragraph.id
  JOIN main.paragraph AS my_paragraph ON my_paragraph.id = same.mine
  LEFT JOIN main.reading AS mine ON mine.id = my_paragraph.reading
  WHERE mine.id IS NULL OR theirs.at > mine.at;
CREATE UNIQUE INDEX temp.newer_mine ON newer (mine);
UPDATE main.paragraph SET (text, language, kind, uncertain, disagree, reading) = (
    SELECT theirs.text, theirs.language, theirs.kind, theirs.uncertain, theirs.disagree,
      newer.reading
    FROM newer JOIN other.paragraph AS theirs ON theirs.id = newer.theirs
    WHERE newer.mine = main.paragraph.id)
  WHERE id IN (SELECT mine FROM newer);
DELETE FROM main.suggestion WHERE paragraph IN (SELECT mine FROM newer);
INSERT INTO main.suggestion (paragraph, label, scheme, origins)
  SELECT newer.mine, theirs.label, theirs.scheme, theirs.origins
  FROM newer JOIN other.suggestion AS theirs ON theirs.paragraph = newer.theirs;
"""
"""``other`` is the store that is added, ``main`` the one that grows."""

_PEOPLE_DID = """
INSERT INTO event (uid, reviewer, at, kind, target, paragraph, document, position, comment,
    reading, adjudicates)
  SELECT theirs.uid, theirs.reviewer, theirs.at, theirs.kind, theirs.target, same.mine,
    theirs.document, theirs.position, theirs.comment, same_reading.mine, theirs.adjudicates
  FROM other.event AS theirs
  JOIN same_paragraph AS same ON same.theirs = theirs.paragraph
  LEFT JOIN same_reading ON same_reading.theirs = theirs.reading
  WHERE true ORDER BY theirs.id ON CONFLICT (uid) DO NOTHING;
INSERT INTO answer (event, label, yes)
  SELECT mine.id, theirs.label, theirs.yes
  FROM other.answer AS theirs
  JOIN other.event AS their_event ON their_event.id = theirs.event
  JOIN main.event AS mine ON mine.uid = their_event.uid
  WHERE mine.id NOT IN (SELECT id FROM known_event);
"""

_TEMPORARY = ("known_event", "newer", "same_reading", "same_paragraph")


def merge(connection: sqlite3.Connection, other: Path) -> int:
    """Add to an open store all that another one holds; the other is not changed.

    Returns:
        How many events were new.

    Raises:
        StoreError: The other is missing, no store, newer or damaged.
    """
    with _copied(other) as copy:
        connection.execute("ATTACH ? AS other", (str(copy),))
        try:
            with transaction(connection):
                return _merge_attached(connection)
        finally:
            connection.execute("DETACH other")


def _merge_attached(connection: sqlite3.Connection) -> int:
    """Add what the attached store holds."""
    connection.execute("CREATE TEMP TABLE known_event (id INTEGER PRIMARY KEY)")
    connection.execute("INSERT INTO known_event SELECT id FROM main.event")
    for statement in statements(_MACHINE_SAID + _PEOPLE_DID):
        connection.execute(statement)
    new = connection.execute(
        "SELECT id FROM main.event WHERE id NOT IN (SELECT id FROM known_event) ORDER BY id"
    ).fetchall()
    touched = connection.execute("SELECT mine FROM same_paragraph").fetchall()
    for table in _TEMPORARY:
        connection.execute(f"DROP TABLE temp.{table}")
    settle_places(connection, {row[0] for row in touched})
    follow(connection, [row[0] for row in new])
    return len(new)


@contextmanager
def _copied(path: Path) -> Iterator[Path]:
    """Give a copy of a store in today's format: the store itself stays as it is."""
    if not path.is_file():
        raise StoreError("there is no store", where=str(path), hint="look at its name")
    with tempfile.TemporaryDirectory() as folder, naming_trouble(path):
        copy = Path(folder) / path.name
        uri = f"{path.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as source:
            with closing(sqlite3.connect(copy)) as target:
                source.backup(target)
            connect(copy, create=False).close()
        yield copy
