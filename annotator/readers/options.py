"""How documents are read, and how much reading one file may take."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ReadingOptions"]

_MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What the user can choose about reading; the limits hold for each file that is named.

    A file that passes a limit is refused with a :class:`~annotator.errors.LimitError`
    that names the limit; the other files are read.
    """

    text_column: str = "text"
    """The column, or the field of a JSON row, that holds the text of a table's documents."""
    seconds: float = 60.0
    """How long reading one file may take, waiting for the annotator not counted.

    Plain text, CSV and JSON Lines are read in this process and take time in
    proportion to their size, so the limit is not needed, and not kept, there."""
    memory: int = 512 * _MEGABYTE
    """Bytes of data that the process that reads foreign formats may hold, where the system
    can limit it (Linux does)."""
    largest_file: int = 256 * _MEGABYTE
    """Bytes of a file; tables of rows in UTF-8 are read row by row and may be larger."""
    largest_unpacked: int = 256 * _MEGABYTE
    """Bytes that everything in an archive comes to, archives within it included. Office
    files, OpenDocument files and EPUB books are archives too."""
    largest_ratio: int = 250
    """How many times larger than its packed form a member of more than a megabyte may be."""
    most_members: int = 10_000
    """Files in an archive, archives within it included."""
    deepest: int = 3
    """Archives and messages within each other; an archive of documents is one."""
