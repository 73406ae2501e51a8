"""Decisions out of one store and into another: nothing twice, nothing lost, in whatever order."""

from __future__ import annotations

import json
import random
import sqlite3
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import run
from hypothesis import given, strategies as st
from stores import LABELS, SETTINGS, TEXTS, annotated_document, made_up_documents

from annotator.errors import StoreError
from annotator.store import ACTIONS, Action, Query, Standing, Store

if TYPE_CHECKING:
    from annotator.errors import RowError

HERE = Path(__file__).parent
REVIEWERS = ("ana", "李", "نور")


def refuse(error: RowError) -> None:
    raise AssertionError(error)


def act(store: Store, draw: random.Random, times: int) -> None:
    """Let a reviewer do all sorts of things."""
    numbers = store.queue(Query(state="all"))
    for _ in range(times):
        what = draw.random()
        if what < 0.2:
            store.undo()
        elif what < 0.3:
            store.redo()
        else:
            answers = {label: draw.random() < 0.5 for label in draw.sample(LABELS, 2)}
            kind = draw.choice(ACTIONS)
            store.record([Action(draw.choice(numbers), kind, answers, draw.choice(["", "كلمة"]))])


def seen(store: Store) -> dict[str, dict[str, Standing]]:
    """Return where every paragraph stands with everybody, by what is the same in every store."""
    numbers = {store.paragraph(n).fingerprint: n for n in store.queue(Query(state="all"))}
    return {
        fingerprint: {name: store.standing(number, name) for name in REVIEWERS}
        for fingerprint, number in numbers.items()
    }


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return stores of three people: documents shared, some read by a later model."""
    folder = tmp_path_factory.mktemp("three")
    draw = random.Random(3)  # noqa: S311 - nothing secret
    documents = made_up_documents(40, size=10)
    paths = []
    for number, name in enumerate(REVIEWERS):
        path = folder / f"{number}.sqlite"
        with Store.open(path, reviewer=name, adjudicates=number == 2) as store:
            store.add_documents(documents[number : number + 2], SETTINGS)
            if number:
                store.add_documents(documents[1:2], SETTINGS | {"model": f"m{number}"})
            act(store, draw, 40)
        paths.append(path)
    return paths


def test_stores_merged_in_any_order_say_the_same(stores: list[Path], tmp_path: Path) -> None:
    results = []
    for number, order in enumerate(permutations(stores)):
        with Store.open(tmp_path / f"{number}.sqlite", reviewer="ana") as store:
            for path in order:
                assert store.merge(path) > 0
            for path in order:
                assert store.merge(path) == 0
            shown = {
                stored.fingerprint: (stored.labels, stored.text)
                for n in store.queue(Query(state="all"))
                for stored in [store.paragraph(n)]
            }
            results.append((list(store.export_lines()), store.votes(), seen(store), shown))
    assert len(results[0][0]) == sum(len(lines(path)) for path in stores)
    assert all(result == results[0] for result in results)


def lines(path: Path) -> list[bytes]:
    with Store.open(path) as store:
        return list(store.export_lines())


def test_merging_does_not_change_the_other_store(stores: list[Path], tmp_path: Path) -> None:
    before = [path.read_bytes() for path in stores]
    with Store.open(tmp_path / "s.sqlite") as store:
        for path in stores:
            store.merge(path)
    assert [path.read_bytes() for path in stores] == before


def test_an_older_store_is_merged_and_stays_old(tmp_path: Path) -> None:
    older = tmp_path / "older.sqlite"
    connection = sqlite3.connect(older)
    connection.executescript((HERE / "data" / "store-1.sql").read_text(encoding="utf-8"))
    connection.close()
    before = older.read_bytes()
    with Store.open(tmp_path / "new.sqlite", reviewer="ana") as store:
        assert store.merge(older) == 6
        assert store.verdicts(1)["李"] == {"C7.e-health": True, "SDG3": False}
        assert len(store.queue(Query(state="all"))) == 3
    assert older.read_bytes() == before


@pytest.mark.parametrize("content", [None, b"no store at all"])
def test_what_is_no_store_is_not_merged(tmp_path: Path, content: bytes | None) -> None:
    other = tmp_path / "other"
    if content:
        other.write_bytes(content)
    with Store.open(tmp_path / "s") as store, pytest.raises(StoreError, match="other"):
        store.merge(other)


def test_what_is_undone_after_a_merge_is_undone_everywhere(tmp_path: Path) -> None:
    document = annotated_document(list(TEXTS.values()))
    for name in ("laptop", "office"):
        with Store.open(tmp_path / name) as store:
            store.add_documents([document], SETTINGS)
    with Store.open(tmp_path / "laptop", reviewer="ana") as store:
        store.record([Action(1, "accept", {"C2": True})])
    with Store.open(tmp_path / "office", reviewer="ana") as store:
        store.merge(tmp_path / "laptop")
        assert store.standing(1).answers == {"C2": True}
        store.undo()
    with Store.open(tmp_path / "laptop", reviewer="ana") as store:
        store.merge(tmp_path / "office")
        assert store.standing(1) == Standing()
        assert store.redo() is not None
        assert store.standing(1).answers == {"C2": True}


# JSON lines


def test_lines_come_out_as_they_went_in(stores: list[Path], tmp_path: Path) -> None:
    written = lines(stores[0])
    with Store.open(stores[0]) as store:
        votes = store.votes()
    for number, given_lines in enumerate([written, written[::-1], written + written]):
        with Store.open(tmp_path / f"{number}", reviewer="ana") as store:
            assert store.import_lines(given_lines, "f", refuse) == len(written)
            assert store.import_lines(given_lines, "f", refuse) == 0
            assert list(store.export_lines()) == written
            assert store.votes() == votes


def test_imported_decisions_meet_their_paragraphs_when_these_are_read(
    stores: list[Path], tmp_path: Path
) -> None:
    with Store.open(tmp_path / "s", reviewer="ana") as store:
        store.import_lines(lines(stores[0]), "f", refuse)
        assert store.queue(Query(state="all")) == []
        store.add_documents(made_up_documents(40, size=10)[:2], SETTINGS)
        with Store.open(stores[0], reviewer="ana") as first:
            assert seen(store) == seen(first)
            numbers = first.queue(Query(order="document", state="all"))
            again = store.queue(Query(order="document", state="all"))
            assert [store.paragraph(n).labels for n in again] == [
                first.paragraph(n).labels for n in numbers
            ]


def test_each_line_says_who_when_what_and_what_the_machine_had_said(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s", reviewer="李") as store:
        store.add_documents([annotated_document([TEXTS["zh"]], "文件.txt")], SETTINGS)
        store.record([Action(1, "accept", {"C2": True, "SDG4": False})])
        (record,) = map(json.loads, store.export_lines())
    assert (record["reviewer"], record["kind"]) == ("李", "accept")
    assert record["at"].endswith("Z")
    assert record["answers"] == {"C2": True, "SDG4": False}
    assert record["paragraph"]["text"] == TEXTS["zh"]
    assert (record["paragraph"]["document"], record["paragraph"]["position"]) == ("文件.txt", 0)
    machine = record["machine"]
    assert (machine["version"], machine["taxonomy"], machine["model"]) == ("1.0", "t1", "m1")
    assert [(one["label"], one["score"], one["assigned"]) for one in machine["labels"]] == [
        ("C2", 0.9, True),
        ("SDG4", 0.3, False),
    ]


@given(noise=st.binary(max_size=40))
def test_a_line_that_is_no_decision_is_told_and_the_others_are_taken(
    stores: list[Path], tmp_path_factory: pytest.TempPathFactory, noise: bytes
) -> None:
    first, second = lines(stores[0])[:2]
    noise = noise.replace(b"\n", b" ")
    told: list[RowError] = []
    with Store.open(tmp_path_factory.mktemp("noise") / "s") as store:
        assert store.import_lines([first, noise, second], "f.jsonl", told.append) == 2
        assert list(store.export_lines()) == [first, second]
    assert [error.where for error in told] == (["f.jsonl:2"] if noise.strip() else [])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("format", "2"),
        ("id", "7"),
        ("reviewer", ""),
        ("at", "yesterday"),
        ("at", "2026-11-21T15:00:00"),
        ("kind", "nod"),
        ("answers", {"C2": "maybe"}),
        ("paragraph", None),
        ("target", "../../etc"),
    ],
)
def test_a_decision_that_says_something_else_is_refused(
    stores: list[Path], tmp_path: Path, field: str, value: object
) -> None:
    record = json.loads(lines(stores[0])[0]) | {field: value}
    told: list[RowError] = []
    with Store.open(tmp_path / "s") as store:
        assert store.import_lines([json.dumps(record).encode()], "f", told.append) == 0
    assert len(told) == 1


# The commands


def test_the_commands_write_read_and_merge(stores: list[Path], tmp_path: Path) -> None:
    written = tmp_path / "decisions.jsonl"
    assert run("store", "export", "--store", stores[0], "-o", written).status == 0
    assert written.read_bytes().splitlines() == lines(stores[0])
    assert run("store", "export", "--store", stores[0]).output == written.read_bytes()
    count = len(lines(stores[0]))
    imported = run("store", "import", written, folder=tmp_path)
    assert (imported.status, imported.stdout) == (0, f"{count} new decisions from {written}\n")
    merged = run("store", "merge", stores[0], stores[1], folder=tmp_path)
    expected = [
        f"0 new decisions from {stores[0]}",
        f"{len(lines(stores[1]))} new decisions from {stores[1]}",
    ]
    assert merged.stdout.splitlines() == expected


def test_what_cannot_be_imported_is_named_and_the_rest_is_taken(
    stores: list[Path], tmp_path: Path
) -> None:
    bad, good = tmp_path / "bad.jsonl", tmp_path / "good.jsonl"
    bad.write_bytes(b"no decision\n")
    good.write_bytes(b"\n".join(lines(stores[0])))
    finished = run("store", "import", tmp_path / "none", bad, good, folder=tmp_path)
    assert finished.status == 1
    assert f"{bad}:1: this is no decision" in finished.stderr
    assert f"{tmp_path / 'none'}: it cannot be read" in finished.stderr
    assert f"{len(lines(stores[0]))} new decisions from {good}" in finished.stdout
