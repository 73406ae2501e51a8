"""The tables of a store: made, checked when a store is opened, brought up to date."""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from annotator.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["APPLICATION", "VERSION", "connect", "naming_trouble", "statements", "transaction"]

APPLICATION = 0x57534453
"""``application_id`` of the file: the letters WSDS."""

VERSION = 2
"""``user_version`` of the file; a change of the tables raises it and adds a migration."""

_MAGIC = b"SQLite format 3\0"
"""How a file of SQLite begins."""

_PATIENCE = 15.0
"""Seconds that one process waits for another to finish writing."""

_TABLES = """
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  version TEXT NOT NULL,
  taxonomy TEXT NOT NULL,
  model TEXT NOT NULL,
  thresholds TEXT NOT NULL
);
CREATE TABLE document (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL,
  language TEXT NOT NULL,
  declared TEXT NOT NULL
);
CREATE TABLE paragraph (
  id INTEGER PRIMARY KEY,
  fingerprint TEXT NOT NULL UNIQUE,
  text TEXT NOT NULL,
  language TEXT NOT NULL,
  kind TEXT NOT NULL,
  document INTEGER,
  position INTEGER,
  reading INTEGER,
  queued INTEGER NOT NULL,
  uncertain REAL NOT NULL,
  disagree REAL NOT NULL,
  shuffle INTEGER NOT NULL
);
CREATE INDEX paragraph_uncertain ON paragraph (queued, uncertain DESC, id);
CREATE INDEX paragraph_disagree ON paragraph (queued, disagree DESC, uncertain DESC, id);
CREATE INDEX paragraph_document ON paragraph (queued, document, position, id);
CREATE INDEX paragraph_random ON paragraph (queued, shuffle, id);
CREATE INDEX paragraph_language ON paragraph (queued, language, id);
CREATE TABLE place (
  document INTEGER NOT NULL,
  position INTEGER NOT NULL,
  paragraph INTEGER NOT NULL,
  start INTEGER NOT NULL,
  kind TEXT NOT NULL,
  locator TEXT,
  PRIMARY KEY (document, position)
) WITHOUT ROWID;
CREATE INDEX place_paragraph ON place (paragraph, document, position);
CREATE TABLE reading (
  id INTEGER PRIMARY KEY,
  paragraph INTEGER NOT NULL,
  run INTEGER NOT NULL,
  at INTEGER NOT NULL,
  abstained TEXT,
  labels BLOB NOT NULL,
  UNIQUE (paragraph, run)
);
CREATE TABLE suggestion (
  paragraph INTEGER NOT NULL,
  label TEXT NOT NULL,
  scheme TEXT NOT NULL,
  origins INTEGER NOT NULL,
  PRIMARY KEY (paragraph, label)
) WITHOUT ROWID;
CREATE INDEX suggestion_label ON suggestion (label, paragraph);
CREATE TABLE event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uid TEXT NOT NULL UNIQUE,
  reviewer TEXT NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  target TEXT,
  paragraph INTEGER NOT NULL REFERENCES paragraph (id),
  document TEXT,
  position INTEGER,
  comment TEXT NOT NULL,
  reading INTEGER,
  adjudicates INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX event_reviewer ON event (reviewer, at, uid);
CREATE INDEX event_paragraph ON event (paragraph, reviewer, at, uid);
CREATE INDEX event_target ON event (target, at, uid);
CREATE TABLE answer (
  event INTEGER NOT NULL,
  label TEXT NOT NULL,
  yes INTEGER NOT NULL,
  PRIMARY KEY (event, label)
) WITHOUT ROWID;
CREATE TABLE withdrawn (
  event INTEGER PRIMARY KEY,
  reviewer TEXT NOT NULL,
  at INTEGER NOT NULL,
  uid TEXT NOT NULL
);
CREATE INDEX withdrawn_reviewer ON withdrawn (reviewer, at, uid);
CREATE TABLE standing (
  reviewer TEXT NOT NULL,
  paragraph INTEGER NOT NULL,
  state TEXT NOT NULL,
  flagged INTEGER NOT NULL,
  comment TEXT NOT NULL,
  PRIMARY KEY (reviewer, paragraph)
) WITHOUT ROWID;
CREATE TABLE verdict (
  paragraph INTEGER NOT NULL,
  label TEXT NOT NULL,
  reviewer TEXT NOT NULL,
  yes INTEGER NOT NULL,
  adjudicates INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (paragraph, label, reviewer)
) WITHOUT ROWID;
CREATE INDEX verdict_label ON verdict (label, paragraph);
CREATE INDEX verdict_reviewer ON verdict (reviewer, paragraph);
"""
"""``run``, ``reading``, ``event`` and ``answer`` are only ever added to. ``suggestion``, the last
six columns of ``paragraph``, ``withdrawn``, ``standing`` and ``verdict`` follow from them and are
kept because a queue must be quick."""

_MIGRATIONS = {
    # Version 2 knows of people who settle what others disagree on, and finds languages quickly.
    1: (
        "ALTER TABLE event ADD COLUMN adjudicates INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE verdict ADD COLUMN adjudicates INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX paragraph_language ON paragraph (queued, language, id)",
    ),
}
"""From each version to the next, what has to be done; a store goes through all that it lacks."""

_APPEND_ONLY = ("run", "reading", "event", "answer")


def _guards() -> Iterator[str]:
    """Yield the triggers by which the file itself refuses to lose what was said."""
    for table in _APPEND_ONLY:
        for deed in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_keeps_{deed.lower()} BEFORE {deed} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"
            )


def connect(path: Path, *, create: bool) -> sqlite3.Connection:
    """Open a store's file, make it if asked to, and bring an older one up to date.

    Raises:
        StoreError: It is not there, is no store, is damaged, or was written by a newer version.
    """
    if not create and not path.exists():
        raise StoreError(
            "there is no store", where=str(path), hint="annotator review makes one, with --store"
        )
    with naming_trouble(path):
        connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
        return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Check what kind of file it is; make the tables or migrate them."""
    if _check(connection, path) < VERSION:
        _become_wal(connection)
        with transaction(connection):
            # Another process may have been first: only now nobody else writes.
            version = _check(connection, path)
            if not version:
                _make_tables(connection)
            for old in range(version or VERSION, VERSION):
                for statement in _MIGRATIONS[old]:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")
    _become_wal(connection)
    connection.execute("PRAGMA synchronous = FULL")


def _make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables of an empty file."""
    for statement in statements(_TABLES):
        connection.execute(statement)
    for statement in _guards():
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")


def is_store(path: Path) -> bool:
    """Tell whether a file is a database, which here is always taken for a store.

    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "مراجعة.sqlite"
    >>> is_store(path)
    False
    >>> connect(path, create=True).close()
    >>> is_store(path)
    True
    """
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def statements(script: str) -> list[str]:
    """Cut a script where lines end in a semicolon: ``executescript`` would commit on its own."""
    return [statement for statement in script.split(";\n") if statement.strip()]


def _check(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of a store; an empty file, which becomes one, has 0.

    Raises:
        StoreError: It is something else, or newer than this program.
    """
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if application == APPLICATION and version > VERSION:
        raise StoreError(
            f"this store was written by a newer version (its format is {version}, "
            f"this program knows {VERSION})",
            where=str(path),
            hint="update this program",
        )
    if application == APPLICATION and version:
        return version
    if application or version or connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise StoreError(
            "this is a database of another program, no store of reviews",
            where=str(path),
            hint="another file for --store",
        )
    return 0


def _become_wal(connection: sqlite3.Connection) -> None:
    """Set the write-ahead log, which two processes can only do one after the other."""
    end = time.monotonic() + _PATIENCE
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write all of what stands inside, or nothing; it is on the disk afterwards."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def naming_trouble(path: Path) -> Iterator[None]:
    """Turn what SQLite reports into an error that names the file and says what to try.

    Raises:
        StoreError: What stands inside could not read or write the store.
    """
    try:
        yield
    except sqlite3.Error as error:
        what, hint = _TROUBLE.get(_primary_code(error), (f"the store failed ({error})", ""))
        raise StoreError(what, where=str(path), hint=hint) from error


def _primary_code(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


_TROUBLE = {
    sqlite3.SQLITE_FULL: (
        "there is no space left; nothing was changed",
        "make room on the disk, then go on",
    ),
    sqlite3.SQLITE_IOERR: (
        "the disk failed or is full; nothing was changed",
        "make room on the disk, then go on",
    ),
    sqlite3.SQLITE_BUSY: (
        "another program has held the store for too long; nothing was changed",
        "close it, then go on",
    ),
    sqlite3.SQLITE_READONLY: ("the store cannot be written to", "look at the file's permissions"),
    sqlite3.SQLITE_CANTOPEN: (
        "the store cannot be opened",
        "look whether the folder is there, and may be written to",
    ),
    sqlite3.SQLITE_NOTADB: (
        "this is no store of reviews",
        "another file for --store",
    ),
    sqlite3.SQLITE_CORRUPT: ("the store is damaged", "a copy of the file from before"),
}
