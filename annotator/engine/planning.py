"""Decide what the partitions of a run are, before any of them is labelled."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from annotator.engine.partitions import cut_file, group_pieces, settle, survey
from annotator.engine.reading import (
    find_repeated,
    hash_ids,
    list_tracked_ids,
    rename_repeated,
)
from annotator.readers.documents import display_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from annotator.engine.partitions import Partition, Piece
    from annotator.readers import ReadingOptions

__all__ = ["Compute", "plan_partitions", "rename_documents"]

Result = TypeVar("Result")


class Compute(Protocol):
    """Calls a function once for each set of arguments, somewhere; results come in order."""

    def __call__(
        self, function: Callable[..., Result], arguments: Sequence[tuple[Any, ...]]
    ) -> list[Result]:
        """Return the results."""
        ...


def plan_partitions(
    compute: Compute, files: Sequence[Path], size: int, options: ReadingOptions
) -> tuple[list[Partition], list[dict[str, Any]]]:
    """Cut files into partitions of about ``size`` bytes.

    Args:
        compute: Does the work.
        files: The inputs.
        size: Bytes.
        options: How the inputs are read.

    Returns:
        The partitions, and of each file path, size and a hash: what tells
        whether it has changed.
    """
    column = options.text_column
    cut = [cut_file(file, size, column) for file in files]
    looks = iter(compute(survey, [(piece, size, column) for pieces in cut for piece in pieces]))
    settled: list[Piece] = []
    inputs: list[dict[str, Any]] = []
    for file, pieces in zip(files, cut, strict=True):
        surveys = [next(looks) for _ in pieces]
        settled += settle(pieces, surveys)
        hashes = " ".join(look.sha256 for look in surveys)
        digest = hashlib.sha256(hashes.encode()).hexdigest()
        inputs.append({"path": display_name(file), "size": pieces[-1].end, "sha256": digest})
    return group_pieces(settled, size), inputs


def rename_documents(
    compute: Compute, partitions: Sequence[Partition], options: ReadingOptions
) -> list[dict[int, str]]:
    """Return for each partition, by position, new ids of documents whose own id is taken."""
    repeated = find_repeated(compute(hash_ids, [(partition, options) for partition in partitions]))
    if not repeated:
        return [{} for _ in partitions]
    arguments = [(partition, options, repeated) for partition in partitions]
    return rename_repeated(compute(list_tracked_ids, arguments))
