"""Read the numbers behind a marker: digits, ordinal words, lists, ranges, in six languages."""

from __future__ import annotations

import re
import string
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from annotator.text import HAN, fold_string

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ahocorasick_rs import AhoCorasick

    from annotator.taxonomy_source import Declared, DeclaredScheme

__all__ = ["Item", "MarkerPlaces", "NumberScanner", "alternation", "variants"]

_LETTER = r"[^\W\d_\u2e80-\u9fff]"
"""A letter of a script that separates words."""

_HAN = HAN.pattern

_TARGET_LETTERS = "a-dабвгсابجد"
"""Letters of targets in the scripts of the six languages: 9.c, 9.ج."""


_NEAR = 40
"""Characters before a marker in which its ordinal stands."""


class Item(NamedTuple):
    """One number of a list, in positions of the folded text."""

    first: int
    last: int
    """The numbers from first to last; the same but for a range."""
    start: int
    end: int
    ordinal: bool
    """It is written as a word or as "8th"."""
    coded: bool
    """The letter of a code stands before it."""
    dotted: bool
    """It is a target: a goal's number, a dot, and the target's own."""


class NumberScanner:
    """Read the numbers that one scheme's markers announce.

    Numbers outside the scheme end the list; a range over the whole scheme
    ("SDGs 1-17") names no label in particular and gives nothing.
    """

    def __init__(self, data: Declared, spec: DeclaredScheme) -> None:
        """Compile the patterns of a scheme."""
        self._highest = int(spec.highest)
        loose = [rf"{re.escape(letter)}[\s.\-]{{0,2}}" for letter in spec.codes]
        tight = [rf"{re.escape(letter)}-?" for letter in spec.tight_codes]
        code = "|".join(sorted(loose + tight, key=len, reverse=True)) or "(?!)"
        edge = rf"(?:(?<!{_LETTER})|(?<=و))"
        # A wāw is written in one word with what it joins; the next code may follow at once.
        goes_on = rf"(?!و|(?:{code})\d)"
        own = rf"(?:[{_TARGET_LETTERS}](?!{_LETTER}|\d)|\d{{1,2}}(?!\d))"
        # Behind a marker of targets a hyphen may stand for the dot; elsewhere it is a range.
        dots = {"strong": r"\.", "dotted": "[.-]"} if spec.targets == "yes" else {}
        end = rf"(?!\d|\s?%|[.,]\d|{goes_on}{_LETTER})"
        self._digits = re.compile(rf"(?P<code>{edge}(?:{code}))?(?P<number>\d{{1,2}}){end}")
        self._target = {
            kind: re.compile(rf"(?P<number>\d{{1,2}}){dot}{own}(?:\.\d{{1,2}}(?!\d))?{end}")
            for kind, dot in dots.items()
        }
        self._ordinals: dict[str, int] = {}
        for language, forms in data.ordinals.items():
            for number, words in forms.items():
                if int(number) <= self._highest:
                    for variant in variants({language: words}):
                        self._ordinals[variant] = int(number)
        spaced = [word for word in self._ordinals if not HAN.match(word)]
        han = [word for word in self._ordinals if HAN.match(word)]
        self._ordinal = re.compile(
            rf"(?:ال)?(?P<word>{_joined(spaced)})(?!{_LETTER}|\d)"
            rf"|第?(?P<han>{_joined(han)})[个项条]?(?:(?=[和及与或至到是的])|(?!{_HAN}))"
        )
        self._ordinal_before = re.compile(
            rf"(?:(?<!{_LETTER})(?<!\d)(?P<word>{_joined(spaced)})\s+"
            rf"|第(?:(?P<han>{_joined(han)})|(?P<number>\d{{1,2}}))[个项条大]?)$"
        )
        self._english = frozenset(variants({"en": sum(data.ordinals["en"].values(), ())}))
        fillers = rf"(?:(?:{_joined(variants(data.fillers))})[\s.:]{{0,2}}){{0,2}}"
        acronym = r"(?:\s*[(（][^()（）\d]{2,12}[)）]\s*)?"
        self._filler = {
            strong: re.compile(rf"{acronym}[\s{marks}#(（«\"“-]{{0,3}}{fillers}")
            for strong, marks in ((True, ":："), (False, ""))
        }
        self._separator = re.compile(
            rf"\s*(?:[,،、;；/&+]\s*(?:{_conjunction(data, 'and')}\s*)?|{_conjunction(data, 'and')}\s*)"
        )
        self._range = re.compile(rf"\s*(?:[–—~～-]|{_conjunction(data, 'to')})\s*")
        self._unit = alternation(
            variants(spec.refused_after), digits_may_follow=False, at_start=True
        )

    def read(self, text: str, marker: re.Match[str], kind: str) -> list[Item]:
        """Read the list of numbers that belongs to a marker.

        Args:
            text: The folded paragraph.
            marker: The marker in it, its words in the group ``phrase``.
            kind: ``code`` where the marker is itself the letter of a code.
        """
        if kind == "code":
            first = self._item(text, marker.start("phrase"))
        else:
            filler = self._filler[kind in ("strong", "coded")].match(text, marker.end())
            position = filler.end() if filler else marker.end()
            first = (
                self._target_item(text, position, kind)
                or self._item(text, position)
                or self._before(text, marker, kind)
            )
            if first and kind == "coded" and marker.end() == first.start:
                first = first._replace(coded=True)  # the marker ends in the letter: ALC7
        if first is None or (kind == "code" and not first.coded):
            return []
        if not first.coded and self._unit.match(text, first.end):
            return []
        items = [first]
        while following := self._next(text, items[-1]):
            items.append(following)
        items = [self._extended(text, item) for item in items]
        if any(item.first == 1 and item.last == self._highest for item in items):
            return []
        if kind == "dotted" and not all(item.dotted for item in items):
            return []
        return items

    def _target_item(self, text: str, position: int, kind: str) -> Item | None:
        """Read a target: a goal's number and the target's own."""
        pattern = self._target.get(kind)
        match = pattern.match(text, position) if pattern else None
        if match is None or not 1 <= int(match.group("number")) <= self._highest:
            return None
        number = int(match.group("number"))
        return Item(number, number, *match.span(), False, False, True)  # noqa: FBT003

    def _item(self, text: str, position: int) -> Item | None:
        """Read one number, in digits or as an ordinal word."""
        if match := self._digits.match(text, position):
            number = int(match.group("number"))
            if 1 <= number <= self._highest:
                coded = match.group("code") is not None
                return Item(number, number, *match.span(), False, coded, False)  # noqa: FBT003
            return None
        if match := self._ordinal.match(text, position):
            number = self._ordinals[match.group("word") or match.group("han")]
            return Item(number, number, *match.span(), True, False, False)  # noqa: FBT003
        return None

    def _before(self, text: str, marker: re.Match[str], kind: str) -> Item | None:
        """Read an ordinal that stands before its marker: "the eighth goal", "第八项目标"."""
        match = self._ordinal_before.search(text, max(0, marker.start() - _NEAR), marker.start())
        if match is None:
            return None
        word = match.group("word")
        # "the first SDG report" names no goal; "le quatrième ODD" does.
        if word and (
            kind != "strong" or (word in self._english and " " not in marker.group("phrase"))
        ):
            return None
        word = word or match.group("han")
        number = self._ordinals[word] if word else int(match.group("number"))
        if not 1 <= number <= self._highest:
            return None
        return Item(number, number, match.start(), marker.end(), True, False, False)  # noqa: FBT003

    def _next(self, text: str, item: Item) -> Item | None:
        """Read the next number of a list, over a name in parentheses where there is one."""
        item = self._extended(text, item)
        parenthesis = PARENTHESIS.match(text, item.end)
        for end in (parenthesis.end() if parenthesis else item.end, item.end):
            separator = self._separator.match(text, end)
            if separator is None:
                following = self._item(text, end) if item.coded else None
                if following and following.coded:  # ALC2C4C6
                    return following
                continue
            start = separator.end()
            following = self._target_item(text, start, "strong") or self._item(text, start)
            if following is None or following.ordinal != item.ordinal:
                continue
            if self._unit.match(text, following.end):
                return None
            if following.coded or self._ends_well(text, following.end, separator.group()):
                return following
        return None

    def _extended(self, text: str, item: Item) -> Item:
        """Extend a number to a range where another follows a dash or "to"."""
        if item.last != item.first or item.dotted:
            return item
        if (dash := self._range.match(text, item.end)) is None:
            return item
        last = self._item(text, dash.end())
        if last is None or last.ordinal or last.first <= item.first:
            return item
        return item._replace(last=last.first, end=last.end)

    def _ends_well(self, text: str, end: int, separator: str) -> bool:
        """Tell whether a number behind a comma belongs to the list: no noun may follow it.

        "SDG 4, 12 countries" counts countries; "SDGs 4, 12 and 13" goes on.
        """
        if separator.strip() not in {",", "،", "、"}:
            return True
        return (
            _LIST_GOES_ON.match(text, end) is not None
            or self._separator.match(text, end) is not None
            or self._range.match(text, end) is not None
        )


class MarkerPlaces:
    """Tell where in a text a marker may begin: nowhere, in most texts.

    One pass of an automaton finds the first words of all markers, and whether
    there is any number; trying the pattern of all markers at each character
    takes thirty times as long. What is left out cannot give a number.
    """

    def __init__(self, markers: Mapping[str, Iterable[tuple[str, str]]], data: Declared) -> None:
        """Prepare for markers, with the schemes and kinds of each."""
        codes = {marker for marker, kinds in markers.items() for _, kind in kinds if kind == "code"}
        words = {
            marker.split(" ")[0]
            for marker, kinds in markers.items()
            if any(kind != "code" for _, kind in kinds)
        }
        numbers = {word for forms in data.ordinals.values() for word in _folded_words(forms)}
        self._numbers = sorted(numbers.union(string.digits))
        self._patterns = self._numbers + sorted(words)
        # The letter of a code alone is too frequent to be looked for without its number.
        letters = _joined(codes)
        self._code = re.compile(rf"(?:{letters})(?=[\s.\-]{{0,2}}\d)")
        self._automaton: AhoCorasick | None = None

    def find(self, text: str) -> list[int]:
        """Return the places in a folded text where a marker may begin, in order."""
        if self._automaton is None:
            from ahocorasick_rs import AhoCorasick  # noqa: PLC0415 - this is where it is needed

            self._automaton = AhoCorasick(self._patterns)
        found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        numbers = len(self._numbers)
        places = {start for pattern, start, _ in found if pattern >= numbers}
        if len(places) == len(found):  # there is no number
            return []
        places.update(match.start() for match in self._code.finditer(text))
        for place in list(places):
            # Arabic writes particles and the article in one word with the marker.
            for before in range(place - 1, max(-1, place - 1 - _LONGEST_PREFIX), -1):
                if text[before] not in _PREFIX_LETTERS:
                    break
                places.add(before)
        return sorted(places)


_PREFIX_LETTERS = "وفبكلسا"
_LONGEST_PREFIX = 4
"""What :func:`alternation` lets stand before a word in Arabic."""


def _folded_words(forms: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Yield the first words of the ordinals of one language, folded."""
    for words in forms.values():
        for word in words:
            yield fold_string(word).replace("-", " ").split()[0]


PARENTHESIS = re.compile(r"\s*[(（][^()（）]{1,120}[)）]")
"""A name behind a number."""

_LIST_GOES_ON = re.compile(r"\s*(?:$|[.:：;；。)）(（،,、\]\"”»?!？！])")


def _conjunction(data: Declared, name: str) -> str:
    """Return a pattern for the words that join numbers; only spaced ones end at a word's end."""
    words = variants(data.conjunctions[name])
    attached = [word for word in words if HAN.match(word) or word == "و"]
    spaced = [word for word in words if word not in attached]
    return rf"(?:(?<!{_LETTER})(?:{_joined(spaced)})(?!{_LETTER})|{_joined(attached)})"


def _joined(words: Iterable[str]) -> str:
    """Join words into one alternation, longest first; matches nothing when there are none."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word) for word in ordered) or "(?!)"


def variants(words: Mapping[str, Iterable[str]]) -> list[str]:
    """Fold phrases and give Arabic ones every combination of articles."""
    result: list[str] = []
    for language, phrases in words.items():
        for phrase in phrases:
            folded = " ".join(fold_string(phrase).replace("-", " ").split())
            if language == "ar":
                parts = [(word, f"ال{word}") for word in folded.split()[1:]]
                first = folded.split()[0]
                result.extend(" ".join((first, *rest)) for rest in product(*parts))
            else:
                result.append(folded)
    return list(dict.fromkeys(result))


def alternation(
    phrases: Iterable[str],
    *,
    digits_may_follow: bool,
    at_start: bool = False,
    at_end: bool = False,
) -> re.Pattern[str]:
    """Compile phrases into one pattern with word boundaries, longest first.

    Args:
        phrases: Folded phrases; a space matches any space or hyphen.
        digits_may_follow: Whether a digit may stand right behind ("SDG4").
        at_start: Match only behind optional spaces and an opening bracket.
        at_end: Match only before optional spaces at the end.
    """
    spaced: list[str] = []
    unspaced: list[str] = []
    for phrase in sorted(phrases, key=len, reverse=True):
        pattern = r"[\s\-]+".join(re.escape(word) for word in phrase.split(" "))
        (unspaced if HAN.match(phrase[-1]) else spaced).append(pattern)
    boundary = rf"(?!{_LETTER})" if digits_may_follow else rf"(?!{_LETTER}|\d)"
    words = rf"(?:{'|'.join(spaced) or '(?!)'}){boundary}|{'|'.join(unspaced) or '(?!)'}"
    arabic = r"(?:(?<![^\W_])[وفبكلس]{0,2}(?:ال|لل|ل)?)"
    edge = rf"(?:{arabic}|(?<!{_LETTER})(?<!\d))"
    before = r"\s*[((]?\s*" if at_start else edge
    after = r"[\s\-:.()«\"'“]*$" if at_end else ""
    return re.compile(f"{before}(?P<phrase>{words}){after}")
