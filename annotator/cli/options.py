"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "Jobs",
    "ModelFolder",
    "Names",
    "NoColor",
    "Output",
    "Paths",
    "Precision",
    "Recall",
    "Reviews",
    "Scheme",
    "TaxonomyFolder",
    "TextColumn",
    "Threshold",
    "Timeout",
    "Width",
]

Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH…",
        help="Files, folders, archives, tables of documents (.jsonl, .csv, .xlsx, .parquet), "
        "or - for stdin.",
    ),
]
TextColumn = Annotated[
    str, typer.Option("--text-column", metavar="NAME", help="The column of a table that is read.")
]
Timeout = Annotated[
    float,
    typer.Option(
        "--timeout",
        metavar="SECONDS",
        min=0.1,
        help="How long reading one file, and labelling one document, may take.",
    ),
]
TaxonomyFolder = Annotated[
    Path | None,
    typer.Option("--taxonomy", metavar="DIR", help="Use this taxonomy, not the shipped one."),
]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file.")
]
Threshold = Annotated[
    float | None,
    typer.Option(
        min=0.0, max=1.0, help="Move all thresholds: 0.5 is as shipped, more is stricter."
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs", "-j", min=1, help="Processes; by default all cores from 200 documents on."
    ),
]
Precision = Annotated[
    bool, typer.Option("--precision", help="Thresholds for few wrong labels, more missed ones.")
]
Recall = Annotated[
    bool, typer.Option("--recall", help="Thresholds for few missed labels, more wrong ones.")
]
ModelFolder = Annotated[
    Path | None, typer.Option("--model", metavar="DIR", help="Use this model, not the shipped one.")
]
Reviews = Annotated[
    Path | None,
    typer.Option("--store", metavar="FILE", help="Let decisions of this review store stand above."),
]
Names = Annotated[
    str,
    typer.Option("--names", metavar="LANG", help="Language of the labels' names."),
]
Scheme = Annotated[
    list[str] | None,
    typer.Option("--scheme", help="Only this scheme, such as wsis or sdg. Repeatable."),
]
Width = Annotated[int | None, typer.Option(min=40, help="Columns; the terminal's by default.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colour.")]
