"""Which reader reads what: by the first bytes, then by what the name ends in."""

from __future__ import annotations

import io
import zipfile
from importlib import import_module
from typing import TYPE_CHECKING, cast

from annotator.errors import UnreadableInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from annotator.model import Document
    from annotator.readers.source import Reading, Source

__all__ = ["HEAD", "SUFFIXES", "TEXT_FORMATS", "read_source", "recognize"]

SUFFIXES: Mapping[str, str] = {
    ".csv": "csv",
    ".docx": "docx",
    ".eml": "mail",
    ".epub": "epub",
    ".htm": "html",
    ".html": "html",
    ".jsonl": "jsonl",
    ".markdown": "text",
    ".md": "text",
    ".mht": "web archive",
    ".mhtml": "web archive",
    ".ndjson": "jsonl",
    ".odp": "odp",
    ".odt": "odt",
    ".parquet": "parquet",
    ".pdf": "pdf",
    ".pptx": "pptx",
    ".rtf": "rtf",
    ".tsv": "csv",
    ".txt": "text",
    ".xhtml": "html",
    ".xlsx": "xlsx",
    ".zip": "zip",
}
"""The formats, by what a file's name ends in."""

TEXT_FORMATS = frozenset({"csv", "jsonl", "text"})
"""Formats that this package reads itself, in its own process."""

HEAD = 1024
"""How many of a file's first bytes tell its format."""

_READERS: Mapping[str, str] = {
    "csv": "rows.read_csv",
    "docx": "word.read_docx",
    "epub": "epub.read_epub",
    "html": "web.read_html",
    "jsonl": "rows.read_jsonl",
    "mail": "mail.read_mail",
    "odp": "opendocument.read_presentation",
    "odt": "opendocument.read_text_document",
    "office": "package.refuse_binary_office",
    "parquet": "parquet.read_parquet",
    "pdf": "pdf.read_pdf",
    "pptx": "slides.read_pptx",
    "rtf": "rtf.read_rtf",
    "text": "plain.read_plain",
    "web archive": "mail.read_web_archive",
    "xlsx": "workbook.read_xlsx",
    "zip": "archive.read_zip",
}
"""Module and function by format; imported when the first file of the format comes."""

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"{\\rtf", "rtf"),
    (b"PAR1", "parquet"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
)

_BLANK = b"\xef\xbb\xbf \t\r\n"
_PAGE_STARTS = (b"<!doctype html", b"<html")
"""How the page begins that a server sent in place of the file."""

_MAIN_PARTS: Mapping[str, str] = {
    "word/document.xml": "docx",
    "ppt/presentation.xml": "pptx",
    "xl/workbook.xml": "xlsx",
}
_MIME_TYPES: Mapping[bytes, str] = {
    b"application/epub+zip": "epub",
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
_LONGEST_MIME_TYPE = 200

_TITLES: Mapping[str, str] = {
    "docx": "a Word document",
    "epub": "an EPUB book",
    "html": "a web page",
    "odp": "an OpenDocument presentation",
    "odt": "an OpenDocument text",
    "parquet": "a Parquet table",
    "pdf": "a PDF",
    "pptx": "a PowerPoint presentation",
    "rtf": "an RTF text",
    "xlsx": "an Excel workbook",
    "zip": "a ZIP archive",
}
"""What the formats that are told by content are called in messages."""


def recognize(head: bytes, suffix: str) -> str:
    """Tell a file's format from its first bytes, or else from its suffix.

    Args:
        head: The first :data:`HEAD` bytes.
        suffix: What its name ends in.

    Returns:
        A format; ``zip`` stands for all that are archives underneath.

    >>> recognize(b"%PDF-1.7", ".docx"), recognize("النص".encode(), ".md"), recognize(b"", "")
    ('pdf', 'text', 'text')
    """
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            return name
    if b"%PDF-" in head:
        return "pdf"
    named = SUFFIXES.get(suffix, "text")
    if named not in TEXT_FORMATS and head.lstrip(_BLANK)[:15].lower().startswith(_PAGE_STARTS):
        return "html"
    return named


def read_source(source: Source, reading: Reading) -> Iterator[Document]:
    """Read the documents that a source holds.

    Args:
        source: The bytes with their name.
        reading: The options, and who is told of what could not be read.

    Raises:
        InputError: The source as a whole cannot be read.
    """
    named = SUFFIXES.get(source.suffix, "text")
    found = recognize(source.data[:HEAD], source.suffix)
    if found == "zip":
        found = _recognize_archive(source, named)
    if found != named and source.suffix and found in _TITLES:
        reading.warn(
            f"its name ends in {source.suffix}, but it is {_TITLES[found]}: read as such",
            source,
            "give it the right name",
        )
    module, function = _READERS[found].split(".")
    reader = cast(
        "Callable[[Source, Reading], Iterator[Document]]",
        getattr(import_module(f"annotator.readers.{module}"), function),
    )
    yield from reader(source, reading)


def _recognize_archive(source: Source, named: str) -> str:
    """Tell what kind of archive this is, or return what its name says if it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            names = set(archive.namelist())
            kind = b""
            if "mimetype" in names and archive.getinfo("mimetype").file_size < _LONGEST_MIME_TYPE:
                kind = archive.read("mimetype").strip()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        # The reader of the named format says what is wrong; a text is refused as binary.
        return named
    for part, name in _MAIN_PARTS.items():
        if part in names:
            return name
    if kind in _MIME_TYPES:
        return _MIME_TYPES[kind]
    if kind.startswith(b"application/vnd.oasis.opendocument."):
        raise UnreadableInputError(
            "it is an OpenDocument file of a kind that is not read",
            where=source.name,
            hint="save a spreadsheet as .xlsx or .csv, anything else as .pdf",
        )
    return named if named in _MAIN_PARTS.values() else "zip"
