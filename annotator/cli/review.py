"""``annotator review``."""

from __future__ import annotations

import gc
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from annotator.cli.application import app
from annotator.cli.options import (
    ModelFolder,
    Names,
    Precision,
    Recall,
    TaxonomyFolder,
    TextColumn,
    Threshold,
    Timeout,
)
from annotator.cli.running import (
    Failures,
    annotate_paths,
    build_annotator,
    check_names,
    choose_preset,
)
from annotator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from annotator.model import AnnotatedDocument
    from annotator.pipeline import Annotator
    from annotator.store import Store
    from annotator.store.entries import Order

__all__ = ["review"]


@app.command()
def review(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH…]",
            help="What to decide on; without any, all that the store holds already.",
        ),
    ] = None,
    store: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where decisions are kept; annotator-review.sqlite in this folder by default.",
        ),
    ] = None,
    reviewer: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who decides; your user name by default.")
    ] = None,
    order: Annotated[
        str, typer.Option(help="What comes first: uncertain, disagree, document or random.")
    ] = "uncertain",
    adjudicate: Annotated[
        bool, typer.Option("--adjudicate", help="Decide where other reviewers disagree.")
    ] = False,
    names: Names = "en",
    text_column: TextColumn = "text",
    timeout: Timeout = 60,
    threshold: Threshold = None,
    precision: Precision = False,
    recall: Recall = False,
    model: ModelFolder = None,
    taxonomy: TaxonomyFolder = None,
) -> None:
    """Decide on labels, one key at a time, in a full screen. Every key is saved at once."""
    from annotator.inert import inert  # noqa: PLC0415
    from annotator.review import ReviewApp, Session  # noqa: PLC0415
    from annotator.store import DEFAULT_FILE, Query, Store  # noqa: PLC0415

    chosen = _order(order)
    _check_terminal()
    name = _reviewer(reviewer)
    failures = Failures()
    preset = choose_preset(precision=precision, recall=recall)
    annotator = build_annotator(taxonomy, threshold, model, preset)
    check_names(names, annotator.taxonomy)
    path = store or Path(DEFAULT_FILE)
    with Store.open(path, reviewer=name, create=bool(paths), adjudicates=adjudicate) as opened:
        documents: tuple[str, ...] = ()
        if paths:
            annotated = annotate_paths(
                annotator, paths, failures, text_column=text_column, timeout=timeout
            )
            documents = _store_documents(annotated, opened, annotator)
            failures.exit_if_nothing(len(documents))
        query = Query(chosen, "disputed" if adjudicate else "open", documents=documents)
        session = Session(opened, annotator.taxonomy, query)
        # What is loaded now stays to the end: looking through it for garbage would hold up a key.
        gc.freeze()
        screen = ReviewApp(session, names=names, notice=_notice(failures.count))
        screen.run()
    if screen.return_code:
        raise typer.Exit(screen.return_code)
    counts = session.counts
    typer.echo(
        inert(f"{name}: {counts.finished} of {counts.total} decided, {counts.left} left, in {path}")
    )
    failures.exit()


def _order(order: str) -> Order:
    """Return the order that was asked for."""
    from annotator.store.entries import Order  # noqa: PLC0415

    for known in get_args(Order):
        if order == known:
            return known  # type: ignore[no-any-return] # one of Order's own
    raise UsageError(
        f"--order {order} is none of {', '.join(get_args(Order))}", hint="--order uncertain"
    )


def _check_terminal() -> None:
    """Refuse to open a screen where there is none, before anything is read."""
    # The screen is painted on standard error: sent elsewhere, keys would decide on what nobody sees.
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise UsageError(
            "the review is a full screen and needs a terminal",
            hint="run it without a pipe or 2>; annotator export writes labels to a file",
        )


def _reviewer(name: str | None) -> str:
    """Return the reviewer's name, the user's own where none is given."""
    try:
        return name or getpass.getuser()
    except (OSError, KeyError) as error:  # a user without a name, as in some containers
        raise UsageError("your user has no name", hint="--reviewer NAME") from error


def _store_documents(
    documents: Iterable[AnnotatedDocument], store: Store, annotator: Annotator
) -> tuple[str, ...]:
    """Put documents into the store with their labels; return their ids."""
    ids: list[str] = []

    def noted() -> Iterator[AnnotatedDocument]:
        """Pass the documents on, and keep their ids."""
        for document in documents:
            ids.append(document.document.id)
            yield document

    store.add_documents(noted(), annotator.run_settings())
    return tuple(ids)


def _notice(failed: int) -> str:
    """Say in the app what stderr said before the app covered it."""
    if not failed:
        return "h explains the screen and the keys"
    return f"could not be read: {failed}, named on the terminal when you quit"
