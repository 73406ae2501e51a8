"""E-mail messages with their attachments, and pages saved as web archives."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import default
from mimetypes import guess_extension
from typing import TYPE_CHECKING

from annotator.encodings import decode_text
from annotator.errors import InputError, UnreadableInputError
from annotator.model import Document, Place
from annotator.readers.archive import check_depth
from annotator.readers.formats import SUFFIXES, read_source
from annotator.readers.source import Source, damage_named, printable_text
from annotator.readers.web import main_text, page_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotator.readers.source import Reading

__all__ = ["read_mail", "read_web_archive"]


def read_mail(source: Source, reading: Reading) -> Iterator[Document]:
    """Read a message: its subject and its body, then each attachment as a document of its own.

    The body is read as plain text where the message has that, else from its HTML.

    Raises:
        UnreadableInputError: It is damaged.
        LimitError: It stands too deep in others.
    """
    check_depth(source, reading)
    message = _parse(source)
    with damage_named(source, "message", MessageError):
        body = message.get_body(("plain", "html"))
    parts = [
        _header(message, "subject"),
        _body(body, source) if isinstance(body, EmailMessage) else "",
    ]
    text = "\n\n".join(part for part in parts if part.strip())
    attachments = _attachments(message, source)
    if not text and not attachments:
        raise UnreadableInputError(
            "there is no text in it", where=source.name, hint="open it, and see what it shows"
        )
    if text:
        yield Document(id=source.name, source=source.name, text=text)
    reading.unpack(source, len(attachments), sum(len(part.data) for part in attachments))
    for part in attachments:
        if part.suffix not in SUFFIXES or not part.data.strip():
            continue
        name = part.name.removeprefix(f"{source.name}!")
        try:
            for document in read_source(part, reading):
                yield _placed(document, f"attachment {name}")
        except InputError as error:
            reading.on_error(error)


def read_web_archive(source: Source, reading: Reading) -> Iterator[Document]:
    """Read the page that a browser saved with its pictures in one file.

    Raises:
        UnreadableInputError: It is damaged, or holds no page with text.
    """
    del reading
    message = _parse(source)
    pages = [
        part
        for part in message.walk()
        if part.get_content_type() in ("text/html", "application/xhtml+xml")
    ]
    text = main_text(_content(pages[0], source), source) if pages else ""
    if not text:
        raise UnreadableInputError(
            "no text was found in the page", where=source.name, hint="save the page as text"
        )
    yield Document(id=source.name, source=source.name, text=text)


def _parse(source: Source) -> EmailMessage:
    """Parse a message.

    Raises:
        UnreadableInputError: It has no header that a message has.
    """
    with damage_named(source, "message", MessageError):
        message = message_from_bytes(source.data, policy=default)
        known = [
            name
            for name in ("from", "subject", "date", "mime-version", "content-type")
            if name in message
        ]
    if not known or not isinstance(message, EmailMessage):
        raise UnreadableInputError(
            "it is no e-mail message: it has no header", where=source.name, hint="export it again"
        )
    return message


def _header(message: EmailMessage, name: str) -> str:
    """Return a header's text; what is malformed gives what can be read of it."""
    try:
        return str(message.get(name, ""))
    except (IndexError, ValueError, AttributeError, TypeError):
        # The standard library's parser of structured headers fails on some malformed ones.
        return ""


def _attachments(message: EmailMessage, source: Source) -> list[Source]:
    """Return what is attached to a message, with names."""
    found: list[Source] = []
    with damage_named(source, "message", MessageError):
        for number, part in enumerate(message.iter_attachments(), 1):
            if part.get_content_type() == "message/rfc822":
                inner = part.get_payload()
                data = (
                    inner[0].as_bytes()
                    if isinstance(inner, list) and isinstance(inner[0], EmailMessage)
                    else b""
                )
                suffix = ".eml"
            else:
                payload = part.get_payload(decode=True)
                data = payload if isinstance(payload, bytes) else b""
                suffix = guess_extension(part.get_content_type()) or ""
            name = printable_text(part.get_filename() or f"{number}{suffix}")
            found.append(source.member(name, data))
    return found


def _placed(document: Document, attachment: str) -> Document:
    """Say of every place in a document that it stands in an attachment."""
    places = [Place(place.start, f"{attachment}, {place.locator}") for place in document.places]
    if not places or places[0].start:
        places.insert(0, Place(0, attachment))
    return replace(document, places=tuple(places))


def _body(part: EmailMessage, source: Source) -> str:
    """Return the text of a message's body."""
    text = _content(part, source)
    if part.get_content_subtype() == "html":
        blocks = page_blocks(text.encode("utf-8", "replace"), source) if text.strip() else []
        return printable_text("\n\n".join(" ".join(block.split()) for _, block in blocks))
    text = printable_text(text.replace("\r\n", "\n")).strip()
    if str(part.get_param("format", "")).lower() == "flowed":
        text = text.replace(" \n", " ")
    return text


def _content(part: EmailMessage, source: Source) -> str:
    """Return the text of a part, in the encoding it states or else in the likeliest."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    charset = str(part.get_content_charset() or "")
    try:
        return data.decode(charset) if charset else _guessed(data, source)
    except (LookupError, UnicodeError):
        return _guessed(data, source)


def _guessed(data: bytes, source: Source) -> str:
    """Decode a part that states no encoding, or a wrong one."""
    data = data.replace(b"\0", b" ")
    return decode_text(data, source.name) if data.strip() else ""
