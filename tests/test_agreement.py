"""Agreement of reviewers, against published worked examples and other people's code."""

from __future__ import annotations

import json
from math import isnan
from typing import TYPE_CHECKING

import numpy as np
import pytest
from commands import run
from hypothesis import assume, given, strategies as st
from rich.cells import cell_len
from stores import SETTINGS, TEXTS, annotated_document

from annotator.agreement import cohen_kappa, krippendorff_alpha, measure_agreement
from annotator.store import Action, Store, Vote

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from annotator import Taxonomy

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability.

BINARY = ["0101000000", "1110010000"]
"""Section A: binary data, two observers, no missing data; alpha = 0.095."""

NOMINAL = ["aabbdcccedda", "babbbccceddd"]
"""Section B: nominal data, two observers, no missing data; alpha = 0.692."""

MISSING = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
"""Section C: nominal data, any number of observers, missing data; alpha = 0.743."""


def units(observers: Sequence[str]) -> list[tuple[str, ...]]:
    """Turn rows of observers into what each unit was called, missing ones left out."""
    return [tuple(v for v in column if v != ".") for column in zip(*observers, strict=True)]


@pytest.mark.parametrize(
    ("observers", "alpha"),
    [
        (BINARY, 0.095),
        (NOMINAL, 0.692),
        (MISSING, 0.743),
    ],
)
def test_alpha_is_that_of_the_published_examples(observers: list[str], alpha: float) -> None:
    assert krippendorff_alpha(units(observers)).value == pytest.approx(alpha, abs=5e-4)


# Cohen's kappa: the grant proposals of the English Wikipedia's worked example, and Cohen (1960).


@pytest.mark.parametrize(
    ("table", "kappa"),
    [
        ([[20, 5], [10, 15]], 0.40),
        ([[45, 15], [25, 15]], 0.1304),
        ([[25, 35], [5, 35]], 0.2593),
        ([[88, 14, 18], [10, 40, 10], [2, 6, 12]], 0.4915),
    ],
)
def test_kappa_is_that_of_the_published_examples(table: list[list[int]], kappa: float) -> None:
    pairs = [
        (one, other)
        for one, row in enumerate(table)
        for other, times in enumerate(row)
        for _ in range(times)
    ]
    first, second = zip(*pairs, strict=True)
    assert cohen_kappa(first, second).value == pytest.approx(kappa, abs=5e-5)


answers = st.lists(
    st.lists(st.sampled_from(["yes", "no", "perhaps", None]), min_size=3, max_size=3),
    min_size=2,
    max_size=30,
)


@given(rows=answers)
def test_alpha_is_that_of_the_krippendorff_package(rows: list[list[str | None]]) -> None:
    package = pytest.importorskip("krippendorff")
    codes = {None: np.nan, "yes": 0.0, "no": 1.0, "perhaps": 2.0}
    table = np.array([[codes[value] for value in row] for row in rows]).T
    shared = [[v for v in row if v is not None] for row in rows]
    judged = {value for row in shared if len(row) > 1 for value in row}
    ours = krippendorff_alpha(shared).value
    if len(judged) < 2:
        assert isnan(ours)
        return
    assume(len({value for row in shared for value in row}) > 1)
    theirs = package.alpha(reliability_data=table, level_of_measurement="nominal")
    assert ours == pytest.approx(theirs, abs=1e-9)


@given(
    pairs=st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=40
    )
)
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    from sklearn.metrics import cohen_kappa_score  # noqa: PLC0415 - slow to import

    first, second = zip(*pairs, strict=True)
    ours = cohen_kappa(first, second).value
    if len({*first, *second}) == 1:
        assert isnan(ours)
    else:
        assert ours == pytest.approx(cohen_kappa_score(first, second), abs=1e-9)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    # Two reviewers who agree on 80 of 100, each answer as likely: kappa is 0.6.
    generator = np.random.default_rng(4)
    held = 0
    for _ in range(200):
        truth = generator.integers(0, 2, 120)
        other = np.where(generator.random(120) < 0.8, truth, 1 - truth)
        estimate = cohen_kappa(truth.tolist(), other.tolist())
        assert estimate.low <= estimate.value <= estimate.high
        held += estimate.low <= 0.6 <= estimate.high
    assert 0.89 <= held / 200 <= 0.99


def test_what_belongs_together_makes_the_interval_wider() -> None:
    pairs = [(n % 3 == 0, n % 5 != 0) for n in range(60)]
    first, second = zip(*pairs * 4, strict=True)
    alone = cohen_kappa(first, second)
    together = cohen_kappa(first, second, [n % 60 for n in range(240)])
    assert alone.value == pytest.approx(together.value)
    assert together.high - together.low > 1.5 * (alone.high - alone.low)


def test_all_alike_is_not_defined_and_not_perfect() -> None:
    assert isnan(cohen_kappa([True] * 9, [True] * 9).value)
    assert isnan(krippendorff_alpha([(True, True)] * 9).value)
    assert isnan(krippendorff_alpha([]).value)
    assert cohen_kappa([True, False], [True, False]).value == 1
    assert krippendorff_alpha([("a", "a"), ("b", "b")]).value == 1


def test_answers_that_settle_a_disagreement_do_not_count(taxonomy: Taxonomy) -> None:
    def said(**answers: bool) -> list[Vote]:
        return [Vote(name, yes, adjudicates=name == "third") for name, yes in answers.items()]

    votes = {str(n): {"C2": said(ana=n % 2 == 0, boris=n % 3 == 0, third=True)} for n in range(10)}
    votes["x"] = {"SDG4": said(ana=True), "a retired label": said(ana=True, boris=True)}
    schemes, labels = measure_agreement(votes, taxonomy)
    assert [(one.name, one.paragraphs) for one in schemes] == [("wsis", 10)]
    assert [one.name for one in labels] == ["C2"]
    assert [(pair.first, pair.second) for pair in labels[0].pairs] == [("ana", "boris")]
    evens = [n % 2 == 0 for n in range(10)]
    thirds = [n % 3 == 0 for n in range(10)]
    assert labels[0].pairs[0].kappa.value == cohen_kappa(evens, thirds).value


# The command


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "annotator-review.sqlite"
    for name, answers in (("ana", "110100"), ("李", "100110")):
        with Store.open(path, reviewer=name) as store:
            store.add_documents([annotated_document(list(TEXTS.values()))], SETTINGS)
            store.record([Action(n, "accept", {"C2": a == "1"}) for n, a in enumerate(answers, 1)])
    return path


def test_the_command_shows_agreement_by_scheme_and_label(path: Path) -> None:
    finished = run("store", "agreement", folder=path.parent)
    assert finished.status == 0
    assert "ana, 李" in finished.stdout
    assert "kappa  0.33" in finished.stdout
    plain = json.loads(run("store", "agreement", "--json", folder=path.parent).stdout)
    (scheme,), (label,) = plain["schemes"], plain["labels"]
    assert (scheme["name"], label["name"], label["paragraphs"]) == ("wsis", "C2", 6)
    assert label["pairs"][0]["kappa"]["value"] == pytest.approx(1 / 3)


def test_the_command_shows_progress(path: Path) -> None:
    finished = run("store", "status", "--store", path)
    assert finished.status == 0
    assert "2 on which reviewers disagree" in finished.stdout
    plain = json.loads(run("store", "status", "--json", folder=path.parent).stdout)
    assert [one["finished"] for one in plain["reviewers"]] == [6, 6]


@pytest.mark.parametrize("command", ["status", "agreement"])
@pytest.mark.parametrize("width", ["60", "80", "120"])
def test_the_tables_fit_the_width_and_act_on_no_terminal(
    path: Path, command: str, width: str
) -> None:
    with Store.open(path, reviewer="a long name with \x1b[31m in it and more behind it") as store:
        store.record([Action(n, "accept", {"C2": n % 2 == 0}) for n in range(1, 7)])
    finished = run("store", command, "--store", path, "--width", width)
    assert finished.status == 0
    assert max(map(cell_len, finished.stdout.splitlines())) <= int(width)
    assert "\x1b" not in finished.stdout
    assert "…" not in finished.stdout


@pytest.mark.parametrize("command", ["status", "agreement"])
def test_an_empty_store_says_so(command: str, tmp_path: Path) -> None:
    Store.open(tmp_path / "s").close()
    finished = run("store", command, "--store", tmp_path / "s")
    assert finished.status == 0
    assert "yet" in finished.stdout


@pytest.mark.parametrize("command", ["status", "agreement", "export"])
def test_a_missing_store_is_named(command: str, tmp_path: Path) -> None:
    finished = run("store", command, folder=tmp_path)
    assert finished.status == 3
    assert "annotator-review.sqlite: there is no store" in finished.stderr
    assert list(tmp_path.iterdir()) == []
