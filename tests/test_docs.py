"""What the pages say: every command and option is there and no other, links lead somewhere, code runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer
from commands import environment

from annotator.cli import application
from annotator.export import FORMATS, TAXONOMY_FORMATS
from annotator.readers import SUFFIXES
from annotator.report.formats import FORMATS as REPORT_FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
REFERENCE = ROOT / "annotator" / "cli" / "README.md"
SKIPPED = {"build", "corpus", "dist", "mutants"}
"""Folders that hold what tools made, or what is broken on purpose."""

PAGES = sorted(
    page
    for page in ROOT.rglob("*.md")
    if not any(part in SKIPPED or part[0] == "." for part in page.relative_to(ROOT).parts)
)

OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
EVERYWHERE = {"--help"}
"""What every command has, and nobody has to be told."""


def commands_of(group: Any, *path: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - typer's own copy of click
    """Yield every command with its name, those of groups too."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands_of(command, *path, name)
        else:
            yield " ".join((*path, name)), command


def options_of(command: Any) -> set[str]:  # noqa: ANN401 - as above
    """Return the options of a command, in their short and long forms."""
    return {
        name
        for parameter in command.params
        if parameter.param_type_name == "option"
        for name in parameter.opts
    } - EVERYWHERE


COMMANDS = dict(commands_of(typer.main.get_command(application.app)))
TEXT = README.read_text(encoding="utf-8")


def sections(text: str) -> dict[str, str]:
    """Return what stands under each heading of the reference that names a command."""
    parts = re.split(r"^#{2,3} annotator (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


SECTIONS = sections(REFERENCE.read_text(encoding="utf-8"))


def blocks(language: str) -> list[str]:
    """Return the README's fenced blocks of a language."""
    return [body for of, body in FENCED.findall(TEXT) if of == language]


def test_the_command_line_was_found() -> None:
    assert {"report", "store merge", "taxonomy import"} <= COMMANDS.keys()
    assert "--format" in options_of(COMMANDS["report"])


@pytest.mark.parametrize("name", COMMANDS)
def test_the_readme_names_every_command(name: str) -> None:
    group, _, own = name.rpartition(" ")
    row = re.search(rf"^\| `annotator {group or own}\b.*$", TEXT, re.MULTILINE)
    assert row, "there is no row for it"
    assert re.search(rf"\b{own}\b", row[0].split(" | ")[0])


@pytest.mark.parametrize("name", COMMANDS)
def test_the_reference_has_every_option_of_a_command_and_no_other(name: str) -> None:
    documented = {*OPTION.findall(SECTIONS[name])} - EVERYWHERE
    own = {option for option in options_of(COMMANDS[name]) if option.startswith("--")}
    assert documented == own


@pytest.mark.parametrize("name", COMMANDS)
def test_the_reference_has_the_short_form_of_an_option(name: str) -> None:
    shared = REFERENCE.read_text(encoding="utf-8").partition("## annotator ")[0]
    for option in options_of(COMMANDS[name]):
        if not option.startswith("--"):
            assert f"`{option}`" in SECTIONS[name] + shared


def test_the_reference_has_no_command_that_is_not_there() -> None:
    assert SECTIONS.keys() - {"store", "taxonomy"} == COMMANDS.keys()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_an_option_that_a_page_gives_a_command_is_one_of_its_own(page: Path) -> None:
    for span in CODE.findall(page.read_text(encoding="utf-8")):
        given = re.search(r"\bannotator ([a-z]+(?: [a-z]+)?)", span)
        if given is None:
            continue
        name = given[1] if given[1] in COMMANDS else given[1].partition(" ")[0]
        if name in COMMANDS:
            assert {*OPTION.findall(span)} - EVERYWHERE <= options_of(COMMANDS[name]), span
        else:
            assert name in {"store", "taxonomy"}, span


@pytest.mark.parametrize("text", [TEXT, REFERENCE.read_text(encoding="utf-8")])
def test_every_format_is_told(text: str) -> None:
    for name in (*FORMATS, *TAXONOMY_FORMATS, *REPORT_FORMATS, "terminal"):
        assert f"`{name}`" in text, name


def test_the_readme_names_what_is_read() -> None:
    alike = {".htm", ".xhtml", ".markdown", ".mhtml", ".ndjson"}
    assert [suffix for suffix in SUFFIXES if f"`{suffix}`" not in TEXT] == sorted(alike)


def test_the_first_blocks_are_those_that_the_checks_paste() -> None:
    first, second = blocks("sh")[:2]
    assert first.strip().endswith(".venv/bin/annotator report seeds")
    assert second.strip().endswith(".venv/bin/python -m pytest")


@pytest.mark.parametrize("code", blocks("python"))
def test_the_readmes_python_runs(code: str, tmp_path: Path) -> None:
    script = tmp_path / "readme.py"
    script.write_text(code, encoding="utf-8")
    finished = subprocess.run(
        [sys.executable, str(script)],
        cwd=tmp_path,
        env=environment(PYTHONPATH=str(ROOT), PYTHONIOENCODING="utf-8"),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert (finished.returncode, finished.stderr) == (0, "")
    lines = finished.stdout.splitlines()
    assert any(line.startswith("C7.e-health ") and "远程医疗" in line for line in lines)
    assert lines[-1] == "SDG4 ('declared',)"


def anchors(page: Path) -> set[str]:
    """Return the names by which a page's headings can be linked."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.is_relative_to(ROOT), f"{target} is outside the checkout"
        assert linked.exists(), f"{target} is not there"
        assert not anchor or anchor in anchors(linked), f"{target} has no such heading"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_of_the_checkout_that_a_page_names_is_there(page: Path) -> None:
    tops = "annotator|assets|benchmarks|seeds|taxonomy|tests"
    text = page.read_text(encoding="utf-8")
    for name in re.findall(rf"(?<![\w/.-])((?:{tops})/[\w./-]*\w)(?![\w*…<])", text):
        assert (ROOT / name).exists(), f"{name} is not there"


def test_a_gap_would_be_seen() -> None:
    broken = "# A\n\n## annotator report\n\n`--detail`, `--no-such`\n"
    found = {*OPTION.findall(sections(broken)["report"])}
    assert found == {"--detail", "--no-such"}
    assert options_of(COMMANDS["report"]) - found
    assert found - options_of(COMMANDS["report"]) == {"--no-such"}
