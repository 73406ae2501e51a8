"""A corpus spread over workers gives what one process gives: nothing lost, nothing twice."""

from __future__ import annotations

import codecs
import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import cloudpickle  # type: ignore[import-untyped]
import dask
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from commands import Finished, environment, run
from generated import SENTENCES, anything, sentences
from hypothesis import HealthCheck, example, given, settings, strategies as st

from annotator.engine import driver, export_partitions, tasks
from annotator.engine.journal import Entry, Journal, Plan
from annotator.engine.partitions import list_inputs
from annotator.engine.planning import plan_partitions, rename_documents
from annotator.engine.reading import read_partition
from annotator.engine.tables import arrow_schema
from annotator.engine.tasks import Job, Recipe, label_partition
from annotator.errors import EngineError, InputError, OutputError, UsageError
from annotator.export import read_schema
from annotator.readers import ReadingOptions, read_documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from annotator import Annotator, Document

OPTIONS = ReadingOptions()

PATIENCE = 300.0
"""Seconds: a scheduler and its workers start slowly on a busy machine."""

MANY = 480
SMALL = "0.004"
"""MiB of a partition: so small that there are dozens."""


# Cutting, without workers


def compute(function: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Call a function here."""
    return [function(*each) for each in arguments]


def unexpected(error: InputError) -> None:
    """Fail: nothing was wrong with the inputs."""
    raise error


def read_apart(paths: Sequence[Path], size: int) -> tuple[list[Document], list[str], int]:
    """Read files in partitions; return the documents, the errors, and how many partitions."""
    errors: list[InputError] = []
    files = list_inputs(map(str, paths), errors.append)
    partitions, _ = plan_partitions(compute, files, size, OPTIONS)
    renamed = rename_documents(compute, partitions, OPTIONS)
    found = [
        document
        for partition, names in zip(partitions, renamed, strict=True)
        for document in read_partition(partition, OPTIONS, names, errors.append)
    ]
    return found, [str(error) for error in errors], len(partitions)


def read_whole(paths: Sequence[Path]) -> tuple[list[Document], list[str]]:
    """Read files as a run without partitions does."""
    errors: list[InputError] = []
    return list(read_documents(paths, errors.append)), [str(error) for error in errors]


ids = st.sampled_from(
    [
        "a",
        "b",
        "a#2",
        "a#2#2",
        "",
        "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    ]
)
texts = st.one_of(sentences, anything, st.sampled_from(["a\u2028b", "x\ny", '"', "\r\n", " "]))
json_lines = st.lists(
    st.one_of(
        st.fixed_dictionaries({"text": texts}, optional={"id": ids}).map(
            lambda row: json.dumps(row, ensure_ascii=False)
        ),
        st.sampled_from(["", "no JSON", "{}", "[1]", '{"text": 4}']),
    ),
    max_size=12,
)
ends = st.sampled_from(["\n", "\r\n"])
encodings = st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "gb18030"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(lines=json_lines, end=ends, encoding=encodings, size=st.integers(1, 400))
@example(lines=['{"text":"a"}', '{"text":"\x00"}'], end="\n", encoding="utf-8", size=5)
def test_json_lines_read_apart_are_those_read_whole(
    lines: list[str], end: str, encoding: str, size: int, tmp_path: Path
) -> None:
    path, other = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    path.write_bytes(end.join(lines).encode(encoding, "replace"))
    other.write_bytes(end.join(lines[::-1]).encode())
    found, errors, _ = read_apart([path, other], size)
    assert (found, errors) == read_whole([path, other])


rows = st.lists(st.tuples(ids, texts, st.sampled_from(["en", "zh", ""])), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(
    table=rows,
    delimiter=st.sampled_from(",;\t"),
    end=ends,
    encoding=encodings,
    size=st.integers(1, 300),
    broken=st.sampled_from(["", "", "", '1,"x"y,en', '"open', "\n\n"]),
)
def test_rows_read_apart_are_those_read_whole(
    table: list[tuple[str, str, str]],
    delimiter: str,
    end: str,
    encoding: str,
    size: int,
    broken: str,
    tmp_path: Path,
) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=end)
    writer.writerow(["id", "text", "lang"])
    writer.writerows(table)
    path = tmp_path / "a.csv"
    path.write_bytes((stream.getvalue() + broken).encode(encoding, "replace"))
    found, errors, _ = read_apart([path], size)
    assert (found, errors) == read_whole([path])


def test_a_cell_with_line_ends_is_not_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    cell = '"line\n""SDG 4"", text\r\nid,text\n"'
    path.write_text("id,text\n" + f"x,{cell}\n" * 50, encoding="utf-8", newline="")
    found, errors, partitions = read_apart([path], 100)
    assert errors == []
    assert len(found) == 50
    assert partitions > 10
    assert len({document.id for document in found}) == 50
    assert {document.text for document in found} == {'line\n"SDG 4", text\r\nid,text\n'}


def test_each_format_is_really_cut(tmp_path: Path) -> None:
    table = [{"id": str(n), "text": SENTENCES["ar"][0]} for n in range(100)]
    lines, cells, columns = (tmp_path / f"a.{suffix}" for suffix in ("jsonl", "csv", "parquet"))
    lines.write_text("\n".join(json.dumps(row) for row in table), encoding="utf-8")
    with cells.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["id", "text"])
        writer.writeheader()
        writer.writerows(table)
    pq.write_table(pa.Table.from_pylist(table), columns, row_group_size=10)
    for path, least in ((lines, 8), (cells, 8), (columns, 4)):
        found, errors, partitions = read_apart([path], 1000)
        assert errors == []
        assert [(document.id, document.text) for document in found] == [
            (row["id"], row["text"]) for row in table
        ]
        assert partitions >= least


def test_rows_of_parquet_without_an_id_are_numbered_across_row_groups(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["نص", "", "文", "text", None]}), path, row_group_size=2)
    found, errors, partitions = read_apart([path], 1)
    assert [document.id for document in found] == [f"{path}#{number}" for number in (1, 3, 4)]
    assert [f"{path}:2" in errors[0], f"{path}:5" in errors[1]] == [True, True]
    assert partitions == 3


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl", "a.csv"])
@pytest.mark.parametrize("content", [b"", b"PAR1", codecs.BOM_UTF16_LE, b"\xff" * 900])
def test_what_cannot_be_cut_is_told_as_without_partitions(
    name: str, content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    found, errors, _ = read_apart([path], 50)
    assert (found, errors) == read_whole([path])


def test_an_empty_table_of_parquet_gives_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), path)
    assert read_apart([path], 50)[:2] == ([], [])


def test_small_files_share_a_partition_in_order(tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"{number:02}.txt").write_text(f"SDG {number}", encoding="utf-8")
    found, errors, partitions = read_apart([tmp_path], 30)
    assert (found, errors) == read_whole([tmp_path])
    assert partitions < 15


def test_a_file_named_twice_and_standard_input_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("SDG 4", encoding="utf-8")
    with pytest.raises(UsageError, match="twice"):
        list_inputs([str(path), str(tmp_path)], unexpected)
    with pytest.raises(UsageError, match="standard input"):
        list_inputs(["-"], unexpected)


# The journal

PLAN = Plan(
    {"version": "1"},
    {"text_column": "text"},
    [{"path": "a", "size": 1, "sha256": "x"}],
    "jsonl",
    10,
    3,
)


def test_a_partition_is_done_only_if_its_results_are_whole(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "jsonl", 3)
    journal.begin(PLAN)
    assert journal.read(1) is None
    journal.path_of(1).write_bytes(b"12345")
    assert journal.read(1) is None
    journal.record(1, Entry(1, 5))
    assert journal.read(1) == Entry(1, 5)
    journal.path_of(1).write_bytes(b"1234")
    assert journal.read(1) is None
    journal.path_of(1).unlink()
    assert journal.read(1) is None


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"settings": {"version": "2"}}, "version, taxonomy, model or threshold"),
        ({"inputs": []}, "other inputs"),
        ({"reading": {}}, "read in another way"),
        ({"file_format": "parquet"}, "format"),
        ({"partition_size": 11}, "another size"),
        ({"partitions": 4}, "another number"),
    ],
)
def test_a_run_of_something_else_is_refused(
    change: dict[str, Any], word: str, tmp_path: Path
) -> None:
    journal = Journal(tmp_path, "jsonl", 3)
    journal.begin(PLAN)
    journal.begin(PLAN)
    with pytest.raises(UsageError, match=word):
        journal.begin(msgspec.structs.replace(PLAN, **change))


def test_a_damaged_plan_and_a_strange_folder_are_refused(tmp_path: Path) -> None:
    Journal.check_folder(tmp_path, resume=False)
    Journal.check_folder(tmp_path / "new", resume=True)
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="something else"):
        Journal.check_folder(tmp_path, resume=True)
    with pytest.raises(UsageError, match="something else"):
        Journal.check_folder(tmp_path / "mine.txt", resume=True)
    (tmp_path / "_run").mkdir()
    (tmp_path / "_run" / "plan.json").write_text("{", encoding="utf-8")
    with pytest.raises(UsageError, match="earlier run"):
        Journal.check_folder(tmp_path, resume=False)
    with pytest.raises(OutputError, match=r"plan\.json"):
        Journal(tmp_path, "jsonl", 3).begin(PLAN)


def test_a_run_that_died_before_it_had_a_plan_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "_run").mkdir()
    (tmp_path / "_run" / ".plan.json.x7k").write_text("{", encoding="utf-8")
    Journal.check_folder(tmp_path, resume=False)
    Journal.check_folder(tmp_path, resume=True)


def test_half_written_partitions_are_cleared_away_at_the_end(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "jsonl", 3)
    journal.begin(PLAN)
    (tmp_path / ".part-00001.jsonl.x7k").write_text("half", encoding="utf-8")
    (tmp_path / "_run" / ".part-00001.json.x7k").write_text("half", encoding="utf-8")
    journal.finish(9)
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))
    assert left == ["_SUCCESS", "_run", "_run/plan.json"]


def test_a_worker_that_is_not_like_the_driver_refuses(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("SDG 4", encoding="utf-8")
    (partition,), _ = plan_partitions(compute, [path], 100, OPTIONS)
    recipe = Recipe(None, None, None, None, {"version": "0"}, OPTIONS, str(tmp_path), "jsonl", 1)
    with pytest.raises(EngineError, match="another version"):
        label_partition(Job(recipe, partition, {}))


def test_a_process_loads_the_annotator_once(
    annotator: Annotator, seeds: Path, tmp_path: Path
) -> None:
    partitions, _ = plan_partitions(compute, sorted(seeds.glob("*.txt")), 100, OPTIONS)
    assert len(partitions) == 5
    settings = msgspec.json.decode(msgspec.json.encode(annotator.run_settings()))
    recipe = Recipe(None, None, None, None, settings, OPTIONS, str(tmp_path), "jsonl", 5)
    Journal(tmp_path, "jsonl", 5).begin(PLAN)
    loaded = tasks._annotator.cache_info().misses  # noqa: SLF001 - what is promised of a worker
    for partition in partitions:
        assert label_partition(Job(recipe, partition, {})).documents == 1
    assert tasks._annotator.cache_info().misses <= loaded + 1  # noqa: SLF001


def end_worker(job: Job) -> Entry:
    """Label a partition, but end the process that should label the first."""
    if job.partition.number == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return label_partition(job)


def test_a_partition_that_ends_its_workers_is_named_and_the_others_are_there(
    annotator: Annotator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("SDG 4 and C5", encoding="utf-8")
    errors: list[InputError] = []
    paths = [str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]
    pytest.importorskip("distributed")  # brings the settings that are changed below
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    monkeypatch.setattr(driver, "label_partition", end_worker)
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}):
        outcome = export_partitions(
            paths, tmp_path / "out", annotator, errors.append, partition_size=1
        )
    monkeypatch.undo()
    assert (outcome.documents, outcome.partitions) == (1, 2)
    assert [f"{error.where}: {error.what}" for error in errors] == [
        f"{paths[0]}: partition 0 ended each of the workers that tried it"
    ]
    assert not (tmp_path / "out" / "_SUCCESS").exists()
    again = export_partitions(
        paths, tmp_path / "out", annotator, unexpected, partition_size=1, resume=True
    )
    assert (again.documents, again.done_before) == (2, 1)
    assert (tmp_path / "out" / "_SUCCESS").exists()


def test_the_columns_of_parquet_are_those_of_the_schema() -> None:
    assert arrow_schema().names == list(read_schema()["properties"])


def test_without_a_scheduler_at_the_address_it_says_so(
    annotator: Annotator, seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "_PATIENCE", 0.5)
    with pytest.raises(EngineError, match="no dask scheduler answers there"):
        export_partitions(
            [str(seeds)], tmp_path / "out", annotator, unexpected, scheduler="tcp://127.0.0.1:1"
        )
    assert list(tmp_path.iterdir()) == []


# A scheduler and two workers, in processes of their own


class Cluster:
    """A scheduler and its workers on this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = (folder / "log").open("wb")
        self._scheduler = self._start("scheduler", "--port", "0", "--scheduler-file", "address")
        self.workers: list[subprocess.Popen[bytes]] = []
        until = time.monotonic() + PATIENCE
        while not (folder / "address").exists() or not (folder / "address").stat().st_size:
            assert time.monotonic() < until, (folder / "log").read_text("utf-8")
            time.sleep(0.05)
        self.address = json.loads((folder / "address").read_bytes())["address"]

    def _start(self, kind: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a scheduler or a worker that listens to this machine only."""
        return subprocess.Popen(
            [
                *(sys.executable, "-m", f"distributed.cli.dask_{kind}"),
                *("--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0", *arguments),
            ],
            cwd=self._folder,
            stdout=self._log,
            stderr=self._log,
            env=environment(),
        )

    def fill(self) -> None:
        """Have two workers, whatever happened to those before."""
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        while len(self.workers) < 2:
            arguments = (self.address, "--nthreads", "1", "--no-nanny")
            self.workers.append(self._start("worker", *arguments))

    def stop(self) -> None:
        """End all of it."""
        for process in (*self.workers, self._scheduler):
            process.kill()
            process.wait()
        self._log.close()


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Start a scheduler for all tests of this module."""
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.stop()


@pytest.fixture
def cluster(started: Cluster) -> Cluster:
    """Return a cluster of two workers."""
    started.fill()
    return started


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a table of each kind, some rows broken and some ids repeated."""
    folder = tmp_path_factory.mktemp("corpus")
    texts = [f"{a}\n{b}" for a, b, _ in SENTENCES.values()]
    table = [
        {"id": f"{number % (MANY - 40)}", "text": texts[number % len(texts)]}
        for number in range(MANY)
    ]
    lines = [json.dumps(row, ensure_ascii=False) for row in table]
    (folder / "a.jsonl").write_text("\n".join([*lines[:99], "broken", *lines[99:], ""]), "utf-8")
    with (folder / "b.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["id", "text"])
        writer.writeheader()
        writer.writerows(table[:60])
    (folder / "c.txt").write_text("SDG 4\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def expected(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return what one process writes of it."""
    target = tmp_path_factory.mktemp("expected") / "out.jsonl"
    assert run("export", corpus, "-o", target, seconds=PATIENCE).status == 1
    return target.read_bytes()


def command(corpus: Path, target: Path, cluster: Cluster) -> list[str | Path]:
    """Return the arguments of an export to partitions."""
    return [
        *("export", corpus, "--engine", "dask", "--scheduler", cluster.address),
        *("--partition-size", SMALL, "-o", target),
    ]


def joined(folder: Path) -> bytes:
    """Return all partitions, in the order of their names."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("part-*.jsonl")))


def start(*arguments: str | Path) -> subprocess.Popen[bytes]:
    """Start the command line without waiting for it."""
    return subprocess.Popen(
        [sys.executable, "-m", "annotator", *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(),
    )


def wait_for_partitions(folder: Path, count: int) -> None:
    """Wait until some partitions are there, and see that others are not yet."""
    until = time.monotonic() + PATIENCE
    while len(list(folder.glob("_run/part-*.json"))) < count:
        assert time.monotonic() < until
        time.sleep(0.005)
    assert not (folder / "_SUCCESS").exists(), "it ended before it could be disturbed"


def assert_complete(finished: Finished, folder: Path, expected: bytes) -> None:
    """Check that a run gave what one process gives, and said what was broken."""
    assert finished.status == 1, finished.stderr
    assert "a.jsonl:100" in finished.stderr
    assert joined(folder) == expected
    assert json.loads((folder / "_SUCCESS").read_bytes()) == {"documents": expected.count(b"\n")}
    assert list(folder.rglob(".*")) == []


def test_partitions_joined_are_what_one_process_writes(
    cluster: Cluster, corpus: Path, expected: bytes, tmp_path: Path
) -> None:
    arguments = command(corpus, tmp_path / "out", cluster)
    assert_complete(run(*arguments, seconds=PATIENCE), tmp_path / "out", expected)
    assert len(list((tmp_path / "out").glob("part-*"))) > 20

    refused = run(*arguments, seconds=PATIENCE)
    assert refused.status == 2
    assert "earlier run" in refused.stderr

    again = run(*arguments, "--resume", seconds=PATIENCE)
    assert_complete(again, tmp_path / "out", expected)
    assert "partitions were there" in again.stderr

    other = run(*arguments, "--resume", "--threshold", "0.7", seconds=PATIENCE)
    assert other.status == 2
    assert "threshold" in other.stderr


def test_partitions_of_parquet_hold_the_same_records(
    cluster: Cluster, corpus: Path, expected: bytes, tmp_path: Path
) -> None:
    finished = run(
        *command(corpus, tmp_path / "out", cluster), "--format", "parquet", seconds=PATIENCE
    )
    assert finished.status == 1, finished.stderr
    rows = pq.read_table(tmp_path / "out").to_pylist()
    lines = expected.splitlines()
    assert len(rows) == len(lines)
    for row, line in zip(rows, lines, strict=True):
        # A table has a column for what a record leaves out: that no person decided.
        for labelled in (row, *row["paragraphs"]):
            for label in labelled["labels"]:
                assert label.pop("decision") is None
        assert row == json.loads(line)


def test_a_worker_killed_in_the_middle_loses_nothing(
    cluster: Cluster, corpus: Path, expected: bytes, tmp_path: Path
) -> None:
    process = start(*command(corpus, tmp_path / "out", cluster))
    wait_for_partitions(tmp_path / "out", 3)
    cluster.workers[0].send_signal(signal.SIGKILL)
    _, stderr = process.communicate(timeout=PATIENCE)
    finished = Finished(process.returncode, b"", "", stderr.decode("utf-8"))
    assert_complete(finished, tmp_path / "out", expected)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda n: n.name)
def test_a_driver_killed_in_the_middle_goes_on_with_what_is_missing(
    number: signal.Signals, cluster: Cluster, corpus: Path, expected: bytes, tmp_path: Path
) -> None:
    arguments = command(corpus, tmp_path / "out", cluster)
    process = start(*arguments)
    wait_for_partitions(tmp_path / "out", 3)
    process.send_signal(number)
    process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    assert not (tmp_path / "out" / "_SUCCESS").exists()
    time.sleep(0.5)  # what workers had begun when the driver died, they end
    done = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("part-*")}
    assert_complete(run(*arguments, "--resume", seconds=PATIENCE), tmp_path / "out", expected)
    assert {path: path.stat().st_mtime_ns for path in done} == done


def test_without_a_scheduler_workers_are_started_here(seeds: Path, tmp_path: Path) -> None:
    finished = run(
        *("export", seeds, "--engine", "dask", "--partition-size", "0.01", "-o", tmp_path / "out"),
        seconds=PATIENCE,
    )
    assert finished.status == 0, finished.stderr
    assert finished.stderr == ""
    assert run("export", seeds).output == joined(tmp_path / "out")


REFUSED = {
    "another engine": (["--engine", "spark", "-o", "out"], "--engine dask"),
    "no folder": (["--engine", "dask"], "--output"),
    "one object": (["--engine", "dask", "-o", "out", "-f", "json"], "--format jsonl or parquet"),
}


@pytest.mark.parametrize(("arguments", "word"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_spread_is_refused(
    arguments: list[str], word: str, seeds: Path, tmp_path: Path
) -> None:
    finished = run("export", seeds, *arguments, folder=tmp_path)
    assert finished.status == 2
    assert word in finished.stderr
    assert list(tmp_path.iterdir()) == []
