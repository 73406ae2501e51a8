"""``annotator report``."""

from __future__ import annotations

from typing import Annotated

import typer

from annotator.cli.application import app
from annotator.cli.options import (
    Jobs,
    ModelFolder,
    Names,
    NoColor,
    Output,
    Paths,
    Precision,
    Recall,
    Reviews,
    Scheme,
    TaxonomyFolder,
    TextColumn,
    Threshold,
    Timeout,
    Width,
)
from annotator.cli.running import (
    Failures,
    annotate_paths,
    build_annotator,
    check_names,
    check_schemes,
    choose_preset,
    output_console,
    review_documents,
    write_pieces,
)
from annotator.errors import UsageError

__all__ = ["report"]


@app.command()
def report(
    paths: Paths,
    detail: Annotated[
        str, typer.Option(help="How far down: corpus, documents or paragraphs.")
    ] = "documents",
    scheme: Scheme = None,
    width: Width = None,
    no_color: NoColor = False,
    output: Output = None,
    jobs: Jobs = None,
    file_format: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            help="terminal, html (one page for a browser), or markdown (to paste elsewhere).",
        ),
    ] = "terminal",
    names: Names = "en",
    text_column: TextColumn = "text",
    timeout: Timeout = 60,
    store: Reviews = None,
    threshold: Threshold = None,
    precision: Precision = False,
    recall: Recall = False,
    model: ModelFolder = None,
    taxonomy: TaxonomyFolder = None,
) -> None:
    """Report which lines and goals documents speak for, with the evidence."""
    from annotator.report import Detail, render_report  # noqa: PLC0415
    from annotator.report.formats import FORMATS  # noqa: PLC0415

    if detail not in list(Detail):
        raise UsageError(
            f"--detail {detail} is none of {', '.join(Detail)}", hint="--detail paragraphs"
        )
    if file_format not in ("terminal", *FORMATS):
        raise UsageError(
            f"--format {file_format} is none of terminal, {', '.join(FORMATS)}",
            hint="--format html -o report.html",
        )
    annotator = build_annotator(
        taxonomy, threshold, model, choose_preset(precision=precision, recall=recall)
    )
    check_schemes(scheme, annotator.taxonomy)
    check_names(names, annotator.taxonomy)
    failures = Failures()
    annotated = annotate_paths(
        annotator, paths, failures, text_column=text_column, timeout=timeout, jobs=jobs
    )
    documents = list(review_documents(annotated, store, annotator))
    failures.exit_if_nothing(len(documents))
    if file_format in FORMATS:
        write_pieces(
            FORMATS[file_format](
                documents,
                annotator.taxonomy,
                detail=Detail(detail),
                schemes=scheme,
                language=names,
            ),
            output,
        )
        failures.exit()
        return
    with output_console(output, width, no_color=no_color) as console:
        console.print(
            render_report(
                documents,
                annotator.taxonomy,
                width=console.width,
                detail=Detail(detail),
                schemes=scheme,
                language=names,
            )
        )
    failures.exit()
