"""Label documents in several processes: the same results in the same order, sooner.

Each worker gets a bundle of documents, answers with what it found, and gets
the next. The bundles are given out one a worker at a time, and only so far
ahead of the one that is awaited, so memory stays flat however many documents
there are and however slow one of them is. Messages are MessagePack, decoded
into the types of :mod:`annotator.model` and nothing else.

On Linux workers are forked: they share the taxonomy and the model that are
loaded already, and are there in milliseconds. Elsewhere they are started anew
and load both, for forking is not safe there or does not exist; a script then
needs the usual ``if __name__ == "__main__":``.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import warnings
from collections import deque
from contextlib import suppress
from itertools import chain, count
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from annotator.errors import WorkerError
from annotator.model import AnnotatedDocument, AnnotatedParagraph, Document, DocumentAssignment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from annotator.pipeline import Annotator

__all__ = ["annotate_in_parallel", "choose_jobs"]

_MANY_DOCUMENTS = 200
_MUCH_TEXT = 2**22
"""Documents, or characters, from which several processes are used unless a number is asked for."""

_BUNDLE_TEXT = 2**16
_BUNDLE_DOCUMENTS = 256
"""Characters and documents from which a bundle is full: a tenth of a second of work."""

_AHEAD = 2
"""Bundles for each worker that may be done before their turn has come."""


class _Answer(msgspec.Struct, array_like=True):
    """What a worker says of one document; the text itself does not travel back."""

    language: str
    paragraphs: tuple[AnnotatedParagraph, ...]
    labels: tuple[DocumentAssignment, ...]


class _Worker(NamedTuple):
    """A process, and the line to it."""

    process: BaseProcess
    line: Connection


def choose_jobs(documents: Iterable[Document], jobs: int | None) -> tuple[Iterator[Document], int]:
    """Decide how many processes to use.

    Args:
        documents: What is to be labelled. A few are read to see how many there are.
        jobs: The number that was asked for; ``None``: all cores, if there is enough to do.

    Returns:
        All the documents, and the number.

    >>> documents, jobs = choose_jobs([Document("1", "1", "ماء"), Document("2", "2", "水")], None)
    >>> [document.id for document in documents], jobs
    (['1', '2'], 1)
    """
    remaining = iter(documents)
    if jobs is not None:
        return remaining, jobs
    first: list[Document] = []
    text = 0
    for document in remaining:
        first.append(document)
        text += len(document.text)
        if len(first) >= _MANY_DOCUMENTS or (text >= _MUCH_TEXT and len(first) > 1):
            return chain(first, remaining), _cores()
    return iter(first), 1


def annotate_in_parallel(
    annotator: Annotator, documents: Iterable[Document], jobs: int
) -> Iterator[AnnotatedDocument]:
    """Annotate documents in several processes, in order.

    Args:
        annotator: What labels them.
        documents: The documents; read only as fast as they are labelled.
        jobs: Processes, besides the one that reads and writes.

    Raises:
        WorkerError: A process ended before its work was done.
    """
    workers: list[_Worker] = []
    try:
        for _ in range(jobs):
            workers.append(_start(annotator, [worker.line for worker in workers]))
        yield from _Dispatcher(workers).run(_bundles(documents))
    finally:
        _stop(workers)


class _Dispatcher:
    """Gives bundles to workers, and puts their answers in order."""

    def __init__(self, workers: Sequence[_Worker]) -> None:
        self._workers = workers
        self._idle = deque(workers)
        self._busy: dict[Connection, tuple[int, _Worker]] = {}
        self._bundles: dict[int, list[Document]] = {}
        self._done: dict[int, list[_Answer]] = {}

    def run(self, bundles: Iterator[list[Document]]) -> Iterator[AnnotatedDocument]:
        """Yield the annotated documents of all bundles."""
        given = awaited = 0
        ahead = (1 + _AHEAD) * len(self._workers)
        more = True
        while more or self._bundles:
            while more and self._idle and given - awaited < ahead:
                bundle = next(bundles, None)
                if bundle is None:
                    more = False
                    break
                self._give(given, bundle)
                given += 1
            if awaited in self._done:
                answers = self._done.pop(awaited)
                for document, answer in zip(self._bundles.pop(awaited), answers, strict=True):
                    yield AnnotatedDocument(
                        document, answer.language, answer.paragraphs, answer.labels
                    )
                awaited += 1
            elif self._busy:
                self._collect()

    def _give(self, number: int, bundle: list[Document]) -> None:
        """Give a bundle to an idle worker."""
        worker = self._idle.popleft()
        self._bundles[number] = bundle
        self._busy[worker.line] = (number, worker)
        try:
            worker.line.send_bytes(msgspec.msgpack.encode(bundle))
        except OSError as error:
            raise self._failure(number, worker) from error

    def _collect(self) -> None:
        """Wait for an answer, and take all that are there."""
        ready = wait(list(self._busy))
        for line in [line for line in self._busy if line in ready]:
            number, worker = self._busy.pop(line)
            try:
                data = worker.line.recv_bytes()
            except (EOFError, OSError) as error:
                raise self._failure(number, worker) from error
            self._done[number] = msgspec.msgpack.decode(data, type=list[_Answer])
            self._idle.append(worker)

    def _failure(self, number: int, worker: _Worker) -> WorkerError:
        """Say which worker ended, how, and at what."""
        worker.process.join(_PATIENCE)
        code = worker.process.exitcode or 0
        how = f"killed by signal {-code}" if code < 0 else f"status {code}"
        bundle = self._bundles[number]
        return WorkerError(
            f"a process that labels documents ended before it was done ({how}); "
            f"it had the documents from {bundle[0].id} to {bundle[-1].id}",
            hint="--jobs 1 shows which one it is; a process that was killed may lack memory",
        )


_PATIENCE = 5.0
"""Seconds that a worker has to end."""


def _bundles(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Put documents together until there is enough to do."""
    bundle: list[Document] = []
    text = 0
    for document in documents:
        bundle.append(document)
        text += len(document.text)
        if text >= _BUNDLE_TEXT or len(bundle) >= _BUNDLE_DOCUMENTS:
            yield bundle
            bundle, text = [], 0
    if bundle:
        yield bundle


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _start(annotator: Annotator, others: Sequence[Connection]) -> _Worker:
    """Start a worker."""
    forked = sys.platform == "linux"
    context = multiprocessing.get_context("fork" if forked else "spawn")
    ours, theirs = context.Pipe()
    # A forked worker holds copies of our ends of all lines. It closes them, or no worker would
    # ever notice that we are gone.
    inherited = [*others, ours] if forked else []
    process: BaseProcess = context.Process(  # type: ignore[attr-defined] # both kinds have it
        target=_work, args=(annotator, theirs, inherited), daemon=True
    )
    with warnings.catch_warnings():
        # Python 3.12 warns of forking beside any thread. Those here are numpy's, which expects
        # it, and a progress bar's, which a worker never touches.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    theirs.close()
    return _Worker(process, ours)


def _stop(workers: Iterable[_Worker]) -> None:
    """Stop all workers, whatever they are doing."""
    for worker in workers:
        worker.line.close()
        worker.process.terminate()
    for worker in workers:
        worker.process.join(_PATIENCE)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
        worker.process.close()


_UNTIL_LOADED = 2
"""Bundles after which a worker has loaded what its documents need."""


def _work(annotator: Annotator, line: Connection, inherited: Sequence[Connection]) -> None:
    """Annotate bundles until there are no more: what a worker does."""
    # Ctrl-C reaches every process of a terminal; the one that writes decides what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for other in inherited:
        other.close()
    with suppress(EOFError, ConnectionError):  # nobody is there to work for any more
        for number in count():
            if number < _UNTIL_LOADED:
                # What is loaded by now stays. Looking through it for garbage takes a tenth of the
                # time, and copies the memory that forked workers share.
                gc.freeze()
            bundle = msgspec.msgpack.decode(line.recv_bytes(), type=list[Document])
            annotated = [annotator.annotate(document) for document in bundle]
            line.send_bytes(
                msgspec.msgpack.encode(
                    [_Answer(one.language, one.paragraphs, one.labels) for one in annotated]
                )
            )
