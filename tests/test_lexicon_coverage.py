"""The script that tells what the lexicon lacks."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from annotator.datasets import Example
from annotator.features import CONCEPT, WORDS

if TYPE_CHECKING:
    from types import ModuleType

SCRIPT = Path(__file__).resolve().parent.parent / "benchmarks" / "lexicon_coverage.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lexicon_coverage", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["lexicon_coverage"] = module
    spec.loader.exec_module(module)
    return module


def example(number: int, concepts: dict[str, tuple[int, int]]) -> Example:
    """Return "water pipe leak" with some concepts found in it."""
    words = {"en:water": [(0, 5)], "en:pipe": [(6, 10)], "en:leak": [(11, 15)], "zh:水": [(0, 1)]}
    return Example(
        id=f"t{number}",
        dataset="set",
        group=str(number),
        language="en",
        labels=frozenset({"SDG6"}),
        features={CONCEPT: {name: [span] for name, span in concepts.items()}, WORDS: words},
        keywords={},
    )


def test_texts_without_a_term_and_words_without_a_concept_are_listed(script: ModuleType) -> None:
    rows = [example(n, {"drinking-water": (0, 5), "plumbing": (6, 10)}) for n in range(4)]
    rows.append(example(4, {"plumbing": (6, 10)}))
    best = ["en:leak", "zh:水", "en:water", "en:pipe", "en:rare"]
    coverage = script.cover(rows, {"drinking-water"}, best, "en")
    assert (coverage.texts, coverage.silent) == (5, ["t4"])
    # The words of other languages and those in too few texts are not looked at.
    assert (coverage.ngrams, coverage.uncovered) == (3, ["leak", "pipe"])


def test_the_tables_have_a_row_a_label_and_a_column_a_language(script: ModuleType) -> None:
    found = {("SDG6", "ar"): script.Coverage(texts=4, silent=["a"], ngrams=2, uncovered=["b"])}
    found["SDG6", "zh"] = script.Coverage()
    tables = script.format_tables(["SDG6"], ["ar", "zh"], found)
    assert "| SDG6 | 3 of 4 | – |" in tables
    assert "| SDG6 | 1 of 2 | – |" in tables
