"""``annotator evaluate`` and ``annotator train``: how good the labels are, and better ones."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.application import app
from annotator.cli.options import ModelFolder, TaxonomyFolder, Threshold
from annotator.cli.running import Failures, build_annotator, build_console, write_text

__all__ = ["evaluate", "train"]


@app.command()
def evaluate(
    gold: Annotated[
        Path, typer.Argument(help="JSON lines with text and labels, or text, label and answer.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, not a table.")] = False,
    confusion: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the confusion between labels as SVG.")
    ] = None,
    model: ModelFolder = None,
    compare: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Show a second model beside the first.")
    ] = None,
    threshold: Threshold = None,
    taxonomy: TaxonomyFolder = None,
) -> None:
    """Measure quality against gold labels."""
    import msgspec  # noqa: PLC0415

    from annotator.evaluate import evaluate as measure, read_gold  # noqa: PLC0415
    from annotator.report.evaluation import confusion_svg, render_evaluation  # noqa: PLC0415

    failures = Failures()
    rows = read_gold(gold, failures)
    evaluations = {
        str(folder or "shipped model"): measure(rows, build_annotator(taxonomy, threshold, folder))
        for folder in ([model, compare] if compare else [model])
    }
    if as_json:
        plain = {name: evaluation.to_dict() for name, evaluation in evaluations.items()}
        typer.echo(msgspec.json.format(msgspec.json.encode(plain)).decode())
    else:
        build_console(None).print(render_evaluation(evaluations))
    if confusion is not None:
        from annotator.taxonomy import Taxonomy  # noqa: PLC0415

        picture = confusion_svg(next(iter(evaluations.values())), Taxonomy.load(taxonomy).leaves())
        write_text(confusion, picture)
    failures.exit()


@app.command()
def train(
    data: Annotated[
        list[Path], typer.Option("--data", metavar="DIR", help="A folder of data sets. Repeatable.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="MODEL", help="The model folder to write.")
    ],
    ablation: Annotated[
        bool, typer.Option("--ablation", help="Also measure what each part brings, for the card.")
    ] = False,
    reviews: Annotated[
        Path | None,
        typer.Option(
            metavar="STORE", help="Learn from this store's decisions too, and show what changes."
        ),
    ] = None,
    taxonomy: TaxonomyFolder = None,
) -> None:
    """Fit the classifier, measure it by cross-validation, and write it with its card."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    from annotator.report.learning import render_learned  # noqa: PLC0415
    from annotator.resources import examples_folder  # noqa: PLC0415
    from annotator.taxonomy import Taxonomy  # noqa: PLC0415
    from annotator.training import train_model  # noqa: PLC0415

    failures = Failures()
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("training", total=None)

        def advance(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        learned = train_model(
            Taxonomy.load(taxonomy),
            data,
            examples_folder(taxonomy),
            output,
            ablation=ablation,
            reviews=reviews,
            on_error=failures,
            progress=advance,
        )
    if learned is not None:
        build_console(None).print(render_learned(learned))
    failures.exit()
