"""Cut a document into paragraphs, and tell what each of them is.

A paragraph is a block that one person would read as one: a line where the text
has a line a paragraph, a run of lines where it is wrapped. What stands around a
text (credits, contacts, teasers of other articles) and what stands twice is
kept, so that nothing is lost, but marked, so that it is never labelled.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from functools import cache
from statistics import median
from typing import TYPE_CHECKING

from annotator.languages import LanguageIdentifier
from annotator.model import Document, Paragraph
from annotator.text import HAN, WORD, find_words, fold, fold_string

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from annotator.model import Kind, Place
    from annotator.taxonomy import Taxonomy

__all__ = ["Segmenter", "length_in_words"]

_LINE = re.compile(r"[^\r\n\u2028\u2029\x85\x0b\x0c]+")
_BULLET = re.compile(
    r"(?:[-–—•●○▪■□◆▶►‣·*+]|\(?(?:\d{1,2}|[a-zA-Zа-яА-Яأ-ي])[.)）、](?!\d))(?=\s|[^\W\d])\s*"
)
_LONE_BULLET = re.compile(r"\s*[-–—•●○▪■□◆▶►‣·*+_=~#]+\s*$")
_MARKDOWN_HEADING = re.compile(r"#{1,6}\s+")
_FULL_STOPS = tuple(".!?…。！？؟۔")
_SENTENCE_ENDS = (*_FULL_STOPS, *":：;；؛,，،、")
_CLOSING = "\"'”’»)）]】"
_OMISSIONS = ("...", "…", "⋯")

_WRAP_SHORTEST = 45
_WRAP_LONGEST = 130
_WRAP_LINES = 4
"""A text is taken as wrapped if it has at least so many lines, most of a width in this range."""

_HEADING_WORDS = 18
"""A heading is no longer than this, in words (two Chinese characters count as one)."""

_TEASERS = 2
"""Teasers come in lists: one alone is not taken for one."""

_BEGINNING = 1000
"""Characters in which what makes a paragraph boilerplate stands."""

_HAN_RUN = re.compile(f"{HAN.pattern}+")
"""Chinese characters, in as few pieces as can be: each object takes seventy bytes."""

_DUPLICATE_WORDS = 5
"""Shorter paragraphs may stand twice on purpose (headings, names)."""


def length_in_words(text: str) -> float:
    """Return the length of a text in words; two Chinese characters count as one.

    >>> length_in_words("Broadband for all"), length_in_words("数字经济"), length_in_words("النطاق العريض")
    (3.0, 2.0, 2.0)
    """
    return len(find_words(text).strings) + sum(map(len, _HAN_RUN.findall(text))) / 2


class Segmenter:
    r"""Cut documents into paragraphs.

    >>> from annotator.taxonomy import Taxonomy
    >>> segmenter = Segmenter(Taxonomy.load())
    >>> text = "数字经济论坛\n-\n论坛在天津举办。(来源:新华网)\n(来源:新华网)"
    >>> [(p.text, p.kind) for p in segmenter.segment(Document("1", "1", text))]
    [('数字经济论坛', 'heading'), ('论坛在天津举办。(来源:新华网)', 'list_item'), ('(来源:新华网)', 'boilerplate')]
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        """Use a taxonomy's language profiles and boilerplate patterns."""
        self._identifier = LanguageIdentifier(taxonomy.languages)
        boilerplate = taxonomy.boilerplate
        self._whole = _union(boilerplate.whole.values())
        self._containing = [
            (_literal(pattern), re.compile(pattern))
            for group in boilerplate.containing.values()
            for pattern in group
        ]
        """Patterns, each with a string without which it cannot match."""

    def segment(self, document: Document) -> list[Paragraph]:
        """Return the paragraphs of a document, in order, with language and kind.

        ``document.text[p.start:p.end] == p.text`` holds for each of them, and
        they do not overlap.
        """
        spans = list(_blocks(document.text))
        texts = [document.text[start:end] for start, end, _ in spans]
        language = document.language or cache(lambda: self._document_language(texts))
        kinds = self._kinds(texts, spans)
        paragraphs = [
            Paragraph(
                index=index,
                start=start,
                end=end,
                text=text,
                language=self._identifier.identify(text, default=language),
                kind=kind,
                locator=_locator(document.places, start),
            )
            for index, ((start, end, _), text, kind) in enumerate(
                zip(spans, texts, kinds, strict=True)
            )
        ]
        return _mark_duplicates(paragraphs)

    def _document_language(self, texts: Sequence[str]) -> str:
        """Return the language of the longest paragraphs, for those too short to tell."""
        longest = sorted(texts, key=len, reverse=True)[:5]
        return self._identifier.identify("\n".join(longest))

    def _kinds(self, texts: Sequence[str], spans: Sequence[tuple[int, int, bool]]) -> list[Kind]:
        """Tell the kind of each paragraph from its text and its neighbours."""
        kinds: list[Kind] = []
        for position, text in enumerate(texts):
            following = texts[position + 1] if position + 1 < len(texts) else ""
            if self._is_boilerplate(text):
                kinds.append("boilerplate")
            elif spans[position][2] or _BULLET.match(text):
                kinds.append("list_item")
            elif _is_heading(text, following):
                kinds.append("heading")
            else:
                kinds.append("body")
        return _mark_teasers(kinds, texts, spans)

    def _is_boilerplate(self, text: str) -> bool:
        """Tell whether a paragraph matches the taxonomy's patterns."""
        beginning = fold(text).text if len(text) <= _BEGINNING else fold_string(text[:_BEGINNING])
        folded = " ".join(beginning.split())
        if self._whole.fullmatch(folded):
            return True
        return any(
            literal in folded and pattern.search(folded) for literal, pattern in self._containing
        )


def _locator(places: Sequence[Place], start: int) -> str | None:
    """Return the locator of the last place that begins at or before an offset."""
    position = bisect_right(places, start, key=lambda place: place.start)
    return places[position - 1].locator if position else None


def _union(groups: Iterable[Sequence[str]]) -> re.Pattern[str]:
    """Join the patterns of all languages into one."""
    return re.compile("|".join(f"(?:{pattern})" for group in groups for pattern in group))


_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]])*\]|\{[^}]*\}|\(\?[a-zA-Z]|.", re.DOTALL)


def _literal(pattern: str) -> str:
    """Return the longest string that stands in whatever a pattern matches; empty if unsure.

    Python searches a string a hundred times faster than a pattern.

    >>> _literal("(see|read) (our |the )?disclaimer"), _literal("(this (site|page)|we) uses? cookies")
    ('disclaimer', ' cookies')
    >>> _literal("不构成.{0,16}(建议|意见)"), _literal("aviso|legal"), _literal("(?i)aviso")
    ('不构成', '', '')
    """
    runs = [""]
    depth = 0
    for piece in _PIECE.findall(pattern):
        if (piece == "|" and not depth) or piece.startswith("(?"):  # alternatives, flags
            return ""
        if piece in "()":
            depth += 1 if piece == "(" else -1
        if piece in "?*" or piece[0] == "{":
            runs[-1] = runs[-1][:-1]  # what stands before it may be absent
        if depth or piece in "().^$+?*" or piece[0] in "\\[{":
            runs.append("")
        else:
            runs[-1] += piece
    return max(runs, key=len)


def _blocks(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield the span of each block and whether a lone bullet stands before it."""
    lines = [match.span() for match in _LINE.finditer(text)]
    wrapped = _is_wrapped(text, lines)
    bulleted = False
    block: list[tuple[int, int]] = []
    for start, end in lines:
        start, end = _trim(text, start, end)  # noqa: PLW2901 - the trimmed line is the line
        if start == end or _LONE_BULLET.match(text, start, end):
            if block:
                yield block[0][0], block[-1][1], bulleted
                block, bulleted = [], False
            bulleted = bulleted or start != end
            continue
        if block and not (wrapped and _continues(text, block[-1], start)):
            yield block[0][0], block[-1][1], bulleted
            block, bulleted = [], False
        block.append((start, end))
    if block:
        yield block[0][0], block[-1][1], bulleted


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out white space and invisible characters at both ends."""
    while start < end and (text[start].isspace() or text[start] in "\ufeff\u200b\u200e\u200f"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in "\ufeff\u200b"):
        end -= 1
    return start, end


def _is_wrapped(text: str, lines: Sequence[tuple[int, int]]) -> bool:
    """Tell whether lines end where a column ended, rather than where a paragraph did."""
    full = [(start, end) for start, end in lines if end - start >= _WRAP_SHORTEST]
    if len(full) < _WRAP_LINES or median(e - s for s, e in full) > _WRAP_LONGEST:
        return False
    if max(end - start for start, end in full) > _WRAP_LONGEST:
        return False
    open_ends = sum(not _ends_with(text[start:end], _FULL_STOPS) for start, end in full)
    return open_ends > len(full) / 2


def _continues(text: str, before: tuple[int, int], start: int) -> bool:
    """Tell whether a line goes on with the one before it in a wrapped text."""
    gap = text[before[1] : start]
    if gap.replace("\r\n", "\n").count("\n") > 1 or "\u2029" in gap:
        return False
    if _BULLET.match(text, start) or _MARKDOWN_HEADING.match(text, start):
        return False
    return before[1] - before[0] >= _WRAP_SHORTEST * 2 // 3


def _ends_with(text: str, marks: tuple[str, ...]) -> bool:
    """Tell whether a text ends with one of some marks, closing quotes and brackets aside.

    Only the end is looked at: a search would read the whole text for each mark in it.
    """
    return text.rstrip().rstrip(_CLOSING).endswith(marks)


def _is_heading(text: str, following: str) -> bool:
    """Tell whether a paragraph is short, without a sentence's end, and above something."""
    if _MARKDOWN_HEADING.match(text):
        return True
    if not following or _ends_with(text, _SENTENCE_ENDS):
        return False
    return length_in_words(text) <= _HEADING_WORDS


def _mark_teasers(
    kinds: Sequence[Kind], texts: Sequence[str], spans: Sequence[tuple[int, int, bool]]
) -> list[Kind]:
    """Mark lists of teasers: a lone bullet, a title, and the cut-off beginning of a text.

    A teaser is about something else than the article that it stands below, so
    it says nothing of that article.
    """
    marked = list(kinds)
    teasers = [
        position
        for position in range(len(texts) - 1)
        if spans[position][2] and not spans[position + 1][2] and _is_cut_off(texts[position + 1])
    ]
    if len(teasers) >= _TEASERS:
        for position in teasers:
            marked[position] = marked[position + 1] = "boilerplate"
    return marked


def _is_cut_off(text: str) -> bool:
    """Tell whether a text ends in dots that stand for the rest of it."""
    end = text.rstrip()
    if end.endswith(tuple("]】)）")):
        end = end[:-1].rstrip()
    return end.endswith(_OMISSIONS)


def _mark_duplicates(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Mark paragraphs that say what an earlier one said, letter by letter or nearly so."""
    if len(paragraphs) == 1:
        return list(paragraphs)
    seen: dict[str, int] = {}
    result = []
    for paragraph in paragraphs:
        key = "".join(WORD.findall(folded := fold_string(paragraph.text))) + "".join(
            _HAN_RUN.findall(folded)
        )
        first = seen.get(key)
        if first is None or length_in_words(paragraph.text) < _DUPLICATE_WORDS:
            seen.setdefault(key, paragraph.index)
            result.append(paragraph)
        elif paragraph.kind == "boilerplate":
            result.append(paragraph)
        else:
            result.append(replace(paragraph, kind="duplicate", duplicate_of=first))
    return result
