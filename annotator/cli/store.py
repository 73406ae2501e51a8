"""``annotator store``: how far a review has come, how far people agree, decisions in and out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.application import store_app
from annotator.cli.options import NoColor, Output, TaxonomyFolder, Width
from annotator.cli.running import Failures, build_console
from annotator.errors import MissingInputError

__all__ = ["store_agreement", "store_export", "store_import", "store_merge", "store_status"]

StoreFile = Annotated[
    Path | None,
    typer.Option(
        "--store",
        metavar="FILE",
        help="The file of the store; annotator-review.sqlite in this folder by default.",
    ),
]


@store_app.command("status")
def store_status(
    store: StoreFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, not a table.")] = False,
    width: Width = None,
    no_color: NoColor = False,
) -> None:
    """Show how far each reviewer has come."""
    from annotator.report.agreement import render_progress  # noqa: PLC0415
    from annotator.store import DEFAULT_FILE, Query, Store  # noqa: PLC0415

    with Store.open(store or DEFAULT_FILE, create=False) as reviews:
        progress = [reviews.progress(reviewer) for reviewer in reviews.reviewers()]
        disputed = len(reviews.queue(Query(state="disputed")))
    if as_json:
        _print_json({"reviewers": progress, "disputed": disputed})
    else:
        build_console(width, no_color=no_color).print(render_progress(progress, disputed))


@store_app.command("export")
def store_export(store: StoreFile = None, output: Output = None) -> None:
    """Write all decisions, the undone ones too, as JSON lines."""
    from annotator.files import atomic_writer, naming_failure  # noqa: PLC0415
    from annotator.store import DEFAULT_FILE, Store  # noqa: PLC0415

    with Store.open(store or DEFAULT_FILE, create=False) as reviews:
        if output is None:
            for line in reviews.export_lines():
                sys.stdout.buffer.write(line + b"\n")
            sys.stdout.buffer.flush()
            return
        with naming_failure(output), atomic_writer(output) as file:
            for line in reviews.export_lines():
                file.write(line + b"\n")


@store_app.command("import")
def store_import(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Files that store export wrote.")
    ],
    store: StoreFile = None,
) -> None:
    """Add decisions from JSON lines; those that the store has already change nothing."""
    from annotator.store import DEFAULT_FILE, Store  # noqa: PLC0415

    failures = Failures()
    with Store.open(store or DEFAULT_FILE) as reviews:
        for path in files:
            try:
                with path.open("rb") as lines:
                    new = reviews.import_lines(lines, str(path), failures)
            except OSError as error:
                failures(
                    MissingInputError(f"it cannot be read ({error.strerror})", where=str(path))
                )
                continue
            typer.echo(f"{new} new decisions from {path}")
    failures.exit()


@store_app.command("merge")
def store_merge(
    others: Annotated[
        list[Path], typer.Argument(metavar="OTHER…", help="Stores to add; they do not change.")
    ],
    store: StoreFile = None,
) -> None:
    """Add all that other stores hold; again, or the other way round, comes to the same."""
    from annotator.store import DEFAULT_FILE, Store  # noqa: PLC0415

    with Store.open(store or DEFAULT_FILE) as reviews:
        for other in others:
            typer.echo(f"{reviews.merge(other)} new decisions from {other}")


@store_app.command("agreement")
def store_agreement(
    store: StoreFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, not a table.")] = False,
    width: Width = None,
    no_color: NoColor = False,
    taxonomy: TaxonomyFolder = None,
) -> None:
    """Show how far reviewers agree beyond chance, per scheme and per label, with intervals."""
    from annotator.agreement import measure_agreement  # noqa: PLC0415
    from annotator.report.agreement import render_agreement  # noqa: PLC0415
    from annotator.store import DEFAULT_FILE, Store  # noqa: PLC0415
    from annotator.taxonomy import Taxonomy  # noqa: PLC0415

    with Store.open(store or DEFAULT_FILE, create=False) as reviews:
        schemes, labels = measure_agreement(reviews.votes(), Taxonomy.load(taxonomy))
    if as_json:
        _print_json({"schemes": schemes, "labels": labels})
    else:
        build_console(width, no_color=no_color).print(render_agreement(schemes, labels))


def _print_json(value: object) -> None:
    """Print plain values as JSON that people can read, too."""
    import msgspec  # noqa: PLC0415

    typer.echo(msgspec.json.format(msgspec.json.encode(value)).decode())
