"""The store: what a person decided is there, whatever happens."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import environment
from hypothesis import given, strategies as st
from stores import LABELS, SETTINGS, TEXTS, annotated_document, made_up_documents

from annotator.errors import StoreError
from annotator.priority import priority
from annotator.store import ACTIONS, Action, Place, Query, Standing, Store, Vote
from annotator.store.fingerprint import fingerprints
from annotator.store.schema import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from annotator import AnnotatedDocument, Annotator

HERE = Path(__file__).parent


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a store with one document in all six languages."""
    path = tmp_path / "review.sqlite"
    with Store.open(path) as store:
        store.add_documents([annotated_document(list(TEXTS.values()))], SETTINGS)
    return path


def decisions(path: Path) -> list[tuple[str, str, int]]:
    """Return the answers in a store's file, read past the program."""
    connection = sqlite3.connect(path)
    rows = connection.execute(
        "SELECT event.uid, label, yes FROM answer JOIN event ON event.id = answer.event"
    ).fetchall()
    connection.close()
    return rows


# What the machine said


def test_reading_again_adds_nothing_and_keeps_what_was_decided(path: Path) -> None:
    with Store.open(path, reviewer="李") as store:
        first = store.queue(Query(order="document"))
        store.record([Action(first[0], "accept", {"C2": True})])
        again = annotated_document(list(TEXTS.values()))
        assert store.add_documents([again], SETTINGS) == 0
        assert store.queue(Query(order="document", state="all")) == first
        assert store.standing(first[0]) == Standing({"C2": True}, "finished")


def test_a_moved_file_is_known_again(path: Path) -> None:
    with Store.open(path, reviewer="ana") as store:
        number = store.queue(Query(order="document"))[2]
        store.record([Action(number, "reject", {"SDG4": False})])
        moved = annotated_document(list(TEXTS.values()), "archive/2026/doc.txt")
        assert store.add_documents([moved], SETTINGS) == 0
        assert len(store.queue(Query(state="all"))) == len(TEXTS)
        assert store.queue(Query(state="finished", documents=("archive/2026/doc.txt",))) == [number]


def test_an_edited_document_keeps_the_paragraphs_that_stayed(path: Path) -> None:
    texts = list(TEXTS.values())
    with Store.open(path, reviewer="ana") as store:
        number = store.queue(Query(order="document"))[1]
        store.record([Action(number, "accept", {"SDG4": True})])
        texts[0] = "A new beginning, with more words than the old one had, stands here now."
        texts.insert(1, "And a second paragraph, which was not there before, follows on it.")
        assert store.add_documents([annotated_document(texts)], SETTINGS) == 2
        assert store.paragraph(number).place.position == 2
        assert store.queue(Query(state="finished")) == [number]
        # The paragraph that is gone is asked about no more.
        assert len(store.queue(Query(state="all"))) == len(texts)


def test_the_same_words_in_other_lines_are_the_same_paragraph(path: Path) -> None:
    texts = [text.replace(" ", "\n", 2) for text in TEXTS.values()]
    with Store.open(path) as store:
        assert store.add_documents([annotated_document(texts, "wrapped.txt")], SETTINGS) == 0


@pytest.mark.parametrize("text", ["C1", "الهدف الثالث", "目标8", "Goal 3", "ЦУР 4", "ODD 4"])
def test_a_few_words_mean_something_only_where_they_stand(path: Path, text: str) -> None:
    one = annotated_document([text, TEXTS["en"]], "one.txt")
    other = annotated_document([text, TEXTS["fr"]], "other.txt")
    same = annotated_document([text, TEXTS["en"]], "moved/one.txt")
    with Store.open(path) as store:
        assert store.add_documents([one], SETTINGS) == 1
        assert store.add_documents([other], SETTINGS) == 1
        assert store.add_documents([same], SETTINGS) == 0


def test_a_paragraph_is_known_by_the_same_name_in_every_version_of_the_program() -> None:
    """Stores of other people were written with these names: they must never change."""
    document = annotated_document(["第一部分", TEXTS["zh"], "C1", TEXTS["ar"], "Итог"])
    assert fingerprints([annotated.paragraph for annotated in document.paragraphs]) == [
        "2d1f7d2753028689c4b6a2b25b18ec10",
        "f78bf7d7a9e3f5d55cf35abbd912d33f",
        "dcd1a252a4f0065b18698508080a2aab",
        "2e890df1388bac163e7d58dd70ec2039",
        "2b78d644d781094f57f417d103e3a500",
    ]


def test_half_a_character_does_not_stop_a_paragraph_from_being_known() -> None:
    [known] = fingerprints([annotated_document(["half \ud83d of a pair"]).paragraphs[0].paragraph])
    assert len(known) == 32


def test_the_order_of_thresholds_makes_no_other_run(path: Path) -> None:
    turned = dict(reversed(SETTINGS["thresholds"].items()))
    with Store.open(path) as store:
        store.add_documents([annotated_document([TEXTS["en"]])], SETTINGS | {"thresholds": turned})
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM run").fetchone()[0] == 1
    connection.close()


def test_the_languages_are_those_that_a_person_is_asked_about(
    annotated_seeds: dict[str, AnnotatedDocument], tmp_path: Path
) -> None:
    with Store.open(tmp_path / "s") as store:
        assert store.languages() == []
        store.add_documents(annotated_seeds.values(), SETTINGS)
        assert store.languages() == ["ar", "zh"]


def test_what_the_machine_said_is_never_overwritten(path: Path) -> None:
    texts = list(TEXTS.values())
    later = annotated_document(texts, scores=[{"SDG9": 0.8}] * len(texts))
    with Store.open(path) as store:
        number = store.queue(Query(order="document"))[0]
        assert [label.label for label in store.paragraph(number).labels] == ["C2", "SDG4"]
        store.add_documents([later], SETTINGS)
        assert [label.label for label in store.paragraph(number).labels] == ["C2", "SDG4"]
        store.add_documents([later], SETTINGS | {"model": "m2"})
        assert [label.label for label in store.paragraph(number).labels] == ["SDG9"]
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM reading").fetchone()[0] == 2 * len(texts)
    connection.close()


@pytest.mark.parametrize("table", ["run", "reading", "event", "answer"])
@pytest.mark.parametrize("deed", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"])
def test_the_file_itself_refuses_to_lose_what_was_said(path: Path, table: str, deed: str) -> None:
    with Store.open(path, reviewer="ana") as store:
        store.record([Action(1, "accept", {"C2": True})])
    column = {"run": "model", "reading": "labels", "event": "kind", "answer": "yes"}[table]
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
        connection.execute(deed.format(table, column))
    connection.close()


def test_boilerplate_and_duplicates_are_context_and_no_question(tmp_path: Path) -> None:
    texts = [TEXTS["en"], "(来源:新华网)", TEXTS["fr"], TEXTS["en"]]
    document = annotated_document(texts, kinds=["body", "boilerplate", "body", "duplicate"])
    with Store.open(tmp_path / "s") as store:
        store.add_documents([document], SETTINGS)
        first, second = store.queue(Query(order="document"))
        before, after = store.neighbours(first)
        assert ([p.text for p in before], [p.text for p in after]) == ([], ["(来源:新华网)"])
        before, after = store.neighbours(second, around=5)
        assert [p.text for p in before] == [TEXTS["en"], "(来源:新华网)"]
        assert [p.text for p in after] == [TEXTS["en"]]
        assert store.documents()[0].paragraphs == 2


def test_a_real_document_comes_back_as_it_was(
    annotator: Annotator, annotated_seeds: dict[str, AnnotatedDocument], tmp_path: Path
) -> None:
    with Store.open(tmp_path / "s") as store:
        store.add_documents(annotated_seeds.values(), annotator.run_settings())
        asked = [
            paragraph
            for document in annotated_seeds.values()
            for paragraph in document.paragraphs
            if paragraph.paragraph.kind not in ("boilerplate", "duplicate")
        ]
        queue = [store.paragraph(n) for n in store.queue(Query(order="document", state="all"))]
        assert [p.text for p in queue] == [p.paragraph.text for p in asked]
        for stored, paragraph in zip(queue, asked, strict=True):
            assert [(a.label, a.score) for a in stored.labels] == [
                (a.label, a.score) for a in paragraph.labels
            ]
            for label in stored.labels:
                for span in label.evidence:
                    assert stored.text[span.start : span.end] == span.text
        assert any(paragraph.declared for paragraph in queue)


def test_all_that_is_known_of_a_paragraph_comes_back(
    annotator: Annotator, annotated_seeds: dict[str, AnnotatedDocument], tmp_path: Path
) -> None:
    settings = annotator.run_settings()
    with Store.open(tmp_path / "s") as store:
        store.add_documents(annotated_seeds.values(), settings)
        numbers = iter(store.queue(Query(order="document", state="all")))
        for document in annotated_seeds.values():
            declared = {
                (label.label, label.supported)
                for label in document.labels
                if "declared" in label.origins
            }
            for annotated in document.paragraphs:
                paragraph = annotated.paragraph
                if paragraph.kind in ("boilerplate", "duplicate"):
                    continue
                number = next(numbers)
                stored = store.paragraph(number)
                assert (stored.number, stored.language, stored.kind, stored.abstained) == (
                    number,
                    paragraph.language,
                    paragraph.kind,
                    annotated.abstained,
                )
                assert stored.place == Place(
                    document.document.id,
                    paragraph.index,
                    paragraph.start,
                    paragraph.kind,
                    paragraph.locator,
                )
                assert dict(stored.thresholds) == settings["thresholds"]
                assert {(label.label, label.supported) for label in stored.declared} == declared
                assert [label.origins for label in stored.labels] == [
                    label.origins for label in annotated.labels
                ]


def test_documents_are_counted_over_many_batches(tmp_path: Path) -> None:
    documents = made_up_documents(4_500, size=50)
    with Store.open(tmp_path / "s") as store:
        assert store.add_documents(documents, SETTINGS) == 4_500
        assert store.add_documents(documents, SETTINGS) == 0


# What people did


def steps() -> st.SearchStrategy[list[str | tuple[str, int, dict[str, bool], str]]]:
    """Make up what a person does: actions, undo, redo, and closing the program."""
    action = st.tuples(
        st.sampled_from(ACTIONS),
        st.integers(1, 3),
        st.dictionaries(st.sampled_from(LABELS), st.booleans(), max_size=3),
        st.sampled_from(["", "نعم", "再看一次"]),
    )
    return st.lists(st.one_of(action, st.sampled_from(["undo", "redo", "restart"])), max_size=25)


class Notebook:
    """What a store must say, kept in the simplest way: a list of actions, and how far it counts."""

    def __init__(self) -> None:
        self.actions: list[Action] = []
        self.length = 0

    def do(self, action: Action) -> None:
        self.actions[self.length :] = [action]
        self.length += 1

    def standing(self, number: int) -> Standing:
        answers: dict[str, bool] = {}
        state, flagged, comment = "open", False, ""
        for action in self.actions[: self.length]:
            if action.paragraph != number:
                continue
            answers |= action.answers
            state = {"accept": "finished", "reject": "finished", "skip": "skipped"}.get(
                action.kind, state
            )
            flagged = {"flag": True, "unflag": False}.get(action.kind, flagged)
            comment = action.comment if action.kind == "comment" else comment
        return Standing(answers, state, flagged, comment)  # type: ignore[arg-type] # see above


@given(done=steps())
def test_undo_and_redo_go_on_without_end_and_over_restarts(
    done: Sequence[str | tuple[str, int, dict[str, bool], str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("undo") / "s.sqlite"
    notebook = Notebook()
    store = Store.open(path, reviewer="اسم")
    store.add_documents([annotated_document(list(TEXTS.values()))], SETTINGS)
    with Store.open(path, reviewer="another") as other:
        other.record([Action(1, "accept", {"C2": False})])
    for step in done:
        if isinstance(step, tuple):
            kind, number, answers, comment = step
            action = Action(number, kind, answers, comment)  # type: ignore[arg-type] # from ACTIONS
            store.record([action])
            notebook.do(action)
        elif step == "undo":
            undone = store.undo()
            assert (undone is not None) == (notebook.length > 0)
            if undone:
                notebook.length -= 1
                action = notebook.actions[notebook.length]
                assert (undone.paragraph, undone.kind) == (action.paragraph, action.kind)
        elif step == "redo":
            redone = store.redo()
            assert (redone is not None) == (notebook.length < len(notebook.actions))
            if redone:
                action = notebook.actions[notebook.length]
                assert (redone.paragraph, redone.kind) == (action.paragraph, action.kind)
                notebook.length += 1
        else:
            store.close()
            store = Store.open(path, reviewer="اسم")
        for number in (1, 2, 3):
            assert store.standing(number) == notebook.standing(number)
    assert store.standing(1, "another") == Standing({"C2": False}, "finished")
    store.close()


def test_a_clock_that_is_set_back_does_not_turn_the_order(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(path, reviewer="ana") as store:
        store.record([Action(1, "accept", {"C2": True})])
        monkeypatch.setattr(time, "time_ns", lambda: 0)
        store.record([Action(1, "toggle", {"C2": False})])
        assert store.standing(1).answers == {"C2": False}
        undone = store.undo()
        assert undone is not None
        assert undone.kind == "toggle"
        assert store.standing(1).answers == {"C2": True}


def test_actions_are_recorded_all_or_none(path: Path) -> None:
    with Store.open(path, reviewer="ana") as store:
        with pytest.raises(StoreError, match="no paragraph 77"):
            store.record([Action(1, "accept", {"C2": True}), Action(77, "accept")])
        with pytest.raises(StoreError, match="'nod' is no action"):
            store.record([Action(1, "nod")])  # type: ignore[arg-type] # that is the test
        assert store.standing(1) == Standing()
        assert store.reviewers() == []
        with pytest.raises(StoreError, match="no paragraph 77"):
            store.paragraph(77)


def test_nobody_decides_nothing(path: Path) -> None:
    with Store.open(path) as store, pytest.raises(StoreError) as caught:
        store.record([Action(1, "accept")])
    assert str(caught.value) == f"{path}: nobody is named who decides. Try: --reviewer NAME"


def test_a_comment_is_kept_and_may_be_taken_back(path: Path) -> None:
    with Store.open(path, reviewer="نور") as store:
        store.record([Action(1, "comment", comment="再看一次")])
        assert store.standing(1).comment == "再看一次"
        store.undo()
        assert store.standing(1).comment == ""
        store.redo()
        assert store.standing(1).comment == "再看一次"


def test_the_journal_names_what_was_done_and_when(path: Path) -> None:
    before = datetime.now(UTC)
    with Store.open(path, reviewer="ana") as store:
        store.record([Action(1, "accept", {"C2": True})])
        store.undo()
        store.redo()
        events = [json.loads(line) for line in store.export_lines()]
    after = datetime.now(UTC)
    assert [event["kind"] for event in events] == ["accept", "undo", "redo"]
    assert not any(event["adjudicates"] for event in events)
    times = [datetime.fromisoformat(event["at"]) for event in events]
    assert before - timedelta(milliseconds=1) <= times[0] < times[1] < times[2]
    assert times[2] <= after + timedelta(milliseconds=1)


def test_votes_say_who_settles(path: Path) -> None:
    with Store.open(path, reviewer="ana") as store:
        store.record([Action(1, "accept", {"C2": True})])
    with Store.open(path, reviewer="李", adjudicates=True) as store:
        store.record([Action(1, "reject", {"C2": False})])
        [(_, votes)] = store.votes().items()
        assert sorted(votes["C2"], key=lambda vote: vote.reviewer) == [
            Vote("ana", yes=True, adjudicates=False),
            Vote("李", yes=False, adjudicates=True),
        ]
        assert sorted(store.reviewers()) == ["ana", "李"]
        assert store.progress("ana").reviewer == "ana"


def test_progress_counts_what_a_reviewer_did(path: Path) -> None:
    with Store.open(path, reviewer="ana") as store:
        store.record([Action(1, "accept", {"C2": True, "SDG4": False}), Action(2, "skip")])
        store.record([Action(2, "flag"), Action(3, "toggle", {"C2": False})])
        progress = store.progress()
        assert (progress.paragraphs, progress.finished, progress.skipped) == (6, 1, 1)
        assert (progress.flagged, progress.answers) == (1, 3)
        assert store.documents()[0].open == 4
        assert store.progress("nobody else").finished == 0


# The queue


@pytest.fixture(scope="module")
def queues(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Return a store of 300 paragraphs, of which ana has looked at some."""
    path = tmp_path_factory.mktemp("queue") / "s.sqlite"
    with Store.open(path, reviewer="ana") as store:
        store.add_documents(made_up_documents(300), SETTINGS)
        store.record([Action(n, "accept", {"C2": True}) for n in range(1, 41)])
        store.record([Action(n, "skip") for n in range(41, 51)])
        store.record([Action(51, "flag"), Action(52, "comment", comment="看")])
        store.record([Action(53, "add", {"C10": True})])
        yield store


def test_each_order_is_what_it_says(queues: Store) -> None:
    everything = {n: queues.paragraph(n) for n in queues.queue(Query(state="all"))}
    urgency = {n: priority(p.labels, p.thresholds) for n, p in everything.items()}
    orders = {
        order: queues.queue(Query(order=order, state="all"))
        for order in ("uncertain", "disagree", "document", "random")
    }
    assert all(sorted(order) == sorted(everything) for order in orders.values())
    for name in ("uncertain", "disagree"):
        values = [getattr(urgency[n], name) for n in orders[name]]
        assert values == sorted(values, reverse=True)
    places = [everything[n].place for n in orders["document"]]
    names = list(dict.fromkeys(place.document for place in places))
    assert names == [document.id for document in queues.documents()]
    assert [p.position for p in places if p.document == names[0]] == list(range(50))
    by_hash = sorted(everything, key=lambda n: everything[n].fingerprint[:15])
    assert orders["random"] == by_hash


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(state="open"), 250),
        (Query(state="finished"), 40),
        (Query(state="skipped"), 10),
        (Query(state="flagged"), 1),
        (Query(state="commented"), 1),
        (Query(state="all"), 300),
        (Query(state="all", language="zh"), 0),
        (Query(state="all", language="en"), 300),
        (Query(state="all", origin="declared"), 0),
        (Query(state="all", origin="keyword"), 300),
        (Query(state="all", origin="reviewer"), 41),
        (Query(state="all", label="C10"), 1),
        (Query(state="all", documents=("0.txt", "50.txt")), 100),
        (Query(state="open", documents=("0.txt",)), 0),
        (Query(state="open", documents=("no such",)), 0),
    ],
)
def test_each_filter_keeps_what_it_says(queues: Store, query: Query, expected: int) -> None:
    assert len(queues.queue(query)) == expected


@pytest.mark.parametrize("label", LABELS)
def test_a_label_and_a_scheme_are_found_by_what_the_machine_suggests(
    queues: Store, label: str
) -> None:
    def having(wanted: set[str]) -> set[int]:
        return {
            n
            for n in queues.queue(Query(state="all"))
            if wanted & {a.label for a in queues.paragraph(n).labels}
            or wanted & {k for k, yes in queues.standing(n).answers.items() if yes}
        }

    assert set(queues.queue(Query(state="all", label=label))) == having({label})
    goals = {name for name in LABELS if name.startswith("SDG")}
    assert set(queues.queue(Query(state="all", scheme="sdg"))) == having(goals)


def test_what_two_disagree_on_is_the_queue_of_a_third(path: Path) -> None:
    with Store.open(path, reviewer="ana") as store:
        store.record([Action(n, "accept", {"C2": True}) for n in (1, 2, 3)])
    with Store.open(path, reviewer="boris") as store:
        store.record([Action(1, "accept", {"C2": True})])
        store.record([Action(2, "reject", {"C2": False}), Action(3, "accept", {"SDG4": True})])
        assert store.queue(Query(state="disputed")) == []
    with Store.open(path, reviewer="陈", adjudicates=True) as store:
        assert store.queue(Query(state="disputed")) == [2]
        assert store.verdicts(2) == {"ana": {"C2": True}, "boris": {"C2": False}}
        store.record([Action(2, "accept", {"C2": True})])
        assert store.queue(Query(state="disputed")) == []
        settled = store.settled()[store.paragraph(2).fingerprint]["C2"]
        assert (settled.answer, settled.reviewers) == (True, ("ana", "陈"))
    with Store.open(path, reviewer="another third", adjudicates=True) as store:
        assert store.queue(Query(state="disputed")) == []


# Files that are no store, and older ones


def test_a_missing_store_is_only_made_where_asked(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        Store.open(tmp_path / "s", create=False)
    assert str(caught.value) == (
        f"{tmp_path / 's'}: there is no store. Try: annotator review makes one, with --store"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.paragraph(1),
        lambda store: store.neighbours(1),
        lambda store: store.documents(),
        lambda store: store.languages(),
        lambda store: store.record([Action(1, "skip")]),
        lambda store: store.undo(),
        lambda store: store.redo(),
        lambda store: store.standing(1),
        lambda store: store.verdicts(1),
        lambda store: store.queue(Query()),
        lambda store: store.progress(),
        lambda store: store.votes(),
        lambda store: store.reviewers(),
        lambda store: list(store.export_lines()),
        lambda store: store.add_documents([annotated_document([TEXTS["en"]])], SETTINGS),
    ],
)
def test_whatever_is_asked_of_a_broken_store_the_file_is_named(
    path: Path, ask: Callable[[Store], object]
) -> None:
    with Store.open(path, reviewer="ana") as store:
        connection = sqlite3.connect(path)
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in tables.fetchall():
            if not table.startswith("sqlite_"):
                connection.execute(f"DROP TABLE {table}")
        connection.commit()
        connection.close()
        with pytest.raises(StoreError, match="the store failed") as caught:
            ask(store)
        assert caught.value.where == str(path)


@pytest.mark.parametrize("content", [b"plain text, \xd9\x86\xd8\xb5", b"SQLite format 3\0" * 90])
def test_a_file_that_is_no_database_is_refused_and_untouched(
    tmp_path: Path, content: bytes
) -> None:
    target = tmp_path / "notes.txt"
    target.write_bytes(content)
    with pytest.raises(StoreError, match=r"notes\.txt"):
        Store.open(target)
    assert target.read_bytes() == content


@pytest.mark.parametrize("pragma", ["application_id = 7", "user_version = 3", ""])
def test_a_database_of_another_program_is_refused_and_untouched(
    tmp_path: Path, pragma: str
) -> None:
    target = tmp_path / "other.db"
    connection = sqlite3.connect(target)
    connection.execute(f"PRAGMA {pragma}" if pragma else "CREATE TABLE theirs (x)")
    connection.close()
    before = target.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        Store.open(target)
    assert target.read_bytes() == before


def test_a_newer_store_is_refused_with_a_clear_word(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    with pytest.raises(StoreError, match=r"newer version .* Try: update this program"):
        Store.open(path)


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(tmp_path)


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """Return a store as version 1 wrote it."""
    target = tmp_path / "older.sqlite"
    connection = sqlite3.connect(target)
    connection.executescript((HERE / "data" / "store-1.sql").read_text(encoding="utf-8"))
    connection.close()
    return target


def test_an_older_store_is_brought_up_to_date_with_all_that_was_decided(older: Path) -> None:
    with Store.open(older, reviewer="ana") as store:
        assert store.verdicts(1) == {
            "ana": {"C7.e-health": True, "SDG3": True},
            "李": {"C7.e-health": True, "SDG3": False},
        }
        assert store.standing(3, "李") == Standing({}, "skipped", comment="需要再看")
        redone = store.redo()
        assert redone is not None
        assert store.standing(2) == Standing({"SDG4": False}, "finished")
    with Store.open(older, reviewer="third", adjudicates=True) as store:
        assert store.queue(Query(state="disputed")) == [1]
        store.record([Action(1, "accept", {"SDG3": True})])


def test_an_older_store_has_the_same_tables_afterwards_as_a_new_one(
    older: Path, path: Path
) -> None:
    Store.open(older).close()

    def tables(file: Path) -> dict[str, list[tuple[object, ...]]]:
        connection = sqlite3.connect(file)
        names = connection.execute("SELECT name FROM sqlite_master ORDER BY name").fetchall()
        found = {n: connection.execute(f"PRAGMA table_info({n})").fetchall() for (n,) in names}
        found["version"] = connection.execute("PRAGMA user_version").fetchall()
        connection.close()
        return found

    assert tables(older) == tables(path)


# Killed, full, and shared

WRITER = """
import sys
from annotator.store import Action, Query, Store
with Store.open(sys.argv[1], reviewer=sys.argv[2]) as store:
    numbers = store.queue(Query(state="all"))
    while True:
        for number in numbers:
            answers = {"C2": True, "SDG4": False}
            [uid] = store.record([Action(number, "accept", answers)])
            print(uid, flush=True)
            undone = store.undo()
            store.redo()
"""


def write_until_killed(path: Path, reviewer: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, path, reviewer],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    )


def test_killed_at_any_moment_no_decision_that_was_shown_is_lost(path: Path) -> None:
    draw = random.Random(9)  # noqa: S311 - nothing secret
    shown: set[str] = set()
    for _ in range(8):
        process = write_until_killed(path, "ana")
        assert process.stdout is not None
        shown.add(process.stdout.readline().strip())
        time.sleep(draw.random() / 10)
        process.send_signal(signal.SIGKILL)
        rest, _ = process.communicate()
        # A line cut short by the kill was not shown whole.
        shown.update(line for line in rest.splitlines() if len(line) == 32)
        with Store.open(path, reviewer="ana") as store:
            store.record([Action(1, "comment", comment="still here")])
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    written = decisions(path)
    assert shown
    for uid in shown:
        assert (uid, "C2", 1) in written
        assert (uid, "SDG4", 0) in written


def fill(store: Store) -> list[str]:
    """Record decisions until the store says that it cannot."""
    written = []
    for turn in range(100_000):
        try:
            written += store.record(
                [Action(1 + turn % 6, "comment", {"C2": True}, "كلمة " * 200)],
            )
        except StoreError as error:
            assert "space" in str(error) or "full" in str(error)  # noqa: PT017 - told in the end
            return written
    pytest.fail("the disk never filled")


def assert_whole(path: Path, written: list[str]) -> None:
    """Check that a store has all that was said to be written, and goes on."""
    assert written
    assert {uid for uid, _, _ in decisions(path)} == set(written)
    with Store.open(path, reviewer="ana") as store:
        store.record([Action(1, "accept", {"SDG4": True})])
        assert store.standing(1).answers["SDG4"] is True
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def test_a_store_that_is_full_says_so_and_loses_nothing(path: Path) -> None:
    store = Store.open(path, reviewer="ana")
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]  # noqa: SLF001 - a small disk
    store._connection.execute(f"PRAGMA max_page_count = {pages + 20}")  # noqa: SLF001 - the same
    written = fill(store)
    standing = store.standing(1)
    with pytest.raises(StoreError, match="no space left; nothing was changed"):
        store.record([Action(1, "comment", comment="x" * 200_000)])
    assert store.standing(1) == standing
    store.close()
    assert_whole(path, written)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of one megabyte."""
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() or not mount or not unmount:
        pytest.skip("only root can mount a small disk")
    command = [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("this machine mounts no small disk")
    yield folder
    subprocess.run([unmount, str(folder)], check=True)


def test_a_full_disk_loses_nothing(small_disk: Path) -> None:
    target = small_disk / "s.sqlite"
    with Store.open(target, reviewer="ana") as store:
        store.add_documents([annotated_document(list(TEXTS.values()))], SETTINGS)
        ballast = small_disk / "ballast"
        ballast.write_bytes(bytes(600_000))
        written = fill(store)
        ballast.unlink()
        written += store.record([Action(2, "toggle", {"C2": True})])
    assert_whole(target, written)


LIMITED = """
import resource, signal, sys
from annotator.errors import StoreError
from annotator.store import Action, Store
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
with Store.open(sys.argv[1], reviewer="ana") as store:
    for turn in range(100_000):
        try:
            [uid] = store.record([Action(1 + turn % 6, "comment", {"C2": True}, "слово " * 200)])
        except StoreError as error:
            sys.exit(str(error))
        print(uid, flush=True)
"""


def test_a_file_that_may_not_grow_loses_nothing(path: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "-c", LIMITED, path],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert finished.returncode == 1
    assert "nothing was changed" in finished.stderr
    assert "Traceback" not in finished.stderr
    assert_whole(path, finished.stdout.split())


COUNTED = """
import sys
from annotator.store import Action, Query, Store
with Store.open(sys.argv[1], reviewer=sys.argv[2]) as store:
    for turn in range(60):
        for number in store.queue(Query(state="all"))[:2]:
            store.record([Action(number, "toggle", {"C2": turn % 2 == 0})])
"""


def test_two_reviewers_write_to_one_store_at_once(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite"
    adder = (
        "import sys; sys.path.insert(0, sys.argv[3]); from stores import *;"
        "from annotator.store import Store; store = Store.open(sys.argv[1], reviewer=sys.argv[2]);"
        "store.add_documents(made_up_documents(200), SETTINGS); store.close();"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", adder + COUNTED, path, name, HERE],
            env=environment(),
            stderr=subprocess.PIPE,
        )
        for name in ("ana", "李")
    ]
    for process in started:
        _, errors = process.communicate(timeout=120)
        assert (process.returncode, errors) == (0, b"")
    with Store.open(path, reviewer="ana") as store:
        assert store.progress().paragraphs == 200
        for name in ("ana", "李"):
            assert store.progress(name).answers == 2
    connection = sqlite3.connect(path)
    counts = connection.execute("SELECT reviewer, count(*) FROM event GROUP BY reviewer").fetchall()
    connection.close()
    assert counts == [("ana", 120), ("李", 120)]


def test_a_store_that_is_held_for_too_long_says_so(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotator.store.schema._PATIENCE", 0.1)
    holder = sqlite3.connect(path, isolation_level=None)
    with Store.open(path, reviewer="ana") as store:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another program has held the store"):
            store.record([Action(1, "accept")])
        assert store.standing(1) == Standing()
        holder.execute("ROLLBACK")
        store.record([Action(1, "accept")])
        assert store.standing(1).state == "finished"
    holder.close()
