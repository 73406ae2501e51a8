"""The command line: statuses, failures by name, nothing that acts on a terminal, any size."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from commands import environment, read_terminal, run
from generated import SENTENCES
from rich.cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from commands import Finished

SECONDS = 200
"""How long the largest inputs may take: many times what they should, and no more."""

COMMANDS = [
    [],
    ["report"],
    ["export"],
    ["explain"],
    ["review"],
    ["taxonomy"],
    ["taxonomy", "list"],
    ["taxonomy", "show"],
    ["taxonomy", "check"],
]

ACTS_ON_TERMINALS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Everything that a terminal would obey; the ends of lines aside."""

COLOR = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d+)*m")

NASTY = (
    "Cybersecurity \x1b[31mred\x1b[0m and \x1b]0;title\x07 broadband \x9b31m \x08\x08 for SDG 9 \x7f.\n"
    "[bold red]Telemedicine[/bold red] [link=https://example.org]e-health[/link] [/] [[x]] :smile:\n"
    "Digital skills \u202efor girls\u202c and \u2067women\u2069 in schools, SDG 4 and SDG 5.\r\n"
    "網絡安全與數字經濟\x1b[2J，縮小數位落差。\n"
)


@pytest.fixture
def nasty(tmp_path: Path) -> Path:
    """Return a file whose text and whose name try to act on a terminal."""
    path = tmp_path / "a\x1b[31m[bold]b\x07.txt"
    path.write_bytes(NASTY.encode())
    return path


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """Return a file that can be read."""
    path = tmp_path / "good.txt"
    path.write_text("\n".join(SENTENCES["en"]), encoding="utf-8")
    return path


def assert_one_line_each(finished: Finished, *names: str) -> None:
    """Check that each failure is one line on stderr that names its input."""
    lines = finished.stderr.splitlines()
    assert len(lines) == len(names)
    for line, name in zip(lines, names, strict=True):
        assert line.startswith("annotator: ")
        assert name in line


# Help


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command) or "annotator")
def test_help_is_printed_for_every_command(command: list[str]) -> None:
    finished = run(*command, "--help")
    assert (finished.status, finished.stderr) == (0, "")
    assert "Usage:" in finished.stdout


# Exit statuses


def test_0_when_all_was_done(good: Path) -> None:
    for command in ("report", "export"):
        finished = run(command, good)
        assert (finished.status, finished.stderr) == (0, "")
        assert finished.stdout


@pytest.mark.parametrize("command", ["report", "export"])
def test_1_when_some_inputs_could_not_be_read_and_the_others_were(
    command: str, good: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty.txt").touch()
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 9)
    (tmp_path / "rows.jsonl").write_text('{"text": "SDG 4 and C2"}\n{"id": 1}\n', encoding="utf-8")
    names = ["missing.txt", "empty.txt", "picture.txt", "rows.jsonl", good.name]
    finished = run(command, *names, folder=tmp_path)
    assert finished.status == 1
    assert_one_line_each(finished, "missing.txt", "empty.txt", "picture.txt", "rows.jsonl:2")
    assert "good.txt" in finished.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["report"], id="no path"),
        pytest.param(["export"], id="no path to export"),
        pytest.param(["reprot", "a.txt"], id="unknown command"),
        pytest.param(["report", "a.txt", "--colour"], id="unknown option"),
        pytest.param(["report", "a.txt", "--detail", "words"], id="unknown detail"),
        pytest.param(["report", "a.txt", "--scheme", "mdg"], id="unknown scheme"),
        pytest.param(["report", "a.txt", "--width", "wide"], id="width is no number"),
        pytest.param(["report", "a.txt", "--width", "3"], id="width too small"),
        pytest.param(["report", "a.txt", "--threshold", "2"], id="threshold above one"),
        pytest.param(["export", "a.txt", "--format", "xml"], id="unknown format"),
        pytest.param(["explain", "  "], id="nothing to explain"),
        pytest.param(["taxonomy", "show", "C99"], id="unknown label"),
    ],
)
def test_2_when_the_usage_is_wrong(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("SDG 4", encoding="utf-8")
    finished = run(*arguments, folder=tmp_path)
    assert finished.status == 2
    assert finished.stderr
    assert "Traceback" not in finished.stderr


@pytest.mark.parametrize("command", ["report", "export"])
def test_3_when_nothing_could_be_done(command: str, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    finished = run(
        command, tmp_path / "missing.txt", tmp_path / "empty.txt", tmp_path / "no folder"
    )
    assert finished.status == 3
    assert_one_line_each(finished, "missing.txt", "empty.txt", "no folder")


def test_3_when_the_taxonomy_is_wrong_with_file_and_line(
    write_taxonomy: Callable[[str], Path], good: Path
) -> None:
    folder = write_taxonomy("- id: one\n  labels: {C2: strong}\n  terms: {en: [one, [two]]}\n")
    finished = run("report", good, "--taxonomy", folder)
    assert finished.status == 3
    assert_one_line_each(finished, str(folder / "concepts" / "all.yaml") + ":3")
    assert "Try:" in finished.stderr


def test_3_when_there_is_no_taxonomy(good: Path, tmp_path: Path) -> None:
    finished = run("report", good, "--taxonomy", tmp_path / "nowhere")
    assert finished.status == 3
    assert_one_line_each(finished, "nowhere")


def test_a_reader_that_goes_away_is_no_error(seeds: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "annotator", "export", str(seeds), str(seeds), str(seeds)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=60)
    assert b"Traceback" not in errors
    assert b"Exception" not in errors


# What is in a text stays text


@pytest.mark.parametrize("detail", ["documents", "paragraphs"])
def test_nothing_in_a_document_acts_on_the_terminal(nasty: Path, detail: str) -> None:
    finished = run("report", nasty, "--detail", detail, "--width", "120")
    assert finished.status == 0
    assert not ACTS_ON_TERMINALS.search(finished.stdout)
    assert not ACTS_ON_TERMINALS.search(finished.stderr)
    if detail == "paragraphs":
        for part in (
            "[31mred",
            "[bold red]",
            "[/bold red]",
            "[link=https://example.org]",
            ":smile:",
        ):
            assert part in finished.stdout


def test_nothing_in_a_text_that_is_explained_acts_on_the_terminal() -> None:
    finished = run("explain", "-", stdin=NASTY.encode())
    assert finished.status == 0
    assert not ACTS_ON_TERMINALS.search(finished.stdout)
    assert "[bold red]" in finished.stdout
    assert "[/]" in finished.stdout


def test_nothing_in_the_name_of_a_failure_acts_on_the_terminal(tmp_path: Path) -> None:
    names = ["a\x1b[31mb\x07.txt", "[bold]c[/bold].txt", "d\ne.txt", "\u202ef.txt"]
    finished = run("report", *(tmp_path / name for name in names))
    assert finished.status == 3
    assert_one_line_each(finished, "[31mb", "[bold]c[/bold].txt", "e.txt", "f.txt")
    assert not ACTS_ON_TERMINALS.search(finished.stderr)


def test_ids_and_texts_of_rows_are_inert_too(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    rows = [{"id": "\x1b[2J[red]id[/]\n2", "text": "SDG 4"}, {"id": "\x1b[31mno"}, "\x1b[31m{no"]
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    finished = run("report", path, "--detail", "paragraphs")
    assert finished.status == 1
    assert not ACTS_ON_TERMINALS.search(finished.stdout + finished.stderr)
    assert "[red]id[/]" in finished.stdout


def test_an_export_holds_no_escape(nasty: Path) -> None:
    finished = run("export", nasty)
    assert finished.status == 0
    assert b"\x1b" not in finished.output
    record = json.loads(finished.stdout)
    text = NASTY.replace("\r\n", "\n").split("\n")[0]
    assert record["paragraphs"][0]["text"] == text


# Width and colour


WIDE = {
    "Chinese without spaces": SENTENCES["zh"][0] * 40,
    "Arabic with marks": SENTENCES["ar"][1] * 20,
    "a word of 500 letters": "telemedicine" + "e" * 500 + " broadband",
    "emoji and full width": "😀👩‍🏫🇺🇳 ＳＤＧ９ 網絡安全 " * 30,
    "decomposed": "e\u0301ducation nume\u0301rique et te\u0301le\u0301me\u0301decine " * 20,
}


@pytest.fixture(scope="session")
def wide(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Path:
    """Return a folder of the seeds and of texts whose width is easily got wrong."""
    folder = tmp_path_factory.mktemp("wide")
    for path in seeds.glob("*.txt"):
        (folder / path.name).write_bytes(path.read_bytes())
    for number, text in enumerate(WIDE.values()):
        name = f"{number} 数字经济" + "经" * 60 * (number == 0) + ".txt"
        (folder / name).write_text(f"{text}\n\n{text} C2, SDG 9", encoding="utf-8")
    return folder


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_of_a_report_is_wider_than_asked(wide: Path, width: int) -> None:
    finished = run("report", wide, "--width", str(width), "--detail", "paragraphs")
    assert finished.status == 0
    too_wide = [line for line in finished.stdout.split("\n") if cell_len(line) > width]
    assert too_wide == []


@pytest.mark.parametrize("width", [40, 80])
def test_no_line_of_an_explanation_is_wider_than_asked(width: int) -> None:
    text = "\n".join(WIDE.values())
    finished = run("explain", "-", "--width", str(width), stdin=text.encode())
    assert finished.status == 0
    assert [line for line in finished.stdout.split("\n") if cell_len(line) > width] == []


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["report", "good.txt", "--detail", "paragraphs"], id="report"),
        pytest.param(["report", "good.txt", "--no-color"], id="report without colour"),
        pytest.param(["explain", "SDG 4: broadband in schools"], id="explain"),
        pytest.param(["taxonomy", "list"], id="taxonomy list"),
        pytest.param(["taxonomy", "show", "C5", "--lang", "en"], id="taxonomy show"),
    ],
)
def test_what_is_piped_holds_no_colour(arguments: list[str], good: Path) -> None:
    finished = run(*arguments, folder=good.parent)
    assert finished.status == 0
    assert finished.stdout.strip()
    assert "\x1b" not in finished.stdout


def on_a_terminal(*arguments: str | Path) -> tuple[int, str]:
    """Run a command with its output on a terminal of 80 columns; return its status and output."""
    import pty  # noqa: PLC0415 - not everywhere there

    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "annotator", *map(str, arguments)],
        stdout=follower,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        env=environment(TERM="xterm-256color", COLORTERM="truecolor", COLUMNS="80"),
    )
    os.close(follower)
    shown = read_terminal(leader)
    return process.wait(timeout=60), shown.decode("utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_terminal_gets_the_official_colours_unless_they_are_not_wanted(seeds: Path) -> None:
    path = seeds / "003_9190a2000918a9b9.txt"
    status, colored = on_a_terminal("report", path)
    assert status == 0
    assert COLOR.search(colored)
    status, plain = on_a_terminal("report", path, "--no-color")
    assert status == 0
    assert not COLOR.search(plain)
    without_codes = re.sub(r"\x1b\[[\d;]*m", "", colored)
    assert without_codes == re.sub(r"\x1b\[[\d;]*m", "", plain)


def test_a_report_in_a_file_is_the_one_that_is_piped(wide: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.txt"
    piped = run("report", wide, "--width", "100")
    written = run("report", wide, "--width", "100", "--output", target)
    assert (written.status, written.stdout) == (0, "")
    assert target.read_bytes() == piped.output


def test_output_is_whole_under_any_locale(seeds: Path) -> None:
    path = seeds / "003_9190a2000918a9b9.txt"
    usual = run("report", path, "--names", "ar")
    bare = run(
        "report", path, "--names", "ar", LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0"
    )
    assert bare.status == 0
    assert bare.output == usual.output


# What a report says


def test_a_report_can_be_narrowed_to_one_scheme(seeds: Path) -> None:
    path = seeds / "004_75d33195c1e6038d.txt"
    goals = run("report", path, "--scheme", "sdg").stdout
    assert re.search(r"\bSDG8\b", goals)
    assert not re.search(r"^C\d+\b", goals, re.MULTILINE)
    lines = run("report", path, "--scheme", "wsis").stdout
    assert re.search(r"^C11\b", lines, re.MULTILINE)
    assert not re.search(r"\bSDG8\b", lines)


def test_the_levels_of_detail_go_further_down_each(seeds: Path) -> None:
    path = seeds / "004_75d33195c1e6038d.txt"
    corpus, documents, paragraphs = (
        run("report", path, "--detail", detail).stdout
        for detail in ("corpus", "documents", "paragraphs")
    )
    assert documents.startswith(corpus.rstrip())
    assert paragraphs.startswith(documents.rstrip())
    assert len(corpus) < len(documents) < len(paragraphs)


def test_a_stricter_threshold_gives_no_label_more(seeds: Path) -> None:
    counts = [
        sum(
            label["assigned"]
            for line in run("export", seeds, "--threshold", threshold).stdout.splitlines()
            for label in json.loads(line)["labels"]
        )
        for threshold in ("0.2", "0.5", "0.9")
    ]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]


def test_an_explanation_shows_the_labels_their_evidence_and_the_sum() -> None:
    finished = run("explain", "Telemedicine reaches remote villages; SDG 4.", "--width", "100")
    assert finished.status == 0
    for part in ("C7.e-health", "SDG4", "Telemedicine", "SDG 4", "declared", "keyword", "log-odds"):
        assert part in finished.stdout


# Size


def one_line(sentences: Sequence[str], size: int) -> str:
    """Repeat sentences on one line up to a size in bytes, with a number after each time."""
    once = " ".join(sentences)
    return " ".join(f"{once} {number}" for number in range(size // len(once.encode())))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(one_line(SENTENCES["en"][:1], 2**21), id="two megabytes of prose"),
        pytest.param(one_line(SENTENCES["ar"], 2**19), id="thousands of declared labels"),
    ],
)
def test_a_paragraph_of_any_size_on_one_line_is_done(line: str, tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text(line, encoding="utf-8")
    finished = run("report", path, seconds=SECONDS)
    assert finished.status == 0
    assert re.search(r"paragraphs\s+1\b", finished.stdout)


def test_a_word_of_a_megabyte_is_done(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("経数e" * 45_000 + "a" * 300_000 + "ا" * 200_000, encoding="utf-8")
    assert run("report", path, seconds=SECONDS).status == 0


def test_a_text_of_a_megabyte_in_many_paragraphs_is_done(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    texts = [" ".join(group) for group in SENTENCES.values()]
    lines = [f"{number} {text}\n\n" for number in range(800) for text in texts]
    path.write_text("".join(lines), encoding="utf-8")
    assert path.stat().st_size > 1_000_000
    finished = run("report", path, "--detail", "paragraphs", seconds=SECONDS)
    assert finished.status == 0
    assert finished.stdout.count("¶ ") >= len(lines)


# The taxonomy


def test_the_list_shows_every_label_in_any_language() -> None:
    for language, name in (("en", "E-health"), ("ru", "Ликвидация нищеты"), ("zh", "优质教育")):
        finished = run("taxonomy", "list", "--names", language)
        assert finished.status == 0
        labels = re.findall(r"^(C\d+(?:\.e-[a-z]+)?|SDG\d+)\b", finished.stdout, re.MULTILINE)
        assert len(set(labels)) == 36
        assert name in finished.stdout


@pytest.mark.parametrize("name", ["C7.e-health", "c7.E-HEALTH"])
def test_a_label_is_shown_with_its_names_matrix_and_concepts(name: str) -> None:
    finished = run("taxonomy", "show", name)
    assert finished.status == 0
    for part in ("E-health", "الصحة", "SDG3", "telemedicine", "C7"):
        assert part in finished.stdout


def test_a_concept_is_shown_with_its_terms_in_the_languages_asked_for() -> None:
    finished = run("taxonomy", "show", "telemedicine", "--lang", "zh", "--lang", "fr")
    assert finished.status == 0
    assert "远程医疗" in finished.stdout
    assert "télémédecine" in finished.stdout
    assert "телемедицина" not in finished.stdout


def test_the_taxonomy_that_ships_passes_its_check() -> None:
    finished = run("taxonomy", "check")
    assert (finished.status, finished.stdout.strip()) == (0, "no problem found")


def test_a_taxonomy_with_mistakes_is_refused_with_file_and_line(
    write_taxonomy: Callable[[str], Path],
) -> None:
    concept = "- id: one\n  labels: {C99: strong}\n  terms: {en: [one]}\n"
    folder = write_taxonomy(concept + concept)
    finished = run("taxonomy", "check", "--taxonomy", folder)
    assert finished.status == 1
    place = folder / "concepts" / "all.yaml"
    assert f"{place}:4: the id one stands twice" in finished.stdout
    assert "C99" in finished.stdout
    assert "no term in ar" in finished.stdout
    assert "Try:" in finished.stdout
