"""Label documents with WSIS action lines and SDGs, with evidence, in six languages, offline.

>>> from annotator import Annotator
>>> result = Annotator().annotate("The clinic offers telemedicine to remote villages.")
>>> "C7.e-health" in [label.label for label in result.assigned]
True
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annotator.errors import AnnotatorError
    from annotator.model import (
        AnnotatedDocument,
        AnnotatedParagraph,
        Assignment,
        Decision,
        Document,
        DocumentAssignment,
        Evidence,
        Paragraph,
        Place,
        Suggestion,
    )
    from annotator.pipeline import Annotator
    from annotator.taxonomy import Taxonomy

__all__ = [
    "AnnotatedDocument",
    "AnnotatedParagraph",
    "Annotator",
    "AnnotatorError",
    "Assignment",
    "Decision",
    "Document",
    "DocumentAssignment",
    "Evidence",
    "Paragraph",
    "Place",
    "Suggestion",
    "Taxonomy",
]

_HOMES = {"AnnotatorError": "errors", "Annotator": "pipeline", "Taxonomy": "taxonomy"}
"""Modules of the public names that are not in ``model``."""


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: ``annotator --help`` needs none of them."""
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'model')}"), name)
