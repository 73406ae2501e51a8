"""The taxonomy folder as people edit it: YAML files, validated, errors with file and line."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from annotator.errors import TaxonomyError
from annotator.yaml_source import entry_lines, read_text, read_yaml

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "Boilerplate",
    "Concept",
    "Context",
    "DataSet",
    "Declared",
    "Label",
    "LanguageProfile",
    "Line",
    "Scheme",
    "Source",
    "Strength",
    "Word",
    "files_of",
    "fingerprint",
    "layers_of",
    "read_datasets",
    "read_source",
]

Strength = Literal["decisive", "strong", "weak"]
"""How much a concept says for a label: decisive alone gives it, weak counts only with others."""


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings that all entries of the taxonomy's files share."""


class Scheme(_Entry, frozen=True):
    """A framework whose labels are assigned, such as the WSIS action lines."""

    id: str
    pref_label: dict[str, str] = msgspec.field(name="prefLabel")
    languages: tuple[str, ...] = ()
    """Languages in which the scheme's concepts have terms, where they are not all supported ones.
    Texts in the others get no label of this scheme, unless they declare it."""


class Label(_Entry, frozen=True):
    """An entry of a scheme."""

    id: str
    scheme: str
    color: Annotated[str, msgspec.Meta(pattern=r"\A#[0-9A-Fa-f]{6}\Z")]
    """``#RRGGBB``: reports write it into style sheets."""
    pref_label: dict[str, str] = msgspec.field(name="prefLabel")
    """Name by language."""
    alt_label: dict[str, str] = msgspec.field(default={}, name="altLabel")
    """Full wording by language, where the name is a short form."""
    broader: str | None = None
    """The label that this one is a part of."""
    needs: str | None = None
    """The context that a text must speak of: without it, the classifier is not heard for the label."""
    facilitators: tuple[str, ...] = ()
    """Agencies that facilitate the line."""
    rendered: tuple[str, ...] = ()
    """Languages in which the name is this project's own rendering."""
    corrected: tuple[str, ...] = ()
    """Languages in which a slip in the source was mended."""

    def name(self, language: str) -> str:
        """Return the name in a language; in English, or any, where that language has none."""
        names = self.pref_label
        return names.get(language) or names.get("en") or next(iter(names.values()), self.id)


class Concept(_Entry, frozen=True):
    """An idea that points to labels, with the terms that say it in each language."""

    id: str
    labels: dict[str, Strength]
    terms: dict[str, tuple[str, ...]]
    exceptions: dict[str, tuple[str, ...]] = msgspec.field(default={}, name="except")
    """Longer phrases in which a term means something else."""
    unless: dict[str, tuple[str, ...]] = {}
    """Words whose presence in the same paragraph cancels the concept."""


class Context(_Entry, frozen=True):
    """What a text must speak of before labels that need it are likely; gives no label itself."""

    id: str
    terms: dict[str, tuple[str, ...]]


class Line(_Entry, frozen=True):
    """One line of the matrix: the goals and targets that an action line serves."""

    goals: tuple[str, ...]
    targets: tuple[str, ...] = ()
    doubtful: dict[str, str] = {}
    """Goals that only one of the two published views has, with the view."""


class DeclaredScheme(_Entry, frozen=True):
    """How the labels of one scheme are named; ``taxonomy/declared.yaml`` explains each part."""

    label: str
    highest: str
    targets: str
    strong: dict[str, tuple[str, ...]]
    context: dict[str, tuple[str, ...]]
    weak: dict[str, tuple[str, ...]] = {}
    dotted: dict[str, tuple[str, ...]] = {}
    coded: dict[str, tuple[str, ...]] = {}
    codes: tuple[str, ...] = ()
    tight_codes: tuple[str, ...] = ()
    capitals: tuple[str, ...] = ()
    refused_before: dict[str, tuple[str, ...]] = {}
    refused_after: dict[str, tuple[str, ...]] = {}
    sublines: dict[str, dict[str, tuple[str, ...]]] = {}


class Declared(_Entry, frozen=True):
    """How texts name labels, with the words that join them, in every language."""

    schemes: dict[str, DeclaredScheme]
    conjunctions: dict[str, dict[str, tuple[str, ...]]]
    fillers: dict[str, tuple[str, ...]]
    ordinals: dict[str, dict[str, tuple[str, ...]]]


class Boilerplate(_Entry, frozen=True):
    """Patterns of what stands around a text and is not the text."""

    whole: dict[str, tuple[str, ...]]
    """Regular expressions that match a whole paragraph, by language or ``any``."""
    containing: dict[str, tuple[str, ...]]
    """Regular expressions that mark a paragraph wherever they match."""


class LanguageProfile(_Entry, frozen=True):
    """What tells one language from others of its script."""

    name: str
    script: str
    supported: str
    """``yes`` or ``no``: paragraphs in other languages are read but not labelled."""
    words: tuple[str, ...] = ()
    """Frequent function words."""
    letters: str = ""
    """Letters that only this language, or few, of its script use."""


class Word(_Entry, frozen=True):
    """One entry of the vocabulary: words that say the same in each language."""

    id: str
    forms: dict[str, tuple[str, ...]]


class Source(msgspec.Struct, frozen=True):
    """All that the taxonomy folder says."""

    schemes: tuple[Scheme, ...]
    labels: tuple[Label, ...]
    matrix: dict[str, Line]
    declared: Declared
    boilerplate: Boilerplate
    languages: dict[str, LanguageProfile]
    vocabulary: tuple[Word, ...]
    concepts: tuple[Concept, ...]
    contexts: tuple[Context, ...]
    places: dict[str, str]
    """Concept id -> ``file:line`` where it stands (the last, where an id stands twice)."""
    repeated: tuple[tuple[str, str], ...]
    """Ids that stand twice, with the place of the second."""


class DataSet(_Entry, frozen=True):
    """What is known of a data set; ``taxonomy/datasets.yaml`` explains each part."""

    use: Literal["fit", "combine", "develop"]
    schemes: tuple[str, ...]
    complete: Literal["yes", "no"]
    weight: str
    rarity: Literal["yes", "no"]
    licence: str = ""
    citation: str = ""


class _DataSetsFile(_Entry, frozen=True):
    datasets: dict[str, DataSet]


class _ContextsFile(_Entry, frozen=True):
    contexts: tuple[Context, ...]


class _SchemesFile(_Entry, frozen=True):
    schemes: tuple[Scheme, ...]
    labels: tuple[Label, ...]


class _MatrixFile(_Entry, frozen=True):
    lines: dict[str, Line]


class _LanguagesFile(_Entry, frozen=True):
    languages: dict[str, LanguageProfile]


def layers_of(source: Source) -> dict[str, int]:
    """Group the schemes whose terms are weighed against each other.

    Schemes that a concept or the matrix joins are one layer; a scheme that
    stands for itself is a layer of its own, so that adding it changes nothing
    for the others.

    Returns:
        Scheme id -> number of its layer, numbered in the order of the schemes.
    """
    scheme_of = {label.id: label.scheme for label in source.labels}
    joined = [{scheme.id} for scheme in source.schemes]
    names = [tuple(concept.labels) for concept in source.concepts]
    names += [(line, *row.goals, *row.doubtful) for line, row in source.matrix.items()]
    for group in {frozenset(scheme_of.get(name, "") for name in group) for group in names}:
        meeting = [layer for layer in joined if layer & group]
        if len(meeting) > 1:
            meeting[0].update(*meeting[1:])
            joined = [layer for layer in joined if layer not in meeting[1:]]
    return {scheme: number for number, layer in enumerate(joined) for scheme in sorted(layer)}


_CONTEXTS = "contexts.yaml"
"""The one file that a taxonomy can do without: it has none where no label needs a context."""


def files_of(folder: Path) -> list[Path]:
    """List the files that make up a taxonomy, in reading order."""
    names = ("schemes", "matrix", "declared", "boilerplate", "languages")
    concepts = sorted((folder / "concepts").glob("*.yaml"))
    named = [folder / f"{name}.yaml" for name in names]
    contexts = [path for path in [folder / _CONTEXTS] if path.exists()]
    return [*named, *contexts, folder / "vocabulary.tsv", *concepts]


def fingerprint(folder: Path) -> str:
    """Return a hash of everything that the taxonomy folder says.

    Raises:
        TaxonomyError: A file is missing.
    """
    digest = hashlib.blake2b(digest_size=16)
    for path in files_of(folder):
        try:
            data = path.read_bytes()
        except OSError as error:
            raise TaxonomyError(
                "a file of the taxonomy cannot be read",
                where=str(path),
                hint="copy it from the shipped taxonomy; taxonomy/README.md lists the files",
            ) from error
        digest.update(path.name.encode() + b"\0" + data + b"\0")
    return digest.hexdigest()


def read_source(folder: Path) -> Source:
    """Read and validate a taxonomy folder.

    Raises:
        TaxonomyError: A file is missing or says something that is not allowed
            there; the message names file and line.
    """
    schemes = read_yaml(folder / "schemes.yaml", _SchemesFile)
    contexts: tuple[Context, ...] = ()
    if (folder / _CONTEXTS).exists():
        contexts = read_yaml(folder / _CONTEXTS, _ContextsFile).contexts
    concepts: list[Concept] = []
    places: dict[str, str] = {}
    repeated: list[tuple[str, str]] = []
    for path in sorted((folder / "concepts").glob("*.yaml")):
        lines = entry_lines(path)
        for concept, line in zip(read_yaml(path, tuple[Concept, ...]), lines, strict=True):
            place = f"{path}:{line}"
            if concept.id in places:
                repeated.append((concept.id, place))
            places[concept.id] = place
            concepts.append(concept)
    return Source(
        schemes=schemes.schemes,
        labels=schemes.labels,
        matrix=read_yaml(folder / "matrix.yaml", _MatrixFile).lines,
        declared=read_yaml(folder / "declared.yaml", Declared),
        boilerplate=read_yaml(folder / "boilerplate.yaml", Boilerplate),
        languages=read_yaml(folder / "languages.yaml", _LanguagesFile).languages,
        vocabulary=_read_vocabulary(folder / "vocabulary.tsv"),
        concepts=tuple(concepts),
        contexts=contexts,
        places=places,
        repeated=tuple(repeated),
    )


def read_datasets(path: Path) -> dict[str, DataSet]:
    """Read what is known of the data sets, by file name.

    Raises:
        TaxonomyError: The file is missing or wrong.
    """
    return read_yaml(path, _DataSetsFile).datasets


def _read_vocabulary(path: Path) -> tuple[Word, ...]:
    """Read the table of words: a column a language, variants separated by ``|``."""
    rows = read_text(path).splitlines()
    header = rows[0].split("\t") if rows else []
    if header[:1] != ["id"]:
        raise TaxonomyError(
            "the first line names no columns", where=f"{path}:1", hint="id and the languages"
        )
    words: list[Word] = []
    for number, row in enumerate(rows[1:], 2):
        cells = row.split("\t")
        if len(cells) != len(header) or not cells[0]:
            raise TaxonomyError(
                f"the row has {len(cells)} cells, not {len(header)}",
                where=f"{path}:{number}",
                hint="one cell a language, separated by tabs; empty cells count",
            )
        forms = {
            language: tuple(form for form in cell.split("|") if form)
            for language, cell in zip(header[1:], cells[1:], strict=True)
            if cell
        }
        words.append(Word(id=cells[0], forms=forms))
    return tuple(words)
