"""OpenDocument texts and presentations."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING, Any
from xml.sax import SAXException

from annotator.readers.package import check_package
from annotator.readers.source import Block, build_document, damage_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotator.model import Document
    from annotator.readers.source import Reading, Source

__all__ = ["read_presentation", "read_text_document"]

_PARAGRAPHS = frozenset({"text:p", "text:h"})
_SILENT = frozenset({"office:annotation", "text:tracked-changes", "text:ruby-text", "svg:desc"})
"""Comments, deleted text and the like: no part of what the document says."""
_BLANKS = frozenset({"text:s", "text:tab", "text:line-break"})
_LONGEST_TITLE = 60


def read_text_document(source: Source, reading: Reading) -> Iterator[Document]:
    """Read an OpenDocument text; a paragraph is found again by the heading above it.

    Raises:
        UnreadableInputError: It is damaged, encrypted or empty.
        LimitError: Unpacked it is too large.
    """
    root = _load(source, reading).text
    with damage_named(source, "OpenDocument text"):
        blocks: list[Block] = []
        heading = None
        for name, text in _paragraphs(root):
            if name == "text:h" and text.strip():
                heading = f"section {' '.join(text.split())[:_LONGEST_TITLE]}"
            blocks.append(Block(text, "footnote" if name == "text:note" else heading))
    yield build_document(source, blocks)


def read_presentation(source: Source, reading: Reading) -> Iterator[Document]:
    """Read an OpenDocument presentation, slide by slide, with the speaker's notes.

    Raises:
        UnreadableInputError: It is damaged, encrypted or empty.
        LimitError: Unpacked it is too large.
    """
    root = _load(source, reading).presentation
    with damage_named(source, "OpenDocument presentation"):
        pages = [child for child in root.childNodes if _name(child) == "draw:page"]
        blocks = [
            Block(text, f"slide {number}" + (", notes" if name == "presentation:notes" else ""))
            for number, page in enumerate(pages, 1)
            for name, text in _paragraphs(page)
        ]
    yield build_document(source, blocks)


def _load(source: Source, reading: Reading) -> Any:  # noqa: ANN401 - odfpy has no types
    """Load a document with odfpy."""
    from odf.opendocument import load  # noqa: PLC0415 - only these formats need it

    check_package(source, reading, "OpenDocument file")
    with damage_named(source, "OpenDocument file", zipfile.BadZipFile, zlib.error, SAXException):
        return load(io.BytesIO(source.data))


def _paragraphs(root: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """Yield the paragraphs below an element: the name of what they are, and their text.

    Footnotes come after the paragraph that they hang on. Trees may be deep, so
    this walks without recursion.
    """
    waiting: list[tuple[Any, str]] = [(root, "")]
    while waiting:
        element, within = waiting.pop()
        name = _name(element)
        if name in _SILENT:
            continue
        if name in ("text:note", "presentation:notes"):
            within = name
        if name in _PARAGRAPHS:
            text, inner = _text(element)
            yield within or name, text
            waiting.extend((child, within) for child in reversed(inner))
        else:
            waiting.extend((child, within) for child in reversed(element.childNodes))


def _text(paragraph: Any) -> tuple[str, list[Any]]:  # noqa: ANN401
    """Return a paragraph's own text, and the notes and frames that hang on it."""
    parts: list[str] = []
    inner: list[Any] = []
    waiting = list(reversed(paragraph.childNodes))
    while waiting:
        node = waiting.pop()
        name = _name(node)
        if name in ("text:note", "draw:frame", "draw:custom-shape"):
            inner.append(node)
        elif name in _BLANKS:
            parts.append(" ")
        elif hasattr(node, "data"):
            parts.append(str(node.data))
        elif name not in _SILENT:
            waiting.extend(reversed(node.childNodes))
    return "".join(parts), inner


def _name(node: Any) -> str:  # noqa: ANN401
    """Return the name of an element with its usual prefix."""
    return str(getattr(node, "tagName", ""))
