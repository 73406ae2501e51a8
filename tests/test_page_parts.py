"""The page without a browser: its numbers, its colours, its words, its pieces."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import subprocess
import sys
from itertools import product
from string import Formatter
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from commands import environment, run
from generated import LANGUAGES, mixed_text
from hypothesis import given, strategies as st
from lxml import html as lxml_html
from pages import HOSTILE, shown_text, write_page
from rich.console import Console

from annotator import Document, Place
from annotator.report import Detail, render_report, summarize
from annotator.report.formats import FORMATS
from annotator.report.page import words as words_module
from annotator.report.page.colors import DARK, LIGHT, TINTS, contrast, ink_on, mix
from annotator.report.page.highlight import Passage, cut_runs
from annotator.report.page.markup import direction, shown
from annotator.report.page.wheel import draw_wheel
from annotator.report.page.words import load_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from annotator import AnnotatedDocument, Annotator, Taxonomy

Node = Any
"""A parsed page or a part of it: the parser has no types."""

TEXT_CONTRAST = 4.5
"""What WCAG 2 asks of text, level AA."""


@pytest.fixture(scope="module")
def page(
    tmp_path_factory: pytest.TempPathFactory,
    portfolio: list[AnnotatedDocument],
    taxonomy: Taxonomy,
) -> Node:
    path = tmp_path_factory.mktemp("page") / "page.html"
    return parsed(write_page(path, portfolio, taxonomy))


def parsed(path: Path) -> Node:
    return lxml_html.fromstring(path.read_bytes())


def text_of(element: Node) -> str:
    return " ".join(str(element.text_content()).split())


# The page and the terminal agree


def test_the_figures_are_those_of_the_summary(
    page: Node,
    portfolio: list[AnnotatedDocument],
    taxonomy: Taxonomy,
) -> None:
    summary = summarize(portfolio, taxonomy)
    figures = {e.get("data-figure"): text_of(e) for e in page.cssselect("[data-figure]")}
    assert figures == {
        "documents": str(summary.documents),
        "paragraphs": str(summary.paragraphs),
        "labelled": str(summary.labelled),
        "unsupported": str(sum(len(a.unsupported) for a in summary.alignments)),
    }
    for kind, counts in (("language", summary.languages), ("reason", summary.abstained)):
        shown_counts = {
            e.get(f"data-{kind}"): int(text_of(e.cssselect("b")[0]))
            for e in page.cssselect(f"[data-{kind}]")
        }
        assert shown_counts == dict(counts)


def test_the_table_of_each_scheme_is_the_one_of_the_terminal(
    page: Node,
    portfolio: list[AnnotatedDocument],
    taxonomy: Taxonomy,
) -> None:
    console = Console(width=160, no_color=True, markup=False, highlight=False)
    with console.capture() as capture:
        console.print(render_report(portfolio, taxonomy, width=160, detail=Detail.CORPUS))
    row = re.compile(
        r"^(C\S+|SDG\d+) .*━ +([\d–]+) +([\d–]+) +([\d–]+) +([\d–]+)\s*$", re.MULTILINE
    )
    terminal = {cells[0]: list(cells[1:]) for cells in row.findall(capture.get())}
    assert len(terminal) > 10
    assert terminal == {
        e.get("data-label"): [text_of(cell) for cell in e.cssselect("td")]
        for e in page.cssselect(".labels tbody tr")
    }
    listed = capture.get().partition("Not touched")[2].split("\n")
    untouched = [line.split()[0] for line in listed if line.strip()]
    assert [e.get("data-label") for e in page.cssselect(".untouched li")] == untouched


def test_the_matrix_is_that_of_the_summary_with_the_official_one_behind_it(
    page: Node,
    portfolio: list[AnnotatedDocument],
    taxonomy: Taxonomy,
) -> None:
    summary = summarize(portfolio, taxonomy)
    cells = {tuple(e.get("data-cell").split()): e for e in page.cssselect("[data-cell]")}
    goals = [label for label in taxonomy.labels if taxonomy.scheme_of(label) == "sdg"]
    assert list(cells) == list(product(taxonomy.matrix, goals))
    for (line, goal), cell in cells.items():
        said = [text_of(e) for e in cell.cssselect(".unseen")]
        expected = load_words("en")["cells"][summary.cell(line, goal, taxonomy).value]
        assert said == ([] if expected == "neither" else [expected])
        assert "exp" in cell.get("class").split() or not taxonomy.expected(line, goal)
        number = summary.pairs[line, goal]
        assert [text_of(e) for e in cell.cssselect(".dot")] == ([str(number)] if number else [])


def test_declared_against_found_is_that_of_the_summary(
    page: Node,
    portfolio: list[AnnotatedDocument],
    taxonomy: Taxonomy,
) -> None:
    summary = summarize(portfolio, taxonomy)
    entries = page.cssselect(".alignments > li")
    shown_alignments = [
        (
            text_of(entry.cssselect("a")[0]),
            *(
                tuple(text_of(e) for e in entry.cssselect(f".{kind} .chip"))
                for kind in ("confirmed", "unsupported", "missing")
            ),
        )
        for entry in entries
    ]
    assert shown_alignments == [
        (a.document, a.confirmed, a.unsupported, a.missing) for a in summary.alignments
    ]
    counted = {
        e.get("data-label"): [text_of(cell) for cell in e.cssselect("td")]
        for e in page.cssselect(".claims tbody tr")
    }
    expected = {
        label: [
            sum(label in labels for labels in part)
            for part in (
                [a.confirmed for a in summary.alignments],
                [a.unsupported for a in summary.alignments],
                [a.missing for a in summary.alignments],
            )
        ]
        for label in taxonomy.labels
    }
    assert counted == {
        label: [str(number) if number else "–" for number in numbers]
        for label, numbers in expected.items()
        if any(numbers)
    }


def test_only_the_schemes_asked_for_are_shown(
    tmp_path: Path, portfolio: list[AnnotatedDocument], taxonomy: Taxonomy
) -> None:
    page = parsed(write_page(tmp_path / "p.html", portfolio, taxonomy, schemes=["sdg"]))
    assert page.cssselect(".matrix") == []
    shown_labels = {e.get("data-label") for e in page.cssselect("[data-label]")}
    assert shown_labels
    assert all(label.startswith("SDG") for label in shown_labels)
    assert not [e for e in page.cssselect(".chip, .tile") if text_of(e).startswith("C")]


def test_the_corpus_alone_has_no_texts(
    tmp_path: Path, portfolio: list[AnnotatedDocument], taxonomy: Taxonomy
) -> None:
    path = write_page(tmp_path / "p.html", portfolio, taxonomy, texts=False)
    assert parsed(path).cssselect(".src, #table, [href^='#d']") == []


def test_the_place_of_a_paragraph_in_its_source_is_shown(
    tmp_path: Path, annotator: Annotator, taxonomy: Taxonomy
) -> None:
    text = "Broadband for schools in the villages.\n\nTelemedicina para los pueblos."
    places = (Place(0, "page 1"), Place(40, "<b>slide</b> 2"))
    document = annotator.annotate(Document("d", "d", text, places=places))
    page = parsed(write_page(tmp_path / "p.html", [document], taxonomy))
    assert [text_of(e) for e in page.cssselect(".side bdi")] == ["page 1", "<b>slide</b> 2"]


@pytest.mark.parametrize("text", ["", " \n\n ", "-\n-\n"])
def test_a_document_without_paragraphs_is_shown_all_the_same(
    tmp_path: Path, annotator: Annotator, taxonomy: Taxonomy, text: str
) -> None:
    document = annotator.annotate(Document("empty", "empty", text))
    page = parsed(write_page(tmp_path / "p.html", [document], taxonomy))
    assert "".join(e.text_content() for e in page.cssselect("#d1 .src")) == text
    assert [e.get("data-states") for e in page.cssselect("#table tbody tr")] == ["silent empty"]


# Nothing but the page


def test_the_policy_allows_the_page_s_own_sources_and_nothing_else(page: Node) -> None:
    [policy] = [
        e.get("content") for e in page.cssselect("meta[http-equiv=Content-Security-Policy]")
    ]
    hashes = re.findall(r"'sha256-([^']+)'", policy)
    sources = [e.text for e in page.cssselect("style, script")]
    assert hashes == [
        base64.b64encode(hashlib.sha256(source.encode()).digest()).decode() for source in sources
    ]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert page.cssselect("[style]") == []
    addresses = [e.get(name) for name in ("src", "href") for e in page.cssselect(f"[{name}]")]
    assert all(address.startswith(("#", "data:,")) for address in addresses)
    assert not any(name.startswith("on") for e in page.iter() for name in e.attrib)


def test_the_same_documents_give_the_same_bytes(
    tmp_path: Path, portfolio: list[AnnotatedDocument], taxonomy: Taxonomy
) -> None:
    first, second = (
        write_page(tmp_path / f"{n}.html", portfolio, taxonomy).read_bytes() for n in (1, 2)
    )
    assert first == second


def unmarked(markup: str) -> str:
    """Return the text of markup as a browser reads it: carriage returns only by reference."""
    without = re.sub(r"<[^>]*>", "", markup).replace("\r", "\n")
    return re.sub(r"&[^;]+;", lambda m: "\r" if m[0] == "&#13;" else html.unescape(m[0]), without)


@given(mixed_text)
def test_text_is_shown_to_the_character(text: str) -> None:
    assert unmarked(str(shown(text))) == shown_text(text)


@pytest.mark.parametrize("text", [*HOSTILE, *HOSTILE.values()])
def test_hostile_text_leaves_no_markup_but_boxes(text: str) -> None:
    markup = str(shown(text))
    assert unmarked(markup) == shown_text(text)
    tags = set(re.findall(r"<[^>]*>", markup))
    assert all(
        re.fullmatch(r'<span class="ctl" data-code="U\+[0-9A-F]{4}">|</span>', t) for t in tags
    )


# Evidence


@st.composite
def passages(draw: st.DrawFn) -> tuple[str, list[Passage]]:
    text = draw(st.text(min_size=1, max_size=30))
    place = st.integers(0, len(text))
    pairs = draw(st.sets(st.tuples(place, place), max_size=8))
    spans = sorted({(min(pair), max(pair)) for pair in pairs}, key=lambda s: (s[0], -s[1]))
    return text, [Passage(start, end, {}) for start, end in spans]


@given(passages())
def test_passages_cut_a_text_without_loss(case: tuple[str, list[Passage]]) -> None:
    text, found = case
    pieces = [piece for run_ in cut_runs(text, found) for piece in run_.pieces]
    assert "".join(piece.text for piece in pieces) == text
    for number, passage in enumerate(found):
        own = "".join(piece.text for piece in pieces if number in piece.passages)
        assert own == text[passage.start : passage.end]


@given(passages())
def test_passages_that_overlap_are_one_run_and_others_are_not(
    case: tuple[str, list[Passage]],
) -> None:
    text, found = case
    runs = list(cut_runs(text, found))
    placed = [number for run_ in runs for number in run_.passages]
    assert placed == [n for n, passage in enumerate(found) if passage.start < passage.end]
    for run_ in runs:
        covered = [piece for piece in run_.pieces if piece.passages]
        assert len(covered) in (0, len(run_.pieces))


# Colours, words, drawing


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_all_that_is_written_reads_on_all_grounds(theme: dict[str, str]) -> None:
    for ground, ink in product(("ground", "raised", "sunken"), ("ink", "muted", "link", "warn")):
        assert contrast(theme[ground], theme[ink]) >= TEXT_CONTRAST, (ground, ink)


@given(st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}"))
def test_ink_reads_on_any_colour(color: str) -> None:
    assert contrast(color, ink_on(color)) >= TEXT_CONTRAST


def test_text_reads_on_the_ground_of_its_evidence(taxonomy: Taxonomy) -> None:
    for label in taxonomy.labels.values():
        for theme, share in zip((LIGHT, DARK), TINTS, strict=True):
            ground = mix(label.color, theme["raised"], share)
            assert contrast(ground, theme["ink"]) >= TEXT_CONTRAST, label.id


def leaves(table: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    for key, value in table.items():
        if all(isinstance(word, str) for word in value.values()):
            yield f"{path}{key}", value
        else:
            yield from leaves(value, f"{path}{key}.")


def test_every_word_is_there_in_the_six_languages() -> None:
    source = words_module.__file__.replace("words.py", "words.yaml")
    with open(source, encoding="utf-8") as file:  # noqa: PTH123 - a string it is
        table = yaml.safe_load(file)
    for key, translations in leaves(table):
        assert set(translations) == set(LANGUAGES), key
        fields = {
            language: sorted(name or "" for _, name, _, _ in Formatter().parse(word) if name)
            for language, word in translations.items()
        }
        assert all(names == fields["en"] for names in fields.values()), key


def test_words_of_an_unknown_language_are_english() -> None:
    assert load_words("tlh")["documents"] == "Documents"


def test_direction_goes_by_most_letters() -> None:
    assert direction("WSIS: القمة العالمية لمجتمع المعلومات") == "rtl"
    assert direction("The Arabic word القمة stands here") == "ltr"


def test_the_longest_bar_of_a_wheel_reaches_the_rim_and_nothing_has_none() -> None:
    wheel = draw_wheel(["SDG1", "SDG2", "SDG3"], {"SDG1": 4, "SDG2": 2})
    assert wheel[0].bar == wheel[0].track
    assert wheel[1].bar not in ("", wheel[1].track)
    assert wheel[2].bar == ""


# The command


def test_the_command_writes_the_page_and_still_names_what_failed(
    tmp_path: Path, seeds: Path
) -> None:
    output = tmp_path / "تقرير.html"
    done = run(
        "report", seeds, tmp_path / "absent", "--format", "html", "-o", output, "--names", "ar"
    )
    assert done.status == 1
    assert "absent" in done.stderr
    assert done.stdout == ""
    page = output.read_text(encoding="utf-8")
    assert page.startswith('<!DOCTYPE html>\n<html lang="ar" dir="rtl">')
    assert page.endswith("</html>\n")
    again = run("report", seeds, "--format", "html", "--names", "ar")
    assert again.stdout == page


def test_an_unknown_format_is_refused_with_those_that_there_are(seeds: Path) -> None:
    done = run("report", seeds, "--format", "pdf")
    assert done.status == 2
    assert all(name in done.stderr for name in ("pdf", "terminal", *FORMATS))


def test_a_page_that_cannot_be_written_is_an_error(tmp_path: Path, seeds: Path) -> None:
    done = run("report", seeds, "--format", "html", "-o", tmp_path / "absent" / "page.html")
    assert done.status == 3
    assert "page.html" in done.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["report", "seeds"]])
def test_the_terminal_never_waits_for_the_templates(seeds: Path, arguments: list[str]) -> None:
    program = (
        "import sys\nfrom annotator.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "sys.exit('jinja2' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=seeds.parent,
        env=environment(),
        check=False,
        capture_output=True,
    )
    assert done.returncode == 0
    assert done.stdout
