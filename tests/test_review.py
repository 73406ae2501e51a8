"""The review's every key, pressed in the running app on a real store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from generated import LANGUAGES
from review_screens import TEXTS, fill, open_session, run_review, screen_text, type_text
from rich.console import Console
from rich.text import Text
from textual import events

from annotator import AnnotatedParagraph, Assignment, Document, Paragraph
from annotator.model import AnnotatedDocument
from annotator.review.app import ReviewScreen
from annotator.review.dialogs import ChoiceScreen, CommentScreen, HelpScreen
from annotator.review.keys import KEYS, row_keys
from annotator.store import Query, Store

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from annotator import Annotator
    from annotator.review import Session
    from annotator.store import Standing

LEGEND = [key.word for key in KEYS if key.word]


@pytest.fixture
def path(tmp_path: Path, annotator: Annotator) -> Path:
    """Return a store with nine paragraphs in three scripts, none of them decided."""
    path = tmp_path / "review.sqlite"
    fill(path, annotator)
    return path


@pytest.fixture
def session(path: Path, annotator: Annotator) -> Session:
    """Return a session on that store, in the order of the documents."""
    return open_session(path, annotator, Query("document"))


def standing_of(path: Path, number: int, reviewer: str = "ana") -> Standing:
    """Read where a paragraph stands, from the file."""
    with Store.open(path, reviewer=reviewer) as store:
        return store.standing(number)


def text_of(session: Session) -> str:
    """Return the current paragraph's text, which must be there."""
    assert session.current is not None
    return session.current.text


def number_of(session: Session) -> int:
    """Return the current paragraph's number, which must be there."""
    assert session.current is not None
    return session.current.number


async def choose(pilot: Pilot[None], key: str, typed: str) -> None:
    """Open a list, type, and choose the first that matches."""
    await pilot.press(key)
    await type_text(pilot, typed)
    await pilot.press("enter")
    await pilot.pause()


# One key decides and moves on


@pytest.mark.parametrize("key", ["enter", "a"])
def test_one_key_accepts_what_is_proposed_and_moves_on(
    path: Path, session: Session, key: str
) -> None:
    first = number_of(session)
    proposed = {row.label: row.proposed for row in session.rows}

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(key)
        assert number_of(session) != first
        assert "accepted" in screen_text(pilot)

    run_review(session, play)
    standing = standing_of(path, first)
    assert True in proposed.values()
    assert (standing.state, standing.answers) == ("finished", proposed)


@pytest.mark.parametrize("key", ["x", "delete"])
def test_one_key_rejects_all_and_moves_on(path: Path, session: Session, key: str) -> None:
    first, labels = number_of(session), [row.label for row in session.rows]

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(key)
        assert number_of(session) != first

    run_review(session, play)
    standing = standing_of(path, first)
    assert (standing.state, standing.answers) == ("finished", dict.fromkeys(labels, False))


def test_a_digit_turns_its_label_at_once_and_accepting_keeps_it(
    path: Path, session: Session
) -> None:
    first, row = number_of(session), session.rows[0]

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("1")
        assert standing_of(path, first).answers == {row.label: not row.proposed}
        assert number_of(session) == first
        assert f"1 [✗] {row.label}" in screen_text(pilot)
        await pilot.press("1")
        assert standing_of(path, first).answers == {row.label: row.proposed}
        await pilot.press("1", "enter")

    run_review(session, play)
    assert standing_of(path, first).answers[row.label] is not row.proposed


def test_a_digit_without_a_label_says_so_and_decides_nothing(path: Path, session: Session) -> None:
    first = number_of(session)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("9")
        assert "there is no label 9 here" in screen_text(pilot)

    run_review(session, play)
    assert standing_of(path, first).answers == {}


@pytest.fixture
def all_labels(tmp_path: Path, annotator: Annotator) -> Path:
    """Return a store with one paragraph for which every label is suggested."""
    text = "各领域的数字发展 · التنمية الرقمية في كل المجالات"
    labels = tuple(
        Assignment(label.id, label.scheme, 0.9, assigned=False, origins=("classifier",))
        for label in annotator.taxonomy.labels.values()
    )
    paragraph = AnnotatedParagraph(Paragraph(0, 0, len(text), text, "zh", "body"), labels)
    document = AnnotatedDocument(Document("all", "all", text), "zh", (paragraph,))
    path = tmp_path / "all.sqlite"
    with Store.open(path) as store:
        store.add_documents([document], annotator.run_settings())
    return path


def test_more_than_nine_labels_are_all_reached_by_digits(
    all_labels: Path, annotator: Annotator
) -> None:
    session = open_session(all_labels, annotator)
    first, labels = number_of(session), [row.label for row in session.rows]
    assert len(labels) == 36

    async def play(pilot: Pilot[None]) -> None:
        for row in range(len(labels)):
            await type_text(pilot, row_keys(row))
            # The cursor follows, and is in sight with the digits that led there.
            assert f"{row_keys(row)} [✓] {labels[row]}" in screen_text(pilot)

    run_review(session, play)
    assert standing_of(all_labels, first).answers == dict.fromkeys(labels, True)


def test_another_key_between_digits_begins_anew(all_labels: Path, annotator: Annotator) -> None:
    session = open_session(all_labels, annotator)
    first, label = number_of(session), session.rows[0].label

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("0")
        assert "0_" in screen_text(pilot)
        await pilot.press("down", "1")

    run_review(session, play)
    assert standing_of(all_labels, first).answers == {label: True}


def test_the_cursor_chooses_a_label_and_space_turns_it(path: Path, session: Session) -> None:
    first = number_of(session)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(*["up"] * 9, "down")
        second = session.rows[1]
        assert f"›2 [{'•' if second.proposed else ' '}] {second.label}" in screen_text(pilot)
        assert f"{second.label} rests on" in screen_text(pilot)
        await pilot.press("space")
        assert standing_of(path, first).answers == {second.label: not second.proposed}

    run_review(session, play)


# Skip, flag, comment


def test_skipping_puts_aside_and_moves_on(path: Path, session: Session) -> None:
    first = number_of(session)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("s")
        assert number_of(session) != first
        assert "1 skipped" in screen_text(pilot)

    run_review(session, play)
    assert standing_of(path, first).state == "skipped"


def test_flagging_stays_and_is_taken_away_by_the_same_key(path: Path, session: Session) -> None:
    first = number_of(session)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("f")
        assert number_of(session) == first
        assert standing_of(path, first).flagged
        assert "⚑ flagged" in screen_text(pilot)
        await pilot.press("f")
        assert "⚑ flagged" not in screen_text(pilot)

    run_review(session, play)
    assert not standing_of(path, first).flagged


EVERY_LETTER = "acdfhjklnpqsuvxy?/ +0123456789"
COMMENTS = {
    "ar": "فقط التعليم، لا الصحة: شسيبلاتنمك ١٢٣",
    "en": EVERY_LETTER,
    "es": "¿Sólo la educación, no la salud?",
    "fr": "plutôt l'éducation à distance (à vérifier)",
    "ru": "только образование, фисвуапршолдьтщзйкыегмцчня 1",
    "zh": "只有教育，没有卫生１２３",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_typing_a_comment_triggers_no_shortcut(path: Path, session: Session, language: str) -> None:
    first, text = number_of(session), COMMENTS[language]

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("c")
        assert isinstance(pilot.app.screen, CommentScreen)
        await type_text(pilot, text)
        assert isinstance(pilot.app.screen, CommentScreen)
        assert pilot.app.is_running
        await pilot.press("enter")
        assert number_of(session) == first

    run_review(session, play)
    standing = standing_of(path, first)
    assert standing.comment == text
    assert (standing.state, standing.answers, standing.flagged) == ("open", {}, False)


@pytest.mark.parametrize("typed", [EVERY_LETTER, *COMMENTS.values()])
def test_typing_in_the_picker_triggers_no_shortcut(
    path: Path, session: Session, typed: str
) -> None:
    first = number_of(session)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("l")
        await type_text(pilot, typed)
        assert isinstance(pilot.app.screen, ChoiceScreen)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, ReviewScreen)
        assert number_of(session) == first

    run_review(session, play)
    assert standing_of(path, first) == standing_of(path, first, "somebody else")


def test_several_pasted_lines_are_all_kept_and_acted_on_by_nobody(
    path: Path, session: Session
) -> None:
    first = number_of(session)

    async def play(pilot: Pilot[None]) -> None:
        pilot.app.post_message(events.Paste("xqa\nxqa"))  # on the review itself: no key was pressed
        await pilot.pause()
        assert number_of(session) == first
        await pilot.press("c")
        pilot.app.post_message(events.Paste("الأول\r\n第二\n\x1b[31m3"))
        await pilot.pause()
        await pilot.press("enter")

    run_review(session, play)
    standing = standing_of(path, first)
    assert standing.comment == "الأول 第二 ␛[31m3"
    assert standing.answers == {}


def test_a_comment_is_changed_taken_away_or_left(path: Path, session: Session) -> None:
    first = number_of(session)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("c")
        await type_text(pilot, "教育")
        await pilot.press("enter")
        assert "Comment 教育" in screen_text(pilot)
        await pilot.press("c")
        await type_text(pilot, "！")
        await pilot.press("enter")
        assert standing_of(path, first).comment == "教育！"
        await pilot.press("c", *"xyz", "escape")
        assert standing_of(path, first).comment == "教育！"
        await pilot.press("c", *["backspace"] * 3, "enter")

    run_review(session, play)
    assert standing_of(path, first).comment == ""


# The picker


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("sdg 4", "SDG4"),
        ("c7.e-health", "C7.e-health"),
        ("التعليم الجيد", "SDG4"),
        ("网络安全", "C5"),
        ("Égalité entre les sexes", "SDG5"),
        ("Качественное образование", "SDG4"),
        ("fin de la pobreza", "SDG1"),
        ("telemedicine", "C7.e-health"),
    ],
)
def test_any_label_is_added_by_id_name_or_term(
    path: Path, session: Session, typed: str, label: str
) -> None:
    first = number_of(session)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("l")
        await type_text(pilot, typed)
        await pilot.press("enter")
        assert f"yes to {label}" in screen_text(pilot)
        assert number_of(session) == first

    run_review(session, play)
    assert standing_of(path, first).answers == {label: True}


def test_the_picker_moves_by_arrows_and_stays_where_nothing_matches(
    path: Path, session: Session, annotator: Annotator
) -> None:
    first, order = number_of(session), list(annotator.taxonomy.labels)

    async def play(pilot: Pilot[None]) -> None:
        await choose(pilot, "l", "qqqq")
        assert "nothing matches" in screen_text(pilot)
        await pilot.press(*["backspace"] * 4, "down", "down", "up", "enter")

    run_review(session, play)
    assert standing_of(path, first).answers == {order[1]: True}


# Undo and redo


def test_undo_and_redo_go_on_over_restarts(path: Path, annotator: Annotator) -> None:
    first_day = open_session(path, annotator, Query("document"))
    first = number_of(first_day)

    async def decide(pilot: Pilot[None]) -> None:
        await pilot.press("1", "enter", "x", "f", "s")

    run_review(first_day, decide)

    async def take_back(pilot: Pilot[None]) -> None:
        for kind in ("skip", "flag", "reject", "accept", "toggle"):
            await pilot.press("u")
            assert f"took back: {kind}" in screen_text(pilot)
        await pilot.press("u")
        assert "nothing is left to take back" in screen_text(pilot)

    second_day = open_session(path, annotator, Query("document"))
    run_review(second_day, take_back)
    assert number_of(second_day) == first
    assert standing_of(path, first).answers == {}

    async def do_again(pilot: Pilot[None]) -> None:
        for kind in ("toggle", "accept", "reject", "flag", "skip"):
            await pilot.press("y")
            assert f"did again: {kind}" in screen_text(pilot)
        await pilot.press("y")
        assert "nothing was taken back" in screen_text(pilot)

    third_day = open_session(path, annotator, Query("document"))
    run_review(third_day, do_again)
    assert standing_of(path, first).state == "finished"


def test_undo_shows_the_paragraph_that_it_changed(path: Path, session: Session) -> None:
    first = number_of(session)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("enter", "enter", "n", "n", "u")
        assert number_of(session) != first
        assert session.standing.state == "open"
        await pilot.press("u")
        assert number_of(session) == first
        assert "0 of 9 decided" in screen_text(pilot)

    run_review(session, play)
    assert standing_of(path, first).state == "open"


# Moving


def test_next_and_previous_move_and_decide_nothing(path: Path, session: Session) -> None:
    seen = []

    async def play(pilot: Pilot[None]) -> None:
        for _ in range(9):
            seen.append(number_of(session))
            await pilot.press("n")
        assert "last paragraph" in screen_text(pilot)
        await pilot.press(*["p"] * 9)
        assert "first paragraph" in screen_text(pilot)
        assert number_of(session) == seen[0]

    run_review(session, play)
    assert len(set(seen)) == 9
    assert all(standing_of(path, number).state == "open" for number in seen)


def test_jumping_goes_to_a_document_by_part_of_its_name(session: Session) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("d")
        assert "3 open of 3" in screen_text(pilot)
        await type_text(pilot, "中")
        await pilot.press("enter")
        assert text_of(session).startswith("数字乡村")
        await choose(pilot, "d", "عربي")
        assert text_of(session).startswith("وسّعت")

    run_review(session, play)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("language zh", {"数字乡村", "学校利用", "各国代表"}),
        ("language ar", {"وسّعت", "تدرّب", "يخدم"}),
        ("origin declared", {"يخدم"}),
        ("label C7.e-health", {"The clinic"}),
        ("state flagged", {"وسّعت"}),
        ("state finished", {"تدرّب"}),
        ("state skipped", {"يخدم"}),
        ("state commented", {"The clinic"}),
    ],
)
def test_the_queue_is_filtered(session: Session, typed: str, expected: set[str]) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await choose(pilot, "v", typed)
        assert f"only {typed}" in screen_text(pilot)
        found = [text_of(session)]
        while session.next():
            found.append(text_of(session))
        assert len(found) == len(expected)
        for text in found:
            assert any(text.startswith(beginning) for beginning in expected)

    if typed.startswith("state"):
        session.flag()
        session.next()
        session.accept()
        session.skip()
        session.comment("否")
    run_review(session, play)


def test_the_scheme_filter_leaves_paragraphs_with_a_label_of_it(session: Session) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await choose(pilot, "v", "scheme sdg")
        schemes = {session.taxonomy.scheme_of(row.label) for row in session.rows}
        assert "sdg" in schemes
        assert "only scheme sdg" in screen_text(pilot)

    run_review(session, play)


@pytest.mark.parametrize("order", ["uncertain", "disagree", "random"])
def test_the_order_is_changed_on_the_way(session: Session, order: str) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await choose(pilot, "v", f"order {order}")
        assert f"order {order}" in screen_text(pilot)
        assert session.counts.total == 9
        assert number_of(session) == session.store.queue(Query(order))[0]  # type: ignore[arg-type]

    run_review(session, play)


def test_filters_hold_together_and_are_cleared(session: Session) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await choose(pilot, "v", "language ar")
        await choose(pilot, "v", "label SDG4")
        assert "only label SDG4, language ar" in screen_text(pilot)
        assert text_of(session).startswith("تدرّب")
        await choose(pilot, "v", "clear")
        assert session.counts.total == 9

    run_review(session, play)


# A queue that ends says why


def test_the_end_says_that_all_is_decided(session: Session) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(*["enter"] * 9)
        assert "Every paragraph is decided: 9 of 9." in screen_text(pilot)
        assert "annotator report" in screen_text(pilot)
        # Keys for which there is nothing to do are harmless.
        await pilot.press("enter", "x", "1", "s", "f", "c", "l", "n", "space", "down", "pagedown")
        assert isinstance(pilot.app.screen, ReviewScreen)
        await pilot.press("u")
        assert session.current is not None

    run_review(session, play)


def test_the_end_tells_of_what_was_skipped(session: Session) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("s", *["enter"] * 8)
        text = screen_text(pilot)
        assert "8 decided, 1 skipped" in text
        assert "state skipped" in text

    run_review(session, play)


def test_what_was_passed_by_comes_again_before_the_end(session: Session) -> None:
    first = number_of(session)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("n", *["enter"] * 8)
        assert number_of(session) == first

    run_review(session, play)


def test_a_filter_that_leaves_nothing_says_so(session: Session) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await choose(pilot, "v", "state flagged")
        text = screen_text(pilot)
        assert "No paragraph has state flagged." in text
        assert "v  change the filter" in text

    run_review(session, play)


def test_the_end_of_a_filter_says_so_and_leads_back(session: Session) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await choose(pilot, "v", "language zh")
        await pilot.press("a", "x", "s")
        assert "2 decided, 1 skipped" not in screen_text(pilot)
        assert "This is the end of what has language zh." in screen_text(pilot)
        await pilot.press("p")
        assert session.current is not None
        await choose(pilot, "v", "clear")
        assert "2 of 9 decided · 6 left" in screen_text(pilot)

    run_review(session, play)


def test_a_store_without_anything_to_decide_says_so(tmp_path: Path, annotator: Annotator) -> None:
    path = tmp_path / "empty.sqlite"
    fill(path, annotator, {})

    async def play(pilot: Pilot[None]) -> None:
        assert "Nothing that was read has a paragraph to decide on" in screen_text(pilot)
        await pilot.press("p", "n", "u", "enter")

    run_review(open_session(path, annotator), play)


# What stands on the screen


def test_the_legend_is_always_there(path: Path, annotator: Annotator) -> None:
    for size in ((80, 24), (100, 30), (200, 50), (60, 20)):
        session = open_session(path, annotator)

        async def play(pilot: Pilot[None]) -> None:
            for key in ("n", "1", "s", "f"):
                await pilot.press(key)
                legend = " ".join(screen_text(pilot).splitlines()[-4:])
                assert [word for word in LEGEND if word not in legend] == []

        run_review(session, play, size=size)


def test_the_legend_takes_two_rows_of_eighty_columns(session: Session) -> None:
    async def play(pilot: Pilot[None]) -> None:
        lines = screen_text(pilot).splitlines()
        assert lines[-2].startswith("Enter accept")
        assert lines[-1].endswith("q quit")

    run_review(session, play)


def test_progress_rate_and_what_is_left_stand_there(session: Session) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("enter", "enter", "x", "s")
        line = next(line for line in screen_text(pilot).splitlines() if "decided ·" in line)
        assert line.startswith("3 of 9 decided · 5 left")
        assert "1 skipped" in line
        assert "a minute" in line

    run_review(session, play)


def test_what_was_taken_back_does_not_count_in_the_rate(session: Session) -> None:
    session.accept()
    session.accept()
    assert session.rate is not None
    session.undo()
    assert session.rate is None
    session.store.close()


def test_the_official_name_comes_in_the_readers_language(path: Path, annotator: Annotator) -> None:
    for language in LANGUAGES:
        session = open_session(path, annotator)
        label = session.taxonomy.labels[session.rows[0].label]

        async def play(pilot: Pilot[None], name: str = label.name(language)) -> None:
            assert name in screen_text(pilot)

        run_review(session, play, size=(200, 40), names=language)


def test_neighbours_stand_around_the_paragraph(session: Session) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await choose(pilot, "d", "english")
        await pilot.press("n")
        lines = screen_text(pilot).splitlines()
        marked = [line for line in lines if line.startswith("▌")]
        assert marked[0].startswith("▌ Cybersecurity")
        before = next(place for place, line in enumerate(lines) if "telemedicine" in line)
        after = next(place for place, line in enumerate(lines) if "The weather" in line)
        assert before < lines.index(marked[0]) < after

    run_review(session, play)


def test_the_declared_labels_stand_beside(session: Session) -> None:
    async def play(pilot: Pilot[None]) -> None:
        assert "Document declares" in screen_text(pilot)
        assert "! unsupported: SDG14" in next(
            line for line in screen_text(pilot).splitlines() if "Document declares" in line
        )

    run_review(session, play)


@pytest.mark.parametrize(
    ("order", "said"), [("uncertain", "is uncertain"), ("random", "picked at random")]
)
def test_the_reason_stands_on_the_screen(
    path: Path, annotator: Annotator, order: str, said: str
) -> None:
    async def play(pilot: Pilot[None]) -> None:
        assert screen_text(pilot).splitlines()[1].startswith("Why  ")
        assert said in screen_text(pilot).splitlines()[1]

    run_review(open_session(path, annotator, Query(order)), play)  # type: ignore[arg-type]


def test_keyword_and_classifier_at_odds_and_declared_alone_are_reasons(
    tmp_path: Path, annotator: Annotator
) -> None:
    path = tmp_path / "odds.sqlite"
    fill(path, annotator, TEXTS | {"odd.txt": "He wrote the password on the museum ticket."})
    said = []

    async def play(pilot: Pilot[None]) -> None:
        for _ in range(10):
            said.append(screen_text(pilot).splitlines()[1])
            await pilot.press("n")

    run_review(open_session(path, annotator, Query("disagree")), play)
    assert "keyword yes, classifier no" in " ".join(said)
    assert "is declared but nothing else supports it" in " ".join(said)


# Text whole, scripts and scrolling


def long_text(language: str) -> str:
    """Return a paragraph that fills many screens, every sentence of it different."""
    sentence = {
        "ar": "تدرّب الوزارة {0} المعلّمين على {0} استخدام التكنولوجيا {0} في المدارس.",
        "en": "Teacher {0} is trained to use {0} digital tools in the {0} schools.",
        "es": "La maestra {0} aprende a usar {0} las herramientas digitales {0} en clase.",
        "fr": "L'enseignante {0} apprend à utiliser {0} les outils numériques {0} à l'école.",
        "ru": "Учитель {0} учится использовать {0} цифровые технологии {0} в школе.",
        "zh": "第{0}位教师学习在偏远地区的学校使用数字技术，",
    }[language]
    return " ".join(sentence.format(number) for number in range(60))


def without_spaces(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    ("language", "size"),
    [*((language, (80, 24)) for language in LANGUAGES), ("zh", (61, 20)), ("ar", (200, 50))],
)
def test_every_word_of_a_long_paragraph_can_be_read(
    tmp_path: Path, annotator: Annotator, language: str, size: tuple[int, int]
) -> None:
    path, text = tmp_path / "long.sqlite", long_text(language)
    fill(path, annotator, {"long.txt": text})
    session = open_session(path, annotator)
    seen: dict[str, None] = {}

    async def play(pilot: Pilot[None]) -> None:
        before = ""
        while (now := screen_text(pilot)) != before:
            seen.update(
                dict.fromkeys(
                    line.removeprefix("▌ ") for line in now.splitlines() if line.startswith("▌")
                )
            )
            before = now
            await pilot.press("pagedown")
        assert len(seen) > size[1] // 2
        while (now := screen_text(pilot)) != before:
            before = now
            await pilot.press("pageup")

    run_review(session, play, size=size)
    # Line after line, in the order in which they were read, they are the text: nothing is cut.
    assert without_spaces("".join(seen)) == without_spaces(text)


def test_a_long_paragraph_says_that_it_goes_on(tmp_path: Path, annotator: Annotator) -> None:
    path = tmp_path / "long.sqlite"
    fill(path, annotator, {"long.txt": long_text("ar")})

    async def play(pilot: Pilot[None]) -> None:
        lines = screen_text(pilot).splitlines()
        shown = sum(line.startswith("▌") for line in lines)
        [mark] = [line for line in lines if "more lines of this paragraph: PgDn" in line]
        width = 78  # of 80 columns, two are for the mark
        in_all = len(Text(long_text("ar")).wrap(Console(width=80), width))
        assert f"▼ {in_all - shown} more" in mark
        await pilot.press("pagedown")
        assert "lines of this paragraph above: PgUp" in screen_text(pilot)
        await pilot.press(*["pagedown"] * 30)
        assert "more lines of this paragraph" not in screen_text(pilot)

    run_review(open_session(path, annotator), play)


def test_text_that_would_act_on_the_terminal_only_shows(
    tmp_path: Path, annotator: Annotator
) -> None:
    path = tmp_path / "nasty.sqlite"
    text = "Telemedicine \x1b[31mred\x1b[0m \u202eabc [bold]digital[/bold] health \x07 [@click=app.quit]x[/] care."
    fill(path, annotator, {"a\x1b[2J[red]b.txt": f"{text}\n\nSecond: {text}\n\nThird: {text}"})
    session = open_session(path, annotator, Query("document"))
    session.next()
    session.comment("\x1b[31m[bold]")

    async def play(pilot: Pilot[None]) -> None:
        shown = screen_text(pilot)
        assert not set(shown) & {"\x1b", "\x07", "\u202e"}
        assert "[bold]digital[/bold]" in shown
        assert "[2J[red]b.txt" in shown
        assert "[@click=app.quit]x[/]" in shown.replace("\n▌ ", " ")
        await pilot.press("d")
        assert "\x1b" not in screen_text(pilot)

    run_review(session, play)


@pytest.mark.parametrize("key", ["l", "v", "d", "c", "h"])
@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
def test_no_text_stands_beside_a_window(session: Session, key: str, size: tuple[int, int]) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(key)
        await pilot.pause()
        lines = screen_text(pilot).splitlines()
        top = next(place for place, line in enumerate(lines) if "─" in line)
        bottom = max(place for place, line in enumerate(lines) if "─" in line)
        for line in lines[top : bottom + 1]:
            assert line[0] in "┌│└"
            assert line[-1] in "┐│┘"

    run_review(session, play, size=size)


# Evidence by origin, with and without colour


def styles_of(pilot: Pilot[None], word: str) -> set[str]:
    """Return the attributes in which a word of the paragraph is drawn."""
    found: set[str] = set()
    for line in pilot.app.screen._compositor.render_strips():  # noqa: SLF001 - what is drawn
        for segment in line if line.text.startswith("▌") else ():
            if word in segment.text and segment.style is not None:
                found |= {
                    name
                    for name in ("bold", "italic", "underline", "reverse")
                    if getattr(segment.style, name)
                }
    return found


def test_evidence_is_told_by_origin_without_colour(
    path: Path, annotator: Annotator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    session = open_session(path, annotator, Query("document"))

    async def play(pilot: Pilot[None]) -> None:
        assert "underline" in styles_of(pilot, "العريض")
        await pilot.press("n", "n")
        assert "reverse" in styles_of(pilot, "الهدف 14")
        # The letter of the origin stands before the words that the chosen label rests on.
        await pilot.press(*["up"] * 9)
        assert "SDG14 rests on  D الهدف 14" in screen_text(pilot)

    run_review(session, play)


# The mouse


def test_a_click_turns_a_label(path: Path, session: Session) -> None:
    first, row = number_of(session), session.rows[0]

    async def play(pilot: Pilot[None]) -> None:
        await pilot.click("#labels", offset=(6, 0))
        assert standing_of(path, first).answers == {row.label: not row.proposed}

    run_review(session, play)


def test_a_click_on_the_legend_does_what_the_key_does(path: Path, session: Session) -> None:
    first = number_of(session)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.click("#legend", offset=(2, 0))
        assert number_of(session) != first
        line = screen_text(pilot).splitlines()[-1]
        await pilot.click("#legend", offset=(line.index("h help"), 1))
        assert isinstance(pilot.app.screen, HelpScreen)

    run_review(session, play)
    assert standing_of(path, first).state == "finished"


def test_the_wheel_scrolls_text_and_labels(
    tmp_path: Path, all_labels: Path, annotator: Annotator
) -> None:
    async def wheel(pilot: Pilot[None], selector: str, *, up: bool = False) -> None:
        kind = events.MouseScrollUp if up else events.MouseScrollDown
        await pilot._post_mouse_events(  # noqa: SLF001 - pilot has no wheel of its own
            [kind], selector, button=0
        )

    async def labels(pilot: Pilot[None]) -> None:
        before = screen_text(pilot)
        await wheel(pilot, "#labels")
        assert screen_text(pilot) != before
        await wheel(pilot, "#labels", up=True)
        assert screen_text(pilot) == before

    run_review(open_session(all_labels, annotator), labels)
    path = tmp_path / "long.sqlite"
    fill(path, annotator, {"long.txt": long_text("zh")})

    async def text(pilot: Pilot[None]) -> None:
        before = screen_text(pilot)
        await wheel(pilot, "#text")
        assert "PgUp" in screen_text(pilot)
        await wheel(pilot, "#text", up=True)
        assert screen_text(pilot) == before

    run_review(open_session(path, annotator), text)


def test_a_click_chooses_in_the_picker(path: Path, session: Session) -> None:
    first = number_of(session)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("l", *"sdg13")
        await pilot.click("OptionList", offset=(3, 0))

    run_review(session, play)
    assert standing_of(path, first).answers == {"SDG13": True}


# Keyboards, help, quitting, trouble


@pytest.mark.parametrize(
    ("key", "state"),
    [("ф", "finished"), ("ش", "finished"), ("ч", "finished"), ("ء", "finished"), ("ы", "skipped")],
)
def test_keys_work_in_the_arabic_and_russian_layouts(
    path: Path, session: Session, key: str, state: str
) -> None:
    first = number_of(session)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(key)

    run_review(session, play)
    assert standing_of(path, first).state == state


@pytest.mark.parametrize("key", ["1", "١", "&"])
def test_digits_work_in_arabic_and_in_the_french_layout(
    path: Path, session: Session, key: str
) -> None:
    first = number_of(session)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(key)

    run_review(session, play)
    assert len(standing_of(path, first).answers) == 1


@pytest.mark.parametrize("key", ["h", "question_mark", "f1"])
def test_help_explains_every_key_and_closes(session: Session, key: str) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(key)
        text = " ".join(screen_text(pilot).replace("│", " ").split())
        for entry in KEYS:
            assert entry.help.split(":")[0] in text
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, ReviewScreen)

    run_review(session, play, size=(100, 60))


def test_quitting_ends_the_app(session: Session) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("q")
        assert not pilot.app.is_running

    run_review(session, play)


def test_interrupting_tells_the_key_that_quits(session: Session) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("ctrl+c")
        assert pilot.app.is_running
        assert "q quits; everything is saved already" in screen_text(pilot)

    run_review(session, play)


def test_no_key_is_bound_twice() -> None:
    keys = [key for entry in KEYS for key in entry.all_keys]
    assert sorted(keys) == sorted(set(keys))
    assert {entry.action.partition("(")[0] for entry in KEYS} == {
        entry.action.partition("(")[0]
        for entry in KEYS
        if hasattr(ReviewScreen, f"action_{entry.action.partition('(')[0]}")
    }


def test_a_store_that_cannot_be_written_is_told_and_nothing_moves(
    path: Path, session: Session
) -> None:
    first = number_of(session)

    async def play(pilot: Pilot[None]) -> None:
        session.store._connection.execute("PRAGMA query_only = ON")  # noqa: SLF001 - a real failure
        for key in ("enter", "x", "1", "s", "f", "u"):
            await pilot.press(key)
            assert "not done" in screen_text(pilot)
            assert number_of(session) == first
        session.store._connection.execute("PRAGMA query_only = OFF")  # noqa: SLF001
        await pilot.press("enter")
        assert number_of(session) != first

    run_review(session, play)
    assert standing_of(path, first).state == "finished"


def test_the_screen_follows_the_size_of_the_terminal(session: Session) -> None:
    async def play(pilot: Pilot[None]) -> None:
        for width, height in ((120, 40), (60, 20), (40, 20), (80, 24)):
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            lines = screen_text(pilot).splitlines()
            assert len(lines) == height
            assert any(line.startswith("▌") for line in lines)
            assert lines[-1].endswith("quit")

    run_review(session, play)


def test_a_tiny_terminal_breaks_nothing(path: Path, session: Session) -> None:
    first = number_of(session)

    async def play(pilot: Pilot[None]) -> None:
        for width, height in ((20, 8), (8, 3), (1, 1)):
            await pilot.resize_terminal(width, height)
            await pilot.press("pagedown", "down", "1", "h", "escape")
        await pilot.press("enter")

    run_review(session, play)
    assert standing_of(path, first).state == "finished"


# Deciding between others


def test_adjudicating_shows_who_disagrees_on_what_and_settles_it(
    path: Path, annotator: Annotator
) -> None:
    first = open_session(path, annotator, Query("document"), "ana")
    number, label = number_of(first), first.rows[0].label
    first.comment("البنية التحتية")
    first.accept()
    first.accept()
    first.store.close()
    second = open_session(path, annotator, Query("document"), "bo")
    second.reject()
    second.accept()
    second.store.close()
    third = open_session(path, annotator, Query("document", "disputed"), "chen")

    async def play(pilot: Pilot[None]) -> None:
        text = screen_text(pilot)
        assert "ana and bo disagree on" in text
        assert "ana ✓ bo ✗" in text
        assert "ana البنية التحتية" in text
        assert third.counts.total == 1
        await pilot.press("1", "1")
        assert "ana ✓ bo ✗  " in screen_text(pilot)
        assert "chen" not in screen_text(pilot)
        await pilot.press("enter")
        assert "No dispute is left" in screen_text(pilot)

    run_review(third, play)
    assert standing_of(path, number, "chen").answers[label] is True


def test_others_answers_are_not_seen_while_reviewing(path: Path, annotator: Annotator) -> None:
    first = open_session(path, annotator, Query("document"), "ana")
    first.comment("是")
    first.accept()
    first.store.close()
    second = open_session(path, annotator, Query("document"), "bo")

    async def play(pilot: Pilot[None]) -> None:
        assert "ana" not in screen_text(pilot)
        assert all(row.answer is None for row in second.rows)

    run_review(second, play)


def test_the_texts_of_these_tests_have_labels_in_each_script(
    path: Path, annotator: Annotator
) -> None:
    session = open_session(path, annotator, Query("document"))
    assert session.counts.total == sum(text.count("\n\n") + 1 for text in TEXTS.values())
    assert session.rows
    session.store.close()
