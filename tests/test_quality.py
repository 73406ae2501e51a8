"""The cases written for this project, and the floors under the quality that is measured on them.

``annotator evaluate tests/quality/cases.jsonl --floors tests/quality/floors.yaml --raise-floors``
lifts the floors to what is measured.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from generated import LANGUAGES

from annotator.evaluate import Evaluation, evaluate, measure
from annotator.floors import find_shortfalls, hash_cases, raise_floors, read_floors, write_floors
from annotator.gold import read_gold
from annotator.resources import examples_folder

if TYPE_CHECKING:
    from annotator import Annotator, Taxonomy
    from annotator.errors import RowError

ROOT = Path(__file__).resolve().parent.parent
QUALITY = ROOT / "tests" / "quality"
CASES, FLOORS = QUALITY / "cases.jsonl", QUALITY / "floors.yaml"
NOBODY_READS = ("unread", "fresh")


@pytest.fixture(scope="module")
def cases() -> list[dict[str, Any]]:
    return [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def evaluation(annotator: Annotator) -> Evaluation:
    errors: list[RowError] = []
    rows = read_gold(CASES, annotator.taxonomy, errors.append)
    assert errors == []
    return evaluate(rows, annotator)


def test_every_label_has_three_cases_in_every_language(
    cases: list[dict[str, Any]], taxonomy: Taxonomy
) -> None:
    held = Counter((case["lang"], label) for case in cases for label in case["labels"])
    scarce = {
        (language, label): held[language, label]
        for language in LANGUAGES
        for label in taxonomy.leaves()
        if held[language, label] < 3
    }
    assert scarce == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_some_cases_are_about_nothing_and_some_only_sound_like_something(
    cases: list[dict[str, Any]], language: str
) -> None:
    silent = Counter(
        case["register"] for case in cases if case["lang"] == language and not case["labels"]
    )
    assert silent == {"nothing": 10, "near miss": 5}


def test_cases_differ_and_many_hold_several_labels(cases: list[dict[str, Any]]) -> None:
    assert len({case["id"] for case in cases}) == len(cases)
    assert len({case["text"] for case in cases}) == len(cases)
    assert sum(len(case["labels"]) > 1 for case in cases) > len(cases) / 4


@pytest.mark.parametrize("name", NOBODY_READS)
def test_every_label_has_a_case_in_every_language_whose_mistakes_nobody_reads(
    cases: list[dict[str, Any]], taxonomy: Taxonomy, name: str
) -> None:
    lines = (QUALITY / f"{name}.jsonl").read_text("utf-8").splitlines()
    unread = [json.loads(line) for line in lines]
    held = {(case["lang"], label) for case in unread for label in case["labels"]}
    assert held == {(language, label) for language in LANGUAGES for label in taxonomy.leaves()}
    assert {case["text"] for case in unread}.isdisjoint(case["text"] for case in cases)


def test_no_case_is_among_the_examples(cases: list[dict[str, Any]]) -> None:
    examples = {
        json.loads(line)["text"].strip()
        for file in examples_folder().glob("*.jsonl")
        for line in file.read_text("utf-8").splitlines()
    }
    assert [case["id"] for case in cases if case["text"].strip() in examples] == []


def test_the_floors_stand_for_these_cases() -> None:
    assert read_floors(FLOORS).cases_sha256 == hash_cases(CASES)


def test_there_is_a_floor_for_every_language_and_label(taxonomy: Taxonomy) -> None:
    floors = read_floors(FLOORS)
    assert sorted(floors.languages) == list(LANGUAGES)
    assert {label: sorted(by) for label, by in floors.labels.items()} == {
        label: sorted(LANGUAGES) for label in taxonomy.leaves()
    }


def test_quality_is_above_its_floors(evaluation: Evaluation) -> None:
    assert list(map(str, find_shortfalls(evaluation, read_floors(FLOORS)))) == []


@pytest.fixture(scope="module")
def worse(evaluation: Evaluation) -> Evaluation:
    """Return the evaluation of a model that speaks only where there is nothing to say."""
    nothing = ~evaluation.decisions.gold.any(axis=1, keepdims=True)
    return measure(replace(evaluation.decisions, given=nothing & evaluation.decisions.asked))


def test_a_worse_model_falls_below_the_floors(worse: Evaluation) -> None:
    short = find_shortfalls(worse, read_floors(FLOORS))
    names = {shortfall.name for shortfall in short}
    assert {"ar, wsis micro F1", "zh, SDG6 F1", "fr, abstention"} <= names


def test_floors_rise_and_never_go_down_while_the_cases_are_the_same(
    evaluation: Evaluation, worse: Evaluation, tmp_path: Path
) -> None:
    before, lower = raise_floors(evaluation, "the same", None)
    assert lower == []
    after, lower = raise_floors(worse, "the same", before)
    assert after == before
    assert {"en, sdg micro F1", "ru, C5 F1"} <= {shortfall.name for shortfall in lower}

    risen, lower = raise_floors(evaluation, "the same", raise_floors(worse, "the same", None)[0])
    assert (risen, lower) == (before, [])

    changed, lower = raise_floors(worse, "others", before)
    assert changed.labels["C5"]["ru"] == 0.0
    assert lower != []

    file = tmp_path / "floors.yaml"
    file.write_text(write_floors(before), encoding="utf-8")
    assert read_floors(file) == before


def test_the_seeds_get_the_labels_that_two_readers_expect() -> None:
    script = ROOT / "benchmarks" / "seeds.py"
    finished = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert finished.stdout.splitlines()[-1].startswith("64 paragraphs: ")
