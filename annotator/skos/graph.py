"""Read SKOS files of any maker into plain data."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from annotator.errors import MissingInputError, UnreadableInputError, UsageError
from annotator.skos.vocabulary import OWN, SKOS, STRENGTHS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["SUFFIXES", "SkosConcept", "SkosFile", "SkosScheme", "read_skos"]

SUFFIXES: Mapping[str, str] = {
    ".ttl": "turtle",
    ".nt": "nt",
    ".rdf": "xml",
    ".xml": "xml",
    ".owl": "xml",
}
"""Ends of file names, with the name that rdflib has for the syntax. JSON-LD is none of them: it
may name a context that would have to be fetched."""

UNTAGGED = ""
"""Stands for the language of texts that name none."""

Texts = dict[str, list[str]]
"""Texts by language, each list sorted."""


@dataclass(frozen=True, slots=True)
class SkosConcept:
    """A concept as its file describes it."""

    iri: str
    name: str
    """Its notation, or the last part of its IRI."""
    scheme: str | None
    """IRI of its scheme; ``None`` where it names none."""
    broader: str | None
    preferred: Texts
    others: Texts
    """Alternative and hidden labels."""
    links: dict[str, str] = field(default_factory=dict)
    """IRI of a label -> strength, for the concepts of an exported lexicon."""
    own: dict[str, list[str]] = field(default_factory=dict)
    """What an exported taxonomy says in the annotator's own vocabulary, by property."""
    texts: dict[str, Texts] = field(default_factory=dict)
    """The same for what is in a language: ``except`` and ``unless``."""


@dataclass(frozen=True, slots=True)
class SkosScheme:
    """A concept scheme as its file describes it."""

    iri: str
    name: str
    """Its notation, or the last part of its IRI."""
    preferred: Texts
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SkosFile:
    """What a file holds, in the order of IRIs, which is the same each time."""

    schemes: tuple[SkosScheme, ...]
    concepts: tuple[SkosConcept, ...]


def read_skos(path: Path) -> SkosFile:
    """Read a SKOS file: Turtle, N-Triples or RDF/XML, told by the end of its name.

    Raises:
        MissingInputError: There is no such file.
        UnreadableInputError: It is not in that syntax, or holds no concept.
        UsageError: The end of its name tells no syntax.
    """
    syntax = SUFFIXES.get(path.suffix.casefold())
    if syntax is None:
        raise UsageError(
            f"a name that ends with {path.suffix or 'nothing'} tells no syntax of RDF",
            where=str(path),
            hint=f"a file that ends with {', '.join(SUFFIXES)}",
        )
    graph = _parse(path, syntax)
    concepts = tuple(_concepts(graph))
    if not concepts:
        raise UnreadableInputError(
            "there is no skos:Concept in it", where=str(path), hint="a SKOS file"
        )
    return SkosFile(tuple(_schemes(graph)), concepts)


def _parse(path: Path, syntax: str) -> Any:  # noqa: ANN401 - rdflib is loaded when it is needed
    """Parse a file; nothing that it names is fetched."""
    from xml.sax import SAXParseException  # noqa: PLC0415

    from rdflib import Graph  # noqa: PLC0415 - a quarter of a second
    from rdflib.exceptions import ParserError  # noqa: PLC0415

    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise MissingInputError(
            "there is no such file", where=str(path), hint="check the name"
        ) from error
    except OSError as error:
        raise UnreadableInputError(
            f"it cannot be read ({error.strerror})", where=str(path), hint="check the permissions"
        ) from error
    try:
        # The bytes are given, not the path: an IRI in a name of a file must not be looked up.
        return Graph().parse(data=data, format=syntax, publicID="urn:file:")
    except (SyntaxError, SAXParseException, ParserError, UnicodeDecodeError, ValueError) as error:
        said = " ".join(str(error).split())[:200]
        raise UnreadableInputError(
            f"it is not valid {syntax} ({said})", where=str(path), hint="check it with its maker"
        ) from error


def _schemes(graph: Any) -> Iterator[SkosScheme]:  # noqa: ANN401 - as above
    """Yield the concept schemes."""
    for node in _of_type(graph, "ConceptScheme"):
        yield SkosScheme(
            iri=str(node),
            name=_name(graph, node),
            preferred=_texts(graph, node, SKOS + "prefLabel", _TITLE, _LABEL),
            languages=tuple(sorted(map(str, _objects(graph, node, OWN + "language")))),
        )


def _concepts(graph: Any) -> Iterator[SkosConcept]:  # noqa: ANN401 - as above
    """Yield the concepts."""
    for node in _of_type(graph, "Concept"):
        schemes = [
            *_objects(graph, node, SKOS + "inScheme"),
            *_objects(graph, node, SKOS + "topConceptOf"),
            *_subjects(graph, node, SKOS + "hasTopConcept"),
        ]
        broader = [
            *_objects(graph, node, SKOS + "broader"),
            *_subjects(graph, node, SKOS + "narrower"),
        ]
        own: dict[str, list[str]] = {}
        for predicate, value in graph.predicate_objects(node):
            if str(predicate).startswith(OWN):
                own.setdefault(str(predicate).removeprefix(OWN), []).append(str(value))
        yield SkosConcept(
            iri=str(node),
            name=_name(graph, node),
            scheme=min(map(str, schemes), default=None),
            broader=min(map(str, broader), default=None),
            preferred=_texts(graph, node, SKOS + "prefLabel", _LABEL),
            others=_texts(graph, node, SKOS + "altLabel", SKOS + "hiddenLabel", together=True),
            links={iri: name for name in reversed(STRENGTHS) for iri in sorted(own.get(name, ()))},
            own={name: sorted(values) for name, values in own.items()},
            texts={name: _texts(graph, node, OWN + name) for name in ("except", "unless")},
        )


_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_TITLE = "http://purl.org/dc/terms/title"


def _of_type(graph: Any, kind: str) -> list[Any]:  # noqa: ANN401 - as above
    """Return the named things of a SKOS class, in order of IRI."""
    from rdflib import RDF, URIRef  # noqa: PLC0415

    found = set(graph.subjects(RDF.type, URIRef(SKOS + kind)))
    return sorted((node for node in found if isinstance(node, URIRef)), key=str)


def _objects(graph: Any, node: Any, predicate: str) -> list[Any]:  # noqa: ANN401 - as above
    from rdflib import URIRef  # noqa: PLC0415

    return list(graph.objects(node, URIRef(predicate)))


def _subjects(graph: Any, node: Any, predicate: str) -> list[Any]:  # noqa: ANN401 - as above
    from rdflib import URIRef  # noqa: PLC0415

    return list(graph.subjects(URIRef(predicate), node))


def _name(graph: Any, node: Any) -> str:  # noqa: ANN401 - as above
    """Return the notation of a thing, or the last part of its IRI."""
    notations = sorted(map(str, _objects(graph, node, SKOS + "notation")))
    return notations[0] if notations else re.split(r"[/#:]", str(node).rstrip("/#:"))[-1]


def _texts(graph: Any, node: Any, *predicates: str, together: bool = False) -> Texts:  # noqa: ANN401
    """Return texts by primary language; of several predicates the first that says anything."""
    found: Texts = {}
    for predicate in predicates:
        for value in _objects(graph, node, predicate):
            language = (getattr(value, "language", None) or UNTAGGED).split("-")[0].lower()
            found.setdefault(language, []).append(str(value))
        if found and not together:
            break
    return {language: sorted(set(texts)) for language, texts in sorted(found.items())}
