"""Lines of pages, put together again as the paragraphs that somebody wrote."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from annotator.readers.source import Block

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from annotator.readers.pdf.lines import Line

__all__ = ["rebuild_paragraphs", "without_furniture"]

_NUMBER = re.compile(
    r"\d+|(?<![^\W\d_])[ivxlcIVXLC]+(?![^\W\d_])|[一二三四五六七八九十百〇]+(?=页|頁)"
)
_LETTER = re.compile(r"[^\W\d_]")
_EDGE_ROWS = 3
"""Rows from the top and from the bottom of a page in which headers and footers stand."""
_SAME_PLACE = 6.0
"""Points by which the place of a header differs from page to page at most."""
_REPEATS = 3
_LEAST_KEPT = 0.2
"""If less than this share of a document were left, what repeats is its text."""

_BULLET = re.compile(r"(?:[-–—•●○▪■□◆▶►‣·*]|\(?(?:\d{1,2}|[a-zA-Zа-яА-Яأ-ي])[.)）、])\s?(?!\d)")
_SENTENCE_END = re.compile(r"[.!?…。！？؟۔:：;；؛][\"'”’»)）\]】]*$")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad]$")
_HAN_END = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef“”‘’…—]$")
_HAN_START = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef“”‘’…—]")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_NOTE = re.compile(r"(?:\d{1,3}|[*†‡])(?=[\s.)]|[^\W\d])[\s.)]*")

_LEADING = 1.35
"""Share of the usual distance of lines from which a gap ends a paragraph."""
_SAME_SIZE = 0.08
_NOTE_SIZE = 0.92
_INDENT = 1.0
"""Share of the size by which a paragraph's first line stands in."""
_CERTAIN, _DOUBTFUL = 1.0, 2.0
"""How many times a word's estimated width the room must be, at the end of a sentence and within."""


@dataclass(slots=True)
class _Paragraph:
    """Lines that belong together."""

    lines: list[Line] = field(default_factory=list)
    notes: list[list[Line]] = field(default_factory=list)
    """Footnotes of the pages on which it stands: they follow it."""


def without_furniture(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Leave out headers and footers: what stands at the same place of several pages.

    Numbers in them may change from page to page. A line without a letter at the
    very top or bottom is a page's number.
    """
    places: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    edges = [_edges(lines) for lines in pages]
    for number, found in enumerate(edges):
        for line in found:
            places[_furniture_key(line)].append((number, line.baseline))
    repeated: dict[str, float] = {}
    for key, seen in places.items():
        usual = median(place for _, place in seen)
        near = {number for number, place in seen if abs(place - usual) <= _SAME_PLACE}
        if len(near) >= min(_REPEATS, max(2, len(pages))):
            repeated[key] = usual
    kept = [
        [line for line in lines if not (line in found and _is_furniture(line, found, repeated))]
        for lines, found in zip(pages, edges, strict=True)
    ]
    if _length(kept) < _LEAST_KEPT * _length(pages):
        return [list(lines) for lines in pages]
    return kept


def _edges(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of a page's first and last rows."""
    rows = sorted({round(line.baseline) for line in lines}, reverse=True)
    outer = {*rows[:_EDGE_ROWS], *rows[-_EDGE_ROWS:]}
    return [line for line in lines if round(line.baseline) in outer]


def _furniture_key(line: Line) -> str:
    """Return what of a header stays the same from page to page."""
    return _NUMBER.sub("#", line.text)


def _is_furniture(line: Line, edges: Sequence[Line], repeated: Mapping[str, float]) -> bool:
    """Tell whether a line is a header, a footer or a page's number."""
    key = _furniture_key(line)
    if key in repeated and abs(line.baseline - repeated[key]) <= _SAME_PLACE:
        return True
    outermost = {max(edge.baseline for edge in edges), min(edge.baseline for edge in edges)}
    return line.baseline in outermost and not _LETTER.search(key)


def _length(pages: Iterable[Sequence[Line]]) -> int:
    """Return how much text pages hold."""
    return sum(len(line.text) for lines in pages for line in lines)


def rebuild_paragraphs(pages: Sequence[Sequence[Line]]) -> list[Block]:
    """Join lines into paragraphs, across columns and pages.

    Words that were parted at the end of a line are whole again; footnotes come
    after the paragraph that they interrupted.
    """
    words = Counter(
        word.casefold() for lines in pages for line in lines for word in _WORD.findall(line.text)
    )
    leading = _usual_leading(pages)
    body = _body_size(pages)
    paragraphs: list[_Paragraph] = []
    for lines in pages:
        notes = _notes(lines, body)
        for line in (line for line in lines if line not in notes):
            last = paragraphs[-1].lines[-1] if paragraphs else None
            if last is None or not _continues(paragraphs[-1].lines, line, leading):
                paragraphs.append(_Paragraph())
            paragraphs[-1].lines.append(line)
        if notes:
            if not paragraphs:
                paragraphs.append(_Paragraph())
            paragraphs[-1].notes.append(notes)
    return [block for paragraph in paragraphs for block in _blocks(paragraph, words, leading)]


def _blocks(paragraph: _Paragraph, words: Mapping[str, int], leading: float) -> Iterator[Block]:
    """Yield a paragraph and its footnotes as text."""
    if paragraph.lines:
        yield _block(paragraph.lines, words)
    for lines in paragraph.notes:
        note: list[Line] = []
        for line in lines:
            if note and (_begins_note(line) or not _continues(note, line, leading)):
                yield _block(note, words)
                note = []
            note.append(line if note else replace(line, text=_NOTE.sub("", line.text, count=1)))
        yield _block(note, words)


def _block(lines: Sequence[Line], words: Mapping[str, int]) -> Block:
    """Join the lines of one paragraph."""
    text = ""
    for line in lines:
        text = _joined(text, line.text, words) if text else line.text
    return Block(text.replace("\u00ad", ""), f"page {lines[0].page}")


def _joined(text: str, following: str, words: Mapping[str, int]) -> str:
    """Join two lines: a hyphen that only parts a word goes, one that belongs to it stays."""
    if _HYPHEN.search(text) and following[:1].islower():
        first, second = _WORD.findall(text)[-1:], _WORD.match(following)
        begun, ended = first[0] if first else "", second.group() if second else ""
        whole, apart = f"{begun}{ended}".casefold(), f"{begun}-{ended}".casefold()
        stays = text[-1] == "-" and (
            words[apart] > words[whole] if words[apart] or words[whole] else len(begun) == 1
        )
        return text + following if stays else text[:-1] + following
    if _HYPHEN.search(text) or (_HAN_END.search(text) and _HAN_START.match(following)):
        return text + following
    return f"{text} {following}"


def _usual_leading(pages: Iterable[Sequence[Line]]) -> float:
    """Return the distance of lines in paragraphs, as a share of their size."""
    ratios = [
        (line.baseline - following.baseline) / line.size
        for lines in pages
        for line, following in pairwise(lines)
        if line.column == following.column
        and line.size
        and abs(following.size - line.size) <= _SAME_SIZE * line.size
        and 0 < line.baseline - following.baseline < 3 * line.size
    ]
    if not ratios:
        return 1.2
    # Where most lines are paragraphs of their own, the smaller distances are those within them.
    return sorted(ratios)[len(ratios) // 3]


def _body_size(pages: Iterable[Sequence[Line]]) -> float:
    """Return the size in which most of the text is set."""
    sizes: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            sizes[line.size] += len(line.text)
    return max(sizes, key=lambda size: sizes[size], default=0.0)


def _notes(lines: Sequence[Line], body: float) -> list[Line]:
    """Return the footnotes of a page: smaller lines at its end, the first with a mark."""
    downward = sorted(lines, key=lambda line: -line.baseline)
    start = len(downward)
    while start and downward[start - 1].size <= _NOTE_SIZE * body:
        start -= 1
    while start < len(downward) and not _begins_note(downward[start]):
        start += 1
    return downward[start:]


def _begins_note(line: Line) -> bool:
    """Tell whether a line begins with the mark of a footnote."""
    return line.marked or _NOTE.match(line.text) is not None


def _continues(paragraph: Sequence[Line], line: Line, leading: float) -> bool:
    """Tell whether a line goes on with the paragraph above it."""
    last = paragraph[-1]
    if abs(line.size - last.size) > _SAME_SIZE * last.size or _BULLET.match(line.text):
        return False
    distance = last.baseline - line.baseline
    if _HYPHEN.search(last.text) and line.text[:1].islower():
        return True
    if last.page != line.page or distance <= 0:
        return _goes_on_elsewhere(last, line)
    if not _overlap(last, line) or distance > _LEADING * leading * last.size:
        return False
    if _stands_in(line) and not _stands_in(paragraph[0]) and not _BULLET.match(paragraph[0].text):
        return False
    return not _would_have_fitted(last, line)


def _goes_on_elsewhere(last: Line, line: Line) -> bool:
    """Tell whether a paragraph goes on at the top of the next column or page."""
    if last.page == line.page and (last.column == line.column or last.baseline >= line.baseline):
        return False
    if _SENTENCE_END.search(last.text) or _would_have_fitted(last, line):
        return False
    first = line.text[:1]
    return first.islower() or first.isdigit() or not (first.isupper() or first.istitle())


def _stands_in(line: Line) -> bool:
    """Tell whether a line begins further in than its column."""
    gap = line.extent[1] - line.right if line.right_to_left else line.left - line.extent[0]
    return gap > _INDENT * line.size


def _overlap(last: Line, line: Line) -> bool:
    """Tell whether one line stands below the other, rather than in the next cell."""
    shared = min(last.right, line.right) - max(last.left, line.left)
    return shared > min(last.right - last.left, line.right - line.left) / 2


def _would_have_fitted(last: Line, line: Line) -> bool:
    """Tell whether the next line's first word had room in the last line: then that one ended."""
    room = last.left - last.edge if last.right_to_left else last.edge - last.right
    width = (line.right - line.left) / max(1, len(line.text))
    first = line.text[:2] if _HAN_START.match(line.text) else line.text.split(maxsplit=1)[0]
    certainty = _CERTAIN if _SENTENCE_END.search(last.text) else _DOUBTFUL
    return room > certainty * width * (len(first) + 1)
