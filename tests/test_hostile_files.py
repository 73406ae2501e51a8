"""No file can stop the rest, fill the memory, run for ever, or act on anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import hostile
import openpyxl
import pytest
from commands import environment, run
from memory import measure

from annotator.errors import InputWarning, LimitError, UnreadableInputError
from annotator.readers import SUFFIXES, ReadingOptions, read_documents

if TYPE_CHECKING:
    from collections.abc import Callable

    from annotator import Document
    from annotator.errors import InputError

FILES = Path(__file__).parent / "files"
GOOD = "The ministry extends broadband networks to rural schools (SDG 4)."
CATALOG = "<< /Type /Catalog /Pages 2 0 R >>"
PAGES = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
FORM = (
    "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >> "
    "/Length 11 >> stream\n/X Do /X Do\nendstream"
)


def read(
    *paths: Path, options: ReadingOptions | None = None
) -> tuple[list[Document], list[InputError]]:
    """Read files; return the documents and what was said of the rest."""
    errors: list[InputError] = []
    return list(read_documents(paths, errors.append, options)), errors


def write(path: Path, content: bytes | str) -> Path:
    """Write a file."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """Return a file that must be read whatever stands before it."""
    return write(tmp_path / "good.docx", hostile.plain_docx(GOOD))


REFUSED: dict[str, tuple[Callable[[], bytes], type[InputError], str]] = {
    "bomb.zip": (
        lambda: hostile.zipped({"a.txt": bytes(32 << 20)}),
        LimitError,
        "packed more than",
    ),
    "bomb in a document.docx": (
        lambda: hostile.zipped({"word/document.xml": bytes(32 << 20)}),
        LimitError,
        "packed more than",
    ),
    "bomb in bombs.zip": (
        lambda: hostile.nested_zip(2, "a.txt", bytes(32 << 20)),
        LimitError,
        "packed more than",
    ),
    "many.zip": (
        lambda: hostile.zipped({f"{n}.txt": bytes((1 << 20) - 1) for n in range(260)}),
        LimitError,
        "larger than 256 MiB",
    ),
    "members.zip": (
        lambda: hostile.zipped({f"{n}.txt": b"" for n in range(10_001)}),
        LimitError,
        "10,000 files",
    ),
    "deep.zip": (lambda: hostile.nested_zip(6, "a.txt", GOOD), LimitError, "stands in more than"),
    "lying.zip": (
        lambda: hostile.lying_zip("a.txt", b"abc " * 5000),
        UnreadableInputError,
        "damaged",
    ),
    "encrypted.zip": (lambda: hostile.encrypted_zip("a.txt"), UnreadableInputError, "encrypted"),
    "encrypted.pdf": (lambda: hostile.encrypted_pdf("x", "x"), UnreadableInputError, "encrypted"),
    "encrypted.docx": (hostile.office_with_password, UnreadableInputError, "encrypted"),
    "old.doc": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        UnreadableInputError,
        "binary Office file",
    ),
    "external.docx": (
        lambda: hostile.docx_with_entity('<!ENTITY x SYSTEM "file:///etc/passwd">'),
        UnreadableInputError,
        "declares entities",
    ),
    "laughs.docx": (
        lambda: hostile.docx_with_entity(
            '<!ENTITY a "aaaaaaaaaa"><!ENTITY x "&a;&a;&a;&a;&a;&a;">'
        ),
        UnreadableInputError,
        "declares entities",
    ),
    "pages.pdf": (
        lambda: hostile.pdf_of_objects(CATALOG, "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"),
        UnreadableInputError,
        "",
    ),
    "references.pdf": (
        lambda: hostile.pdf_of_objects(
            CATALOG, PAGES, "<< /Type /Page /MediaBox 4 0 R /Contents 4 0 R >>", "4 0 R"
        ),
        UnreadableInputError,
        "",
    ),
    "forms.pdf": (
        lambda: hostile.pdf_of_objects(
            CATALOG,
            PAGES,
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R "
            "/Resources << /XObject << /X 5 0 R >> >> >>",
            "<< /Length 5 >> stream\n/X Do\nendstream",
            FORM,
        ),
        UnreadableInputError,
        "",
    ),
    "empty pages.pdf": (
        lambda: hostile.pdf_with_empty_pages(10_000),
        UnreadableInputError,
        "no text",
    ),
    "nothing.docx": (hostile.plain_docx, UnreadableInputError, "no text"),
    "page.pdf": (lambda: b"%PDF-1.7 and nothing more", UnreadableInputError, "damaged"),
    "rows.parquet": (lambda: b"PAR1 and nothing more PAR1", UnreadableInputError, "damaged"),
    "letter.eml": (lambda: b"no header\n\nno letter", UnreadableInputError, "no header"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_refused_by_name_and_the_next_is_read(
    name: str, tmp_path: Path, good: Path
) -> None:
    content, kind, reason = REFUSED[name]
    path = write(tmp_path / name, content())
    began = time.monotonic()
    found, errors = read(path, good)
    assert [document.text for document in found] == [GOOD]
    assert [type(error) for error in errors] == [kind]
    assert errors[0].where.startswith(str(path))
    assert reason in errors[0].what
    assert errors[0].hint
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("path", sorted(FILES.glob("*-zh.*")), ids=lambda path: path.name)
def test_a_file_that_is_cut_off_gives_a_reason_or_what_is_left(
    path: Path, tmp_path: Path, good: Path
) -> None:
    data = path.read_bytes()
    cut = [
        write(tmp_path / f"{share}{path.suffix}", data[: len(data) * share // 8])
        for share in (1, 4, 7)
    ]
    found, errors = read(*cut, good)
    assert found[-1].text == GOOD
    named = {error.where for error in errors} | {document.source for document in found}
    assert named >= set(map(str, cut))
    for document in found:
        document.text.encode()


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_noise_of_any_kind_gives_a_reason(suffix: str, tmp_path: Path) -> None:
    noise = bytes((n * n * 7919 + n) % 251 for n in range(4000))
    starts = [
        b"",
        b"PK\x03\x04",
        b"%PDF-1.7\n",
        b"{\\rtf1 ",
        b"PAR1",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    ]
    paths = [write(tmp_path / f"{n}{suffix}", start + noise) for n, start in enumerate(starts)]
    found, errors = read(*paths)
    assert {error.where.partition("!")[0] for error in errors} | {d.source for d in found} == set(
        map(str, paths)
    )


def test_a_reader_that_never_ends_is_ended_and_the_next_file_is_read(
    tmp_path: Path, good: Path
) -> None:
    path = write(tmp_path / "endless.rtf", hostile.endless_rtf())
    began = time.monotonic()
    found, errors = read(path, good, options=ReadingOptions(seconds=2.5))
    assert time.monotonic() - began < 30
    assert [document.text for document in found] == [GOOD]
    assert [(type(error), error.where) for error in errors] == [(LimitError, str(path))]
    assert "longer than 2.5 s" in errors[0].what


def test_a_file_larger_than_allowed_is_refused_and_a_table_is_not(tmp_path: Path) -> None:
    large = [write(tmp_path / name, GOOD * 99) for name in ("a.txt", "a.pdf")]
    rows = write(tmp_path / "a.jsonl", f'{{"text": "{GOOD}"}}\n' * 99)
    found, errors = read(*large, rows, options=ReadingOptions(largest_file=1000))
    assert len(found) == 99
    assert [(type(error), error.where) for error in errors] == [
        (LimitError, str(path)) for path in large
    ]


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="the system names no pipes")
def test_a_document_is_read_from_a_pipe(good: Path) -> None:
    script = 'cat "$1" | "$2" -m annotator export /dev/fd/0'
    finished = subprocess.run(
        ["/bin/sh", "-c", script, "sh", good, sys.executable],
        capture_output=True,
        env=environment(),
        timeout=60,
        check=False,
    )
    assert (finished.returncode, finished.stderr) == (0, b"")
    assert json.loads(finished.stdout)["paragraphs"][0]["text"] == GOOD


def test_the_time_limit_is_the_users(tmp_path: Path, good: Path) -> None:
    path = write(tmp_path / "endless.rtf", hostile.endless_rtf())
    finished = run("export", path, good, "--timeout", "3")
    assert finished.status == 1
    assert finished.stderr.startswith(f"annotator: {path}: reading it took longer than 3 s")
    assert json.loads(finished.stdout)["paragraphs"][0]["text"] == GOOD


def test_time_that_the_annotator_takes_is_not_counted(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    workbook = openpyxl.Workbook()
    for text in ("text", *(GOOD for _ in range(2000))):
        workbook.active.append([text])
    workbook.save(path)
    errors: list[InputError] = []
    documents = read_documents([path], errors.append, ReadingOptions(seconds=4))
    next(documents)
    time.sleep(5)
    assert sum(1 for _ in documents) == 1999
    assert errors == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the data of a process")
def test_a_file_that_needs_more_memory_is_refused_within_a_gibibyte(
    tmp_path: Path, good: Path
) -> None:
    path = write(tmp_path / "big.docx", hostile.docx_with_paragraphs(3_000_000))
    found, errors = read(path, good)
    assert [document.text for document in found] == [GOOD]
    assert [type(error) for error in errors] == [LimitError]
    assert "512 MiB of memory" in errors[0].what
    paths = [path, *(write(tmp_path / name, REFUSED[name][0]()) for name in REFUSED)]
    measured = measure("export", *paths, good, folder=tmp_path)
    assert measured.status == 1
    assert json.loads(measured.stdout)["id"] == str(good)
    for refused in paths:
        assert f"annotator: {refused}" in measured.stderr
    assert measured.peak < 1 << 30


def test_scripts_and_handlers_of_a_page_leave_no_trace(tmp_path: Path) -> None:
    page = f"""<html><head><script>steal()</script></head><body onload="steal()">
<article><h1 onclick="steal()">Schools</h1><p>{GOOD}</p><img src=x onerror="steal()">
<p style="background:url(javascript:steal())">{GOOD} Again.</p><iframe src="https://example.org">
</iframe><svg onload="steal()"><script>steal()</script></svg></article></body></html>"""
    for name in ("a.html", "a.epub.html"):
        (document,), errors = read(write(tmp_path / name, page))
        assert errors == []
        assert GOOD in document.text
        assert "steal" not in document.text


@pytest.mark.parametrize(
    "name", ["a\n\x1b[31mb.docx", "a\x1b]0;t\x07.pdf", "\u202efdp.docx", "-x.docx"]
)
def test_a_name_that_acts_is_shown_and_does_nothing(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "f"
    folder.mkdir()
    write(folder / name, hostile.plain_docx(GOOD))
    write(folder / f"bad {name}", b"PK\x03\x04 no more")
    finished = run("report", folder, "--no-color")
    assert finished.status == 1
    assert len(finished.stderr.splitlines()) >= 1
    for text in (finished.stdout, finished.stderr):
        assert not set(text) & {"\x1b", "\x07", "\u202e"}
    assert all(text.startswith("annotator: ") for text in finished.stderr.splitlines())


def test_a_name_that_is_no_text_is_read_and_written(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff.docx"
    try:
        Path(os.fsdecode(path)).write_bytes(hostile.plain_docx(GOOD))
    except OSError:
        pytest.skip("the file system takes only names in UTF-8")
    finished = run("export", tmp_path)
    assert (finished.status, finished.stderr) == (0, "")
    assert json.loads(finished.stdout)["id"].endswith("\ufffd.docx")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.rtf", b"{\\rtf1\\ansi Health \\u-10179? for all\\par}"),
        (
            "a.eml",
            b"Subject: Health\nContent-Type: text/plain; charset=utf-8\n\n\xed\xa0\xbd \0 for all",
        ),
        (
            "a.html",
            b"<html><body><article><p>Health &#xD83D; &#0; for all villages</p></article></body></html>",
        ),
        ("a.zip", hostile.zipped({"a.eml": "Subject: Health\n\n\0\x1b for all"})),
    ],
)
def test_halves_of_characters_and_nulls_do_no_harm(
    name: str, content: bytes, tmp_path: Path
) -> None:
    (document,), errors = read(write(tmp_path / name, content))
    assert errors == []
    assert document.text.encode()
    assert "Health" in document.text
    assert "for all" in document.text
    assert not set(document.text) & {"\0", "\x1b"}


def test_a_file_in_the_working_folder_does_not_take_the_place_of_a_library(
    tmp_path: Path, good: Path
) -> None:
    for name in ("docx.py", "pypdf.py", "zipfile.py", "annotator.py"):
        write(tmp_path / name, "raise SystemExit('imported')")
    finished = subprocess.run(
        [sys.executable, "-P", "-m", "annotator", "export", good.name],
        capture_output=True,
        cwd=tmp_path,
        env=environment(),
        timeout=60,
        check=False,
    )
    assert (finished.returncode, finished.stderr) == (0, b"")


def test_nothing_but_the_message_comes_to_standard_error(tmp_path: Path) -> None:
    broken = (FILES / "libreoffice-en.pdf").read_bytes().replace(b"xref", b"yref")
    path = write(tmp_path / "a.pdf", broken)
    finished = run("export", path)
    lines = finished.stderr.splitlines()
    assert all(text.startswith("annotator: ") for text in lines)


def test_the_process_that_reads_ends_with_the_one_that_asks(tmp_path: Path, good: Path) -> None:
    before = children()
    documents = read_documents([good, good, tmp_path / "absent"], lambda _: None)
    next(documents)
    assert len(children() - before) == 1
    documents.close()  # type: ignore[attr-defined] # it is a generator
    assert children() - before == set()


def children() -> set[str]:
    """Return the processes that this one has started, where the system tells."""
    tasks = Path(f"/proc/{os.getpid()}/task")
    if not tasks.is_dir():
        pytest.skip("the system does not tell")
    return {child for task in tasks.iterdir() for child in (task / "children").read_text().split()}


def test_a_wrong_name_is_said_and_costs_no_status(tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", (FILES / "libreoffice-en.pdf").read_bytes())
    (_,), (error,) = read(path)
    assert isinstance(error, InputWarning)
    finished = run("export", path)
    assert finished.status == 0
    assert finished.stderr.startswith(
        f"annotator: warning: {path}: its name ends in .docx, but it is a PDF"
    )
