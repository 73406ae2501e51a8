"""``annotator evaluate`` and ``annotator train``: how good the labels are, and better ones."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.application import app
from annotator.cli.judging import Judge, hold_floors
from annotator.cli.options import (
    ModelFolder,
    Precision,
    Recall,
    Scheme,
    TaxonomyFolder,
    Threshold,
    Width,
)
from annotator.cli.running import (
    Failures,
    build_console,
    check_schemes,
    choose_preset,
    write_text,
)
from annotator.errors import UsageError

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
    mistakes: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the texts with missed or wrong labels as JSONL."),
    ] = None,
    model: ModelFolder = None,
    decisions: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Judge labels exported, or a store's decisions."),
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH", help="A second model, labels exported, or a store, beside the first."
        ),
    ] = None,
    floors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Fail if a figure is below its floor.")
    ] = None,
    raising: Annotated[
        bool, typer.Option("--raise-floors", help="Lift the floors to what is measured now.")
    ] = False,
    scheme: Scheme = None,
    threshold: Threshold = None,
    precision: Precision = False,
    recall: Recall = False,
    width: Width = None,
    taxonomy: TaxonomyFolder = None,
) -> None:
    """Measure quality against gold labels."""
    import msgspec  # noqa: PLC0415

    from annotator.evaluate import compare as subtract, list_mistakes  # noqa: PLC0415
    from annotator.gold import read_gold  # noqa: PLC0415
    from annotator.report.confusion import draw_confusion  # noqa: PLC0415
    from annotator.report.evaluation import render_evaluation  # noqa: PLC0415
    from annotator.store import is_store  # noqa: PLC0415
    from annotator.taxonomy import Taxonomy  # noqa: PLC0415

    if decisions is not None and model is not None:
        raise UsageError("--decisions and --model contradict each other", hint="--compare for two")
    fixed = [
        path for path in (decisions, compare) if path and not (path.is_dir() or is_store(path))
    ]
    if decisions in fixed and compare in [*fixed, None] and (threshold or precision or recall):
        raise UsageError(
            "labels that were exported have no thresholds left to move", hint="export them again"
        )
    if raising and floors is None:
        raise UsageError("--raise-floors needs --floors FILE", hint="--floors floors.yaml")
    known = Taxonomy.load(taxonomy)
    check_schemes(scheme, known)
    failures = Failures()
    preset = choose_preset(precision=precision, recall=recall)
    rows = read_gold(gold, known, failures)
    judge = Judge(rows, known, scheme, threshold, preset, model, failures)
    evaluations = judge.evaluate([decisions or model, *([compare] if compare else [])])
    comparison = subtract(*evaluations.values()) if compare else None
    if as_json:
        plain = {
            "evaluations": {name: value.to_dict() for name, value in evaluations.items()},
            "difference": comparison and msgspec.to_builtins(comparison),
        }
        typer.echo(msgspec.json.format(msgspec.json.encode(plain)).decode())
    else:
        console = build_console(width)
        console.print(render_evaluation(evaluations, comparison, console.width))
    first = next(iter(evaluations.values()))
    if confusion is not None:
        write_text(confusion, draw_confusion(first))
    if mistakes is not None:
        lines = map(msgspec.json.encode, list_mistakes(rows, first.decisions))
        write_text(mistakes, "".join(f"{line.decode()}\n" for line in lines))
    if floors is not None:
        hold_floors(gold, first, floors, failures, raising=raising)
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
            """Move the bar."""
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
