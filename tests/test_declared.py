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
