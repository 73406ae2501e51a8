"""Rationales in a document's own words: whole sentences, their places, nothing invented."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from commands import run
from generated import LANGUAGES, documents, mixed_text
from hypothesis import example, given, settings, strategies as st
from markdown_it import MarkdownIt

from annotator import AnnotatedDocument, Annotator, Document, Place
from annotator.claim import Standing, claim_to_dict, make_claim
from annotator.report import summarize
from annotator.report.submission import escape_markdown, render_claim, render_markdown
from annotator.sentences import sentence_spans

if TYPE_CHECKING:
    from markdown_it.token import Token

any_text = st.one_of(documents, mixed_text)

SENTENCES = {
    "ar": [
        "هل وصلت الشبكة إلى القرى؟",
        "نعم، قال د. علي في ص. 12 من التقرير.",
        "«التعليم حق للجميع!»",
        "بلغت النسبة 3.5 في المئة۔",
        "انتهى",
    ],
    "en": [
        "Dr. J. Smith of the U.N. spoke at 9.30 a.m. in Room 2.",
        "“Is the network ready?”",
        "It is (see fig. 2, art. 5).",
        "Version 2.0 of www.example.org works...",
        "Really?!",
        "Prices rose by 3.5 per cent, e.g. in No. 7",
    ],
    "es": [
        "¿Llega la red a los pueblos?",
        "Sí, dijo el Sr. Pérez (véase la pág. 4).",
        "¡La educación, p.ej. en EE.UU. o en la av. Bolívar, es de todos!",
        "Fin.",
    ],
    "fr": [
        "M. Dupont et Mme. Martin l'ont dit : « Le réseau est prêt. »",
        "Est-ce vrai ?",
        "Oui (cf. art. 5, p. 12) !",
        "Le prix est de 3,5 euros.",
    ],
    "ru": [
        "В 2024 г. сеть охватила 3,5 тыс. сёл и 2 млн. жителей.",
        "«Готова ли она?»",
        "Да, т.е. см. рис. 2 и стр. 5.",
        "А. С. Иванов согласен!",
    ],
    "zh": [
        "数字鸿沟在缩小。",
        "“网络到了吗？”",
        "到了！",
        "普及率从43.5%提升到70%（见第3.2节）……并且还在增长。",
        "谢谢",
    ],
}
"""Sentences that stand one after the other in a paragraph."""


# Sentences


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paragraph_is_cut_where_its_language_ends_sentences(language: str) -> None:
    text = ("" if language == "zh" else " ").join(SENTENCES[language])
    cut = [text[start:end] for start, end in sentence_spans(text, language)]
    assert cut == SENTENCES[language]


@given(text=any_text, language=st.sampled_from([*LANGUAGES, "und"]))
@example(text=". . . 。！？ ... ؟؟", language="zh")
def test_sentences_hold_every_character_once(text: str, language: str) -> None:
    spans = list(sentence_spans(text, language))
    ends = [0, *(end for _, end in spans)]
    for (start, end), before in zip(spans, ends, strict=False):
        assert before <= start < end <= len(text)
        assert not text[before:start].strip()
        assert text[start:end] == text[start:end].strip()
    assert not text[ends[-1] :].strip()


# Claims


def assert_made_of_quotations(annotator: Annotator, annotated: AnnotatedDocument) -> None:
    text = annotated.document.text
    claim = make_claim(annotated, annotator.taxonomy)
    assert {entry.label for entry in claim.labels} == {found.label for found in annotated.assigned}
    for entry in claim.labels:
        assert 1 <= len(entry.quotes) <= 2
        assert len({quote.text.casefold() for quote in entry.quotes}) == len(entry.quotes)
        for quote in entry.quotes:
            assert text[quote.start : quote.end] == quote.text
            paragraph = annotated.paragraphs[quote.paragraph].paragraph
            assert paragraph.kind not in ("boilerplate", "duplicate")
            spans = sentence_spans(paragraph.text, paragraph.language)
            whole = {(paragraph.start + start, paragraph.start + end) for start, end in spans}
            assert (quote.start, quote.end) in whole
            assert quote.locator == paragraph.locator


@given(text=any_text)
@settings(max_examples=40)
def test_every_quotation_is_a_whole_sentence_of_the_text(annotator: Annotator, text: str) -> None:
    assert_made_of_quotations(annotator, annotator.annotate(text))


@pytest.mark.parametrize("seed", ["000", "001", "002", "003", "004"])
def test_claims_of_real_documents_are_quotations(
    seed: str, annotator: Annotator, annotated_seeds: dict[str, AnnotatedDocument]
) -> None:
    annotated = annotated_seeds[seed]
    assert annotated.assigned
    assert_made_of_quotations(annotator, annotated)
    claim = make_claim(annotated, annotator.taxonomy)
    # A second sentence is never one that stands elsewhere already.
    seconds = [quote.text for entry in claim.labels for quote in entry.quotes[1:]]
    assert len(seconds) == len(set(seconds))


MIXED = (
    "This project serves SDG 14 and SDG 4.\n\n"
    "In 2024 the ministry trained 3.5 thousand teachers to use digital tools in rural schools. "
    "Thank you all for coming.\n\n"
    "Hackers attacked the hospital, so the government set up a national cybersecurity centre."
)


def test_what_is_declared_and_what_is_said_are_told_apart(annotator: Annotator) -> None:
    annotated = annotator.annotate(MIXED)
    claim = make_claim(annotated, annotator.taxonomy)
    standing = {entry.label: entry.standing for entry in claim.labels}
    assert standing["SDG4"] is Standing.CONFIRMED
    assert standing["SDG14"] is Standing.UNSUPPORTED
    assert standing["C5"] is Standing.FOUND
    (alignment,) = summarize([annotated], annotator.taxonomy).alignments
    assert {x for x, s in standing.items() if s is Standing.CONFIRMED} == set(alignment.confirmed)
    assert {x for x, s in standing.items() if s is Standing.UNSUPPORTED} == set(
        alignment.unsupported
    )
    quotes = {entry.label: [quote.text for quote in entry.quotes] for entry in claim.labels}
    assert quotes["SDG4"] == [
        "In 2024 the ministry trained 3.5 thousand teachers to use digital tools in rural schools."
    ]
    assert quotes["SDG14"] == ["This project serves SDG 14 and SDG 4."]


def test_what_stands_around_the_text_is_never_quoted(annotator: Annotator) -> None:
    text = (
        "The ministry trains teachers in rural schools.\n\n"
        "The ministry trains teachers in rural schools.\n\n"
        "Copyright 2024 Ministry of rural schools and teachers"
    )
    claim = make_claim(annotator.annotate(text), annotator.taxonomy)
    assert claim.labels
    assert {q.paragraph for entry in claim.labels for q in entry.quotes} == {0}


def test_the_number_of_quotations_is_the_readers_choice(annotator: Annotator, seeds: Path) -> None:
    text = next(seeds.glob("003*")).read_text(encoding="utf-8")
    annotated = annotator.annotate(text)
    for most in (1, 3):
        claim = make_claim(annotated, annotator.taxonomy, most=most, schemes=["sdg"])
        assert {entry.scheme for entry in claim.labels} == {"sdg"}
        assert max(len(entry.quotes) for entry in claim.labels) == most


def test_a_quotation_tells_its_page_too(annotator: Annotator) -> None:
    text = "数字乡村。\n\n教育部为农村学校培训教师。"
    places = (Place(0, "page 1"), Place(text.index("教"), "page *2*"))
    annotated = annotator.annotate(Document(id="1", source="1", text=text, places=places))
    claim = make_claim(annotated, annotator.taxonomy)
    (entry,) = [entry for entry in claim.labels if entry.label == "SDG4"]
    assert [quote.locator for quote in entry.quotes] == ["page *2*"]
    assert "¶ 1, page \\*2\\*, 7–20" in "".join(render_claim(claim, annotator.taxonomy))


def test_several_documents_are_claimed_one_after_the_other(seeds: Path) -> None:
    finished = run("claim", seeds, "--scheme", "sdg", "--quotes", "1")
    assert finished.status == 0, finished.stderr
    assert len(re.findall(r"^# ", finished.stdout, re.MULTILINE)) == 5
    assert "**C1" not in finished.stdout


# Words


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_claims_are_there_in_six_languages(language: str) -> None:
    import annotator.report.submission as module  # noqa: PLC0415

    path = Path(module.__file__).with_name("submission.yaml")
    table = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert {standing.value for standing in Standing} < set(table)
    for words in table.values():
        assert set(words) == set(LANGUAGES)
        assert words[language].strip()


DECLARED = {
    "ar": (
        "الهدف 4 من أهداف التنمية المستدامة\n\nتدرب الوزارة المعلمين في المدارس الريفية.",
        "المسوّغات",
    ),
    "en": ("SDG 4\n\nThe ministry trains teachers in rural schools.", "Rationale"),
    "es": ("ODS 4\n\nEl ministerio forma a los docentes de las escuelas rurales.", "Justificación"),
    "fr": ("ODD 4\n\nLe ministère forme les enseignants des écoles rurales.", "Justification"),
    "ru": ("ЦУР 4\n\nМинистерство обучает учителей сельских школ.", "Обоснование"),
    "zh": ("可持续发展目标4\n\n教育部为农村学校培训教师。", "理由"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_claim_speaks_the_language_of_its_document(language: str, tmp_path: Path) -> None:
    text, title = DECLARED[language]
    path = tmp_path / "claim.txt"
    path.write_text(text, encoding="utf-8")
    finished = run("claim", path)
    assert finished.status == 0, finished.stderr
    assert finished.stdout.startswith(f"# {title}: ")
    assert "SDG4" in finished.stdout
    sentence = text.split("\n\n")[1]
    assert f"> {escape_markdown(sentence)}" in finished.stdout
    again = json.loads(run("claim", path, "--format", "json").stdout)
    (record,) = again["claims"]
    assert record["language"] == language
    for label in record["labels"]:
        for quote in label["quotes"]:
            assert text[quote["start"] : quote["end"]] == quote["text"]
            for span in quote["evidence"]:
                assert text[span["start"] : span["end"]] == span["text"]


# Markdown


def texts_of(tokens: list[Token]) -> str:
    return "".join(
        child.content
        for token in tokens
        if token.type == "inline"
        for child in token.children or ()
        if child.type == "text"
    )


@given(text=st.one_of(st.text(), mixed_text, st.text("#*_[]()<>!`~-+=.1 \n\\&;|:/aw", max_size=40)))
@example(text="<script>alert(1)</script> [x](javascript:y) ![i](j) `c` **b** <a@b.example>")
@example(text="1. one\n- two\n# three\n> four\n---\n===\n```\n&amp; http://a.example www.b.example")
@example(text="    code")
def test_markdown_shows_any_text_as_text(text: str) -> None:
    escaped = escape_markdown(text)
    assert "\n" not in escaped
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(escaped)
    kinds = {child.type for token in tokens for child in token.children or ()}
    assert kinds <= {"text", "text_special"}
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    shown = texts_of(tokens).replace("\u2060", "")
    plain = "".join(c for c in escaped_source(text) if c != "\u2060")
    assert shown == plain


def escaped_source(text: str) -> str:
    """Return what a reader should see: the text on one line, control characters as pictures."""
    from annotator.inert import inert  # noqa: PLC0415

    return " ".join(inert(text).split())


@given(text=any_text)
@settings(max_examples=30)
def test_every_sentence_of_a_claim_is_a_quotation(annotator: Annotator, text: str) -> None:
    document = Document(id="# <b>نص</b>\x1b[31m", source="a", text=text)
    claim = make_claim(annotator.annotate(document), annotator.taxonomy)
    rendered = "".join(render_claim(claim, annotator.taxonomy))
    assert "\x1b" not in rendered
    quoted = re.findall(r"^> (?!— )(.+)$", rendered, re.MULTILINE)
    wanted = [
        escape_markdown(quote.text)
        for standing in Standing
        for scheme in annotator.taxonomy.schemes
        for entry in claim.labels
        if entry.standing is standing and entry.scheme == scheme
        for quote in entry.quotes
    ]
    assert quoted == wanted
    other = [
        line for line in rendered.splitlines() if line and not line.startswith(("#", ">", "**"))
    ]
    assert len(set(other)) <= 1


def test_the_markdown_report_has_one_sentence_a_label(
    annotator: Annotator, annotated_seeds: dict[str, AnnotatedDocument]
) -> None:
    rendered = "".join(
        render_markdown([*annotated_seeds.values()], annotator.taxonomy, language="fr")
    )
    assert rendered.startswith("# Justification\n")
    assert "Objectifs de développement durable" in rendered
    tokens = MarkdownIt("commonmark").parse(rendered)
    items = sum(token.type == "list_item_open" for token in tokens)
    assert items == sum(len(annotated.assigned) for annotated in annotated_seeds.values())
    assert rendered.count("«\u00a0") == items


def test_the_command_writes_the_markdown_report(seeds: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.md"
    finished = run("report", seeds, "--format", "markdown", "--names", "ar", "-o", target)
    assert (finished.status, finished.stdout) == (0, "")
    text = target.read_text(encoding="utf-8")
    assert text.startswith("# المسوّغات\n")
    assert "أهداف التنمية المستدامة" in text
    refused = run("report", seeds, "--format", "word")
    assert refused.status == 2
    assert "markdown" in refused.stderr


def test_a_claim_as_plain_values_is_json(annotator: Annotator) -> None:
    claim = make_claim(annotator.annotate(MIXED), annotator.taxonomy)
    plain = claim_to_dict(claim, annotator.taxonomy)
    assert json.loads(json.dumps(plain)) == plain
    assert plain["labels"][0].keys() == {"label", "scheme", "name", "score", "standing", "quotes"}
