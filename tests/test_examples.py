"""The examples that the model learns from, and what their two readers said of them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from annotator import Document, Taxonomy
from annotator.datasets import OWN_EXAMPLES, Example, ExampleReader, forget_lone_terms
from annotator.features import CONCEPT

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("ar", "en", "es", "fr", "ru", "zh")
FULL = {"ar", "en", "zh"}
FEWEST = {(False, True): 20, (False, False): 8, (True, True): 6, (True, False): 3}
"""Examples of a label, by whether it is a goal and whether the language is one of the full ones."""


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def examples(language: str) -> list[dict[str, Any]]:
    return rows(ROOT / "taxonomy" / "examples" / f"{language}.jsonl")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_has_examples_in_every_language(language: str) -> None:
    counts = Counter(label for row in examples(language) for label in row["labels"])
    for label in Taxonomy.load().leaves():
        goal, full = label.startswith("SDG"), language in FULL
        assert counts[label] >= FEWEST[goal, full], label


@pytest.mark.parametrize("language", LANGUAGES)
def test_paragraphs_about_nothing_and_near_misses_have_no_label(language: str) -> None:
    kinds = {
        kind: [row for row in examples(language) if f"-{kind}-" in row["id"]]
        for kind in ("none", "near")
    }
    assert len(kinds["none"]) >= 40
    assert len(kinds["near"]) >= 20
    assert not any(row["labels"] for found in kinds.values() for row in found)


def test_every_example_stands_once_and_was_read_twice() -> None:
    everything = [row for language in LANGUAGES for row in examples(language)]
    read = {row["id"] for row in rows(ROOT / "tests" / "quality" / "readers.jsonl")}
    assert len({row["id"] for row in everything}) == len(everything) == len(read)
    assert len({row["text"] for row in everything}) == len(everything)
    assert {row["id"] for row in everything} == read


def test_no_example_stands_among_the_cases_for_measuring() -> None:
    texts = {row["text"] for language in LANGUAGES for row in examples(language)}
    for name in ("cases", "unread", "fresh"):
        assert texts.isdisjoint(row["text"] for row in rows(ROOT / f"tests/quality/{name}.jsonl"))


def test_terms_of_one_text_alone_are_forgotten_in_own_examples_only(taxonomy: Taxonomy) -> None:
    reader = ExampleReader(taxonomy, [CONCEPT])

    def read(dataset: str, **texts: str) -> list[Example]:
        documents = [
            Document(id=f"en-{name}", source="", text=text, language="en")
            for name, text in texts.items()
        ]
        return list(reader.read(documents, dataset))

    rows = [
        *read(OWN_EXAMPLES, a="Telemedicine and broadband networks", b="A broadband network"),
        *read("set", c="Desertification"),
    ]
    both, shared, foreign = forget_lone_terms(rows, taxonomy)
    assert rows[0].keywords["C7.e-health"] > 0
    assert "C7.e-health" not in both.keywords
    assert both.keywords["C2"] == shared.keywords["C2"] == rows[1].keywords["C2"] > 0
    assert "telemedicine" not in both.features[CONCEPT]
    assert foreign == rows[2]
    assert foreign.keywords["SDG15"] > 0
