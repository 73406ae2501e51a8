"""Labelled texts for training and measuring, read once into features."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from annotator.context import ContextFinder
from annotator.errors import InputError, UsageError
from annotator.features import CONCEPT, FeatureExtractor, concept_occurrences
from annotator.forms import word_forms
from annotator.keyword import KeywordLabels
from annotator.languages import LanguageIdentifier
from annotator.lexicon import language_of_word
from annotator.matcher import Matcher
from annotator.readers import read_documents
from annotator.spans import SpanSet
from annotator.taxonomy_source import DataSet, read_datasets
from annotator.text import HAN, find_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from annotator.features import Occurrences
    from annotator.matcher import Match
    from annotator.model import Document
    from annotator.taxonomy import Taxonomy

__all__ = [
    "OWN_EXAMPLES",
    "WHOLE_EXAMPLES",
    "Example",
    "ExampleReader",
    "forget_lone_terms",
    "read_examples",
]

OWN_EXAMPLES = "examples"
"""Name of the data set that this project's own examples make up."""

WHOLE_EXAMPLES = "examples, all terms"
"""Name of the same examples with the terms that :func:`forget_lone_terms` takes out of them."""

_LANGUAGE_PREFIX = re.compile(r"^[a-z]{2}(?:-[A-Z][a-z]{3})?-")


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled text with its features."""

    id: str
    dataset: str
    group: str
    """Rows that say the same in different languages share it, and never part in folds."""
    language: str
    labels: frozenset[str]
    features: dict[str, Occurrences]
    keywords: dict[str, float]
    """Keyword weight by label."""
    known: frozenset[str] | None = None
    """Labels whose answer is known, yes or no; ``None``: what the data set is known to tell."""
    terms: tuple[tuple[Match, str], ...] = ()
    """The terms found in it, each with its words as they are compared."""
    lacking: frozenset[str] = frozenset()
    """Labels whose context none of its words speaks of."""
    unmet: frozenset[str] = frozenset()
    """Those of them that none of its terms speaks for decisively either."""


def read_examples(
    folders: Sequence[Path],
    taxonomy: Taxonomy,
    examples: Path,
    kinds: Sequence[str],
    on_error: Callable[[InputError], None],
) -> tuple[list[Example], dict[str, DataSet]]:
    """Read data folders and this project's own examples.

    The own examples come twice: the classifier is fitted on them without their lone terms, for it
    must not learn to lean on keywords; how much a keyword counts beside it is fitted on both, for
    in texts that nobody has seen terms are found more often than in the one and less than in the other.

    Args:
        folders: Where data sets stand, as ``.jsonl`` files.
        taxonomy: What the texts are searched with; ``datasets.yaml`` in its
            folder says what each set is.
        examples: The folder of this project's own examples.
        kinds: Kinds of features to extract.
        on_error: Called with rows that cannot be read.

    Raises:
        UsageError: A folder holds no data set.
    """
    known = read_datasets(examples.parent / "datasets.yaml")
    sets: dict[str, DataSet] = {}
    rows: list[Example] = []
    reader = ExampleReader(taxonomy, kinds)
    for folder in [*folders, examples]:
        files = sorted(folder.rglob("*.jsonl"))
        if not files:
            raise UsageError(
                "there is no .jsonl file", where=str(folder), hint="name the folder of the data"
            )
        for file in files:
            name = OWN_EXAMPLES if folder == examples else file.name
            sets[name] = known.get(file.name) or DataSet(
                use="fit", schemes=tuple(taxonomy.schemes), complete="yes", weight="1", rarity="no"
            )
            rows.extend(reader.read(read_documents([file], on_error), name))
    whole = [replace(row, dataset=WHOLE_EXAMPLES) for row in rows if row.dataset == OWN_EXAMPLES]
    if whole:
        sets[WHOLE_EXAMPLES] = msgspec.structs.replace(sets[OWN_EXAMPLES], use="combine")
    return [*forget_lone_terms(rows, taxonomy), *whole], sets


def forget_lone_terms(rows: Sequence[Example], taxonomy: Taxonomy) -> list[Example]:
    """Take terms that a single text has out of this project's own examples.

    Those who wrote the lexicon had the examples before them. A term that was added because of
    one of them finds its label there every time, and says nothing of how terms do in texts that
    nobody has seen: a model fitted on it would trust keywords too much, and words too little.

    Args:
        rows: All that is fitted or measured on.
        taxonomy: The one whose terms were found.
    """
    texts = Counter(
        term for row in rows for term in {(match.concept, words) for match, words in row.terms}
    )
    keyword = KeywordLabels(taxonomy)
    contexts = ContextFinder(taxonomy)
    result: list[Example] = []
    for row in rows:
        if row.dataset == OWN_EXAMPLES:
            shared = [match for match, words in row.terms if texts[match.concept, words] > 1]
            features = dict(row.features)
            if CONCEPT in features:
                features[CONCEPT] = concept_occurrences(shared, taxonomy)
            row = replace(  # noqa: PLW2901 - the row without them
                row,
                features=features,
                keywords=keyword.weigh(shared),
                unmet=contexts.without_decisive(row.lacking, shared),
            )
        result.append(row)
    return result


class ExampleReader:
    """Turns documents into examples."""

    def __init__(self, taxonomy: Taxonomy, kinds: Sequence[str]) -> None:
        """Extract the given kinds of features."""
        self._taxonomy = taxonomy
        self._matcher = Matcher(taxonomy)
        self._keyword = KeywordLabels(taxonomy)
        self._contexts = ContextFinder(taxonomy)
        self._extractor = FeatureExtractor(taxonomy, kinds)
        self._identifier = LanguageIdentifier(taxonomy.languages)

    def read(self, documents: Iterable[Document], dataset: str) -> Iterator[Example]:
        """Yield the documents in supported languages as examples."""
        for document in documents:
            language = document.language or self._identifier.identify(document.text)
            if language not in self._taxonomy.supported_languages:
                continue
            matches = self._matcher.find(document.text, language)
            lacking = self._contexts.lacking(document.text, language)
            yield Example(
                id=document.id,
                dataset=dataset,
                group=_LANGUAGE_PREFIX.sub("", document.id.split("#")[0]),
                language=language,
                labels=frozenset(document.labels) & frozenset(self._taxonomy.labels),
                features=self._extractor.extract(document.text, language, matches, SpanSet()),
                keywords=self._keyword.weigh(matches),
                terms=tuple(
                    (match, _compared(document.text[match.start : match.end], language))
                    for match in matches
                ),
                lacking=lacking,
                unmet=self._contexts.without_decisive(lacking, matches),
            )


def _compared(term: str, language: str) -> str:
    """Return the words of a term as the matcher compares them, whatever their endings."""
    words = [_stem(word, language) for word in find_words(term).strings]
    return " ".join([*words, *HAN.findall(term)])


@cache
def _stem(word: str, language: str) -> str:
    """Return the first form of a word."""
    return word_forms(word, language_of_word(word, language))[0]
