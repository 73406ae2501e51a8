"""Measure how far the two readers of the examples and of the measuring cases agree.

Every paragraph of ``taxonomy/examples``, ``cases.jsonl``, ``unread.jsonl`` and ``fresh.jsonl`` was
labelled by who wrote it and, without seeing those labels, by a second reader; the files that end in
``readers.jsonl`` in ``tests/quality`` keep what both gave before what stands now was settled. Where
the second reader knew what the writers had been asked for, labels were easier to guess
(``knew_the_brief``): those paragraphs are left out here.

Run ``python benchmarks/readers.py``: for each set and language Cohen's kappa over all pairs of a
paragraph and a label, with an interval in which paragraphs are resampled whole, and the share of
paragraphs to which both gave the very same labels. It is the measure of how well labels can be told
from such paragraphs at all.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from statistics import mean

import msgspec

from annotator import Taxonomy
from annotator.agreement import cohen_kappa

QUALITY = Path(__file__).parent.parent / "tests" / "quality"
READINGS = {
    "examples": "readers.jsonl",
    "cases": "cases-readers.jsonl",
    "unread": "unread-readers.jsonl",
    "fresh": "fresh-readers.jsonl",
}


class Reading(msgspec.Struct, frozen=True):
    """What two readers said of one paragraph."""

    id: str
    first: list[str]
    second: list[str]
    knew_the_brief: bool = False
    """The second reader knew what the writer had been asked for."""


def read_readings(name: str) -> list[Reading]:
    """Read what the readers said where neither knew anything of the other."""
    readings = msgspec.json.Decoder(Reading).decode_lines((QUALITY / name).read_bytes())
    return [reading for reading in readings if not reading.knew_the_brief]


def describe(name: str, readings: list[Reading], labels: list[str]) -> str:
    """Return the line of one language, or of all."""
    pairs = [
        (label in reading.first, label in reading.second, reading.id)
        for reading in readings
        for label in labels
    ]
    first, second, groups = zip(*pairs, strict=True)
    kappa = cohen_kappa(first, second, groups)
    same = mean(set(reading.first) == set(reading.second) for reading in readings)
    return (
        f"{name:<4} {len(readings):5} paragraphs  kappa {kappa.value:.3f}"
        f" ({kappa.low:.3f} {kappa.high:.3f})  the same labels {same:.2f}"
    )


def main() -> None:
    """Print a line for each language, and one for all, of each set."""
    labels = list(Taxonomy.load().leaves())
    for kind, name in READINGS.items():
        print(kind)
        readings = read_readings(name)
        by_language: dict[str, list[Reading]] = defaultdict(list)
        for reading in readings:
            by_language[reading.id.split("-")[0]].append(reading)
        for language, some in sorted(by_language.items()):
            print(describe(language, some, labels), flush=True)
        print(describe("all", readings, labels))


if __name__ == "__main__":
    main()
