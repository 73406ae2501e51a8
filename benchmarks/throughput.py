"""Compare the annotator with what bounds it, in one process, as ratios of medians.

Three ways over the same corpus (``corpus.py``), in turn, several rounds:

- the annotator, end to end: text in, records with evidence out, as JSON bytes;
- a plain scikit-learn pipeline of the same features: the terms and the entries
  of the vocabulary as word n-grams (character n-grams in Chinese), tf-idf, one
  logistic regression a label, ``predict_proba`` over all texts at once, which
  is its fastest way. It gives scores and no evidence;
- the automaton alone: every term in one Aho-Corasick automaton, overlapping
  matches over folded text. Nothing that reads all terms can be faster.

Run ``python benchmarks/throughput.py``; ``--rows`` and ``--rounds`` to taste.
"""

from __future__ import annotations

import argparse
import statistics
import time
from itertools import islice
from typing import TYPE_CHECKING

import msgspec
from ahocorasick_rs import AhoCorasick
from corpus import LANGUAGES, read_examples, rows
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.preprocessing import MultiLabelBinarizer

from annotator import Annotator, Document
from annotator.export import to_dict
from annotator.text import HAN, fold_string

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from annotator import Taxonomy

_LONGEST_WORDS = 5
_LONGEST_CHARACTERS = 6
"""Word and character n-grams up to which the pipeline looks: nearly all terms."""


def collect_terms(taxonomy: Taxonomy) -> list[str]:
    """Return every term of every concept in every language, folded."""
    terms = {
        fold_string(part).strip()
        for concept in taxonomy.concepts.values()
        for several in concept.terms.values()
        for term in several
        for part in term.split("…")
    }
    return sorted(term for term in terms if term)


def build_pipeline(terms: Sequence[str], taxonomy: Taxonomy) -> Pipeline:
    """Fit the plain pipeline on the project's examples."""
    entries = {*terms}
    for language in LANGUAGES:
        entries.update(taxonomy.vocabulary(language).phrases)
        entries.update(taxonomy.vocabulary(language).substrings)
    chinese = sorted({entry for entry in entries if HAN.search(entry)})
    words = sorted(entries.difference(chinese))
    features = make_union(
        TfidfVectorizer(
            preprocessor=fold_string, ngram_range=(1, _LONGEST_WORDS), vocabulary=words
        ),
        TfidfVectorizer(
            analyzer="char",
            preprocessor=fold_string,
            ngram_range=(2, _LONGEST_CHARACTERS),
            vocabulary=chinese,
        ),
    )
    examples = [example for language in LANGUAGES for example in read_examples(language)]
    targets = MultiLabelBinarizer().fit_transform([example["labels"] for example in examples])
    pipeline = make_pipeline(features, OneVsRestClassifier(LogisticRegression(solver="liblinear")))
    return pipeline.fit([str(example["text"]) for example in examples], targets)


def measure(function: Callable[[], object]) -> float:
    """Return the processor time that a function takes."""
    start = time.process_time()
    function()
    return time.process_time() - start


def main() -> None:
    """Print rows and megabytes a second for each way, and the ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    corpus = list(islice(rows(), options.rows))
    texts = [row.text for row in corpus]
    documents = [Document(id=row.name, source="corpus", text=row.text) for row in corpus]
    size = sum(len(text.encode()) for text in texts) / 1e6
    annotator = Annotator()
    terms = collect_terms(annotator.taxonomy)
    pipeline = build_pipeline(terms, annotator.taxonomy)
    automaton = AhoCorasick(terms)
    folded = [fold_string(text) for text in texts]
    ways: dict[str, Callable[[], object]] = {
        "annotator": lambda: [
            msgspec.json.encode(to_dict(annotator.annotate(document))) for document in documents
        ],
        "scikit-learn pipeline": lambda: pipeline.predict_proba(texts),
        "automaton alone": lambda: [
            automaton.find_matches_as_indexes(text, overlapping=True) for text in folded
        ],
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(options.rounds + 1):
        for name, way in ways.items():
            times[name].append(measure(way))
    medians = {name: statistics.median(several[1:]) for name, several in times.items()}
    print(f"{options.rows} paragraphs, {size:.1f} MB, one process, {options.rounds} rounds")
    for name, seconds in medians.items():
        ratio = medians["annotator"] / seconds
        print(
            f"{name:<24} {options.rows / seconds:9.0f} rows/s {size / seconds:8.2f} MB/s"
            f"  {ratio:7.2f} x the annotator"
        )


if __name__ == "__main__":
    main()
