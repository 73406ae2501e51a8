"""Find mistakes in a taxonomy folder that make no file wrong but the knowledge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator.errors import TaxonomyError
from annotator.lexicon import AS_WRITTEN, GAP, phrase_key
from annotator.phrases import BREAK
from annotator.taxonomy_source import layers_of, read_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from annotator.taxonomy_source import Concept, Source

__all__ = ["Problem", "check_taxonomy"]

_UNSTEMMED = frozenset({"ar", "zh"})
_HAN_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake, with its place and what to do."""

    where: str
    what: str
    hint: str

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.where}: {self.what}. Try: {self.hint}"


def check_taxonomy(folder: Path) -> list[Problem]:
    """Check a taxonomy folder.

    Found are: files that are not valid, duplicate ids, unknown labels and
    languages, concepts without a language, terms that two concepts claim, and
    terms that can never match after folding.

    >>> from annotator.resources import taxonomy_folder
    >>> check_taxonomy(taxonomy_folder())
    []
    """
    try:
        source = read_source(folder)
    except TaxonomyError as error:
        return [Problem(error.where, error.what, error.hint)]
    languages = [code for code, profile in source.languages.items() if profile.supported == "yes"]
    return [
        *_repeated(source),
        *_wrong_labels(source),
        *_wrong_languages(source, languages),
        *_wrong_terms(source, languages),
        *_broken_terms(source),
        *_wrong_contexts(source, languages),
    ]


def _repeated(source: Source) -> Iterator[Problem]:
    """Find ids that stand twice."""
    for name, place in source.repeated:
        yield Problem(place, f"the id {name} stands twice", "merge the two, or give one a new id")
    seen: set[str] = set()
    for label in source.labels:
        if label.id in seen:
            yield Problem("schemes.yaml", f"the label {label.id} stands twice", "keep one")
        seen.add(label.id)
    contexts = [context.id for context in source.contexts]
    for name in sorted({name for name in contexts if contexts.count(name) > 1}):
        yield Problem("contexts.yaml", f"the context {name} stands twice", "keep one")


def _wrong_labels(source: Source) -> Iterator[Problem]:
    """Find labels that are used but not there."""
    known = {label.id for label in source.labels}
    schemes = {scheme.id for scheme in source.schemes}
    for label in source.labels:
        if label.scheme not in schemes:
            yield Problem(
                "schemes.yaml",
                f"{label.id} is of an unknown scheme {label.scheme}",
                "add the scheme",
            )
        if label.broader is not None and label.broader not in known:
            yield Problem(
                "schemes.yaml",
                f"{label.id} has an unknown broader {label.broader}",
                "add the label",
            )
    contexts = {context.id for context in source.contexts}
    for label in source.labels:
        if label.needs is not None and label.needs not in contexts:
            yield Problem(
                "schemes.yaml",
                f"{label.id} needs {label.needs}, which is no context",
                "describe it in contexts.yaml, or take the need out",
            )
    for line, row in source.matrix.items():
        for name in (line, *row.goals, *row.doubtful):
            if name not in known:
                yield Problem("matrix.yaml", f"{name} is no label", "use an id of schemes.yaml")
    for concept in source.concepts:
        for name in concept.labels:
            if name not in known:
                yield Problem(
                    source.places[concept.id],
                    f"{concept.id} points to {name}, which is no label",
                    "use an id of schemes.yaml",
                )


def _wrong_languages(source: Source, languages: list[str]) -> Iterator[Problem]:
    """Find concepts that lack a language, or have one that nothing supports."""
    promised = {scheme.id: scheme.languages for scheme in source.schemes}
    scheme_of = {label.id: label.scheme for label in source.labels}
    for scheme in source.schemes:
        for language in sorted(set(scheme.languages) - set(languages)):
            yield Problem(
                "schemes.yaml",
                f"the scheme {scheme.id} names {language}, which is not supported",
                "describe it in languages.yaml",
            )
    for concept in source.concepts:
        place = source.places[concept.id]
        schemes = {scheme_of.get(label, "") for label in concept.labels}
        own = {code for scheme in schemes for code in promised.get(scheme, ()) or languages}
        for language in languages:
            if language in own and not concept.terms.get(language):
                yield Problem(
                    place,
                    f"{concept.id} has no term in {language}",
                    "add one, or delete the concept",
                )
        for part in (concept.terms, concept.exceptions, concept.unless):
            yield from _unsupported(place, concept.id, part, languages)


def _unsupported(
    place: str, name: str, terms: Mapping[str, tuple[str, ...]], languages: list[str]
) -> Iterator[Problem]:
    """Find terms in languages that nothing supports."""
    for language in sorted(set(terms) - set(languages)):
        yield Problem(
            place,
            f"{name} has terms in {language}, which is not supported",
            "describe it in languages.yaml",
        )


def _wrong_terms(source: Source, languages: list[str]) -> Iterator[Problem]:
    """Find terms that two concepts claim, and terms that can never match."""
    layers = layers_of(source)
    scheme_of = {label.id: label.scheme for label in source.labels}
    layer_of = {
        concept.id: layers.get(scheme_of.get(next(iter(concept.labels), ""), ""), 0)
        for concept in source.concepts
    }
    for language in languages:
        owner: dict[tuple[int, str], str] = {}
        for concept in source.concepts:
            for term in concept.terms.get(language, ()):
                place = source.places[concept.id]
                keys = [phrase_key(part, language) for part in term.split(GAP)]
                if not all(keys) or len(keys) > 2:  # noqa: PLR2004 - a gap has two sides
                    yield Problem(
                        place,
                        f"the term {term!r} ({language}) of {concept.id} can never match",
                        "a term holds words, and one gap at most",
                    )
                    continue
                if language in _UNSTEMMED and AS_WRITTEN.search(term):
                    yield Problem(
                        place,
                        f"the term {term!r} ({language}) of {concept.id} has a mark for words that "
                        "are compared as they are written",
                        "take it out: in this language no word is compared by its stem",
                    )
                if language == "zh" and len(keys[0]) < _HAN_SHORTEST and not keys[0].isascii():
                    yield Problem(
                        place,
                        f"the term {term!r} of {concept.id} would match everywhere",
                        "write two characters or more",
                    )
                key = layer_of[concept.id], GAP.join(keys)
                other = owner.setdefault(key, concept.id)
                if other != concept.id:
                    yield Problem(
                        place,
                        f"the term {term!r} ({language}) stands in {other} and in {concept.id}",
                        "keep it where it says most",
                    )
        yield from _hidden_terms(source.concepts, language, source)


def _broken_terms(source: Source) -> Iterator[Problem]:
    """Find terms with punctuation inside, which no match may cross."""
    for concept in source.concepts:
        for part in (concept.terms, concept.exceptions, concept.unless):
            for language, terms in part.items():
                for term in terms:
                    if BREAK.search(term.replace(GAP, " ")):
                        yield Problem(
                            source.places[concept.id],
                            f"the term {term!r} ({language}) of {concept.id} can never match",
                            f"take the punctuation out, or write {GAP} in its place",
                        )


def _hidden_terms(
    concepts: tuple[Concept, ...], language: str, source: Source
) -> Iterator[Problem]:
    """Find terms that an exception of their own concept always hides."""
    for concept in concepts:
        exceptions = {
            phrase_key(phrase, language) for phrase in concept.exceptions.get(language, ())
        }
        for term in concept.terms.get(language, ()):
            if phrase_key(term, language) in exceptions:
                yield Problem(
                    source.places[concept.id],
                    f"the term {term!r} ({language}) of {concept.id} is its own exception",
                    "delete one of the two",
                )


def _wrong_contexts(source: Source, languages: list[str]) -> Iterator[Problem]:
    """Find contexts that lack a language, and words of theirs that can never match."""
    for context in source.contexts:
        for language in sorted(set(languages) - set(context.terms)):
            yield Problem(
                "contexts.yaml",
                f"{context.id} has no term in {language}: labels that need it lose there",
                "add some",
            )
        yield from _unsupported("contexts.yaml", context.id, context.terms, languages)
        for language, terms in context.terms.items():
            keys = {term: phrase_key(term, language) for term in terms}
            for term, key in keys.items():
                if GAP in term or not key or BREAK.search(term):
                    yield Problem(
                        "contexts.yaml",
                        f"the term {term!r} ({language}) of {context.id} can never match",
                        "a term of a context holds words, no gap and no punctuation",
                    )
