"""Decisions in reports and exports: people stand above the machine, and documents follow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from commands import run
from hypothesis import given, strategies as st
from jsonschema import Draft202012Validator
from stores import TEXTS

from annotator import Annotator, Document
from annotator.export import from_dict, read_schema, to_dict
from annotator.model import Decision
from annotator.store import Action, Query, Settled, Store, Vote, apply_decisions, settle
from annotator.store.fingerprint import fingerprints

if TYPE_CHECKING:
    from pathlib import Path

    from annotator import AnnotatedDocument, Assignment, DocumentAssignment

TEXT = """\
Le gouvernement étend l'accès à l'Internet haut débit dans toutes les zones rurales du pays.

La telemedicina llega a los pueblos; las enfermeras consultan por video con el hospital.

Vitamin C1 is sold in every pharmacy of the town, and many people buy it in the winter."""


def reviewed(
    annotator: Annotator, text: str, answers: dict[int, dict[str, bool | None]]
) -> AnnotatedDocument:
    """Annotate a text and let one person decide: paragraph -> label -> answer."""
    document = annotator.annotate(Document(id="d.txt", source="d.txt", text=text))
    return decided(annotator, document, answers)


def decided(
    annotator: Annotator, document: AnnotatedDocument, answers: dict[int, dict[str, bool | None]]
) -> AnnotatedDocument:
    """Let one person decide about a document."""
    known = fingerprints([paragraph.paragraph for paragraph in document.paragraphs])
    settled = {
        known[index]: {label: Settled(answer, ("ana",)) for label, answer in labels.items()}
        for index, labels in answers.items()
    }
    return apply_decisions(document, settled, annotator.settings, annotator.taxonomy)


def by_ana(score: float, *, answer: bool, assigned: bool) -> Decision:
    """Return what ana decided about a label to which the machine had given a score."""
    return Decision(answer, ("ana",), score, assigned)


def label_of(document: AnnotatedDocument, label: str) -> DocumentAssignment:
    return next(one for one in document.labels if one.label == label)


def in_paragraph(document: AnnotatedDocument, index: int, label: str) -> Assignment:
    return next(one for one in document.paragraphs[index].labels if one.label == label)


def test_a_yes_assigns_and_a_no_takes_away_and_the_machine_stays_beside_it(
    annotator: Annotator,
) -> None:
    before = annotator.annotate(TEXT)
    after = decided(annotator, before, {1: {"C7.e-health": False, "C10": True}})
    machine = in_paragraph(before, 1, "C7.e-health")
    assert machine.assigned
    rejected = in_paragraph(after, 1, "C7.e-health")
    assert (rejected.score, rejected.assigned) == (0.0, False)
    assert rejected.origins == (*machine.origins, "reviewer")
    assert rejected.evidence == machine.evidence
    assert rejected.decision == by_ana(machine.score, answer=False, assigned=True)
    added = in_paragraph(after, 1, "C10")
    assert (added.score, added.assigned, added.origins) == (1.0, True, ("reviewer",))
    assert added.decision == by_ana(0.0, answer=True, assigned=False)
    assert after.paragraphs[1].labels[0] == added


def test_the_document_follows_its_paragraphs(annotator: Annotator) -> None:
    before = annotator.annotate(TEXT)
    assert label_of(before, "C7.e-health").assigned
    assert not label_of(before, "C10").assigned
    after = decided(annotator, before, {1: {"C7.e-health": False, "C10": True}})
    health, ethics = label_of(after, "C7.e-health"), label_of(after, "C10")
    assert (health.assigned, health.paragraphs) == (False, ())
    assert health.score < label_of(before, "C7.e-health").score
    assert (ethics.assigned, ethics.origins, ethics.paragraphs) == (True, ("reviewer",), (1,))
    assert ethics.decision == by_ana(label_of(before, "C10").score, answer=True, assigned=False)
    untouched = [
        n for n, label in enumerate(before.labels) if label.label not in ("C7.e-health", "C10")
    ]
    assert [after.labels[n] for n in untouched] == [before.labels[n] for n in untouched]


def test_one_yes_in_a_long_document_need_not_be_enough(annotator: Annotator) -> None:
    filler = [f"{text} {n}" for n in range(20) for text in TEXTS.values()]
    after = reviewed(annotator, "\n\n".join(filler), {5: {"C10": True}})
    assert in_paragraph(after, 5, "C10").assigned
    assert not label_of(after, "C10").assigned
    assert label_of(after, "C10").paragraphs == (5,)


def test_a_label_rejected_in_one_place_stays_where_it_is_right(annotator: Annotator) -> None:
    text = TEXT + "\n\nNurses of the hospital advise patients in remote villages by telemedicine."
    after = reviewed(annotator, text, {1: {"C7.e-health": False}})
    assert label_of(after, "C7.e-health").assigned
    assert label_of(after, "C7.e-health").paragraphs == (3,)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("الهدف الثامن من أهداف التنمية المستدامة: العمل اللائق ونمو الاقتصاد للجميع", "SDG8"),
        ("可持续发展目标9：产业、创新和基础设施，这是会议的主要议题之一", "SDG9"),
        ("This session addresses WSIS Action Line C5 and nothing else, say the organisers", "C5"),
        ("Cette session traite de la grande orientation C5 du SMSI et de rien d'autre", "C5"),
        ("ЦУР 4: качественное образование для всех детей во всех сельских школах страны", "SDG4"),
        ("El proyecto contribuye al ODS 6 y a ningún otro de los objetivos de la Agenda", "SDG6"),
    ],
)
def test_a_declared_label_that_a_person_rejects_everywhere_is_gone(
    annotator: Annotator, text: str, label: str
) -> None:
    before = annotator.annotate(text)
    assert "declared" in label_of(before, label).origins
    after = decided(annotator, before, {0: {label: False}})
    gone = label_of(after, label)
    assert (gone.assigned, gone.origins, gone.score) == (False, (), 0.0)
    assert gone.decision is not None
    assert gone.decision.assigned
    if not any(one.assigned for one in after.paragraphs[0].labels):
        assert after.paragraphs[0].abstained == "rejected by a reviewer"


def test_a_label_declared_elsewhere_too_stays_declared(annotator: Annotator) -> None:
    text = (
        "The project serves SDG 6, as its owners say in the first sentence of their text.\n\n"
        "It is a further contribution to SDG 6, as they repeat in the second and last one."
    )
    after = reviewed(annotator, text, {0: {"SDG6": False}})
    assert label_of(after, "SDG6").assigned
    assert label_of(after, "SDG6").paragraphs == (1,)
    assert "declared" in label_of(after, "SDG6").origins


def test_where_reviewers_disagree_the_machine_stays_and_it_is_said(annotator: Annotator) -> None:
    before = annotator.annotate(TEXT)
    after = decided(annotator, before, {1: {"C7.e-health": None}})
    one, other = in_paragraph(before, 1, "C7.e-health"), in_paragraph(after, 1, "C7.e-health")
    assert (one.score, one.assigned, one.origins) == (other.score, other.assigned, other.origins)
    assert other.decision == Decision(None, ("ana",), one.score, assigned=True)
    assert label_of(after, "C7.e-health").assigned


@given(
    votes=st.lists(
        st.builds(Vote, st.text("ابجد", min_size=1), st.booleans(), st.booleans()), min_size=1
    )
)
def test_the_majority_settles_unless_somebody_was_asked_to(votes: list[Vote]) -> None:
    asked = [vote.yes for vote in votes if vote.adjudicates] or [vote.yes for vote in votes]
    share = sum(asked) / len(asked)
    assert settle(votes).answer == (None if share == 0.5 else share > 0.5)
    assert settle(votes).answer == settle(votes[::-1]).answer


@given(answers=st.dictionaries(
    st.integers(0, 2),
    st.dictionaries(st.sampled_from(["C2", "C7.e-health", "SDG3", "C10", "no label"]),
                    st.sampled_from([True, False, None]), max_size=3),
    max_size=3,
))  # fmt: skip
def test_a_reviewed_record_keeps_the_schema_and_comes_back(
    annotator: Annotator, answers: dict[int, dict[str, bool | None]]
) -> None:
    after = reviewed(annotator, TEXT, answers)
    record = json.loads(json.dumps(to_dict(after)))
    Draft202012Validator(read_schema()).validate(record)
    assert to_dict(from_dict(record, TEXT)) == record
    assert from_dict(record, TEXT).labels == after.labels
    for label in after.labels:
        where = [
            paragraph.paragraph.index
            for paragraph in after.paragraphs
            for one in paragraph.assigned
            if one.label == label.label
        ]
        assert list(label.paragraphs) == where
    if not any(labels for labels in answers.values()):
        assert after == annotator.annotate(after.document)


# As a user sees it


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory, annotator: Annotator) -> Path:
    """Return a folder with a document and a store in which somebody decided about it."""
    folder = tmp_path_factory.mktemp("reviewed")
    (folder / "d.txt").write_text(TEXT, encoding="utf-8")
    with Store.open(folder / "r.sqlite", reviewer="نور\x1b[31m") as store:
        document = annotator.annotate(Document(id="d.txt", source="d.txt", text=TEXT))
        store.add_documents([document], annotator.run_settings())
        numbers = store.queue(Query(order="document"))
        store.record([Action(numbers[1], "accept", {"C7.e-health": False, "C10": True})])
    return folder


def test_the_report_says_what_people_changed(review: Path) -> None:
    finished = run(
        "report", "d.txt", "--store", "r.sqlite", "--detail", "paragraphs", folder=review
    )
    assert finished.status == 0
    section = finished.stdout.partition("Reviewed by people")[2].partition("Not touched")[0]
    assert "1 paragraphs, by نور␛[31m" in section
    assert "+ added     C10" in section
    assert "− rejected  C7.e-health" in section
    assert "¶ 1  C10 1.00" in finished.stdout
    assert "−C7.e-health" in finished.stdout
    assert "Reviewed by people" not in run("report", "d.txt", folder=review).stdout


def test_the_report_of_one_scheme_says_what_people_changed_in_it(review: Path) -> None:
    shown = run("report", "d.txt", "--store", "r.sqlite", "--scheme", "sdg", folder=review).stdout
    assert "Reviewed by people" not in shown


@pytest.mark.parametrize("width", ["60", "80", "120"])
def test_the_section_fits_the_width(review: Path, width: str) -> None:
    shown = run("report", "d.txt", "--store", "r.sqlite", "--width", width, folder=review).stdout
    assert max(map(len, shown.splitlines())) <= int(width)


def test_the_export_has_each_decision_beside_its_label(review: Path) -> None:
    finished = run("export", "d.txt", "--store", "r.sqlite", folder=review)
    record: dict[str, Any] = json.loads(finished.stdout)
    Draft202012Validator(read_schema()).validate(record)
    labels = {label["label"]: label for label in record["paragraphs"][1]["labels"]}
    assert labels["C10"]["origins"] == ["reviewer"]
    assert labels["C10"]["decision"]["answer"] is True
    assert labels["C7.e-health"]["decision"]["assigned"] is True
    assert labels["C7.e-health"]["assigned"] is False
    assert "decision" not in labels["SDG3"]
    documents = {label["label"]: label for label in record["labels"]}
    assert documents["C10"]["assigned"]
    assert not documents["C7.e-health"]["assigned"]


def test_a_moved_and_longer_file_finds_its_decisions(review: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere.txt"
    moved.write_text("A new first paragraph stands above all the others.\n\n" + TEXT, "utf-8")
    record = json.loads(run("export", moved, "--store", review / "r.sqlite").stdout)
    labels = {label["label"]: label for label in record["paragraphs"][2]["labels"]}
    assert labels["C10"]["assigned"]


@pytest.mark.parametrize("command", ["report", "export"])
def test_a_store_that_is_not_there_is_named_and_not_made(review: Path, command: str) -> None:
    finished = run(command, "d.txt", "--store", "none.sqlite", folder=review)
    assert finished.status == 3
    assert "none.sqlite: there is no store" in finished.stderr
    assert not (review / "none.sqlite").exists()


@pytest.mark.parametrize("options", [["--resume"], ["--engine", "dask"]])
def test_an_export_that_cannot_take_decisions_refuses_to_leave_them_out(
    review: Path, options: list[str]
) -> None:
    finished = run("export", "d.txt", "--store", "r.sqlite", "-o", "out", *options, folder=review)
    assert finished.status == 2
    assert "decisions would be left out" in finished.stderr
    assert not (review / "out").exists()
