"""The whole, wired: text in, annotated documents out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from annotator.classifier import Classifier
from annotator.declared import DeclaredLabels, Mention
from annotator.fusion import FusionSettings, apply_preset, fuse, roll_up, shift_threshold
from annotator.keyword import KeywordLabels
from annotator.matcher import Match, Matcher
from annotator.model import AnnotatedDocument, AnnotatedParagraph, Document
from annotator.segment import Segmenter, length_in_words
from annotator.spans import SpanSet
from annotator.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from annotator.fusion import PresetName
    from annotator.model import Abstention, Evidence, Paragraph, Suggestion

__all__ = ["Annotator", "Explanation", "LabelExplanation", "Reading"]

_EXPLAINED = 0.02
"""Score from which an explanation lists a label."""

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
    muted: SpanSet
    """Names and mentions of labels: their words are no evidence."""


@dataclass(frozen=True, slots=True)
class LabelExplanation:
    """How one label's score came about."""

    label: str
    score: float
    threshold: float
    assigned: bool
    log_odds: float
    terms: tuple[tuple[str, float], ...]
    """The summands of the log-odds, by name."""
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """How one paragraph got its labels, best first."""

    paragraph: Paragraph
    abstained: Abstention | None
    labels: tuple[LabelExplanation, ...]


class Annotator:
    """Label documents and their paragraphs.

    >>> annotator = Annotator()
    >>> result = annotator.annotate("وسّعت البلاد شبكات الجيل الخامس والنطاق العريض في الأرياف")
    >>> [(label.label, label.assigned) for label in result.assigned][:1]
    [('C2', True)]
    """

    def __init__(
        self,
        taxonomy: Taxonomy | None = None,
        classifier: Classifier | None = None,
        *,
        threshold: float | None = None,
        preset: PresetName | None = None,
    ) -> None:
        """Prepare an annotator.

        Args:
            taxonomy: The labels and concepts; the shipped ones by default.
            classifier: The trained part; the shipped one by default.
            threshold: Moves the thresholds of all labels: at 0.5 they stay as
                trained, above they are stricter.
            preset: Thresholds for ``precision`` or for ``recall`` in place of the usual ones;
                ``threshold`` then moves these.

        Raises:
            TaxonomyError: The taxonomy says something wrong.
            ModelError: The model is missing, damaged, for other labels, or without the preset.
        """
        self.taxonomy = taxonomy or Taxonomy.load()
        self.classifier = classifier or Classifier.load(self.taxonomy)
        self.settings = self.classifier.fusion
        if preset is not None:
            self.settings = apply_preset(self.settings, preset)
        if threshold is not None:
            self.settings = _shifted(self.settings, threshold, self.taxonomy)
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

    def explain(self, text: str) -> list[Explanation]:
        """Tell for each paragraph of a text how the score of every suggested label came about.

        >>> explanation = Annotator().explain("数字乡村与智慧农业")[0]
        >>> best = explanation.labels[0]
        >>> best.label, abs(best.log_odds - sum(value for _, value in best.terms)) < 1e-6
        ('C7.e-agriculture', True)
        """
        document = Document(id="text", source="text", text=text)
        return [self._explain(reading) for reading in self._read(self._segmenter.segment(document))]

    def run_settings(self) -> dict[str, Any]:
        """Return what the labels were made with, for exports."""
        return {
            "version": version("wsis-sdg-annotator"),
            "taxonomy": self.taxonomy.fingerprint,
            "model": self.classifier.digest,
            "thresholds": {
                label: self.settings.threshold_of(label) for label in self.taxonomy.labels
            },
        }

    def _explain(self, reading: Reading) -> Explanation:
        """Explain one paragraph."""
        suggestions = self._suggestions(reading)
        assignments, _ = fuse(suggestions, replace(self.settings, shown=0.0), self.taxonomy)
        weights: dict[str, dict[str, float]] = {}
        for suggestion in suggestions:
            weights.setdefault(suggestion.label, {})[suggestion.origin] = suggestion.weight
        labels = tuple(
            LabelExplanation(
                label=assignment.label,
                score=assignment.score,
                threshold=self.settings.threshold_of(assignment.label),
                assigned=assignment.assigned,
                log_odds=sum(value for _, value in terms),
                terms=terms,
                evidence=assignment.evidence,
            )
            for assignment in assignments
            if assignment.score >= _EXPLAINED or assignment.assigned
            for terms in [self._terms(assignment.label, weights[assignment.label])]
        )
        assigned = any(label.assigned for label in labels)
        return Explanation(
            reading.paragraph, None if assigned else self._abstention(reading.paragraph), labels
        )

    def _terms(self, label: str, weights: dict[str, float]) -> tuple[tuple[str, float], ...]:
        """Return the summands of a label's log-odds, by name."""
        scheme = self.taxonomy.scheme_of(label)
        spoken, scored = weights.get("keyword", 0.0), weights.get("classifier", 0.0)
        nothing = self.settings.log_odds(label, scheme, 0.0, 0.0)
        keyword = self.settings.log_odds(label, scheme, spoken, 0.0) - nothing
        classifier = self.settings.log_odds(label, scheme, 0.0, scored) - nothing
        terms = [("prior", nothing), ("keywords", keyword), ("classifier", classifier)]
        if "declared" in weights:
            terms.append(("declared", weights["declared"]))
        return tuple(terms)

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
            named = SpanSet(
                span for mention in found for span in ((mention.start, mention.end), mention.name)
            )
            matches = [
                match
                for match in self._matcher.find(paragraph.text, paragraph.language)
                if _is_labelled(paragraph) and not named.overlaps(match.start, match.end)
            ]
            readings.append(Reading(paragraph, found, matches, named))
        return readings

    def _suggestions(self, reading: Reading) -> list[Suggestion]:
        """Collect what all suggesters say of one paragraph."""
        paragraph = reading.paragraph
        text, offset = paragraph.text, paragraph.start
        suggestions = self._declared.suggest(reading.mentions, text, offset)
        suggestions += self._keyword.suggest(reading.matches, text, offset)
        if self._can_classify(reading):
            suggestions += self.classifier.suggest(
                text, paragraph.language, reading.matches, reading.muted, offset
            )
        return suggestions

    def _can_classify(self, reading: Reading) -> bool:
        """Tell whether enough words are left in a paragraph, names of labels taken out."""
        paragraph = reading.paragraph
        if not _is_labelled(paragraph):
            return False
        if paragraph.language not in self.taxonomy.supported_languages:
            return False
        named = sum(
            length_in_words(paragraph.text[slice(*mention.name)])
            + length_in_words(paragraph.text[mention.start : mention.end])
            for mention in reading.mentions
        )
        return length_in_words(paragraph.text) - named >= _SHORTEST

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


def _shifted(settings: FusionSettings, base: float, taxonomy: Taxonomy) -> FusionSettings:
    """Return settings whose thresholds are all moved."""
    return replace(
        settings,
        threshold={
            label: shift_threshold(settings.threshold_of(label), base) for label in taxonomy.labels
        },
    )


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
