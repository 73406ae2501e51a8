"""The taxonomy as SKOS in Turtle, the same bytes each time.

Schemes become concept schemes, labels concepts of their scheme, and the ideas
that point to labels concepts of a scheme ``lexicon``: their first term in a
language is the preferred label, the others are alternative ones. Every link
between schemes is a ``skos:relatedMatch``; the strength of a concept's link to
a label, the matrix and the colours stand beside it in the annotator's own
vocabulary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.skos.vocabulary import OWN, SKOS, STRENGTHS, iri_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import BinaryIO

    from annotator.taxonomy import Taxonomy
    from annotator.taxonomy_source import Concept, Label

__all__ = ["LEXICON", "write_turtle"]

LEXICON = "lexicon"
"""The scheme of the concepts that lead to labels."""

_HEAD = f"""\
@prefix skos: <{SKOS}> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix own: <{OWN}> .

own:decisive rdfs:subPropertyOf skos:relatedMatch .
own:strong rdfs:subPropertyOf skos:relatedMatch .
own:weak rdfs:subPropertyOf skos:relatedMatch .
own:serves rdfs:subPropertyOf skos:relatedMatch .
"""

_ESCAPES = str.maketrans(
    {
        "\\": "\\\\",
        '"': '\\"',
        "\n": "\\n",
        "\r": "\\r",
        "\t": "\\t",
        **{chr(code): f"\\u{code:04X}" for code in (*range(9), 11, 12, *range(14, 32), 127)},
    }
)

_Pair = tuple[str, str]


def write_turtle(taxonomy: Taxonomy, stream: BinaryIO) -> None:
    """Write a taxonomy's schemes, labels, matrix and concepts.

    Args:
        taxonomy: What to write.
        stream: Where to; UTF-8.
    """
    stream.write(_HEAD.encode())
    for scheme in taxonomy.schemes.values():
        tops = [
            label.id
            for label in taxonomy.labels.values()
            if label.scheme == scheme.id and label.broader is None
        ]
        pairs = [
            ("a", "skos:ConceptScheme"),
            ("skos:notation", _literal(scheme.id)),
            *_names("skos:prefLabel", {code: [n] for code, n in scheme.pref_label.items()}),
            *(("own:language", _literal(code)) for code in scheme.languages),
            *(("skos:hasTopConcept", _ref("label", label)) for label in tops),
        ]
        stream.write(_subject(_ref("scheme", scheme.id), pairs))
    stream.writelines(
        _subject(_ref("label", label.id), _label(label, taxonomy))
        for label in taxonomy.labels.values()
    )
    stream.write(
        _subject(
            _ref("scheme", LEXICON),
            [("a", "skos:ConceptScheme"), ("skos:notation", _literal(LEXICON))],
        )
    )
    stream.writelines(
        _subject(_ref("concept", concept.id), _concept(concept))
        for concept in taxonomy.concepts.values()
    )


def _label(label: Label, taxonomy: Taxonomy) -> Iterator[_Pair]:
    """Say what the taxonomy knows of a label."""
    yield "a", "skos:Concept"
    yield "skos:inScheme", _ref("scheme", label.scheme)
    if label.broader is None:
        yield "skos:topConceptOf", _ref("scheme", label.scheme)
    else:
        yield "skos:broader", _ref("label", label.broader)
    yield "skos:notation", _literal(label.id)
    yield from _names("skos:prefLabel", {code: [name] for code, name in label.pref_label.items()})
    alternatives = {
        code: [name] for code, name in label.alt_label.items() if name != label.pref_label.get(code)
    }
    yield from _names("skos:altLabel", alternatives)
    yield "own:color", _literal(label.color)
    if label.needs is not None:
        yield "own:needs", _literal(label.needs)
    for name in label.facilitators:
        yield "own:facilitator", _literal(name)
    for code in label.rendered:
        yield "own:rendered", _literal(code)
    for code in label.corrected:
        yield "own:corrected", _literal(code)
    line = taxonomy.matrix.get(label.id)
    if line is not None:
        for goal in line.goals:
            yield "skos:relatedMatch", _ref("label", goal)
            yield "own:serves", _ref("label", goal)
        for goal, view in line.doubtful.items():
            yield "own:doubtful", _literal(f"{goal} {view}")
        for target in line.targets:
            yield "own:target", _literal(target)


def _concept(concept: Concept) -> Iterator[_Pair]:
    """Say what the taxonomy knows of a concept."""
    yield "a", "skos:Concept"
    yield "skos:inScheme", _ref("scheme", LEXICON)
    yield "skos:notation", _literal(concept.id)
    yield from _names("skos:prefLabel", {code: terms[:1] for code, terms in concept.terms.items()})
    others = {
        code: [term for term in dict.fromkeys(terms[1:]) if term != terms[0]]
        for code, terms in concept.terms.items()
    }
    yield from _names("skos:altLabel", others)
    yield from _names("own:except", concept.exceptions)
    yield from _names("own:unless", concept.unless)
    for strength in STRENGTHS:
        for label, given in concept.labels.items():
            if given == strength:
                yield "skos:relatedMatch", _ref("label", label)
                yield f"own:{strength}", _ref("label", label)


def _names(predicate: str, names: Mapping[str, Iterable[str]]) -> Iterator[_Pair]:
    """Yield texts with their language."""
    for code, texts in names.items():
        for text in texts:
            yield predicate, f"{_literal(text)}@{code}"


def _subject(subject: str, pairs: Iterable[_Pair]) -> bytes:
    """Write what is said of one thing, objects of one predicate together."""
    objects: dict[str, list[str]] = {}
    for predicate, value in pairs:
        objects.setdefault(predicate, []).append(value)
    said = " ;\n".join(
        f"    {predicate} {', '.join(values)}" for predicate, values in objects.items()
    )
    return f"\n{subject}\n{said} .\n".encode()


def _ref(kind: str, name: str) -> str:
    """Write a reference."""
    return f"<{iri_of(kind, name)}>"


def _literal(text: str) -> str:
    """Write a text as a Turtle literal."""
    return f'"{text.translate(_ESCAPES)}"'
