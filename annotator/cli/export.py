"""``annotator export``."""

from __future__ import annotations

from typing import Annotated

import typer

from annotator.cli.application import app
from annotator.cli.options import (
    Jobs,
    ModelFolder,
    Output,
    Precision,
    Recall,
    Reviews,
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
from annotator.cli.running import Failures, annotate_paths, choose_preset, review_documents
from annotator.errors import NothingToWriteError, UsageError

__all__ = ["export"]


@app.command()
def export(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH…",
            help="As for report; left out for skos and labelstudio-config.",
        ),
    ] = None,
    file_format: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            help="jsonl, json, csv, xlsx, parquet, labelstudio, doccano, webanno; of the taxonomy:"
            " skos, labelstudio-config.",
        ),
    ] = "jsonl",
    output: Output = None,
    jobs: Jobs = None,
    engine: Engine = None,
    scheduler: Scheduler = None,
    partition_size: PartitionSize = 8.0,
    resume: Resume = False,
    text_column: TextColumn = "text",
    timeout: Timeout = 60,
    store: Reviews = None,
    threshold: Threshold = None,
    precision: Precision = False,
    recall: Recall = False,
    model: ModelFolder = None,
    taxonomy: TaxonomyFolder = None,
) -> None:
    """Write the labels of documents, with evidence, for other programs."""
    from annotator.export import (  # noqa: PLC0415
        FORMATS,
        TAXONOMY_FORMATS,
        paths_of,
        write_export,
        write_taxonomy,
    )
    from annotator.inert import inert  # noqa: PLC0415

    preset = choose_preset(precision=precision, recall=recall)
    labeller = Labeller(threshold, model, taxonomy, preset)
    if file_format in TAXONOMY_FORMATS:
        from annotator.taxonomy import Taxonomy  # noqa: PLC0415

        if paths:
            raise UsageError(
                f"there are no documents in {file_format}", hint="leave out " + " ".join(paths)
            )
        write_taxonomy(Taxonomy.load(taxonomy), file_format, output)
        return
    if store is not None and (resume or engine is not None):
        raise UsageError(
            "--store cannot go with --resume or --engine: decisions would be left out",
            hint="an export without them, or without --store",
        )
    if jobs is not None and engine is not None:
        raise UsageError(
            "--jobs cannot go with --engine, whose scheduler says how many workers there are",
            hint="leave one of them out; on one machine --jobs is enough",
        )
    if paths and engine is not None:
        spread = Spread(engine, scheduler, partition_size, resume, labeller)
        export_spread(paths, file_format, output, spread, build_options(text_column, timeout))
        return
    if scheduler is not None:
        raise UsageError("--scheduler needs --engine dask")
    if file_format not in FORMATS:
        known = ", ".join((*FORMATS, *TAXONOMY_FORMATS))
        raise UsageError(f"--format {file_format} is none of {known}", hint="--format jsonl")
    if not paths:
        raise UsageError("there is no PATH to read", hint="annotator export seeds")
    if resume:
        options = build_options(text_column, timeout)
        export_resumed(paths, file_format, output, labeller, options, jobs)
        return
    annotator = labeller.build()
    failures = Failures()
    annotated = annotate_paths(
        annotator, paths, failures, text_column=text_column, timeout=timeout, jobs=jobs
    )
    documents = review_documents(annotated, store, annotator)
    try:
        write_export(documents, file_format, output, annotator.run_settings())
    except NothingToWriteError:
        failures.exit_if_nothing(0)
    if output and FORMATS[file_format].tables:
        written = ", ".join(path.name for path in paths_of(file_format, output))
        typer.echo(f"annotator: wrote {inert(written)}", err=True)
    failures.exit()
