"""Several processes: the same results in the same order, little memory, and no hanging."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from itertools import islice
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pytest
from commands import kill_at, run
from generated import SENTENCES

from annotator import Annotator, Document, parallel
from annotator.errors import WorkerError
from annotator.parallel import choose_jobs

if TYPE_CHECKING:
    from collections.abc import Iterator


def corpus(count: int) -> Iterator[Document]:
    """Make short documents in all languages, each with a number of its own."""
    sentences = [sentence for several in SENTENCES.values() for sentence in several]
    for number in range(count):
        text = f"{number}. {sentences[number % len(sentences)]} {sentences[-number % 7]}"
        yield Document(id=f"وثيقة-{number}", source="corpus", text=text)


@pytest.mark.parametrize("jobs", [2, 3])
def test_any_number_of_processes_gives_the_same_in_the_same_order(
    annotator: Annotator, jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "_BUNDLE_TEXT", 1000)
    documents = list(corpus(120))
    alone = list(annotator.annotate_many(documents))
    assert list(annotator.annotate_many(documents, jobs=jobs)) == alone


def test_processes_that_are_started_anew_give_the_same_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    annotator = Annotator(threshold=0.7)
    documents = list(corpus(12))
    alone = list(annotator.annotate_many(documents))
    monkeypatch.setattr("annotator.workers.sys.platform", "darwin")
    assert list(annotator.annotate_many(documents, jobs=2)) == alone


def test_a_document_longer_than_any_pipe_holds_comes_through(annotator: Annotator) -> None:
    text = "\n".join(f"{n} {SENTENCES['fr'][0]}" for n in range(800))
    documents = [Document(id=str(n), source="", text=text) for n in range(3)]
    lengths = [len(one.paragraphs) for one in annotator.annotate_many(documents, jobs=2)]
    assert lengths == [800] * 3


def test_documents_are_read_only_as_far_as_they_are_needed(
    annotator: Annotator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "_BUNDLE_DOCUMENTS", 1)
    read = 0

    def reading() -> Iterator[Document]:
        nonlocal read
        for document in corpus(1000):
            read += 1
            yield document

    results = annotator.annotate_many(reading(), jobs=2)
    assert len(list(islice(results, 5))) == 5
    assert read <= 5 + (1 + 2) * 2
    results.close()  # type: ignore[attr-defined] # a generator, which stops its processes


def test_a_process_that_dies_is_reported_with_what_it_had(
    annotator: Annotator, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_at(monkeypatch, "وثيقة-30")
    monkeypatch.setattr(parallel, "_BUNDLE_DOCUMENTS", 4)
    with pytest.raises(WorkerError, match=r"killed by signal 9.*وثيقة-28 to وثيقة-31"):
        list(annotator.annotate_many(corpus(100), jobs=2))


def test_few_documents_are_not_worth_a_process() -> None:
    documents, jobs = choose_jobs(corpus(199), None)
    assert jobs == 1
    assert len(list(documents)) == 199


def test_from_two_hundred_documents_on_all_cores_work() -> None:
    documents, jobs = choose_jobs(corpus(1000), None)
    assert jobs == len(os.sched_getaffinity(0))
    assert [document.id for document in documents] == [document.id for document in corpus(1000)]


def test_a_few_large_documents_are_worth_it_too() -> None:
    large = [Document(id=str(n), source="", text="数" * 3_000_000) for n in range(3)]
    documents, jobs = choose_jobs(large, None)
    assert jobs == len(os.sched_getaffinity(0))
    assert len(list(documents)) == 3


def test_the_number_that_is_asked_for_is_taken() -> None:
    assert choose_jobs(corpus(3), 5)[1] == 5


def write_corpus(path: Path, count: int) -> None:
    lines = [f'{{"id": "{one.id}", "text": "{one.text}"}}\n' for one in corpus(count)]
    path.write_text("".join(lines), encoding="utf-8")


def test_an_export_has_the_same_bytes_with_any_number_of_processes(tmp_path: Path) -> None:
    write_corpus(tmp_path / "in.jsonl", 300)
    outputs = []
    for jobs in ("1", "2"):
        output = tmp_path / f"{jobs}.jsonl"
        done = run("export", tmp_path / "in.jsonl", "--jobs", jobs, "-o", output)
        assert done.status == 0, done.stderr
        outputs.append(output.read_bytes())
    assert outputs[0] == outputs[1]
    assert outputs[0].count(b"\n") == 300


def children(process: int) -> list[int]:
    """List the processes that a process has started."""
    return [
        int(child)
        for child in Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()
    ]


def is_writing(folder: Path) -> bool:
    """Tell whether there are records in the file that takes the place of another at the end."""
    return any(path.stat().st_size for path in folder.glob(".out*"))


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_export_leaves_no_process_and_no_file(
    tmp_path: Path, number: signal.Signals
) -> None:
    write_corpus(tmp_path / "in.jsonl", 40_000)
    command = [sys.executable, "-m", "annotator", "export", "in.jsonl", "-j", "2", "-o", "out"]
    with subprocess.Popen(
        command, cwd=tmp_path, stderr=subprocess.DEVNULL, start_new_session=True
    ) as export:
        # Not before it writes: it is to be stopped in the middle.
        while not is_writing(tmp_path) and export.poll() is None:
            sleep(0.01)
        workers = children(export.pid)
        os.kill(export.pid, number)
        try:
            export.wait(timeout=60)
        finally:
            export.kill()
    assert export.returncode != 0
    assert len(workers) == 2
    for worker in workers:
        wait_for_end(worker)
    assert not (tmp_path / "out").exists()


def wait_for_end(process: int, seconds: float = 60) -> None:
    """Wait until a process is there no more, or only waits to be buried."""
    limit = monotonic() + seconds
    while monotonic() < limit:
        try:
            state = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return
        if state == "Z":
            return
        sleep(0.05)
    pytest.fail(f"process {process} is still there")
