"""How far a long run is: told on a terminal, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from commands import environment, read_terminal, run
from generated import SENTENCES

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")


def watch(*arguments: str | Path) -> tuple[int, str]:
    """Run a command whose errors go to a terminal; return its status and what stood there."""
    import pty  # noqa: PLC0415 - not everywhere there

    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "annotator", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=follower,
        env=environment(TERM="xterm-256color", COLUMNS="80"),
    ) as process:
        os.close(follower)
        shown = read_terminal(leader)
        return process.wait(timeout=60), shown.decode("utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of forty documents in six languages."""
    folder = tmp_path / "مستندات"
    folder.mkdir()
    texts = [text for group in SENTENCES.values() for text in group]
    for number in range(40):
        (folder / f"{number}.txt").write_text(texts[number % len(texts)], encoding="utf-8")
    return folder


def test_many_documents_are_counted_on_a_terminal(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    status, shown = watch("export", folder, "-o", target)
    assert status == 0
    assert "40 documents" in shown
    piped = run("export", folder)
    assert (piped.status, piped.stderr) == (0, "")
    assert target.read_bytes() == piped.output


def test_a_few_documents_are_not_worth_counting(folder: Path, tmp_path: Path) -> None:
    status, shown = watch("export", folder / "1.txt", "-o", tmp_path / "out.jsonl")
    assert status == 0
    assert "documents" not in shown


def test_partitions_are_counted_on_a_terminal(folder: Path, tmp_path: Path) -> None:
    arguments = ("export", folder, "--engine", "dask", "--partition-size", "0.001")
    status, shown = watch(*arguments, "-o", tmp_path / "out")
    assert status == 0
    counts = [line.strip() for line in shown.replace("\r", "\n").split("\n") if line.strip()]
    total = len(list((tmp_path / "out").glob("part-*")))
    assert total > 1
    assert counts == [f"{done} of {total} partitions" for done in range(1, total + 1)]
