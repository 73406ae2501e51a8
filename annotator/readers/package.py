"""What is checked of every archive before anything in it is unpacked."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, NoReturn

from annotator.errors import LimitError, UnreadableInputError
from annotator.readers.source import damage_named

if TYPE_CHECKING:
    from annotator.readers.source import Reading, Source

__all__ = ["check_members", "check_package", "refuse_binary_office", "refuse_encrypted"]

_ENTITY = re.compile(rb"<!ENTITY|<\0!\0E\0N\0T\0I\0T\0Y|\0<\0!\0E\0N\0T\0I\0T\0Y")
_DECLARATIONS = 65536
"""Bytes of an XML file in which its declarations stand."""

_RATIO_MATTERS = 1 << 20
"""Bytes from which the ratio of a member counts: short repetitive ones pack better than any text."""

_ENCRYPTED = 0x1
"""The flag of an encrypted member."""


def check_package(source: Source, reading: Reading, kind: str) -> frozenset[str]:
    """Check a document that is an archive underneath: its sizes, and that it declares no entities.

    Office files, OpenDocument files and books have no use for entities of
    their own; a file that has some wants to read other files or to fill the memory.

    Returns:
        The names of its parts.

    Raises:
        UnreadableInputError: It is damaged, encrypted, or declares entities.
        LimitError: Unpacked it is too large.
    """
    with (
        damage_named(source, kind, zipfile.BadZipFile),
        zipfile.ZipFile(io.BytesIO(source.data)) as archive,
    ):
        check_members(archive, source, reading)
        for info in archive.infolist():
            if info.flag_bits & _ENCRYPTED:
                raise refuse_encrypted(source)
            if not info.filename.lower().endswith(
                (".xml", ".rels", ".xhtml", ".html", ".opf", ".ncx")
            ):
                continue
            with archive.open(info) as part:
                head = part.read(_DECLARATIONS)
            if _ENTITY.search(head):
                raise UnreadableInputError(
                    "it declares entities, which may stand for other files",
                    where=f"{source.name}!{info.filename}",
                    hint="do not trust it; open it in the program that made it, and save it again",
                )
            if info.filename == "META-INF/manifest.xml" and b":encryption-data" in head:
                raise refuse_encrypted(source)
        return frozenset(archive.namelist())


def check_members(archive: zipfile.ZipFile, source: Source, reading: Reading) -> None:
    """Count what an archive says its members come to; none of them can give more than it says.

    Raises:
        LimitError: It is more than the options allow.
    """
    members = archive.infolist()
    for info in members:
        packed = max(1, info.compress_size)
        if (
            info.file_size > _RATIO_MATTERS
            and info.file_size > reading.options.largest_ratio * packed
        ):
            raise LimitError(
                f"a file in it is packed more than {reading.options.largest_ratio} times",
                where=f"{source.name}!{info.filename}",
                hint="do not trust it; texts do not pack so well",
            )
    reading.unpack(source, len(members), sum(info.file_size for info in members))


def refuse_encrypted(source: Source) -> UnreadableInputError:
    """Build the error for what only a password opens."""
    return UnreadableInputError(
        "it is encrypted", where=source.name, hint="save it without a password"
    )


def refuse_binary_office(source: Source, reading: Reading) -> NoReturn:
    """Refuse the binary files of older Office programs, and encrypted ones of newer programs.

    Raises:
        UnreadableInputError: Always.
    """
    del reading
    if "EncryptedPackage".encode("utf-16-le") in source.data:
        raise refuse_encrypted(source)
    raise UnreadableInputError(
        "it is a binary Office file (.doc, .xls, .ppt, .msg), which is not read",
        where=source.name,
        hint="save it as .docx, .xlsx, .pptx or .eml",
    )
