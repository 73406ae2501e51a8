"""``annotator compare``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from annotator.cli.application import app
from annotator.cli.options import (
    ModelFolder,
    NoColor,
    Output,
    Scheme,
    TaxonomyFolder,
    Threshold,
    Width,
)
from annotator.cli.running import (
    Failures,
    build_annotator,
    check_schemes,
    output_console,
    read_paths,
    write_pieces,
)

if TYPE_CHECKING:
    from annotator.model import AnnotatedDocument
    from annotator.pipeline import Annotator

__all__ = ["compare"]


@app.command()
def compare(
    before: Annotated[str, typer.Argument(metavar="A", help="The earlier file or folder.")],
    after: Annotated[str, typer.Argument(metavar="B", help="The later one.")],
    file_format: Annotated[
        Literal["terminal", "json"], typer.Option("--format", "-f", help="terminal or json.")
    ] = "terminal",
    scheme: Scheme = None,
    width: Width = None,
    no_color: NoColor = False,
    output: Output = None,
    names: Annotated[str, typer.Option(help="Language of the labels' names.")] = "en",
    threshold: Threshold = None,
    model: ModelFolder = None,
    taxonomy: TaxonomyFolder = None,
) -> None:
    """Show what two versions of a document, or two corpora, gained and lost."""
    import msgspec  # noqa: PLC0415

    from annotator.compare import compare_corpora, compare_documents  # noqa: PLC0415
    from annotator.report.comparison import (  # noqa: PLC0415
        comparison_to_dict,
        render_comparison,
    )

    annotator = build_annotator(taxonomy, threshold, model)
    check_schemes(scheme, annotator.taxonomy)
    failures = Failures()
    old = _read_side(before, annotator, failures)
    new = _read_side(after, annotator, failures)
    failures.exit_if_nothing(min(len(old), len(new)))
    if len(old) == len(new) == 1:
        (draft,), (final,) = old.values(), new.values()
        comparison = compare_documents(draft, final, annotator.taxonomy)
    else:
        comparison = compare_corpora(old, new, (before, after), annotator.taxonomy)
    if file_format == "json":
        data = msgspec.json.encode(comparison_to_dict(comparison))
        write_pieces([msgspec.json.format(data).decode() + "\n"], output)
    else:
        with output_console(output, width, no_color=no_color) as console:
            console.print(
                render_comparison(
                    comparison,
                    annotator.taxonomy,
                    width=console.width,
                    schemes=scheme,
                    language=names,
                )
            )
    failures.exit()


def _read_side(path: str, annotator: Annotator, failures: Failures) -> dict[str, AnnotatedDocument]:
    """Annotate one side; documents are named as they stand below the path."""
    return {
        annotated.document.id.removeprefix(path).lstrip("/\\") or path: annotated
        for annotated in annotator.annotate_many(read_paths([path], failures))
    }
