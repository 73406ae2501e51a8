"""Measure what the lexicon covers of labelled texts, by label and language.

Two questions. Of the texts that have a label, how many hold a term of a
concept that points to it? And of the words and pairs of words by which a
linear model knows the label best, how many are covered by such terms? What is
not covered is what to add next:

    python benchmarks/lexicon_coverage.py --data ../shared/data --label SDG6 --language ar

lists it for one label; without ``--label`` both tables are printed, and with
``--write FILE`` they take the place of what stands between the marks in a page.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from annotator.datasets import Example, read_examples
from annotator.features import CONCEPT, WORDS
from annotator.files import write_atomically
from annotator.resources import examples_folder
from annotator.spans import SpanSet
from annotator.taxonomy import Taxonomy
from annotator.train import fit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from annotator.taxonomy_source import DataSet

BEGIN, END = "<!-- coverage: begin -->", "<!-- coverage: end -->"
TOP = 40
"""N-grams of each label and language that are looked at."""

OFTEN = 3
"""Texts of the label in which an n-gram must stand."""

LISTED = 30


@dataclass(slots=True)
class Coverage:
    """What was found for one label in one language."""

    texts: int = 0
    silent: list[str] = field(default_factory=list)
    """Ids of the texts of the label without any of its terms."""
    ngrams: int = 0
    uncovered: list[str] = field(default_factory=list)
    """N-grams that speak for the label and that no term of its concepts covers, strongest first."""


def main() -> int:
    """Print the tables, or what one label lacks."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, action="append", required=True)
    parser.add_argument("--label", help="list what this label lacks")
    parser.add_argument("--language", help="only in this language")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the tables into this page")
    options = parser.parse_args()
    taxonomy = Taxonomy.load()
    rows, sets = read_examples(
        options.data,
        taxonomy,
        examples_folder(),
        (CONCEPT, WORDS),
        lambda e: print(e, file=sys.stderr),
    )
    labels = [options.label] if options.label else list(taxonomy.leaves())
    found = measure(rows, sets, labels, taxonomy)
    if options.label:
        for language in taxonomy.supported_languages:
            if options.language in (None, language):
                print_gaps(language, found[options.label, language])
        return 0
    tables = format_tables(labels, taxonomy.supported_languages, found)
    print(tables)
    if options.write:
        page = options.write.read_text("utf-8")
        before, after = page.split(BEGIN)[0], page.split(END)[1]
        write_atomically(options.write, f"{before}{BEGIN}\n{tables}\n{END}{after}")
    return 0


def measure(
    rows: Sequence[Example],
    sets: Mapping[str, DataSet],
    labels: Sequence[str],
    taxonomy: Taxonomy,
) -> dict[tuple[str, str], Coverage]:
    """Return the coverage of each label in each language."""
    fitted = [row for row in rows if sets[row.dataset].use == "fit"]
    trained = fit(fitted, sets, labels, taxonomy, (WORDS,))
    names = trained.blocks[0].names
    pointing = pointing_concepts(taxonomy)
    found: dict[tuple[str, str], Coverage] = defaultdict(Coverage)
    for column, label in enumerate(labels):
        order = np.argsort(-trained.weights[:, column], kind="stable")
        best = [names[row] for row in order if trained.weights[row, column] > 0]
        for language in taxonomy.supported_languages:
            mine = [
                row
                for row in rows
                if row.language == language
                and label in row.labels
                and sets[row.dataset].use != "combine"  # the same texts again
            ]
            found[label, language] = cover(mine, pointing[label], best, language)
    return found


def pointing_concepts(taxonomy: Taxonomy) -> dict[str, set[str]]:
    """Return for each label the concepts that point to it."""
    pointing: dict[str, set[str]] = defaultdict(set)
    for concept, labels in zip(taxonomy.concept_ids, taxonomy.concept_labels, strict=True):
        for label in labels:
            pointing[label].add(concept)
    return pointing


def cover(
    rows: Sequence[Example], concepts: set[str], best: Iterable[str], language: str
) -> Coverage:
    """Compare the texts of one label in one language with the terms of its concepts."""
    coverage = Coverage(texts=len(rows))
    texts: Counter[str] = Counter()
    places: Counter[str] = Counter()
    covered: Counter[str] = Counter()
    for row in rows:
        terms = SpanSet(
            span
            for name, spans in row.features[CONCEPT].items()
            if name in concepts
            for span in spans
        )
        if not any(name in concepts for name in row.features[CONCEPT]):
            coverage.silent.append(row.id)
        for name, spans in row.features[WORDS].items():
            texts[name] += 1
            places[name] += len(spans)
            covered[name] += sum(terms.overlaps(*span) for span in spans)
    prefix = f"{language}:"
    chosen = [name for name in best if name.startswith(prefix) and texts[name] >= OFTEN][:TOP]
    coverage.ngrams = len(chosen)
    coverage.uncovered = [
        name.removeprefix(prefix) for name in chosen if 2 * covered[name] < places[name]
    ]
    return coverage


def format_tables(
    labels: Sequence[str], languages: Sequence[str], found: Mapping[tuple[str, str], Coverage]
) -> str:
    """Return both tables as Markdown."""
    head = [f"| label | {' | '.join(languages)} |", f"| --- |{' ---: |' * len(languages)}"]
    lines = [
        "Texts with the label in which a term of its concepts stands, of all texts with it:",
        "",
    ]
    lines += head
    for label in labels:
        cells = [found[label, language] for language in languages]
        shown = [f"{c.texts - len(c.silent)} of {c.texts}" if c.texts else "–" for c in cells]
        lines.append(f"| {label} | {' | '.join(shown)} |")
    lines += [
        "",
        f"Of the {TOP} n-grams that speak most for the label, those that its terms cover:",
        "",
    ]
    lines += head
    for label in labels:
        cells = [found[label, language] for language in languages]
        shown = [f"{c.ngrams - len(c.uncovered)} of {c.ngrams}" if c.ngrams else "–" for c in cells]
        lines.append(f"| {label} | {' | '.join(shown)} |")
    return "\n".join(lines)


def print_gaps(language: str, coverage: Coverage) -> None:
    """Print what a label lacks in one language."""
    print(f"{language}: {len(coverage.silent)} of {coverage.texts} texts without a term")
    print("  " + ", ".join(coverage.silent[:LISTED]))
    print(f"  n-grams that no term covers, of {coverage.ngrams}:")
    print("  " + ", ".join(coverage.uncovered))


if __name__ == "__main__":
    sys.exit(main())
