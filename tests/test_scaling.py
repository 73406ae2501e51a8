"""Cost grows with the length of a text and no faster, whatever the text is made of."""

from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING

import pytest
from generated import LANGUAGES, SENTENCES

from annotator.text import WordMemory, fold, remember_recent

if TYPE_CHECKING:
    from annotator import Annotator

SIZE = 12_000
TIMES = 8
SLACK = 3.0
"""Eight times the text may take three times eight times as long: noise does, squares take eight."""

AWKWARD = {
    "spaces": lambda size: "字 a" + " " * size + "b 字",
    "dots behind a bullet": lambda size: "-\ntitle\n" * 2 + "." * size + "x",
    "quotes behind a full stop": lambda size: "a." + "»" * size + "b",
    "addresses without spaces": lambda size: "字@" * (size // 2),
    "one word": lambda size: "a" * size,
    "marks on one letter": lambda size: "a" + "\u0301" * size,
    "open brackets": lambda size: "C1 (" * (size // 4),
    "a code and no end": lambda size: "SDG " + "!" * size + " 4",
    "lines of one letter": lambda size: "a\n" * (size // 2),
    "capitals": lambda size: "ICT " * (size // 4),
    "goals": lambda size: "SDG 4, " * (size // 7),
}


def seconds(annotator: Annotator, text: str) -> float:
    """Return the lesser time of two that it takes to annotate a text."""
    times = []
    for _ in range(2):
        start = process_time()
        annotator.annotate(text)
        times.append(process_time() - start)
    return min(times)


def prose(language: str, size: int) -> str:
    """Return sentences of a language on one line."""
    joint = "" if language == "zh" else " "
    sentence = joint.join(SENTENCES[language]) + joint
    return (sentence * (size // len(sentence) + 1))[:size]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_paragraph_costs_what_its_length_says(annotator: Annotator, language: str) -> None:
    short = seconds(annotator, prose(language, SIZE))
    assert seconds(annotator, prose(language, SIZE * TIMES)) < SLACK * TIMES * short


@pytest.mark.parametrize("kind", AWKWARD)
def test_awkward_text_costs_what_its_length_says(annotator: Annotator, kind: str) -> None:
    short = seconds(annotator, AWKWARD[kind](SIZE))
    # Below a millisecond, what every document costs drowns what its length costs.
    assert seconds(annotator, AWKWARD[kind](SIZE * TIMES)) < SLACK * TIMES * max(short, 0.001)


def test_what_is_remembered_of_words_is_bounded() -> None:
    memory = WordMemory(len, limit=10)
    for number in range(1000):
        assert memory[str(number)] == len(str(number))
        assert len(memory) <= 10


def test_long_texts_are_not_remembered() -> None:
    calls: list[str] = []

    @remember_recent
    def length(text: str) -> int:
        calls.append(text)
        return len(text)

    for text in ("قصير", "قصير", "长" * 5000, "长" * 5000):
        assert length(text) == len(text)
    assert len(calls) == 3


def test_the_way_back_from_folded_text_takes_little_room() -> None:
    text = "La educación es un derecho. " * 1000 + "Straße"
    folded = fold(text)
    assert folded.pieces is not None
    assert len(folded.pieces) < 5
    assert folded.span(len(folded.text) - 3, len(folded.text) - 1) == (len(text) - 2, len(text) - 1)
