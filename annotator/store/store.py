"""The store itself: opened, asked, added to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import msgspec

from annotator.errors import StoreError
from annotator.model import Assignment
from annotator.store import intake, journal
from annotator.store.entries import (
    Declared,
    Place,
    Progress,
    Query,
    Standing,
    StoredDocument,
    StoredParagraph,
    Undone,
)
from annotator.store.exchange import export_events, import_events
from annotator.store.merging import merge
from annotator.store.queue import select_queue
from annotator.store.schema import connect, naming_trouble, transaction
from annotator.store.settled import Settled, Vote, settle

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from annotator.errors import RowError
    from annotator.model import AnnotatedDocument
    from annotator.store.entries import Action

__all__ = ["DEFAULT_FILE", "Store"]

DEFAULT_FILE = "annotator-review.sqlite"
"""Where reviews are kept, in the working directory, unless ``--store`` says otherwise."""

_BATCH = 2_000
"""Paragraphs that are written at once: other reviewers wait no longer than that takes."""

_labels_decoder = msgspec.json.Decoder(tuple[Assignment, ...])


class Store:
    """Paragraphs, what the machine said of them, and what people decided.

    Open one with :meth:`open`, in a ``with`` statement. Every method raises
    :class:`annotator.errors.StoreError` if the file cannot be read or written;
    the store is then as it was before.
    """

    def __init__(
        self, connection: sqlite3.Connection, path: Path, reviewer: str, *, adjudicates: bool
    ) -> None:
        """Wrap an open file; use :meth:`open`."""
        self.adjudicates = adjudicates
        self.path = path
        self.reviewer = reviewer
        self._connection = connection

    @classmethod
    def open(
        cls,
        path: Path | str,
        *,
        reviewer: str = "",
        adjudicates: bool = False,
        create: bool = True,
    ) -> Self:
        """Open a store, making it if it is not there.

        Args:
            path: The file.
            reviewer: Who decides; may be empty where nothing is decided.
            adjudicates: Whether the reviewer's answers settle what others disagree on.
            create: Whether a missing file is made; if not, it is an error.

        Raises:
            StoreError: The file is foreign, newer, damaged, or cannot be opened.
        """
        connection = connect(Path(path), create=create)
        return cls(connection, Path(path), reviewer, adjudicates=adjudicates)

    def __enter__(self) -> Self:
        """Return the store."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the store."""
        self.close()

    def close(self) -> None:
        """Close the file; what was recorded is in it."""
        self._connection.close()

    # What the machine said

    def add_documents(
        self, documents: Iterable[AnnotatedDocument], settings: Mapping[str, Any]
    ) -> int:
        """Add documents, or find them again; nothing that was said before is overwritten.

        Args:
            documents: Annotated documents, taken one at a time.
            settings: What they were annotated with: ``Annotator.run_settings()``.

        Returns:
            How many paragraphs were not known before.
        """
        added = 0
        batch: list[AnnotatedDocument] = []
        size = 0
        for document in documents:
            batch.append(document)
            size += len(document.paragraphs)
            if size >= _BATCH:
                added += self._add_batch(batch, settings)
                batch, size = [], 0
        return added + self._add_batch(batch, settings)

    def _add_batch(
        self, documents: Sequence[AnnotatedDocument], settings: Mapping[str, Any]
    ) -> int:
        """Add some documents in one transaction."""
        if not documents:
            return 0
        with naming_trouble(self.path), transaction(self._connection):
            run = intake.add_run(self._connection, settings)
            thresholds = settings["thresholds"]
            return sum(
                intake.add_document(self._connection, document, run, thresholds)
                for document in documents
            )

    def paragraph(self, number: int) -> StoredParagraph:
        """Return a paragraph with what the machine said of it last, in one cheap read."""
        with naming_trouble(self.path):
            row = self._connection.execute(
                "SELECT p.fingerprint, p.text, p.language, p.kind, d.name, p.position,"
                " place.start, place.kind, place.locator, d.declared,"
                " reading.abstained, reading.labels, run.thresholds"
                " FROM paragraph AS p"
                " LEFT JOIN document AS d ON d.id = p.document"
                " LEFT JOIN place ON place.document = p.document AND place.position = p.position"
                " LEFT JOIN reading ON reading.id = p.reading"
                " LEFT JOIN run ON run.id = reading.run"
                " WHERE p.id = ?",
                (number,),
            ).fetchone()
        if row is None:
            raise StoreError(f"there is no paragraph {number}", where=str(self.path))
        declared = msgspec.json.decode(row[9] or "{}")
        return StoredParagraph(
            number=number,
            fingerprint=row[0],
            text=row[1],
            language=row[2],
            kind=row[3],
            place=Place(row[4] or "", row[5] or 0, row[6] or 0, row[7] or row[3], row[8]),
            abstained=row[10],
            labels=_labels_decoder.decode(row[11] or b"[]"),
            thresholds=msgspec.json.decode(row[12] or "{}"),
            declared=tuple(Declared(label, supported) for label, supported in declared.items()),
        )

    def neighbours(
        self, number: int, around: int = 1
    ) -> tuple[tuple[StoredParagraph, ...], tuple[StoredParagraph, ...]]:
        """Return the paragraphs before and after one in its document, of any kind.

        Args:
            number: The paragraph.
            around: How many on each side, at most.
        """
        place = (
            "SELECT paragraph FROM place, (SELECT document, position FROM paragraph WHERE id = ?)"
            " AS here WHERE place.document = here.document AND place.position "
        )
        with naming_trouble(self.path):
            before = self._connection.execute(
                place + "BETWEEN here.position - ? AND here.position - 1 ORDER BY place.position",
                (number, around),
            ).fetchall()
            after = self._connection.execute(
                place + "BETWEEN here.position + 1 AND here.position + ? ORDER BY place.position",
                (number, around),
            ).fetchall()
        return (
            tuple(self.paragraph(row[0]) for row in before),
            tuple(self.paragraph(row[0]) for row in after),
        )

    def documents(self) -> list[StoredDocument]:
        """List the documents, in the order in which they were added."""
        with naming_trouble(self.path):
            rows = self._connection.execute(
                "SELECT d.name, d.source, d.language, count(p.id),"
                " count(p.id) - coalesce(sum(s.state <> 'open'), 0)"
                " FROM document AS d"
                " LEFT JOIN paragraph AS p ON p.queued = 1 AND p.document = d.id"
                " LEFT JOIN standing AS s ON s.reviewer = ? AND s.paragraph = p.id"
                " GROUP BY d.id ORDER BY d.id",
                (self.reviewer,),
            ).fetchall()
        return [StoredDocument(*row) for row in rows]

    def languages(self) -> list[str]:
        """List the languages of the paragraphs that a person may be asked about."""
        with naming_trouble(self.path):
            rows = self._connection.execute(
                "SELECT DISTINCT language FROM paragraph WHERE queued = 1 ORDER BY language"
            ).fetchall()
        return [row[0] for row in rows]

    # What people did

    def record(self, actions: Sequence[Action]) -> list[str]:
        """Append actions of this store's reviewer, all or none; they are on the disk afterwards.

        Returns:
            The id of each, by which other stores know it too.
        """
        self._check_reviewer()
        with naming_trouble(self.path), transaction(self._connection):
            return journal.record(
                self._connection, self.reviewer, actions, adjudicates=self.adjudicates
            )

    def undo(self) -> Undone | None:
        """Undo the reviewer's last action that still holds; ``None`` if there is none.

        Call it again to go further back, to the very first action, days ago.
        """
        self._check_reviewer()
        with naming_trouble(self.path), transaction(self._connection):
            return journal.undo(self._connection, self.reviewer)

    def redo(self) -> Undone | None:
        """Do again what was undone last; ``None`` if the reviewer has acted since."""
        self._check_reviewer()
        with naming_trouble(self.path), transaction(self._connection):
            return journal.redo(self._connection, self.reviewer)

    def standing(self, number: int, reviewer: str | None = None) -> Standing:
        """Return where a paragraph stands with a reviewer, by default this store's."""
        key = (self.reviewer if reviewer is None else reviewer, number)
        with naming_trouble(self.path):
            row = self._connection.execute(
                "SELECT state, flagged, comment FROM standing WHERE reviewer = ? AND paragraph = ?",
                key,
            ).fetchone()
            answers = self._connection.execute(
                "SELECT label, yes FROM verdict WHERE reviewer = ? AND paragraph = ?", key
            ).fetchall()
        if row is None:
            return Standing()
        return Standing({label: bool(yes) for label, yes in answers}, row[0], bool(row[1]), row[2])

    def verdicts(self, number: int) -> dict[str, dict[str, bool]]:
        """Return what each reviewer answered to each label of a paragraph."""
        with naming_trouble(self.path):
            rows = self._connection.execute(
                "SELECT reviewer, label, yes FROM verdict WHERE paragraph = ?"
                " ORDER BY reviewer, label",
                (number,),
            ).fetchall()
        result: dict[str, dict[str, bool]] = {}
        for reviewer, label, yes in rows:
            result.setdefault(reviewer, {})[label] = bool(yes)
        return result

    def queue(self, query: Query) -> list[int]:
        """Return the paragraphs that a query asks for, in its order, for this store's reviewer."""
        with naming_trouble(self.path):
            return select_queue(self._connection, self.reviewer, query)

    def progress(self, reviewer: str | None = None) -> Progress:
        """Return how far a reviewer has come, by default this store's."""
        who = self.reviewer if reviewer is None else reviewer
        with naming_trouble(self.path):
            (paragraphs,) = self._connection.execute(
                "SELECT count(*) FROM paragraph WHERE queued = 1"
            ).fetchone()
            finished, skipped, flagged = self._connection.execute(
                "SELECT coalesce(sum(state = 'finished'), 0), coalesce(sum(state = 'skipped'), 0),"
                " coalesce(sum(flagged), 0) FROM standing JOIN paragraph AS p"
                " ON p.id = standing.paragraph WHERE reviewer = ? AND p.queued = 1",
                (who,),
            ).fetchone()
            (answers,) = self._connection.execute(
                "SELECT count(*) FROM verdict WHERE reviewer = ?", (who,)
            ).fetchone()
        return Progress(who, paragraphs, finished, skipped, flagged, answers)

    def votes(self) -> dict[str, dict[str, list[Vote]]]:
        """Return all answers that hold: fingerprint -> label -> who said what."""
        with naming_trouble(self.path):
            rows = self._connection.execute(
                "SELECT fingerprint, label, reviewer, yes, adjudicates FROM verdict"
                " JOIN paragraph ON paragraph.id = verdict.paragraph"
                " ORDER BY fingerprint, label, reviewer"
            ).fetchall()
        result: dict[str, dict[str, list[Vote]]] = {}
        for fingerprint, label, reviewer, yes, adjudicates in rows:
            votes = result.setdefault(fingerprint, {}).setdefault(label, [])
            votes.append(Vote(reviewer, bool(yes), bool(adjudicates)))
        return result

    def settled(self) -> dict[str, dict[str, Settled]]:
        """Return what all answers come to: fingerprint -> label -> answer."""
        return {
            fingerprint: {label: settle(votes) for label, votes in labels.items()}
            for fingerprint, labels in self.votes().items()
        }

    def decided(self) -> Iterator[tuple[StoredParagraph, dict[str, Settled]]]:
        """Yield every paragraph that somebody has answered for, with what the answers come to.

        The order is that of the fingerprints: the same in every store that holds the same.
        """
        for fingerprint, labels in sorted(self.settled().items()):
            with naming_trouble(self.path):
                (number,) = self._connection.execute(
                    "SELECT id FROM paragraph WHERE fingerprint = ?", (fingerprint,)
                ).fetchone()
            yield self.paragraph(number), labels

    def reviewers(self) -> list[str]:
        """List everybody who has done anything, by name."""
        with naming_trouble(self.path):
            rows = self._connection.execute(
                "SELECT DISTINCT reviewer FROM event ORDER BY reviewer"
            ).fetchall()
        return [row[0] for row in rows]

    # From one store to another

    def export_lines(self) -> Iterator[bytes]:
        """Yield every event as a JSON line without its end, in the order of time."""
        with naming_trouble(self.path):
            yield from export_events(self._connection)

    def import_lines(
        self, lines: Iterable[bytes], where: str, on_error: Callable[[RowError], None]
    ) -> int:
        """Append events that :meth:`export_lines` yielded; those that are known change nothing.

        Args:
            lines: The lines.
            where: The name of their file, for errors.
            on_error: Called with each line that is no event; the others are taken.

        Returns:
            How many events were new.
        """
        with naming_trouble(self.path), transaction(self._connection):
            return import_events(self._connection, lines, where, on_error)

    def merge(self, other: Path) -> int:
        """Add all that another store holds; return how many events were new.

        The other is not changed. Whichever store is merged into which, and however often, people's
        answers come to the same.
        """
        with naming_trouble(self.path):
            return merge(self._connection, other)

    def _check_reviewer(self) -> None:
        """Refuse an action of nobody."""
        if not self.reviewer:
            raise StoreError(
                "nobody is named who decides", where=str(self.path), hint="--reviewer NAME"
            )
