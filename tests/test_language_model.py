"""The packed language model answers as py3langid does, whatever it is asked."""

from __future__ import annotations

import json
import lzma
import random
import tracemalloc
from copy import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import py3langid.langid
import pytest
from generated import LANGUAGES
from hypothesis import given, strategies as st

from annotator.errors import ModelError
from annotator.language_model import LanguageModel, _pack
from annotator.resources import taxonomy_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from annotator import Taxonomy

TEXTS = 3000


@pytest.fixture(scope="module")
def groups(taxonomy: Taxonomy) -> list[tuple[str, ...]]:
    """Return the languages of each script that several languages are written in."""
    by_script: dict[str, list[str]] = {}
    for code, profile in taxonomy.languages.items():
        by_script.setdefault(profile.script, []).append(code)
    return [tuple(codes) for codes in by_script.values() if len(codes) > 1]


@pytest.fixture(scope="module")
def model(groups: list[tuple[str, ...]]) -> LanguageModel:
    """Return the packed model of these languages."""
    return LanguageModel.load(code for codes in groups for code in codes)


@pytest.fixture(scope="module")
def theirs(groups: list[tuple[str, ...]]) -> dict[tuple[str, ...], Any]:
    """Return py3langid's model, restricted to the languages of each script."""
    whole = py3langid.langid.LanguageIdentifier.from_model_file(py3langid.langid.MODEL_FILE)
    restricted = {}
    for codes in groups:
        restricted[codes] = copy(whole)
        restricted[codes].set_languages(codes)
    return restricted


def texts() -> Iterator[str]:
    """Yield texts in six languages, cut anywhere, capitals and a mixture of all of them."""
    chance = random.Random(7)  # noqa: S311 - the same texts each time are what is wanted
    for language in LANGUAGES:
        lines = (taxonomy_folder() / "examples" / f"{language}.jsonl").read_text(encoding="utf-8")
        found = [json.loads(line)["text"] for line in lines.splitlines()]
        for _ in range(TEXTS // len(LANGUAGES)):
            text = chance.choice(found)
            start = chance.randrange(len(text))
            piece = text[start : start + chance.randrange(1, 400)]
            yield chance.choice([piece, piece, piece.upper(), piece + chance.choice(found)[:20]])


def test_thousands_of_answers_are_those_of_py3langid(
    model: LanguageModel, theirs: dict[tuple[str, ...], Any]
) -> None:
    asked = [(text, codes) for text in texts() for codes in theirs]
    differing = [
        (text, codes)
        for text, codes in asked
        if model.choose(text, codes) != theirs[codes].classify(text)[0]
    ]
    assert len(asked) >= TEXTS * len(theirs)
    assert not differing


@given(text=st.text(max_size=60))
def test_any_characters_get_the_answer_of_py3langid(
    model: LanguageModel, theirs: dict[tuple[str, ...], Any], text: str
) -> None:
    for codes, other in theirs.items():
        assert model.choose(text, codes) == other.classify(text)[0]


def test_a_language_that_the_model_does_not_know_is_never_chosen() -> None:
    model = LanguageModel.load(["fr", "tlh"])
    assert model.choose("qaStaH nuq", ("tlh", "fr")) == "fr"
    assert model.choose("qaStaH nuq", ("tlh",)) == "tlh"


def test_the_model_takes_a_tenth_of_the_memory(groups: list[tuple[str, ...]]) -> None:
    tracemalloc.start()
    try:
        model = LanguageModel.load(code for codes in groups for code in codes)
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert model.choose("O acesso à informação", ("es", "pt")) == "pt"
    assert held < 9e6
    assert peak < 60e6


@given(
    table=st.integers(1, 12).flatmap(
        lambda states: st.lists(
            st.lists(st.integers(0, states - 1), min_size=3, max_size=3),
            min_size=states,
            max_size=states,
        )
    ),
    data=st.lists(st.integers(0, 2), max_size=30),
)
def test_any_automaton_goes_the_same_way_when_it_is_packed(
    table: list[list[int]], data: list[int]
) -> None:
    rows = np.zeros((len(table), 256), dtype=np.uint32)
    rows[:, :3] = table
    moves = _pack(rows, np.arange(len(table)))
    state = packed = 0
    for byte in data:
        state = table[state][byte]
        packed = moves[packed | byte]
        assert packed == 256 * state


def test_a_model_of_another_form_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.npz.xz"
    with lzma.open(path, "wb") as file:
        np.savez(file, ptc=np.zeros(1), pc=np.zeros(1), classes=np.array(["fr"]))
    monkeypatch.setattr(py3langid.langid, "MODEL_FILE", str(path))
    with pytest.raises(ModelError, match="has no nextmove, nextmove_row, out_feat"):
        LanguageModel.load(["fr"])
