"""The command line, run as a user runs it: in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator import Annotator

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from annotator import Document

__all__ = ["Finished", "environment", "kill_at", "read_terminal", "run"]

_UNSET = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TTY_COMPATIBLE")
"""Variables of the terminal that runs the tests: they must not change what is tested."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that has ended."""

    status: int
    output: bytes
    stdout: str
    stderr: str


def environment(**variables: str) -> dict[str, str]:
    """Return this process's environment without its terminal, with some variables set."""
    kept = {name: value for name, value in os.environ.items() if name not in _UNSET}
    return kept | variables


def run(
    *arguments: str | Path,
    stdin: bytes = b"",
    folder: Path | None = None,
    seconds: float = 60,
    **variables: str,
) -> Finished:
    """Run ``annotator`` with arguments and wait for its end."""
    process = subprocess.run(
        [sys.executable, "-m", "annotator", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        cwd=folder,
        env=environment(**variables),
        timeout=seconds,
        check=False,
    )
    return Finished(
        status=process.returncode,
        output=process.stdout,
        stdout=process.stdout.decode("utf-8"),
        stderr=process.stderr.decode("utf-8"),
    )


def read_terminal(leader: int) -> bytes:
    """Read what a process writes to a terminal until it has closed it, and close our side."""
    pieces = []
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:  # Linux says so when the other side is closed
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(leader)
    return b"".join(pieces)


def kill_at(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let a process that labels the document of a name be killed while it does."""
    annotate = Annotator.annotate

    def dying(self: Annotator, document: Document) -> object:
        if document.id == name:
            os.kill(os.getpid(), signal.SIGKILL)
        return annotate(self, document)

    monkeypatch.setattr(Annotator, "annotate", dying)
