"""From the bytes of a file to its text."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from annotator.errors import UnreadableInputError

if TYPE_CHECKING:
    from _typeshed import SupportsRead

__all__ = ["decode_text", "is_utf8"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_LEGACY = ["cp1256", "gb18030", "big5", "cp1251", "cp1252", "koi8_r"]
"""Encodings in which texts of the six languages still come; cp1252 holds Latin-1."""

_SAMPLE = 65536
"""Bytes looked at to tell an encoding: detection takes time with length, and gains nothing."""

_PIECE = 2**20
"""Bytes that are decoded at a time to see whether they are UTF-8."""

_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1a\x1b"))
_LONGEST_CHARACTER = 4
"""Bytes of the longest character in UTF-8."""

_READABLE = re.compile(
    "[\\t\\n\\r -~\u00a0-\u017f\u0400-\u045f\u0600-\u06ff\u2010-\u2026\u3000-\u303f\u4e00-\u9fff\uff00-\uff65]"
)
"""Characters of which nearly all text in the six languages consists."""

_READABLE_SHARE = 0.97

_BINARY_SHARE = 0.02
"""Share of control characters from which bytes are no text."""


def decode_text(data: bytes, where: str) -> str:
    """Decode the bytes of a text file.

    A byte order mark decides; then UTF-8 is tried, strictly; then UTF-16
    without a mark; then the legacy encodings of the six languages.

    Args:
        data: The file's content.
        where: Its name, for the message.

    Raises:
        UnreadableInputError: The bytes are empty, binary, or in no encoding
            that gives readable text.

    >>> decode_text("النطاق العريض متاح للجميع في القرى".encode("cp1256"), "a.txt")
    'النطاق العريض متاح للجميع في القرى'
    >>> decode_text("數位經濟與資訊社會的發展".encode("big5"), "b.txt")
    '數位經濟與資訊社會的發展'
    >>> decode_text(codecs.BOM_UTF16_LE + "数字经济".encode("utf-16-le"), "c.txt")
    '数字经济'
    """
    if not data.strip():
        raise UnreadableInputError("the file is empty", where=where, hint="check the export")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding, where)
    if b"\0" in data[:_SAMPLE]:
        unmarked = _unmarked_utf16(data[:_SAMPLE])
        if unmarked is None:
            raise _binary(where)
        return _strict(data, unmarked, where)
    if _is_binary(data[:_SAMPLE]):
        raise _binary(where)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        whole = data[: error.start]
        # Cut off inside its last character, if it has shown before that it is UTF-8 at all.
        if error.start > len(data) - _LONGEST_CHARACTER and not whole.isascii():
            return whole.decode("utf-8")
        unmarked = _unmarked_utf16(data[:_SAMPLE])
        return _strict(data, unmarked, where) if unmarked else _legacy(data, where)


def is_utf8(stream: SupportsRead[bytes]) -> bool:
    """Tell whether a file is text in UTF-8 from end to end, without holding it.

    Where it is, decoding it as ``utf-8-sig`` piece by piece gives what
    :func:`decode_text` gives of the whole.

    Args:
        stream: The file, at its beginning.

    >>> from io import BytesIO
    >>> [is_utf8(BytesIO("信息社会".encode(encoding))) for encoding in ("utf-8", "gb18030")]
    [True, False]
    """
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    piece = stream.read(_PIECE)
    if b"\0" in piece[:_SAMPLE] or _is_binary(piece[:_SAMPLE]):
        return False
    blank = True
    try:
        while piece:
            text = decoder.decode(piece)
            blank = blank and not text.strip()
            piece = stream.read(_PIECE)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return not blank


def _strict(data: bytes, encoding: str, where: str) -> str:
    """Decode in an encoding that is known; what it cannot hold becomes U+FFFD."""
    text = data.decode(encoding, errors="replace")
    if not text.strip():
        raise UnreadableInputError("the file is empty", where=where, hint="check the export")
    return text


def _legacy(data: bytes, where: str) -> str:
    """Decode in the legacy encoding that gives the likeliest text."""
    from charset_normalizer import from_bytes  # noqa: PLC0415 - most files are UTF-8

    best = from_bytes(data[:_SAMPLE], cp_isolation=_LEGACY).best()
    if best is None:
        # Mostly UTF-8 with some broken bytes is more use read than refused.
        text = data.decode("utf-8", errors="replace")
        if text.count("\ufffd") * 20 < len(text):
            return text
        raise UnreadableInputError(
            "its encoding cannot be told",
            where=where,
            hint="save it as UTF-8",
        )
    return _strict(data, best.encoding, where)


def _unmarked_utf16(sample: bytes) -> str | None:
    """Tell UTF-16 without a mark: decoded the right way, it is readable throughout."""
    even_sample = sample[: len(sample) // 2 * 2]
    shares = {}
    for encoding in ("utf-16-le", "utf-16-be"):
        text = even_sample.decode(encoding, errors="replace")
        shares[encoding] = len(_READABLE.findall(text)) / max(1, len(text))
    best = max(shares, key=lambda encoding: shares[encoding])
    return best if shares[best] >= _READABLE_SHARE else None


def _is_binary(sample: bytes) -> bool:
    """Tell whether bytes hold more control characters than text does."""
    return len(sample) - len(sample.translate(None, _CONTROL)) > _BINARY_SHARE * len(sample)


def _binary(where: str) -> UnreadableInputError:
    """Build the error for bytes that are no text."""
    return UnreadableInputError(
        "it is a binary file, not text",
        where=where,
        hint="convert it to text, Markdown or HTML first",
    )
