"""The exports that can go on after they were stopped: to one file, and to a folder of partitions."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotator.cli.running import Failures, build_annotator, read_paths
from annotator.errors import InputError, NothingToWriteError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from annotator.fusion import PresetName
    from annotator.pipeline import Annotator
    from annotator.readers import ReadingOptions

__all__ = [
    "Engine",
    "Labeller",
    "PartitionSize",
    "Resume",
    "Scheduler",
    "Spread",
    "build_options",
    "export_resumed",
    "export_spread",
]

Engine = Annotated[
    str | None,
    typer.Option(help="dask: many processes or machines, and --output a folder of partitions."),
]
Scheduler = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="A dask scheduler; workers on this machine without it."),
]
PartitionSize = Annotated[
    float, typer.Option(metavar="MIB", min=0.001, help="Input for one partition, with --engine.")
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on where an earlier run with --resume was stopped.")
]

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Labeller:
    """What an annotator is built from, as the options say."""

    threshold: float | None
    model: Path | None
    taxonomy: Path | None
    preset: PresetName | None

    def build(self) -> Annotator:
        """Build it."""
        return build_annotator(self.taxonomy, self.threshold, self.model, self.preset)


@dataclass(frozen=True, slots=True)
class Spread:
    """How a run is spread over processes."""

    engine: str
    scheduler: str | None
    partition_size: float
    """MiB of input for one partition."""
    resume: bool
    labeller: Labeller


def build_options(text_column: str, timeout: float) -> ReadingOptions:
    """Build the options of reading."""
    from annotator.readers import ReadingOptions  # noqa: PLC0415

    return ReadingOptions(text_column=text_column, seconds=timeout)


def export_resumed(
    paths: Sequence[str],
    file_format: str,
    output: Path | None,
    labeller: Labeller,
    options: ReadingOptions,
    jobs: int | None,
) -> None:
    """Export to one file of JSON lines, keeping what an earlier run has written."""
    from annotator.export import resume_export  # noqa: PLC0415

    if output is None or file_format != "jsonl":
        raise UsageError("--resume needs --output FILE and --format jsonl")
    failures = Failures()
    annotator = labeller.build()
    plan = {
        "settings": annotator.run_settings(),
        "reading": asdict(options),
        "inputs": list(_describe(paths)),
    }
    documents = read_paths(
        paths, failures, text_column=options.text_column, timeout=options.seconds
    )
    try:
        resume_export(
            documents,
            partial(annotator.annotate_many, jobs=jobs, seconds=options.seconds, on_error=failures),
            output,
            plan,
            on_error=failures,
        )
    except NothingToWriteError:
        failures.exit_if_nothing(0)
    failures.exit()


def _describe(paths: Sequence[str]) -> Iterator[dict[str, str | int]]:
    """Yield what tells whether an input has changed; what cannot be read will be named later."""
    from annotator.files import describe_file  # noqa: PLC0415
    from annotator.readers.documents import STANDARD_INPUT, list_files  # noqa: PLC0415

    for path in paths:
        if path == STANDARD_INPUT:
            raise UsageError(
                "standard input cannot be read again, so no run can go on with it",
                hint="write it to a file first",
            )
        try:
            files = list_files(Path(path))
        except InputError:
            continue
        for file in files:
            try:
                yield describe_file(file)
            except OSError as error:
                yield {"path": str(file), "unreadable": str(error.strerror)}


def export_spread(
    paths: Sequence[str],
    file_format: str,
    output: Path | None,
    spread: Spread,
    options: ReadingOptions,
) -> None:
    """Export to a folder of partitions, on the workers of a scheduler."""
    if spread.engine != "dask":
        raise UsageError(f"--engine {spread.engine} is not there", hint="--engine dask")
    if output is None:
        raise UsageError("--engine dask needs --output FOLDER")
    from annotator.engine import PARTITION_FORMATS, export_partitions  # noqa: PLC0415

    if file_format not in PARTITION_FORMATS:
        raise UsageError(
            f"--format {file_format} cannot be written in partitions",
            hint=f"--format {' or '.join(PARTITION_FORMATS)}",
        )
    failures = Failures()
    outcome = export_partitions(
        paths,
        output,
        spread.labeller.build(),
        failures,
        file_format=file_format,
        scheduler=spread.scheduler,
        taxonomy=spread.labeller.taxonomy,
        model=spread.labeller.model,
        threshold=spread.labeller.threshold,
        preset=spread.labeller.preset,
        options=options,
        partition_size=round(spread.partition_size * _MIB),
        resume=spread.resume,
        progress=_progress(),
    )
    if outcome.done_before:
        typer.echo(
            f"annotator: {outcome.done_before} of {outcome.partitions} partitions were there",
            err=True,
        )
    failures.exit_if_nothing(outcome.documents)
    failures.exit()


def _progress() -> Callable[[int, int], None] | None:
    """Return what tells on a terminal how many partitions are done."""
    if not sys.stderr.isatty():
        return None

    def tell(done: int, total: int) -> None:
        """Say how many partitions are done."""
        typer.echo(f"\r{done} of {total} partitions", err=True, nl=done == total)

    return tell
