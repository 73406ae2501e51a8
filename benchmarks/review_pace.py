"""A person's pace: from key to next paragraph painted, and opening, in a large store.

Makes a store of paragraphs out of the taxonomy's own terms (or opens one made
before), then plays a reviewer through textual's pilot and prints medians and
the worst, by the clock and of the processor: on a busy machine only the second
is the program's own. Painting counts to the end: the text is encoded for the terminal.

    python benchmarks/review_pace.py [--paragraphs 100000] [--keys 200] [--store FILE] [--check]
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import events

from annotator.model import (
    AnnotatedDocument,
    AnnotatedParagraph,
    Assignment,
    Document,
    DocumentAssignment,
    Evidence,
    Paragraph,
)
from annotator.review import ReviewApp, Session
from annotator.store import Query, Store
from annotator.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterator

Times = dict[str, list[tuple[float, float]]]
"""For each key, the seconds by the clock and of the processor, each time it was pressed."""

PER_DOCUMENT = 20
CONCEPTS = 12
THRESHOLD = 0.4
KEYS = ("enter", "x", "1", "n", "s", "u", "y")
"""The first two every round, the others every tenth."""
OPENING_LIMIT = 2.0
"""Seconds in which a store of 100,000 paragraphs must be open, its first paragraph painted."""
KEY_LIMIT = 50.0
"""Milliseconds of the processor from a key to the next paragraph painted, in the median: other
programs on the machine change the clock's."""
QUIET = 0.06
"""Seconds without painting after which the screen is taken to be complete."""


def synthetic(taxonomy: Taxonomy, paragraphs: int) -> Iterator[AnnotatedDocument]:
    """Make documents whose paragraphs are terms of concepts, labelled as the concepts say."""
    chance = random.Random(1)  # noqa: S311 - the same store each time
    concepts = list(taxonomy.concepts.values())
    declared = DocumentAssignment("SDG9", "sdg", 0.97, assigned=True, origins=("declared",))
    for number in range(paragraphs // PER_DOCUMENT):
        language = chance.choice(taxonomy.supported_languages)
        text, made = "", []
        for index in range(PER_DOCUMENT):
            start = len(text)
            evidence: dict[str, list[Evidence]] = {}
            for concept in chance.sample(concepts, CONCEPTS):
                for term in concept.terms.get(language, ())[:1]:
                    for label in concept.labels:
                        span = Evidence(len(text), len(text) + len(term), term, "keyword")
                        evidence.setdefault(label, []).append(span)
                    text += term + " "
            text += str(number * PER_DOCUMENT + index)
            scores = {label: round(chance.random(), 4) for label in evidence}
            labels = tuple(
                Assignment(
                    label=label,
                    scheme=taxonomy.scheme_of(label),
                    score=scores[label],
                    assigned=scores[label] >= THRESHOLD,
                    origins=("keyword",),
                    evidence=tuple(evidence[label]),
                )
                for label in sorted(evidence, key=lambda label: -scores[label])
            )
            paragraph = Paragraph(index, start, len(text), text[start:], language, "body")
            made.append(AnnotatedParagraph(paragraph, labels))
            text += "\n\n"
        document = Document(f"document-{number:05}", "synthetic", text, language)
        yield AnnotatedDocument(document, language, tuple(made), (declared,))


class TimedApp(ReviewApp):
    """The app, noting when each painting was complete."""

    painted = 0.0
    worked = 0.0

    def _display(self, screen: Any, renderable: Any) -> None:  # noqa: ANN401 - textual's own
        if renderable is not None and hasattr(renderable, "render_segments"):
            renderable.render_segments(self.console)
            self.painted = time.perf_counter()
            self.worked = time.process_time()
        super()._display(screen, renderable)


async def pressed(app: TimedApp, key: str) -> tuple[float, float]:
    """Press a key; return the seconds until the last painting, by the clock and of the processor."""
    event = events.Key(key, key if len(key) == 1 else None)
    event.set_sender(app)
    driver = app._driver  # noqa: SLF001 - where a terminal's keys come in
    if driver is None:
        message = "the app has no driver"
        raise RuntimeError(message)
    begun, idle = time.perf_counter(), time.process_time()
    driver.send_message(event)
    while True:
        await asyncio.sleep(QUIET / 10)
        if app.painted > begun and time.perf_counter() - app.painted > QUIET:
            return app.painted - begun, app.worked - idle


async def play(path: Path, taxonomy: Taxonomy, keys: int) -> tuple[float, Times]:
    """Open the store, press keys, and return the opening time and the times of each key."""
    begun = time.perf_counter()
    with Store.open(path, reviewer="benchmark") as store:
        app = TimedApp(Session(store, taxonomy, Query()))
        gc.freeze()  # as the command does
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            opening = app.painted - begun
            times: Times = {}
            for number in range(keys):
                for key in KEYS if number % 10 == 0 else KEYS[:2]:
                    times.setdefault(key, []).append(await pressed(app, key))
        return opening, times


def main() -> None:
    """Measure, print, and with ``--check`` fail when a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paragraphs", type=int, default=100_000)
    parser.add_argument("--keys", type=int, default=100, help="rounds of keys")
    parser.add_argument("--store", type=Path, help="keep the store here, or use the one that is")
    parser.add_argument("--check", action="store_true", help="exit with 1 above a limit")
    arguments = parser.parse_args()
    taxonomy = Taxonomy.load()
    path = arguments.store or Path(tempfile.mkdtemp()) / "pace.sqlite"
    if not path.exists():
        begun = time.perf_counter()
        thresholds = dict.fromkeys(taxonomy.labels, THRESHOLD)
        settings = {"version": "0", "taxonomy": "0", "model": "0", "thresholds": thresholds}
        with Store.open(path) as store:
            store.add_documents(synthetic(taxonomy, arguments.paragraphs), settings)
        print(f"made a store of {arguments.paragraphs:,} paragraphs in", end=" ")
        print(f"{time.perf_counter() - begun:.0f} s, {path.stat().st_size / 1e6:.0f} MB")
    opening, times = asyncio.run(play(path, taxonomy, arguments.keys))
    print(f"opening, to the first paragraph painted   {opening * 1000:7.0f} ms")
    medians = []
    for key, pairs in times.items():
        clock, processor = (
            sorted(value * 1000 for value in values) for values in zip(*pairs, strict=True)
        )
        medians.append(statistics.median(processor))
        print(
            f"{key:<6} {len(pairs):>4} times   by the clock: median {statistics.median(clock):6.1f} ms,"
            f" worst {clock[-1]:6.1f} ms   of the processor: median {medians[-1]:5.1f} ms,"
            f" worst {processor[-1]:5.1f} ms"
        )
    if arguments.check and (opening > OPENING_LIMIT or max(medians) > KEY_LIMIT):
        print(
            "a limit is broken: 2 s to open, 50 ms (median, of the processor) from key to paragraph"
        )
        sys.exit(1)


if __name__ == "__main__":
    main()
