"""The matcher against a slow and plain one: which of the phrases found count, in any text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest
from generated import LANGUAGES
from hypothesis import given, settings, strategies as st
from test_matching import JOINTS, VOCABULARY, plain_find

from annotator.lexicon import Index, Role, compile_index
from annotator.matcher import Match, Matcher
from annotator.text import HAN, SCRIPTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from test_matching import Concepts, Hit

    from annotator import Taxonomy

LETTERS = {
    "ar": lambda character: "\u0621" <= character <= "\u064a",
    "en": lambda character: character.isascii() and character.isalpha(),
    "ru": lambda character: character.lower() in "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
}
"""How the languages are told whose terms are looked for in a text of another language."""


@dataclass(frozen=True)
class Lexicon:
    """What the matcher asks of a taxonomy."""

    concepts: Concepts
    supported_languages: tuple[str, ...] = LANGUAGES
    layers: Mapping[str, int] = field(default_factory=dict)

    def index(self, language: str, layer: int) -> Index:
        """Compile the terms of a language: all in one layer."""
        assert layer == 0
        return compile_index(language, self.concepts)


@dataclass(frozen=True)
class Layered(Lexicon):
    """A lexicon whose concepts are of two layers of schemes in turn."""

    layers: Mapping[str, int] = field(default_factory=lambda: {"one": 0, "other": 1})

    def index(self, language: str, layer: int) -> Index:
        """Compile the terms of one layer; the other's concepts keep their numbers and no terms."""
        return compile_index(language, one_layer(self.concepts, layer))


def one_layer(concepts: Concepts, layer: int) -> Concepts:
    """Keep the terms of every other concept."""
    return [parts if number % 2 == layer else ({}, {}, {}) for number, parts in enumerate(concepts)]


def plain_matches(concepts: Concepts, text: str, language: str) -> list[Match]:
    """Weigh every phrase against every other one."""
    hits: set[Hit] = plain_find(concepts, language, text, foreign=False)
    for other, is_letter in LETTERS.items():
        if other != language and any(map(is_letter, text)):
            foreign = SCRIPTS[other] == SCRIPTS[language]
            hits |= phrases_only(concepts, other, text, foreign=foreign)
    if language != "zh" and HAN.search(text):
        hits |= plain_find(chinese_only(concepts), "zh", text, foreign=False)
    cancelled = {hit.number for hit in hits if hit.role == Role.UNLESS}
    terms = {
        Match(hit.start, hit.end, hit.number)
        for hit in hits
        if hit.role == Role.TERM
        and hit.number not in cancelled
        and not any(
            other.role == Role.EXCEPT and other.number == hit.number and covers(other, hit)
            for other in hits
        )
    }
    return sorted(
        (
            term
            for term in terms
            if not any(covers(other, term) and other[:2] != term[:2] for other in terms)
        ),
        key=lambda term: (term.start, -term.end, term.concept),
    )


def covers(outer: Hit | Match, inner: Hit | Match) -> bool:
    """Tell whether one span lies in another."""
    return outer.start <= inner.start and inner.end <= outer.end


def chosen(concepts: Concepts, language: str, *, chinese: bool) -> Concepts:
    """Keep of the terms of a language those with Chinese characters, or those without."""
    return cast(
        "Concepts",
        [
            tuple(
                {language: [t for t in part.get(language, ()) if bool(HAN.search(t)) == chinese]}
                for part in parts
            )
            for parts in concepts
        ],
    )


def chinese_only(concepts: Concepts) -> Concepts:
    """Keep the Chinese terms that are searched as substrings."""
    return chosen(concepts, "zh", chinese=True)


def phrases_only(concepts: Concepts, language: str, text: str, *, foreign: bool) -> set[Hit]:
    """Find the terms of another language that are searched word by word."""
    return plain_find(chosen(concepts, language, chinese=False), language, text, foreign=foreign)


@st.composite
def searches(draw: st.DrawFn) -> tuple[Concepts, str, str]:
    """Draw a lexicon in two or three languages, a text of the same words, and its language."""
    language = draw(st.sampled_from(LANGUAGES))
    languages = {language, *draw(st.lists(st.sampled_from(LANGUAGES), max_size=2))}
    vocabulary = [word for each in sorted(languages) for word in VOCABULARY[each]]

    def phrases(of: str) -> st.SearchStrategy[str]:
        words = st.lists(st.sampled_from(VOCABULARY[of]), min_size=1, max_size=3)
        return words.map(("" if of == "zh" else " ").join)

    def terms(least: int) -> st.SearchStrategy[dict[str, list[str]]]:
        return st.fixed_dictionaries(
            {each: st.lists(phrases(each), min_size=least, max_size=2) for each in languages}
        )

    concepts = draw(
        st.lists(st.tuples(terms(1), terms(0), terms(0)), min_size=1, max_size=5), label="concepts"
    )
    pieces = st.tuples(st.sampled_from(vocabulary), st.sampled_from([*JOINTS, ""]))
    text = "".join(draw(st.lists(pieces.map("".join), max_size=14), label="text"))
    return concepts, text, language


@settings(max_examples=300)
@given(search=searches())
def test_the_matcher_finds_what_a_plain_one_finds(search: tuple[Concepts, str, str]) -> None:
    concepts, text, language = search
    matcher = Matcher(cast("Taxonomy", Lexicon(concepts)))
    assert matcher.find(text, language) == plain_matches(concepts, text, language)


@given(search=searches())
def test_layers_of_schemes_do_not_hide_each_others_terms(
    search: tuple[Concepts, str, str],
) -> None:
    concepts, text, language = search
    matcher = Matcher(cast("Taxonomy", Layered(concepts)))
    alone = [plain_matches(one_layer(concepts, layer), text, language) for layer in (0, 1)]
    assert matcher.find(text, language) == sorted(alone[0] + alone[1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_lexicon_gives_what_a_plain_search_gives(
    language: str, taxonomy: Taxonomy
) -> None:
    concepts = [
        (concept.terms, concept.exceptions, concept.unless)
        for concept in map(taxonomy.concepts.__getitem__, taxonomy.concept_ids[:200])
    ]
    text = " ".join(
        term for terms, _, _ in concepts[:60] for term in list(terms.get(language, ()))[:1]
    )
    matcher = Matcher(cast("Taxonomy", Lexicon(cast("Concepts", concepts))))
    for first in range(0, min(len(text), 600), 200):
        part = text[first : first + 200]
        assert matcher.find(part, language) == plain_matches(
            cast("Concepts", concepts), part, language
        )
