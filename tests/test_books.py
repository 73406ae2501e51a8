"""Books and OpenDocument files that lack something: what is there is read, the rest is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from generated import LANGUAGES, SENTENCES
from hostile import zipped

from annotator.errors import InputWarning, UnreadableInputError
from annotator.readers import read_documents

if TYPE_CHECKING:
    from pathlib import Path

    from annotator import Document
    from annotator.errors import InputError

CONTAINER = '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'


def chapter(text: str, title: str = "") -> str:
    """Return a chapter of one paragraph, with a heading if it has a title."""
    return f"<html><body>{f'<h1>{title}</h1>' if title else ''}<p>{text}</p></body></html>"


def book(order: str, **chapters: str) -> bytes:
    """Return a book that names chapters in an order, which may not be those that it holds."""
    items = "".join(f'<item id="{name}" href="{name}.xhtml"/>' for name in ("one", "two", "three"))
    references = "".join(f'<itemref idref="{name}"/>' for name in order.split())
    package = f"<package><manifest>{items}</manifest><spine>{references}</spine></package>"
    return zipped(
        {"mimetype": "application/epub+zip", "META-INF/container.xml": CONTAINER}
        | {"OEBPS/book.opf": package}
        | {f"OEBPS/{name}.xhtml": content for name, content in chapters.items()}
    )


def read(path: Path, content: bytes) -> tuple[list[Document], list[InputError]]:
    """Read a file of some content; return the documents and what was said."""
    path.write_bytes(content)
    errors: list[InputError] = []
    return list(read_documents([path], errors.append)), errors


@pytest.mark.parametrize("language", LANGUAGES)
def test_chapters_are_read_in_the_order_of_the_book(language: str, tmp_path: Path) -> None:
    first, second, title = SENTENCES[language]
    content = book("two one", one=chapter(first), two=chapter(second, title=title))
    (document,), errors = read(tmp_path / "a.epub", content)
    assert errors == []
    assert document.text == f"{title}\n\n{second}\n\n{first}"
    # One is named by its heading, the other, which has none, by its number.
    assert [place.locator for place in document.places] == [f"chapter {title[:60]}", "chapter 2"]


def test_a_chapter_that_is_missing_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    text = SENTENCES["ar"][0]
    (document,), errors = read(tmp_path / "a.epub", book("one two four three", two=chapter(text)))
    assert document.text == text
    assert [type(error) for error in errors] == [InputWarning, InputWarning]
    assert ["one.xhtml is missing" in errors[0].what, "three.xhtml" in errors[1].what] == [True] * 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(book("", one=chapter("x")), "lists no chapters", id="no order"),
        pytest.param(
            zipped({"mimetype": "application/epub+zip", "META-INF/container.xml": "<container/>"}),
            "damaged or no EPUB book",
            id="no package",
        ),
        pytest.param(
            zipped({"mimetype": "application/epub+zip", "META-INF/rights.xml": "<rights/>"}),
            "encrypted",
            id="rights",
        ),
    ],
)
def test_a_book_that_cannot_be_read_says_why(content: bytes, reason: str, tmp_path: Path) -> None:
    found, errors = read(tmp_path / "كتاب.epub", content)
    assert found == []
    assert [type(error) for error in errors] == [UnreadableInputError]
    assert reason in errors[0].what
    assert errors[0].where.endswith("كتاب.epub")
    assert errors[0].hint


@pytest.mark.parametrize("kind", ["spreadsheet", "graphics", "formula"])
def test_an_opendocument_file_of_another_kind_says_what_to_save_it_as(
    kind: str, tmp_path: Path
) -> None:
    members = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": "<office/>",
    }
    found, errors = read(tmp_path / "a.odt", zipped(members))
    assert found == []
    assert "a kind that is not read" in errors[0].what
    assert ".xlsx" in str(errors[0].hint)
