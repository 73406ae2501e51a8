"""What every command needs to run: inputs read, failures counted, consoles, files written."""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from annotator.cli.application import NOTHING_DONE, SOME_FAILED, complain
from annotator.errors import InputWarning, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from rich.console import Console

    from annotator.errors import InputError
    from annotator.fusion import PresetName
    from annotator.model import AnnotatedDocument, Document
    from annotator.pipeline import Annotator
    from annotator.taxonomy import Taxonomy

__all__ = [
    "Failures",
    "annotate_paths",
    "build_annotator",
    "build_console",
    "check_names",
    "check_schemes",
    "choose_preset",
    "output_console",
    "read_paths",
    "review_documents",
    "write_pieces",
    "write_text",
]

_MUCH = 20
"""Documents from which a progress bar is shown."""


class Failures:
    """Counts the inputs that could not be read, and says so as they come."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, error: InputError) -> None:
        """Count one, and say it; a warning is only said, for its document is there."""
        self.count += not isinstance(error, InputWarning)
        complain(error)

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


def choose_preset(*, precision: bool, recall: bool) -> PresetName | None:
    """Return the thresholds that the switches ask for.

    Raises:
        UsageError: Both are given.
    """
    if precision and recall:
        raise UsageError(
            "--precision and --recall contradict each other", hint="one of them, or --threshold"
        )
    return "precision" if precision else "recall" if recall else None


def build_annotator(
    folder: Path | None,
    threshold: float | None,
    model: Path | None = None,
    preset: PresetName | None = None,
) -> Annotator:
    """Build the annotator that the options ask for."""
    from annotator.classifier import Classifier  # noqa: PLC0415
    from annotator.pipeline import Annotator  # noqa: PLC0415
    from annotator.taxonomy import Taxonomy  # noqa: PLC0415

    taxonomy = Taxonomy.load(folder)
    classifier = Classifier.load(taxonomy, model) if model else None
    return Annotator(taxonomy, classifier, threshold=threshold, preset=preset)


def check_schemes(schemes: Sequence[str] | None, taxonomy: Taxonomy) -> None:
    """Refuse a scheme that the taxonomy does not have."""
    for scheme in schemes or ():
        if scheme not in taxonomy.schemes:
            raise UsageError(
                f"--scheme {scheme} is none of {', '.join(taxonomy.schemes)}",
                hint="--scheme sdg",
            )


def check_names(names: str, taxonomy: Taxonomy) -> None:
    """Refuse a language in which the labels have no names."""
    known = {language for label in taxonomy.labels.values() for language in label.pref_label}
    if names not in known:
        raise UsageError(
            f"--names {names} is none of {', '.join(sorted(known))}",
            hint=f"--names {'en' if 'en' in known else min(known, default='')}",
        )


def annotate_paths(
    annotator: Annotator,
    paths: Sequence[str],
    failures: Failures,
    *,
    text_column: str,
    timeout: float,
    jobs: int | None = 1,
) -> Iterator[AnnotatedDocument]:
    """Read documents and label them, each within the time that the user allows."""
    return annotator.annotate_many(
        read_paths(paths, failures, text_column=text_column, timeout=timeout),
        jobs=jobs,
        seconds=timeout,
        on_error=failures,
    )


def read_paths(
    paths: Sequence[str],
    on_error: Callable[[InputError], None],
    *,
    text_column: str,
    timeout: float,
) -> Iterator[Document]:
    """Read documents, with a progress bar on stderr when there is much to do."""
    from annotator.readers import ReadingOptions, read_documents  # noqa: PLC0415

    options = ReadingOptions(text_column=text_column, seconds=timeout)
    documents = read_documents(paths, on_error, options)
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


def review_documents(
    documents: Iterable[AnnotatedDocument], store: Path | None, annotator: Annotator
) -> Iterator[AnnotatedDocument]:
    """Let the decisions of a store, if one is named, stand above what the machine says."""
    if store is None:
        return iter(documents)
    from annotator.store import Store, apply_decisions  # noqa: PLC0415

    with Store.open(store, create=False) as reviews:
        settled = reviews.settled()
    return (
        apply_decisions(document, settled, annotator.settings, annotator.taxonomy)
        for document in documents
    )


def build_console(width: int | None, *, no_color: bool = False, file: Any = None) -> Console:  # noqa: ANN401
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


@contextmanager
def output_console(output: Path | None, width: int | None, *, no_color: bool) -> Iterator[Console]:
    """Give a console on the terminal, or on a file that is written whole or not at all."""
    if output is None:
        yield build_console(width, no_color=no_color)
        return
    text = io.StringIO()
    yield build_console(width, no_color=no_color, file=text)
    write_text(output, text.getvalue())


def write_pieces(pieces: Iterable[str], output: Path | None) -> None:
    """Write a text that comes in pieces: to a file, whole or not at all, or to standard output."""
    from annotator.files import atomic_writer, naming_failure  # noqa: PLC0415

    if output is None:
        for piece in pieces:
            sys.stdout.write(piece)
        return
    with naming_failure(output), atomic_writer(output) as stream:
        stream.writelines(piece.encode() for piece in pieces)


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    from annotator.files import naming_failure, write_atomically  # noqa: PLC0415

    with naming_failure(path):
        write_atomically(path, text)
