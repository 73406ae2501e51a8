"""``annotator report``."""

from __future__ import annotations

from typing import Annotated

import typer

from annotator.cli.application import app
from annotator.cli.options import (
    ModelFolder,
    NoColor,
    Output,
    Paths,
    Scheme,
    TaxonomyFolder,
    TextColumn,
    Threshold,
    Timeout,
    Width,
)
from annotator.cli.running import (
    Failures,
    build_annotator,
    check_schemes,
    output_console,
    read_paths,
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
    names: Annotated[str, typer.Option(help="Language of the labels' names.")] = "en",
    text_column: TextColumn = "text",
    timeout: Timeout = 60,
    threshold: Threshold = None,
    model: ModelFolder = None,
    taxonomy: TaxonomyFolder = None,
) -> None:
    """Print the alignment report of documents."""
    from annotator.report import Detail, render_report  # noqa: PLC0415

    if detail not in list(Detail):
        raise UsageError(
            f"--detail {detail} is none of {', '.join(Detail)}", hint="--detail paragraphs"
        )
    annotator = build_annotator(taxonomy, threshold, model)
    check_schemes(scheme, annotator)
    failures = Failures()
    documents = list(
        annotator.annotate_many(
            read_paths(paths, failures, text_column=text_column, timeout=timeout)
        )
    )
    failures.exit_if_nothing(len(documents))
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
