"""Options of the review that other commands have too: they mean the same in its store."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import pytest
from terminals import Terminal, needs_tmux

from annotator import Annotator, Document
from annotator.store import Query, Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from annotator.fusion import PresetName

TEXTS = {
    "ar": "وسّعت البلاد شبكات الجيل الخامس والنطاق العريض في الأرياف (الهدف التاسع)",
    "zh": "远程医疗平台惠及偏远地区民众，互联网普及率提升至百分之七十以上（可持续发展目标3）。",
    "en": "The ministry extends broadband networks to rural schools (SDG 4).",
    "fr": "Au sud, des familles mangent des cactus : la disette touche un million de personnes et les "
    "rations s'épuisent.",
    "ru": "Министерство обучает учителей цифровым навыкам и подключает сельские школы к интернету.",
}


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """Return a terminal of the smallest size that is promised."""
    terminal = Terminal(80, 24)
    yield terminal
    terminal.stop()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Return a table whose texts stand in a column of another name."""
    path = tmp_path / "t.csv"
    rows = "".join(f'{language},"{text}"\n' for language, text in TEXTS.items())
    path.write_text(f"id,النص\n{rows}", encoding="utf-8")
    return path


def start(terminal: Terminal, folder: Path, *arguments: str | Path) -> None:
    """Begin a review in a terminal; its exit status is shown at the end."""
    command = [sys.executable, "-m", "annotator", "review", *map(str, arguments)]
    terminal.start(
        f"{shlex.join([*command, '--store', 'r.sqlite', '--reviewer', 'ليلى'])}; "
        "echo status $?; sleep 60",
        folder,
    )


def stored(folder: Path) -> dict[str, list[tuple[str, float, bool]]]:
    """Return the labels that the store holds, by paragraph."""
    with Store.open(folder / "r.sqlite", reviewer="ليلى", create=False) as store:
        paragraphs = [store.paragraph(number) for number in store.queue(Query(state="all"))]
    return {
        paragraph.text: [(one.label, one.score, one.assigned) for one in paragraph.labels]
        for paragraph in paragraphs
    }


def labelled(preset: PresetName | None) -> dict[str, list[tuple[str, float, bool]]]:
    """Return the labels that the library gives the texts."""
    annotator = Annotator(preset=preset)
    return {
        paragraph.paragraph.text: [(one.label, one.score, one.assigned) for one in paragraph.labels]
        for language, text in TEXTS.items()
        for paragraph in annotator.annotate(Document(language, "t.csv", text)).paragraphs
    }


@needs_tmux
@pytest.mark.parametrize("preset", [None, "precision", "recall"])
def test_a_review_proposes_what_the_thresholds_say_for_the_column_that_is_named(
    preset: PresetName | None, terminal: Terminal, table: Path
) -> None:
    options = [f"--{preset}"] if preset else []
    start(terminal, table.parent, table.name, "--text-column", "النص", *options)
    assert f"0 of {len(TEXTS)} " in terminal.wait_for("q quit")
    terminal.press("q")
    terminal.wait_for("status 0")
    assert stored(table.parent) == labelled(preset)


def test_the_thresholds_of_these_texts_differ() -> None:
    assigned = [
        {label for labels in labelled(preset).values() for label, _, holds in labels if holds}
        for preset in (None, "precision", "recall")
    ]
    assert assigned[1] < assigned[2]
    assert assigned[0] != assigned[2]


@needs_tmux
def test_a_column_that_is_not_there_opens_no_screen(terminal: Terminal, table: Path) -> None:
    start(terminal, table.parent, table.name, "--text-column", "文本")
    screen = " ".join(terminal.wait_for("status 3").split())
    assert "t.csv" in screen
    assert "文本" in screen


@needs_tmux
def test_what_takes_too_long_is_left_out_of_a_review(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "slow.txt").write_text("C1, C2 & C3; " * 40_000, encoding="utf-8")
    (tmp_path / "quick.txt").write_text(TEXTS["zh"], encoding="utf-8")
    start(terminal, tmp_path, "slow.txt", "quick.txt", "--timeout", "1")
    terminal.wait_for("could not be read: 1,")
    terminal.press("Enter")
    terminal.wait_for("1 of 1 ")
    terminal.press("q")
    screen = " ".join(terminal.wait_for("status 1").split())
    assert "slow.txt: labelling it took longer than 1 s" in screen
    assert list(stored(tmp_path)) == [TEXTS["zh"]]


@needs_tmux
def test_the_presets_exclude_each_other_before_a_store_is_made(
    terminal: Terminal, table: Path
) -> None:
    start(terminal, table.parent, table.name, "--precision", "--recall")
    screen = " ".join(terminal.wait_for("status 2").split())
    assert "--precision and --recall contradict each other" in screen
    assert not (table.parent / "r.sqlite").exists()
