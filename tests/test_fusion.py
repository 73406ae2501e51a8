"""How suggestions become labels, and labels of paragraphs those of their document."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from generated import documents
from hypothesis import given, strategies as st

from annotator import (
    AnnotatedDocument,
    AnnotatedParagraph,
    Annotator,
    DocumentAssignment,
    Evidence,
    Paragraph,
    Suggestion,
    Taxonomy,
)
from annotator.explanation import explain_labels
from annotator.fusion import FusionSettings, fuse, shift_threshold, sigmoid
from annotator.rollup import roll_up

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hypothesis.strategies import SearchStrategy

    from annotator.model import Kind, Origin

LABELS = ["C2", "C5", "C7.e-health", "SDG3", "SDG4", "SDG9"]
ORIGINS: tuple[Origin, ...] = ("declared", "keyword", "classifier")

numbers = st.floats(-6, 6, allow_nan=False)
weights = st.floats(0.1, 12, allow_nan=False)
shares = st.floats(0.01, 0.99, allow_nan=False)


def suggest(label: str, origin: Origin, weight: float, start: int = 0) -> Suggestion:
    """Make a suggestion with one span of evidence."""
    evidence = Evidence(start, start + 4, "text", origin, weight=weight)
    return Suggestion(label, origin, weight, (evidence,))


@st.composite
def paragraphs_of_suggestions(draw: st.DrawFn) -> list[Suggestion]:
    """Draw what the suggesters may say of one paragraph: at most one a label and origin."""
    pairs = draw(
        st.lists(
            st.tuples(st.sampled_from(LABELS), st.sampled_from(ORIGINS)), unique=True, max_size=12
        )
    )
    return [
        suggest(
            label,
            origin,
            draw(numbers if origin == "classifier" else weights),
            draw(st.integers(0, 90)),
        )
        for label, origin in pairs
    ]


settings: SearchStrategy[FusionSettings] = st.builds(
    FusionSettings,
    intercept=st.dictionaries(st.sampled_from(LABELS), numbers),
    concession=st.dictionaries(st.sampled_from(["wsis", "sdg"]), st.floats(0, 1)),
    threshold=st.dictionaries(st.sampled_from(LABELS), shares),
    default_threshold=shares,
    certain=st.floats(0, 0.97),
    shown=st.floats(0, 0.5),
)


# One paragraph


@given(suggestions=paragraphs_of_suggestions(), numbers_of=settings, data=st.data())
def test_the_order_of_suggestions_does_not_matter(
    taxonomy: Taxonomy,
    suggestions: list[Suggestion],
    numbers_of: FusionSettings,
    data: st.DataObject,
) -> None:
    shuffled = data.draw(st.permutations(suggestions))
    assert fuse(shuffled, numbers_of, taxonomy) == fuse(suggestions, numbers_of, taxonomy)


@given(suggestions=paragraphs_of_suggestions(), numbers_of=settings)
def test_scores_are_probabilities_best_first(
    taxonomy: Taxonomy, suggestions: list[Suggestion], numbers_of: FusionSettings
) -> None:
    assignments, undeclared = fuse(suggestions, numbers_of, taxonomy)
    scores = [assignment.score for assignment in assignments]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in [*scores, *undeclared.values()])
    assert set(undeclared) == {suggestion.label for suggestion in suggestions}
    assert len({assignment.label for assignment in assignments}) == len(assignments)


@given(suggestions=paragraphs_of_suggestions(), numbers_of=settings)
def test_a_declared_label_is_always_assigned(
    taxonomy: Taxonomy, suggestions: list[Suggestion], numbers_of: FusionSettings
) -> None:
    assignments, _ = fuse(suggestions, numbers_of, taxonomy)
    assigned = {assignment.label for assignment in assignments if assignment.assigned}
    assert {one.label for one in suggestions if one.origin == "declared"} <= assigned


@given(
    suggestions=paragraphs_of_suggestions(),
    numbers_of=settings,
    label=st.sampled_from(LABELS),
    origin=st.sampled_from(["keyword", "classifier"]),
    less=st.floats(-6, 6),
    more=st.floats(0, 6),
)
def test_more_weight_never_takes_a_label_away(
    taxonomy: Taxonomy,
    suggestions: list[Suggestion],
    numbers_of: FusionSettings,
    label: str,
    origin: Origin,
    less: float,
    more: float,
) -> None:
    less = abs(less) if origin == "keyword" else less
    rest = [one for one in suggestions if (one.label, one.origin) != (label, origin)]
    weak, weak_scores = fuse([*rest, suggest(label, origin, less)], numbers_of, taxonomy)
    strong, strong_scores = fuse([*rest, suggest(label, origin, less + more)], numbers_of, taxonomy)
    assert strong_scores[label] >= weak_scores[label]
    assert all(strong_scores[other] >= score for other, score in weak_scores.items())
    before = {assignment.label for assignment in weak if assignment.assigned}
    after = {assignment.label for assignment in strong if assignment.assigned}
    assert before <= after


@given(keyword=st.floats(0, 20), more=st.floats(0, 20), said=numbers, share=st.floats(0, 1))
def test_a_denial_counts_the_less_the_more_keywords_speak_for_the_label(
    keyword: float, more: float, said: float, share: float
) -> None:
    """And what the classifier says for a label counts in full beside any keywords."""
    settings = FusionSettings(concession={"sdg": share})

    def counts(keyword: float) -> float:
        """Return what the classifier adds to the log-odds beside so much keyword weight."""
        beside = settings.log_odds("SDG4", "sdg", keyword, said)
        return beside - settings.log_odds("SDG4", "sdg", keyword, 0.0)

    # The sums are rounded, in another place for each.
    assert counts(0.0) == pytest.approx(said)
    assert counts(keyword + more) >= counts(keyword) - 1e-9
    if said < 0:
        assert said - 1e-9 <= counts(keyword) <= 1e-9
    else:
        assert counts(keyword) == pytest.approx(said)


@given(suggestions=paragraphs_of_suggestions(), numbers_of=settings)
def test_the_summands_that_are_explained_make_the_score(
    taxonomy: Taxonomy, suggestions: list[Suggestion], numbers_of: FusionSettings
) -> None:
    undeclared = [one for one in suggestions if one.origin != "declared"]
    _, scores = fuse(undeclared, numbers_of, taxonomy)
    for explained in explain_labels(undeclared, frozenset(), numbers_of, taxonomy):
        assert sigmoid(sum(value for _, value in explained.terms)) == pytest.approx(
            scores[explained.label]
        )
        names = [name for name, _ in explained.terms]
        weights = {one.origin: one.weight for one in undeclared if one.label == explained.label}
        taken_back = "keyword" in weights and weights.get("classifier", 0.0) < 0
        assert ("taken back by keywords" in names) is taken_back


@given(suggestions=paragraphs_of_suggestions(), numbers_of=settings)
def test_evidence_and_origins_are_those_of_the_suggestions_that_speak_for_the_label(
    taxonomy: Taxonomy, suggestions: list[Suggestion], numbers_of: FusionSettings
) -> None:
    assignments, _ = fuse(suggestions, numbers_of, taxonomy)
    for assignment in assignments:
        speaking = [one for one in suggestions if one.label == assignment.label and one.weight > 0]
        assert set(assignment.origins) == {one.origin for one in speaking}
        spans = [span for one in speaking for span in one.evidence]
        assert sorted(spans, key=repr) == sorted(assignment.evidence, key=repr)
        assert [span.start for span in assignment.evidence] == sorted(
            span.start for span in assignment.evidence
        )


def test_nothing_said_gives_no_label(taxonomy: Taxonomy) -> None:
    assert fuse([], FusionSettings(), taxonomy) == ((), {})


@given(value=st.floats(-1e6, 1e6), more=st.floats(0, 1e6))
def test_a_probability_grows_with_the_odds(value: float, more: float) -> None:
    assert 0 <= sigmoid(value) <= sigmoid(value + more) <= 1


@given(threshold=shares, other=shares, base=shares)
def test_moved_thresholds_keep_their_order(threshold: float, other: float, base: float) -> None:
    low, high = sorted((threshold, other))
    assert 0 <= shift_threshold(low, base) <= shift_threshold(high, base) <= 1
    assert shift_threshold(threshold, 0.5) == pytest.approx(threshold)
    if base > 0.5:
        assert shift_threshold(threshold, base) >= threshold


@pytest.mark.parametrize(
    ("threshold", "base", "expected"),
    [
        *[(0.3, 0.0, 0.0), (0.3, 1.0, 1.0), (0.0, 0.7, 0.0), (1.0, 0.7, 1.0)],
        *[(0.0, 1.0, 1.0), (1.0, 0.0, 0.0), (0.4, 0.8, 8 / 11), (0.8, 0.2, 0.5)],
    ],
)
def test_a_threshold_moves_by_the_odds_and_stays_at_the_ends(
    threshold: float, base: float, expected: float
) -> None:
    assert shift_threshold(threshold, base) == pytest.approx(expected)


# A document

Said = tuple[list[Suggestion], str]
"""What is said of a paragraph, and its text."""


def rolled_up(
    said: Sequence[Said],
    numbers_of: FusionSettings,
    taxonomy: Taxonomy,
    kinds: Mapping[int, Kind] | None = None,
) -> dict[str, DocumentAssignment]:
    """Fuse each paragraph and roll the document up."""
    annotated: list[AnnotatedParagraph] = []
    undeclared: list[dict[str, float]] = []
    start = 0
    for index, (suggestions, text) in enumerate(said):
        kind = (kinds or {}).get(index, "body")
        paragraph = Paragraph(index, start, start + len(text), text, "en", kind)
        start += len(text) + 1
        labels, scores = fuse(suggestions, numbers_of, taxonomy)
        annotated.append(AnnotatedParagraph(paragraph, labels))
        undeclared.append(scores)
    return {label.label: label for label in roll_up(annotated, undeclared, numbers_of, taxonomy)}


texts = st.integers(1, 40).map(lambda words: "word " * words)
said_of_documents: SearchStrategy[list[Said]] = st.lists(
    st.tuples(paragraphs_of_suggestions(), texts), max_size=8
)


@given(said=said_of_documents, numbers_of=settings)
def test_every_label_of_the_taxonomy_is_scored(
    taxonomy: Taxonomy, said: list[Said], numbers_of: FusionSettings
) -> None:
    labels = rolled_up(said, numbers_of, taxonomy)
    assert list(labels) == list(taxonomy.labels)
    for label in labels.values():
        assert 0 <= label.score <= 1
        assert bool(label.paragraphs) >= label.assigned


@given(said=said_of_documents, numbers_of=settings, data=st.data())
def test_duplicates_and_boilerplate_count_for_nothing(
    taxonomy: Taxonomy, said: list[Said], numbers_of: FusionSettings, data: st.DataObject
) -> None:
    extra = data.draw(st.lists(st.tuples(paragraphs_of_suggestions(), texts), max_size=4))
    kinds: dict[int, Kind] = {
        len(said) + number: data.draw(st.sampled_from(["duplicate", "boilerplate"]))
        for number in range(len(extra))
    }
    assert rolled_up([*said, *extra], numbers_of, taxonomy, kinds) == rolled_up(
        said, numbers_of, taxonomy
    )


@given(said=said_of_documents, numbers_of=settings, data=st.data())
def test_the_order_of_paragraphs_does_not_matter(
    taxonomy: Taxonomy, said: list[Said], numbers_of: FusionSettings, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(said))
    one, other = (rolled_up(order, numbers_of, taxonomy) for order in (said, shuffled))
    for label, assignment in one.items():
        assert other[label].score == pytest.approx(assignment.score, abs=2e-4)
        assert other[label].origins == assignment.origins
        assert other[label].supported == assignment.supported
        assert len(other[label].paragraphs) == len(assignment.paragraphs)
        if abs(assignment.score - numbers_of.threshold_of(label)) > 2e-4:
            assert other[label].assigned == assignment.assigned


@given(said=said_of_documents, numbers_of=settings)
def test_what_a_paragraph_declares_its_document_has(
    taxonomy: Taxonomy, said: list[Said], numbers_of: FusionSettings
) -> None:
    labels = rolled_up(said, numbers_of, taxonomy)
    for suggestions, _ in said:
        for suggestion in suggestions:
            if suggestion.origin == "declared":
                assert labels[suggestion.label].assigned
                assert "declared" in labels[suggestion.label].origins


@given(
    said=said_of_documents,
    numbers_of=settings,
    text=texts,
    origin=st.sampled_from(["keyword", "classifier"]),
    less=st.floats(-6, 6),
    more=st.floats(0, 6),
)
def test_more_weight_in_a_paragraph_never_lowers_the_score_of_its_document(
    taxonomy: Taxonomy,
    said: list[Said],
    numbers_of: FusionSettings,
    text: str,
    origin: Origin,
    less: float,
    more: float,
) -> None:
    less = abs(less) if origin == "keyword" else less
    weak, strong = (
        rolled_up([*said, ([suggest("SDG3", origin, weight)], text)], numbers_of, taxonomy)["SDG3"]
        for weight in (less, less + more)
    )
    assert strong.score >= weak.score
    assert strong.assigned >= weak.assigned


@given(said=said_of_documents, numbers_of=settings, more=st.lists(texts, max_size=5))
def test_paragraphs_that_say_nothing_of_a_label_never_raise_its_score(
    taxonomy: Taxonomy, said: list[Said], numbers_of: FusionSettings, more: list[str]
) -> None:
    short = rolled_up(said, numbers_of, taxonomy)
    long = rolled_up([*said, *(([], text) for text in more)], numbers_of, taxonomy)
    for label, assignment in short.items():
        assert long[label].score <= assignment.score
        assert long[label].assigned <= assignment.assigned


@pytest.mark.parametrize(
    ("others", "assigned"), [(0, True), (4, True), (9, True), (49, False), (199, False)]
)
def test_one_strong_paragraph_in_ten_is_enough_and_one_in_fifty_is_not(
    taxonomy: Taxonomy,
    others: int,
    assigned: bool,  # noqa: FBT001 - a column of the table
) -> None:
    text = "word " * 30
    said: list[Said] = [([suggest("SDG3", "keyword", 6.0)], text), *[([], text)] * others]
    assert rolled_up(said, FusionSettings(), taxonomy)["SDG3"].assigned is assigned


def test_a_long_document_does_not_collect_every_label(taxonomy: Taxonomy) -> None:
    text = "word " * 30
    main = [suggest("SDG3", "keyword", 6.0)]
    touched = [label for label in taxonomy.leaves() if label != "SDG3"]
    said: list[Said] = [
        *[(main, text)] * 60,
        *(([suggest(label, "keyword", 6.0)], text) for label in touched),
    ]
    labels = rolled_up(said, FusionSettings(), taxonomy)
    assert [label.label for label in labels.values() if label.assigned] == ["SDG3"]


def test_a_long_text_about_one_thing_does_not_collect_what_it_touches(annotator: Annotator) -> None:
    main = [
        f"Clinic {number} offers telemedicine: doctors treat patients in remote villages, and "
        f"{number + 20} nurses were trained to use electronic health records."
        for number in range(90)
    ]
    touched = [
        "Schools of the region received computers for digital learning.",
        "Farmers ask for weather forecasts and market prices by mobile phone.",
        "The port protects fish stocks and coral reefs.",
        "Courts fight corruption and human trafficking.",
        "Solar energy and wind power supply the town.",
        "Drinking water and sanitation were improved.",
        "Local radio and newspapers are free and independent.",
        "Museums keep the languages and traditions of indigenous peoples.",
        "Cybersecurity and data protection laws were adopted.",
        "Families in poverty receive social protection.",
    ]
    short = annotator.annotate("\n".join([*main[:2], *touched]))
    long = annotator.annotate("\n".join([*main, *touched]))
    assert {"C7.e-health", "SDG3"} <= {label.label for label in long.assigned}
    assert len(short.assigned) >= 6
    assert len(long.assigned) <= 4


def test_saying_it_twice_changes_nothing(annotator: Annotator) -> None:
    text = (
        "The clinic offers telemedicine to patients in remote villages of the region.\n"
        "Farmers of the same villages learn the market prices of maize by mobile phone.\n"
        "SDG 5: half of the farmers who were trained this year are women.\n"
    )
    once, often = annotator.annotate(text), annotator.annotate(text * 4)
    assert once.assigned
    assert often.labels == once.labels


@given(text=documents)
def test_every_label_that_is_assigned_says_where_it_comes_from(
    annotator: Annotator, text: str
) -> None:
    result = annotator.annotate(text)
    for paragraph in result.paragraphs:
        assert all(label.origins for label in paragraph.assigned)
    assert all(label.origins and label.paragraphs for label in result.assigned)


def test_no_label_of_the_real_documents_is_without_evidence(
    annotated_seeds: dict[str, AnnotatedDocument],
) -> None:
    for document in annotated_seeds.values():
        assert document.assigned
        for paragraph in document.paragraphs:
            for label in paragraph.assigned:
                assert label.evidence, (
                    document.document.id,
                    paragraph.paragraph.index,
                    label.label,
                )


# Declared labels and their support


@pytest.mark.parametrize("threshold", [0.0, 0.5, 0.99, 1.0])
def test_declared_labels_are_assigned_at_any_threshold(
    taxonomy: Taxonomy, threshold: float
) -> None:
    strict = Annotator(taxonomy, threshold=threshold)
    text = "The session supports WSIS Action Lines C5 and C8, and SDG 14."
    assert {"C5", "C8", "SDG14"} <= {label.label for label in strict.annotate(text).assigned}


def test_a_stricter_threshold_never_adds_a_label(taxonomy: Taxonomy, annotator: Annotator) -> None:
    text = (
        "The ministry trains teachers of rural schools to use computers in class.\n"
        "Telemedicine reaches the same villages, with solar energy and safe water.\n"
    )
    before: set[str] | None = None
    for threshold in (0.1, 0.3, 0.5, 0.7, 0.9):
        strict = Annotator(taxonomy, annotator.classifier, threshold=threshold)
        found = {label.label for label in strict.annotate(text).assigned}
        assert before is None or found <= before
        before = found


def test_a_label_that_is_named_and_nothing_more_is_unsupported(annotator: Annotator) -> None:
    text = (
        "The project serves SDG 3 and SDG 14.\n\n"
        "Doctors of the clinic treat patients in remote villages through telemedicine, and nurses "
        "vaccinate children against measles.\n"
    )
    labels = {label.label: label for label in annotator.annotate(text).assigned}
    assert labels["SDG3"].supported
    assert not labels["SDG14"].supported


def test_the_session_page_declares_what_it_declares(
    annotated_seeds: dict[str, AnnotatedDocument],
) -> None:
    document = annotated_seeds["004"]
    declared = {label.label for label in document.assigned if "declared" in label.origins}
    lines = {"C1", "C2", "C3", "C4", "C6", "C11"}
    assert declared == lines | {"SDG8", "SDG9", "SDG16", "SDG17"}
    (badly_translated,) = (p for p in document.paragraphs if p.paragraph.text == "ج 6. احفظ البيئة")
    assert [label.label for label in badly_translated.assigned] == ["C6"]


def test_boilerplate_and_duplicates_of_the_real_documents_have_no_label(
    annotated_seeds: dict[str, AnnotatedDocument],
) -> None:
    for document in annotated_seeds.values():
        for annotated in document.paragraphs:
            if annotated.paragraph.kind in ("boilerplate", "duplicate"):
                assert annotated.labels == ()
                assert annotated.abstained == annotated.paragraph.kind


def test_settings_are_values(taxonomy: Taxonomy) -> None:
    strict = replace(FusionSettings(), default_threshold=0.9)
    said: list[Said] = [([suggest("SDG3", "keyword", 3.0)], "word " * 30)]
    loose = rolled_up(said, FusionSettings(), taxonomy)["SDG3"]
    assert rolled_up(said, strict, taxonomy)["SDG3"].score == loose.score


def test_a_document_names_the_paragraphs_of_each_label_and_scores_in_fractions(
    annotator: Annotator,
) -> None:
    result = annotator.annotate(
        "Telemedicine reaches the clinics of remote villages.\n\nThe road was long, and it rained."
        "\n\nCybersecurity training protects hospitals and citizens online."
    )
    for label in result.labels:
        assert label.paragraphs == tuple(
            row.paragraph.index
            for row in result.paragraphs
            if label.label in {assignment.label for assignment in row.assigned}
        )
    assert [label.score for label in result.labels if 0.01 < label.score < 0.99] != []
    with pytest.raises(ValueError, match="shorter"):
        roll_up(result.paragraphs, [{}], annotator.settings, annotator.taxonomy)
