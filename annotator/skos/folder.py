"""From a SKOS file to a taxonomy folder, so that a scheme is added without code."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.errors import TaxonomyError, UsageError
from annotator.files import naming_failure
from annotator.skos.draft import Draft, draft_taxonomy
from annotator.skos.graph import read_skos
from annotator.taxonomy_source import read_source

if TYPE_CHECKING:
    from annotator.skos.draft import ImportOptions
    from annotator.taxonomy_source import Source

__all__ = ["Imported", "import_taxonomy"]

_COPIED = ("boilerplate.yaml", "contexts.yaml", "languages.yaml", "vocabulary.tsv")
"""What a taxonomy of other schemes takes over as it is."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought."""

    folder: Path
    schemes: dict[str, tuple[str, ...]]
    """Scheme -> the languages whose texts its keywords label."""
    labels: int
    concepts: int
    left_out: tuple[str, ...] = field(default=())
    """What could not be taken over, one line each."""


def import_taxonomy(
    path: Path, output: Path, base: Path, options: ImportOptions, *, into: bool = False
) -> Imported:
    """Turn a SKOS file into a taxonomy folder.

    Args:
        path: The SKOS file.
        output: The folder to make; it must not hold anything yet.
        base: The taxonomy folder from which languages, boilerplate and the
            words of declared labels come.
        options: How names become labels and terms.
        into: Keep the schemes of ``base`` and add those of the file.

    Raises:
        InputError: The file cannot be read.
        TaxonomyError: What it says cannot be a scheme here.
        UsageError: The folder holds something already.
        OutputError: The folder cannot be written.
    """
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise UsageError(
            "there is something already", where=str(output), hint="name a folder that is new"
        )
    graph = read_skos(path)  # first, for to read the other taxonomy takes seconds
    source = read_source(base)
    draft = draft_taxonomy(graph, path, source, options, into=into)
    with naming_failure(output):
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".taxonomy-", dir=output.parent) as name:
            folder = Path(name) / "taxonomy"
            if into:
                shutil.copytree(base, folder, ignore=shutil.ignore_patterns("compiled.msgpack"))
                _add(folder, draft)
            else:
                _fill(folder, base, draft, source)
            if output.is_dir():
                output.rmdir()
            folder.replace(output)
    return Imported(
        folder=output,
        schemes={
            entry["id"]: tuple(entry.get("languages", ())) or draft.supported
            for entry in draft.schemes
        },
        labels=len(draft.labels),
        concepts=len(draft.concepts),
        left_out=tuple(draft.left_out),
    )


def _fill(folder: Path, base: Path, draft: Draft, source: Source) -> None:
    """Write a folder that has the drafted schemes only."""
    (folder / "concepts").mkdir(parents=True)
    for name in _COPIED:
        if (base / name).exists():  # contexts may be absent
            shutil.copy(base / name, folder / name)
    declared = _load(base / "declared.yaml")
    names = {label["id"] for label in draft.labels}
    declared["schemes"] = {
        scheme: entry
        for scheme, entry in declared["schemes"].items()
        if scheme in {drafted["id"] for drafted in draft.schemes}
        and _names_labels(source, scheme, names)
    }
    _write(folder / "declared.yaml", declared)
    _write(folder / "schemes.yaml", {"schemes": draft.schemes, "labels": draft.labels})
    _write(folder / "matrix.yaml", {"lines": draft.matrix})
    _write_concepts(folder, draft)


def _add(folder: Path, draft: Draft) -> None:
    """Add the drafted schemes to a copy of another taxonomy."""
    schemes = _load(folder / "schemes.yaml")
    schemes["schemes"] += draft.schemes
    schemes["labels"] += draft.labels
    _write(folder / "schemes.yaml", schemes)
    if draft.matrix:
        matrix = _load(folder / "matrix.yaml")
        matrix["lines"] |= draft.matrix
        _write(folder / "matrix.yaml", matrix)
    _write_concepts(folder, draft)


def _names_labels(source: Source, scheme: str, names: set[str]) -> bool:
    """Tell whether every number that texts may name in a scheme is a label."""
    spec = source.declared.schemes[scheme]
    numbers = range(1, int(spec.highest) + 1)
    return names.issuperset(spec.label.format(number=n) for n in numbers) and names.issuperset(
        spec.sublines
    )


def _write_concepts(folder: Path, draft: Draft) -> None:
    """Write the concepts of the drafted schemes to a file of their own."""
    name = "+".join(entry["id"] for entry in draft.schemes)
    path = folder / "concepts" / f"{name}.yaml"
    if path.exists():
        raise TaxonomyError(
            "there are concepts of that name already",
            where=f"concepts/{path.name}",
            hint="--scheme with another id",
        )
    _write(path, draft.concepts)


def _load(path: Path) -> Any:  # noqa: ANN401 - YAML of any shape, validated before
    """Read a YAML file whose every scalar stays a string."""
    import yaml  # noqa: PLC0415 - only needed for a taxonomy's sources

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - strings only


def _write(path: Path, data: object) -> None:
    """Write a YAML file that people can go on editing."""
    import yaml  # noqa: PLC0415 - as above

    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=100)
    path.write_text(text, encoding="utf-8")
