"""EPUB books, chapter by chapter.

The container is a ZIP archive with a list of XHTML files in reading order, so
the standard library and lxml, which web pages need anyway, read it. The library
that is made for it, EbookLib, stands under the AGPL.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from typing import TYPE_CHECKING
from urllib.parse import unquote

from annotator.errors import UnreadableInputError
from annotator.readers.package import check_package, refuse_encrypted
from annotator.readers.source import Block, build_document, damage_named
from annotator.readers.web import page_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotator.model import Document
    from annotator.readers.source import Reading, Source

__all__ = ["read_epub"]

_CONTAINER = "META-INF/container.xml"
_LONGEST_TITLE = 60


def read_epub(source: Source, reading: Reading) -> Iterator[Document]:
    """Read a book; a chapter is named by its first heading, or else by its number.

    Raises:
        UnreadableInputError: It is damaged, encrypted or empty.
        LimitError: Unpacked it is too large.
    """
    names = check_package(source, reading, "EPUB book")
    if "META-INF/rights.xml" in names:
        raise refuse_encrypted(source)
    blocks: list[Block] = []
    with (
        damage_named(source, "EPUB book", zipfile.BadZipFile, zlib.error),
        zipfile.ZipFile(io.BytesIO(source.data)) as book,
    ):
        for number, name in enumerate(_chapters(book, source), 1):
            if name not in names:
                reading.warn(f"its chapter {name} is missing", source, "get a whole copy")
                continue
            parts = page_blocks(book.read(name), source.member(name, b""))
            headings = [text for kind, text in parts if kind in ("h1", "h2", "h3")]
            title = " ".join(headings[0].split())[:_LONGEST_TITLE] if headings else str(number)
            blocks += [Block(text, f"chapter {title}") for _, text in parts]
    yield build_document(source, blocks)


def _chapters(book: zipfile.ZipFile, source: Source) -> Iterator[str]:
    """Yield the names of a book's text files in reading order."""
    from lxml import etree  # noqa: PLC0415 - only books and pages need it

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    with damage_named(source, "EPUB book", etree.LxmlError):
        container = etree.fromstring(book.read(_CONTAINER), parser)
        (package, *_) = container.xpath("//*[local-name()='rootfile']/@full-path")
        root = etree.fromstring(book.read(package), parser)
        items = {
            item.get("id"): item.get("href", "")
            for item in root.xpath("//*[local-name()='manifest']/*[local-name()='item']")
        }
        order = root.xpath("//*[local-name()='spine']/*[local-name()='itemref']/@idref")
    if not order:
        raise UnreadableInputError(
            "the book lists no chapters", where=source.name, hint="get a whole copy"
        )
    folder = posixpath.dirname(package)
    for reference in order:
        if reference in items:
            yield posixpath.normpath(posixpath.join(folder, unquote(items[reference])))
