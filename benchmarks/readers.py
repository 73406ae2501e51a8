"""Measure how far the two readers of the examples agree.

Every paragraph of ``taxonomy/examples`` was labelled by who wrote it and, without seeing those
labels, by a second reader; ``tests/quality/readers.jsonl`` keeps what both gave before they
settled what stands now. Where the second reader knew what the writers had been asked for, labels
were easier to guess (``knew_the_brief``): those paragraphs are left out here. Run ``python benchmarks/readers.py``: for each language Cohen's kappa
over all pairs of a paragraph and a label, with an interval in which paragraphs are resampled
whole, and the share of paragraphs to which both gave the very same labels. It is the measure of
how well labels can be told from such paragraphs at all.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from statistics import mean

import msgspec

from annotator import Taxonomy
from annotator.agreement import cohen_kappa

READINGS = Path(__file__).parent.parent / "tests" / "quality" / "readers.jsonl"


class Reading(msgspec.Struct, frozen=True):
    """What two readers said of one example."""

    id: str
    first: list[str]
    second: list[str]
    knew_the_brief: bool = False
    """The second reader knew what the writer had been asked for."""


def read_readings() -> list[Reading]:
    """Read what the readers said where neither knew anything of the other."""
    readings = msgspec.json.Decoder(Reading).decode_lines(READINGS.read_bytes())
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
    """Print a line for each language, and one for all."""
    labels = list(Taxonomy.load().leaves())
    readings = read_readings()
    by_language: dict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        by_language[reading.id.split("-")[0]].append(reading)
    for language, some in sorted(by_language.items()):
        print(describe(language, some, labels), flush=True)
    print(describe("all", readings, labels))


if __name__ == "__main__":
    main()
