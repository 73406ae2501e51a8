"""The command line: parse, call, print, exit codes. No logic lives here."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from annotator.errors import (
    AnnotatorError,
    InputError,
    NothingToWriteError,
    UsageError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console

    from annotator.model import Document
    from annotator.pipeline import Annotator

__all__ = ["app", "main"]

app = typer.Typer(
    name="annotator",
    help="Label documents with WSIS action lines and SDGs, and show the evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
taxonomy_app = typer.Typer(help="Look at the taxonomy, and check it.", no_args_is_help=True)
app.add_typer(taxonomy_app, name="taxonomy")

SOME_FAILED, WRONG_USAGE, NOTHING_DONE = 1, 2, 3
"""Exit statuses besides 0: see the README."""

_MUCH = 20
"""Documents from which a progress bar is shown."""

Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH…", help="Files, folders, tables of documents (.jsonl, .csv), or - for stdin."
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
ModelFolder = Annotated[
    Path | None, typer.Option("--model", metavar="DIR", help="Use this model, not the shipped one.")
]
Scheme = Annotated[
    list[str] | None, typer.Option("--scheme", help="Only this scheme: wsis or sdg. Repeatable.")
]


@app.command()
def report(
    paths: Paths,
    detail: Annotated[
        str, typer.Option(help="How far down: corpus, documents or paragraphs.")
    ] = "documents",
    scheme: Scheme = None,
    width: Annotated[
        int | None, typer.Option(min=40, help="Columns; the terminal's by default.")
    ] = None,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colour.")] = False,
    output: Output = None,
    names: Annotated[str, typer.Option(help="Language of the labels' names.")] = "en",
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
    annotator = _annotator(taxonomy, threshold, model)
    _check_schemes(scheme, annotator)
    failures = _Failures()
    documents = list(annotator.annotate_many(_read(paths, failures)))
    failures.exit_if_nothing(len(documents))
    with _report_console(output, width, no_color=no_color) as console:
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


@app.command()
def export(
    paths: Paths,
    file_format: Annotated[
        str, typer.Option("--format", "-f", help="json (one object) or jsonl (a record a line).")
    ] = "jsonl",
    output: Output = None,
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
    annotator = _annotator(taxonomy, threshold, model)
    failures = _Failures()
    documents = annotator.annotate_many(_read(paths, failures))
    try:
        write_export(documents, file_format, output, annotator.run_settings())
    except NothingToWriteError:
        failures.exit_if_nothing(0)
    failures.exit()


@app.command()
def explain(
    text: Annotated[str, typer.Argument(help="The text, or - for stdin.")],
    width: Annotated[
        int | None, typer.Option(min=40, help="Columns; the terminal's by default.")
    ] = None,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colour.")] = False,
    taxonomy: TaxonomyFolder = None,
) -> None:
    """Show every suggestion for one text, its evidence, and how its score came about."""
    from annotator.report.explanation import render_explanation  # noqa: PLC0415

    if text == "-":
        text = sys.stdin.read()
    if not text.strip():
        raise UsageError("there is no text to explain", hint='annotator explain "SDG 4"')
    annotator = _annotator(taxonomy, None)
    console = _console(width, no_color=no_color)
    console.print(render_explanation(annotator.explain(text), annotator.taxonomy, console.width))


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

    failures = _Failures()
    rows = read_gold(gold, failures)
    evaluations = {
        str(folder or "shipped model"): measure(rows, _annotator(taxonomy, threshold, folder))
        for folder in ([model, compare] if compare else [model])
    }
    if as_json:
        plain = {name: evaluation.to_dict() for name, evaluation in evaluations.items()}
        typer.echo(msgspec.json.format(msgspec.json.encode(plain)).decode())
    else:
        _console(None).print(render_evaluation(evaluations))
    if confusion is not None:
        from annotator.taxonomy import Taxonomy  # noqa: PLC0415

        picture = confusion_svg(next(iter(evaluations.values())), Taxonomy.load(taxonomy).leaves())
        _write(confusion, picture)
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
    taxonomy: TaxonomyFolder = None,
) -> None:
    """Fit the classifier, measure it by cross-validation, and write it with its card."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    from annotator.resources import examples_folder  # noqa: PLC0415
    from annotator.taxonomy import Taxonomy  # noqa: PLC0415
    from annotator.training import train_model  # noqa: PLC0415

    failures = _Failures()
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("training", total=None)

        def advance(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        train_model(
            Taxonomy.load(taxonomy),
            data,
            examples_folder(taxonomy),
            output,
            ablation=ablation,
            on_error=failures,
            progress=advance,
        )
    failures.exit()


@taxonomy_app.command("list")
def taxonomy_list(
    names: Annotated[str, typer.Option(help="Language of the names.")] = "en",
    taxonomy: TaxonomyFolder = None,
) -> None:
    """List all labels, with how many concepts point to each."""
    from annotator.report.taxonomy import render_labels  # noqa: PLC0415
    from annotator.taxonomy import Taxonomy  # noqa: PLC0415

    _console(None).print(render_labels(Taxonomy.load(taxonomy), names))


@taxonomy_app.command("show")
def taxonomy_show(
    label: Annotated[str, typer.Argument(help="A label, such as C5 or SDG4, or a concept's id.")],
    language: Annotated[
        list[str] | None, typer.Option("--lang", help="Only terms of this language. Repeatable.")
    ] = None,
    taxonomy: TaxonomyFolder = None,
) -> None:
    """Show a label with its concepts, or a concept with its terms."""
    from annotator.report.taxonomy import render_label  # noqa: PLC0415
    from annotator.taxonomy import Taxonomy  # noqa: PLC0415

    _console(None).print(render_label(Taxonomy.load(taxonomy), label, language))


@taxonomy_app.command("check")
def taxonomy_check(taxonomy: TaxonomyFolder = None) -> None:
    """Look for mistakes in the taxonomy; exit with 1 if there are any."""
    from annotator.resources import taxonomy_folder  # noqa: PLC0415
    from annotator.taxonomy_check import check_taxonomy  # noqa: PLC0415

    problems = check_taxonomy(taxonomy or taxonomy_folder())
    for problem in problems:
        typer.echo(str(problem))
    typer.echo(f"{len(problems)} problems found" if problems else "no problem found")
    if problems:
        raise typer.Exit(SOME_FAILED)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; every expected error becomes one line and an exit status."""
    # Arabic and Chinese must come out whole however the environment is set.
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
    try:
        app(args=arguments)
    except UsageError as error:
        _complain(error)
        sys.exit(WRONG_USAGE)
    except AnnotatorError as error:
        _complain(error)
        sys.exit(NOTHING_DONE)
    except BrokenPipeError:
        # The reader of our output has gone, as with `| head`: nothing is left to say.
        sys.stderr.close()
        sys.exit(0)


class _Failures:
    """Counts the inputs that could not be read, and says so as they come."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, error: InputError) -> None:
        self.count += 1
        _complain(error)

    def exit_if_nothing(self, done: int) -> None:
        """Stop if no document could be read at all."""
        if not done:
            if not self.count:
                typer.echo("annotator: there was no document to read", err=True)
            raise typer.Exit(NOTHING_DONE)

    def exit(self) -> None:
        """End with the status that tells whether something failed."""
        if self.count:
            raise typer.Exit(SOME_FAILED)


def _complain(error: AnnotatorError) -> None:
    """Print an error as one line, with nothing in it that acts on the terminal."""
    from annotator.report.text import inert  # noqa: PLC0415

    typer.echo(inert(f"annotator: {error}"), err=True)


def _annotator(
    folder: Path | None, threshold: float | None, model: Path | None = None
) -> Annotator:
    """Build the annotator that the options ask for."""
    from annotator.classifier import Classifier  # noqa: PLC0415
    from annotator.pipeline import Annotator  # noqa: PLC0415
    from annotator.taxonomy import Taxonomy  # noqa: PLC0415

    taxonomy = Taxonomy.load(folder)
    classifier = Classifier.load(taxonomy, model) if model else None
    return Annotator(taxonomy, classifier, threshold=threshold)


def _check_schemes(schemes: Sequence[str] | None, annotator: Annotator) -> None:
    """Refuse a scheme that the taxonomy does not have."""
    for scheme in schemes or ():
        if scheme not in annotator.taxonomy.schemes:
            raise UsageError(
                f"--scheme {scheme} is none of {', '.join(annotator.taxonomy.schemes)}",
                hint="--scheme sdg",
            )


def _read(paths: Sequence[str], on_error: Callable[[InputError], None]) -> Iterator[Document]:
    """Read documents, with a progress bar on stderr when there is much to do."""
    from annotator.readers import read_documents  # noqa: PLC0415

    documents = read_documents(paths, on_error)
    if not sys.stderr.isatty():
        yield from documents
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (
        SpinnerColumn(),
        TextColumn("{task.completed} documents"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None, visible=False)
        for count, document in enumerate(documents, 1):
            progress.update(task, completed=count, visible=count >= _MUCH)
            yield document


def _console(width: int | None, *, no_color: bool = False, file: Any = None) -> Console:  # noqa: ANN401
    """Build a console that adds nothing of its own to what it prints."""
    from rich.console import Console  # noqa: PLC0415

    return Console(
        width=width,
        no_color=no_color or None,
        file=file,
        highlight=False,
        emoji=False,
        markup=False,
        soft_wrap=False,
    )


class _report_console:  # noqa: N801 - used as a function: with _report_console(...)
    """A console on the terminal, or on a file that is written whole or not at all."""

    def __init__(self, output: Path | None, width: int | None, *, no_color: bool) -> None:
        import io  # noqa: PLC0415

        self._output = output
        self._text = io.StringIO() if output else None
        self._console = _console(width, no_color=no_color, file=self._text)

    def __enter__(self) -> Console:
        return self._console

    def __exit__(self, kind: object, *_: object) -> None:
        if self._output is not None and self._text is not None and kind is None:
            _write(self._output, self._text.getvalue())


def _write(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    from annotator.files import naming_failure, write_atomically  # noqa: PLC0415

    with naming_failure(path):
        write_atomically(path, text)
