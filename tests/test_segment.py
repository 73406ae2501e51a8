"""Paragraphs of real documents and of made-up ones: their spans, kinds, languages, duplicates."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from generated import LANGUAGES, SENTENCES, documents, mixed_text
from hypothesis import example, given, strategies as st

from annotator import AnnotatedDocument, Document, Taxonomy
from annotator.segment import Segmenter

if TYPE_CHECKING:
    from annotator import Paragraph


@pytest.fixture(scope="session")
def segmenter(taxonomy: Taxonomy) -> Segmenter:
    return Segmenter(taxonomy)


def cut(segmenter: Segmenter, text: str) -> list[Paragraph]:
    """Return the paragraphs of a text."""
    return segmenter.segment(Document(id="1", source="1", text=text))


def of_seed(seeds: dict[str, AnnotatedDocument], name: str) -> list[Paragraph]:
    """Return the paragraphs of one of the five documents."""
    return [annotated.paragraph for annotated in seeds[name].paragraphs]


# What holds for every text

_LEFT_OUT = re.compile(r"[\s\u200b\u200e\u200f\ufeff\x1c-\x1f\-–—•●○▪■□◆▶►‣·*+_=~#]*")
"""White space, invisible characters, and the signs of which a lone bullet consists."""


@given(text=st.one_of(mixed_text, documents))
@example(text="")
@example(text="\n\n\n")
@example(text="-\n-\n-")
@example(text="\ufeff\u200f a \u200b\r\n\r\n b")
def test_paragraphs_are_slices_in_order_that_do_not_overlap(
    segmenter: Segmenter, text: str
) -> None:
    paragraphs = cut(segmenter, text)
    assert [paragraph.index for paragraph in paragraphs] == list(range(len(paragraphs)))
    for paragraph in paragraphs:
        assert 0 <= paragraph.start < paragraph.end <= len(text)
        assert text[paragraph.start : paragraph.end] == paragraph.text
        assert paragraph.text.strip() == paragraph.text
    assert all(one.end <= other.start for one, other in pairwise(paragraphs))


@given(text=st.one_of(mixed_text, documents))
def test_between_paragraphs_nothing_is_lost(segmenter: Segmenter, text: str) -> None:
    paragraphs = cut(segmenter, text)
    edges = [0, *(edge for p in paragraphs for edge in (p.start, p.end)), len(text)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        assert _LEFT_OUT.fullmatch(text, start, end), text[start:end]


@given(text=documents)
def test_a_duplicate_points_to_an_earlier_paragraph_that_is_none(
    segmenter: Segmenter, text: str
) -> None:
    paragraphs = cut(segmenter, text)
    for paragraph in paragraphs:
        assert (paragraph.kind == "duplicate") == (paragraph.duplicate_of is not None)
        if paragraph.duplicate_of is not None:
            assert paragraph.duplicate_of < paragraph.index
            assert paragraphs[paragraph.duplicate_of].kind != "duplicate"


@given(text=documents)
def test_a_text_that_stands_twice_gives_no_new_paragraph(segmenter: Segmenter, text: str) -> None:
    once = [p.text for p in cut(segmenter, f"{text}\n") if p.kind != "duplicate"]
    again = [
        p.text
        for p in cut(segmenter, f"{text}\n\n{text}\n")
        if p.kind != "duplicate" and p.start > len(text)
    ]
    assert set(again) <= set(once)


# The five real documents


def test_the_article_that_stands_twice_counts_once(
    annotated_seeds: dict[str, AnnotatedDocument],
) -> None:
    paragraphs = of_seed(annotated_seeds, "000")
    first, second = paragraphs[:6], paragraphs[8:]
    assert {paragraph.kind for paragraph in first} == {"body"}
    assert [paragraph.duplicate_of for paragraph in second] == [0, 1, 2, 3, 4, 5]
    assert [paragraph.text for paragraph in second] == [paragraph.text for paragraph in first]


@pytest.mark.parametrize(
    ("seed", "beginning"),
    [
        pytest.param("000", "شاهد النسخة الأصلية", id="view original"),
        pytest.param("000", "This page may contain third-party content", id="English disclaimer"),
        pytest.param("001", "تواصل: تيم براون", id="contact"),
        pytest.param("001", "tim198515@gmail.com", id="address"),
        pytest.param("002", "(الصورة من VCG)", id="photo credit"),
        pytest.param("002", "(المصدر: صحيفة بكين اليومية)", id="source line"),
    ],
)
def test_what_stands_around_the_articles_is_boilerplate(
    annotated_seeds: dict[str, AnnotatedDocument], seed: str, beginning: str
) -> None:
    kinds = [p.kind for p in of_seed(annotated_seeds, seed) if p.text.startswith(beginning)]
    assert kinds == ["boilerplate"]


def test_the_teasers_below_the_chinese_article_are_boilerplate(
    annotated_seeds: dict[str, AnnotatedDocument],
) -> None:
    paragraphs = of_seed(annotated_seeds, "003")
    article, teasers = paragraphs[:6], paragraphs[6:]
    assert [paragraph.kind for paragraph in article] == ["heading"] + ["body"] * 5
    assert {paragraph.kind for paragraph in teasers} == {"boilerplate"}
    assert [p.text for p in teasers if "鄢强" in p.text or "LPL" in p.text] != []
    assert len(teasers) == 12


def test_a_lone_bullet_makes_the_next_line_an_item_and_is_no_paragraph(
    annotated_seeds: dict[str, AnnotatedDocument],
) -> None:
    paragraphs = of_seed(annotated_seeds, "004")
    assert not [p for p in paragraphs if not re.search(r"\w", p.text)]
    items = [p for p in paragraphs if p.text.startswith("ج ") or re.match(r"الهدف \d+: ", p.text)]
    assert [p.text.split(".")[0] for p in items[:6]] == ["ج 1", "ج 2", "ج 3", "ج 4", "ج 6", "ج 11"]
    assert len(items) == 10
    assert {p.kind for p in items} == {"list_item"}


def test_a_bullet_and_its_text_are_one_item(
    annotated_seeds: dict[str, AnnotatedDocument],
) -> None:
    items = [p for p in of_seed(annotated_seeds, "004") if p.text.startswith("- C")]
    assert len(items) == 5
    assert {p.kind for p in items} == {"list_item"}


@pytest.mark.parametrize(
    ("seed", "heading"),
    [
        pytest.param("001", "التحول الرقمي والاستدامة", id="between paragraphs"),
        pytest.param(
            "003", "2025上合组织数字经济论坛在天津举办 共拓数字经济合作新空间", id="title, zh"
        ),
        pytest.param("004", "خلفية", id="one word"),
        pytest.param("004", "411 الجلسة", id="number and word"),
        pytest.param("004", "المواضيع الأساسية", id="above a list"),
    ],
)
def test_headings_are_told_from_body(
    annotated_seeds: dict[str, AnnotatedDocument], seed: str, heading: str
) -> None:
    assert [p.kind for p in of_seed(annotated_seeds, seed) if p.text == heading] == ["heading"]


@pytest.mark.parametrize(
    ("seed", "language"),
    [("000", "ar"), ("001", "ar"), ("002", "ar"), ("003", "zh"), ("004", "ar")],
)
def test_the_language_of_each_document_is_right(
    annotated_seeds: dict[str, AnnotatedDocument], seed: str, language: str
) -> None:
    assert annotated_seeds[seed].language == language
    read = [p for p in of_seed(annotated_seeds, seed) if p.kind not in ("boilerplate", "duplicate")]
    assert {p.language for p in read} == {language}


def test_the_language_of_a_foreign_paragraph_is_its_own(
    annotated_seeds: dict[str, AnnotatedDocument],
) -> None:
    assert [p.index for p in of_seed(annotated_seeds, "000") if p.language == "en"] == [7]


# Lines and blocks

PROSE = {
    "en": "The ministry extends broadband to remote villages and trains the teachers of their "
    "schools to use digital tools in class, so that every child learns what the digital economy "
    "asks for, and health workers in the same places consult doctors in the capital from afar",
    "fr": "Le ministère étend le haut débit aux villages éloignés et forme les enseignants de "
    "leurs écoles à l'emploi des outils numériques en classe, afin que chaque enfant apprenne ce "
    "que demande l'économie numérique, et que les soignants consultent les médecins de la capitale",
    "ru": "Министерство проводит широкополосную связь в отдалённые деревни и обучает учителей их "
    "школ применению цифровых средств на уроках, чтобы каждый ребёнок узнал то, чего требует "
    "цифровая экономика, а медики советовались с врачами столицы на расстоянии",
    "es": "El ministerio lleva la banda ancha a las aldeas remotas y forma a los maestros de sus "
    "escuelas en el uso de herramientas digitales, para que cada niño aprenda lo que pide la "
    "economía digital, y el personal de salud consulte a los médicos de la capital a distancia",
    "ar": "توسع الوزارة شبكات النطاق العريض إلى القرى النائية وتدرب المعلمين في مدارسها على "
    "استخدام الأدوات الرقمية في الصفوف حتى يتعلم كل طفل ما يتطلبه الاقتصاد الرقمي ويستشير "
    "العاملون الصحيون في تلك الأماكن أطباء العاصمة عن بعد وبكلفة أقل من ذي قبل",
}


def wrap(text: str, width: int, end: str) -> str:
    """Break a text into lines of at most so many characters."""
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) >= width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return end.join([*lines, line])


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("width", [60, 72, 80])
@pytest.mark.parametrize("language", PROSE)
def test_the_lines_of_a_wrapped_text_are_one_paragraph(
    segmenter: Segmenter, language: str, width: int, end: str
) -> None:
    wrapped = wrap(PROSE[language], width, end)
    text = f"{wrapped}.{end}{end}{wrapped}, 2030."
    assert [p.text for p in cut(segmenter, text)] == [f"{wrapped}.", f"{wrapped}, 2030."]


@pytest.mark.parametrize(
    "end",
    ["\n", "\r\n", "\r", "\n\n", "\n \t\n", "\u2029", "\u2028", "\x0c"],
    ids=["LF", "CRLF", "CR", "blank line", "line of spaces", "PS", "LS", "form feed"],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_is_a_paragraph_where_the_text_is_not_wrapped(
    segmenter: Segmenter, language: str, end: str
) -> None:
    lines = [sentence * 3 for sentence in SENTENCES[language][:2]]
    assert [p.text for p in cut(segmenter, end.join(lines))] == lines


@pytest.mark.parametrize("bullet", list("-–—•●○▪■◆►‣·*+"))
def test_bullets_make_items(segmenter: Segmenter, bullet: str) -> None:
    text = f"We do three things:\n{bullet} train teachers in schools\n{bullet} connect villages\n"
    assert [p.kind for p in cut(segmenter, text)][1:] == ["list_item", "list_item"]
    alone = (
        f"We do three things:\n{bullet}\ntrain teachers in schools\n\n{bullet}\nconnect villages\n"
    )
    paragraphs = cut(segmenter, alone)
    assert [p.kind for p in paragraphs][1:] == ["list_item", "list_item"]
    assert [p.text for p in paragraphs][1:] == ["train teachers in schools", "connect villages"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("1. train teachers now", "2. connect villages now", id="numbers"),
        pytest.param("1) train teachers now", "2) connect villages now", id="brackets"),
        pytest.param("(a) train teachers now", "(b) connect villages now", id="letters"),
        pytest.param("1、培训教师使用数字工具", "2、连接偏远的村庄", id="zh"),
        pytest.param("أ) تدريب المعلمين اليوم", "ب) ربط القرى النائية", id="ar"),
        pytest.param("а) обучать учителей сегодня", "б) подключать деревни", id="ru"),
    ],
)
def test_numbers_and_letters_make_items(segmenter: Segmenter, first: str, second: str) -> None:
    kinds = [p.kind for p in cut(segmenter, f"{first}\n{second}\n")]
    assert kinds == ["list_item", "list_item"]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("2030 will show what was done in the villages of the region.", id="year"),
        pytest.param("3.5 million people of the region use the network today.", id="decimal"),
        pytest.param("-5 degrees were measured in the village on that morning.", id="minus"),
    ],
)
def test_a_number_at_the_head_of_a_sentence_makes_no_item(segmenter: Segmenter, line: str) -> None:
    assert cut(segmenter, f"{line}\n{line} Again.\n")[0].kind == "body"


def test_markdown_headings_are_headings_at_any_place(segmenter: Segmenter) -> None:
    text = "# Plan\n\nWe connect villages and train teachers.\n\n## Health and water:\n"
    assert [p.kind for p in cut(segmenter, text)] == ["heading", "body", "heading"]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("All rights reserved. © 2025 Example", id="en: rights"),
        pytest.param("Photo: Maria Ivanova", id="en: photo"),
        pytest.param("We use cookies to improve this site.", id="en: cookies"),
        pytest.param("Read more", id="en: read more"),
        pytest.param("Fuente: Agencia EFE", id="es: source"),
        pytest.param("Todos los derechos reservados.", id="es: rights"),
        pytest.param("Crédit photo : AFP", id="fr: photo"),
        pytest.param("Tous droits réservés", id="fr: rights"),
        pytest.param("Источник: ТАСС", id="ru: source"),
        pytest.param("Все права защищены.", id="ru: rights"),
        pytest.param("Читайте также", id="ru: read also"),
        pytest.param("(来源:新华网)", id="zh: source"),
        pytest.param("（来源：新华网）", id="zh: source, full width"),
        pytest.param("责任编辑：王小明", id="zh: editor"),
        pytest.param("版权所有 © 2025", id="zh: rights"),
        pytest.param("المصدر: وكالة الأنباء", id="ar: source"),
        pytest.param("جميع الحقوق محفوظة", id="ar: rights"),
        pytest.param("اقرأ أيضًا: خبر آخر", id="ar: read also"),
        pytest.param("https://www.itu.int/wsis", id="address of a page"),
        pytest.param("press@example.org", id="address for mail"),
    ],
)
def test_boilerplate_is_known_in_six_languages(segmenter: Segmenter, line: str) -> None:
    text = f"{PROSE['en']}.\n\n{line}\n"
    assert [p.kind for p in cut(segmenter, text)] == ["body", "boilerplate"]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("The source of the river was polluted by the mine.", id="en: source"),
        pytest.param(
            "Contact tracing by telephone stopped the epidemic in the town.", id="en: contact"
        ),
        pytest.param("Share of renewable energy in the total rose to 40 per cent.", id="en: share"),
        pytest.param(
            "La photo numérique aide les paysans à reconnaître les maladies.", id="fr: photo"
        ),
        pytest.param("Источник питьевой воды находится далеко от деревни.", id="ru: source"),
        pytest.param("来源于农村的数据帮助农民提高产量。", id="zh: source"),
        pytest.param("المصدر الرئيسي للمياه في القرية هو النهر.", id="ar: source"),
        pytest.param("La fuente de energía de la aldea es el sol.", id="es: source"),
        pytest.param("شارك في المؤتمر خبراء من خمسين دولة.", id="ar: took part"),
        pytest.param("مشاركة المرأة في صنع القرار ضرورية.", id="ar: participation"),
        pytest.param(
            "Subscribe rates for mobile broadband doubled in two years.", id="en: subscribe"
        ),
        pytest.param("Compartir conocimientos reduce la brecha digital.", id="es: share"),
        pytest.param("Partager les connaissances réduit la fracture numérique.", id="fr: share"),
        pytest.param("Реклама табака в школах запрещена законом.", id="ru: advertising"),
        pytest.param("分享数字化转型经验，助力农村发展。", id="zh: share"),
        pytest.param("评论员认为，数字经济将继续增长。", id="zh: commentator"),
        pytest.param("广告法保护消费者的权利。", id="zh: advertising"),
    ],
)
def test_text_that_begins_like_boilerplate_is_text(segmenter: Segmenter, line: str) -> None:
    assert [p.kind for p in cut(segmenter, f"{line}\n")] == ["body"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paragraph_that_differs_in_marks_and_spaces_only_is_a_duplicate(
    segmenter: Segmenter, language: str
) -> None:
    sentence = SENTENCES[language][0]
    text = f"{sentence}\n\n{sentence.upper().replace('.', ' !')}\n"
    assert [p.duplicate_of for p in cut(segmenter, text)] == [None, 0]


def test_paragraphs_that_differ_in_a_number_are_no_duplicates(segmenter: Segmenter) -> None:
    text = (
        "In 2020 the ministry trained 300 teachers.\nIn 2021 the ministry trained 300 teachers.\n"
    )
    assert [p.duplicate_of for p in cut(segmenter, text)] == [None, None]


def test_a_heading_may_stand_twice(segmenter: Segmenter) -> None:
    text = f"Next steps\n\n{PROSE['en']}.\n\nNext steps\n\n{PROSE['fr']}.\n"
    assert [p.kind for p in cut(segmenter, text)] == ["heading", "body", "heading", "body"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        *(pytest.param(SENTENCES[code][0], code, id=code) for code in LANGUAGES),
        pytest.param("加強網絡安全，縮小數位落差。", "zh", id="zh: traditional"),
        pytest.param("Das Ministerium bildet die Lehrer der Dorfschulen aus.", "de", id="de"),
        pytest.param(
            "O governo amplia a conexão de banda larga nas regiões mais distantes.", "pt", id="pt"
        ),
        pytest.param("Уряд розширює доступ до широкосмугового зв'язку в селах.", "uk", id="uk"),
        pytest.param("دولت دسترسی به اینترنت پهن‌باند را در روستاها گسترش می‌دهد.", "fa", id="fa"),
        pytest.param("حکومت دیہات میں براڈ بینڈ تک رسائی بڑھا رہی ہے۔", "ur", id="ur"),
        pytest.param("政府は農村でのブロードバンドの利用を広げています。", "ja", id="ja"),
        pytest.param("정부는 농촌에서 광대역 접속을 확대하고 있다.", "ko", id="ko"),
        pytest.param("2030 – 17 + 11", "und", id="no letters"),
    ],
)
def test_the_language_of_a_paragraph_is_identified(
    segmenter: Segmenter, text: str, language: str
) -> None:
    assert [p.language for p in cut(segmenter, text)] == [language]


def test_the_language_that_a_source_declares_serves_what_is_too_short_to_tell(
    segmenter: Segmenter,
) -> None:
    document = Document(id="1", source="1", text="Internet\n\nMadrid\n", language="es")
    assert {p.language for p in segmenter.segment(document)} == {"es"}


@pytest.mark.parametrize(
    ("heading", "language"),
    [
        pytest.param("Защита морей и океанов от загрязнения", "ru", id="ru, where bg stands equal"),
        pytest.param("Захист морів та океанів від забруднення", "uk", id="uk stays uk"),
        pytest.param("Acesso à água e ao saneamento nas aldeias", "pt", id="pt stays pt"),
        pytest.param("تطوير شبكات الاتصال في القرى البعيدة", "ar", id="ar"),
    ],
)
def test_a_heading_whose_words_stand_in_several_languages_is_in_that_of_its_document(
    segmenter: Segmenter, heading: str, language: str
) -> None:
    prose = {"uk": "ru", "pt": "es"}.get(language, language)
    document = "\n\n".join([heading, *SENTENCES[prose]])
    assert [p.language for p in cut(segmenter, document)][:2] == [language, prose]
    declared = Document(id="1", source="1", text=heading, language=prose)
    assert [p.language for p in segmenter.segment(declared)] == [language]
