"""What a worker does with one partition."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec

from annotator.classifier import Classifier
from annotator.engine.journal import Entry, Failure, Journal
from annotator.engine.partitions import Partition
from annotator.engine.reading import read_partition
from annotator.engine.tables import PARTITION_FORMATS
from annotator.errors import EngineError, InputError, InputWarning
from annotator.fusion import PresetName
from annotator.pipeline import Annotator
from annotator.readers import ReadingOptions
from annotator.taxonomy import Taxonomy

__all__ = ["Job", "Recipe", "label_partition"]


class Recipe(msgspec.Struct, frozen=True):
    """How all partitions of a run are labelled and written."""

    taxonomy: str | None
    model: str | None
    threshold: float | None
    preset: PresetName | None
    settings: dict[str, Any]
    """What the driver's own annotator was made with."""
    reading: ReadingOptions
    folder: str
    file_format: str
    partitions: int


class Job(msgspec.Struct, frozen=True):
    """One partition to label."""

    recipe: Recipe
    partition: Partition
    renamed: dict[int, str]


_ONE_AT_A_TIME = Lock()
"""A worker with several threads labels in one of them: an annotator is not made for two."""


@cache
def _annotator(
    taxonomy: str | None, model: str | None, threshold: float | None, preset: PresetName | None
) -> Annotator:
    """Load the annotator once per process."""
    loaded = Taxonomy.load(Path(taxonomy) if taxonomy else None)
    classifier = Classifier.load(loaded, Path(model)) if model else None
    return Annotator(loaded, classifier, threshold=threshold, preset=preset)


def label_partition(job: Job) -> Entry:
    """Label one partition, write its results, then note that it is done.

    Doing it twice, even at once on two workers, gives the same bytes.

    Raises:
        EngineError: This worker has another version, taxonomy or model than the driver.
        OutputError: The results cannot be written.
    """
    recipe = job.recipe
    failures: list[Failure] = []

    def fail(error: InputError) -> None:
        """Keep a failure in a form that can travel."""
        failures.append(
            Failure(error.what, error.where, error.hint, isinstance(error, InputWarning))
        )

    with _ONE_AT_A_TIME:
        annotator = _annotator(recipe.taxonomy, recipe.model, recipe.threshold, recipe.preset)
        if annotator.run_settings() != recipe.settings:
            raise EngineError(
                "a worker has another version, taxonomy or model than this machine",
                hint="install the same version everywhere",
            )
        journal = Journal(Path(recipe.folder), recipe.file_format, recipe.partitions)
        path = journal.path_of(job.partition.number)
        documents = read_partition(job.partition, recipe.reading, job.renamed, fail)
        annotated = annotator.annotate_many(documents)
        count = PARTITION_FORMATS[recipe.file_format](annotated, path)
        entry = Entry(count, path.stat().st_size, tuple(failures))
        journal.record(job.partition.number, entry)
    return entry
