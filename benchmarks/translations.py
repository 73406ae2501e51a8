"""How often translations of one text get the same labels, for each pair of languages.

Run ``python benchmarks/translations.py FILE``: JSON lines whose rows with the same ``id`` are
translations of one another (``lang``, ``text``). Two figures a pair: how often the goal with the
highest score is the same, and the mean Jaccard index of the assigned labels (where neither has any
label, they agree). Machine translations lose words, so 1.0 is no realistic aim; a pair that stands
out tells where a lexicon or a stemmer is behind the others. This measures consistency, not quality:
of texts that the model was fitted on (``taxonomy/datasets.yaml`` names them) it says no more than that.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from statistics import mean
from typing import NamedTuple

from annotator import Annotator, Document
from annotator.readers import read_documents

SCHEME = "sdg"


class Labels(NamedTuple):
    """What is compared of one text."""

    top: str
    assigned: frozenset[str]


class Agreement(NamedTuple):
    """How two languages agree."""

    texts: int
    same_top: float
    jaccard: float


def label(annotator: Annotator, document: Document) -> Labels:
    """Return the best goal of a text, and all labels that are assigned."""
    result = annotator.annotate(document)
    goals = [label for label in result.labels if label.scheme == SCHEME]
    best = max(goals, key=lambda label: label.score)
    return Labels(best.label, frozenset(label.label for label in result.assigned))


def compare(groups: dict[str, dict[str, Labels]]) -> dict[tuple[str, str], Agreement]:
    """Return the agreement of each pair of languages, over the texts that are in both."""
    pairs: dict[tuple[str, str], list[tuple[Labels, Labels]]] = defaultdict(list)
    for translations in groups.values():
        for one, other in combinations(sorted(translations), 2):
            pairs[one, other].append((translations[one], translations[other]))
    return {
        pair: Agreement(
            len(found),
            mean(one.top == other.top for one, other in found),
            mean(_jaccard(one.assigned, other.assigned) for one, other in found),
        )
        for pair, found in sorted(pairs.items())
    }


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of labels that two sets have in common."""
    return len(one & other) / len(one | other) if one | other else 1.0


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--texts", type=int, help="only the first so many texts")
    options = parser.parse_args()
    annotator = Annotator()
    groups: dict[str, dict[str, Labels]] = defaultdict(dict)
    for document in read_documents([options.file], lambda error: print(error, file=sys.stderr)):
        name = document.id.partition("#")[0]  # a repeated id has got a number
        if document.language is None:
            continue
        if options.texts and name not in groups and len(groups) >= options.texts:
            continue
        groups[name][document.language] = label(annotator, document)
    agreements = compare(groups)
    print("pair     texts  same top goal  Jaccard of assigned labels")
    for (one, other), agreement in agreements.items():
        print(
            f"{one}-{other} {agreement.texts:8} {agreement.same_top:14.1%} {agreement.jaccard:27.3f}"
        )
    if agreements:
        weights = [agreement.texts for agreement in agreements.values()]
        total = sum(weights)
        top = sum(a.same_top * a.texts for a in agreements.values()) / total
        jaccard = sum(a.jaccard * a.texts for a in agreements.values()) / total
        print(f"all {total:9} {top:14.1%} {jaccard:27.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
