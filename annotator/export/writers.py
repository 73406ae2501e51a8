"""The formats of exports, and how a file is written whole or not at all."""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from annotator.errors import NothingToWriteError, UsageError
from annotator.export.csv_tables import write_csv
from annotator.export.doccano import write_doccano
from annotator.export.labelstudio import write_config, write_labelstudio
from annotator.export.lines import write_json, write_jsonl
from annotator.export.parquet import write_parquet
from annotator.export.tables import TABLES
from annotator.export.webanno import write_webanno
from annotator.export.xlsx import write_xlsx
from annotator.files import atomic_writer, naming_failure
from annotator.skos.turtle import write_turtle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from annotator.model import AnnotatedDocument
    from annotator.taxonomy import Taxonomy

__all__ = ["FORMATS", "TAXONOMY_FORMATS", "Format", "paths_of", "write_export", "write_taxonomy"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format in which annotated documents are written."""

    write: Callable[[Iterable[AnnotatedDocument], Sequence[BinaryIO], Mapping[str, Any]], int]
    """Writes documents, in order, into one stream a file; returns how many there were."""
    tables: tuple[str, ...] = ()
    """The tables, where each goes to a file of its own."""


FORMATS: Mapping[str, Format] = {
    "csv": Format(write_csv, tuple(TABLES)),
    "doccano": Format(write_doccano),
    "json": Format(write_json),
    "jsonl": Format(write_jsonl),
    "labelstudio": Format(write_labelstudio),
    "parquet": Format(write_parquet, tuple(TABLES)),
    "webanno": Format(write_webanno),
    "xlsx": Format(write_xlsx),
}
"""The formats of documents, by name."""

TAXONOMY_FORMATS: Mapping[str, Callable[[Taxonomy, BinaryIO], None]] = {
    "labelstudio-config": write_config,
    "skos": write_turtle,
}
"""The formats of what has no documents in it: the labels themselves."""


def paths_of(file_format: str, output: Path) -> list[Path]:
    """Return the files that an export writes: one, or one a table.

    >>> from pathlib import Path
    >>> [path.name for path in paths_of("csv", Path("تقرير.csv"))][:2]
    ['تقرير-documents.csv', 'تقرير-paragraphs.csv']
    """
    tables = FORMATS[file_format].tables
    ending = output.suffix or f".{file_format}"
    return [output.with_name(f"{output.stem}-{table}{ending}") for table in tables] or [output]


def write_export(
    documents: Iterable[AnnotatedDocument],
    file_format: str,
    output: Path | None,
    settings: Mapping[str, Any],
) -> int:
    """Write annotated documents, in order.

    Args:
        documents: What to write. One is held at a time, and some thousand
            rows of a Parquet file.
        file_format: A key of :data:`FORMATS`.
        output: The file, or what the files of tables are named after, written
            whole or not at all; standard output if ``None``.
        settings: What the run was made with, for the formats that have a place for it.

    Returns:
        How many documents were written.

    Raises:
        OutputError: The file cannot be written; what stood there is untouched.
        UsageError: Several files cannot go to standard output.
    """
    chosen = FORMATS[file_format]
    if output is None and chosen.tables:
        raise UsageError(
            f"{file_format} is a file each for {', '.join(chosen.tables)}",
            hint=f"-o labels.{file_format}, which names them labels-{chosen.tables[0]}."
            f"{file_format} and so on",
        )
    paths = paths_of(file_format, output) if output else None
    with _opened(paths) as streams:
        count = chosen.write(documents, streams, settings)
        if not count:
            raise NothingToWriteError("there was no document to write")
        return count


def write_taxonomy(taxonomy: Taxonomy, file_format: str, output: Path | None) -> None:
    """Write what has no documents in it.

    Args:
        taxonomy: The labels and concepts.
        file_format: A key of :data:`TAXONOMY_FORMATS`.
        output: The file, written whole or not at all; standard output if ``None``.

    Raises:
        OutputError: The file cannot be written; what stood there is untouched.
    """
    with _opened([output] if output else None) as (stream,):
        TAXONOMY_FORMATS[file_format](taxonomy, stream)


@contextmanager
def _opened(paths: Sequence[Path] | None) -> Iterator[list[BinaryIO]]:
    """Open the outputs; files take the place of the old ones only when all are written."""
    if paths is None:
        yield [sys.stdout.buffer]
        sys.stdout.buffer.flush()
        return
    with naming_failure(paths[0]), ExitStack() as stack:
        yield [stack.enter_context(atomic_writer(path)) for path in paths]
