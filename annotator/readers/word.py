"""Word documents: paragraphs, tables, headers, text boxes and footnotes in reading order."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from annotator.readers.package import check_package
from annotator.readers.source import Block, build_document, damage_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from annotator.model import Document
    from annotator.readers.source import Reading, Source

__all__ = ["read_docx"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_WRAPPERS = (
    *(f"{_W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml")),
    f"{_MC}AlternateContent",
    f"{_MC}Choice",
)
"""Elements around text that python-docx does not look into: form fields, insertions and the like."""
_DROPPED = (
    *(f"{_W}{name}" for name in ("del", "moveFrom", "sdtPr", "sdtEndPr")),
    f"{_MC}Fallback",
)
"""Deleted text, and what repeats a text for older programs."""

_HEADING = re.compile(r"(?:heading|title)", re.IGNORECASE)
_LONGEST_TITLE = 60
_DEEPEST_TABLE = 20


def read_docx(source: Source, reading: Reading) -> Iterator[Document]:
    """Read a Word document.

    A paragraph is found again by its page where Word has noted the page breaks,
    else by the heading above it.

    Raises:
        UnreadableInputError: It is damaged, encrypted or empty.
        LimitError: Unpacked it is too large.
    """
    import docx  # noqa: PLC0415 - only this format needs it
    from docx.opc.exceptions import OpcError  # noqa: PLC0415
    from lxml import etree  # noqa: PLC0415

    errors = (zipfile.BadZipFile, zlib.error, OpcError, etree.LxmlError)
    check_package(source, reading, "Word document")
    with damage_named(source, "Word document", *errors):
        document = docx.Document(io.BytesIO(source.data))
        blocks = list(_Walk(document).blocks())
    yield build_document(source, blocks)


class _Walk:
    """One way through a document, which remembers the page and the heading it has come to."""

    def __init__(self, document: Any) -> None:  # noqa: ANN401 - python-docx is typed only in part
        self._document = document
        _unwrap(document.element.body)
        self._notes = {**_notes(document, "footnotes"), **_notes(document, "endnotes")}
        self._knows_pages = bool(document.element.body.xpath(".//w:lastRenderedPageBreak"))
        self._page = 1
        self._heading = ""
        self._headers: set[str] = set()

    def blocks(self) -> Iterator[Block]:
        """Yield the paragraphs of the whole document; a header that repeats comes once."""
        for section in self._document.sections:
            for kind in ("first_page_header", "header"):
                yield from self._edge(getattr(section, kind), "header")
            yield from self._items(section.iter_inner_content(), 0)
            for kind in ("first_page_footer", "footer"):
                yield from self._edge(getattr(section, kind), "footer")

    def _edge(self, edge: Any, name: str) -> Iterator[Block]:  # noqa: ANN401
        """Yield the paragraphs of a header or footer that has not been seen."""
        if edge.is_linked_to_previous:
            return
        _unwrap(edge._element)  # noqa: SLF001 - the only way to its tree
        for item in edge.iter_inner_content():
            text = (
                item.text
                if hasattr(item, "text")
                else "\t".join(cell.text for row in item.rows for cell in row.cells)
            )
            if text.strip() and text not in self._headers:
                self._headers.add(text)
                yield Block(text, name)

    def _items(self, items: Any, depth: int) -> Iterator[Block]:  # noqa: ANN401
        """Yield the paragraphs of the body or of a cell."""
        for item in items:
            if hasattr(item, "rows"):
                yield from self._table(item, depth)
            else:
                yield from self._paragraph(item)

    def _table(self, table: Any, depth: int) -> Iterator[Block]:  # noqa: ANN401
        """Yield the paragraphs of a table, row by row; a merged cell comes once."""
        if depth > _DEEPEST_TABLE:
            return
        seen: set[Any] = set()
        for row in table.rows:
            for cell in row.cells:
                if cell._tc in seen:  # noqa: SLF001 - the only thing that tells merged cells
                    continue
                seen.add(cell._tc)  # noqa: SLF001
                yield from self._items(cell.iter_inner_content(), depth + 1)

    def _paragraph(self, paragraph: Any) -> Iterator[Block]:  # noqa: ANN401
        """Yield a paragraph, then the text boxes and the footnotes that hang on it."""
        element = paragraph._p  # noqa: SLF001 - breaks, boxes and notes have no other access
        text = paragraph.text
        marks = [mark.tag for mark in element.xpath(".//w:lastRenderedPageBreak | .//w:t")]
        breaks = marks.count(f"{_W}lastRenderedPageBreak")
        # Breaks before the first word move the whole paragraph to the next page.
        leading = marks.index(f"{_W}t") if f"{_W}t" in marks else breaks
        self._page += leading
        if text.strip():
            if not self._knows_pages and _HEADING.match(_style_name(paragraph)):
                self._heading = " ".join(text.split())[:_LONGEST_TITLE]
            yield Block(text, self._locator())
        self._page += breaks - leading
        for box in element.iter(f"{_W}txbxContent"):
            for inner in box.iter(f"{_W}p"):
                yield Block("".join(inner.itertext(f"{_W}t")), self._locator())
        for reference in element.xpath(".//w:footnoteReference | .//w:endnoteReference"):
            kind = "footnotes" if reference.tag.endswith("footnoteReference") else "endnotes"
            number = reference.get(f"{_W}id")
            note = self._notes.get((kind, number))
            if note:
                yield Block(note, f"{kind.removesuffix('s')} {number}")

    def _locator(self) -> str | None:
        """Return where the walk has come to."""
        if self._knows_pages:
            return f"page {self._page}"
        return f"section {self._heading}" if self._heading else None


def _unwrap(root: Any) -> None:  # noqa: ANN401
    """Take what stands around text out of a tree, and leave the text in its place."""
    for name in _DROPPED:
        for element in list(root.iter(name)):
            element.getparent().remove(element)
    for name in _WRAPPERS:
        for element in list(root.iter(name)):
            parent = element.getparent()
            position = parent.index(element)
            parent[position : position + 1] = list(element)


def _notes(document: Any, kind: str) -> Mapping[tuple[str, str], str]:  # noqa: ANN401
    """Return the footnotes or endnotes of a document, by kind and number."""
    from docx.oxml.parser import parse_xml  # noqa: PLC0415

    parts = [
        relation.target_part
        for relation in document.part.rels.values()
        if not relation.is_external and relation.reltype.endswith(f"/{kind}")
    ]
    notes: dict[tuple[str, str], str] = {}
    for part in parts:
        for note in parse_xml(part.blob):
            paragraphs = ("".join(p.itertext(f"{_W}t")) for p in note.iter(f"{_W}p"))
            notes[kind, note.get(f"{_W}id", "")] = " ".join(paragraphs)
    return notes


def _style_name(paragraph: Any) -> str:  # noqa: ANN401
    """Return the name of a paragraph's style; a style that is not defined has none."""
    style = paragraph.style
    return (style.name if style is not None else "") or ""
