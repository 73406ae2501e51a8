"""The report on the seeds, as a whole, at two widths."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from rich.console import Console

from annotator.readers import read_documents
from annotator.report import Detail, render_report

if TYPE_CHECKING:
    from annotator import AnnotatedDocument, Annotator

SNAPSHOTS = Path(__file__).parent / "snapshots"
UPDATE = "UPDATE_SNAPSHOTS"
"""Set this variable to write the snapshots anew, then read the difference."""


@pytest.fixture(scope="module")
def documents(annotator: Annotator, seeds: Path) -> list[AnnotatedDocument]:
    failures: list[Exception] = []
    read = list(read_documents([seeds], failures.append))
    assert not failures
    # Ids are paths; a snapshot must not depend on where the checkout stands.
    named = [type(d)(Path(d.id).name, d.source, d.text, d.language, d.labels) for d in read]
    return [annotator.annotate(document) for document in named]


def rendered(
    documents: list[AnnotatedDocument], annotator: Annotator, width: int, detail: Detail
) -> str:
    console = Console(
        width=width, no_color=True, highlight=False, emoji=False, markup=False, force_terminal=False
    )
    with console.capture() as capture:
        console.print(render_report(documents, annotator.taxonomy, width=width, detail=detail))
    lines = [line.rstrip() for line in capture.get().splitlines()]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("width", [80, 120])
def test_report_on_the_seeds_is_the_one_that_was_read(
    documents: list[AnnotatedDocument], annotator: Annotator, width: int
) -> None:
    text = rendered(documents, annotator, width, Detail.PARAGRAPHS)
    path = SNAPSHOTS / f"report-{width}.txt"
    if os.environ.get(UPDATE):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"set {UPDATE}=1 and read the difference"


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
@pytest.mark.parametrize("detail", list(Detail))
def test_no_line_is_wider_than_asked(
    documents: list[AnnotatedDocument], annotator: Annotator, width: int, detail: Detail
) -> None:
    text = rendered(documents, annotator, width, detail)
    assert max(cell_len(line) for line in text.splitlines()) <= width


def test_report_says_what_was_read_and_left_out(
    documents: list[AnnotatedDocument], annotator: Annotator
) -> None:
    text = rendered(documents, annotator, 100, Detail.CORPUS)
    assert "documents     5" in text
    assert "boilerplate" in text
    assert "duplicate 6" in text
    assert "العربية" in text


def test_declared_and_found_stand_apart(
    documents: list[AnnotatedDocument], annotator: Annotator
) -> None:
    text = rendered(documents, annotator, 100, Detail.CORPUS)
    section = text.partition("Declared against found")[2].partition("Not touched")[0]
    assert "004_75d33195c1e6038d.txt" in section
    assert "confirmed" in section


def test_only_the_schemes_asked_for_are_reported(
    documents: list[AnnotatedDocument], annotator: Annotator
) -> None:
    console = Console(width=100, no_color=True, markup=False)
    with console.capture() as capture:
        console.print(render_report(documents, annotator.taxonomy, width=100, schemes=["sdg"]))
    assert "WSIS action lines" not in capture.get()
    assert "SDG11" in capture.get()


def test_names_come_in_the_language_asked_for(
    documents: list[AnnotatedDocument], annotator: Annotator
) -> None:
    console = Console(width=120, no_color=True, markup=False)
    with console.capture() as capture:
        console.print(render_report(documents, annotator.taxonomy, width=120, language="zh"))
    assert "信息社会世界峰会行动方面" in capture.get()
