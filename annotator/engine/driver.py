"""Spread partitions over the workers of a dask scheduler, and see that each is done."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from annotator.engine.journal import Journal, Plan
from annotator.engine.partitions import list_inputs
from annotator.engine.planning import plan_partitions, rename_documents
from annotator.engine.tasks import Job, Recipe, label_partition
from annotator.errors import EngineError, InputError, InputWarning, UnreadableInputError
from annotator.readers import ReadingOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from distributed import Client, Future

    from annotator.engine.journal import Entry
    from annotator.engine.partitions import Partition
    from annotator.fusion import PresetName
    from annotator.pipeline import Annotator

__all__ = ["Outcome", "export_partitions"]

_PATIENCE = 20.0
"""Seconds that a scheduler may take to answer."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended."""

    documents: int
    partitions: int
    done_before: int
    """Partitions that an earlier run had done."""


def export_partitions(
    paths: Iterable[str],
    folder: Path,
    annotator: Annotator,
    on_error: Callable[[InputError], None],
    *,
    file_format: str = "jsonl",
    scheduler: str | None = None,
    taxonomy: Path | None = None,
    model: Path | None = None,
    threshold: float | None = None,
    preset: PresetName | None = None,
    partition_size: int = 8 << 20,
    resume: bool = False,
    options: ReadingOptions | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Outcome:
    """Label documents on many workers, into a folder of partitions.

    The partitions, joined in the order of their names, are what an export to
    one file gives.

    Args:
        paths: Files and folders, at the same place for every worker.
        folder: Where the results go, at the same place for every worker.
        annotator: What the workers' annotators must be like.
        on_error: Called with what could not be read; the rest goes on.
        file_format: A key of ``PARTITION_FORMATS``.
        scheduler: Address of a dask scheduler; without one, workers are
            started on this machine, one for each core.
        taxonomy: The folder that the annotator was built from, if not the shipped one.
        model: The folder of its model, if not the shipped one.
        threshold: What its thresholds were moved by.
        preset: What its thresholds were chosen for.
        partition_size: Bytes of input for one partition.
        resume: Go on with what the folder holds, if it holds anything.
        options: How to read, and how much it may take.
        progress: Called with how many partitions are done, and how many there are.

    Raises:
        UsageError: The folder holds something else, or the inputs cannot be cut.
        EngineError: No scheduler answers, or a worker is not like this machine.
        OutputError: The results cannot be written.
    """
    options = options or ReadingOptions()
    Journal.check_folder(folder, resume=resume)
    files = list_inputs(paths, on_error)
    with _connected(scheduler) as client:
        compute = partial(_compute, client)
        partitions, inputs = plan_partitions(compute, files, partition_size, options)
        plan = Plan(
            annotator.run_settings(),
            asdict(options),
            inputs,
            file_format,
            partition_size,
            len(partitions),
        )
        journal = Journal(folder, file_format, len(partitions))
        journal.begin(plan)
        done = {
            partition.number: entry
            for partition in partitions
            if (entry := journal.read(partition.number))
        }
        before = len(done)
        recipe = Recipe(
            taxonomy=str(taxonomy.resolve()) if taxonomy else None,
            model=str(model.resolve()) if model else None,
            threshold=threshold,
            preset=preset,
            settings=plan.settings,
            reading=options,
            folder=str(folder.resolve()),
            file_format=file_format,
            partitions=len(partitions),
        )
        lost = 0
        if before < len(partitions):
            renamed = rename_documents(compute, partitions, options)
            jobs = [
                Job(recipe, partition, renamed[partition.number])
                for partition in partitions
                if partition.number not in done
            ]
            for number, entry in _label(client, jobs):
                if entry is None:
                    lost += 1
                    on_error(_lost(partitions[number]))
                else:
                    done[number] = entry
                if progress:
                    progress(len(done), len(partitions))
    for number in sorted(done):
        for failure in done[number].failures:
            kind = InputWarning if failure.warning else InputError
            on_error(kind(failure.what, where=failure.where, hint=failure.hint))
    documents = sum(entry.documents for entry in done.values())
    if not lost:
        journal.finish(documents)
    return Outcome(documents, len(partitions), before)


@contextmanager
def _connected(scheduler: str | None) -> Iterator[Client]:
    """Connect to a scheduler, or start workers on this machine, with no port open to others.

    Raises:
        EngineError: dask is not installed, or no scheduler answers.
    """
    try:
        from distributed import Client, LocalCluster  # noqa: PLC0415 - heavy, and an extra
    except ImportError as error:
        raise EngineError(
            "dask is not installed", hint="pip install 'wsis-sdg-annotator[dask]'"
        ) from error
    if scheduler is None:
        with (
            LocalCluster(
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                silence_logs="CRITICAL",  # what goes wrong comes as an exception
            ) as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = Client(scheduler, timeout=_PATIENCE)
    except (OSError, ValueError) as error:
        raise EngineError(
            "no dask scheduler answers there", where=scheduler, hint="start one: dask scheduler"
        ) from error
    with client:
        yield client


def _compute(
    client: Client, function: Callable[..., Result], arguments: Sequence[tuple[Any, ...]]
) -> list[Result]:
    """Call a function on the workers, once for each set of arguments; return the results in order.

    Raises:
        UnreadableInputError: An input went away.
    """
    if not arguments:
        return []
    futures = client.map(function, *zip(*arguments, strict=True), pure=False)
    try:
        results: list[Result] = client.gather(futures)
    except OSError as error:
        raise UnreadableInputError(
            f"an input cannot be read by a worker ({error})",
            hint="absolute paths that lead to the same files for every worker",
        ) from error
    return results


def _label(client: Client, jobs: Sequence[Job]) -> Iterator[tuple[int, Entry | None]]:
    """Have partitions labelled; yield each when it is done, ``None`` if it kills its workers."""
    from distributed import KilledWorker, as_completed  # noqa: PLC0415

    futures = client.map(label_partition, jobs, pure=False)
    numbers: dict[Future, int] = {
        future: job.partition.number for future, job in zip(futures, jobs, strict=True)
    }
    for future in as_completed(futures):
        try:
            yield numbers[future], future.result()
        except KilledWorker:
            yield numbers[future], None
        future.release()


def _lost(partition: Partition) -> InputError:
    """Build the error for a partition that could not be labelled at all."""
    first, last = partition.pieces[0], partition.pieces[-1]
    return UnreadableInputError(
        f"partition {partition.number} ended each of the workers that tried it",
        where=first.path if first.path == last.path else f"{first.path} … {last.path}",
        hint="workers with more memory, then --resume",
    )
