"""Labelled texts for training and measuring, read once into features."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator.errors import InputError, UsageError
from annotator.features import FeatureExtractor
from annotator.keyword import KeywordLabels
from annotator.languages import LanguageIdentifier
from annotator.matcher import Matcher
from annotator.readers import read_documents
from annotator.spans import SpanSet
from annotator.taxonomy_source import DataSet, read_datasets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from annotator.features import Occurrences
    from annotator.model import Document
    from annotator.taxonomy import Taxonomy

__all__ = ["Example", "ExampleReader", "read_examples"]

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


def read_examples(
    folders: Sequence[Path],
    taxonomy: Taxonomy,
    examples: Path,
    kinds: Sequence[str],
    on_error: Callable[[InputError], None],
) -> tuple[list[Example], dict[str, DataSet]]:
    """Read data folders and this project's own examples.

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
            name = "examples" if folder == examples else file.name
            sets[name] = known.get(file.name) or DataSet(
                use="fit", schemes=tuple(taxonomy.schemes), complete="yes", weight="1", rarity="no"
            )
            rows.extend(reader.read(read_documents([file], on_error), name))
    return rows, sets


class ExampleReader:
    """Turns documents into examples."""

    def __init__(self, taxonomy: Taxonomy, kinds: Sequence[str]) -> None:
        """Extract the given kinds of features."""
        self._taxonomy = taxonomy
        self._matcher = Matcher(taxonomy)
        self._keyword = KeywordLabels(taxonomy)
        self._extractor = FeatureExtractor(taxonomy, kinds)
        self._identifier = LanguageIdentifier(taxonomy.languages)

    def read(self, documents: Iterable[Document], dataset: str) -> Iterator[Example]:
        """Yield the documents in supported languages as examples."""
        for document in documents:
            language = document.language or self._identifier.identify(document.text)
            if language not in self._taxonomy.supported_languages:
                continue
            matches = self._matcher.find(document.text, language)
            yield Example(
                id=document.id,
                dataset=dataset,
                group=_LANGUAGE_PREFIX.sub("", document.id.split("#")[0]),
                language=language,
                labels=frozenset(document.labels) & frozenset(self._taxonomy.labels),
                features=self._extractor.extract(document.text, language, matches, SpanSet()),
                keywords={
                    suggestion.label: suggestion.weight
                    for suggestion in self._keyword.suggest(matches, document.text, 0)
                },
            )
