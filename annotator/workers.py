"""The processes that label documents: how one is started, what it does, how it is stopped.

On Linux workers are forked: they share the taxonomy and the model that are
loaded already, and are there in milliseconds. Elsewhere they are started anew
and load both, for forking is not safe there or does not exist; a script then
needs the usual ``if __name__ == "__main__":``.
"""

from __future__ import annotations

import gc
import multiprocessing
import re
import signal
import sys
import warnings
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from annotator.model import AnnotatedParagraph, Document, DocumentAssignment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from annotator.pipeline import Annotator

__all__ = ["PATIENCE", "Answer", "Worker", "start_worker", "stop_workers"]


class Answer(msgspec.Struct, array_like=True):
    """What a worker says of one document; the text itself does not travel back."""

    language: str
    paragraphs: tuple[AnnotatedParagraph, ...]
    labels: tuple[DocumentAssignment, ...]


class Worker(NamedTuple):
    """A process, and the line to it."""

    process: BaseProcess
    line: Connection


PATIENCE = 5.0
"""Seconds that a worker has to end."""


def start_worker(annotator: Annotator, others: Sequence[Connection], memory: int | None) -> Worker:
    """Start a worker.

    Args:
        annotator: What labels.
        others: Our ends of the lines to the workers there are.
        memory: Bytes that it may need beyond those it starts with; it then says when it is
            ready. Without it, as many as there are.
    """
    forked = sys.platform == "linux"
    context = multiprocessing.get_context("fork" if forked else "spawn")
    ours, theirs = context.Pipe()
    # A forked worker holds copies of our ends of all lines. It closes them, or no worker would
    # ever notice that we are gone.
    inherited = [*others, ours] if forked else []
    process: BaseProcess = context.Process(  # type: ignore[attr-defined] # both kinds have it
        target=_work,
        args=(annotator, theirs, inherited, memory),
        daemon=True,
    )
    with warnings.catch_warnings():
        # Python 3.12 warns of forking beside any thread. Those here are numpy's, which expects
        # it, a progress bar's, and those that wait for files, which a worker never touches.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    theirs.close()
    return Worker(process, ours)


def stop_workers(workers: Iterable[Worker]) -> None:
    """Stop all workers, whatever they are doing."""
    for worker in workers:
        worker.line.close()
        worker.process.terminate()
    for worker in workers:
        worker.process.join(PATIENCE)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
        worker.process.close()


_UNTIL_LOADED = 2
"""Bundles after which a worker has loaded what its documents need."""


def _work(
    annotator: Annotator, line: Connection, inherited: Sequence[Connection], memory: int | None
) -> None:
    """Annotate bundles until there are no more: what a worker does."""
    # Ctrl-C reaches every process of a terminal; the one that writes decides what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for other in inherited:
        other.close()
    with suppress(EOFError, ConnectionError):  # nobody is there to work for any more
        if memory is not None:
            _limit_memory(memory)
            line.send_bytes(b"ready")
        for number in count():
            if number < _UNTIL_LOADED:
                # What is loaded by now stays. Looking through it for garbage takes a tenth of the
                # time, and copies the memory that forked workers share.
                gc.freeze()
            bundle = msgspec.msgpack.decode(line.recv_bytes(), type=list[Document])
            try:
                data = _answer(annotator, bundle)
            except MemoryError:
                if memory is None:
                    raise
                if len(bundle) > 1:
                    return  # the documents are tried one by one
                data = msgspec.msgpack.encode([None])
            line.send_bytes(data)


def _answer(annotator: Annotator, bundle: Sequence[Document]) -> bytes:
    """Annotate a bundle."""
    annotated = [annotator.annotate(document) for document in bundle]
    return msgspec.msgpack.encode(
        [Answer(one.language, one.paragraphs, one.labels) for one in annotated]
    )


def _limit_memory(memory: int) -> None:
    """Have the system refuse data beyond what there is by now and so much more, where it can."""
    try:
        import resource  # noqa: PLC0415 - only Unix has it

        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except (ImportError, OSError):
        return
    held = re.search(r"^VmData:\s*(\d+) kB", status, re.MULTILINE)
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = (int(held[1]) << 10) + memory if held else hard
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
