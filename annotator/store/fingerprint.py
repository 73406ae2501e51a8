"""By what a paragraph is known again."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import TYPE_CHECKING

from annotator.segment import length_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotator.model import Paragraph

__all__ = ["fingerprints"]

_STANDS_ALONE = 8
"""Words from which a text means the same wherever it stands."""


def fingerprints(paragraphs: Sequence[Paragraph]) -> list[str]:
    r"""Return the fingerprint of each paragraph of one document.

    It is a hash of the words, however they are broken into lines. A text of a few
    words means something only where it stands: its neighbours take part.

    >>> from annotator import Annotator
    >>> def known(text):
    ...     return fingerprints([p.paragraph for p in Annotator().annotate(text).paragraphs])
    >>> long = "农村地区的宽带网络和移动通信正在迅速发展，学校和医院都已接入。"
    >>> known(long)[0] == known("前言\n\n" + long)[1]
    True
    >>> known("C1\n\n" + long)[0] == known("C1\n\nVitamin C1 is good for you.")[0]
    False
    """
    plain = [_plain(paragraph.text) for paragraph in paragraphs]
    result = []
    for position, text in enumerate(plain):
        parts = [text]
        if length_in_words(text) < _STANDS_ALONE:
            before = plain[position - 1] if position else ""
            after = plain[position + 1] if position + 1 < len(plain) else ""
            parts += [before, after]
        digest = hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass"))
        result.append(digest.hexdigest()[:32])
    return result


def _plain(text: str) -> str:
    """Return a text with one form for each character, and single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())
