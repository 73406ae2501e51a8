"""From what size ``--engine dask`` pays, and what a corpus of 100 million paragraphs would take.

Run ``python benchmarks/spread.py``: the same rows are exported by one process, by a process for each
core, and by dask with a worker for each core, at two sizes, so that what starting costs and what a
row costs can be told apart. Seconds depend on the machine and on what else it does; processor seconds much
less, so the estimate for 100 million rests on those.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent

LENGTH = 600
"""Characters of a paragraph."""

MANY = 100_000_000


class Cost(NamedTuple):
    """What a run took."""

    wall: float
    """Seconds from start to end."""
    processor: float
    """Seconds of all cores together."""


class Line(NamedTuple):
    """What starting costs, and each row."""

    start: Cost
    row: Cost


def write_rows(path: Path, count: int) -> None:
    """Write paragraphs of this project's own examples, languages in turn."""
    pools = []
    for file in sorted((ROOT / "taxonomy" / "examples").glob("*.jsonl")):
        texts = [json.loads(line)["text"] for line in file.read_text("utf-8").splitlines()]
        pools.append(cycle(texts))
    with path.open("w", encoding="utf-8") as stream:
        for number in range(count):
            pool = pools[number % len(pools)]
            text = ""
            while len(text) < LENGTH:
                text += next(pool) + " "
            stream.write(json.dumps({"id": str(number), "text": text}, ensure_ascii=False) + "\n")


def measure(rows: Path, extra: list[str], runs: int) -> Cost:
    """Return the cost of the cheapest of some exports."""
    costs = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            start = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "annotator", "export", rows, *extra, "-o", f"{folder}/out"],
                check=True,
                cwd=ROOT,
            )
            wall = time.perf_counter() - start
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            processor = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
            costs.append(Cost(wall, processor))
    return Cost(min(cost.wall for cost in costs), min(cost.processor for cost in costs))


def fit(small: Cost, large: Cost, sizes: tuple[int, int]) -> Line:
    """Split two costs into what starting takes and what each row takes."""
    step = sizes[1] - sizes[0]
    row = Cost(*((b - a) / step for a, b in zip(small, large, strict=True)))
    start = Cost(*(a - each * sizes[0] for a, each in zip(small, row, strict=True)))
    return Line(start, row)


def describe_gain(name: str, other: Line, many: Line) -> str:
    """Tell from how many rows on dask ends first."""
    gain = other.row.wall - many.row.wall
    if gain <= 0:
        return f"against {name} dask does not pay here: a row takes no less time"
    rows = max(0.0, (many.start.wall - other.start.wall) / gain)
    return f"against {name} dask pays from {rows:,.0f} rows on here"


def main() -> int:
    """Print the table, the size from which it pays, and the estimate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs=2, default=(1000, 6000))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--workers", type=int, default=64, help="for the estimate")
    options = parser.parse_args()
    sizes = (options.rows[0], options.rows[1])
    engines: dict[str, list[str]] = {
        "one process": ["--jobs", "1"],
        "all cores": ["--jobs", str(os.cpu_count())],
        "dask": ["--engine", "dask", "--partition-size", "0.5"],
    }
    lines = {}
    with tempfile.TemporaryDirectory() as folder:
        tables = []
        for size in sizes:
            tables.append(Path(folder) / f"{size}.jsonl")
            write_rows(tables[-1], size)
        for name, extra in engines.items():
            costs = [measure(table, extra, options.runs) for table in tables]
            lines[name] = fit(costs[0], costs[1], sizes)
            for size, cost in zip(sizes, costs, strict=True):
                print(f"{name:12} {size:7} rows {cost.wall:8.1f} s {cost.processor:8.1f} cpu s")
    many = lines["dask"]
    print(f"\ncores: {os.cpu_count()}")
    for name, line in lines.items():
        print(f"{name:12} starts in {line.start.wall:.1f} s, then {1 / line.row.wall:,.0f} rows/s")
    for name in ("one process", "all cores"):
        print(describe_gain(name, lines[name], many))
    hours = MANY * many.row.processor / 3600
    print(
        f"{MANY:,} rows: {hours:,.0f} core hours (rows x cpu seconds a row / 3600), "
        f"{hours / options.workers:,.1f} h on {options.workers} cores"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
