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

    A pipe that nobody writes to counts as a file that takes too long. Of CSV and JSON Lines
    in UTF-8, which are read row by row and may be as long as they like, it is how long the
    next row may take."""
    memory: int = 512 * _MEGABYTE
    """Bytes of data that the process that reads foreign formats may hold, where the system
    can limit it (Linux does)."""
    largest_file: int = 256 * _MEGABYTE
    """Bytes of a file that is one document, or an archive."""
    largest_text: int = 64 * _MEGABYTE
    """Bytes of what this process holds in memory whole: a text, a table in CSV or JSON Lines in
    another encoding than UTF-8, and whatever comes through a pipe."""
    largest_row: int = 16 * _MEGABYTE
    """Bytes of a row of a table in CSV or JSON Lines; what stands behind it is not read."""
    longest_text: int = 8 * _MEGABYTE
    """Characters of one document, whatever its format: some 3,000 pages."""
    most_lines: int = 250_000
    """Lines of one document, blank ones not counted: each may become a paragraph, and of
    millions of them the labels fill the memory, however short they are."""
    largest_unpacked: int = 256 * _MEGABYTE
    """Bytes that everything in an archive comes to, archives within it included. Office
    files, OpenDocument files and EPUB books are archives too."""
    largest_ratio: int = 250
    """How many times larger than its packed form a member of more than a megabyte may be."""
    most_members: int = 10_000
    """Files in an archive, archives within it included."""
    deepest: int = 3
    """Archives and messages within each other; an archive of documents is one."""
