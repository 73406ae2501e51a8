"""Label documents in several processes: the same results in the same order, sooner.

Each worker gets a bundle of documents, answers with what it found, and gets
the next. The bundles are given out one a worker at a time, and only so far
ahead of the one that is awaited, so memory stays flat however many documents
there are and however slow one of them is. Messages are MessagePack, decoded
into the types of :mod:`annotator.model` and nothing else.

With a :class:`~annotator.limits.Limit`, a worker that takes too long or dies is replaced, and the
documents of its bundle are labelled one at a time, so that the one at fault is
left out by name, and none besides. A long document then waits until all before
it are done, and is labelled alone.
"""

from __future__ import annotations

import math
import os
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, groupby
from multiprocessing.connection import wait
from time import monotonic
from typing import TYPE_CHECKING

import msgspec

from annotator.errors import WorkerError
from annotator.footprint import is_long
from annotator.limits import START, Limit, annotate_alone, refuse_late, refuse_memory
from annotator.model import AnnotatedDocument, Document
from annotator.workers import PATIENCE, Answer, Worker, start_worker, stop_workers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from multiprocessing.connection import Connection

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

_LARGE = 2**20
"""Characters of documents larger than a bundle from which no more of anything is given out."""


@dataclass(slots=True)
class _Bundle:
    """Some documents, and what is known of them so far."""

    number: int
    documents: list[Document]
    answers: list[Answer | None] = field(default_factory=list)
    step: int = 0
    """How many documents are given at a time; all by default."""
    end: float = math.inf
    """When the worker that has it is too late."""

    def given(self) -> list[Document]:
        """Return the documents that come next."""
        begin = len(self.answers)
        return self.documents[begin : begin + self.step] if self.step else self.documents[begin:]

    def excess(self) -> int:
        """Return the characters of a document that is larger than bundles are meant to be."""
        size = sum(len(document.text) for document in self.documents)
        return size if size > _BUNDLE_TEXT else 0


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
    annotator: Annotator, documents: Iterable[Document], jobs: int, limit: Limit | None = None
) -> Iterator[AnnotatedDocument]:
    """Annotate documents in several processes, in order.

    Args:
        annotator: What labels them.
        documents: The documents; read only as fast as they are labelled.
        jobs: Processes, besides the one that reads and writes.
        limit: What one document may take; without it, as much as it needs.

    Raises:
        WorkerError: A process ended before its work was done, and there is no limit to refuse
            its document by.
    """
    dispatcher = _Dispatcher(annotator, limit)
    try:
        dispatcher.start(jobs)
        for alone, some in groupby(documents, lambda one: limit is not None and is_long(one)):
            if alone and limit:
                yield from dispatcher.run_alone(some, limit)
            else:
                yield from dispatcher.run(_bundles(some))
    finally:
        dispatcher.stop()


class _Dispatcher:
    """Gives bundles to workers, and puts their answers in order."""

    def __init__(self, annotator: Annotator, limit: Limit | None) -> None:
        self._annotator = annotator
        self._limit = limit
        self._workers: list[Worker] = []
        self._idle: deque[Worker] = deque()
        self._busy: dict[Connection, tuple[_Bundle, Worker]] = {}
        self._waiting: dict[int, _Bundle] = {}
        self._done: set[int] = set()

    def start(self, jobs: int) -> None:
        """Start workers, all at once, and wait until they are ready."""
        for _ in range(jobs):
            self._add_worker()
        self._await_workers()

    def stop(self) -> None:
        """Stop all workers."""
        stop_workers(self._workers)

    def run(self, bundles: Iterator[list[Document]]) -> Iterator[AnnotatedDocument]:
        """Yield the annotated documents of all bundles."""
        given = awaited = large = 0
        ahead = (1 + _AHEAD) * len(self._workers)
        more = True
        while more or self._waiting:
            while more and self._idle and given - awaited < ahead and large < _LARGE:
                documents = next(bundles, None)
                if documents is None:
                    more = False
                    break
                bundle = self._waiting[given] = _Bundle(given, documents)
                self._give(bundle, self._idle.popleft())
                given += 1
                large += bundle.excess()
            if awaited in self._done:
                self._done.remove(awaited)
                bundle = self._waiting.pop(awaited)
                for document, answer in zip(bundle.documents, bundle.answers, strict=True):
                    if answer is not None:
                        yield AnnotatedDocument(
                            document, answer.language, answer.paragraphs, answer.labels
                        )
                awaited += 1
                large -= bundle.excess()
            elif self._busy:
                self._collect()

    def run_alone(self, documents: Iterable[Document], limit: Limit) -> Iterator[AnnotatedDocument]:
        """Yield annotated documents, each labelled in a new process while all workers wait."""
        for document in documents:
            lines = [worker.line for worker in self._workers]
            annotated = annotate_alone(self._annotator, document, limit, lines)
            if annotated is not None:
                yield annotated
            # Both go before the next one is read.
            del annotated, document

    def _add_worker(self) -> None:
        """Start one more worker."""
        worker = start_worker(
            self._annotator,
            [other.line for other in self._workers],
            self._limit.memory if self._limit else None,
        )
        self._workers.append(worker)
        self._idle.append(worker)

    def _await_workers(self) -> None:
        """Wait until idle workers have loaded what they need: that is no document's fault."""
        for worker in self._idle if self._limit else ():
            # One that does not come up will be found to be gone, or late.
            with suppress(EOFError, OSError):
                if worker.line.poll(START):
                    worker.line.recv_bytes()

    def _give(self, bundle: _Bundle, worker: Worker) -> None:
        """Give a bundle, or the next of its documents, to a worker."""
        self._busy[worker.line] = (bundle, worker)
        if self._limit:
            bundle.end = monotonic() + self._limit.seconds
        try:
            worker.line.send_bytes(msgspec.msgpack.encode(bundle.given()))
        except OSError as error:
            if self._limit is None:
                raise self._failure(bundle, worker) from error
            # It is gone; that is seen when its answer is awaited.

    def _collect(self) -> None:
        """Wait for an answer, and take all that are there; replace workers that are too late."""
        patience = None
        if self._limit:
            patience = max(0.0, min(bundle.end for bundle, _ in self._busy.values()) - monotonic())
        ready = wait(list(self._busy), patience)
        for line in [line for line in self._busy if line in ready]:
            bundle, worker = self._busy.pop(line)
            try:
                data = worker.line.recv_bytes()
            except (EOFError, OSError) as error:
                if self._limit is None:
                    raise self._failure(bundle, worker) from error
                self._replace(bundle, worker, self._limit)
                continue
            self._take(bundle, worker, msgspec.msgpack.decode(data, type=list[Answer | None]))
        if self._limit:
            now = monotonic()
            late = [line for line, (bundle, _) in self._busy.items() if bundle.end <= now]
            # What has become ready since is taken in the next round.
            for line in set(late) - set(wait(late, 0) if late else ()):
                self._replace(*self._busy.pop(line), self._limit)

    def _take(self, bundle: _Bundle, worker: Worker, answers: list[Answer | None]) -> None:
        """Take the answers to the documents that were given last."""
        for document, answer in zip(bundle.given(), answers, strict=True):
            if answer is None and self._limit:
                self._limit.on_error(refuse_memory(document, self._limit.memory))
        bundle.answers += answers
        self._go_on(bundle, worker)

    def _go_on(self, bundle: _Bundle, worker: Worker) -> None:
        """Give a worker what is left of a bundle, if anything is."""
        if len(bundle.answers) < len(bundle.documents):
            self._give(bundle, worker)
        else:
            self._done.add(bundle.number)
            self._idle.append(worker)

    def _replace(self, bundle: _Bundle, worker: Worker, limit: Limit) -> None:
        """Put a new worker in the place of one that is too late or gone; refuse what it was at.

        If that may have been any of several documents, they are tried one by one.
        """
        late = worker.process.is_alive() and bundle.end <= monotonic()
        self._workers.remove(worker)
        worker.process.kill()
        stop_workers([worker])
        others, self._idle = self._idle, deque()
        self._add_worker()
        self._await_workers()
        successor = self._idle.pop()
        self._idle = others
        given = bundle.given()
        if len(given) == 1:
            limit.on_error(refuse_late(given[0], limit, late=late))
            bundle.answers.append(None)
        bundle.step = 1
        self._go_on(bundle, successor)

    def _failure(self, bundle: _Bundle, worker: Worker) -> WorkerError:
        """Say which worker ended, how, and at what."""
        worker.process.join(PATIENCE)
        code = worker.process.exitcode or 0
        how = f"killed by signal {-code}" if code < 0 else f"status {code}"
        return WorkerError(
            f"a process that labels documents ended before it was done ({how}); it had the "
            f"documents from {bundle.documents[0].id} to {bundle.documents[-1].id}",
            hint="--jobs 1 shows which one it is; a process that was killed may lack memory",
        )


def _bundles(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Put documents together until there is enough to do; a long one stays alone."""
    bundle: list[Document] = []
    text = 0
    for document in documents:
        if bundle and text + len(document.text) > _BUNDLE_TEXT:
            yield bundle
            bundle, text = [], 0
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
