"""The whole, wired: text in, annotated documents out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from annotator.declared import DeclaredLabels, Mention
from annotator.fusion import FusionSettings, fuse, roll_up
from annotator.keyword import KeywordLabels
from annotator.matcher import Match, Matcher
from annotator.model import AnnotatedDocument, AnnotatedParagraph, Document
from annotator.segment import Segmenter, length_in_words
from annotator.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from annotator.model import Abstention, Paragraph, Suggestion

__all__ = ["Annotator", "Reading", "Suggester"]

_SHORTEST = 3
"""Paragraphs with fewer words (two Chinese characters count as one) are too short to label."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A paragraph with what was found in it once, for all suggesters."""

    paragraph: Paragraph
    mentions: Sequence[Mention]
    """Labels that the paragraph names."""
    matches: Sequence[Match]
    """Terms in it, those in the names of declared labels left out."""
    muted: Sequence[tuple[int, int]]
    """Spans of names and mentions: their words are no evidence."""


class Suggester(Protocol):
    """Something that proposes labels for paragraphs."""

    def suggest(self, readings: Sequence[Reading]) -> list[list[Suggestion]]:
        """Return the suggestions for each paragraph, with evidence in document offsets."""


class Annotator:
    """Label documents and their paragraphs.

    >>> annotator = Annotator()
    >>> result = annotator.annotate("وسّعت البلاد شبكات الجيل الخامس والنطاق العريض في الأرياف")
    >>> [(label.label, label.assigned) for label in result.assigned][:1]
    [('C2', True)]
    """

    def __init__(self, taxonomy: Taxonomy | None = None, settings: FusionSettings | None = None) -> None:
        """Prepare an annotator.

        Args:
            taxonomy: The labels and concepts; the shipped ones by default.
            settings: How suggestions are combined; the shipped ones by default.
        """
        self.taxonomy = taxonomy or Taxonomy.load()
        self.settings = settings or FusionSettings()
        self._segmenter = Segmenter(self.taxonomy)
        self._declared = DeclaredLabels(self.taxonomy)
        self._matcher = Matcher(self.taxonomy)
        self._keyword = KeywordLabels(self.taxonomy)

    def annotate(self, document: Document | str) -> AnnotatedDocument:
        """Annotate one document, or one text."""
        if isinstance(document, str):
            document = Document(id="text", source="text", text=document)
        paragraphs = self._segmenter.segment(document)
        readings = self._read(paragraphs)
        annotated: list[AnnotatedParagraph] = []
        undeclared: list[dict[str, float]] = []
        for reading in readings:
            labels, scores = fuse(self._suggestions(reading), self.settings, self.taxonomy)
            assigned = any(label.assigned for label in labels)
            reason = None if assigned else self._abstention(reading.paragraph)
            annotated.append(AnnotatedParagraph(reading.paragraph, labels, reason))
            undeclared.append(scores)
        return AnnotatedDocument(
            document=document,
            language=_main_language(paragraphs),
            paragraphs=tuple(annotated),
            labels=roll_up(annotated, undeclared, self.settings, self.taxonomy),
        )

    def annotate_many(self, documents: Iterable[Document]) -> Iterator[AnnotatedDocument]:
        """Annotate documents one after the other, in order, holding one at a time."""
        for document in documents:
            yield self.annotate(document)

    def _read(self, paragraphs: Sequence[Paragraph]) -> list[Reading]:
        """Find mentions and terms in the paragraphs of one document."""
        labelled = [paragraph for paragraph in paragraphs if _is_labelled(paragraph)]
        mentions = dict(
            zip(
                (paragraph.index for paragraph in labelled),
                self._declared.find([paragraph.text for paragraph in labelled]),
                strict=True,
            )
        )
        readings: list[Reading] = []
        for paragraph in paragraphs:
            found = mentions.get(paragraph.index, [])
            muted = [span for mention in found for span in ((mention.start, mention.end), mention.name)]
            matches = [
                match
                for match in self._matcher.find(paragraph.text, paragraph.language)
                if not any(start < match.end and match.start < end for start, end in muted)
            ] if _is_labelled(paragraph) else []
            readings.append(Reading(paragraph, found, matches, muted))
        return readings

    def _suggestions(self, reading: Reading) -> list[Suggestion]:
        """Collect what all suggesters say of one paragraph."""
        paragraph = reading.paragraph
        declared = self._declared.suggest(reading.mentions, paragraph.text, paragraph.start)
        return declared + self._keyword.suggest(reading.matches, paragraph.text, paragraph.start)

    def _abstention(self, paragraph: Paragraph) -> Abstention:
        """Say why a paragraph has no label."""
        if paragraph.kind == "boilerplate":
            return "boilerplate"
        if paragraph.kind == "duplicate":
            return "duplicate"
        if paragraph.language not in self.taxonomy.supported_languages:
            return "unsupported language"
        if length_in_words(paragraph.text) < _SHORTEST:
            return "too short"
        return "below the threshold"


def _is_labelled(paragraph: Paragraph) -> bool:
    """Tell whether a paragraph is read for labels at all."""
    return paragraph.kind not in ("boilerplate", "duplicate")


def _main_language(paragraphs: Sequence[Paragraph]) -> str:
    """Return the language in which most of the document's own text stands."""
    amounts: dict[str, float] = {}
    for paragraph in paragraphs:
        if _is_labelled(paragraph):
            language = paragraph.language
            amounts[language] = amounts.get(language, 0.0) + length_in_words(paragraph.text)
    return max(amounts, key=lambda language: amounts[language], default="und")
