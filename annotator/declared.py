"""Labels that the text names itself: "C5", "SDG 9.c", "الهدف الثامن", "可持续发展目标9".

A mention is found in three steps. A marker is found (a word that names the
scheme, or a weak one such as "goal" or the letter of a code); the numbers
behind it are read, as a list with ranges, names in parentheses and ordinal
words; then it is judged: strong markers stand for themselves, weak ones need
support. All words come from ``taxonomy/declared.yaml``.

The number wins over the words behind it: names of lines are often badly
translated, so :attr:`Mention.name` marks them and no keyword in there counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple

from annotator.forms import word_forms
from annotator.model import Evidence, Suggestion
from annotator.numerals import PARENTHESIS, Item, MarkerPlaces, NumberScanner, alternation, variants
from annotator.text import HAN, WORD, FoldedText, WordMemory, fold, fold_string

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from annotator.taxonomy import Taxonomy
    from annotator.taxonomy_source import Declared, DeclaredScheme

__all__ = ["DeclaredLabels", "Mention"]

DECLARED_WEIGHT = 6.0
"""Log-odds that a declared label brings: the text says so itself."""

_NAME_WORDS = 18
"""A name behind a number is no longer than this; a longer rest is text of its own."""

_SPACE_OR_HYPHEN = re.compile(r"[\s\-]+")
_BREAKS = re.compile(r"[\t\n\r]")


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where the text names a label."""

    label: str
    start: int
    end: int
    """The mention: marker and number, or the number alone inside a list."""
    name: tuple[int, int]
    """The span of the name behind the number; empty where none follows."""


class _Marker(NamedTuple):
    """What announces numbers."""

    scheme: str
    kind: str
    """``strong``, ``weak``, ``coded`` or ``code``."""


class _SchemePatterns:
    """What is looked for around the markers of one scheme, compiled when first asked for.

    Most texts name no label, and compiling takes longer than labelling them.
    """

    def __init__(self, data: Declared, spec: DeclaredScheme) -> None:
        """Keep what the patterns are made of."""
        self._data = data
        self._spec = spec

    @cached_property
    def numbers(self) -> NumberScanner:
        """The numbers that a marker announces."""
        return NumberScanner(self._data, self._spec)

    @cached_property
    def context(self) -> re.Pattern[str]:
        """Words that show that a document speaks of the scheme."""
        return alternation(variants(self._spec.context), digits_may_follow=True)

    @cached_property
    def refused_before(self) -> re.Pattern[str]:
        """Words before a weak marker that give it another meaning."""
        words = variants(self._spec.refused_before)
        return alternation(words, digits_may_follow=False, at_end=True)

    @cached_property
    def refused_after(self) -> re.Pattern[str]:
        """Words behind a number that give it another meaning."""
        words = variants(self._spec.refused_after)
        return alternation(words, digits_may_follow=False, at_start=True)

    @cached_property
    def sublines(self) -> dict[str, re.Pattern[str]]:
        """Label -> words behind its broader label's number that name it."""
        return {
            label: alternation(variants(words), digits_may_follow=False)
            for label, words in self._spec.sublines.items()
        }


class DeclaredLabels:
    """Find the labels that a document names.

    >>> from annotator.taxonomy import Taxonomy
    >>> declared = DeclaredLabels(Taxonomy.load())
    >>> [m.label for m in declared.find(["WSIS Action Lines C1, C7 e-Health & C11; SDGs 3 and 9.c"])[0]]
    ['C1', 'C7.e-health', 'C11', 'SDG3', 'SDG9']
    >>> [m.label for m in declared.find(["خطوط عمل القمة العالمية", "ج 6. احفظ البيئة"])[1]]
    ['C6']
    >>> [m.label for m in declared.find(["可持续发展目标4、5和8"])[0]]
    ['SDG4', 'SDG5', 'SDG8']
    >>> declared.find(["Article C2; vitamin C3; the goal scored in minute 8"])
    [[]]
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        """Prepare the patterns of a taxonomy."""
        data = taxonomy.declared
        self._taxonomy = taxonomy
        self._schemes: Mapping[str, DeclaredScheme] = data.schemes
        self._markers: dict[str, list[_Marker]] = {}
        self._capitals = {word for spec in data.schemes.values() for word in spec.capitals}
        for scheme, spec in data.schemes.items():
            self._capitals.update(variants(spec.coded))
            for kind in ("strong", "weak", "dotted", "coded"):
                for variant in variants(getattr(spec, kind)):
                    self._markers.setdefault(variant, []).append(_Marker(scheme, kind))
            for letter in (*spec.codes, *spec.tight_codes):
                self._markers.setdefault(letter, []).append(_Marker(scheme, "code"))
        self._places = MarkerPlaces(self._markers, data)
        self._patterns = {
            scheme: _SchemePatterns(data, spec) for scheme, spec in data.schemes.items()
        }

    @cached_property
    def _names(self) -> dict[str, frozenset[str]]:
        """Label -> word forms that tell its name; worked out when a number first needs it."""
        return _distinctive_names(self._taxonomy)

    @cached_property
    def _marker(self) -> re.Pattern[str]:
        """All markers; compiled when the first text has a place for one."""
        return alternation(self._markers, digits_may_follow=True)

    def find(self, texts: Sequence[str]) -> list[list[Mention]]:
        """Find the mentions in the paragraphs of one document.

        Args:
            texts: The paragraphs, in order. They are read together: a weak
                mention in one may rest on what another says.

        Returns:
            For each paragraph its mentions, in order of place, with offsets
            into that paragraph.
        """
        in_context = cache(lambda scheme: self._is_in_context(scheme, texts))
        return [list(self._mentions(text, _folded(text), in_context)) for text in texts]

    def suggest(self, mentions: Sequence[Mention], text: str, offset: int) -> list[Suggestion]:
        """Turn the mentions of one paragraph into suggestions, one a label.

        Args:
            mentions: What :meth:`find` found in the paragraph.
            text: The paragraph.
            offset: Where the paragraph begins in its document.
        """
        evidence: dict[str, list[Evidence]] = {}
        for mention in mentions:
            evidence.setdefault(mention.label, []).append(
                Evidence(
                    start=offset + mention.start,
                    end=offset + mention.end,
                    text=text[mention.start : mention.end],
                    origin="declared",
                    weight=DECLARED_WEIGHT,
                )
            )
        return [
            Suggestion(label, "declared", DECLARED_WEIGHT, tuple(spans))
            for label, spans in evidence.items()
        ]

    def _is_in_context(self, scheme: str, texts: Sequence[str]) -> bool:
        """Tell whether any of the paragraphs speaks of a scheme."""
        context = self._patterns[scheme].context
        return any(context.search(_folded(text).text) for text in texts)

    def _mentions(
        self, text: str, folded: FoldedText, in_context: Callable[[str], bool]
    ) -> Iterator[Mention]:
        """Yield the mentions of one paragraph."""
        position = 0
        for start in self._places.find(folded.text):
            if start < position or not (marker := self._marker.match(folded.text, start)):
                continue
            position = marker.end()
            phrase = " ".join(_SPACE_OR_HYPHEN.split(marker.group("phrase")))
            if phrase in self._capitals and not _is_upper(text, folded, marker):
                continue
            for scheme, kind in self._markers[phrase]:
                items = [
                    item
                    for item in self._patterns[scheme].numbers.read(folded.text, marker, kind)
                    if _is_written_as_code(item, kind, text, folded)
                ]
                if not items or not self._holds(
                    scheme, kind, items, marker, folded.text, in_context
                ):
                    continue
                yield from self._labels_of(scheme, marker, items, folded)
                position = items[-1].end
                break

    def _holds(
        self,
        scheme: str,
        kind: str,
        items: Sequence[Item],
        marker: re.Match[str],
        text: str,
        in_context: Callable[[str], bool],
    ) -> bool:
        """Judge whether a marker with its numbers names labels of the scheme."""
        start, end = marker.start(), items[-1].end
        if kind in ("strong", "coded"):
            return True
        if self._patterns[scheme].refused_after.match(text, end):
            return False
        named = any(
            self._name_follows(self._label(scheme, item.first), text, item.end) for item in items
        )
        if self._patterns[scheme].refused_before.search(
            text, max(0, start - _NEAR), start
        ) and not (named and kind == "code"):
            return False
        at_head = not WORD.search(text, 0, start)
        alone = at_head and not WORD.search(text, end)
        listed = kind == "code" and len({item.first for item in items}) > _LISTED
        if alone or named or listed:
            return True
        certain = at_head or not any(item.ordinal for item in items)
        return certain and in_context(scheme)

    def _label(self, scheme: str, number: int) -> str:
        """Return the label of a number."""
        return self._schemes[scheme].label.format(number=number)

    def _name_follows(self, label: str, text: str, position: int) -> bool:
        """Tell whether words of the label's own name stand behind its number."""
        behind = text[position : position + 120]
        names = self._names.get(label, frozenset())
        forms = {form for word in WORD.findall(behind) for form in _forms_of[word]}
        pairs = {behind[n : n + 2] for n in range(len(behind) - 1)}
        sublines = self._sublines_behind(label, text, position)
        return bool(names & (forms | pairs)) or bool(sublines)

    def _sublines_behind(self, label: str, text: str, position: int) -> list[str]:
        """Return the sub-lines that are named behind the number of their broader label."""
        scheme = self._taxonomy.labels[label].scheme
        window = _SUBLINE_WINDOW.match(text, position)
        if window is None:
            return []
        return [
            subline
            for subline, pattern in self._patterns[scheme].sublines.items()
            if self._taxonomy.labels[subline].broader == label and pattern.search(window.group())
        ]

    def _labels_of(
        self, scheme: str, marker: re.Match[str], items: Sequence[Item], folded: FoldedText
    ) -> Iterator[Mention]:
        """Turn numbers into mentions; the first takes the marker into its span."""
        for position, item in enumerate(items):
            start = min(marker.start(), item.start) if position == 0 else item.start
            span = folded.span(start, item.end)
            name = _name_span(folded, item.end)
            for number in range(item.first, item.last + 1):
                label = self._label(scheme, number)
                for found in self._sublines_behind(label, folded.text, item.end) or [label]:
                    yield Mention(found, *span, name)


def _folded(text: str) -> FoldedText:
    """Fold a paragraph and take its line ends and tabs for spaces."""
    folded = fold(text)
    return replace(folded, text=_BREAKS.sub(" ", folded.text)) if _BREAKS.search(text) else folded


_NEAR = 60
"""Characters before a marker in which a word can refuse it: the whole text would take too long."""

_LISTED = 2
"""Codes without any marker are believed when more than this many stand in one list."""

_SUBLINE_WINDOW = re.compile(r"[\s.:：]*(?:[^.;。；]|\.(?!\s)){0,110}")


def _is_upper(text: str, folded: FoldedText, marker: re.Match[str]) -> bool:
    """Tell whether a marker is written in capitals."""
    start, end = folded.span(marker.start("phrase"), marker.end("phrase"))
    return text[start:end].isupper()


def _is_written_as_code(item: Item, kind: str, text: str, folded: FoldedText) -> bool:
    """Tell whether a number that needs the letter of a code has it, as a capital."""
    if not item.coded:
        return kind != "coded"
    letter = text[folded.span(item.start, item.start + 1)[0]]
    return not letter.islower()


def _all_forms(word: str) -> tuple[str, ...]:
    """Return the forms of a word under the rules of every language of its script."""
    if _ARABIC.match(fold_string(word)):
        return word_forms(word, "ar")
    return tuple(word_forms(word, language)[0] for language in ("en", "es", "fr", "ru"))


_ARABIC = re.compile(r"[\u0600-\u06ff]")
_forms_of = WordMemory(_all_forms)
"""Words of names come again and again."""


def _distinctive_names(taxonomy: Taxonomy) -> dict[str, frozenset[str]]:
    """Return for each label the word forms (pairs of Chinese characters) that tell its name."""
    forms: dict[str, set[str]] = {}
    schemes = taxonomy.declared.schemes
    nameable = [label for label in taxonomy.labels.values() if label.scheme in schemes]
    for label in nameable:
        names = [*label.pref_label.values(), *label.alt_label.values()]
        words = {form for name in names for word in WORD.findall(name) for form in _forms_of[word]}
        words = {form for form in words if len(form) > _SHORT_FORM}
        for name in names:
            if HAN.search(name):
                words |= {name[n : n + 2] for n in range(len(name) - 1)}
        forms[label.id] = words
    count: dict[str, int] = {}
    for words in forms.values():
        for form in words:
            count[form] = count.get(form, 0) + 1
    return {
        label: frozenset(form for form in words if count[form] <= _SHARED_BY)
        for label, words in forms.items()
    }


_SHORT_FORM = 3
_SHARED_BY = 3
"""Word forms that stand in the names of more labels than this tell none of them."""


def _name_span(folded: FoldedText, position: int) -> tuple[int, int]:
    """Return the span of the name behind a number, in offsets of the original."""
    text = folded.text
    if parenthesis := PARENTHESIS.match(text, position):
        start, end = parenthesis.span()
    else:
        sentence = _NAME.match(text, position)
        start, end = sentence.span() if sentence else (position, position)
        if len(WORD.findall(text[start:end])) > _NAME_WORDS:
            end = start
    if start == end:
        return (0, 0)
    return folded.span(start, end)


_NAME = re.compile(r"\s*[.:：、\-–—,،]?\s*[^.:：;；。!?؟\n]{2,200}")
