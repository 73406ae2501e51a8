"""The review as it looks: snapshots of the screen, and the real program in a real terminal."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import environment, run
from review_screens import open_session, run_review, screen_text
from rich.cells import cell_len
from terminals import Terminal, needs_tmux

from annotator import (
    AnnotatedDocument,
    AnnotatedParagraph,
    Assignment,
    Document,
    DocumentAssignment,
    Evidence,
    Paragraph,
)
from annotator.store import Query, Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.pilot import Pilot

    from annotator import Annotator, Taxonomy
    from annotator.model import Origin

SNAPSHOTS = Path(__file__).parent / "snapshots"
UPDATE = "UPDATE_SNAPSHOTS"
"""Set this variable to write the snapshots anew, then read the difference."""


def evidence(text: str, words: str, origin: Origin) -> Evidence:
    """Return a span of a paragraph that begins its document."""
    start = text.index(words)
    return Evidence(start, start + len(words), words, origin, weight=1.0)


def fixed_document(name: str, language: str, texts: tuple[str, ...]) -> AnnotatedDocument:
    """Return a document whose labels do not depend on a model."""
    text = "\n\n".join(texts)
    paragraphs = []
    for index, part in enumerate(texts):
        start = text.index(part)
        paragraphs.append(
            AnnotatedParagraph(Paragraph(index, start, start + len(part), part, language, "body"))
        )
    return AnnotatedDocument(
        Document(name, name, text, language),
        language,
        tuple(paragraphs),
        (
            DocumentAssignment("C4", "wsis", 0.97, assigned=True, origins=("declared",)),
            DocumentAssignment(
                "SDG14", "sdg", 0.97, assigned=True, origins=("declared",), supported=False
            ),
        ),
    )


ARABIC = (
    "تخدم الجلسة خط العمل جيم 4 وتجمع الوزارات والشركات والجامعات من جميع المناطق.",
    "تدرّب الوزارة المعلّمين والمعلّمات على استخدام المهارات الرقمية في المدارس، وتوسّع شبكات النطاق العريض في القرى النائية حتى يصل التعليم إلى كل طفل، وتدعم الهدف 14.",
    "وستُنشر النتائج في العام المقبل بلغات الأمم المتحدة الست.",
)
CHINESE = (
    "本次会议汇集了政府、企业和高校的代表。",
    "各部门为教师开展数字技能培训，并在偏远乡村建设宽带网络，使每个孩子都能获得优质教育。",
    "成果将于明年以联合国六种语文发布。",
)
SUGGESTED = {
    ARABIC[1]: (
        ("SDG4", 0.98, True, (("التعليم", "keyword"), ("المدارس", "classifier"))),
        ("SDG14", 0.97, True, (("الهدف 14", "declared"),)),
        ("C4", 0.93, True, (("المهارات الرقمية", "keyword"), ("تدرّب", "classifier"))),
        ("C2", 0.44, True, (("شبكات النطاق العريض", "keyword"),)),
        ("C7.e-learning", 0.21, False, (("المعلّمين", "classifier"),)),
    ),
    CHINESE[1]: (
        ("SDG4", 0.97, True, (("优质教育", "keyword"), ("教师", "classifier"))),
        ("C4", 0.9, True, (("数字技能培训", "keyword"),)),
        ("C2", 0.41, True, (("宽带网络", "keyword"),)),
        ("C7.e-learning", 0.2, False, (("教师", "classifier"),)),
    ),
}


@pytest.fixture
def fixed(tmp_path: Path, taxonomy: Taxonomy) -> Path:
    """Return a store with two documents whose scores never change."""
    documents = []
    for name, language, texts in (("جلسة.txt", "ar", ARABIC), ("会议.txt", "zh", CHINESE)):
        document = fixed_document(name, language, texts)
        middle = document.paragraphs[1]
        start = middle.paragraph.start
        labels = []
        for label, score, assigned, words in SUGGESTED[texts[1]]:
            spans = [evidence(texts[1], word, origin) for word, origin in words]  # type: ignore[arg-type]
            moved = tuple(
                Evidence(span.start + start, span.end + start, span.text, span.origin, weight=1.0)
                for span in spans
            )
            origins = tuple(dict.fromkeys(span.origin for span in spans))
            scheme = taxonomy.scheme_of(label)
            labels.append(Assignment(label, scheme, score, assigned, origins, moved))
        paragraphs = (
            document.paragraphs[0],
            AnnotatedParagraph(middle.paragraph, tuple(labels)),
            document.paragraphs[2],
        )
        documents.append(
            AnnotatedDocument(document.document, language, paragraphs, document.labels)
        )
    path = tmp_path / "fixed.sqlite"
    settings = {
        "version": "1",
        "taxonomy": "1",
        "model": "1",
        "thresholds": dict.fromkeys(taxonomy.labels, 0.4),
    }
    with Store.open(path) as store:
        store.add_documents(documents, settings)
    return path


SCREENS = {
    "ar-80x24": ((80, 24), "ar", ("n",)),
    "zh-80x24": ((80, 24), "zh", ("n", "n", "n", "n", "1", "f")),
    "picker-80x24": ((80, 24), "en", ("n", "l", "s", "d", "g", "1")),
    "filter-80x24": ((80, 24), "en", ("v",)),
    "help-80x24": ((80, 24), "en", ("h",)),
    "end-80x24": ((80, 24), "en", ("s", "s", "s", "s", "s", "s")),
    "ar-200x50": ((200, 50), "en", ("n",)),
}


@pytest.mark.parametrize("name", SCREENS)
def test_the_screen_is_the_one_that_was_looked_at(
    fixed: Path, annotator: Annotator, name: str
) -> None:
    size, names, keys = SCREENS[name]
    shown: list[str] = []

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        await pilot.pause()
        shown.append(screen_text(pilot))

    run_review(open_session(fixed, annotator, Query("document")), play, size=size, names=names)
    path = SNAPSHOTS / f"review-{name}.txt"
    text = shown[0].rstrip("\n") + "\n"
    if os.environ.get(UPDATE):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"set {UPDATE}=1 and read the difference"
    assert max(cell_len(line) for line in text.splitlines()) <= size[0]


# The real program in a real terminal


@pytest.fixture(params=[(80, 24), (200, 50)], ids=["80x24", "200x50"])
def terminal(request: pytest.FixtureRequest) -> Iterator[Terminal]:
    """Return a terminal of each size."""
    terminal = Terminal(*request.param)
    yield terminal
    terminal.stop()


@needs_tmux
def test_the_seeds_are_reviewed_in_a_real_terminal(
    terminal: Terminal, tmp_path: Path, seeds: Path
) -> None:
    command = shlex.join([sys.executable, "-m", "annotator", "review", str(seeds)])
    terminal.start(f"{command} --reviewer ليلى; echo status $?; sleep 60", tmp_path)
    screen = terminal.wait_for("q quit")
    assert "Why  " in screen
    assert "▌" in screen
    assert "0 of " in screen
    terminal.press("Enter")
    terminal.wait_for("1 of ")
    terminal.press("c")
    terminal.wait_for("Comment")
    terminal.type("نعم، 只有教育？ naïve ёж")
    terminal.wait_for("نعم، 只有教育？ naïve ёж")
    terminal.press("Enter")
    terminal.wait_for("comment saved")
    terminal.press("l")
    terminal.wait_for("Add a label")
    terminal.type("التعليم الجيد")
    terminal.wait_for("SDG4")
    terminal.press("Enter")
    terminal.wait_for("yes to SDG4")
    terminal.press("u")
    terminal.wait_for("took back: add")
    terminal.press("x")
    terminal.wait_for("2 of ")
    terminal.press("q")
    assert "left, in annotator-review.sqlite" in terminal.wait_for("status 0")
    with Store.open(tmp_path / "annotator-review.sqlite", reviewer="ليلى", create=False) as store:
        assert store.progress().finished == 2
        [commented] = store.queue(Query(state="commented"))
        assert store.standing(commented).comment == "نعم، 只有教育？ naïve ёж"
        assert store.standing(commented).state == "finished"


@needs_tmux
def test_a_review_goes_on_where_it_was_left_and_names_what_failed(
    terminal: Terminal, tmp_path: Path, seeds: Path
) -> None:
    program = shlex.join([sys.executable, "-m", "annotator"])
    seed = next(iter(sorted(seeds.glob("*.txt"))))
    first = f"{program} review {shlex.quote(str(seed))} missing.txt --store r.sqlite --reviewer a"
    again = f"{program} review --store r.sqlite --reviewer a --order random"
    terminal.start(f"{first}; echo status $?; {again}; echo then $?; sleep 60", tmp_path)
    terminal.wait_for("could not be read: 1,")
    terminal.press("Enter")
    terminal.wait_for("1 of ")
    terminal.press("q")
    assert "1 of " in terminal.wait_for("order random")
    terminal.press("q")
    screen = terminal.wait_for("then 0")
    assert "missing.txt: there is no such file" in " ".join(screen.split())
    assert "status 1" in screen


@needs_tmux
def test_where_nothing_can_be_read_no_screen_is_opened(terminal: Terminal, tmp_path: Path) -> None:
    program = shlex.join([sys.executable, "-m", "annotator", "review", "missing.txt"])
    terminal.start(f"{program}; echo status $?; sleep 60", tmp_path)
    screen = terminal.wait_for("status 3")
    assert "missing.txt" in screen
    assert "Enter accept" not in screen


@needs_tmux
def test_a_dispute_is_settled_in_a_real_terminal(fixed: Path, annotator: Annotator) -> None:
    for reviewer, deed in (("ليلى", "accept"), ("博文", "reject")):
        session = open_session(fixed, annotator, Query("document"), reviewer)
        session.next()
        getattr(session, deed)()
        session.store.close()
    terminal = Terminal(80, 24)
    try:
        program = shlex.join([sys.executable, "-m", "annotator", "review", "--store", str(fixed)])
        terminal.start(f"{program} --reviewer third --adjudicate; sleep 60", fixed.parent)
        assert "0 of 1 decided" in terminal.wait_for("ليلى and 博文 disagree on")
        terminal.press("Enter")
        terminal.wait_for("No dispute is left")
        terminal.press("q")
    finally:
        terminal.stop()
    with Store.open(fixed, reviewer="fourth") as store:
        assert store.queue(Query(state="disputed")) == []


@needs_tmux
def test_no_colour_is_sent_where_none_is_wanted(tmp_path: Path, seeds: Path) -> None:
    terminal = Terminal(80, 24)
    try:
        command = shlex.join([sys.executable, "-m", "annotator", "review", str(seeds)])
        terminal.start(f"read go; {command}", tmp_path, NO_COLOR="1")
        terminal.record(tmp_path / "sent")
        terminal.press("Enter")
        terminal.wait_for("q quit")
        terminal.press("Enter")
        terminal.wait_for("1 of ")
        sent = (tmp_path / "sent").read_bytes().decode()
    finally:
        terminal.stop()
    codes = [code for found in STYLE.findall(sent) for code in found.split(";")]
    assert {"1", "4"} <= set(codes)
    assert [code for code in codes if code in COLORS] == []


STYLE = re.compile(r"\x1b\[([\d;]*)m")
COLORS = {str(code) for code in (*range(30, 39), *range(40, 49), *range(90, 98), *range(100, 108))}


# The command line around it


def test_without_a_terminal_the_review_says_so() -> None:
    finished = run("review", "seeds", folder=Path(__file__).parent.parent)
    assert finished.status == 2
    assert "needs a terminal" in finished.stderr
    assert finished.stdout == ""


def test_a_screen_that_nobody_would_see_is_not_opened(tmp_path: Path) -> None:
    terminal, program = os.openpty()
    try:
        finished = subprocess.run(
            [
                sys.executable,
                "-m",
                "annotator",
                "review",
                "seeds",
                "--store",
                tmp_path / "r.sqlite",
            ],
            cwd=Path(__file__).parent.parent,
            env=environment(),
            stdin=program,
            stdout=program,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(program)
        os.close(terminal)
    assert finished.returncode == 2
    assert b"needs a terminal" in finished.stderr
    assert not (tmp_path / "r.sqlite").exists()


def test_an_unknown_order_is_refused() -> None:
    finished = run("review", "--order", "alphabetical")
    assert finished.status == 2
    assert "uncertain, disagree, document, random" in finished.stderr


def test_the_command_line_starts_without_the_screens_library() -> None:
    code = "import annotator.cli, sys; print('textual' in sys.modules)"
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert finished.stdout.strip() == "False"
