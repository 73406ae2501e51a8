"""``annotator export``."""

from __future__ import annotations

from typing import Annotated

import typer

from annotator.cli.application import app
from annotator.cli.options import (
    Jobs,
    ModelFolder,
    Output,
    Paths,
    Precision,
    Recall,
    Reviews,
    TaxonomyFolder,
    TextColumn,
    Threshold,
    Timeout,
)
from annotator.cli.running import (
    Failures,
    build_annotator,
    choose_preset,
    read_paths,
    review_documents,
)
from annotator.errors import NothingToWriteError, UsageError

__all__ = ["export"]


@app.command()
def export(
    paths: Paths,
    file_format: Annotated[
        str, typer.Option("--format", "-f", help="json (one object) or jsonl (a record a line).")
    ] = "jsonl",
    output: Output = None,
    jobs: Jobs = None,
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
    from annotator.export import FORMATS, write_export  # noqa: PLC0415

    if file_format not in FORMATS:
        raise UsageError(
            f"--format {file_format} is none of {', '.join(FORMATS)}", hint="--format jsonl"
        )
    annotator = build_annotator(
        taxonomy, threshold, model, choose_preset(precision=precision, recall=recall)
    )
    failures = Failures()
    annotated = annotator.annotate_many(
        read_paths(paths, failures, text_column=text_column, timeout=timeout), jobs=jobs
    )
    documents = review_documents(annotated, store, annotator)
    try:
        write_export(documents, file_format, output, annotator.run_settings())
    except NothingToWriteError:
        failures.exit_if_nothing(0)
    failures.exit()
