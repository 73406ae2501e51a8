"""Write JSON lines so that an export that was stopped can go on where it was.

While it runs, the records stand in ``OUT.partial``, and ``OUT.partial.json`` says what the run was
made with. When all is written, the partial file takes the place of ``OUT`` in one step. A run that
finds a partial file of the same inputs and settings keeps its whole records, drops the half one at
its end, and labels the documents that come after.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from annotator.errors import LimitError, NothingToWriteError, OutputError, UsageError
from annotator.export.records import to_dict
from annotator.files import naming_failure, write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from annotator.errors import InputError
    from annotator.model import AnnotatedDocument, Document

__all__ = ["resume_export"]


class _Record(msgspec.Struct):
    """What is looked at in a record that is already there."""

    id: str


def resume_export(
    documents: Iterable[Document],
    annotate: Callable[[Iterable[Document]], Iterable[AnnotatedDocument]],
    output: Path,
    plan: Mapping[str, Any],
    on_error: Callable[[InputError], None] | None = None,
) -> int:
    """Write annotated documents as JSON lines, going on with an earlier run if there was one.

    Args:
        documents: All documents of the run, in order.
        annotate: Labels those that are still missing, in order.
        output: The file that is there when all is done.
        plan: Settings and inputs: what must be the same for a run to go on.
        on_error: Called with documents that an earlier run left out, for they took too long.

    Returns:
        How many documents the file holds.

    Raises:
        UsageError: The partial file is of another run, or another run is writing it.
        OutputError: The file cannot be written; the same command goes on with it.
        NothingToWriteError: There was no document.
    """
    target = output.resolve()
    if target.exists() and not target.is_file():
        raise UsageError("only a file can be gone on with", where=str(output), hint="-o FILE")
    partial = target.with_name(target.name + ".partial")
    note = target.with_name(target.name + ".partial.json")
    try:
        with _locked(partial) as stream:
            _check_plan(partial, note, plan)
            remaining = iter(documents)
            count, first = _skip_done(stream, remaining, partial, on_error)
            for annotated in annotate(_chain(first, remaining)):
                stream.write(msgspec.json.encode(to_dict(annotated)) + b"\n")
                count += 1
            stream.flush()
            os.fsync(stream.fileno())
            if count:
                partial.replace(target)
    except OSError as error:
        raise OutputError(
            f"it cannot be written ({error.strerror})",
            where=str(partial),
            hint="more space or another folder; the same command goes on",
        ) from error
    if not count:
        partial.unlink()
    note.unlink()
    if not count:
        raise NothingToWriteError("there was no document to write")
    return count


@contextmanager
def _locked(partial: Path) -> Iterator[BinaryIO]:
    """Open a partial file, new or not, and keep other runs from writing it.

    Raises:
        UsageError: Another run has it open.
        OSError: It cannot be opened.
    """
    with partial.open("ab+") as stream:
        if sys.platform != "win32":
            import fcntl  # noqa: PLC0415 - there is none elsewhere

            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise UsageError(
                    "another run is writing the file", where=str(partial), hint="wait for its end"
                ) from error
        yield stream


def _check_plan(partial: Path, note: Path, plan: Mapping[str, Any]) -> None:
    """Note what the run is made with, or check that it is what was noted.

    Raises:
        UsageError: The partial file is of another run.
    """
    if partial.stat().st_size == 0:
        with naming_failure(note):
            write_atomically(note, msgspec.json.format(msgspec.json.encode(plan)))
        return
    try:
        noted = msgspec.json.decode(note.read_bytes())
    except (OSError, msgspec.DecodeError):
        noted = {}
    now = msgspec.json.decode(msgspec.json.encode(plan))
    different = sorted(name for name in now if noted.get(name) != now[name])
    if different:
        raise UsageError(
            f"the export in it cannot go on: other {' and '.join(different)}",
            where=str(partial),
            hint="the same command as before, or remove the file to begin anew",
        )


def _skip_done(
    stream: BinaryIO,
    documents: Iterator[Document],
    partial: Path,
    on_error: Callable[[InputError], None] | None,
) -> tuple[int, Document | None]:
    """Go past the documents whose records are there, and cut off what is behind the last.

    Returns:
        How many there are, and the first document that has no record.

    Raises:
        UsageError: The records are of other documents.
    """
    stream.seek(0)
    count = whole = 0
    line = stream.readline()
    missing: list[str] = []
    for document in documents:
        if not line.endswith(b"\n"):
            stream.truncate(whole)
            return count, document
        if _id_of(line) != document.id:
            # The earlier run left it out, if a later one has the record.
            missing.append(document.id)
            continue
        for name in missing:
            if on_error:
                on_error(LimitError("the run that this one goes on with left it out", where=name))
        missing.clear()
        count += 1
        whole += len(line)
        line = stream.readline()
    if missing:
        raise UsageError(
            f"record {count + 1} is not of document {missing[0]}",
            where=str(partial),
            hint="remove the file to begin anew",
        )
    stream.truncate(whole)
    return count, None


def _id_of(line: bytes) -> str | None:
    """Return the id in a record; ``None`` if it is none."""
    try:
        return msgspec.json.decode(line, type=_Record).id
    except msgspec.DecodeError:
        return None


def _chain(first: Document | None, others: Iterator[Document]) -> Iterator[Document]:
    """Yield a document that was taken already, then the others."""
    if first is not None:
        yield first
        yield from others
