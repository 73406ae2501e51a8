"""Time the start of the command line against ``python -c pass``, as ratios of medians.

Run ``python benchmarks/startup.py``; with ``--check`` it fails when a limit is
passed. Ratios within one run are steady where seconds are not.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent

CASES: dict[str, tuple[list[str], float]] = {
    "python -c pass": (["-c", "pass"], 1.0),
    "annotator --help": (["-m", "annotator", "--help"], 20.0),
    "annotator taxonomy list": (["-m", "annotator", "taxonomy", "list"], 40.0),
    "annotator report seeds": (["-m", "annotator", "report", "seeds"], 100.0),
}
"""Command and the highest ratio to the first that is allowed.

The limits stand for 0.2 s and 1 s on a machine that starts Python in 10 ms.
"""


class Times(NamedTuple):
    """How long a command took, in seconds."""

    median: float
    quickest: float
    """What the check goes by: other work on the machine can only make a run longer."""


def time_command(arguments: list[str], runs: int) -> Times:
    """Time a command over some runs, after one to warm up."""
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
        )
        times.append(time.perf_counter() - start)
    return Times(statistics.median(times[1:]), min(times[1:]))


def main() -> int:
    """Print the table; return 1 if a limit is passed and the check was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    base: Times | None = None
    failed = False
    for name, (arguments, limit) in CASES.items():
        times = time_command(arguments, options.runs)
        base = base or times
        slow = times.quickest / base.quickest > limit
        failed = failed or slow
        print(
            f"{name:<26} {times.median:7.3f} s {times.median / base.median:7.1f} x"
            f"  quickest {times.quickest / base.quickest:7.1f} x  limit {limit:.0f}"
            f"{'  TOO SLOW' if slow else ''}"
        )
    return int(failed and options.check)


if __name__ == "__main__":
    sys.exit(main())
