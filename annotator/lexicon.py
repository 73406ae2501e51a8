"""The terms of the taxonomy, compiled into one index per language.

Compiling takes seconds (every word of every term is folded and stemmed), so
it is done once and its result is kept; see :mod:`annotator.taxonomy`.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING

import msgspec

from annotator.forms import word_forms
from annotator.text import HAN, WORD, fold_string, script_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "AS_WRITTEN",
    "GAP",
    "Index",
    "Role",
    "compile_index",
    "decode",
    "encode",
    "pack",
    "phrase_key",
    "unpack",
    "words_of",
]

AS_WRITTEN = re.compile(r"(?:^|\s)=(?=\w)")
"""What stands before a word of a term that is compared as it is written, not by its stem."""

GAP = "…"
"""In a term: up to :data:`GAP_WORDS` words may stand here."""

GAP_WORDS = 3
GAP_CHARACTERS = 8
"""How far the two parts of a term with a gap may stand apart: in words, in Chinese characters."""


class Role(IntEnum):
    """What a phrase of the index does when it is found."""

    TERM = 0
    EXCEPT = 1  # hides shorter matches of the same concept inside it
    UNLESS = 2  # cancels the concept in the whole paragraph
    HEAD = 3  # first part of a term with a gap
    TAIL = 4  # second part of a term with a gap


_ROLES = tuple(Role)


Codes = tuple[int, ...]


class Index(msgspec.Struct):
    """All phrases of one language.

    A phrase leads to codes; :func:`decode` turns a code into the number of a
    concept (of a gap, for its two parts) and a :class:`Role`.
    """

    phrases: dict[str, Codes]
    """Word forms, joined by spaces -> codes."""
    leads: dict[str, dict[str, Codes]]
    """First word form -> second -> how many words the phrases of several words that begin so have."""
    substrings: dict[str, Codes]
    """Folded text of a script without spaces -> codes."""
    gaps: list[int]
    """Number of a gap -> number of its concept."""
    cores: set[str]
    """Every word form that stands in some phrase."""


_Groups = list[tuple[Codes, list[str]]]
"""A table of phrases: those that lead to the same codes stand together."""


_Leads = list[tuple[Codes, dict[int, list[int]]]]
"""Lengths of phrases -> their first word form -> their second, as places in the list of forms."""


class _Packed(msgspec.Struct, array_like=True):
    """An index as it is kept: nothing that is equal is written, or held, more often than needed."""

    phrases: _Groups
    leads: _Leads
    substrings: _Groups
    gaps: list[int]
    cores: list[str]


def pack(index: Index) -> bytes:
    """Encode an index, as :func:`unpack` reads it."""
    cores = sorted(index.cores)
    packed = _Packed(
        phrases=_grouped(index.phrases),
        leads=_grouped_leads(index.leads, cores),
        substrings=_grouped(index.substrings),
        gaps=index.gaps,
        cores=cores,
    )
    return msgspec.msgpack.encode(packed)


def unpack(data: bytes) -> Index:
    """Decode an index; phrases share their codes, and equal words are one object.

    >>> terms = {"ru": ["связь", "сеть", "сеть связи"], "zh": ["网络"]}
    >>> index = compile_index("ru", [(terms, {}, {})])
    >>> unpack(pack(index)) == index
    True
    """
    packed = msgspec.msgpack.decode(data, type=_Packed)
    phrases = _ungrouped(packed.phrases)
    same = dict(zip(phrases, phrases, strict=True)).get
    cores = [same(core, core) for core in packed.cores]
    return Index(
        phrases=phrases,
        leads=_ungrouped_leads(packed.leads, cores),
        substrings=_ungrouped(packed.substrings),
        gaps=packed.gaps,
        cores=set(cores),
    )


def _grouped_leads(leads: Mapping[str, Mapping[str, Codes]], cores: Sequence[str]) -> _Leads:
    """Bring together the beginnings of phrases of the same lengths."""
    places = {core: place for place, core in enumerate(cores)}
    groups: dict[Codes, dict[int, list[int]]] = {}
    for first, following in leads.items():
        for second, lengths in following.items():
            groups.setdefault(lengths, {}).setdefault(places[first], []).append(places[second])
    return list(groups.items())


def _ungrouped_leads(groups: _Leads, cores: Sequence[str]) -> dict[str, dict[str, Codes]]:
    """Return a table in which all word forms are those of a list."""
    leads: dict[str, dict[str, Codes]] = {}
    for lengths, beginnings in groups:
        for first, seconds in beginnings.items():
            following = leads.setdefault(cores[first], {})
            following.update(dict.fromkeys([cores[second] for second in seconds], lengths))
    return leads


def _grouped(table: Mapping[str, Codes]) -> _Groups:
    """Bring together what leads to the same codes."""
    groups: dict[Codes, list[str]] = {}
    for key, codes in table.items():
        groups.setdefault(codes, []).append(key)
    return list(groups.items())


def _ungrouped(groups: _Groups) -> dict[str, Codes]:
    """Return a table in which phrases that lead to the same codes share them."""
    table: dict[str, Codes] = {}
    for codes, keys in groups:
        table.update(dict.fromkeys(keys, codes))
    return table


def encode(number: int, role: Role) -> int:
    """Pack a number and a role into one code."""
    return number * len(Role) + role


def decode(code: int) -> tuple[int, Role]:
    """Unpack a code.

    >>> decode(encode(7, Role.TAIL))
    (7, <Role.TAIL: 4>)
    """
    number, role = divmod(code, len(_ROLES))
    return number, _ROLES[role]


def language_of_word(word: str, language: str) -> str:
    """Return the language whose rules apply to a word: its own script decides.

    >>> language_of_word("5G", "ar"), language_of_word("شبكة", "ar"), language_of_word("ИКТ", "en")
    ('en', 'ar', 'ru')
    """
    script = script_of(word[0])
    if script == "Arabic":
        return "ar"
    if script == "Cyrillic":
        return "ru"
    return language if language in ("en", "es", "fr") else "en"


def words_of(term: str, language: str) -> list[str]:
    """Return the canonical form of each word of a term.

    >>> words_of("accès à l'eau", "fr"), words_of("этика ИИ", "ru"), words_of("e-Health", "en")
    (['acce', 'a', 'l', 'eau'], ['этик', '=ИИ'], ['e', 'health'])
    >>> words_of("peces", "es"), words_of("=peces de río", "es")
    (['pec'], ['peces=', 'de', 'rio'])
    """
    as_written = {mark.end() for mark in AS_WRITTEN.finditer(term)}
    canonical: list[str] = []
    for match in WORD.finditer(term):
        rules = language_of_word(match.group(), language)
        if rules == "ar":
            canonical.append(fold_string(match.group()))
        else:
            stem, written, *acronym = word_forms(match.group(), rules)
            if match.start() in as_written:
                canonical.append(written)
            else:
                # Stemmed, short acronyms turn into anything: Russian ИИ (artificial intelligence)
                # would become "and".
                canonical += acronym or [stem]
    return canonical


def phrase_key(term: str, language: str) -> str:
    """Return the key under which a term without a gap is indexed; empty if nothing is left of it.

    >>> phrase_key("Réseaux à haut débit", "fr"), phrase_key("數字 經濟", "zh")
    ('reseau a haut deb', '数字经济')
    """
    if HAN.search(term):
        return "".join(fold_string(term).split())
    return " ".join(words_of(term, language))


def compile_index(
    language: str,
    concepts: Iterable[
        tuple[Mapping[str, Sequence[str]], Mapping[str, Sequence[str]], Mapping[str, Sequence[str]]]
    ],
) -> Index:
    """Compile the terms of one language.

    Args:
        language: ISO 639-1 code.
        concepts: For each concept, in the order of its number: its terms, its
            exceptions and its cancelling words, each by language.
    """
    index = Index({}, {}, {}, [], set())
    for number, (terms, exceptions, cancelling) in enumerate(concepts):
        for term in terms.get(language, ()):
            head, gap, tail = term.partition(GAP)
            if gap:
                # Both parts go to one table, so that they meet: "5G…农业".
                unspaced = HAN.search(term) is not None
                _add(index, language, head, encode(len(index.gaps), Role.HEAD), unspaced=unspaced)
                _add(index, language, tail, encode(len(index.gaps), Role.TAIL), unspaced=unspaced)
                index.gaps.append(number)
            else:
                _add(index, language, term, encode(number, Role.TERM))
        for term in exceptions.get(language, ()):
            _add(index, language, term, encode(number, Role.EXCEPT))
        for term in cancelling.get(language, ()):
            _add(index, language, term, encode(number, Role.UNLESS))
    return index


def _add(index: Index, language: str, term: str, code: int, *, unspaced: bool = False) -> None:
    """Enter one phrase under its key, once."""
    if unspaced or HAN.search(term):
        key = "".join(fold_string(term).split())
        table = index.substrings
    else:
        key = phrase_key(term, language)
        table = index.phrases
    if not key:
        return
    if table is index.phrases:
        words = key.split(" ")
        index.cores.update(words)
        if len(words) > 1:
            _extend(index.leads.setdefault(words[0], {}), words[1], len(words))
    _extend(table, key, code)


def _extend(table: dict[str, Codes], key: str, code: int) -> None:
    """Add a code to those of a phrase, once."""
    codes = table.get(key, ())
    if code not in codes:
        table[key] = (*codes, code)
