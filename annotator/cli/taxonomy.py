"""``annotator taxonomy``: look at the labels, concepts and terms, and check them."""

from __future__ import annotations

from typing import Annotated

import typer

from annotator.cli.application import SOME_FAILED, taxonomy_app
from annotator.cli.options import TaxonomyFolder
from annotator.cli.running import build_console

__all__ = ["taxonomy_check", "taxonomy_list", "taxonomy_show"]


@taxonomy_app.command("list")
def taxonomy_list(
    names: Annotated[str, typer.Option(help="Language of the names.")] = "en",
    taxonomy: TaxonomyFolder = None,
) -> None:
    """List all labels, with how many concepts point to each."""
    from annotator.report.taxonomy import render_labels  # noqa: PLC0415
    from annotator.taxonomy import Taxonomy  # noqa: PLC0415

    build_console(None).print(render_labels(Taxonomy.load(taxonomy), names))


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

    build_console(None).print(render_label(Taxonomy.load(taxonomy), label, language))


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
