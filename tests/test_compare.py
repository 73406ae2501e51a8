"""What two versions of a document, and two corpora, gained and lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from commands import run
from generated import documents
from hypothesis import example, given, settings, strategies as st
from rich.cells import cell_len

from annotator.alignment import Fate, align_paragraphs
from annotator.compare import Change, compare_documents

if TYPE_CHECKING:
    from pathlib import Path

    from annotator import Annotator

BEFORE = """\
الاقتصاد الرقمي في الأرياف

توسّع الدولة شبكات النطاق العريض والجيل الخامس في القرى النائية.

تدرب الوزارة المعلمين على المهارات الرقمية في المدارس الريفية.

تقدم العيادات خدمات التطبيب عن بعد للمرضى في المناطق النائية.
"""
AFTER = """\
تدرب الوزارة المعلمين على المهارات الرقمية في المدارس الريفية.

الاقتصاد الرقمي في الأرياف

توسّع الدولة اليوم شبكات النطاق العريض والجيل الخامس في كل القرى النائية.

تعزز الحكومة الأمن السيبراني وتحمي البيانات الشخصية من القراصنة.
"""


# Paragraphs


@pytest.mark.parametrize(
    ("before", "after", "fates"),
    [
        pytest.param(["a b c"], ["A, b  c!"], "unchanged", id="case and punctuation"),
        pytest.param(["数字经济", "网络安全", "智慧城市"], ["网络安全", "智慧城市", "数字经济"], "unchanged unchanged moved", id="moved"),
        pytest.param(["数字经济论坛在天津举办"], ["数字经济论坛昨天在天津举办"], "changed", id="changed"),
        pytest.param(["цифровая экономика"], ["охрана океана"], "gone new", id="another"),
        pytest.param([], ["a"], "new", id="from nothing"),
        pytest.param(["a"], [], "gone", id="to nothing"),
        pytest.param(["***", "a"], ["a", "***"], "moved unchanged", id="no letters"),
        pytest.param(["a", "a", "b"], ["a", "b"], "unchanged gone unchanged", id="twice"),
    ],
)  # fmt: skip
def test_paragraphs_are_matched_by_what_they_say(
    before: list[str], after: list[str], fates: str
) -> None:
    found = [pair.fate.value for pair in align_paragraphs(before, after)]
    assert sorted(found) == sorted(fates.split())


paragraphs = st.lists(
    st.one_of(
        st.sampled_from(
            ["a b c d", "a b c e", "数字经济", "数字经验", "А б в", "", "—", "A B C D"]
        ),
        st.text(max_size=12),
    ),
    max_size=8,
)


@given(before=paragraphs, after=paragraphs)
@example(before=["a", "b", "c"], after=["c", "b", "a"])
def test_every_paragraph_has_one_fate(before: list[str], after: list[str]) -> None:
    pairs = align_paragraphs(before, after)
    assert sorted(p.before for p in pairs if p.before is not None) == list(range(len(before)))
    assert [p.after for p in pairs if p.after is not None] == list(range(len(after)))
    for pair in pairs:
        assert (pair.before is None) == (pair.fate is Fate.NEW)
        assert (pair.after is None) == (pair.fate is Fate.GONE)


@given(text=paragraphs)
def test_a_text_against_itself_is_unchanged(text: list[str]) -> None:
    assert {pair.fate for pair in align_paragraphs(text, text)} <= {Fate.UNCHANGED}


def test_many_paragraphs_are_matched_in_time() -> None:
    before = [
        f"paragraph {n} of the national plan for networks and schools {n * 7}" for n in range(3000)
    ]
    after = [text.replace("schools", "clinics") if n % 3 else text for n, text in enumerate(before)]
    pairs = align_paragraphs(before, after[::-1])
    assert len([pair for pair in pairs if pair.before is not None]) == 3000


# Documents


def test_versions_tell_what_was_gained_lost_and_moved(annotator: Annotator) -> None:
    comparison = compare_documents(
        annotator.annotate(BEFORE), annotator.annotate(AFTER), annotator.taxonomy
    )
    changes = {change.label: change.change for change in comparison.labels}
    assert changes["C5"] is Change.GAINED
    assert changes["C7.e-health"] is Change.LOST
    assert changes["C2"] not in (Change.GAINED, Change.LOST)
    fates = [(change.fate.value, change.before, change.after) for change in comparison.paragraphs]
    assert sorted(fates, key=str) == sorted(
        [
            ("moved", 2, 0),
            ("unchanged", 0, 1),
            ("changed", 1, 2),
            ("gone", 3, None),
            ("new", None, 3),
        ],
        key=str,
    )
    new = next(change for change in comparison.paragraphs if change.fate is Fate.NEW)
    assert "C5" in new.gained
    assert new.text.startswith("تعزز الحكومة")


@given(one=documents, other=documents)
@settings(max_examples=30)
def test_a_comparison_turned_round_says_the_reverse(
    annotator: Annotator, one: str, other: str
) -> None:
    sides = annotator.annotate(one), annotator.annotate(other)
    there = compare_documents(*sides, annotator.taxonomy)
    back = compare_documents(*sides[::-1], annotator.taxonomy)
    reverse = {
        Change.GAINED: Change.LOST,
        Change.LOST: Change.GAINED,
        Change.STRENGTHENED: Change.WEAKENED,
        Change.WEAKENED: Change.STRENGTHENED,
        Change.SAME: Change.SAME,
    }
    assert {x.label: reverse[x.change] for x in there.labels} == {
        x.label: x.change for x in back.labels
    }


@given(text=documents)
@settings(max_examples=30)
def test_a_document_against_itself_is_the_same(annotator: Annotator, text: str) -> None:
    annotated = annotator.annotate(text)
    comparison = compare_documents(annotated, annotated, annotator.taxonomy)
    assert {change.change for change in comparison.labels} <= {Change.SAME}
    assert {change.fate for change in comparison.paragraphs} <= {Fate.UNCHANGED}
    assert [x.label for x in comparison.labels if x.documents == (1, 1)] == [
        x.label for x in annotated.labels if x.assigned
    ]


# The command


@pytest.fixture(scope="session")
def versions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return two folders that share two documents, one of them changed."""
    folder = tmp_path_factory.mktemp("versions")
    old, new = folder / "old", folder / "new"
    for side in (old, new):
        (side / "deep").mkdir(parents=True)
        (side / "same.txt").write_text("SDG 4: teachers learn in rural schools", "utf-8")
    (old / "deep" / "خطة.txt").write_text(BEFORE, encoding="utf-8")
    (new / "deep" / "خطة.txt").write_text(AFTER, encoding="utf-8")
    (old / "gone.txt").write_text("The clinic offers telemedicine.", encoding="utf-8")
    (new / "\x1b[31mnew.txt").write_text("数字乡村与智慧农业惠及农民。", encoding="utf-8")
    return old, new


@pytest.mark.parametrize("width", [80, 120])
def test_the_terminal_shows_it_at_its_width(width: int, versions: tuple[Path, Path]) -> None:
    for sides in (versions, [side / "deep" / "خطة.txt" for side in versions]):
        finished = run("compare", *sides, "--width", str(width))
        assert finished.status == 0, finished.stderr
        assert max(map(cell_len, finished.stdout.splitlines())) <= width
        assert "\x1b" not in finished.stdout
        assert "gained" in finished.stdout
        assert "C5" in finished.stdout
        assert "→" in finished.stdout


def test_corpora_are_compared_by_the_names_of_their_documents(versions: tuple[Path, Path]) -> None:
    finished = run("compare", *versions, "--format", "json")
    assert finished.status == 0, finished.stderr
    comparison = json.loads(finished.stdout)
    fates = {change["document"]: change["fate"] for change in comparison["documents"]}
    assert fates == {
        "same.txt": "unchanged",
        "deep/خطة.txt": "changed",
        "gone.txt": "gone",
        "\x1b[31mnew.txt": "new",
    }
    labels = {change["label"]: change for change in comparison["labels"]}
    assert labels["C7.e-agriculture"]["change"] == "gained"
    assert labels["C7.e-agriculture"]["documents"] == [0, 1]
    assert labels["SDG4"]["documents"][0] >= 1
    assert "paragraphs" not in comparison


def test_versions_are_compared_paragraph_by_paragraph(versions: tuple[Path, Path]) -> None:
    sides = [side / "deep" / "خطة.txt" for side in versions]
    comparison = json.loads(run("compare", *sides, "--format", "json", "--names", "ar").stdout)
    assert {change["fate"] for change in comparison["paragraphs"]} == {
        *("unchanged", "moved", "changed", "new", "gone"),
    }
    assert "documents" not in comparison


def test_a_side_that_cannot_be_read_is_named(versions: tuple[Path, Path], tmp_path: Path) -> None:
    finished = run("compare", versions[0], tmp_path / "nothing.txt")
    assert finished.status == 3
    assert "nothing.txt" in finished.stderr
