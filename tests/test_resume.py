"""An export that is stopped, however, loses nothing: the old file, the new one, or one to go on with."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import msgspec
import pytest
from commands import environment, run
from generated import SENTENCES
from hypothesis import HealthCheck, given, settings, strategies as st

from annotator import Annotator, Document
from annotator.errors import NothingToWriteError, OutputError, UsageError
from annotator.export import resume_export, to_dict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from annotator.errors import InputError

MANY = 600
"""Documents that take long enough for a signal to come while they are labelled."""

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGKILL]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a table of many documents, whose languages no model is asked for: it needs room."""
    sentences = SENTENCES["zh"]
    path = tmp_path_factory.mktemp("corpus") / "many.jsonl"
    rows = ({"id": f"{n}", "text": sentences[n % len(sentences)]} for n in range(MANY))
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def expected(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return what an export that nobody stops writes."""
    target = tmp_path_factory.mktemp("expected") / "out.jsonl"
    assert run("export", corpus, "-o", target).status == 0
    return target.read_bytes()


def start(*arguments: str | Path) -> subprocess.Popen[bytes]:
    """Start the command line without waiting for it."""
    return subprocess.Popen(
        [sys.executable, "-m", "annotator", *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(),
    )


def stop_while_writing(
    process: subprocess.Popen[bytes], folder: Path, pattern: str, number: signal.Signals
) -> None:
    """Send a signal once a file of the folder has some records in it, and wait for the end."""
    until = time.monotonic() + 200
    while not any(path.stat().st_size > 100_000 for path in folder.glob(pattern)):
        assert process.poll() is None, "it ended before it could be stopped"
        assert time.monotonic() < until
        time.sleep(0.002)
    process.send_signal(number)
    process.communicate(timeout=200)
    assert process.returncode != 0


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_stopped_export_leaves_the_old_file(
    number: signal.Signals, corpus: Path, tmp_path: Path
) -> None:
    target = tmp_path / "out.jsonl"
    target.write_text("old", encoding="utf-8")
    stop_while_writing(start("export", corpus, "-o", target), tmp_path, ".out*", number)
    assert target.read_text(encoding="utf-8") == "old"
    if number != signal.SIGKILL:  # nobody can clear up after that one
        assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_stopped_export_goes_on_where_it_was(
    number: signal.Signals, corpus: Path, expected: bytes, tmp_path: Path
) -> None:
    target, partial = tmp_path / "out.jsonl", tmp_path / "out.jsonl.partial"
    target.write_text("old", encoding="utf-8")
    command = ("export", corpus, "--resume", "-o", target)
    stop_while_writing(start(*command), tmp_path, "*.partial", number)
    assert target.read_text(encoding="utf-8") == "old"
    written = partial.read_bytes()
    assert expected.startswith(written[: written.rindex(b"\n")])

    # A mark in the first record shows that it is kept, not made again.
    marked = re.sub(rb'"language":"zh"', b'"language":"ZH"', written, count=1)
    partial.write_bytes(marked)
    assert run(*command).status == 0
    assert target.read_bytes() == re.sub(rb'"language":"zh"', b'"language":"ZH"', expected, count=1)
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell with ulimit")
def test_on_a_full_disk_the_records_so_far_are_kept(
    corpus: Path, expected: bytes, tmp_path: Path
) -> None:
    target = tmp_path / "out.jsonl"
    command = ["export", str(corpus), "--resume", "-o", str(target)]
    limited = subprocess.run(
        [
            "/bin/sh",
            "-c",
            'ulimit -f 1000 && exec "$0" -m annotator "$@"',
            sys.executable,
            *command,
        ],
        capture_output=True,
        env=environment(),
        check=False,
        timeout=200,
    )
    assert limited.returncode == 3
    assert b"out.jsonl.partial: it cannot be written" in limited.stderr
    assert b"Traceback" not in limited.stderr
    assert not target.exists()
    assert (tmp_path / "out.jsonl.partial").stat().st_size > 100_000
    assert run(*command).status == 0
    assert target.read_bytes() == expected


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell with ulimit")
def test_on_a_full_disk_the_old_file_stays(corpus: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    target.write_text("old", encoding="utf-8")
    command = ["export", str(corpus), "-o", str(target)]
    limited = subprocess.run(
        [
            "/bin/sh",
            "-c",
            'ulimit -f 1000 && exec "$0" -m annotator "$@"',
            sys.executable,
            *command,
        ],
        capture_output=True,
        env=environment(),
        check=False,
        timeout=200,
    )
    assert limited.returncode == 3
    assert b"out.jsonl: it cannot be written" in limited.stderr
    assert target.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [target]


# Any point of interruption, and runs that must not be mixed

DOCUMENTS = [
    Document(id=f"{language}", source="نص", text=" ".join(sentences))
    for language, sentences in SENTENCES.items()
]
PLAN = {"settings": {"version": "1"}, "inputs": [{"path": "نص", "size": 1}]}


@pytest.fixture(scope="module")
def lines(annotator: Annotator) -> list[bytes]:
    """Return the records of some documents."""
    return [msgspec.json.encode(to_dict(annotator.annotate(d))) + b"\n" for d in DOCUMENTS]


def leave(folder: Path, content: bytes, plan: object = PLAN) -> Path:
    """Leave what a stopped run leaves; return the file that it was to become."""
    target = folder / "out.jsonl"
    (folder / "out.jsonl.partial").write_bytes(content)
    (folder / "out.jsonl.partial.json").write_bytes(msgspec.json.encode(plan))
    return target


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_wherever_it_was_cut_it_goes_on_to_the_same_bytes(
    data: st.DataObject, lines: Sequence[bytes], annotator: Annotator, tmp_path: Path
) -> None:
    whole = b"".join(lines)
    cut = data.draw(st.integers(0, len(whole)), label="bytes that were written")
    labelled = []

    def annotate(documents):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        for document in documents:
            labelled.append(document.id)
            yield annotator.annotate(document)

    target = leave(tmp_path, whole[:cut])
    assert resume_export(DOCUMENTS, annotate, target, PLAN) == len(DOCUMENTS)
    assert target.read_bytes() == whole
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]
    assert len(labelled) == len(DOCUMENTS) - whole[:cut].count(b"\n")


def test_more_records_than_documents_are_cut_off(
    lines: Sequence[bytes], annotator: Annotator, tmp_path: Path
) -> None:
    target = leave(tmp_path, b"".join(lines))
    assert resume_export(DOCUMENTS[:2], annotator.annotate_many, target, PLAN) == 2
    assert target.read_bytes() == b"".join(lines[:2])


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        pytest.param({"inputs": [{"path": "نص", "size": 2}]}, "other inputs", id="inputs"),
        pytest.param({"settings": {"version": "2"}}, "other settings", id="settings"),
        pytest.param({"settings": {}, "inputs": []}, "other inputs and settings", id="both"),
    ],
)
def test_what_another_run_left_is_refused_and_untouched(
    changed: dict[str, object],
    word: str,
    lines: Sequence[bytes],
    annotator: Annotator,
    tmp_path: Path,
) -> None:
    target = leave(tmp_path, lines[0], PLAN | changed)
    with pytest.raises(UsageError, match=word):
        resume_export(DOCUMENTS, annotator.annotate_many, target, PLAN)
    assert (tmp_path / "out.jsonl.partial").read_bytes() == lines[0]


@pytest.mark.parametrize("first", [b'{"id":"other"}\n', b"{}\n", b"[1]\n", b"\xff\n", b"\n"])
def test_records_of_other_documents_are_refused(
    first: bytes, annotator: Annotator, tmp_path: Path
) -> None:
    target = leave(tmp_path, first)
    with pytest.raises(UsageError, match="record 1 is not of document ar"):
        resume_export(DOCUMENTS, annotator.annotate_many, target, PLAN)
    assert (tmp_path / "out.jsonl.partial").read_bytes() == first


def test_a_document_that_an_earlier_run_left_out_is_named_again(
    lines: Sequence[bytes], annotator: Annotator, tmp_path: Path
) -> None:
    target = leave(tmp_path, lines[0] + lines[2])
    told: list[InputError] = []
    resume_export(DOCUMENTS, annotator.annotate_many, target, PLAN, on_error=told.append)
    assert target.read_bytes() == lines[0] + b"".join(lines[2:])
    assert [error.where for error in told] == [DOCUMENTS[1].id]


def test_a_partial_file_without_its_note_is_refused(
    lines: Sequence[bytes], annotator: Annotator, tmp_path: Path
) -> None:
    target = leave(tmp_path, lines[0])
    (tmp_path / "out.jsonl.partial.json").unlink()
    with pytest.raises(UsageError, match="cannot go on"):
        resume_export(DOCUMENTS, annotator.annotate_many, target, PLAN)


@pytest.mark.skipif(sys.platform == "win32", reason="needs locks on open files")
def test_two_runs_do_not_write_one_file(annotator: Annotator, tmp_path: Path) -> None:
    import fcntl  # noqa: PLC0415 - there is none elsewhere

    target = leave(tmp_path, b"")
    with (tmp_path / "out.jsonl.partial").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match="another run"):
            resume_export(DOCUMENTS, annotator.annotate_many, target, PLAN)


def test_without_documents_nothing_is_left(annotator: Annotator, tmp_path: Path) -> None:
    with pytest.raises(NothingToWriteError):
        resume_export([], annotator.annotate_many, tmp_path / "out.jsonl", PLAN)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(annotator: Annotator, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no folder"):
        resume_export(
            DOCUMENTS, annotator.annotate_many, tmp_path / "no folder" / "out.jsonl", PLAN
        )


def test_a_link_is_followed(lines: Sequence[bytes], annotator: Annotator, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "link.jsonl"
    link.symlink_to(tmp_path / "real" / "out.jsonl")
    resume_export(DOCUMENTS[:1], annotator.annotate_many, link, PLAN)
    assert (tmp_path / "real" / "out.jsonl").read_bytes() == lines[0]
    assert link.is_symlink()


REFUSED = {
    "standard input": (["-", "-o", "out.jsonl"], "standard input"),
    "no file": (["seeds"], "--output"),
    "a folder": (["seeds", "-o", "."], "only a file"),
    "another format": (["seeds", "-o", "out.json", "-f", "json"], "--format jsonl"),
    "a scheduler alone": (["seeds", "--scheduler", "tcp://127.0.0.1:1"], "--engine dask"),
}


@pytest.mark.parametrize(("arguments", "word"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_go_on_is_refused_at_once(
    arguments: list[str], word: str, tmp_path: Path
) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text("SDG 4", encoding="utf-8")
    finished = run("export", *arguments, "--resume", folder=tmp_path)
    assert finished.status == 2
    assert word in finished.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["seeds"]


def test_inputs_that_changed_are_refused_and_missing_ones_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "SDG 4"}\n', encoding="utf-8")
    command = ("export", "a.jsonl", "missing.txt", "--resume", "-o", "out.jsonl")
    finished = run(*command, folder=tmp_path)
    assert finished.status == 1
    assert "missing.txt" in finished.stderr
    left = (tmp_path / "out.jsonl").read_bytes()
    plan = {"settings": Annotator().run_settings(), "inputs": []}
    leave(tmp_path, left, plan)
    refused = run(*command, folder=tmp_path)
    assert refused.status == 2
    assert "other inputs" in refused.stderr
