"""Cut paragraphs into sentences, in six languages.

Scripts end sentences in different ways: Chinese marks need no space behind
them, Arabic has a question mark of its own and no capitals, and the full stop
of the others also ends abbreviations, initials and numbers of lists. The
abbreviations are data, in ``taxonomy/abbreviations.yaml``.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from annotator.resources import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from annotator.spans import Span

__all__ = ["sentence_spans"]

_END = re.compile(
    r"[。！？｡]+[”’」』）)》〉\"']*"
    r"|[.!?…؟۔]+[\"'”’»)\]}›]*(?:[ \u00a0\u202f]?[»›])?(?=\s|$)"
)
"""Where a sentence may end."""

_BEFORE = re.compile(r"[\s(\[{\"'“‘«„]+")
_OPENING = " \t\r\n\u00a0\u202f\u3000\"'“‘«„([{¿¡-–—•"


def sentence_spans(text: str, language: str) -> Iterator[Span]:
    """Yield where each sentence of a paragraph begins and ends, without the spaces around it.

    Every character but white space lies in exactly one of the spans.

    Args:
        text: A paragraph.
        language: Its language, which tells the abbreviations.

    >>> def cut(text, language):
    ...     return [text[start:end] for start, end in sentence_spans(text, language)]
    >>> cut("Dr. Ali spoke at 9.30 a.m. on 5G. “Why?” he asked. It works!", "en")
    ['Dr. Ali spoke at 9.30 a.m. on 5G.', '“Why?” he asked.', 'It works!']
    >>> cut("“数字鸿沟在缩小。”他说。为什么？因为有宽带……还有人", "zh")
    ['“数字鸿沟在缩小。”', '他说。', '为什么？', '因为有宽带……还有人']
    >>> cut("هل وصلت الشبكة؟ نعم، قال د. علي ذلك. بدأ العمل۔ انتهى", "ar")
    ['هل وصلت الشبكة؟', 'نعم، قال د. علي ذلك.', 'بدأ العمل۔', 'انتهى']
    >>> cut("В 2024 г. сеть выросла на 3,5 млн. абонентов. См. рис. 2.", "ru")
    ['В 2024 г. сеть выросла на 3,5 млн. абонентов.', 'См. рис. 2.']
    """
    start = 0
    for match in _END.finditer(text):
        if _goes_on(text, start, match, language):
            continue
        yield from _trimmed(text, start, match.end())
        start = match.end()
    yield from _trimmed(text, start, len(text))


def _goes_on(text: str, start: int, match: re.Match[str], language: str) -> bool:
    """Tell whether the sentence goes on behind a mark that may end it."""
    mark = match.group()
    if mark[0] in "。！？｡":
        return False
    following = text[match.end() :].lstrip(_OPENING)[:1]
    if following.islower():
        return True
    if mark != ".":
        return False
    head = text[start : match.start()]
    word = _BEFORE.split(head)[-1]
    at_head = not head[: len(head) - len(word)].strip()
    if word.isdecimal():
        return at_head
    if len(word) == 1 and word.isalpha():
        return True
    return word.casefold() in _abbreviations().get(language, frozenset())


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield a span without white space at its ends, if anything is left."""
    inner = text[start:end]
    left = start + len(inner) - len(inner.lstrip())
    right = end - (len(inner) - len(inner.rstrip()))
    if left < right:
        yield left, right


@cache
def _abbreviations() -> Mapping[str, frozenset[str]]:
    """Read the abbreviations once."""
    import yaml  # noqa: PLC0415 - only quotations need them

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    table = yaml.load(read_text("abbreviations.yaml"), Loader=loader)  # noqa: S506 - strings only
    return {code: frozenset(words) for code, words in table.items()}
