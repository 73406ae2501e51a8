"""What is written for other programs: by the contract, the same each time, whole or not at all."""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from commands import Finished, run
from generated import documents, mixed_text
from hypothesis import example, given, strategies as st

from annotator import AnnotatedDocument, Annotator, Document, Taxonomy
from annotator.errors import OutputError
from annotator.export import FORMATS, SCHEMA_VERSION, from_dict, read_schema, to_dict, write_export
from annotator.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PRINTED = [name for name in FORMATS if name not in ("csv", "parquet", "xlsx")]
"""The formats that are text in one file."""

SEEDS = ["000", "001", "002", "003", "004"]


@pytest.fixture(scope="session")
def validator() -> Any:  # noqa: ANN401 - jsonschema ships no types
    jsonschema.Draft202012Validator.check_schema(read_schema())
    return jsonschema.Draft202012Validator(read_schema())


def annotate(annotator: Annotator, text: str) -> AnnotatedDocument:
    """Annotate a text under an id that hypothesis cannot choose."""
    return annotator.annotate(Document(id="نص 1", source="a.txt", text=text))


def assert_by_the_contract(record: dict[str, Any], text: str, taxonomy: Taxonomy) -> None:
    """Check what the schema cannot say."""
    assert [label["label"] for label in record["labels"]] == list(taxonomy.labels)
    for label in record["labels"]:
        assert label["scheme"] == taxonomy.scheme_of(label["label"])
        assert all(index < len(record["paragraphs"]) for index in label["paragraphs"])
        assert label["paragraphs"] == sorted(set(label["paragraphs"]))
    for index, paragraph in enumerate(record["paragraphs"]):
        assert paragraph["index"] == index
        assert text[paragraph["start"] : paragraph["end"]] == paragraph["text"]
        assigned = [label["label"] for label in paragraph["labels"] if label["assigned"]]
        assert bool(assigned) == (paragraph["abstained"] is None)
        if paragraph["kind"] in ("boilerplate", "duplicate"):
            assert paragraph["abstained"] == paragraph["kind"]
        scores = [label["score"] for label in paragraph["labels"]]
        assert scores == sorted(scores, reverse=True)
        for label in paragraph["labels"]:
            assert label["scheme"] == taxonomy.scheme_of(label["label"])
            assert_evidence_is_written(label, paragraph, text)
    for one, other in pairwise(record["paragraphs"]):
        assert one["end"] <= other["start"]


def assert_evidence_is_written(label: dict[str, Any], paragraph: dict[str, Any], text: str) -> None:
    """Check that each span of evidence is what stands there, within its paragraph."""
    for evidence in label["evidence"]:
        start, end = evidence["start"], evidence["end"]
        assert paragraph["start"] <= start < end <= paragraph["end"]
        assert text[start:end] == evidence["text"]
        assert evidence["origin"] in label["origins"]
        assert (evidence["concept"] is not None) == (evidence["origin"] == "keyword")


# Records


@pytest.mark.parametrize("seed", SEEDS)
def test_the_record_of_a_real_document_keeps_the_contract(
    seed: str,
    annotated_seeds: dict[str, AnnotatedDocument],
    taxonomy: Taxonomy,
    validator: Any,  # noqa: ANN401 - jsonschema ships no types
) -> None:
    annotated = annotated_seeds[seed]
    record = json.loads(json.dumps(to_dict(annotated)))
    validator.validate(record)
    assert_by_the_contract(record, annotated.document.text, taxonomy)
    assert any(paragraph["labels"] for paragraph in record["paragraphs"])


@given(text=st.one_of(documents, mixed_text))
@example(text="")
@example(text="ﷺ SDG 9 ﷺ C2 和 ＳＤＧ４：加強網絡安全")
@example(text="😀 Cybersecurity 😀 and e\u0301ducation nume\u0301rique 😀")
@example(text="\ufeffالـهـدف الثـامن: العَمَلُ اللَّائِق\r\n-\r\nالأمنُ السيبرانيّ")
def test_the_record_of_any_text_keeps_the_contract(
    annotator: Annotator,
    taxonomy: Taxonomy,
    validator: Any,  # noqa: ANN401 - jsonschema ships no types
    text: str,
) -> None:
    record = json.loads(json.dumps(to_dict(annotate(annotator, text))))
    validator.validate(record)
    assert_by_the_contract(record, text, taxonomy)


@given(text=st.one_of(documents, mixed_text))
def test_evidence_of_any_text_slices_back_to_it(annotator: Annotator, text: str) -> None:
    for paragraph in annotate(annotator, text).paragraphs:
        for label in paragraph.labels:
            for evidence in label.evidence:
                assert evidence.text
                assert text[evidence.start : evidence.end] == evidence.text


@given(text=st.one_of(documents, mixed_text))
def test_a_record_read_back_is_the_document_that_was_written(
    annotator: Annotator, text: str
) -> None:
    record = to_dict(annotate(annotator, text))
    again = from_dict(json.loads(json.dumps(record)), text)
    assert again.document.text == text
    assert to_dict(again) == record


@pytest.mark.parametrize("seed", SEEDS)
def test_a_real_document_read_back_has_the_same_paragraphs_and_labels(
    seed: str, annotated_seeds: dict[str, AnnotatedDocument]
) -> None:
    annotated = annotated_seeds[seed]
    again = from_dict(to_dict(annotated), annotated.document.text)
    assert again.labels == annotated.labels
    assert again.document == annotated.document
    assert [p.paragraph for p in again.paragraphs] == [p.paragraph for p in annotated.paragraphs]
    assert [p.abstained for p in again.paragraphs] == [p.abstained for p in annotated.paragraphs]


@pytest.mark.parametrize(
    "field", ["schema_version", "id", "source", "language", "labels", "paragraphs"]
)
def test_the_schema_refuses_a_record_without_one_of_its_fields(
    field: str,
    annotated_seeds: dict[str, AnnotatedDocument],
    validator: Any,  # noqa: ANN401 - jsonschema ships no types
) -> None:
    record = to_dict(annotated_seeds["003"])
    del record[field]
    assert not validator.is_valid(record)


@pytest.mark.parametrize(
    ("field", "value"),
    [("score", 1.5), ("score", "high"), ("origins", ["guess"]), ("assigned", 1), ("extra", 0)],
)
def test_the_schema_refuses_a_label_that_says_something_else(
    field: str,
    value: object,
    annotated_seeds: dict[str, AnnotatedDocument],
    validator: Any,  # noqa: ANN401 - jsonschema ships no types
) -> None:
    record = to_dict(annotated_seeds["003"])
    record["labels"][0][field] = value
    assert not validator.is_valid(record)


# Files, written by the command line


@pytest.fixture(scope="session")
def rows(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Path:
    """Return a folder with the seeds, a table of documents, and a web page."""
    folder = tmp_path_factory.mktemp("corpus")
    for path in seeds.glob("*.txt"):
        (folder / path.name).write_bytes(path.read_bytes())
    table = [
        {"id": "z", "text": "ЦУР 4: качественное образование для всех детей в сельских школах"},
        {"id": "a", "text": "Les fermiers reçoivent les prix du marché par SMS.", "lang": "fr"},
        {"id": "m", "text": "El agua potable y el saneamiento llegan a la aldea.\n\nODS 6"},
    ]
    (folder / "table.jsonl").write_text("\n".join(map(json.dumps, table)), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def printed(rows: Path) -> Callable[[str], Finished]:
    """Return what gives what the command line prints for that folder in a format."""

    @cache
    def printed_as(name: str) -> Finished:
        return run("export", ".", "--format", name, folder=rows, PYTHONHASHSEED="1")

    return printed_as


@pytest.mark.parametrize("name", PRINTED)
def test_the_same_input_gives_the_same_bytes_in_every_process(
    name: str, rows: Path, printed: Callable[[str], Finished]
) -> None:
    again = run("export", ".", "--format", name, folder=rows, PYTHONHASHSEED="2")
    assert (again.status, printed(name).status) == (0, 0)
    assert again.output == printed(name).output


@pytest.mark.parametrize("name", sorted(set(FORMATS) - set(PRINTED)))
def test_the_same_input_gives_the_same_tables_in_every_process(
    name: str, rows: Path, tmp_path: Path
) -> None:
    for seed in ("1", "2"):
        (tmp_path / seed).mkdir()
        target = tmp_path / seed / f"labels.{name}"
        run("export", ".", "-f", name, "-o", target, folder=rows, PYTHONHASHSEED=seed)
    files = sorted(path.name for path in (tmp_path / "1").iterdir())
    assert files
    for file in files:
        assert (tmp_path / "1" / file).read_bytes() == (tmp_path / "2" / file).read_bytes()


def test_a_file_holds_what_standard_output_does(
    rows: Path, printed: Callable[[str], Finished], tmp_path: Path
) -> None:
    target = tmp_path / "out.json"
    written = run("export", ".", "--format", "json", "-o", target, folder=rows)
    assert (written.status, written.output) == (0, b"")
    assert target.read_bytes() == printed("json").output


def test_json_lines_are_one_record_a_document_in_input_order(
    rows: Path,
    validator: Any,  # noqa: ANN401 - jsonschema ships no types
) -> None:
    table = rows / "table.jsonl"
    finished = run("export", table, rows / "004_75d33195c1e6038d.txt", table)
    records = [json.loads(line) for line in finished.stdout.splitlines()]
    for record in records:
        validator.validate(record)
        assert record["schema_version"] == SCHEMA_VERSION
    names = ["z", "a", "m", str(rows / "004_75d33195c1e6038d.txt"), "z#2", "a#2", "m#2"]
    assert [record["id"] for record in records] == names


def test_one_object_holds_the_settings_and_the_same_records(
    printed: Callable[[str], Finished], annotator: Annotator
) -> None:
    whole = json.loads(printed("json").stdout)
    lines = printed("jsonl").stdout.splitlines()
    assert whole["documents"] == [json.loads(line) for line in lines]
    assert whole["schema_version"] == SCHEMA_VERSION
    assert whole["settings"] == json.loads(json.dumps(annotator.run_settings()))
    assert {"version", "taxonomy", "model"} <= set(whole["settings"])


def test_the_python_interface_and_the_command_line_agree(annotator: Annotator, seeds: Path) -> None:
    (record,) = map(
        json.loads, run("export", "003_9190a2000918a9b9.txt", folder=seeds).stdout.splitlines()
    )
    text = (seeds / "003_9190a2000918a9b9.txt").read_text(encoding="utf-8")
    name = "003_9190a2000918a9b9.txt"
    assert record == to_dict(annotator.annotate(Document(id=name, source=name, text=text)))


# Whole or not at all


def broken(annotator: Annotator, error: BaseException) -> Iterator[AnnotatedDocument]:
    """Yield one document, then fail."""
    yield annotate(annotator, "The clinic offers telemedicine.")
    raise error


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("error", "raised"),
    [
        pytest.param(OSError(28, "No space left on device"), OutputError, id="disk full"),
        pytest.param(RuntimeError("stopped"), RuntimeError, id="any error"),
        pytest.param(KeyboardInterrupt(), KeyboardInterrupt, id="interrupted"),
    ],
)
def test_when_writing_fails_the_old_file_is_untouched(
    name: str,
    error: BaseException,
    raised: type[BaseException],
    annotator: Annotator,
    tmp_path: Path,
) -> None:
    target = tmp_path / "out.json"
    target.write_bytes(b"old")
    with pytest.raises(raised):
        write_export(broken(annotator, error), name, target, {})
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


@pytest.mark.parametrize("name", FORMATS)
def test_when_writing_fails_no_new_file_is_left(
    name: str, annotator: Annotator, tmp_path: Path
) -> None:
    with pytest.raises(OutputError, match="out"):
        write_export(broken(annotator, OSError(28, "full")), name, tmp_path / "out", {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["export", "report"])
def test_a_place_that_cannot_be_written_to_is_named(
    command: str, seeds: Path, tmp_path: Path
) -> None:
    target = tmp_path / "no folder" / "out"
    finished = run(command, seeds / "003_9190a2000918a9b9.txt", "-o", target)
    assert finished.status == 3
    assert str(target) in finished.stderr
    assert "Traceback" not in finished.stderr


@pytest.mark.parametrize("command", ["export", "report"])
def test_a_folder_in_place_of_the_file_is_named(command: str, seeds: Path, tmp_path: Path) -> None:
    finished = run(command, seeds / "003_9190a2000918a9b9.txt", "-o", tmp_path)
    assert finished.status == 3
    assert str(tmp_path) in finished.stderr
    assert "Traceback" not in finished.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("command", ["export", "report"])
def test_a_full_device_is_named(command: str, seeds: Path) -> None:
    finished = run(command, seeds / "003_9190a2000918a9b9.txt", "-o", "/dev/full")
    assert finished.status == 3
    assert "/dev/full" in finished.stderr
    assert "Traceback" not in finished.stderr


@pytest.mark.parametrize("command", ["export", "report"])
def test_when_nothing_could_be_read_the_old_file_is_untouched(command: str, tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_text("old", encoding="utf-8")
    finished = run(command, tmp_path / "missing.txt", "-o", target)
    assert finished.status == 3
    assert target.read_text(encoding="utf-8") == "old"


def test_a_file_is_replaced_with_its_permissions(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_text("old", encoding="utf-8")
    target.chmod(0o640)
    write_atomically(target, "جديد")
    assert target.read_text(encoding="utf-8") == "جديد"
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "out", tmp_path / "link"
    target.write_text("old", encoding="utf-8")
    link.symlink_to(target)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_file_with_a_long_name_is_written(tmp_path: Path) -> None:
    target = tmp_path / ("标签" * 40 + ".json")
    write_atomically(target, "{}")
    assert target.read_text(encoding="utf-8") == "{}"
