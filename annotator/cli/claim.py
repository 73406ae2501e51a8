"""``annotator claim``."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from annotator.cli.application import app
from annotator.cli.options import (
    ModelFolder,
    Output,
    Paths,
    Precision,
    Recall,
    Scheme,
    TaxonomyFolder,
    TextColumn,
    Threshold,
    Timeout,
)
from annotator.cli.running import (
    Failures,
    annotate_paths,
    build_annotator,
    check_schemes,
    choose_preset,
    write_pieces,
)

__all__ = ["claim"]


@app.command()
def claim(
    paths: Paths,
    file_format: Annotated[
        Literal["markdown", "json"], typer.Option("--format", "-f", help="markdown or json.")
    ] = "markdown",
    quotes: Annotated[
        int, typer.Option(min=1, help="How many sentences a label may be backed with.")
    ] = 2,
    scheme: Scheme = None,
    output: Output = None,
    text_column: TextColumn = "text",
    timeout: Timeout = 60,
    threshold: Threshold = None,
    precision: Precision = False,
    recall: Recall = False,
    model: ModelFolder = None,
    taxonomy: TaxonomyFolder = None,
) -> None:
    """Gather what a submission asks for: lines, goals, and why, in the document's own words."""
    import msgspec  # noqa: PLC0415

    from annotator.claim import claim_to_dict, make_claim  # noqa: PLC0415
    from annotator.report.submission import render_claim  # noqa: PLC0415

    preset = choose_preset(precision=precision, recall=recall)
    annotator = build_annotator(taxonomy, threshold, model, preset)
    check_schemes(scheme, annotator.taxonomy)
    failures = Failures()
    claims = [
        make_claim(annotated, annotator.taxonomy, schemes=scheme, most=quotes)
        for annotated in annotate_paths(
            annotator, paths, failures, text_column=text_column, timeout=timeout
        )
    ]
    failures.exit_if_nothing(len(claims))
    if file_format == "json":
        plain = [claim_to_dict(made, annotator.taxonomy) for made in claims]
        text = msgspec.json.format(msgspec.json.encode({"claims": plain})).decode()
        write_pieces([text + "\n"], output)
    else:
        parts = ("".join(render_claim(made, annotator.taxonomy)) for made in claims)
        write_pieces(["\n".join(parts)], output)
    failures.exit()
