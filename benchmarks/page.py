"""Time the page of a large corpus: how long it takes to write, and to open in a browser.

Run ``python benchmarks/page.py``; it needs chromium and chromium-driver. The
corpus is the documents of ``seeds/`` over and over, each with a name of its
own. Opening is timed from the call to the browser until the table of
documents can be used; the median of some runs is printed, with the time at
which the first text is on the screen.
"""

from __future__ import annotations

import argparse
import itertools
import resource
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from browsing import annotate_seeds, browsing

from annotator import Annotator
from annotator.report.page import render_page


def write_corpus(path: Path, count: int) -> float:
    """Write the page of a corpus, and return the process time it took in seconds."""
    annotator = Annotator()
    read = annotate_seeds(annotator)
    documents = [
        replace(document, document=replace(document.document, id=f"{number:05d}.txt"))
        for number, document in enumerate(itertools.islice(itertools.cycle(read), count))
    ]
    start = time.process_time()
    with path.open("wb") as file:
        file.writelines(piece.encode() for piece in render_page(documents, annotator.taxonomy))
    return time.process_time() - start


def open_page(path: Path) -> tuple[float, float]:
    """Open a page in a new browser; return seconds until it can be used, and to the first text."""
    with browsing() as driver:
        driver.get("about:blank")
        start = time.perf_counter()
        driver.get(path.as_uri())
        usable = driver.execute_script("return document.documentElement.matches('.ready')")
        seconds = time.perf_counter() - start
        paint = driver.execute_script(
            "return performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"
        )
    if not usable:
        sys.exit("the page's script did not run to its end")
    return seconds, float(paint)


def main() -> None:
    """Write one page, open it some times, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        written = write_corpus(path, options.documents)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = path.stat().st_size / 1e6
        print(f"{options.documents} documents: {size:.1f} MB, written in {written:.1f} s of")
        print(f"process time, {memory:.0f} MiB at most")
        opened = [open_page(path) for _ in range(options.runs)]
    usable, paint = (statistics.median(times) for times in zip(*opened, strict=True))
    print(f"first text after {paint:.2f} s, usable after {usable:.2f} s (medians of {len(opened)})")


if __name__ == "__main__":
    main()
