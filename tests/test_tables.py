"""Labels as tables: CSV and XLSX that no cell acts in, Parquet; all come back as they were."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import zipfile
from itertools import islice
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pyarrow.parquet
import pytest
from commands import run
from generated import documents, mixed_text
from hypothesis import example, given, settings, strategies as st

from annotator import AnnotatedDocument, AnnotatedParagraph, Annotator, Document, Paragraph
from annotator.errors import UsageError
from annotator.export import write_export
from annotator.export.cells import (
    LONGEST_CELL,
    cut_text,
    disarm_text,
    escape_text,
    restore_escapes,
    restore_text,
)
from annotator.export.csv_tables import write_csv
from annotator.export.parquet import write_parquet
from annotator.export.tables import TABLES, rows_of
from annotator.export.xlsx import write_xlsx

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from annotator.export.tables import Cell

Rows = dict[str, list[tuple["Cell", ...]]]

ARMED = [
    *("=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://a.example")'),
    *("\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "\u3000=1", "\u200b=1", "\u200f=1", "\ufeff=1"),
    *("＝1+1", "＋1", "－1", "＠A1", "−1", "'=1", "''", "'"),
]
"""Texts that a spreadsheet would take for a formula, or strip of what is before it."""

hostile_text = st.one_of(
    st.sampled_from(ARMED),
    st.text(max_size=40),
    st.text(st.characters(exclude_categories=["Cs"], max_codepoint=0x200), max_size=20),
    mixed_text,
    st.sampled_from(
        ["_x000D_", "_x005F_", "a_x0041_b", "NA", "nan", "1e5", "TRUE", " ", "", "a\r\nb"]
    ),
)


def made_of(text: str, name: str = "n") -> AnnotatedDocument:
    """Return a document of one paragraph whose texts are anything at all."""
    paragraph = Paragraph(0, 0, len(text), text, "und", "body", locator=text[:20] or None)
    return AnnotatedDocument(
        Document(id=name, source=text, text=text),
        "und",
        (AnnotatedParagraph(paragraph, (), "too short"),),
    )


def expected_rows(documents_: list[AnnotatedDocument]) -> Rows:
    rows: Rows = {table: [] for table in TABLES}
    for document in documents_:
        for table, row in rows_of(document):
            rows[table].append(row)
    return rows


def written(write: object, count: int, documents_: list[AnnotatedDocument]) -> list[bytes]:
    streams = [io.BytesIO() for _ in range(count)]
    assert write(documents_, streams, {}) == len(documents_)  # type: ignore[operator]
    return [stream.getvalue() for stream in streams]


def read_csv_back(data: Mapping[str, bytes]) -> Rows:
    """Read CSV by the documented rule: one apostrophe off, empty is nothing, columns have kinds."""
    rows: Rows = {}
    for table, content in data.items():
        reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        assert next(reader) == [column.name for column in TABLES[table]]
        rows[table] = [
            tuple(typed(cell, column.kind) for cell, column in zip(row, TABLES[table], strict=True))
            for row in reader
        ]
    return rows


def typed(cell: str, kind: str) -> Cell:
    if kind == "text":
        return restore_text(cell)
    if not cell:
        return None
    if kind == "boolean":
        return cell == "TRUE"
    return int(cell) if kind == "integer" else float(cell)


def without_none(rows: Rows) -> Rows:
    """Return rows as formats have them that do not tell an empty text from none."""
    return {
        table: [
            tuple(
                "" if value is None and column.kind == "text" else value
                for value, column in zip(row, TABLES[table], strict=True)
            )
            for row in of_table
        ]
        for table, of_table in rows.items()
    }


# Cells


@given(text=hostile_text)
@example(text="'=1")
def test_a_disarmed_text_comes_back_and_begins_with_nothing_that_acts(text: str) -> None:
    cell = disarm_text(text)
    assert restore_text(cell) == text
    assert not re.match(r"[\s\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠−]", cell)
    assert not cell.startswith(("\t", "\r", "\n"))


@given(text=hostile_text)
def test_an_escaped_text_comes_back_and_xml_can_hold_it(text: str) -> None:
    cell = escape_text(text)
    assert restore_escapes(cell) == text
    assert not re.search("[\x00-\x08\x0b-\x1f\ufffe\uffff]", cell)


@given(text=hostile_text, longest=st.integers(8, 20))
def test_pieces_of_a_text_fit_and_are_the_text(text: str, longest: int) -> None:
    pieces = list(cut_text(escape_text(text), longest))
    assert all(len(piece.encode("utf-16-le")) // 2 <= longest for piece in pieces)
    assert "".join(map(restore_escapes, pieces)) == text


# Round trips


@given(texts=st.lists(hostile_text, min_size=1, max_size=3))
@settings(max_examples=30)
def test_any_text_comes_back_from_csv(texts: list[str]) -> None:
    made = [made_of(text, f"d{n}") for n, text in enumerate(texts)]
    data = dict(zip(TABLES, written(write_csv, len(TABLES), made), strict=True))
    assert read_csv_back(data) == without_none(expected_rows(made))


@given(texts=st.lists(hostile_text, min_size=1, max_size=3))
@settings(max_examples=30)
def test_any_text_comes_back_from_parquet(texts: list[str]) -> None:
    made = [made_of(text, f"d{n}") for n, text in enumerate(texts)]
    rows = expected_rows(made)
    files = dict(zip(TABLES, written(write_parquet, len(TABLES), made), strict=True))
    for table, data in files.items():
        read = pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist()
        names = [column.name for column in TABLES[table]]
        assert [tuple(row[name] for name in names) for row in read] == rows[table]


def read_xlsx_back(data: bytes) -> Rows:
    """Read a workbook by the documented rule: escapes undone, parts of a row joined."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    rows: Rows = {}
    for table, columns in TABLES.items():
        joined: list[list[Cell]] = []
        for sheet in [s for s in book.worksheets if s.title.split(" ")[0] == table]:
            for cells in islice(sheet.iter_rows(), 1, None):
                assert {cell.data_type for cell in cells if cell.value is not None} <= {
                    "s",
                    "n",
                    "b",
                }
                *values, part = [cell.value for cell in cells]
                texts = [restore_escapes(v) if isinstance(v, str) else v for v in values]
                if part == 1:
                    joined.append(texts)
                    continue
                for position, (whole, piece) in enumerate(zip(values, texts, strict=True)):
                    before = joined[-1][position]
                    if isinstance(piece, str) and isinstance(before, str) and len(before) > 1000:
                        joined[-1][position] = before + piece
                    assert whole is not None or columns[position].kind == "text" or before is None
        rows[table] = [
            tuple(
                "" if v is None and c.kind == "text" else v for v, c in zip(r, columns, strict=True)
            )
            for r in joined
        ]
    return rows


@given(texts=st.lists(hostile_text, min_size=1, max_size=3))
@settings(max_examples=30)
@example(texts=["a\r\nb\rc\x00\x0b\ufffe", " leading", "trailing \n", "_x000D_"])
def test_any_text_comes_back_from_xlsx(texts: list[str]) -> None:
    made = [made_of(text, f"d{n}") for n, text in enumerate(texts)]
    (data,) = written(write_xlsx, 1, made)
    assert read_xlsx_back(data) == without_none(expected_rows(made))


@given(text=documents)
@settings(max_examples=15)
def test_labels_and_evidence_come_back_from_all_three(annotator: Annotator, text: str) -> None:
    annotated = [annotator.annotate(text)]
    rows = without_none(expected_rows(annotated))
    files = dict(zip(TABLES, written(write_csv, len(TABLES), annotated), strict=True))
    assert read_csv_back(files) == rows
    assert read_xlsx_back(written(write_xlsx, 1, annotated)[0]) == rows
    for start, end, shown in ((row[3], row[4], row[8]) for row in rows["evidence"]):
        assert isinstance(start, int)
        assert isinstance(end, int)
        assert text[start:end] == shown


# Excel's limits


@pytest.mark.parametrize("character", ["a", "数", "😀", "\x01"])
def test_a_text_longer_than_a_cell_goes_on_in_further_rows(character: str) -> None:
    text = character * (LONGEST_CELL * 2 + 5)
    made = [made_of(text)]
    (data,) = written(write_xlsx, 1, made)
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["paragraphs"]
    cells = [row[10] for row in islice(sheet.values, 1, None)]
    assert all(len(str(cell).encode("utf-16-le")) // 2 <= LONGEST_CELL for cell in cells)
    assert "".join(restore_escapes(str(cell)) for cell in cells) == text
    assert [row[-1] for row in islice(sheet.values, 1, None)] == list(range(1, len(cells) + 1))
    assert {row[:2] for row in islice(sheet.values, 1, None)} == {("n", 0)}


def test_a_sheet_that_is_full_goes_on_in_another(
    annotated_seeds: dict[str, AnnotatedDocument],
) -> None:
    stream = io.BytesIO()
    write_xlsx(annotated_seeds.values(), [stream], {}, most_rows=50)
    book = openpyxl.load_workbook(stream)
    assert all(sheet.max_row <= 50 for sheet in book.worksheets)
    assert {"evidence", "evidence 2"} <= set(book.sheetnames)
    sheets = [sheet for sheet in book.worksheets if sheet.title.startswith("evidence")]
    rows = [row[:-1] for sheet in sheets for row in islice(sheet.values, 1, None)]
    assert rows == expected_rows(list(annotated_seeds.values()))["evidence"]
    assert {next(sheet.values)[0] for sheet in sheets} == {"document"}


# Files


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Path:
    """Return a folder with a corpus exported as all kinds of tables."""
    folder = tmp_path_factory.mktemp("tables")
    armed = folder / "in"
    armed.mkdir()
    (armed / "=1+1.txt").write_text(
        "=HYPERLINK(1) SDG 4: the ministry trains teachers in rural schools", encoding="utf-8"
    )
    for name in ("csv", "xlsx", "parquet"):
        finished = run("export", armed, seeds, "--format", name, "-o", folder / f"سجل.{name}")
        assert finished.status == 0, finished.stderr
        assert ("wrote سجل-documents." in finished.stderr) == (name != "xlsx")
    return folder


def test_tables_are_a_file_each_and_a_workbook_is_one(folder: Path) -> None:
    names = {path.name for path in folder.iterdir() if path.is_file()}
    assert names == {
        "سجل.xlsx",
        *(f"سجل-{table}.{ending}" for table in TABLES for ending in ("csv", "parquet")),
    }


@pytest.mark.parametrize("table", TABLES)
def test_pandas_reads_the_same_table_from_all_three(folder: Path, table: str) -> None:
    parquet = pd.read_parquet(folder / f"سجل-{table}.parquet")
    book = pd.read_excel(folder / "سجل.xlsx", sheet_name=table, keep_default_na=False)
    text = {column.name: str for column in TABLES[table] if column.kind == "text"}
    plain = pd.read_csv(folder / f"سجل-{table}.csv", keep_default_na=False, dtype=text)
    assert list(plain.columns) == list(parquet.columns) == list(book.columns)[:-1]
    assert len(plain) == len(parquet) == len(book) > 0
    for column in TABLES[table]:
        if column.kind == "text":
            wanted = list(parquet[column.name].fillna(""))
            assert [restore_text(cell) for cell in plain[column.name]] == wanted
            assert [restore_escapes(str(cell)) for cell in book[column.name]] == wanted
        elif column.kind == "number":
            assert list(plain[column.name]) == list(parquet[column.name]) == list(book[column.name])


def test_csv_begins_with_a_mark_that_tells_excel_its_encoding(folder: Path) -> None:
    data = (folder / "سجل-documents.csv").read_bytes()
    assert data.startswith(b'\xef\xbb\xbf"document"')
    assert data.endswith(b"\r\n")


def test_a_libreoffice_that_opens_the_files_finds_texts_and_no_formula(
    folder: Path, tmp_path: Path
) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    for name in ("سجل-paragraphs.csv", "سجل.xlsx"):
        target = tmp_path / name.replace(".", "-")
        # 44,34,76: comma, double quote, UTF-8; formulas are evaluated where the file has any.
        opened = ("--infilter=CSV:44,34,76,1,,0,false,true",) if name.endswith(".csv") else ()
        subprocess.run(
            [
                *(office, "--headless", f"-env:UserInstallation=file://{tmp_path}/office", *opened),
                *("--convert-to", "fods", "--outdir", str(target), str(folder / name)),
            ],
            check=True,
            capture_output=True,
            timeout=180,
        )
        (converted,) = target.iterdir()
        content = converted.read_text(encoding="utf-8")
        assert "HYPERLINK" in content
        # LibreOffice keeps a truth value as the formula TRUE().
        formulas = set(re.findall(r'table:formula="([^"]*)"', content))
        assert formulas <= {"of:=TRUE()", "of:=FALSE()"}
        assert "القمة" in content or "مدن" in content


def test_a_workbook_has_no_formula_and_no_time_of_its_own(folder: Path) -> None:
    with zipfile.ZipFile(folder / "سجل.xlsx") as archive:
        for name in archive.namelist():
            assert b"<f>" not in archive.read(name)
        assert {member.date_time[0] for member in archive.infolist()} == {1980}


@pytest.mark.parametrize("name", ["csv", "parquet"])
def test_tables_need_a_name(name: str, seeds: Path) -> None:
    finished = run("export", seeds, "--format", name)
    assert finished.status == 2
    assert f"-o labels.{name}" in finished.stderr
    with pytest.raises(UsageError):
        write_export([], name, None, {})
