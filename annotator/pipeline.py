"""The whole, wired: text in, annotated documents out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NoReturn

from annotator.classifier import Classifier
from annotator.context import ContextFinder
from annotator.declared import DeclaredLabels, Mention
from annotator.explanation import Explanation, explain_labels
from annotator.fusion import Fusion, FusionSettings, apply_preset, shift_threshold
from annotator.keyword import KeywordLabels
from annotator.matcher import Match, Matcher
from annotator.model import AnnotatedDocument, AnnotatedParagraph, Document
from annotator.rollup import roll_up
from annotator.segment import Segmenter, length_in_words
from annotator.spans import SpanSet
from annotator.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from annotator.classifier import Scored
    from annotator.errors import InputError
    from annotator.fusion import PresetName
    from annotator.model import Abstention, Evidence, Origin, Paragraph, Suggestion

__all__ = ["Annotator", "Reading"]

_SHORTEST = 3
"""Paragraphs with fewer words (two Chinese characters count as one) are too short to label."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A paragraph with what was found in it once, for all suggesters."""

    paragraph: Paragraph
    length: float
    """In words; two Chinese characters count as one."""
    mentions: Sequence[Mention]
    """Labels that the paragraph names."""
    matches: Sequence[Match]
    """Terms in it, those in the names of declared labels left out."""
    muted: SpanSet
    """Names and mentions of labels: their words are no evidence."""
    unmet: frozenset[str]
    """Labels whose context it does not speak of."""


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
        settings = self.classifier.fusion
        if preset is not None:
            settings = apply_preset(settings, preset)
        if threshold is not None:
            settings = _shifted(settings, threshold, self.taxonomy)
        self._segmenter = Segmenter(self.taxonomy)
        self._declared = DeclaredLabels(self.taxonomy)
        self._matcher = Matcher(self.taxonomy)
        self._keyword = KeywordLabels(self.taxonomy)
        self._contexts = ContextFinder(self.taxonomy)
        self._use(settings)

    def _use(self, settings: FusionSettings) -> None:
        """Combine the suggesters with these numbers from now on."""
        self.settings = settings
        self._fusion = Fusion(settings, self.taxonomy)

    def annotate(self, document: Document | str) -> AnnotatedDocument:
        """Annotate one document, or one text."""
        if isinstance(document, str):
            document = Document(id="text", source="text", text=document)
        paragraphs = self._segmenter.segment(document)
        lengths: list[float] = []
        annotated: list[AnnotatedParagraph] = []
        undeclared: list[dict[str, float]] = []
        spoken: dict[str, float] = {}
        for reading in self._read(paragraphs):
            weights, evidence = self._weigh(reading)
            for label, weight in weights["keyword"].items():
                spoken[label] = max(weight, spoken.get(label, 0.0))
            labels, scores = self._fusion.combine(weights, evidence)
            assigned = any(label.assigned for label in labels)
            reason = None if assigned else self._abstention(reading)
            annotated.append(AnnotatedParagraph(reading.paragraph, labels, reason))
            undeclared.append(scores)
            lengths.append(reading.length)
        return AnnotatedDocument(
            document=document,
            language=_main_language(paragraphs, lengths),
            paragraphs=tuple(annotated),
            labels=roll_up(annotated, undeclared, self.settings, self.taxonomy, lengths, spoken),
        )

    def annotate_many(
        self,
        documents: Iterable[Document],
        *,
        jobs: int | None = 1,
        seconds: float | None = None,
        on_error: Callable[[InputError], None] | None = None,
    ) -> Iterator[AnnotatedDocument]:
        """Annotate documents, in order, holding few at a time.

        Args:
            documents: The documents; they are read as they are needed.
            jobs: Processes; the results are the same with any number. ``None``
                uses all cores from 200 documents on.
            seconds: How long labelling one document may take; without it, as long as it needs.
                What takes longer, or more memory than a laptop has to spare, is left out. A
                document so long that it could is labelled in a process that can be ended.
            on_error: Called with what was left out; without it, that is raised.

        Raises:
            LimitError: A document takes too much, and there is no ``on_error``.
            WorkerError: A process ended before its work was done.

        >>> texts = ["Школы получили интернет", "学校通了互联网"]
        >>> documents = [Document(id=text, source="", text=text) for text in texts]
        >>> [one.language for one in Annotator().annotate_many(documents, jobs=2)]
        ['ru', 'zh']
        """
        from annotator.limits import Limit, annotate_alone  # noqa: PLC0415 - costs 20 ms
        from annotator.parallel import annotate_in_parallel, choose_jobs  # noqa: PLC0415

        limit = None if seconds is None else Limit(seconds, on_error or _refuse)
        documents, jobs = choose_jobs(documents, jobs)
        if jobs > 1:
            yield from annotate_in_parallel(self, documents, jobs, limit)
            return
        for document in documents:
            if limit is None or not limit.needs_process(document):
                yield self.annotate(document)
            elif annotated := annotate_alone(self, document, limit):
                yield annotated
                del annotated
            # It goes before the next one is read.
            del document

    def __reduce__(self) -> tuple[object, ...]:
        """Travel to another process as what it was made of: the rest is made anew there."""
        return _rebuild, (self.taxonomy, self.classifier, self.settings)

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
        labels = explain_labels(
            self._suggestions(reading), reading.unmet, self.settings, self.taxonomy
        )
        assigned = any(label.assigned for label in labels)
        return Explanation(
            reading.paragraph, None if assigned else self._abstention(reading), labels
        )

    def _read(self, paragraphs: Sequence[Paragraph]) -> Iterator[Reading]:
        """Find mentions and terms in the paragraphs of one document, one after the other."""
        labelled = [paragraph for paragraph in paragraphs if _is_labelled(paragraph)]
        mentions = iter(self._declared.find([paragraph.text for paragraph in labelled]))
        for paragraph in paragraphs:
            length = length_in_words(paragraph.text)
            if not _is_labelled(paragraph):
                yield Reading(paragraph, length, (), (), SpanSet(), frozenset())
                continue
            found = next(mentions)
            named = SpanSet(
                span for mention in found for span in ((mention.start, mention.end), mention.name)
            )
            matches = self._matcher.find(paragraph.text, paragraph.language)
            if named:
                matches = [one for one in matches if not named.overlaps(one.start, one.end)]
            unmet = self._contexts.unmet(paragraph.text, paragraph.language, matches)
            yield Reading(paragraph, length, found, matches, named, unmet)

    def _weigh(
        self, reading: Reading
    ) -> tuple[dict[Origin, Mapping[str, float]], Callable[[str, Origin], Iterable[Evidence]]]:
        """Weigh what all suggesters say of one paragraph; evidence only where it is asked for."""
        paragraph, matches = reading.paragraph, reading.matches
        text, offset = paragraph.text, paragraph.start
        declared = self._declared.suggest(reading.mentions, text, offset)
        weights: dict[Origin, Mapping[str, float]] = {
            "declared": {suggestion.label: suggestion.weight for suggestion in declared},
            "keyword": self._keyword.weigh(matches),
            "classifier": {},
        }
        scored: Scored | None = None
        if self._can_classify(reading):
            scored = self.classifier.score(
                text, paragraph.language, matches, reading.muted, reading.unmet
            )
            weights["classifier"] = scored.log_odds

        def evidence(label: str, origin: Origin) -> Iterable[Evidence]:
            """Return what a label rests on, from one origin."""
            if origin == "keyword":
                return self._keyword.evidence(label, matches, text, offset)
            if origin == "classifier" and scored:
                return scored.evidence(label, text, offset)
            return (span for one in declared if one.label == label for span in one.evidence)

        return weights, evidence

    def _suggestions(self, reading: Reading) -> list[Suggestion]:
        """Collect what all suggesters say of one paragraph."""
        paragraph = reading.paragraph
        text, offset = paragraph.text, paragraph.start
        suggestions = self._declared.suggest(reading.mentions, text, offset)
        suggestions += self._keyword.suggest(reading.matches, text, offset)
        if self._can_classify(reading):
            suggestions += self.classifier.suggest(
                text, paragraph.language, reading.matches, reading.muted, offset, reading.unmet
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
        return reading.length - named >= _SHORTEST

    def _abstention(self, reading: Reading) -> Abstention:
        """Say why a paragraph has no label."""
        paragraph = reading.paragraph
        if paragraph.kind == "boilerplate":
            return "boilerplate"
        if paragraph.kind == "duplicate":
            return "duplicate"
        if paragraph.language not in self.taxonomy.supported_languages:
            return "unsupported language"
        if reading.length < _SHORTEST:
            return "too short"
        return "below the threshold"


def _refuse(error: InputError) -> NoReturn:
    """Raise what nobody else wants to be told."""
    raise error


def _rebuild(taxonomy: Taxonomy, classifier: Classifier, settings: FusionSettings) -> Annotator:
    """Make an annotator that has travelled from another process."""
    annotator = Annotator(taxonomy, classifier)
    annotator._use(settings)  # noqa: SLF001 - this is a part of its making
    return annotator


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


def _main_language(paragraphs: Sequence[Paragraph], lengths: Sequence[float]) -> str:
    """Return the language in which most of the document's own text stands."""
    amounts: dict[str, float] = {}
    for paragraph, length in zip(paragraphs, lengths, strict=True):
        if _is_labelled(paragraph):
            language = paragraph.language
            amounts[language] = amounts.get(language, 0.0) + length
    return max(amounts, key=lambda language: amounts[language], default="und")
