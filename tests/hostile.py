"""Files made to do harm, or broken by accident, as bytes."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import TYPE_CHECKING

import docx
from pypdf import PdfWriter

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "docx_with_entity",
    "docx_with_paragraphs",
    "encrypted_pdf",
    "encrypted_zip",
    "endless_rtf",
    "lying_zip",
    "nested_zip",
    "office_with_password",
    "pdf_of_objects",
    "pdf_with_empty_pages",
    "plain_docx",
    "zipped",
]

_ENCRYPTED = 0x1


def zipped(members: Mapping[str, bytes | str]) -> bytes:
    """Return a ZIP archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def nested_zip(depth: int, name: str, content: bytes | str) -> bytes:
    """Return a file in so many archives within each other."""
    data = zipped({name: content})
    for level in range(depth - 1):
        data = zipped({f"{level}.zip": data})
    return data


def lying_zip(name: str, content: bytes) -> bytes:
    """Return an archive that says its member is ten bytes long."""
    data = zipped({name: content})
    length = struct.pack("<I", len(content))
    return data.replace(length, struct.pack("<I", 10))


def encrypted_zip(name: str) -> bytes:
    """Return an archive whose member says that it is encrypted."""
    data = bytearray(zipped({name: b"nobody reads this"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= _ENCRYPTED
    return bytes(data)


def plain_docx(*paragraphs: str) -> bytes:
    """Return a Word document made by python-docx."""
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def docx_with_entity(declaration: str) -> bytes:
    """Return a Word document whose main part declares an entity ``x`` and uses it."""
    with zipfile.ZipFile(io.BytesIO(plain_docx("Broadband: PLACE"))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    body = members["word/document.xml"].decode().replace("PLACE", "&x;")
    head, _, rest = body.partition("?>")
    members["word/document.xml"] = f"{head}?><!DOCTYPE w:document [{declaration}]>{rest}".encode()
    return zipped(members)


def docx_with_paragraphs(count: int) -> bytes:
    """Return a Word document of so many short paragraphs, small when packed."""
    with zipfile.ZipFile(io.BytesIO(plain_docx("PLACE"))) as archive:
        members: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    start, _, end = str(members["word/document.xml"], "utf-8").partition("PLACE")  # type: ignore[arg-type]
    between = "</w:t></w:r></w:p><w:p><w:r><w:t>"
    numbers = (f"{number * 7919:x}" for number in range(count))
    members["word/document.xml"] = start + between.join(numbers) + end
    return zipped(members)


def pdf_of_objects(*objects: str) -> bytes:
    """Return a PDF of these objects, numbered from 1; the first is the catalog."""
    parts = [b"%PDF-1.7\n"]
    places = []
    for number, content in enumerate(objects, 1):
        places.append(sum(map(len, parts)))
        parts.append(f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1"))
    start = sum(map(len, parts))
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    parts.append(
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer << /Root 1 0 R /Size {len(objects) + 1} /Prev {start} >>\n"
        f"startxref\n{start}\n%%EOF\n".encode()
    )
    return b"".join(parts)


def pdf_with_empty_pages(count: int) -> bytes:
    """Return a PDF of pages with nothing on them."""
    writer = PdfWriter()
    for _ in range(count):
        writer.add_blank_page(100, 100)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def encrypted_pdf(user: str, owner: str) -> bytes:
    """Return a PDF of one empty page that passwords protect."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt(user, owner, algorithm="AES-256")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def office_with_password() -> bytes:
    """Return the beginning of what Office writes for a document with a password."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")


def endless_rtf() -> bytes:
    """Return an RTF text on which a regular expression of striprtf tries for hours, in C."""
    return b"{\\rtf1\\ansi {\\field{\\*\\fldinst{" + b'HYPERLINK "' * 20_000 + b"}"
