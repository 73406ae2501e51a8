"""What labelling one document may take, and the process of its own that a long one gets.

Nothing else is labelled, and nothing is read, while a long document has its
process; that process has ended before its answer is unpacked. So one of them is
held at a time, however many there are.
"""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from annotator.errors import LimitError
from annotator.footprint import is_long, memory_held
from annotator.model import AnnotatedDocument
from annotator.workers import Answer, start_worker, stop_workers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection

    from annotator.errors import InputError
    from annotator.model import Document
    from annotator.pipeline import Annotator
    from annotator.workers import Worker

__all__ = ["START", "Limit", "annotate_alone", "refuse_late", "refuse_memory"]

START = 60.0
"""Seconds that a worker may take to load what it needs."""

_SLOWEST = 10_000
"""Characters of the text that takes longest, a list of codes, that are labelled in a second."""

_TREE = 960 << 20
"""Bytes that all processes together may hold while a long document is labelled."""
_LEAST = 256 << 20
"""Bytes that a long document may take however much the others hold."""


class Limit(NamedTuple):
    """What labelling one document may take."""

    seconds: float
    on_error: Callable[[InputError], None]
    """Called with what took more, and was left out."""
    memory: int = 760 << 20
    """Bytes that a worker may need beyond those it starts with, where the system can limit it
    (Linux does)."""

    def needs_process(self, document: Document) -> bool:
        """Tell whether labelling a document could pass the limit, so that it must be stoppable."""
        return is_long(document) or len(document.text) > _SLOWEST * self.seconds


def annotate_alone(
    annotator: Annotator, document: Document, limit: Limit, others: Sequence[Connection] = ()
) -> AnnotatedDocument | None:
    """Annotate a document in a process that nothing else goes on beside.

    Args:
        annotator: What labels it.
        document: The document.
        limit: What it may take.
        others: Our ends of the lines to the workers there are; they are idle.

    Returns:
        ``None`` if it took too much, which was told.
    """
    memory = min(limit.memory, max(_LEAST, _TREE - memory_held()))
    worker = start_worker(annotator, others, memory)
    try:
        data = _ask(worker, document, limit)
    finally:
        worker.process.kill()
        stop_workers([worker])
    if data is None:
        return None
    (answer,) = msgspec.msgpack.decode(data, type=list[Answer | None])
    if answer is None:
        limit.on_error(refuse_memory(document, memory))
        return None
    return AnnotatedDocument(document, answer.language, answer.paragraphs, answer.labels)


def _ask(worker: Worker, document: Document, limit: Limit) -> bytes | None:
    """Return what a worker answers; ``None`` if it is late or gone, which is told."""
    late = False
    with suppress(EOFError, OSError):  # it is gone
        if worker.line.poll(START):
            worker.line.recv_bytes()
        end = monotonic() + limit.seconds
        worker.line.send_bytes(msgspec.msgpack.encode([document]))
        if worker.line.poll(max(0.0, end - monotonic())):
            return worker.line.recv_bytes()
        late = True
    limit.on_error(refuse_late(document, limit, late=late))
    return None


def refuse_memory(document: Document, memory: int) -> LimitError:
    """Build the error for a document whose labelling took too much memory, in bytes."""
    return LimitError(
        f"labelling it takes more than {memory >> 20} MiB of memory",
        where=_name(document),
        hint="split it",
    )


def refuse_late(document: Document, limit: Limit, *, late: bool) -> LimitError:
    """Build the error for a document whose labelling did not end, or not in time."""
    if late:
        return LimitError(
            f"labelling it took longer than {limit.seconds:g} s",
            where=_name(document),
            hint=f"--timeout {4 * limit.seconds:g}, or split it",
        )
    return LimitError(
        "the process that labelled it ended before it was done: it may lack memory",
        where=_name(document),
        hint="split it",
    )


def _name(document: Document) -> str:
    """Return where a document is found: a row of a table may have an id of its own."""
    if document.id.startswith(document.source):
        return document.id
    return f"{document.source} ({document.id})"
