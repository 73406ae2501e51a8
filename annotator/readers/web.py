"""Web pages, and the XHTML of books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from annotator.encodings import decode_text
from annotator.errors import UnreadableInputError
from annotator.model import Document
from annotator.readers.source import damage_named, printable_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotator.readers.source import Reading, Source

__all__ = ["main_text", "page_blocks", "read_html"]

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
"""Elements that begin a paragraph of their own."""

_SILENT = frozenset(["head", "script", "style", "template", "noscript", "math", "svg", "rp", "rt"])
"""Elements whose text is not read aloud."""


def read_html(source: Source, reading: Reading) -> Iterator[Document]:
    """Read the main text of a web page, without menus and the like.

    Raises:
        UnreadableInputError: There is none.
    """
    del reading
    text = main_text(decode_text(source.data, source.name), source)
    if not text:
        raise UnreadableInputError(
            "no text was found in the page", where=source.name, hint="save the page as text"
        )
    yield Document(id=source.name, source=source.name, text=text)


def main_text(page: str, source: Source) -> str:
    """Return the main text of a page, a paragraph a line; empty if there is none."""
    import trafilatura  # noqa: PLC0415 - heavy, and only web pages need it
    from lxml import etree  # noqa: PLC0415

    with damage_named(source, "web page", etree.LxmlError):
        text = trafilatura.extract(
            page, include_comments=False, include_tables=True, favor_recall=True
        )
    return printable_text(text or "")


def page_blocks(content: bytes, source: Source) -> list[tuple[str, str]]:
    """Return the paragraphs of an XHTML file with the names of their elements.

    A book's chapter is all text: what finds the main text of a web page would
    take a short one for a menu.
    """
    from lxml import etree, html  # noqa: PLC0415

    parser = html.HTMLParser(encoding="utf-8", no_network=True, recover=True, huge_tree=False)
    blocks: list[tuple[str, list[str]]] = [("body", [])]
    with damage_named(source, "XHTML file", etree.LxmlError):
        root = html.document_fromstring(content, parser=parser)
        _collect(root, blocks)
    return [(name, text) for name, parts in blocks if (text := "".join(parts).strip())]


def _collect(root: Any, blocks: list[tuple[str, list[str]]]) -> None:  # noqa: ANN401 - lxml has no types
    """Collect the text of a tree, in reading order, without recursion: trees may be deep."""
    from lxml import etree  # noqa: PLC0415

    silent = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        name = element.tag if isinstance(element.tag, str) else ""
        name = name.rpartition("}")[2]
        if event == "start":
            silent += name in _SILENT
            if name in _BLOCKS:
                blocks.append((name, []))
            if element.text and not silent:
                blocks[-1][1].append(element.text)
            continue
        silent -= event == "end" and name in _SILENT
        if event == "end" and name in _BLOCKS:
            blocks.append(("body", []))
        if element.tail and not silent:
            blocks[-1][1].append(element.tail)
