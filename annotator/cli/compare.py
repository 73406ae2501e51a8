"""``annotator compare``."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from annotator.cli.application import app
from annotator.cli.options import (
    ModelFolder,
    Names,
    NoColor,
    Output,
    Precision,
    Recall,
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
    write_pieces,
)

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
    names: Names = "en",
    text_column: TextColumn = "text",
    timeout: Timeout = 60,
    threshold: Threshold = None,
    precision: Precision = False,
    recall: Recall = False,
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

    preset = choose_preset(precision=precision, recall=recall)
    annotator = build_annotator(taxonomy, threshold, model, preset)
    check_schemes(scheme, annotator.taxonomy)
    check_names(names, annotator.taxonomy)
    failures = Failures()
    old, new = (
        {
            _place(annotated.document.id, side): annotated
            for annotated in annotate_paths(
                annotator, [side], failures, text_column=text_column, timeout=timeout
            )
        }
        for side in (before, after)
    )
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


def _place(name: str, side: str) -> str:
    """Return a document's name as it stands below the path of its side."""
    return name.removeprefix(side).lstrip("/\\") or side
