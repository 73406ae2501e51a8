"""The sentences of a document that say most for a label.

Nothing is worded anew: a rationale is made of whole sentences as they stand,
each with its place, so that anybody can look it up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator.segment import length_in_words
from annotator.sentences import sentence_spans
from annotator.text import fold_string

if TYPE_CHECKING:
    from collections.abc import Iterable

    from annotator.model import AnnotatedDocument, AnnotatedParagraph, Evidence

__all__ = ["Quote", "Rationales"]

_SHORTEST_WORDS = 5
_LONGEST_WORDS = 60
"""Sentences of fewer or more words say less well why."""

_SHORT, _LONG, _HEADING, _CUT_OFF, _USED = 0.3, 0.6, 0.4, 0.7, 0.7
"""What is left of a sentence's weight if it is short, long, of a heading, without an end, or
quoted already for another label."""

_WORTH = 0.35
"""A further sentence is quoted if it weighs this share of the best one."""

_MARKS = '.!?…。！？؟۔”’»」』)）"'


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a document."""

    start: int
    end: int
    text: str
    """``document.text[start:end]``."""
    paragraph: int
    locator: str | None
    evidence: tuple[Evidence, ...] = ()
    """What in it speaks for the label."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence with what tells how well it can be quoted."""

    start: int
    end: int
    paragraph: AnnotatedParagraph
    key: str
    """Its letters, folded: sentences with the same key say the same."""
    fitness: float


class Rationales:
    """Choose quotations for the labels of one document.

    >>> from annotator import Annotator
    >>> annotated = Annotator().annotate("会议很成功。远程医疗平台为偏远地区的居民提供诊疗服务。谢谢大家。")
    >>> [quote.text for quote in Rationales(annotated).quotes("C7.e-health")]
    ['远程医疗平台为偏远地区的居民提供诊疗服务。']
    """

    def __init__(self, annotated: AnnotatedDocument) -> None:
        """Find the sentences of the paragraphs that are labelled at all."""
        self._text = annotated.document.text
        self._sentences = [
            sentence
            for paragraph in annotated.paragraphs
            if paragraph.paragraph.kind not in ("boilerplate", "duplicate") and paragraph.assigned
            for sentence in _sentences_of(paragraph)
        ]
        self._used: set[str] = set()

    def quotes(self, label: str, most: int = 2) -> tuple[Quote, ...]:
        """Return the sentences that say most for an assigned label, the best first.

        The words that name the label are no reason for it, so they count only
        where nothing else does. A sentence that was returned for another label
        gives way to one nearly as good that was not, and is never a second one.
        """
        weighed = self._weigh(label, declared=False) or self._weigh(label, declared=True)
        if not weighed:
            return self._paragraph(label)
        chosen: dict[str, Quote] = {}
        best = weighed[0][0]
        for weight, sentence, evidence in weighed:
            if len(chosen) >= most or weight < _WORTH * best:
                break
            if sentence.key in chosen or (chosen and sentence.key in self._used):
                continue
            chosen[sentence.key] = self._quote(sentence, evidence)
        self._used.update(chosen)
        return tuple(chosen.values())

    def _weigh(
        self, label: str, *, declared: bool
    ) -> list[tuple[float, _Sentence, tuple[Evidence, ...]]]:
        """Return the sentences with evidence for a label, heaviest first."""
        weighed = []
        for sentence in self._sentences:
            evidence = tuple(
                span
                for assignment in sentence.paragraph.assigned
                if assignment.label == label
                for span in assignment.evidence
                if sentence.start <= span.start < sentence.end
                and (span.origin == "declared") == declared
            )
            if evidence:
                weight = _weight(evidence) * sentence.fitness
                weight *= _USED if sentence.key in self._used else 1.0
                weighed.append((weight, sentence, evidence))
        return sorted(weighed, key=lambda item: (-item[0], item[1].start))

    def _paragraph(self, label: str) -> tuple[Quote, ...]:
        """Return the fittest sentence of the best paragraph, for a label without any span."""
        scored = [
            (assignment.score, sentence.fitness, -sentence.start, sentence)
            for sentence in self._sentences
            for assignment in sentence.paragraph.assigned
            if assignment.label == label
        ]
        return (self._quote(max(scored)[3], ()),) if scored else ()

    def _quote(self, sentence: _Sentence, evidence: tuple[Evidence, ...]) -> Quote:
        """Return a sentence as a quotation."""
        paragraph = sentence.paragraph.paragraph
        return Quote(
            start=sentence.start,
            end=sentence.end,
            text=self._text[sentence.start : sentence.end],
            paragraph=paragraph.index,
            locator=paragraph.locator,
            evidence=evidence,
        )


def _sentences_of(annotated: AnnotatedParagraph) -> Iterable[_Sentence]:
    """Yield the sentences of a paragraph."""
    paragraph = annotated.paragraph
    for start, end in sentence_spans(paragraph.text, paragraph.language):
        text = paragraph.text[start:end]
        words = length_in_words(text)
        fitness = 1.0
        if words < _SHORTEST_WORDS:
            fitness *= _SHORT
        elif words > _LONGEST_WORDS:
            fitness *= _LONG
        if paragraph.kind == "heading":
            fitness *= _HEADING
        elif text[-1] not in _MARKS:
            fitness *= _CUT_OFF
        key = "".join(character for character in fold_string(text) if character.isalnum())
        offset = paragraph.start
        yield _Sentence(offset + start, offset + end, annotated, key, fitness)


def _weight(evidence: Iterable[Evidence]) -> float:
    """Add up what speaks for a label, each idea once."""
    ideas: dict[str, float] = {}
    for span in evidence:
        idea = span.concept or fold_string(span.text)
        ideas[idea] = max(ideas.get(idea, 0.0), span.weight)
    return sum(ideas.values())
