"""Quality figures: against scikit-learn's own, by hand, and in simulation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from commands import Finished, run
from hypothesis import given, strategies as st
from sklearn.metrics import (
    accuracy_score,
    precision_recall_fscore_support,
    top_k_accuracy_score,
)

from annotator.decisions import Decision, Decisions, line_up, read_decisions
from annotator.errors import RowError, UnreadableInputError
from annotator.evaluate import (
    NONE,
    compare,
    count_confusion,
    evaluate,
    list_mistakes,
    measure,
)
from annotator.figures import (
    compute_figures,
    compute_labels,
    compute_reliability,
    subtract_figures,
)
from annotator.gold import GoldRow, read_gold
from annotator.store import Action, Query, Store

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from annotator import Annotator, Taxonomy


def run_evaluate(*arguments: str | Path) -> Finished:
    return run("evaluate", *arguments, seconds=300)


def lined_up(
    gold: NDArray[np.bool_],
    given_labels: NDArray[np.bool_],
    score: NDArray[np.float64] | None = None,
    asked: NDArray[np.bool_] | None = None,
) -> Decisions:
    """Return decisions made of arrays, for as many labels of one scheme as there are columns."""
    rows, columns = gold.shape
    return Decisions(
        labels=tuple(f"SDG{number + 1}" for number in range(columns)),
        schemes=("sdg",) * columns,
        ids=tuple(map(str, range(rows))),
        languages=np.array(["en"] * rows),
        gold=gold,
        asked=np.ones_like(gold) if asked is None else asked,
        score=given_labels.astype(float) if score is None else score,
        given=given_labels,
    )


def refuse(error: RowError) -> None:
    pytest.fail(str(error))


seeds = st.integers(0, 2**32 - 1)


@given(seed=seeds, rows=st.integers(1, 40))
def test_precision_recall_and_f1_are_those_of_scikit_learn(seed: int, rows: int) -> None:
    generator = np.random.default_rng(seed)
    gold = generator.random((rows, 4)) < 0.4
    chosen = generator.random((rows, 4)) < 0.4
    decisions = lined_up(gold, chosen)
    held = np.flatnonzero(gold.any(axis=0))
    figures = compute_figures(decisions)
    for average, columns in (("micro", range(4)), ("macro", held)):
        if not gold.any():
            break
        expected = precision_recall_fscore_support(
            gold, chosen, average=average, labels=list(columns), zero_division=0
        )
        for name, value in zip(("precision", "recall", "F1"), expected, strict=False):
            assert figures[f"{average} {name}"].value == pytest.approx(value, abs=6e-5)
    assert figures["accuracy of pairs"].value == pytest.approx(
        accuracy_score(gold.ravel(), chosen.ravel()), abs=6e-5
    )
    each = precision_recall_fscore_support(gold, chosen, average=None, zero_division=0)
    for column, label in enumerate(compute_labels(decisions)):
        found = (label.precision.value, label.recall.value, label.f1.value)
        assert found == pytest.approx([values[column] for values in each[:3]], abs=6e-5)
        assert (label.asked, label.support) == (rows, each[3][column])


@given(seed=seeds, rows=st.integers(1, 30))
def test_ranking_is_that_of_scikit_learn_where_one_label_holds(seed: int, rows: int) -> None:
    generator = np.random.default_rng(seed)
    right = generator.integers(0, 6, rows)
    score = generator.random((rows, 6))
    gold = np.eye(6, dtype=bool)[right]
    figures = compute_figures(lined_up(gold, gold, score))
    for name, k in (("top 1", 1), ("recall at 3", 3)):
        expected = top_k_accuracy_score(right, score, k=k, labels=range(6))
        assert figures[name].value == pytest.approx(expected, abs=6e-5)


def test_recall_at_three_counts_the_labels_found_of_those_that_could_be() -> None:
    gold = np.array([[True, True, False, False], [True, True, True, True]])
    score = np.array([[0.9, 0.1, 0.8, 0.7], [0.4, 0.3, 0.2, 0.1]])
    figures = compute_figures(lined_up(gold, gold, score))
    assert figures["recall at 3"].value == (1 / 2 + 3 / 3) / 2


def test_schemes_are_ranked_apart() -> None:
    decisions = Decisions(
        labels=("C1", "C2", "SDG1", "SDG2"),
        schemes=("wsis", "wsis", "sdg", "sdg"),
        ids=("1",),
        languages=np.array(["zh"]),
        gold=np.array([[True, False, False, True]]),
        asked=np.ones((1, 4), dtype=bool),
        score=np.array([[0.2, 0.1, 0.9, 0.8]]),
        given=np.zeros((1, 4), dtype=bool),
    )
    measured = measure(decisions).whole
    tops = {scheme: figures["top 1"].value for scheme, figures in measured.schemes.items()}
    assert tops == {"wsis": 1.0, "sdg": 0.0}
    assert measured.figures["top 1"].value == 0.5


def test_calibration_error_by_hand() -> None:
    # Two pairs at 0.95, one right: |0.95 - 0.5|; three at 0.15, none right: |0.15 - 0|;
    # one at 0.35, right: |0.35 - 1|.
    score = np.array([[0.95], [0.95], [0.15], [0.15], [0.15], [0.35]])
    gold = np.array([[True], [False], [False], [False], [False], [True]])
    decisions = lined_up(gold, score > 0.5, score)
    assert compute_figures(decisions)["calibration error"].value == pytest.approx(
        (2 * 0.45 + 3 * 0.15 + 0.65) / 6, abs=1e-4
    )
    low, middle, high = compute_reliability(decisions)
    assert (low.low, low.high, low.pairs, low.score, low.share.value) == (0.1, 0.2, 3, 0.15, 0.0)
    assert (middle.pairs, middle.score, middle.share.value) == (1, 0.35, 1.0)
    assert (high.low, high.pairs, high.score, high.share.value) == (0.9, 2, 0.95, 0.5)


def test_a_score_of_one_falls_in_the_last_bin() -> None:
    ones = np.ones((3, 1), dtype=bool)
    (one,) = compute_reliability(lined_up(ones, ones, np.ones((3, 1))))
    assert (one.low, one.high, one.pairs) == (0.9, 1.0, 3)


def test_coverage_and_abstention() -> None:
    gold = np.array([[True, False], [False, False], [False, False], [False, False]])
    chosen = np.array([[False, True], [False, False], [True, False], [False, False]])
    figures = compute_figures(lined_up(gold, chosen))
    assert figures["coverage"].value == 0.5
    assert figures["abstention"].value == pytest.approx(2 / 3, abs=1e-4)


def test_intervals_contain_the_truth_as_often_as_they_say() -> None:
    """Texts in which a label holds half the time, is found 7 times in 10, and given wrongly 2."""
    truth = {
        "accuracy of pairs": 0.5 * 0.7 + 0.5 * 0.8,
        "micro recall": 0.7,
        "micro precision": 0.35 / 0.45,
    }
    inside = dict.fromkeys(truth, 0)
    generator = np.random.default_rng(7)
    for _ in range(120):
        gold = generator.random((150, 1)) < 0.5
        chosen = generator.random((150, 1)) < np.where(gold, 0.7, 0.2)
        figures = compute_figures(lined_up(gold, chosen))
        for name, value in truth.items():
            inside[name] += figures[name].low <= value <= figures[name].high
    # 114 of 120 are expected; fewer than 106, or all of them, would be very unlikely.
    assert {name: 106 <= count < 120 for name, count in inside.items()} == dict.fromkeys(
        truth, True
    )


def test_the_difference_of_two_models_is_resampled_in_pairs() -> None:
    generator = np.random.default_rng(11)
    gold = generator.random((200, 2)) < 0.5
    first = gold ^ (generator.random((200, 2)) < 0.3)
    better = first.copy()
    better[:30] = gold[:30]
    one, two = lined_up(gold, first), lined_up(gold, better)
    change = subtract_figures(one, two)["accuracy of pairs"]
    before, after = (compute_figures(d)["accuracy of pairs"] for d in (one, two))
    assert change.value == pytest.approx(after.value - before.value, abs=1e-4)
    assert change.low > 0
    assert change.high - change.low < (before.high - before.low) / 2
    same = subtract_figures(one, one)
    assert {(f.value, f.low, f.high) for f in same.values()} == {(0, 0, 0)}


def test_the_same_decisions_give_the_same_figures() -> None:
    generator = np.random.default_rng(3)
    gold, chosen = (generator.random((50, 3)) < 0.5 for _ in range(2))
    decisions = lined_up(gold, chosen)
    assert measure(decisions).to_dict() == measure(decisions).to_dict()


def test_what_is_not_asked_is_not_judged() -> None:
    gold = np.array([[True, False], [True, False]])
    asked = np.array([[True, False], [False, True]])
    chosen = np.array([[True, False], [False, True]])
    figures = compute_figures(lined_up(gold, chosen, asked=asked))
    assert figures["accuracy of pairs"].value == 0.5
    assert figures["micro recall"].value == 1.0
    assert figures["micro precision"].value == 0.5
    assert "top 1" not in figures


def test_confusion_counts_what_stands_in_the_place_of_what() -> None:
    rows = [
        # holds, given
        ((0,), (0,)),
        ((0,), (1,)),  # missed, another in its place
        ((0,), ()),  # missed, nothing in its place
        ((0, 1), (0, 1, 2)),  # found, another besides
        ((), (3,)),  # nothing holds
    ]
    gold, chosen = (
        np.array([[column in row[side] for column in range(4)] for row in rows]) for side in (0, 1)
    )
    assert count_confusion(lined_up(gold, chosen)) == {
        ("SDG1", "SDG1"): 2,
        ("SDG2", "SDG2"): 1,
        ("SDG1", "SDG2"): 1,
        ("SDG1", NONE): 1,
        ("SDG1", "SDG3"): 1,
        ("SDG2", "SDG3"): 1,
        (NONE, "SDG4"): 1,
    }


def decision(*labels: str) -> Decision:
    return Decision("und", dict.fromkeys(labels, 0.9), frozenset(labels))


def test_questions_are_judged_on_their_label_alone(taxonomy: Taxonomy) -> None:
    rows = [
        GoldRow("الماء", id="1", lang="ar", label="SDG6", answer=True),
        GoldRow("足球", id="2", lang="zh", label="SDG6", answer=False),
        GoldRow("вода", id="3", lang="ru", label="SDG6", answer=True),
    ]
    decided = {"1": decision("SDG6", "SDG3"), "2": decision("SDG3"), "3": decision()}
    evaluation = measure(line_up(rows, decided, taxonomy))
    measured = evaluation.whole
    assert measured.figures["accuracy of pairs"].value == pytest.approx(2 / 3, abs=1e-4)
    assert measured.figures["micro precision"].value == 1.0
    assert evaluation.confusion == {("SDG6", "SDG6"): 1, ("SDG6", NONE): 1}
    assert [m["id"] for m in list_mistakes(rows, evaluation.decisions)] == ["3"]
    (label,) = measured.labels
    assert (label.label, label.asked, label.support, label.given) == ("SDG6", 3, 2, 1)
    assert label.accuracy.value == pytest.approx(2 / 3, abs=1e-4)


def test_labels_of_other_schemes_are_not_judged_unless_gold_names_them(taxonomy: Taxonomy) -> None:
    row = GoldRow("eau potable", id="1", labels=("SDG6",))
    decided = {"1": decision("SDG6", "C2")}
    assert line_up([row], decided, taxonomy).labels == taxonomy.leaves("sdg")
    both = line_up([row], decided, taxonomy, schemes=["wsis", "sdg"])
    assert measure(both).whole.figures["micro precision"].value == 0.5


def test_a_broader_label_leaves_open_which_of_the_narrower_hold(taxonomy: Taxonomy) -> None:
    rows = [GoldRow("aplicaciones", id="1", labels=("C7", "C2"))]
    decisions = line_up(rows, {"1": decision("C2", "C7.e-health")}, taxonomy)
    assert measure(decisions).whole.figures["micro precision"].value == 1.0


def test_gold_rows_are_checked_one_by_one(tmp_path: Path, taxonomy: Taxonomy) -> None:
    lines = [
        '{"id": "a", "text": "健康", "labels": ["SDG3"], "lang": "zh-Hans", "register": "law"}',
        "not json",
        '{"text": "нет меток"}',
        '{"text": "", "labels": []}',
        '{"text": "x", "labels": ["SDG18"]}',
        '{"text": "x", "labels": ["SDG1"], "label": "SDG1", "answer": true}',
        '{"text": "x", "label": "SDG1"}',
        '{"id": "a", "text": "صحة", "label": "SDG3", "answer": true}',
        '{"text": "sin id", "labels": []}',
        "",
    ]
    file = tmp_path / "gold.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    errors: list[RowError] = []
    rows = read_gold(file, taxonomy, errors.append)
    assert [(row.id, row.lang) for row in rows] == [
        ("a", "zh"),
        ("a#2", None),
        (f"{file}#9", None),
    ]
    assert [error.where for error in errors] == [f"{file}:{number}" for number in range(2, 8)]
    assert all(error.hint for error in errors)
    assert "SDG18" in str(errors[3])


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"no gold\n"])
def test_a_file_without_gold_is_refused(tmp_path: Path, taxonomy: Taxonomy, content: bytes) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_bytes(content)
    with pytest.raises(UnreadableInputError):
        read_gold(file, taxonomy, lambda _: None)
    with pytest.raises(UnreadableInputError):
        read_gold(tmp_path / "absent.jsonl", taxonomy, lambda _: None)


GOLD = [
    {"id": "ar", "text": "حفر الآبار وتوفير مياه الشرب النقية للقرى", "labels": ["SDG6"]},
    {"id": "en", "text": "Vaccinating children against measles", "labels": ["SDG3"]},
    {"id": "es", "text": "Energía solar para los hogares sin electricidad", "labels": ["SDG7"]},
    {"id": "fr", "text": "Lutte contre la corruption dans la justice", "labels": ["SDG16"]},
    {"id": "ru", "text": "Защита морей и океанов от загрязнения", "labels": ["SDG14"]},
    {"id": "zh", "text": "主队终场前攻入一球，赢下比赛", "labels": []},
]


GOLD_TEXTS = {str(row["id"]): str(row["text"]) for row in GOLD}


@pytest.fixture(scope="module")
def gold_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("gold") / "gold.jsonl"
    rows = [{**row, "lang": row["id"]} for row in GOLD]
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return file


def test_exported_labels_give_the_figures_of_the_model_that_wrote_them(
    gold_file: Path, tmp_path: Path, annotator: Annotator
) -> None:
    rows = read_gold(gold_file, annotator.taxonomy, refuse)
    expected = evaluate(rows, annotator).to_dict()
    for file_format in ("jsonl", "json"):
        export = tmp_path / f"labels.{file_format}"
        assert run("export", gold_file, "-f", file_format, "-o", export, seconds=300).status == 0
        decided = read_decisions(export, refuse)
        assert measure(line_up(rows, decided, annotator.taxonomy)).to_dict() == expected


def test_a_persons_labels_are_decisions_too(tmp_path: Path, gold_file: Path) -> None:
    person = tmp_path / "person.jsonl"
    person.write_text(
        "\n".join(json.dumps({"id": row["id"], "labels": row["labels"]}) for row in GOLD), "utf-8"
    )
    finished = run_evaluate(gold_file, "--decisions", person, "--json")
    assert finished.status == 0, finished.stderr
    (only,) = json.loads(finished.stdout)["evaluations"].values()
    assert only["figures"]["micro F1"]["value"] == 1.0


def test_two_sets_of_decisions_stand_side_by_side(tmp_path: Path, gold_file: Path) -> None:
    person = tmp_path / "person.jsonl"
    person.write_text(
        "\n".join(json.dumps({"id": row["id"], "labels": row["labels"]}) for row in GOLD[:-1]),
        "utf-8",
    )
    finished = run_evaluate(gold_file, "--compare", person, "--json")
    assert finished.status == 1
    assert "there is no decision on zh" in finished.stderr
    result = json.loads(finished.stdout)
    assert [value["rows"] for value in result["evaluations"].values()] == [5, 5]
    first, second = (value["figures"]["micro F1"] for value in result["evaluations"].values())
    change = result["difference"]["figures"]["micro F1"]
    assert change["value"] == pytest.approx(second["value"] - first["value"], abs=2e-4)

    shown = run_evaluate(gold_file, "--compare", person, "--width", "80").stdout
    assert "difference" in shown
    assert max(map(len, shown.splitlines())) <= 80


def fill_store(store: Path, annotator: Annotator, text: str, answers: dict[str, bool]) -> Path:
    """Let ana answer some labels of a text in a store of its own."""
    with Store.open(store, reviewer="ana") as reviews:
        reviews.add_documents([annotator.annotate(text)], annotator.run_settings())
        (number,) = reviews.queue(Query())
        if answers:
            reviews.record([Action(number, "accept", answers)])
    return store


def test_a_store_is_judged_on_the_rows_that_people_decided_about(
    tmp_path: Path, gold_file: Path, annotator: Annotator
) -> None:
    store = fill_store(tmp_path / "قرارات.sqlite", annotator, GOLD_TEXTS["ar"], {"SDG6": False})
    finished = run_evaluate(gold_file, "--compare", store, "--json")
    assert (finished.status, finished.stderr) == (0, "")
    machine, person = json.loads(finished.stdout)["evaluations"].values()
    assert (machine["rows"], person["rows"]) == (1, 1)
    assert machine["figures"]["micro recall"]["value"] == 1.0
    assert person["figures"]["micro recall"]["value"] == 0.0


def test_labels_of_a_store_that_nobody_answered_are_the_models(
    tmp_path: Path, gold_file: Path, annotator: Annotator
) -> None:
    store = fill_store(tmp_path / "r.sqlite", annotator, GOLD_TEXTS["es"], {"C10": False})
    for threshold, recall in (("0.5", 1.0), ("0.999999", 0.0)):
        finished = run_evaluate(gold_file, "--decisions", store, "--threshold", threshold, "--json")
        (only,) = json.loads(finished.stdout)["evaluations"].values()
        assert only["figures"]["micro recall"]["value"] == recall


def test_a_store_without_decisions_on_the_gold_is_refused(
    tmp_path: Path, gold_file: Path, annotator: Annotator
) -> None:
    store = fill_store(tmp_path / "r.sqlite", annotator, GOLD_TEXTS["fr"], {})
    finished = run_evaluate(gold_file, "--decisions", store)
    assert finished.status == 3
    assert "it decides on no row of the gold" in finished.stderr


def test_evaluation_as_a_table_fits_the_terminal(gold_file: Path) -> None:
    shown = run_evaluate(gold_file, "--width", "80")
    assert shown.status == 0
    assert max(map(len, shown.stdout.splitlines())) <= 80
    for word in ("micro F1", "macro F1", "top 1", "recall at 3", "By language", "Reliability"):
        assert word in shown.stdout


def test_confusion_is_drawn_and_mistakes_are_listed(gold_file: Path, tmp_path: Path) -> None:
    picture, mistakes = tmp_path / "confusion.svg", tmp_path / "mistakes.jsonl"
    finished = run_evaluate(
        gold_file, "--threshold", "1", "--confusion", picture, "--mistakes", mistakes
    )
    assert finished.status == 0
    # At a threshold of 1 nothing is given, so every label that holds is missed.
    listed = [json.loads(line) for line in mistakes.read_text("utf-8").splitlines()]
    assert [(row["id"], list(row["missed"]), row["wrong"]) for row in listed] == [
        (row["id"], row["labels"], {}) for row in GOLD[:-1]
    ]
    root = ET.fromstring(picture.read_text("utf-8"))  # noqa: S314 - written by ourselves
    texts = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"SDG1", "SDG17", "missed", "none holds", "sdg"} <= texts
    cells = [e.text for e in root.iter("{http://www.w3.org/2000/svg}title")]
    assert {"SDG6 → SDG6: 0", "SDG6 → none: 1"} <= set(cells)


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--precision", "--recall"], 2, "contradict"),
        (["--decisions", "x.jsonl", "--model", "m"], 2, "contradict"),
        (["--decisions", "x.jsonl", "--recall"], 2, "no thresholds left"),
        (["--raise-floors"], 2, "--floors"),
        (["--scheme", "mdg"], 2, "mdg"),
        (["--decisions", "absent.jsonl"], 3, "absent.jsonl"),
        (["--floors", "absent.yaml"], 3, "absent.yaml"),
    ],
)
def test_requests_that_cannot_be_met_are_refused(
    gold_file: Path, arguments: list[str], status: int, message: str
) -> None:
    finished = run_evaluate(gold_file, *arguments)
    assert (finished.status, message in finished.stderr) == (status, True), finished.stderr
    assert "Traceback" not in finished.stderr


def test_floors_are_written_and_held(gold_file: Path, tmp_path: Path) -> None:
    floors = tmp_path / "floors.yaml"
    assert run_evaluate(gold_file, "--floors", floors, "--raise-floors").status == 0
    assert run_evaluate(gold_file, "--floors", floors).status == 0
    floors.write_text(floors.read_text("utf-8").replace("{ru: 0.000}", "{ru: 1.500}"), "utf-8")
    gold_file.write_text(gold_file.read_text("utf-8") + "\n", "utf-8")
    short = run_evaluate(gold_file, "--floors", floors)
    assert short.status == 1
    assert "ru, SDG14 F1 is" in short.stderr
    assert "the cases are not those" in short.stderr


def test_compare_tells_every_language_and_scheme(taxonomy: Taxonomy) -> None:
    rows = [
        GoldRow("x", id=str(number), lang=language, labels=("SDG6", "C2"))
        for number, language in enumerate(("ar", "en", "es", "fr", "ru", "zh") * 2)
    ]
    nothing = measure(line_up(rows, {row.id: decision() for row in rows}, taxonomy))
    right = measure(line_up(rows, {row.id: decision("SDG6", "C2") for row in rows}, taxonomy))
    change = compare(nothing, right)
    assert list(change.schemes) == ["wsis", "sdg"]
    assert list(change.languages) == ["ar", "en", "es", "fr", "ru", "zh"]
    assert all(figures["micro recall"].value == 1.0 for figures in change.languages.values())


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--decisions", "mine.jsonl", "--compare", "mine.jsonl"], 2, "is compared with itself"),
        (["--decisions", "others.jsonl"], 3, "it decides on no row of the gold"),
        (["--decisions", "broken.json"], 3, "broken.json: no export ("),
        (["--decisions", "mine.jsonl", "--floors", "broken.json"], 3, "no floors file ("),
    ],
)
def test_files_that_do_not_fit_the_gold_are_refused(
    gold_file: Path, tmp_path: Path, arguments: list[str], status: int, message: str
) -> None:
    mine = [json.dumps({"id": row["id"], "labels": row["labels"]}) for row in GOLD]
    (tmp_path / "mine.jsonl").write_text("\n".join(mine), "utf-8")
    (tmp_path / "others.jsonl").write_text('{"id": "另一个", "labels": ["SDG4"]}', "utf-8")
    (tmp_path / "broken.json").write_text('{"documents": [{"labels"', "utf-8")
    finished = run("evaluate", gold_file, *arguments, folder=tmp_path)
    assert (finished.status, message in finished.stderr) == (status, True), finished.stderr
    assert "Traceback" not in finished.stderr
    assert "Try: " in finished.stderr


def test_a_gold_row_of_wrong_types_is_named_and_the_others_count(
    tmp_path: Path, taxonomy: Taxonomy
) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(
        '{"text": "نص", "labels": "SDG4"}\n{"text": "文", "labels": ["SDG4"]}\n', "utf-8"
    )
    errors: list[RowError] = []
    rows = read_gold(path, taxonomy, errors.append)
    assert [row.text for row in rows] == ["文"]
    assert [error.where for error in errors] == [f"{path}:1"]
    assert "no gold row" in errors[0].what
