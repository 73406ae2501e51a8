"""``annotator explain``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from annotator.cli.application import app
from annotator.cli.options import (
    ModelFolder,
    NoColor,
    Precision,
    Recall,
    TaxonomyFolder,
    Threshold,
    Width,
)
from annotator.cli.running import build_annotator, build_console, choose_preset
from annotator.errors import UsageError

__all__ = ["explain"]


@app.command()
def explain(
    text: Annotated[str, typer.Argument(help="The text, or - for stdin.")],
    width: Width = None,
    no_color: NoColor = False,
    threshold: Threshold = None,
    precision: Precision = False,
    recall: Recall = False,
    model: ModelFolder = None,
    taxonomy: TaxonomyFolder = None,
) -> None:
    """Show every suggestion for one text, its evidence, and how its score came about."""
    from annotator.report.explanation import render_explanation  # noqa: PLC0415

    preset = choose_preset(precision=precision, recall=recall)
    if text == "-":
        text = sys.stdin.read()
    if not text.strip():
        raise UsageError("there is no text to explain", hint='annotator explain "SDG 4"')
    annotator = build_annotator(taxonomy, threshold, model, preset)
    console = build_console(width, no_color=no_color)
    console.print(render_explanation(annotator.explain(text), annotator.taxonomy, console.width))
