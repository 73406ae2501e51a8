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

ROOT = Path(__file__).resolve().parent.parent

CASES: dict[str, tuple[list[str], float]] = {
    "python -c pass": (["-c", "pass"], 1.0),
    "annotator --help": (["-m", "annotator", "--help"], 30.0),
    "annotator taxonomy list": (["-m", "annotator", "taxonomy", "list"], 60.0),
    "annotator report seeds": (["-m", "annotator", "report", "seeds"], 200.0),
}
"""Command and the highest ratio to the first that is allowed.

The limits stand for 0.3 s and 2 s on a machine that starts Python in 10 ms.
"""


def median_seconds(arguments: list[str], runs: int) -> float:
    """Return the median time of a command over some runs, after one to warm up."""
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
        )
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def main() -> int:
    """Print the table; return 1 if a limit is passed and the check was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    base = 0.0
    failed = False
    for name, (arguments, limit) in CASES.items():
        seconds = median_seconds(arguments, options.runs)
        base = base or seconds
        ratio = seconds / base
        slow = ratio > limit
        failed = failed or slow
        print(
            f"{name:<26} {seconds:7.3f} s {ratio:7.1f} x  limit {limit:.0f}{'  TOO SLOW' if slow else ''}"
        )
    return int(failed and options.check)


if __name__ == "__main__":
    sys.exit(main())
