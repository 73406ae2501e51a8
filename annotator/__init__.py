"""Label documents with WSIS action lines and SDGs, with evidence, in six languages, offline.

>>> from annotator import Annotator
>>> result = Annotator().annotate("The clinic offers telemedicine to remote villages.")
>>> [label.label for label in result.assigned]
['C7.e-health', 'SDG3']
"""

from annotator.errors import AnnotatorError
from annotator.model import (
    AnnotatedDocument,
    AnnotatedParagraph,
    Assignment,
    Document,
    DocumentAssignment,
    Evidence,
    Paragraph,
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
    "Document",
    "DocumentAssignment",
    "Evidence",
    "Paragraph",
    "Suggestion",
    "Taxonomy",
]
