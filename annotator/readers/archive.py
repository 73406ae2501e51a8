"""ZIP archives: each member that can be read is a document."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from annotator.encodings import decode_text
from annotator.errors import InputError, LimitError, UnreadableInputError
from annotator.readers.formats import SUFFIXES, read_source
from annotator.readers.package import check_members, refuse_encrypted
from annotator.readers.source import damage_named, printable_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from annotator.model import Document
    from annotator.readers.source import Reading, Source

__all__ = ["check_depth", "read_zip"]

_UTF_8 = 0x800
"""The flag of a member whose name is in UTF-8."""


def read_zip(source: Source, reading: Reading) -> Iterator[Document]:
    """Read the members whose names end in something that is read, in the order of their names.

    Hidden files and files of other kinds are left out, as in a folder.

    Raises:
        UnreadableInputError: It is damaged, or holds nothing that is read.
        LimitError: It is too large or too deep.
    """
    check_depth(source, reading)
    with damage_named(source, "ZIP archive", zipfile.BadZipFile):
        archive = zipfile.ZipFile(io.BytesIO(source.data))
    check_members(archive, source, reading)
    members = [info for info in archive.infolist() if not info.is_dir()]
    named = sorted(zip(_names(members), members, strict=True), key=lambda pair: pair[0].split("/"))
    chosen = [(name, info) for name, info in named if _is_read(name)]
    if not chosen:
        raise UnreadableInputError(
            "the archive holds no file that can be read",
            where=source.name,
            hint="files ending in " + ", ".join(sorted(SUFFIXES)),
        )
    for name, info in chosen:
        member = source.member(name, b"")
        try:
            if info.flag_bits & 0x1:
                raise refuse_encrypted(member)
            with damage_named(member, "file", zipfile.BadZipFile, zlib.error):
                data = archive.read(info)
            yield from read_source(source.member(name, data), reading)
        except InputError as error:
            reading.on_error(error)


def check_depth(source: Source, reading: Reading) -> None:
    """Refuse what stands too deep in archives and messages.

    Raises:
        LimitError: It does.
    """
    if source.depth >= reading.options.deepest:
        raise LimitError(
            f"it stands in more than {reading.options.deepest - 1} others",
            where=source.name,
            hint="unpack it, and name the folder",
        )


def _is_read(name: str) -> bool:
    """Tell whether a member is one that would be read in a folder."""
    path = PurePosixPath(name)
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
    return path.suffix.lower() in SUFFIXES and not hidden


def _names(members: Sequence[zipfile.ZipInfo]) -> list[str]:
    """Return the members' names; those in no stated encoding are decoded together."""
    stated = [info.flag_bits & _UTF_8 or _has_unicode_name(info) for info in members]
    # zipfile takes such names for code page 437; most are in the maker's own.
    raw = [
        info.filename.encode("cp437")
        for info, known in zip(members, stated, strict=True)
        if not known
    ]
    decoded = iter(_decode_names(raw))
    return [
        printable_text(info.filename if known else next(decoded))
        for info, known in zip(members, stated, strict=True)
    ]


def _has_unicode_name(info: zipfile.ZipInfo) -> bool:
    """Tell whether the name came from an extra field in UTF-8."""
    try:
        info.filename.encode("cp437")
    except UnicodeEncodeError:
        return True
    return False


def _decode_names(raw: Sequence[bytes]) -> list[str]:
    """Decode names that were written on one machine."""
    joined = b"\n".join(raw)
    if joined.isascii():
        return [name.decode() for name in raw]
    try:
        names = decode_text(joined, "").split("\n")
    except UnreadableInputError:
        names = []
    return names if len(names) == len(raw) else [name.decode("cp437") for name in raw]
