"""The names that stand in a SKOS file: of SKOS itself, and of what the annotator adds."""

from __future__ import annotations

from urllib.parse import quote

__all__ = ["BASE", "OWN", "SKOS", "STRENGTHS", "iri_of"]

SKOS = "http://www.w3.org/2004/02/skos/core#"

BASE = "urn:wsis-sdg-annotator:"
"""Names of schemes, labels and concepts begin with this; nothing needs to be fetched from it."""

OWN = BASE + "vocabulary:"
"""Properties that SKOS has no word for."""

STRENGTHS = ("decisive", "strong", "weak")
"""The properties that lead from a concept to a label, each with what the concept says for it."""


def iri_of(kind: str, name: str) -> str:
    """Return the IRI of a scheme, a label or a concept.

    >>> iri_of("label", "C7.e-health"), iri_of("concept", "حقوق")
    ('urn:wsis-sdg-annotator:label:C7.e-health', 'urn:wsis-sdg-annotator:concept:%D8%AD%D9%82%D9%88%D9%82')
    """
    return f"{BASE}{kind}:{quote(name, safe='')}"
