"""``annotator export``."""

from __future__ import annotations

from typing import Annotated

import typer

from annotator.cli.application import app
from annotator.cli.options import ModelFolder, Output, Paths, Reviews, TaxonomyFolder, Threshold
from annotator.cli.running import Failures, build_annotator, read_paths, review_documents
from annotator.errors import NothingToWriteError, UsageError

__all__ = ["export"]


@app.command()
def export(
    paths: Paths,
    file_format: Annotated[
        str, typer.Option("--format", "-f", help="json (one object) or jsonl (a record a line).")
    ] = "jsonl",
    output: Output = None,
    store: Reviews = None,
    threshold: Threshold = None,
    model: ModelFolder = None,
    taxonomy: TaxonomyFolder = None,
) -> None:
    """Write the labels of documents, with evidence, for other programs."""
    from annotator.export import FORMATS, write_export  # noqa: PLC0415

    if file_format not in FORMATS:
        raise UsageError(
            f"--format {file_format} is none of {', '.join(FORMATS)}", hint="--format jsonl"
        )
    annotator = build_annotator(taxonomy, threshold, model)
    failures = Failures()
    annotated = annotator.annotate_many(read_paths(paths, failures))
    documents = review_documents(annotated, store, annotator)
    try:
        write_export(documents, file_format, output, annotator.run_settings())
    except NothingToWriteError:
        failures.exit_if_nothing(0)
    failures.exit()
