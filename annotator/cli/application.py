"""The application: its groups of commands, its exit statuses, and how an error ends it."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from annotator.errors import AnnotatorError, InputWarning, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

__all__ = [
    "NOTHING_DONE",
    "SOME_FAILED",
    "WRONG_USAGE",
    "app",
    "complain",
    "main",
    "store_app",
    "taxonomy_app",
]

app = typer.Typer(
    name="annotator",
    help="Label documents with WSIS action lines and SDGs, and show the evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(asked: bool) -> None:  # noqa: FBT001 - typer passes the switch so
    """Print the version, and end."""
    if asked:
        from importlib.metadata import version  # noqa: PLC0415 - only this needs it

        typer.echo(f"annotator {version('wsis-sdg-annotator')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Label documents with WSIS action lines and SDGs, and show the evidence."""


taxonomy_app = typer.Typer(help="Look at the taxonomy, and check it.", no_args_is_help=True)
app.add_typer(taxonomy_app, name="taxonomy")
store_app = typer.Typer(
    help="Look at a store of reviews; decisions in and out.", no_args_is_help=True
)
app.add_typer(store_app, name="store")

SOME_FAILED, WRONG_USAGE, NOTHING_DONE = 1, 2, 3
"""Exit statuses besides 0: see the README."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; every expected error becomes one line and an exit status."""
    # Arabic and Chinese must come out whole however the environment is set.
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
    signal.signal(signal.SIGTERM, _stop)
    try:
        app(args=arguments)
    except UsageError as error:
        complain(error)
        sys.exit(WRONG_USAGE)
    except AnnotatorError as error:
        complain(error)
        sys.exit(NOTHING_DONE)
    except BrokenPipeError:
        # The reader of our output has gone, as with `| head`: nothing is left to say.
        sys.stderr.close()
        sys.exit(0)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    """End as Ctrl-C does when the system asks for it: what is half written is put away."""
    del frame
    sys.exit(128 + number)


def complain(error: AnnotatorError) -> None:
    """Print an error as one line, with nothing in it that acts on the terminal."""
    from annotator.inert import inert  # noqa: PLC0415

    kind = "warning: " if isinstance(error, InputWarning) else ""
    typer.echo(inert(f"annotator: {kind}{error}"), err=True)
