"""What texts declare: a table of cases in six languages, and what no way of writing may change."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
import yaml
from hypothesis import given, strategies as st

from annotator import Annotator, Document, Taxonomy
from annotator.declared import DeclaredLabels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from annotator import AnnotatedDocument
    from annotator.declared import Mention

_HERE = Path(__file__).parent
_LANGUAGES = ("ar", "en", "es", "fr", "ru", "zh")


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of ``data/declared.yaml``."""

    text: str
    labels: tuple[str, ...]
    language: str
    why: str
    context: str | None = None

    @property
    def paragraphs(self) -> list[str]:
        """The paragraphs of the document, the one to judge first."""
        return [self.text] if self.context is None else [self.text, self.context]

    def __str__(self) -> str:
        """Name the case in the list of tests."""
        labels = "+".join(self.labels) or "none"
        return f"{self.language}-{labels}-{self.why.replace(' ', '_')}"


_CASES = msgspec.convert(
    yaml.safe_load((_HERE / "data" / "declared.yaml").read_text(encoding="utf-8")), list[Case]
)
_TRUE = [case for case in _CASES if case.labels]
_FALSE = [case for case in _CASES if not case.labels]
_PARAGRAPHS = sorted({paragraph for case in _CASES for paragraph in case.paragraphs})


@cache
def _declared() -> DeclaredLabels:
    return DeclaredLabels(Taxonomy.load())


def _labels(mentions: Sequence[Mention]) -> set[str]:
    return {mention.label for mention in mentions}


@pytest.mark.parametrize("case", _CASES, ids=str)
def test_text_declares_exactly_its_labels(case: Case) -> None:
    assert _labels(_declared().find(case.paragraphs)[0]) == set(case.labels)


@pytest.mark.parametrize("case", _CASES, ids=str)
def test_mentions_and_names_lie_inside_their_paragraph(case: Case) -> None:
    for paragraph, mentions in zip(case.paragraphs, _declared().find(case.paragraphs), strict=True):
        for mention in mentions:
            assert 0 <= mention.start < mention.end <= len(paragraph)
            assert paragraph[mention.start : mention.end].strip()
            assert 0 <= mention.name[0] <= mention.name[1] <= len(paragraph)


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("WSIS Action Lines C2, C5 and C6", ["WSIS Action Lines C2", "C5", "C6"]),
        ("SDGs 3, 4–6 and 9.c matter", ["SDGs 3", "4–6", "4–6", "4–6", "9.c"]),
        ("خطوط العمل ج2 و ج5 و ج6", ["خطوط العمل ج2", "ج5", "ج6"]),
        ("أهداف التنمية المستدامة 4 و5 و8", ["أهداف التنمية المستدامة 4", "5", "8"]),
        ("可持续发展目标4、5和8", ["可持续发展目标4", "5", "8"]),
        ("信息社会世界峰会行动方面C2、C5", ["信息社会世界峰会行动方面C2", "C5"]),
        ("ЦУР 4, 5 и 8", ["ЦУР 4", "5", "8"]),
        ("Направления деятельности С2, С5", ["Направления деятельности С2", "С5"]),
        ("ODS 4, 5 y 8", ["ODS 4", "5", "8"]),
        ("Grandes orientations C2, C5 et C6", ["Grandes orientations C2", "C5", "C6"]),
        ("WSIS C7: e-health, e-learning", ["WSIS C7", "WSIS C7"]),
    ],
)
def test_a_marker_belongs_to_the_first_number_of_its_list(text: str, mentions: list[str]) -> None:
    found = _declared().find([text])[0]
    assert [text[mention.start : mention.end] for mention in found] == mentions


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("SDG4 – Quality Education. Then more.", " – Quality Education"),
        ("Action line C2 (Information infrastructure) is here", " (Information infrastructure)"),
        ("目标4（优质教育）是", "（优质教育）"),
        ("الهدف 4: التعليم الجيد", ": التعليم الجيد"),
        ("ЦУР 4 «Качественное образование»", " «Качественное образование»"),
        ("ODS 4 (Educación de calidad)", " (Educación de calidad)"),
        ("ODD 4 : Éducation de qualité ; suite", " : Éducation de qualité "),
        ("SDG 4", ""),
        ("SDG 4: " + "one word after another without any end " * 8, ""),
    ],
)
def test_the_name_behind_a_number_is_known_to_be_one(text: str, name: str) -> None:
    (mention,) = _declared().find([text])[0]
    assert text[slice(*mention.name)] == name


def test_table_is_large_in_every_language() -> None:
    assert len(_TRUE) >= 120
    assert len(_FALSE) >= 80
    for cases in (_TRUE, _FALSE):
        counts = Counter(case.language for case in cases)
        assert sorted(counts) == list(_LANGUAGES)
        assert min(counts.values()) >= 15


def test_table_names_every_line_and_goal_and_no_unknown_label() -> None:
    named = {label for case in _CASES for label in case.labels}
    labels = Taxonomy.load().labels
    assert named <= set(labels)
    assert named >= {label for label in labels if "." not in label}


def test_table_has_no_case_twice() -> None:
    assert len({(case.text, case.context) for case in _CASES}) == len(_CASES)


def test_every_case_has_a_readable_name_of_its_own() -> None:
    names = {str(case) for case in _CASES}
    assert len(names) == len(_CASES)
    assert all(name.isascii() for name in names)


def _full_width(text: str) -> str:
    return text.translate({ord("0") + n: chr(ord("０") + n) for n in range(10)})


def _arabic_indic(text: str) -> str:
    return text.translate({ord("0") + n: chr(ord("٠") + n) for n in range(10)})


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _no_break_spaces(text: str) -> str:
    return text.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(
    "rewritten",
    [_decomposed, _full_width, _arabic_indic, _no_break_spaces],
    ids=lambda f: f.__name__,
)
@given(paragraphs=st.lists(st.sampled_from(_PARAGRAPHS), min_size=1, max_size=4))
def test_way_of_writing_changes_no_label(
    rewritten: Callable[[str], str], paragraphs: list[str]
) -> None:
    plain = _declared().find(paragraphs)
    other = _declared().find([rewritten(paragraph) for paragraph in paragraphs])
    assert [_labels(mentions) for mentions in other] == [_labels(mentions) for mentions in plain]


@given(paragraphs=st.lists(st.sampled_from(_PARAGRAPHS), min_size=1, max_size=4))
def test_mentions_slice_to_the_same_words_after_decomposition(paragraphs: list[str]) -> None:
    decomposed = [_decomposed(paragraph) for paragraph in paragraphs]
    plain = _declared().find(paragraphs)
    other = _declared().find(decomposed)
    for text, mentions, rewritten, found in zip(paragraphs, plain, decomposed, other, strict=True):
        assert [unicodedata.normalize("NFC", rewritten[m.start : m.end]) for m in found] == [
            unicodedata.normalize("NFC", text[m.start : m.end]) for m in mentions
        ]


@pytest.fixture(scope="module")
def session() -> AnnotatedDocument:
    """A session page of the WSIS Forum, in Arabic, that lists its lines and goals."""
    path = _HERE.parent / "seeds" / "004_75d33195c1e6038d.txt"
    text = path.read_text(encoding="utf-8")
    return Annotator().annotate(Document(id=path.name, source=str(path), text=text))


def test_session_page_declares_its_lines_and_goals(session: AnnotatedDocument) -> None:
    declared = {label.label for label in session.labels if "declared" in label.origins}
    assert declared == {
        *("C1", "C2", "C3", "C4", "C6", "C11"),
        *("SDG8", "SDG9", "SDG16", "SDG17"),
    }


def test_code_wins_over_a_name_badly_translated(session: AnnotatedDocument) -> None:
    found = [p for p in session.paragraphs if "ج 6. احفظ البيئة" in p.paragraph.text]
    assert [[label.label for label in p.assigned] for p in found] == [["C6"]]
