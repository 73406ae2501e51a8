"""How the labels of the seeds' paragraphs meet those that two readers expect.

Run ``python benchmarks/seeds.py [--check]``. ``tests/quality/seeds.jsonl`` holds for each paragraph the
labels that any expert would expect, and those that are possible, which count neither as missing
nor as wrong; two readers labelled them without seeing what the annotator says, and settled what
differed. Paragraphs that are boilerplate or duplicates, and headings of fewer than three words,
are left out. It prints each paragraph with a missing or a wrong label, then how many of the
expected labels were found, how many wrong ones a paragraph has, and how far the readers agreed.
With ``--check`` it fails where either figure falls behind its limit.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NamedTuple

import msgspec

from annotator import Annotator
from annotator.agreement import cohen_kappa
from annotator.readers import read_documents

FEWEST_FOUND = 0.9
MOST_WRONG = 0.2

ROOT = Path(__file__).resolve().parent.parent


class Row(msgspec.Struct, frozen=True):
    """What two readers say of one paragraph."""

    document: str
    paragraph: int
    language: str
    expected: list[str]
    possible: list[str]
    first: list[str]
    second: list[str]


class Verdict(NamedTuple):
    """What the annotator made of one paragraph."""

    row: Row
    text: str
    found: frozenset[str]
    missing: frozenset[str]
    wrong: frozenset[str]


class Figures(NamedTuple):
    """Expected labels found, and wrong labels a paragraph."""

    found: float
    wrong: float


def read_rows() -> list[Row]:
    """Read what is expected."""
    path = ROOT / "tests" / "quality" / "seeds.jsonl"
    return msgspec.json.Decoder(Row).decode_lines(path.read_bytes())


def judge(annotator: Annotator) -> list[Verdict]:
    """Compare the annotator's labels with those that are expected, paragraph by paragraph."""
    rows = {(row.document, row.paragraph): row for row in read_rows()}
    verdicts: list[Verdict] = []
    for document in read_documents([ROOT / "seeds"], _refuse):
        for annotated in annotator.annotate(document).paragraphs:
            row = rows.pop((Path(document.source).name, annotated.paragraph.index), None)
            if row is None:
                continue
            given = frozenset(label.label for label in annotated.assigned)
            expected = frozenset(row.expected)
            verdicts.append(
                Verdict(
                    row,
                    annotated.paragraph.text,
                    found=given & expected,
                    missing=expected - given,
                    wrong=given - expected - frozenset(row.possible),
                )
            )
    if rows:
        raise ValueError(f"paragraphs that the seeds do not have: {sorted(rows)}")
    return verdicts


def summarize(verdicts: list[Verdict]) -> Figures:
    """Return the figures over all paragraphs."""
    expected = sum(len(verdict.row.expected) for verdict in verdicts)
    return Figures(
        sum(len(verdict.found) for verdict in verdicts) / expected,
        sum(len(verdict.wrong) for verdict in verdicts) / len(verdicts),
    )


def _refuse(error: Exception) -> None:
    """Stop at a seed that cannot be read."""
    raise error


def main() -> int:
    """Print the paragraphs with a mistake, and the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--check", action="store_true", help="fail where a limit is not held")
    options = parser.parse_args()
    annotator = Annotator()
    verdicts = judge(annotator)
    for verdict in verdicts:
        if verdict.missing or verdict.wrong:
            marks = [f"-{label}" for label in sorted(verdict.missing)]
            marks += [f"+{label}" for label in sorted(verdict.wrong)]
            place = f"{verdict.row.document[:3]} ¶ {verdict.row.paragraph}"
            print(f"{place:<9} {' '.join(marks):<32} {verdict.text[:60]}")
    figures = summarize(verdicts)
    labels = annotator.taxonomy.leaves()
    pairs = [
        (label in verdict.row.first, label in verdict.row.second, number)
        for number, verdict in enumerate(verdicts)
        for label in labels
    ]
    kappa = cohen_kappa(*zip(*pairs, strict=True))
    print(
        f"{len(verdicts)} paragraphs: {figures.found:.3f} of the expected labels found,"
        f" {figures.wrong:.3f} wrong labels a paragraph; the readers' kappa {kappa.value:.3f}"
    )
    fallen = figures.found < FEWEST_FOUND or figures.wrong > MOST_WRONG
    if options.check and fallen:
        print(f"the limits: {FEWEST_FOUND} found, {MOST_WRONG} wrong", file=sys.stderr)
    return int(options.check and fallen)


if __name__ == "__main__":
    sys.exit(main())
