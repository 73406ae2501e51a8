"""``annotator export``."""

from __future__ import annotations

from typing import Annotated

import typer

from annotator.cli.application import app
from annotator.cli.options import (
    ModelFolder,
    Output,
    Paths,
    TaxonomyFolder,
    TextColumn,
    Threshold,
    Timeout,
)
from annotator.cli.resuming import (
    Engine,
    Labeller,
    PartitionSize,
    Resume,
    Scheduler,
    Spread,
    build_options,
    export_resumed,
    export_spread,
)
from annotator.cli.running import Failures, build_annotator, read_paths
from annotator.errors import NothingToWriteError, UsageError

__all__ = ["export"]


@app.command()
def export(
    paths: Paths,
    file_format: Annotated[
        str, typer.Option("--format", "-f", help="json (one object) or jsonl (a record a line).")
    ] = "jsonl",
    output: Output = None,
    engine: Engine = None,
    scheduler: Scheduler = None,
    partition_size: PartitionSize = 8.0,
    resume: Resume = False,
    text_column: TextColumn = "text",
    timeout: Timeout = 60,
    threshold: Threshold = None,
    model: ModelFolder = None,
    taxonomy: TaxonomyFolder = None,
) -> None:
    """Write the labels of documents, with evidence, for other programs."""
    from annotator.export import FORMATS, write_export  # noqa: PLC0415

    labeller = Labeller(threshold, model, taxonomy)
    if engine is not None:
        spread = Spread(engine, scheduler, partition_size, resume, labeller)
        export_spread(paths, file_format, output, spread, build_options(text_column, timeout))
        return
    if scheduler is not None:
        raise UsageError("--scheduler needs --engine dask")
    if file_format not in FORMATS:
        raise UsageError(
            f"--format {file_format} is none of {', '.join(FORMATS)}", hint="--format jsonl"
        )
    if resume:
        export_resumed(paths, file_format, output, labeller, build_options(text_column, timeout))
        return
    annotator = build_annotator(taxonomy, threshold, model)
    failures = Failures()
    documents = annotator.annotate_many(
        read_paths(paths, failures, text_column=text_column, timeout=timeout)
    )
    try:
        write_export(documents, file_format, output, annotator.run_settings())
    except NothingToWriteError:
        failures.exit_if_nothing(0)
    failures.exit()
