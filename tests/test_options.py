"""Options that several commands have mean the same in each of them."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import pytest
from commands import run

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"
TEXTS = {
    "ar": "وسّعت البلاد شبكات الجيل الخامس والنطاق العريض في الأرياف (الهدف التاسع)",
    "zh": "远程医疗平台惠及偏远地区民众，互联网普及率提升至百分之七十以上（可持续发展目标3）。",
    "en": "The ministry extends broadband networks to rural schools (SDG 4).",
}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Return a table whose texts stand in a column of another name."""
    path = tmp_path / "t.csv"
    rows = "".join(f'{language},"{text}"\n' for language, text in TEXTS.items())
    path.write_text(f"id,النص\n{rows}", encoding="utf-8")
    return path


def test_the_version_is_told() -> None:
    finished = run("--version")
    assert (finished.status, finished.stdout) == (0, f"annotator {version('wsis-sdg-annotator')}\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", SEEDS),
        ("compare", SEEDS, SEEDS),
        ("taxonomy", "list"),
        ("report", SEEDS, "--format", "html"),
    ],
    ids=lambda arguments: " ".join(map(str, arguments[::2])),
)
@pytest.mark.parametrize("language", ["xx", "de", "", "EN"])
def test_a_language_without_names_is_refused_with_those_there_are(
    arguments: tuple[str | Path, ...], language: str
) -> None:
    finished = run(*arguments, "--names", language)
    assert (finished.status, finished.stdout) == (2, "")
    assert f"--names {language} is none of ar, en, es, fr, ru, zh" in finished.stderr


def test_a_claim_reads_the_column_that_is_named(table: Path) -> None:
    assert run("claim", table).status == 3
    finished = run("claim", table, "--text-column", "النص", "--format", "json", "--timeout", "30")
    assert (finished.status, finished.stderr) == (0, "")
    assert len(json.loads(finished.stdout)["claims"]) == 3


def test_a_comparison_reads_the_column_that_is_named(table: Path) -> None:
    finished = run("compare", table, table, "--text-column", "النص", "--format", "json")
    assert (finished.status, finished.stderr) == (0, "")


@pytest.mark.parametrize("command", [("claim", SEEDS), ("compare", SEEDS, SEEDS), ("explain", "x")])
def test_presets_exclude_each_other_everywhere(command: tuple[str | Path, ...]) -> None:
    finished = run(*command, "--precision", "--recall")
    assert finished.status == 2
    assert "--precision and --recall contradict each other" in finished.stderr


def test_presets_change_what_is_claimed_and_compared() -> None:
    for command in (
        ("claim", SEEDS),
        ("compare", SEEDS / "000_44d8f6f28c7da713.txt", SEEDS / "001_40a9a8fe23a1676c.txt"),
    ):
        strict, lax = (
            run(*command, "--format", "json", preset, seconds=120).stdout
            for preset in ("--precision", "--recall")
        )
        assert strict
        assert strict != lax


def test_an_explanation_has_the_thresholds_that_are_asked_for() -> None:
    usual, strict, lax, far = (
        run("explain", TEXTS["zh"], *options, "--width", "100").stdout
        for options in ((), ("--precision",), ("--recall",), ("--threshold", "0.99"))
    )
    assert len({usual, strict, lax, far}) == 4
    model = ROOT / "annotator" / "_model"
    assert run("explain", TEXTS["zh"], "--model", model, "--width", "100").stdout == usual
    assert run("explain", "x", "--model", ROOT / "tests").status == 3


def test_the_time_limit_holds_for_claims_and_comparisons(tmp_path: Path) -> None:
    slow, quick = tmp_path / "slow.txt", tmp_path / "quick.txt"
    slow.write_text("C1, C2 & C3; " * 40_000, encoding="utf-8")
    quick.write_text(TEXTS["en"], encoding="utf-8")
    finished = run("claim", slow, quick, "--timeout", "1")
    assert finished.status == 1
    assert f"{slow}: labelling it took longer than 1 s" in finished.stderr
    assert "quick.txt" in finished.stdout
    finished = run("compare", slow, quick, "--timeout", "1")
    assert finished.status == 3


def test_jobs_go_with_resume_and_not_with_an_engine(tmp_path: Path) -> None:
    outputs: list[bytes] = []
    for options in ((), ("--resume",), ("--resume", "--jobs", "2")):
        output = tmp_path / f"{len(outputs)}.jsonl"
        finished = run("export", SEEDS, "-o", output, *options)
        assert (finished.status, finished.stderr) == (0, "")
        outputs.append(output.read_bytes())
    assert len(set(outputs)) == 1
    finished = run("export", SEEDS, "--engine", "dask", "--jobs", "2", "-o", tmp_path / "out")
    assert finished.status == 2
    assert "--jobs cannot go with --engine" in finished.stderr
    assert not (tmp_path / "out").exists()
