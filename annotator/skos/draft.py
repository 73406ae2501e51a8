"""What a SKOS file becomes: schemes, labels and concepts as the taxonomy's files have them."""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from annotator.errors import TaxonomyError, UsageError
from annotator.lexicon import GAP, phrase_key
from annotator.skos.graph import UNTAGGED
from annotator.skos.hierarchy import by_hierarchy, natural_key
from annotator.skos.terms import terms_of
from annotator.skos.vocabulary import iri_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from annotator.skos.graph import SkosConcept, SkosFile, SkosScheme, Texts
    from annotator.taxonomy_source import Source, Strength

__all__ = ["Draft", "ImportOptions", "draft_taxonomy"]

_Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How the names of a SKOS file become labels and terms."""

    scheme: str | None = None
    """Id of the new scheme; told from the file by default."""
    strength: Strength = "decisive"
    """What a concept's own names say for its label."""
    depth: int = 0
    """Levels of the hierarchy that become labels; 0: all. What is narrower points to the label
    above it."""
    untagged: str | None = None
    """Language of names that name none; such names are left out by default."""


@dataclass(slots=True)
class Draft:
    """Entries for the files of a taxonomy folder."""

    supported: tuple[str, ...]
    schemes: list[_Entry] = field(default_factory=list)
    labels: list[_Entry] = field(default_factory=list)
    matrix: dict[str, _Entry] = field(default_factory=dict)
    concepts: list[_Entry] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def draft_taxonomy(
    file: SkosFile, path: Path, source: Source, options: ImportOptions, *, into: bool
) -> Draft:
    """Draft the entries.

    Concepts of the file become labels, and the names of each a concept that
    points to it. Concepts that say themselves to which labels they point, as
    those that the annotator exports do, become concepts as they are, and the
    labels of the schemes they point to get none from their names.

    Args:
        file: What was read.
        path: Where from, for messages.
        source: The taxonomy from which the languages come.
        options: How names become labels and terms.
        into: The entries are to stand beside those of ``source``.

    Raises:
        TaxonomyError: There is no label, an id is taken, or a name is missing.
        UsageError: ``--scheme`` with a file of several schemes.
    """
    supported = tuple(code for code, lang in source.languages.items() if lang.supported == "yes")
    return _Drafting(file, path, source, options, supported, into=into).draft()


class _Drafting:
    """The steps of one import, and what they share."""

    def __init__(
        self,
        file: SkosFile,
        path: Path,
        source: Source,
        options: ImportOptions,
        supported: tuple[str, ...],
        *,
        into: bool,
    ) -> None:
        self._file = file
        self._path = path
        self._options = options
        self._into = into
        self._draft = Draft(supported)
        # The shipped model knows the shipped labels by their ids, so these mean nothing else.
        self._taken = {label.id for label in source.labels}
        self._contexts = {context.id for context in source.contexts}
        self._concept_ids = {concept.id for concept in source.concepts} if into else set()
        self._scheme_ids = {scheme.id for scheme in source.schemes} if into else set()
        self._of_iri = {concept.iri: concept for concept in file.concepts}
        self._label_ids: dict[str, str] = {}
        """IRI -> id of the label; for what is narrower than any label, that of the label above."""

    def draft(self) -> Draft:
        """Draft schemes, labels, concepts and matrix, in this order: each rests on the last."""
        labels = [concept for concept in self._file.concepts if not concept.links]
        groups: dict[str | None, list[SkosConcept]] = {}
        for concept in labels:
            groups.setdefault(self._scheme_of(concept), []).append(concept)
        if self._options.scheme and len(groups) > 1:
            raise UsageError(
                f"the file holds {len(groups)} schemes, and --scheme names one",
                where=str(self._path),
                hint="leave --scheme out",
            )
        deeper: list[SkosConcept] = []
        for iri, members in groups.items():
            deeper += self._draft_scheme(iri, members)
        pointing = [concept for concept in self._file.concepts if concept.links]
        self._draft_concepts(labels, deeper, pointing)
        self._promise_languages()
        for concept in labels:
            self._draft_line(concept)
        return self._draft

    def _scheme_of(self, concept: SkosConcept) -> str | None:
        """Return the scheme of a concept; where it names none, that of the file or of its parent."""
        seen = {concept.iri}
        above: SkosConcept | None = concept
        while above and above.scheme is None and above.broader and above.broader not in seen:
            seen.add(above.broader)
            above = self._of_iri.get(above.broader)
        if above and above.scheme:
            return above.scheme
        return self._file.schemes[0].iri if len(self._file.schemes) == 1 else None

    def _draft_scheme(self, iri: str | None, members: Sequence[SkosConcept]) -> list[SkosConcept]:
        """Draft one scheme and its labels; return what is narrower than any label."""
        scheme = next((known for known in self._file.schemes if known.iri == iri), None)
        name = self._options.scheme or _slug(scheme.name if scheme else self._path.stem).lower()
        if name in self._scheme_ids:
            raise TaxonomyError(
                f"there is a scheme {name} already",
                where=str(self._path),
                hint="--scheme with another id",
            )
        self._scheme_ids.add(name)
        self._draft.schemes.append(self._scheme_entry(name, scheme))
        deeper: list[SkosConcept] = []
        ordered = list(by_hierarchy(members))
        for position, (concept, parents) in enumerate(ordered):
            if self._options.depth and len(parents) >= self._options.depth:
                above = parents[self._options.depth - 1]
                self._label_ids[concept.iri] = self._label_ids[above]
                deeper.append(concept)
                continue
            self._draft_label(concept, name, parents, position / len(ordered))
        return deeper

    def _scheme_entry(self, name: str, scheme: SkosScheme | None) -> _Entry:
        """Draft the entry of a scheme."""
        names = self._first(scheme.preferred) if scheme else {}
        entry: _Entry = {"id": name, "prefLabel": names or {"en": name}}
        if scheme and scheme.languages:
            entry["languages"] = list(scheme.languages)
        return entry

    def _draft_label(
        self, concept: SkosConcept, scheme: str, parents: Sequence[str], turn: float
    ) -> None:
        """Draft one label; ``turn`` is its place on the colour wheel, 0 to 1."""
        name = _slug(concept.name)
        exported = concept.iri == iri_of("label", concept.name)
        if name in self._taken and (self._into or not exported):
            name = f"{scheme}.{name}"
        number = 2
        while name in self._taken and (self._into or not exported):
            name, number = f"{scheme}.{_slug(concept.name)}.{number}", number + 1
        self._taken.add(name)
        self._label_ids[concept.iri] = name
        names = self._first(concept.preferred)
        if not names:
            raise TaxonomyError(
                f"{concept.iri} has no name in a language that is read here",
                where=str(self._path),
                hint="a skos:prefLabel with a language, or --untagged LANG for names without one",
            )
        color = (concept.own.get("color") or [_color(turn)])[0]
        entry: _Entry = {"id": name, "scheme": scheme, "color": color, "prefLabel": names}
        if concept.links or concept.own:
            # In an exported taxonomy the alternative label is the full wording.
            entry["altLabel"] = self._first(concept.others)
        if parents:
            entry["broader"] = self._label_ids[parents[-1]]
        context = next(iter(concept.own.get("needs", ())), None)
        if context in self._contexts:
            entry["needs"] = context
        for key, own in (
            ("facilitators", "facilitator"),
            ("rendered", "rendered"),
            ("corrected", "corrected"),
        ):
            if concept.own.get(own):
                entry[key] = concept.own[own]
        self._draft.labels.append({key: value for key, value in entry.items() if value})

    def _draft_concepts(
        self,
        labels: Sequence[SkosConcept],
        deeper: Sequence[SkosConcept],
        pointing: Sequence[SkosConcept],
    ) -> None:
        """Draft the concepts: those that are there, and one from the names of each other label."""
        owners: dict[tuple[str, str], str] = {}
        known = {concept.iri: concept for concept in labels}
        served = {
            self._scheme_of(known[iri])
            for concept in pointing
            for iri in concept.links
            if iri in known
        }
        for concept in pointing:
            links = {
                self._label_ids[iri]: strength
                for iri, strength in concept.links.items()
                if iri in self._label_ids
            }
            others = self._tagged(concept.others)
            terms = {
                code: list(dict.fromkeys((*names, *others.get(code, ()))))
                for code, names in self._tagged(concept.preferred).items()
                if code in self._draft.supported
            }
            self._enter(concept, links, terms, owners, exported=True)
        narrower = {concept.iri for concept in deeper}
        for concept in labels:
            if self._scheme_of(concept) in served:
                continue
            strength = "strong" if concept.iri in narrower else self._options.strength
            links = {self._label_ids[concept.iri]: strength}
            self._enter(concept, links, self._terms(concept), owners, exported=False)

    def _terms(self, concept: SkosConcept) -> dict[str, list[str]]:
        """Return the terms that the names of a concept give, by supported language."""
        preferred, others = self._tagged(concept.preferred), self._tagged(concept.others)
        terms: dict[str, list[str]] = {}
        for code in self._draft.supported:
            names = [*preferred.get(code, ()), *others.get(code, ())]
            terms[code], unusable = terms_of(names, code)
            self._draft.left_out += [
                f"{concept.name}: {name!r} ({code}) can be no term" for name in unusable
            ]
        return terms

    def _enter(
        self,
        concept: SkosConcept,
        links: dict[str, str],
        terms: dict[str, list[str]],
        owners: dict[tuple[str, str], str],
        *,
        exported: bool,
    ) -> None:
        """Enter a concept, without the terms that another one has already."""
        kept: dict[str, list[str]] = {}
        for code, listed in terms.items():
            for term in listed:
                key = code, GAP.join(phrase_key(part, code) for part in term.split(GAP))
                owner = owners.setdefault(key, concept.iri)
                if owner == concept.iri:
                    kept.setdefault(code, []).append(term)
                else:
                    self._draft.left_out.append(
                        f"{concept.name}: {term!r} ({code}) stands in"
                        f" {self._of_iri[owner].name} already"
                    )
        if not kept or not links:
            self._draft.left_out.append(f"{concept.name}: no term is left that points to a label")
            return
        name = concept.name if exported else _slug(f"{next(iter(links))}-names").lower()
        number = 2
        while name in self._concept_ids:
            name, number = f"{_slug(concept.name)}-{number}", number + 1
        self._concept_ids.add(name)
        entry: _Entry = {"id": name, "labels": links, "terms": kept}
        for part in ("except", "unless"):
            if concept.texts.get(part):
                entry[part] = concept.texts[part]
        self._draft.concepts.append(entry)

    def _promise_languages(self) -> None:
        """Note in which languages a scheme has terms for all its concepts, where not in all."""
        scheme_of = {label["id"]: label["scheme"] for label in self._draft.labels}
        for entry in self._draft.schemes:
            languages = set(entry.get("languages", self._draft.supported))
            for concept in self._draft.concepts:
                if entry["id"] in {scheme_of[label] for label in concept["labels"]}:
                    languages &= set(concept["terms"])
            if not languages:
                raise TaxonomyError(
                    f"the concepts of {entry['id']} have no language in common",
                    where=str(self._path),
                    hint="names for all of them in one of " + ", ".join(self._draft.supported),
                )
            if languages != set(self._draft.supported):
                entry["languages"] = [code for code in self._draft.supported if code in languages]

    def _draft_line(self, concept: SkosConcept) -> None:
        """Draft a line of the matrix, for labels of an exported taxonomy."""
        goals = [self._label_ids[iri] for iri in concept.own.get("serves", ())]
        doubtful = dict(text.split(" ", 1) for text in concept.own.get("doubtful", ()))
        if goals or doubtful:
            line: _Entry = {"goals": sorted(goals, key=natural_key)}
            if doubtful:
                line["doubtful"] = doubtful
            line["targets"] = sorted(concept.own.get("target", ()), key=natural_key)
            self._draft.matrix[self._label_ids[concept.iri]] = line

    def _tagged(self, texts: Texts) -> Texts:
        """Give texts without a language the one that the user named."""
        tagged = {code: list(values) for code, values in texts.items() if code != UNTAGGED}
        if self._options.untagged and UNTAGGED in texts:
            tagged.setdefault(self._options.untagged, []).extend(texts[UNTAGGED])
        return tagged

    def _first(self, texts: Texts) -> dict[str, str]:
        """Return one text a language."""
        return {code: values[0] for code, values in self._tagged(texts).items()}


def _slug(name: str) -> str:
    """Return a name that can stand in a table and on a command line."""
    return re.sub(r"[^\w.+-]+", "-", name).strip("-.") or "unnamed"


def _color(turn: float) -> str:
    """Return a colour that white letters stand out on: all hues of one depth."""
    red, green, blue = colorsys.hls_to_rgb(turn, 0.28, 0.75)
    return f"#{round(red * 255):02X}{round(green * 255):02X}{round(blue * 255):02X}"
