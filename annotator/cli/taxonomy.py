"""``annotator taxonomy``: look at the labels, concepts and terms, and check them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from annotator.cli.application import SOME_FAILED, taxonomy_app
from annotator.cli.options import Names, Output, TaxonomyFolder
from annotator.cli.running import build_console, check_names

__all__ = [
    "taxonomy_check",
    "taxonomy_export",
    "taxonomy_import",
    "taxonomy_list",
    "taxonomy_show",
]


@taxonomy_app.command("list")
def taxonomy_list(
    names: Names = "en",
    taxonomy: TaxonomyFolder = None,
) -> None:
    """List all labels, with how many concepts point to each."""
    from annotator.report.taxonomy import render_labels  # noqa: PLC0415
    from annotator.taxonomy import Taxonomy  # noqa: PLC0415

    loaded = Taxonomy.load(taxonomy)
    check_names(names, loaded)
    build_console(None).print(render_labels(loaded, names))


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


@taxonomy_app.command("export")
def taxonomy_export(output: Output = None, taxonomy: TaxonomyFolder = None) -> None:
    """Write the taxonomy as SKOS Turtle, for thesaurus tools and for others to build on."""
    from annotator.export import write_taxonomy  # noqa: PLC0415
    from annotator.taxonomy import Taxonomy  # noqa: PLC0415

    write_taxonomy(Taxonomy.load(taxonomy), "skos", output)


@taxonomy_app.command("import")
def taxonomy_import(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="SKOS: .ttl, .nt, .rdf or .xml.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="The taxonomy folder to make.")
    ],
    into: Annotated[
        bool, typer.Option("--into", help="Add the scheme to a copy of the taxonomy in use.")
    ] = False,
    scheme: Annotated[
        str | None, typer.Option("--scheme", metavar="ID", help="Id of the new scheme.")
    ] = None,
    strength: Annotated[
        Literal["decisive", "strong", "weak"],
        typer.Option(help="What a concept's own names say for its label."),
    ] = "decisive",
    depth: Annotated[
        int,
        typer.Option(
            min=0, help="Levels that become labels (0: all); narrower ones point to them."
        ),
    ] = 0,
    untagged: Annotated[
        str | None,
        typer.Option(metavar="LANG", help="Language of names that name none."),
    ] = None,
    taxonomy: TaxonomyFolder = None,
) -> None:
    """Make a taxonomy folder from somebody else's SKOS, for ``--taxonomy DIR``."""
    from annotator.report.taxonomy import render_imported  # noqa: PLC0415
    from annotator.resources import taxonomy_folder  # noqa: PLC0415
    from annotator.skos import ImportOptions, import_taxonomy  # noqa: PLC0415

    options = ImportOptions(scheme, strength, depth, untagged)
    base = taxonomy or taxonomy_folder()
    imported = import_taxonomy(path, output, base, options, into=into)
    build_console(None).print(render_imported(imported))
