"""Messages and archives that hold little: what is there is read, and nothing is made up."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from generated import LANGUAGES, SENTENCES
from hostile import zipped

from annotator.errors import UnreadableInputError
from annotator.readers import read_documents

if TYPE_CHECKING:
    from pathlib import Path

    from annotator import Document
    from annotator.errors import InputError


def read(path: Path, content: bytes) -> tuple[list[Document], list[InputError]]:
    """Read a file of some content; return the documents and what was said."""
    path.write_bytes(content)
    errors: list[InputError] = []
    return list(read_documents([path], errors.append)), errors


def letter(subject: str = "", body: str = "", kind: str = "plain") -> EmailMessage:
    """Return a message in UTF-8."""
    message = EmailMessage()
    message["From"] = "a@example.org"
    if subject:
        message["Subject"] = subject
    message.set_content(body, subtype=kind)
    return message


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_of_html_alone_is_read_as_its_text(language: str, tmp_path: Path) -> None:
    first, second, subject = SENTENCES[language]
    page = f"<html><body><p>{first}</p><p>{second}</p><script>x</script></body></html>"
    (document,), errors = read(tmp_path / "a.eml", letter(subject, page, kind="html").as_bytes())
    assert errors == []
    assert document.text == f"{subject}\n\n{first}\n\n{second}"


def test_lines_of_flowed_text_are_joined(tmp_path: Path) -> None:
    message = letter(body="النطاق العريض \nفي القرى\n")
    message.set_param("format", "flowed")
    (document,), _ = read(tmp_path / "a.eml", message.as_bytes())
    assert document.text == "النطاق العريض في القرى"


def test_a_letter_without_any_text_is_refused(tmp_path: Path) -> None:
    found, errors = read(tmp_path / "a.eml", letter().as_bytes())
    assert found == []
    assert [type(error) for error in errors] == [UnreadableInputError]
    assert "there is no text in it" in errors[0].what


def test_attachments_are_read_without_a_text_and_pictures_are_passed_over(tmp_path: Path) -> None:
    message = letter()
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="a.png")
    message.add_attachment(b" ", maintype="text", subtype="plain", filename="空.txt")
    text = SENTENCES["zh"][0]
    message.add_attachment(text, filename="计划.txt")
    (document,), errors = read(tmp_path / "a.eml", message.as_bytes())
    assert errors == []
    assert document.text.strip() == text
    assert document.source.endswith("a.eml!计划.txt")


@pytest.mark.parametrize("members", [{}, {"a.png": b"\x89PNG", "folder/": b""}])
def test_an_archive_with_nothing_to_read_says_so(
    members: dict[str, bytes | str], tmp_path: Path
) -> None:
    found, errors = read(tmp_path / "أرشيف.zip", zipped(members))
    assert found == []
    assert [type(error) for error in errors] == [UnreadableInputError]
    assert errors[0].where.endswith("أرشيف.zip")


def test_a_text_with_a_password_is_said_to_be_encrypted(tmp_path: Path) -> None:
    members = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "META-INF/manifest.xml": "<m:manifest><m:encryption-data/></m:manifest>",
        "content.xml": "\x07",
    }
    found, errors = read(tmp_path / "a.odt", zipped(members))
    assert found == []
    assert "encrypted" in errors[0].what
