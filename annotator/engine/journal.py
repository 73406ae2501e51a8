"""What a run keeps of itself, in the folder of its results.

::

    OUT/part-00000.jsonl       results, in the order of the inputs
    OUT/_run/plan.json         what the run was made with, and of which inputs
    OUT/_run/part-00000.json   written when that partition is: how many documents, what failed
    OUT/_SUCCESS               written last, when every partition is there

Names that begin with ``_`` are left out by what reads partitioned data sets. Each file is written
whole or not at all, and a partition counts as done only if its results are there in the size that
was noted, so a run that was stopped anywhere says truly what is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from annotator.errors import OutputError, UsageError
from annotator.files import naming_failure, write_atomically

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Entry", "Failure", "Journal", "Plan"]


class Failure(msgspec.Struct, frozen=True):
    """An input error as it is told, for errors of an earlier run are told again."""

    what: str
    where: str
    hint: str
    warning: bool = False
    """The input was read all the same."""


class Entry(msgspec.Struct, frozen=True):
    """A partition that is done."""

    documents: int
    size: int
    """Bytes of its results."""
    failures: tuple[Failure, ...] = ()


class Plan(msgspec.Struct, frozen=True):
    """What must be the same for a run to go on where another stopped."""

    settings: dict[str, Any]
    """Version, taxonomy, model and thresholds, as in an export."""
    reading: dict[str, Any]
    """How the inputs are read."""
    inputs: list[dict[str, Any]]
    """Path, size and hash of each input."""
    file_format: str
    partition_size: int
    partitions: int


_DIFFERENCES = {
    "settings": "it was made with another version, taxonomy, model or threshold",
    "reading": "its inputs were read in another way",
    "inputs": "it was made of other inputs, or they have changed",
    "file_format": "it was made in another format",
    "partition_size": "its partitions have another size",
    "partitions": "it has another number of partitions",
}


class Journal:
    """The record of one run in its folder."""

    def __init__(self, folder: Path, file_format: str, partitions: int) -> None:
        """Keep the journal of a folder."""
        self.folder = folder
        self._own = folder / "_run"
        self._format = file_format
        self._digits = max(5, len(str(partitions - 1)))

    @staticmethod
    def check_folder(folder: Path, *, resume: bool) -> None:
        """Refuse a folder with other things in it, or with a run that nobody asked to resume.

        Raises:
            UsageError: The folder cannot be used so.
        """
        if not folder.exists():
            return
        if not (folder / "_run" / "plan.json").is_file():
            # A run that died before it had a plan has left no more than an empty journal.
            if folder.is_dir() and {path.name for path in folder.iterdir()} <= {"_run"}:
                return
            raise UsageError(
                "there is something else at that place", where=str(folder), hint="a new folder"
            )
        if not resume:
            raise UsageError(
                "the folder holds the results of an earlier run",
                where=str(folder),
                hint="--resume to go on with it, or a new folder",
            )

    def begin(self, plan: Plan) -> None:
        """Note what the run is made with, or check that it is what was noted.

        Raises:
            UsageError: The folder holds a run of something else.
            OutputError: The folder cannot be written to.
        """
        place = self._own / "plan.json"
        if place.exists():
            self._compare(plan)
            return
        with naming_failure(self.folder):
            self._own.mkdir(parents=True, exist_ok=True)
            write_atomically(place, msgspec.json.format(msgspec.json.encode(plan)))

    def _compare(self, plan: Plan) -> None:
        """Refuse to go on with a run of something else."""
        place = self._own / "plan.json"
        try:
            noted = msgspec.json.decode(place.read_bytes(), type=Plan)
        except (OSError, msgspec.DecodeError) as error:
            raise OutputError(
                f"the plan of the run cannot be read ({error})",
                where=str(place),
                hint="a new folder",
            ) from error
        now = msgspec.json.decode(msgspec.json.encode(plan), type=Plan)
        for name, difference in _DIFFERENCES.items():
            if getattr(noted, name) != getattr(now, name):
                raise UsageError(
                    f"the run in it cannot go on: {difference}",
                    where=str(self.folder),
                    hint="the same command as before, or a new folder",
                )

    def path_of(self, number: int) -> Path:
        """Return where the results of a partition stand."""
        return self.folder / f"part-{number:0{self._digits}}.{self._format}"

    def record(self, number: int, entry: Entry) -> None:
        """Note that a partition is done.

        Raises:
            OutputError: The note cannot be written.
        """
        place = self._entry_path(number)
        with naming_failure(place):
            write_atomically(place, msgspec.json.encode(entry))

    def read(self, number: int) -> Entry | None:
        """Return what was noted of a partition; ``None`` if it is not done."""
        try:
            entry = msgspec.json.decode(self._entry_path(number).read_bytes(), type=Entry)
            size = self.path_of(number).stat().st_size
        except (OSError, msgspec.DecodeError):
            return None
        return entry if entry.size == size else None

    def finish(self, documents: int) -> None:
        """Say that every partition is there, and clear away what killed workers left half written.

        Raises:
            OutputError: The folder cannot be written to.
        """
        with naming_failure(self.folder):
            for remnant in (*self.folder.glob(".part-*"), *self._own.glob(".part-*")):
                remnant.unlink(missing_ok=True)
            write_atomically(
                self.folder / "_SUCCESS", msgspec.json.encode({"documents": documents})
            )

    def _entry_path(self, number: int) -> Path:
        """Return where the note of a partition stands."""
        return self._own / f"part-{number:0{self._digits}}.json"
