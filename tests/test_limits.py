"""Texts, tables, pipes and standard input keep the limits too, and so does labelling.

What could hang runs in a process of its own, which is killed when its time is over.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import Finished, environment, kill_at, run
from generated import SENTENCES
from memory import measure

from annotator import Annotator, Document, limits, parallel
from annotator.errors import LimitError, RowError
from annotator.readers import ReadingOptions, read_documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from annotator.errors import InputError

GOOD = "The ministry extends broadband networks to rural schools (SDG 4)."
FRENCH = "Le ministère étend les réseaux à large bande aux écoles rurales défavorisées. "
CODES = "C1, C2 & C3; "
"""What takes longest to label, for its length."""

GIBIBYTE = 1 << 30
needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells and limits it")


def read(
    *paths: Path, options: ReadingOptions | None = None
) -> tuple[list[Document], list[InputError]]:
    """Read files; return the documents and what was said of the rest."""
    errors: list[InputError] = []
    return list(read_documents(paths, errors.append, options)), errors


def rows(*texts: str) -> str:
    """Return rows of JSON."""
    return "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)


def sources(finished: Finished) -> list[str]:
    """Return what the documents of an export were read from, by name."""
    return [Path(json.loads(line)["source"]).name for line in finished.stdout.splitlines()]


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """Return a file that must be read whatever stands before it."""
    path = tmp_path / "good.txt"
    path.write_text(GOOD, encoding="utf-8")
    return path


@contextmanager
def held_open(pipe: Path) -> Iterator[int]:
    """Hold a named pipe open for writing, so that its reader waits."""
    number = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        yield number
    finally:
        os.close(number)


@needs_pipes
@pytest.mark.parametrize("suffix", [".txt", ".md", ".csv", ".tsv", ".jsonl", ".pdf", ".docx"])
def test_a_pipe_that_nobody_writes_to_is_refused_and_the_next_is_read(
    suffix: str, tmp_path: Path, good: Path
) -> None:
    pipe = tmp_path / f"أنبوب{suffix}"
    os.mkfifo(pipe)
    finished = run("export", pipe, good, "--timeout", "1")
    assert finished.status == 1
    assert finished.stderr == (
        f"annotator: {pipe}: reading it took longer than 1 s. Try: --timeout 4, or split it\n"
    )
    assert sources(finished) == ["good.txt"]


@needs_pipes
@pytest.mark.parametrize(
    ("name", "start"), [("a.txt", GOOD), ("a.jsonl", rows(GOOD)), ("a.csv", f"text\n{GOOD}\n")]
)
def test_a_pipe_that_falls_silent_is_refused(
    name: str, start: str, tmp_path: Path, good: Path
) -> None:
    pipe = tmp_path / name
    os.mkfifo(pipe)
    with held_open(pipe) as number:
        os.write(number, start.encode())
        finished = run("export", pipe, good, "--timeout", "1")
    assert finished.status == 1
    assert f"{pipe}: reading it took longer than 1 s" in finished.stderr
    assert sources(finished) == ["good.txt"]


def export_from(stdin: int, good: Path, timeout: str) -> Finished:
    """Export standard input and a file."""
    process = subprocess.run(
        [sys.executable, "-m", "annotator", "export", "-", good, "--timeout", timeout],
        stdin=stdin,
        capture_output=True,
        env=environment(),
        timeout=60,
        check=False,
    )
    return Finished(
        process.returncode, process.stdout, process.stdout.decode(), process.stderr.decode()
    )


@pytest.mark.parametrize("trickles", [False, True], ids=["silent", "trickling"])
def test_standard_input_that_does_not_end_is_refused(good: Path, *, trickles: bool) -> None:
    reading, writing = os.pipe()
    ended = threading.Event()

    def trickle() -> None:
        while not ended.wait(0.1):
            os.write(writing, b"word ")

    writer = threading.Thread(target=trickle)
    if trickles:
        writer.start()
    try:
        finished = export_from(reading, good, "2")
    finally:
        ended.set()
        if trickles:
            writer.join()
        os.close(reading)
        os.close(writing)
    assert finished.status == 1
    assert finished.stderr.startswith("annotator: stdin: reading it took longer than 2 s")
    assert sources(finished) == ["good.txt"]


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no pseudo-terminals")
def test_a_person_who_types_may_take_longer(good: Path) -> None:
    ours, theirs = os.openpty()

    def type_slowly() -> None:
        time.sleep(3)
        os.write(ours, GOOD.encode() + b"\n\x04")

    typing = threading.Thread(target=type_slowly)
    typing.start()
    try:
        finished = export_from(theirs, good, "0.5")
    finally:
        typing.join()
        os.close(theirs)
        os.close(ours)
    assert (finished.status, finished.stderr) == (0, "")
    assert sources(finished) == ["stdin", "good.txt"]


def test_the_limit_of_a_table_is_for_each_row(tmp_path: Path) -> None:
    table = tmp_path / "t.jsonl"
    table.write_text(rows(*[GOOD] * 8), encoding="utf-8")
    errors: list[InputError] = []
    documents = read_documents([table], errors.append, ReadingOptions(seconds=1.5))
    for _ in range(8):
        next(documents)
        time.sleep(0.4)
    assert list(documents) == []
    assert errors == []


def test_a_gigantic_row_of_json_is_left_out_and_named(tmp_path: Path) -> None:
    table = tmp_path / "t.jsonl"
    table.write_text("\ufeff" + rows(GOOD, "网络" * 5000, "السلام", "х" * 400), encoding="utf-8")
    options = ReadingOptions(largest_row=1000)
    found, errors = read(table, options=options)
    assert [(one.id, one.text) for one in found] == [
        (f"{table}#1", GOOD),
        (f"{table}#3", "السلام"),
        (f"{table}#4", "х" * 400),
    ]
    assert [(type(error), error.where) for error in errors] == [(LimitError, f"{table}:2")]
    table.write_text(rows(FRENCH * 30, GOOD), encoding="cp1252")  # held whole
    found, errors = read(table, options=options)
    assert [one.text for one in found] == [GOOD]
    assert [(type(error), error.where) for error in errors] == [(LimitError, f"{table}:1")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("cell", ["a" * 9000, "a\n" * 4500, ",a" * 4500], ids=repr)
def test_a_table_is_not_read_on_behind_a_gigantic_cell(
    cell: str, encoding: str, tmp_path: Path, good: Path
) -> None:
    table = tmp_path / "t.csv"
    table.write_text(f'text,id\n{GOOD},1\n"{cell}",2\n{GOOD},3\n', encoding=encoding)
    found, errors = read(table, good, options=ReadingOptions(largest_row=5000))
    assert [one.id for one in found] == ["1", str(good)][-len(found) :]
    assert [(type(error), error.where) for error in errors] == [(LimitError, str(table))]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_table_longer_than_a_piece_comes_through_whole(line_end: str, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    texts = [f"{number} 学校 {'é' * (number % 50)}" for number in range(30_000)]
    table.write_bytes("\ufeff".encode() + line_end.join(["text", *texts]).encode())
    found, errors = read(table)
    assert [one.text for one in found] == texts
    assert errors == []


@pytest.mark.parametrize("depth", [985, 100_000])
@pytest.mark.parametrize("key", ["id", "labels", "text", "else"])
def test_a_row_that_is_nested_too_deep_is_named(key: str, depth: int, tmp_path: Path) -> None:
    nested = {name: "x" for name in ("id", "text") if name != key}
    line = json.dumps(nested)[:-1] + f', "{key}": {"[" * depth + "]" * depth}}}\n'
    table = tmp_path / "t.jsonl"
    table.write_text(line + rows(GOOD), encoding="utf-8")
    found, errors = read(table)
    assert found[-1].text == GOOD
    assert len(found) + len(errors) == 2
    for error in errors:
        assert (type(error), error.where) == (RowError, f"{table}:1")


def test_what_is_held_whole_has_a_size(tmp_path: Path, good: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text(GOOD * 99, encoding="utf-8")
    table = tmp_path / "a.jsonl"
    table.write_text(rows(FRENCH * 30), encoding="cp1252")
    found, errors = read(text, table, good, options=ReadingOptions(largest_text=2000))
    assert [one.text for one in found] == [GOOD]
    assert [(type(error), error.where) for error in errors] == [
        (LimitError, str(text)),
        (LimitError, str(table)),
    ]


def test_a_document_of_any_format_has_a_length(tmp_path: Path, good: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text(f"<p>{GOOD * 40}</p>", encoding="utf-8")
    table = tmp_path / "a.jsonl"
    table.write_text(rows(GOOD * 40, GOOD), encoding="utf-8")
    found, errors = read(page, table, good, options=ReadingOptions(longest_text=2000))
    assert [one.text for one in found] == [GOOD, GOOD]
    assert [error.where for error in errors] == [str(page), f"{table}#1"]


WORDS = "broadband " * 6_400_000
GIGANTIC: dict[str, tuple[Callable[[], str], str, int]] = {
    "paragraph.txt": (lambda: WORDS * 3, "ascii", 0),
    "cell.csv": (lambda: f'text\n{GOOD}\n"{WORDS}', "ascii", 1),
    "row.jsonl": (lambda: rows(GOOD, WORDS, GOOD), "ascii", 2),
    "nested.jsonl": (lambda: f'{{"text": [{"[]," * 5_000_000}[]]}}\n', "ascii", 0),
    "lines.txt": (lambda: "a\n" * 4_000_000, "ascii", 0),
    "whole.csv": (lambda: f"text\n😀{WORDS[: 30 << 20]}\n", "utf-16", 0),
}
"""Contents, encoding, and how many documents are read of it all the same."""


@needs_linux
@pytest.mark.parametrize("name", GIGANTIC)
def test_a_gigantic_text_or_row_is_refused_within_a_gibibyte(
    name: str, tmp_path: Path, good: Path
) -> None:
    content, encoding, count = GIGANTIC[name]
    path = tmp_path / name
    path.write_text(content(), encoding=encoding)
    measured = measure("export", path, good, folder=tmp_path)
    assert measured.status == 1
    assert measured.stderr.startswith(f"annotator: {path}")
    assert measured.stderr.count("\n") == 1
    found = [Path(json.loads(line)["source"]).name for line in measured.stdout.splitlines()]
    assert found == [name] * count + ["good.txt"]
    assert measured.peak < GIBIBYTE


def various(characters: int) -> str:
    """Return a text in six languages of which no paragraph stands twice: it takes most memory."""
    sentences = [sentence for several in SENTENCES.values() for sentence in several]
    return "".join(
        f"{sentences[number % len(sentences)]} {number * 7919}\n\n"
        for number in range(characters // 80)
    )[:characters]


@needs_linux
def test_any_number_of_gigantic_files_stays_within_a_gibibyte(tmp_path: Path, good: Path) -> None:
    long = various(1_200_000)
    contents = {
        "a.txt": long,
        "b.txt": "a\n" * 4_000_000,
        "c.txt": "a\n" * 240_000 + "б " * 100_000,
        "d.txt": "😀" + WORDS[: 31 << 20],
        "e.txt": long[::-1][: 1 << 19],
        "g.jsonl": rows(GOOD, WORDS, GOOD),
    }
    for name, content in contents.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "f.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.txt", long[: 1 << 19])
    files = sorted(path for path in tmp_path.iterdir() if path != good)
    options = ("--jobs", "4", "--timeout", "300")
    measured = measure("export", *files, good, *options, folder=tmp_path, seconds=500)
    found = [json.loads(line)["id"].rpartition("/")[2] for line in measured.stdout.splitlines()]
    assert found == [
        *("a.txt", "c.txt", "e.txt", "f.zip!1.txt", "g.jsonl#1", "g.jsonl#3", "good.txt"),
    ]
    refused = [Path(line.split(": ")[1]).name for line in measured.stderr.splitlines()]
    assert refused == ["b.txt", "d.txt", "g.jsonl:2"]
    assert measured.status == 1
    assert measured.peak < GIBIBYTE


def test_a_document_of_any_format_has_a_number_of_lines(tmp_path: Path, good: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text("<p>学校</p>" * 30, encoding="utf-8")
    text = tmp_path / "a.txt"
    for ends, said in (("\r\n\r\n", 0), ("\u2028", 0), ("\n", 1)):
        text.write_text(f"نعم{ends}" * (20 + said), encoding="utf-8")
        found, errors = read(page, text, good, options=ReadingOptions(most_lines=20))
        assert [(type(error), error.where) for error in errors] == [
            (LimitError, str(path)) for path in (page, text)[: 1 + said]
        ]
        assert len(found) == 2 - said


def test_a_file_that_is_one_great_hole_is_refused(tmp_path: Path, good: Path) -> None:
    hole = tmp_path / "hole.jsonl"
    with hole.open("wb") as file:
        file.truncate(1 << 40)
    found, errors = read(hole, good)
    assert [one.text for one in found] == [GOOD]
    assert [(type(error), error.where) for error in errors] == [(LimitError, str(hole))]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_labelling_has_a_limit_too(jobs: str, tmp_path: Path, good: Path) -> None:
    table = tmp_path / "t.jsonl"
    table.write_text(rows(*[GOOD] * 30, CODES * 40_000, *[GOOD] * 30), encoding="utf-8")
    finished = run("export", table, good, "--timeout", "1.5", "--jobs", jobs)
    assert finished.status == 1
    assert finished.stderr == (
        f"annotator: {table}#31: labelling it took longer than 1.5 s. "
        "Try: --timeout 6, or split it\n"
    )
    ids = [json.loads(line)["id"] for line in finished.stdout.splitlines()]
    expected = [f"{table}#{number}" for number in range(1, 62) if number != 31]
    assert ids == [*expected, str(good)]


def test_a_long_document_within_the_limit_gets_the_same_labels(annotator: Annotator) -> None:
    document = Document(id="طويل", source="طويل", text=f"{GOOD}\n\n" * 200)
    errors: list[InputError] = []
    limited = list(annotator.annotate_many([document], seconds=1.2, on_error=errors.append))
    assert limited + errors == [annotator.annotate(document)]


def test_without_anybody_to_tell_a_document_that_takes_too_long_is_an_error(
    annotator: Annotator,
) -> None:
    document = Document(id="7", source="نص.csv", text=CODES * 20_000)
    with pytest.raises(LimitError, match=r"^نص.csv \(7\): labelling it took longer than 0.3 s"):
        list(annotator.annotate_many([document], seconds=0.3))


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_document_that_ends_its_process_is_left_out_alone(
    annotator: Annotator, jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_at(monkeypatch, "5")
    monkeypatch.setattr(parallel, "_BUNDLE_DOCUMENTS", 4)
    monkeypatch.setattr(limits, "_SLOWEST", 0)
    documents = [Document(str(number), "s", GOOD) for number in range(12)]
    errors: list[InputError] = []
    found = annotator.annotate_many(documents, jobs=jobs, seconds=60, on_error=errors.append)
    assert [one.document.id for one in found] == [str(n) for n in range(12) if n != 5]
    assert [(type(error), error.where) for error in errors] == [(LimitError, "s (5)")]
