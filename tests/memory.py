"""How much memory a command takes, with all the processes that it starts."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from commands import environment

__all__ = ["Measured", "measure"]

_EVERY = 0.1
"""Seconds between two looks."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A command that has ended."""

    status: int
    stdout: str
    stderr: str
    peak: int
    """Bytes; what processes share counts once."""


def measure(*arguments: str | Path, folder: Path, seconds: float = 200) -> Measured:
    """Run ``annotator`` and look at its memory until it ends: Linux only.

    Raises:
        TimeoutError: It did not end in time; it was killed.
    """
    out, err = folder / "measured.out", folder / "measured.err"
    end = time.monotonic() + seconds
    peak = 0
    with (
        out.open("wb") as stdout,
        err.open("wb") as stderr,
        subprocess.Popen(
            [sys.executable, "-m", "annotator", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            env=environment(),
        ) as process,
    ):
        while process.poll() is None:
            peak = max(peak, sum(map(_memory, _tree(str(process.pid)))))
            if time.monotonic() > end:
                process.kill()
                raise TimeoutError(arguments)
            time.sleep(_EVERY)
    return Measured(
        process.returncode, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"), peak
    )


def _tree(process: str) -> list[str]:
    """Return a process and all that descend from it."""
    found = [process]
    try:
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text("ascii").split():
                found += _tree(child)
    except OSError:  # it has ended
        pass
    return found


def _memory(process: str) -> int:
    """Return the bytes that a process holds, its share of what others hold too."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text("ascii")
    except OSError:  # it has ended
        return 0
    held = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(held[1]) << 10 if held else 0
