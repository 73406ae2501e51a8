"""Find a label by its id, its name or a term that speaks for it, in any of the six languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator.keyword import STRENGTHS
from annotator.text import fold_string

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from annotator.taxonomy import Taxonomy
    from annotator.taxonomy_source import Label

__all__ = ["Found", "LabelSearch"]

_Rank = tuple[int, float]
"""How well a label matches, less is better; among terms, those of more weight first."""

_JOINTS = re.compile(r"[\s.\-_]+")
"""What people leave out or put in between the parts of an id: ``SDG 4``, ``c7 e-health``."""

_NUMBER = re.compile(r"\d+$")

# How well a word matches, best first. Ids come before names, names before terms.
_ID, _ID_PREFIX, _ID_NUMBER, _ID_PART = 0, 1, 2, 3
_NAME, _TERM = 4, 8


@dataclass(frozen=True, slots=True)
class Found:
    """A label that matches what was typed."""

    label: str
    because: str = ""
    """The name or term that matched, as it is written; empty if the id did, or nothing was typed."""


@dataclass(frozen=True, slots=True)
class _Hit:
    """How a word was found in the texts of a label."""

    rank: int
    """Of the best text: 0 the whole of it, 1 its beginning, 2 a word's beginning, 3 anywhere."""
    text: str
    """The best text, as it is written."""
    times: int
    """How often the word stands in all of them."""


class _Lines:
    """Some texts of one label, folded and searched all at once."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = list(texts)
        self._folded = "\n" + fold_string("\n".join(self._texts)) + "\n"

    def find(self, word: str) -> _Hit | None:
        """Return how a folded word is found here."""
        times = self._folded.count(word)
        if not times:
            return None
        rank, sought, place = next(
            (rank, sought, place)
            for rank, sought in enumerate((f"\n{word}\n", f"\n{word}", f" {word}", word))
            if (place := self._folded.find(sought)) >= 0
        )
        # A line end that was sought too belongs to the line before.
        line = self._folded.count("\n", 0, place + sought.startswith("\n"))
        return _Hit(rank, self._texts[line - 1], times)


class LabelSearch:
    """Type-ahead search over all labels.

    Case, accents, Arabic diacritics and traditional characters make no
    difference; a part of a word is enough, for Arabic writes its particles in
    one word with what follows, and Chinese has no spaces.

    >>> from annotator.taxonomy import Taxonomy
    >>> search = LabelSearch(Taxonomy.load())
    >>> [found.label for found in search.find("sdg 4")]
    ['SDG4']
    >>> [search.find(query)[0].label for query in ("telemedic", "التعليم الجيد", "網絡安全")]
    ['C7.e-health', 'SDG4', 'C5']
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        """Fold all names and terms of a taxonomy; takes a fifth of a second."""
        self._labels = tuple(taxonomy.labels.values())
        self._ids = [_JOINTS.sub("", fold_string(label.id)) for label in self._labels]
        terms: dict[tuple[str, str], list[str]] = {}
        for concept in taxonomy.concepts.values():
            written = [term for words in concept.terms.values() for term in words]
            for label, strength in concept.labels.items():
                terms.setdefault((label, strength), []).extend(written)
        self._names = [_Lines(_names(label)) for label in self._labels]
        self._terms = [
            [
                (weight, _Lines(terms[label.id, strength]))
                for strength, weight in STRENGTHS.items()
                if (label.id, strength) in terms
            ]
            for label in self._labels
        ]

    def find(self, query: str) -> Sequence[Found]:
        """Return the labels that match, best first; all, in their order, if nothing is typed.

        Several words need not stand together: a label then matches if each of them does.
        """
        whole = _folded_line(query)
        if not whole:
            return [Found(label.id) for label in self._labels]
        ranked = self._ranked([whole])
        if not ranked and " " in whole:
            ranked = self._ranked(whole.split())
        return ranked

    def _ranked(self, words: Sequence[str]) -> list[Found]:
        """Return the labels that match every word, best first."""
        ranked: list[tuple[_Rank, int, Found]] = []
        for place, label in enumerate(self._labels):
            matches = [self._match(place, word) for word in words]
            known = [match for match in matches if match is not None]
            if len(known) == len(words):
                rank, because = max(known)
                ranked.append((rank, place, Found(label.id, because)))
        return [found for _, _, found in sorted(ranked, key=lambda entry: entry[:2])]

    def _match(self, place: int, word: str) -> tuple[_Rank, str] | None:
        """Return how well one label matches a word, and because of what."""
        compact, own = _JOINTS.sub("", word), self._ids[place]
        number = _NUMBER.search(own)
        for rank, holds in (
            (_ID, own == compact),
            (_ID_PREFIX, bool(compact) and own.startswith(compact)),
            (_ID_NUMBER, number is not None and number.group() == compact),
            (_ID_PART, len(compact) > 1 and compact in own),
        ):
            if holds:
                return (rank, 0.0), ""
        named = self._names[place].find(word)
        if named:
            return (_NAME + named.rank, 0.0), named.text
        hits = [
            (hit, weight)
            for weight, lines in self._terms[place]
            if (hit := lines.find(word)) is not None
        ]
        if not hits:
            return None
        best = min(hits, key=lambda entry: entry[0].rank)[0]
        return (_TERM + best.rank, -sum(hit.times * weight for hit, weight in hits)), best.text


def _names(label: Label) -> list[str]:
    """Return every name of a label, short and full, in all languages."""
    return list(dict.fromkeys([*label.pref_label.values(), *label.alt_label.values()]))


def _folded_line(text: str) -> str:
    """Fold a text into one line with single spaces."""
    return " ".join(fold_string(text).split())
