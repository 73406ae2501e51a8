"""The order of labels: each behind the one that it is a part of, numbers by their value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from annotator.skos.graph import SkosConcept

__all__ = ["by_hierarchy", "natural_key"]


def natural_key(name: str) -> tuple[tuple[bool, int, str], ...]:
    """Return a key that sorts numbers by their value.

    >>> sorted(["C10", "C2", "C2.1", "目标10", "目标9"], key=natural_key)
    ['C2', 'C2.1', 'C10', '目标9', '目标10']
    """
    pieces = re.findall(r"[0-9]+|[^0-9]+", name)
    return tuple((not p[0].isdecimal(), int(p) if p[0].isdecimal() else 0, p) for p in pieces)


def by_hierarchy(
    concepts: Sequence[SkosConcept],
) -> Iterator[tuple[SkosConcept, tuple[str, ...]]]:
    """Yield concepts, each behind those above it, with the IRIs above it from the top.

    Where concepts stand above each other in a circle, one of them begins it.
    """
    ordered = sorted(concepts, key=lambda concept: natural_key(concept.name))
    known = {concept.iri for concept in ordered}
    narrower: dict[str, list[SkosConcept]] = {}
    tops: list[SkosConcept] = []
    for concept in ordered:
        above = concept.broader
        if above in known and above is not None:
            narrower.setdefault(above, []).append(concept)
        else:
            tops.append(concept)
    seen: set[str] = set()
    for start in (*tops, *ordered):
        stack: list[tuple[SkosConcept, tuple[str, ...]]] = [(start, ())]
        while stack:
            concept, parents = stack.pop()
            if concept.iri in seen:
                continue
            seen.add(concept.iri)
            yield concept, parents
            below = (*parents, concept.iri)
            stack += [(child, below) for child in reversed(narrower.get(concept.iri, []))]
