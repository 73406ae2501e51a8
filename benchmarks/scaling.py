"""Measure what size costs: processor time a byte, and memory, from 1 MB on.

``annotator export`` runs in a process of its own on corpora of rising size, as
a table of documents (JSONL, one paragraph each), as one text of many
paragraphs, and as one paragraph. Time is processor time: a megabyte in all,
without what an empty run takes, and each megabyte beyond the size before. The
first is dearer, for indexes are loaded and words are met for the first time.
Memory is the highest that the system saw.

Run ``python benchmarks/scaling.py``, or with other sizes in megabytes:
``python benchmarks/scaling.py 1 10 100 1000 --kinds jsonl``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from corpus import rows

KINDS = ("jsonl", "text", "paragraph")
LARGEST_PARAGRAPH = 2
"""Megabytes: nobody has longer ones."""


class Cost(NamedTuple):
    """What a run took."""

    seconds: float
    megabytes: float


def write_corpus(path: Path, kind: str, megabytes: float) -> float:
    """Write a corpus and return its size in megabytes."""
    size = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows():
            if kind == "jsonl":
                piece = json.dumps({"id": row.name, "text": row.text}, ensure_ascii=False) + "\n"
            else:
                piece = row.text + ("\n" if kind == "text" else " ")
            size += len(piece.encode())
            file.write(piece)
            if size >= megabytes * 1e6:
                return size / 1e6
    return size / 1e6


def run_export(path: Path, output: Path) -> Cost:
    """Export a corpus with one process, and return what that took."""
    command = [sys.executable, "-m", "annotator", "export", str(path), "-j", "1", "-o", str(output)]
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def main() -> None:
    """Print a line for each size and kind."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", type=float, nargs="*", default=[1, 10, 100])
    parser.add_argument("--kinds", nargs="*", choices=KINDS, default=KINDS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for kind in options.kinds:
            path = Path(folder) / ("corpus.jsonl" if kind == "jsonl" else "corpus.txt")
            write_corpus(path, "jsonl" if kind == "jsonl" else "text", 0.02)
            start = run_export(path, Path(folder) / "out")
            before, smaller = start, 0.0
            for wanted in options.sizes:
                if kind == "paragraph" and wanted > LARGEST_PARAGRAPH:
                    continue
                size = write_corpus(path, kind, wanted)
                cost = run_export(path, Path(folder) / "out")
                each = (cost.seconds - start.seconds) / size
                further = (cost.seconds - before.seconds) / (size - smaller)
                print(
                    f"{kind:<10} {size:8.1f} MB {cost.seconds:8.1f} s {each:7.3f} s/MB"
                    f" {further:7.3f} s/MB further"
                    f" {cost.megabytes:6.0f} MB of memory (empty: {start.megabytes:.0f})",
                    flush=True,
                )
                before, smaller = cost, size


if __name__ == "__main__":
    main()
