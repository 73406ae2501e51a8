"""The taxonomy, ready for use: labels, concepts, matrix, compiled indexes.

Reading 3,000 concepts from YAML and stemming their terms takes seconds, so the
result is kept as one file, keyed by a hash of the sources: beside the sources
in a wheel, in the user's cache folder otherwise. Nothing needs to be done by
hand when a file changes.
"""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from zlib import compress, decompress

import msgspec

from annotator.errors import TaxonomyError
from annotator.files import write_atomically
from annotator.lexicon import Index, compile_index, pack, unpack
from annotator.resources import taxonomy_folder
from annotator.taxonomy_source import (
    Boilerplate,
    Concept,
    Declared,
    Label,
    LanguageProfile,
    Line,
    Scheme,
    Source,
    Strength,
    fingerprint,
    layers_of,
    read_source,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Taxonomy", "compile_folder"]

_FORMAT = 9
"""Raise it when the compiled form changes its shape or its folding."""


class _Compiled(msgspec.Struct, array_like=True):
    """What is kept on disk. The packed parts are decoded only when they are asked for."""

    format: int
    fingerprint: str
    schemes: tuple[Scheme, ...]
    labels: tuple[Label, ...]
    matrix: dict[str, Line]
    languages: dict[str, LanguageProfile]
    concept_ids: list[str]
    concept_labels: list[dict[str, Strength]]
    declared: bytes
    boilerplate: bytes
    concepts: bytes
    layers: dict[str, int]
    """Scheme -> its layer: terms are weighed only against those of their own layer."""
    indexes: list[dict[str, bytes]]
    """For each layer its index in each supported language."""
    vocabulary_ids: list[str]
    vocabulary_indexes: dict[str, bytes]
    context_ids: list[str]
    context_indexes: dict[str, bytes]


class Taxonomy:
    """Labels and the knowledge that leads to them.

    >>> taxonomy = Taxonomy.load()
    >>> taxonomy.labels["SDG4"].name("zh"), taxonomy.labels["C7.e-health"].broader
    ('优质教育', 'C7')
    >>> taxonomy.leaves("wsis")[:2], len(taxonomy.leaves())
    (('C1', 'C2'), 35)
    """

    def __init__(self, compiled: _Compiled) -> None:
        """Wrap a compiled taxonomy; use :meth:`load`."""
        self._compiled = compiled
        self.fingerprint = compiled.fingerprint
        self.schemes: Mapping[str, Scheme] = {scheme.id: scheme for scheme in compiled.schemes}
        self.labels: Mapping[str, Label] = {label.id: label for label in compiled.labels}
        self.matrix: Mapping[str, Line] = compiled.matrix
        self.languages: Mapping[str, LanguageProfile] = compiled.languages
        self.concept_ids: Sequence[str] = compiled.concept_ids
        self.concept_labels: Sequence[Mapping[str, Strength]] = compiled.concept_labels
        self.vocabulary_ids: Sequence[str] = compiled.vocabulary_ids
        self.context_ids: Sequence[str] = compiled.context_ids
        self.layers: Mapping[str, int] = compiled.layers
        self._indexes: dict[tuple[str, int], Index] = {}
        self._vocabulary: dict[str, Index] = {}

    @classmethod
    def load(cls, folder: Path | None = None) -> Taxonomy:
        """Load a taxonomy folder, compiling it if that has not been done.

        Args:
            folder: Where the taxonomy stands; by default the one that ships
                with the package.

        Raises:
            TaxonomyError: A file is missing or wrong; the message says where.
        """
        folder = folder or taxonomy_folder()
        key = fingerprint(folder)
        for place in _places(folder, key):
            compiled = _read_compiled(place)
            if compiled and (compiled.format, compiled.fingerprint) == (_FORMAT, key):
                return cls(compiled)
        data = compile_folder(folder)
        _keep(data, _places(folder, key)[-1])
        return cls(msgspec.msgpack.decode(data, type=_Compiled))

    @property
    def supported_languages(self) -> tuple[str, ...]:
        """Return the languages whose paragraphs are labelled."""
        return tuple(self._compiled.vocabulary_indexes)

    @cached_property
    def declared(self) -> Declared:
        """How texts name labels."""
        return _decode(self._compiled.declared, Declared)

    @cached_property
    def boilerplate(self) -> Boilerplate:
        """How boilerplate is told from text."""
        return _decode(self._compiled.boilerplate, Boilerplate)

    @cached_property
    def concepts(self) -> Mapping[str, Concept]:
        """All concepts with their terms, by id."""
        concepts = _decode(self._compiled.concepts, tuple[Concept, ...])
        return {concept.id: concept for concept in concepts}

    @cached_property
    def matrix_columns(self) -> tuple[str, ...]:
        """Return the labels that the matrix sets its lines against, in order."""
        named = {goal for row in self.matrix.values() for goal in (*row.goals, *row.doubtful)}
        schemes = {self.scheme_of(goal) for goal in named}
        return tuple(label for label in self.leaves() if self.scheme_of(label) in schemes)

    def index(self, language: str, layer: int = 0) -> Index:
        """Return the compiled terms of a supported language: those of one layer."""
        key = language, layer
        if key not in self._indexes:
            self._indexes[key] = unpack(decompress(self._compiled.indexes[layer][language]))
        return self._indexes[key]

    def vocabulary(self, language: str) -> Index:
        """Return the compiled vocabulary of a supported language."""
        if language not in self._vocabulary:
            packed = self._compiled.vocabulary_indexes[language]
            self._vocabulary[language] = unpack(decompress(packed))
        return self._vocabulary[language]

    def contexts(self, language: str) -> Index:
        """Return the compiled terms of the contexts in a supported language."""
        return unpack(decompress(self._compiled.context_indexes[language]))

    def leaves(self, scheme: str | None = None) -> tuple[str, ...]:
        """Return the labels that have no narrower ones, in order."""
        broader = {label.broader for label in self.labels.values()}
        return tuple(
            label.id
            for label in self.labels.values()
            if label.id not in broader and scheme in (None, label.scheme)
        )

    def scheme_of(self, label: str) -> str:
        """Return the scheme of a label."""
        return self.labels[label].scheme

    def expected(self, line: str, goal: str) -> bool | None:
        """Tell whether the official matrix links a line to a goal; ``None`` if it is doubtful."""
        row = self.matrix.get(line)
        if row is None:
            return False
        return None if goal in row.doubtful else goal in row.goals


def compile_folder(folder: Path) -> bytes:
    """Compile a taxonomy folder into the bytes that :meth:`Taxonomy.load` keeps.

    Raises:
        TaxonomyError: A file is missing or wrong.
    """
    source = read_source(folder)
    known = {label.id for label in source.labels}
    schemes = {scheme.id for scheme in source.schemes}
    contexts = {context.id for context in source.contexts}
    for label in source.labels:
        if label.scheme not in schemes:
            raise TaxonomyError(
                f"the label {label.id} is of an unknown scheme {label.scheme}",
                where=str(folder / "schemes.yaml"),
                hint="add the scheme",
            )
        if label.needs is not None and label.needs not in contexts:
            raise TaxonomyError(
                f"the label {label.id} needs {label.needs}, which contexts.yaml lacks",
                where=str(folder / "schemes.yaml"),
                hint="describe the context, or take the need out",
            )
    for concept in source.concepts:
        unknown = sorted(set(concept.labels) - known)
        if unknown:
            raise TaxonomyError(
                f"concept {concept.id} points to {', '.join(unknown)}, which schemes.yaml lacks",
                where=source.places[concept.id],
                hint="annotator taxonomy list shows the labels that there are",
            )
    if source.repeated:
        name, place = source.repeated[0]
        raise TaxonomyError(
            f"the id {name} stands twice",
            where=place,
            hint="merge the two concepts, or give one a new id",
        )
    layers = layers_of(source)
    supported = [code for code, profile in source.languages.items() if profile.supported == "yes"]
    nothing: dict[str, tuple[str, ...]] = {}
    words = [(word.forms, nothing, nothing) for word in source.vocabulary]
    needed = [(context.terms, nothing, nothing) for context in source.contexts]
    compiled = _Compiled(
        format=_FORMAT,
        fingerprint=fingerprint(folder),
        schemes=source.schemes,
        labels=source.labels,
        matrix=source.matrix,
        languages=source.languages,
        concept_ids=[concept.id for concept in source.concepts],
        concept_labels=[concept.labels for concept in source.concepts],
        declared=compress(msgspec.msgpack.encode(source.declared)),
        boilerplate=compress(msgspec.msgpack.encode(source.boilerplate)),
        concepts=compress(msgspec.msgpack.encode(source.concepts)),
        layers=layers,
        indexes=[
            {code: compress(pack(compile_index(code, parts))) for code in supported}
            for parts in _parts(source, layers)
        ],
        vocabulary_ids=[word.id for word in source.vocabulary],
        vocabulary_indexes={code: compress(pack(compile_index(code, words))) for code in supported},
        context_ids=[context.id for context in source.contexts],
        context_indexes={code: compress(pack(compile_index(code, needed))) for code in supported},
    )
    return msgspec.msgpack.encode(compiled)


_Forms = dict[str, tuple[str, ...]]


def _parts(source: Source, layers: Mapping[str, int]) -> list[list[tuple[_Forms, _Forms, _Forms]]]:
    """Return for each layer what its concepts match; those of other layers keep their number."""
    scheme_of = {label.id: label.scheme for label in source.labels}
    parts: list[list[tuple[_Forms, _Forms, _Forms]]] = [[] for _ in {0, *layers.values()}]
    for concept in source.concepts:
        mine = layers[scheme_of[next(iter(concept.labels))]] if concept.labels else 0
        for layer, of_layer in enumerate(parts):
            forms = (concept.terms, concept.exceptions, concept.unless)
            of_layer.append(forms if layer == mine else ({}, {}, {}))
    return parts


_Part = TypeVar("_Part")


def _decode(part: bytes, kind: type[_Part]) -> _Part:
    """Decode a part that is kept packed until it is asked for."""
    return msgspec.msgpack.decode(decompress(part), type=kind)


def _places(folder: Path, key: str) -> list[Path]:
    """Say where a compiled form may be: shipped beside the sources, then the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    # The form stands in the name, or two versions of this package would overwrite each other's.
    name = f"taxonomy-{_FORMAT}-{key}.msgpack"
    return [folder / "compiled.msgpack", cache / "wsis-sdg-annotator" / name]


def _read_compiled(path: Path) -> _Compiled | None:
    """Read a compiled form; what is missing or damaged is compiled anew, so no error."""
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=_Compiled)
    except (OSError, msgspec.DecodeError):
        return None


def _keep(data: bytes, path: Path) -> None:
    """Keep a compiled form for the next run; a home that cannot be written to is no error."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, data)
    except OSError:
        return
