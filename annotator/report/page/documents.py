"""A document as the page shows it: its labels, and its text with the evidence in place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from annotator.report.page.highlight import Passage, Run, collect_passages, cut_runs
from annotator.report.page.markup import direction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from annotator.model import (
        AnnotatedDocument,
        AnnotatedParagraph,
        Assignment,
        DocumentAssignment,
        Paragraph,
    )

_BULLET = 3
"""Characters of the longest bullet."""

__all__ = ["DocumentView", "ParagraphView", "reasons", "view_document"]


@dataclass(frozen=True, slots=True)
class ParagraphView:
    """A paragraph on the page."""

    paragraph: Paragraph
    before: str
    """The document's text between the paragraph before and this one."""
    direction: str
    labels: Sequence[Assignment]
    abstained: str | None
    passages: Sequence[Passage]
    runs: Sequence[Run]

    @property
    def bullet(self) -> bool:
        """Tell whether the paragraph's bullet stands before it."""
        return 0 < len(self.before.strip()) <= _BULLET


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document on the page. Its paragraphs, what stands before each, and the rest are its text."""

    labels: Sequence[DocumentAssignment]
    paragraphs: Sequence[ParagraphView]
    rest: str
    """The document's text after the last paragraph."""


def view_document(document: AnnotatedDocument, schemes: Sequence[str]) -> DocumentView:
    """Gather what the page shows of one document, nothing of its text left out."""
    text = document.document.text
    paragraphs: list[ParagraphView] = []
    done = 0
    for annotated in document.paragraphs:
        start = annotated.paragraph.start
        paragraphs.append(_view_paragraph(annotated, text[done:start], schemes))
        done = annotated.paragraph.end
    labels = [label for label in document.assigned if label.scheme in schemes]
    return DocumentView(labels, paragraphs, text[done:])


def _view_paragraph(
    annotated: AnnotatedParagraph, before: str, schemes: Sequence[str]
) -> ParagraphView:
    """Gather what the page shows of one paragraph."""
    paragraph = annotated.paragraph
    labels = [label for label in annotated.assigned if label.scheme in schemes]
    passages = collect_passages(labels, paragraph.start)
    return ParagraphView(
        paragraph=paragraph,
        before=before,
        direction=direction(paragraph.text),
        labels=labels,
        abstained=annotated.abstained,
        passages=passages,
        runs=tuple(cut_runs(paragraph.text, passages)),
    )


def reasons(passages: Sequence[Passage], numbers: Mapping[str, int]) -> str:
    """Write what rests on each passage in few characters: most of a page is this.

    Passages are parted by ``|``, reasons by ``;``. A reason is the first letter
    of its origin, the numbers of its labels, and ``:`` with its concept, if any.
    The page's script reads it.

    >>> from annotator.model import Assignment
    >>> health = Assignment("SDG3", "sdg", 0.9, True, ("keyword",))
    >>> passage = Passage(0, 4, {("keyword", "远程|医疗"): [health], ("classifier", None): [health]})
    >>> reasons([passage], {"SDG3": 21})
    'k21:%E8%BF%9C%E7%A8%8B%7C%E5%8C%BB%E7%96%97;c21'
    """
    return "|".join(
        ";".join(
            origin[0]
            + ",".join(str(numbers[label.label]) for label in labels)
            + (f":{quote(concept, safe='')}" if concept else "")
            for (origin, concept), labels in passage.reasons.items()
        )
        for passage in passages
    )
