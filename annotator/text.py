"""Text made comparable: folding that keeps offsets, and words.

Two ways of comparing serve two kinds of script. Where words are separated,
a word is compared by its *forms* (:mod:`annotator.forms`): folded and stemmed for
Latin and Cyrillic script, folded and freed of attached particles for Arabic.
Offsets then need no map, for words are found in the text as it is. Where words
are not separated (Chinese), the whole text is folded (:func:`fold`) and a map
leads each position back.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from array import array
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache, wraps
from itertools import accumulate
from typing import TYPE_CHECKING, Concatenate, NamedTuple, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = [
    "HAN",
    "SCRIPTS",
    "WORD",
    "FoldedText",
    "WordMemory",
    "Words",
    "find_words",
    "fold",
    "fold_string",
    "remember_recent",
    "script_of",
]

_MARKS = "\u0300-\u036f\u0483-\u0487\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
_INVISIBLE = "\u00ad\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufe00-\ufe0f"
_HAN_RANGES = (
    "\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
)

HAN = re.compile(f"[{_HAN_RANGES}]")
"""One Chinese character."""

_WORD_CHARACTERS = f"[^\\W_{_HAN_RANGES}\u3040-\u30ff]"
WORD = re.compile(f"{_WORD_CHARACTERS}+(?:[{_MARKS}{_INVISIBLE}]+{_WORD_CHARACTERS}*)*")
"""A word of a script that separates words: letters and digits with the marks among them."""

_WORD_PARTED = re.compile(f"({WORD.pattern})")

SCRIPTS: dict[str, str] = {
    "ar": "Arabic",
    "en": "Latin",
    "es": "Latin",
    "fr": "Latin",
    "ru": "Cyrillic",
    "zh": "Han",
}
"""The script in which each supported language is written."""

_ARABIC_VARIANTS = str.maketrans("أإآٱىیےةۀۃکگ", "اااايييهههكك")

_RECENT_TEXTS = 256
_RECENT_LENGTH = 4000
"""How many texts, of how many characters at most, are remembered by :func:`remember_recent`."""

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def remember_recent(
    function: Callable[Concatenate[str, _Arguments], _Result],
) -> Callable[Concatenate[str, _Arguments], _Result]:
    """Remember what a function said of the texts that it saw last, unless they are long.

    Several stages read the same paragraph one after the other, and none knows
    of the rest. The memory is small and bounded, whatever is read.
    """
    recent = lru_cache(_RECENT_TEXTS)(function)

    @wraps(function)
    def remembering(text: str, /, *args: _Arguments.args, **more: _Arguments.kwargs) -> _Result:
        """Call the function, or return what it said of this text."""
        chosen = recent if len(text) <= _RECENT_LENGTH else function
        return chosen(text, *args, **more)  # type: ignore[arg-type] # whoever uses it sees to it

    return remembering


_SHORT_I = "й"
# The only letter whose mark is never optional in practice: й and и are different letters.


def _fold_character(character: str) -> str:
    """Fold one character: compatibility form, case, marks, letter variants, simplified script."""
    if unicodedata.category(character).startswith("P"):
        compatible = unicodedata.normalize("NFKC", character)
        return compatible if len(compatible) == 1 else character
    folded = unicodedata.normalize("NFKC", character).casefold()
    pieces = []
    for piece in folded:
        if piece == _SHORT_I:
            pieces.append(piece)
            continue
        pieces.extend(
            part for part in unicodedata.normalize("NFKD", piece) if not _IGNORED.match(part)
        )
    plain = "".join(pieces).translate(_ARABIC_VARIANTS)
    if plain.isdigit() and not plain.isascii():
        plain = "".join(str(unicodedata.digit(digit)) for digit in plain)
    return plain.translate(_simplified())


_IGNORED = re.compile(f"[{_MARKS}{_INVISIBLE}]")


@cache
def _simplified() -> dict[int, str]:
    """Return the map from traditional to simplified characters, read once."""
    from annotator.resources import read_text  # noqa: PLC0415 - only folding text needs the file

    traditional, simplified = read_text("traditional.txt").split()
    return dict(zip(map(ord, traditional), simplified, strict=True))


class _FoldTable(dict[int, str]):
    """A table for ``str.translate`` that works out each character when it is first met."""

    def __missing__(self, key: int) -> str:
        folded = self[key] = _fold_character(chr(key))
        return folded


_TABLE = _FoldTable()

_IRREGULAR, _MARK = "\uffff", "\ufffe"
"""What stands for characters that do not fold to one, and for marks; both are no characters."""

_CLUSTER = re.compile(f".{_MARK}+|[{_IRREGULAR}{_MARK}]", re.DOTALL)
"""What is folded as a whole: a letter with its marks, a character that does not fold to one."""


class _RegularTable:
    """Folds whole texts, as far as their characters fold to one each.

    numpy looks all characters up at once, in a twentieth of the time of ``str.translate``.
    """

    def __init__(self) -> None:
        import numpy as np  # noqa: PLC0415 - only folding text needs it

        self._folded = np.zeros(sys.maxunicode + 1, dtype=np.uint32)
        """Code point -> folded code point plus one; 0: not met yet."""

    def fold(self, text: str) -> str:
        """Return a folded text of the same length."""
        import numpy as np  # noqa: PLC0415 - only folding text needs it

        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        folded = self._folded[codes]
        if not folded.all():
            for code in set(codes[folded == 0].tolist()):
                self._folded[code] = ord(_fold_regular(chr(code))) + 1
            folded = self._folded[codes]
        folded -= 1
        data: bytes = folded.astype("<u4", copy=False).tobytes()
        return data.decode("utf-32-le", "surrogatepass")


@cache
def _regular_table() -> _RegularTable:
    """Return the table that all texts share."""
    return _RegularTable()


def _fold_regular(character: str) -> str:
    """Fold a character to one, or to what stands for those that do not."""
    if _MARKS_HERE.fullmatch(character):
        return _MARK
    folded = _TABLE[ord(character)]
    composed = unicodedata.is_normalized("NFC", character)
    regular = composed and len(folded) == 1 and folded not in (_IRREGULAR, _MARK)
    return folded if regular else _IRREGULAR


@dataclass(frozen=True, slots=True)
class FoldedText:
    """Folded text with the way back to the text that it was made from.

    Most characters fold to one, so the map holds only the pieces between which
    they do not: piece ``i`` begins at ``pieces[i]`` of the folded text, and came
    from ``starts[i]`` on, one character from one, or, where ``ends[i]`` is not 0,
    as a whole from the span up to there. ``None`` means: the same positions.
    """

    text: str
    pieces: Sequence[int] | None = None
    starts: Sequence[int] = ()
    ends: Sequence[int] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original that the folded span ``[start, end)`` came from.

        >>> folded = fold("ﷺ ＳＤＧ９")
        >>> place = folded.text.index("sdg9")
        >>> folded.span(place, place + 4)
        (2, 6)
        """
        if self.pieces is None:
            return start, end
        first = bisect_right(self.pieces, start) - 1
        last = bisect_right(self.pieces, end - 1) - 1
        begin = self.starts[first]
        if not self.ends[first]:
            begin += start - self.pieces[first]
        return begin, self.ends[last] or self.starts[last] + end - self.pieces[last]


def fold_string(text: str) -> str:
    """Fold a text whose offsets do not matter, such as a term.

    >>> fold_string("الـتَّعليمُ ２０３０ Éducation Ещё 數據")
    'التعليم 2030 education еще 数据'
    """
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return text.translate(_TABLE)


@remember_recent
def fold(text: str, joined: re.Pattern[str] | None = None) -> FoldedText:
    """Fold a text and keep the map back.

    Args:
        text: Any text.
        joined: White space that this pattern matches is dropped, so that a word
            of a script without spaces is found across a line end.

    Returns:
        The folded text; its map is absent where every character became one character.

    >>> fold("Straße").text, fold("Straße").span(4, 6)
    ('strasse', (4, 5))
    >>> fold("數據").text
    '数据'
    """
    gaps = dict(match.span() for match in joined.finditer(text)) if joined else {}
    regular = text.lower() if text.isascii() else _regular_table().fold(text)
    one_to_one = not gaps and _IRREGULAR not in regular and _MARK not in regular
    if one_to_one and unicodedata.is_normalized("NFC", text):
        return FoldedText(regular)
    return _fold_with_map(text, regular, gaps)


def _fold_with_map(text: str, regular: str, gaps: Mapping[int, int]) -> FoldedText:
    """Fold cluster by cluster (a letter with its marks), noting where each came from.

    Runs of characters that fold to one each are noted as one piece.

    Args:
        text: Any text.
        regular: The text, folded as far as its characters fold to one each.
        gaps: Where white space begins that is dropped, and where it ends.
    """
    folded: list[str] = []
    pieces, starts, ends = array("Q"), array("Q"), array("Q")
    length = 0

    def add(piece: str, start: int, end: int) -> None:
        """Add a piece of folded text, and where it comes from."""
        nonlocal length
        if piece:
            folded.append(piece)
            pieces.append(length)
            starts.append(start)
            ends.append(end)
            length += len(piece)

    def add_run(start: int, end: int) -> None:
        """Add a stretch of text, cluster by cluster."""
        position = start
        for cluster in _CLUSTER.finditer(regular, start, end):
            first, last = cluster.span()
            add(regular[position:first], position, 0)
            add(_folded_clusters[text[first:last]], first, last)
            position = last
        add(regular[position:end], position, 0)

    position = 0
    for start, end in gaps.items():
        add_run(position, start)
        position = _MARKS_HERE.match(text, end).end()  # type: ignore[union-attr]
    add_run(position, len(text))
    return FoldedText("".join(folded), pieces, starts, ends)


_MARKS_HERE = re.compile(f"[{_MARKS}]*")
"""Marks on a space that is dropped are dropped with it."""


class WordMemory(dict[str, _Result]):
    """What was worked out for the words met so far, forgotten as a whole when they are too many.

    To fold and stem a word costs a hundred times what it costs to look it up,
    and ``map(memory.__getitem__, words)`` runs in C.

    >>> memory = WordMemory(len)
    >>> list(map(memory.__getitem__, ["слово", "word", "слово"])), len(memory)
    ([5, 4, 5], 2)
    """

    def __init__(self, work_out: Callable[[str], _Result], limit: int = 2**14) -> None:
        """Remember what a function says of so many words: most of any text, in a few megabytes."""
        super().__init__()
        self._work_out = work_out
        self._limit = limit

    def __missing__(self, word: str) -> _Result:
        """Work out what is not known yet."""
        if len(self) >= self._limit:
            self.clear()
        value = self[word] = self._work_out(word)
        return value


_folded_clusters = WordMemory(fold_string)
"""Letters with their marks: few differ."""


class Words(NamedTuple):
    """The words of a text."""

    starts: Sequence[int]
    """Where each begins."""
    strings: tuple[str, ...]


@remember_recent
def find_words(text: str) -> Words:
    """Find the words of a text.

    >>> find_words("Доступ к ИКТ, 信息 2030").strings
    ('Доступ', 'к', 'ИКТ', '2030')
    """
    # What stands between words and the words, in turn: a word begins where all before it end.
    parts = _WORD_PARTED.split(text)
    starts = list(accumulate(map(len, parts)))[:-1:2]
    # Matches that remember their places take twenty times the memory.
    return Words(array("Q", starts), tuple(parts[1::2]))


@cache
def script_of(character: str) -> str:
    """Name the script of a letter: Latin, Cyrillic, Arabic, Han, Kana, Hangul or Other.

    >>> [script_of(c) for c in "aжع数カ1"]
    ['Latin', 'Cyrillic', 'Arabic', 'Han', 'Kana', 'Other']
    """
    if HAN.match(character):
        return "Han"
    name = unicodedata.name(character, "")
    for prefix, script in (
        ("LATIN", "Latin"),
        ("FULLWIDTH LATIN", "Latin"),
        ("CYRILLIC", "Cyrillic"),
        ("ARABIC", "Arabic"),
        ("HIRAGANA", "Kana"),
        ("KATAKANA", "Kana"),
        ("HANGUL", "Hangul"),
    ):
        if name.startswith(prefix) and unicodedata.category(character)[0] == "L":
            return script
    return "Other"
