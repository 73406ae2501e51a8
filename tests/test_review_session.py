"""The session without its screen: undo without end, and labels found in any language."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st
from review_screens import fill, open_session

from annotator.priority import priority, reasons
from annotator.review.pace import decisions_per_minute, time_left
from annotator.review.search import LabelSearch
from annotator.store import Query

if TYPE_CHECKING:
    from pathlib import Path

    from annotator import Annotator, Taxonomy
    from annotator.model import Origin
    from annotator.review import Session
    from annotator.store import Standing

# Undo without end


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory, annotator: Annotator) -> Path:
    """Return a store that every example reviews under a name of its own."""
    path = tmp_path_factory.mktemp("session") / "review.sqlite"
    fill(path, annotator)
    return path


DEEDS = ("accept", "reject", "toggle", "add", "skip", "flag", "comment")
MOVES = ("next", "previous")


def do(session: Session, deed: str, choice: int) -> bool:
    """Do something where there is a paragraph for it; tell whether it was recorded."""
    if deed in MOVES or session.current is None:
        session.previous() if deed == "previous" else session.next()
        return False
    if deed == "toggle":
        if not session.rows:
            return False
        session.toggle(choice % len(session.rows))
    elif deed == "add":
        labels = list(session.taxonomy.labels)
        session.add(labels[choice % len(labels)])
    elif deed == "comment":
        session.comment(("教育", "التعليم", "")[choice % 3])
    else:
        getattr(session, deed)()
    return True


def everything(session: Session) -> dict[int, Standing]:
    """Return where every paragraph stands."""
    numbers = session.store.queue(Query("document", "all"))
    return {number: session.store.standing(number) for number in numbers}


@given(
    deeds=st.lists(
        st.tuples(st.sampled_from(DEEDS + MOVES), st.integers(0, 99)), min_size=1, max_size=14
    ),
    days=st.integers(1, 3),
)
def test_undoing_everything_leads_back_and_redoing_leads_there_again(
    path: Path, annotator: Annotator, deeds: list[tuple[str, int]], days: int
) -> None:
    reviewer = uuid.uuid4().hex

    def open_again(previous: Session | None = None) -> Session:
        if previous is not None:
            previous.store.close()
        return open_session(path, annotator, Query("document"), reviewer)

    session = open_again()
    before = everything(session)
    states = [before]
    for number, (deed, choice) in enumerate(deeds):
        if number % (1 + len(deeds) // days) == 0:
            session = open_again(session)
        if do(session, deed, choice):
            states.append(everything(session))
    session = open_again(session)
    for state in reversed(states[:-1]):
        assert session.undo() is not None
        assert everything(session) == state
        assert session.current is not None
    assert session.undo() is None
    session = open_again(session)
    for state in states[1:]:
        assert session.redo() is not None
        assert everything(session) == state
    assert session.redo() is None
    assert session.counts == open_again(session).counts


def test_an_action_after_undo_ends_redo(path: Path, annotator: Annotator) -> None:
    session = open_session(path, annotator, Query("document"), uuid.uuid4().hex)
    session.accept()
    session.undo()
    session.flag()
    assert session.redo() is None
    session.store.close()


def test_counts_stay_those_of_the_store(path: Path, annotator: Annotator) -> None:
    session = open_session(path, annotator, Query("document"), uuid.uuid4().hex)
    session.accept()
    session.skip()
    session.reject()
    session.previous()
    session.undo()
    counts, progress = session.counts, session.store.progress()
    assert (counts.total, counts.finished, counts.skipped) == (
        progress.paragraphs,
        progress.finished,
        progress.skipped,
    )
    assert counts.left == progress.paragraphs - 2
    session.store.close()


# A key costs the same in a small store and a large one


@pytest.mark.parametrize("deed", [*DEEDS, *MOVES, "undo", "redo"])
def test_no_key_reads_the_queue_anew(path: Path, annotator: Annotator, deed: str) -> None:
    session = open_session(path, annotator, Query("document"), uuid.uuid4().hex)
    session.flag()
    if deed == "redo":
        session.undo()
    session.next()
    said: list[str] = []
    session.store._connection.set_trace_callback(said.append)  # noqa: SLF001 - nothing else sees it
    do(session, deed, 0)
    session.store._connection.set_trace_callback(None)  # noqa: SLF001
    session.store.close()
    assert said
    assert [statement for statement in said if "queued" in statement] == []


# Why this one


@pytest.mark.parametrize(
    ("score", "origins", "kinds"),
    [
        (0.5, ("keyword", "classifier"), {"uncertain"}),
        (0.99, ("keyword", "classifier"), set()),
        (0.9, ("classifier",), {"disagree"}),
        (0.97, ("declared",), {"unsupported"}),
    ],
)
def test_each_kind_of_doubt_is_a_reason(
    score: float, origins: tuple[Origin, ...], kinds: set[str]
) -> None:
    from annotator import Assignment  # noqa: PLC0415

    label = Assignment("C5", "wsis", score, score >= 0.5, origins)
    found = reasons([label], {"C5": 0.5}, {"C5"})
    assert {reason.kind for reason in found} == kinds
    ranked = priority([label], {"C5": 0.5}, {"C5"})
    assert (ranked.uncertain > 0) == ("uncertain" in kinds)
    assert (ranked.disagree > 0) == bool(kinds & {"disagree", "unsupported"})


@given(
    score=st.floats(0, 1),
    threshold=st.floats(0, 1),
    further=st.floats(0, 1),
)
def test_the_closer_to_its_threshold_the_sooner_it_comes(
    score: float, threshold: float, further: float
) -> None:
    from annotator import Assignment  # noqa: PLC0415

    def uncertain(value: float) -> float:
        label = Assignment("C5", "wsis", value, value >= threshold, ("keyword", "classifier"))
        return priority([label], {"C5": threshold}).uncertain

    assert 0 <= uncertain(score) <= 1
    near, far = sorted((score, further), key=lambda value: abs(value - threshold))
    if (near - threshold) * (far - threshold) >= 0:
        assert uncertain(near) >= uncertain(far)


# Pace


@given(gaps=st.lists(st.floats(0.1, 100), min_size=1, max_size=40), start=st.floats(0, 1e6))
def test_the_rate_is_the_decisions_made_in_the_time_worked(gaps: list[float], start: float) -> None:
    moments = [start]
    for gap in gaps:
        moments.append(moments[-1] + gap)
    rate = decisions_per_minute(moments)
    assert rate == pytest.approx(60 * len(gaps) / sum(gaps), rel=1e-3)


def test_a_break_is_no_work() -> None:
    assert decisions_per_minute([0, 10, 20, 10_000, 10_010]) == pytest.approx(6)
    assert decisions_per_minute([0, 10_000]) is None
    assert time_left(600, None) == ""


# Labels by id, name or term


@pytest.fixture(scope="module")
def search(taxonomy: Taxonomy) -> LabelSearch:
    """Return the search over the shipped labels."""
    return LabelSearch(taxonomy)


def test_nothing_typed_lists_every_label_in_order(search: LabelSearch, taxonomy: Taxonomy) -> None:
    assert [found.label for found in search.find("  ")] == list(taxonomy.labels)


def test_every_label_is_first_for_its_id_and_its_name_in_every_language(
    search: LabelSearch, taxonomy: Taxonomy
) -> None:
    for label in taxonomy.labels.values():
        for typed in (label.id, label.id.lower(), label.id.replace("SDG", "sdg ")):
            assert search.find(typed)[0].label == label.id
        for name in label.pref_label.values():
            same = [
                other.id for other in taxonomy.labels.values() if name in other.pref_label.values()
            ]
            assert search.find(name)[0].label in same


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("4", ("C4", "SDG4")),
        ("١٣", ("SDG13",)),
        ("التَّعليم الجَيِّد", ("SDG4",)),
        ("تعليم", ("SDG4",)),
        ("網絡安全", ("C5",)),
        ("egalite entre", ("SDG5",)),
        ("educacion de calidad", ("SDG4",)),
        ("КАЧЕСТВЕННОЕ", ("SDG4",)),
        ("远程医疗", ("C7.e-health", "SDG3")),
        ("telemed", ("C7.e-health", "SDG3")),
        ("e-health", ("C7.e-health",)),
        ("c7 agri", ("C7.e-agriculture",)),
    ],
)
def test_typing_finds_the_label_meant(
    search: LabelSearch, typed: str, first: tuple[str, ...]
) -> None:
    assert search.find(typed)[0].label in first


def test_words_need_not_stand_together(search: LabelSearch) -> None:
    assert search.find("women rural")
    assert search.find("zzzz") == []
    assert search.find("zzzz women") == []


@given(typed=st.text(max_size=12))
def test_any_typing_is_answered_with_labels_once_each(search: LabelSearch, typed: str) -> None:
    labels = [found.label for found in search.find(typed)]
    assert len(labels) == len(set(labels))


def test_what_matched_is_said_as_it_is_written(search: LabelSearch) -> None:
    found = search.find("網絡安全")[0]
    assert found.because == "网络安全"
    assert search.find("sdg4")[0].because == ""
