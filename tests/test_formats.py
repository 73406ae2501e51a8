"""Every format gives the text somebody wrote, in order, each paragraph with its place."""

from __future__ import annotations

import io
import json
import re
import zipfile
from email.message import EmailMessage
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docx
import openpyxl
import pandas as pd
import pptx
import pytest
from commands import run
from docx.oxml import parse_xml
from hostile import plain_docx, zipped
from hypothesis import given, settings, strategies as st
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml as parse_slide_xml
from pptx.util import Emu
from report_texts import TEXTS
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph as Flowing, SimpleDocTemplate

from annotator.errors import InputWarning, RowError, UnreadableInputError
from annotator.readers import ReadingOptions, read_documents
from annotator.readers.pdf.lines import Line, measure_columns
from annotator.readers.pdf.paragraphs import rebuild_paragraphs, without_furniture
from annotator.segment import Segmenter

if TYPE_CHECKING:
    from pptx.slide import Slide

    from annotator import Document, Paragraph, Taxonomy
    from annotator.errors import InputError

FILES = Path(__file__).parent / "files"
LANGUAGES = sorted(TEXTS)
NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def read(
    *paths: Path, options: ReadingOptions | None = None
) -> tuple[list[Document], list[InputError]]:
    """Read files; return the documents and what was said of the rest."""
    errors: list[InputError] = []
    return list(read_documents(paths, errors.append, options)), errors


@cache
def shipped() -> dict[str, Document]:
    """Return the test files that hold one document each, read once."""
    paths = [path for path in sorted(FILES.glob("*-*.*")) if path.suffix != ".xlsx"]
    return {Path(document.source).name: document for document in read(*paths)[0]}


def read_one(path: Path) -> Document:
    """Read a file that holds one document and leaves nothing to say."""
    if path.parent == FILES:
        return shipped()[path.name]
    (document,), errors = read(path)
    assert errors == []
    return document


def blocks(document: Document) -> list[str]:
    """Return the paragraphs of a document without white space, which no format keeps."""
    return [squeezed(block) for block in document.text.split("\n\n")]


def squeezed(text: str) -> str:
    """Leave out white space."""
    return "".join(text.split())


def locators(document: Document) -> dict[str, str]:
    """Return where each paragraph stands, as the segmenter will say it."""
    starts = [place.start for place in document.places]
    found = {}
    position = 0
    for block in document.text.split("\n\n"):
        before = [place for place in document.places if place.start <= position]
        found[squeezed(block)] = before[-1].locator if before else ""
        position += len(block) + 2
    assert starts == sorted(set(starts))
    return found


def assert_in_order(document: Document, expected: list[str]) -> None:
    """Check that paragraphs stand in a document, in order, however they are cut."""
    text = squeezed(document.text)
    place = 0
    for paragraph in expected:
        found = text.find(squeezed(paragraph), place)
        assert found >= 0, paragraph
        place = found + len(squeezed(paragraph))


# Files from LibreOffice and Chromium


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("suffix", ["docx", "odt", "epub", "rtf"])
def test_a_text_from_libreoffice_is_read_whole_and_in_order(suffix: str, language: str) -> None:
    text = TEXTS[language]
    document = read_one(FILES / f"libreoffice-{language}.{suffix}")
    assert_in_order(document, list(text.paragraphs))
    if suffix != "rtf":  # cells of a row stand in one line there, and notes are left out
        assert [p for p in text.paragraphs if squeezed(p) not in blocks(document)] == []
        assert squeezed(text.note) in squeezed(document.text)
    else:
        assert squeezed(text.opening) in blocks(document)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("producer", ["libreoffice", "chromium"])
def test_a_pdf_gives_the_paragraphs_that_were_set_in_two_columns(
    producer: str, language: str
) -> None:
    text = TEXTS[language]
    document = read_one(FILES / f"{producer}-{language}.pdf")
    assert_in_order(document, [text.title, text.opening])
    assert_in_order(document, [text.title, *text.columns[:-1]])
    assert_in_order(
        document, [text.opening, *(cell for row in text.table for cell in row[1:2])][:2]
    )
    assert_in_order(document, [text.opening, text.closing])
    whole = [p for p in (text.title, text.opening, text.closing) if squeezed(p) in blocks(document)]
    assert whole == [text.title, text.opening, text.closing]
    found = squeezed(document.text)
    assert found.count(squeezed(text.note)) == 1
    for furniture in (text.header, text.footer):
        assert squeezed(furniture) not in found
    assert "\u00ad" not in document.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("producer", ["libreoffice", "chromium"])
def test_three_columns_of_a_pdf_are_read_one_after_the_other(producer: str, language: str) -> None:
    text = TEXTS[language]
    document = read_one(FILES / "three-columns" / f"{producer}-{language}.pdf")
    found = squeezed(document.text)
    parts = [text.title, text.opening, *text.columns]
    begins = [found.find(squeezed(part)[:15]) for part in parts]
    assert -1 not in begins
    assert begins == sorted(begins)
    # Nothing of the next column stands between two lines of one.
    whole = [part for part in text.columns if squeezed(part) in found]
    assert len(whole) >= len(text.columns) - 1
    assert squeezed(text.header) not in found


@pytest.mark.parametrize("gap", [2.5, 5, 12, 20])
@pytest.mark.parametrize(
    "font", ["Helvetica", "Helvetica-Bold", "Times-Roman", "Times-BoldItalic", "Courier"]
)
def test_cells_of_a_font_whose_widths_the_file_does_not_tell_are_no_single_word(
    font: str, gap: float, tmp_path: Path
) -> None:
    rows = (
        ("Project", "Budget", "État des travaux"),
        ("Telemedicine in villages", "USD 40,000", "Completed in 2023"),
    )
    path = tmp_path / "a.pdf"
    canvas = Canvas(str(path))
    canvas.setFont(font, 10)
    for number, row in enumerate(rows):
        left = 50.0
        for cell in row:
            canvas.drawString(left, 700 - 12 * number, cell)
            left += canvas.stringWidth(cell, font, 10) + gap
    # A word that is drawn in pieces stays one.
    canvas.drawString(50, 500, "Broad")
    canvas.drawString(50 + canvas.stringWidth("Broad", font, 10), 500, "band")
    canvas.save()
    words = read_one(path).text.split()
    assert words == [word for row in rows for cell in row for word in cell.split()] + ["Broadband"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_paragraphs_of_a_pdf_are_whole_though_columns_and_pages_part_them(
    language: str,
) -> None:
    expected = [squeezed(paragraph) for paragraph in TEXTS[language].columns]
    for producer in ("libreoffice", "chromium"):
        found = blocks(read_one(FILES / f"{producer}-{language}.pdf"))
        assert len([paragraph for paragraph in expected if paragraph in found]) >= 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paragraph_of_a_pdf_is_found_on_its_page(language: str) -> None:
    document = read_one(FILES / f"libreoffice-{language}.pdf")
    found = locators(document)
    assert found[squeezed(TEXTS[language].title)] == "page 1"
    assert found[squeezed(TEXTS[language].closing)] in ("page 2", "page 3")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("suffix", ["pptx", "odp"])
def test_slides_are_read_with_tables_and_notes(suffix: str, language: str) -> None:
    text = TEXTS[language]
    document = read_one(FILES / f"libreoffice-{language}.{suffix}")
    found = locators(document)
    assert found[squeezed(text.title)] == "slide 1"
    assert found[squeezed(text.opening)] == "slide 1"
    assert found[squeezed(text.note)] == "slide 1, notes"
    assert found[squeezed(text.closing)] == "slide 2"
    assert [found[squeezed(cell)] for row in text.table for cell in row] == ["slide 2"] * 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workbook_from_libreoffice_gives_a_document_a_row(language: str) -> None:
    path = FILES / f"libreoffice-{language}.xlsx"
    found, errors = read(path)
    assert errors == []
    assert [document.text for document in found] == list(TEXTS[language].columns)
    assert [document.id for document in found] == ["1", "2", "3", "4", "5"]
    sheet = f"libreoffice-{language}"
    assert [document.places[0].locator for document in found] == [
        f"{sheet}!B{row}" for row in range(2, 7)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_that_a_browser_saved_with_its_pictures_is_read(language: str) -> None:
    text = TEXTS[language]
    document = read_one(FILES / f"chromium-{language}.mht")
    found = squeezed(document.text).replace("\u00ad", "")
    assert squeezed(text.opening) in found
    assert all(squeezed(paragraph) in found for paragraph in text.columns)
    assert "document.title" not in document.text


# Files from other makers


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_document_from_python_docx_is_read_in_order(language: str, tmp_path: Path) -> None:
    text = TEXTS[language]
    source = docx.Document()
    source.sections[0].header.paragraphs[0].text = text.header
    source.sections[0].footer.paragraphs[0].text = text.footer
    source.add_heading(text.title, 1)
    source.add_paragraph(text.opening)
    table = source.add_table(len(text.table), 2)
    for row, contents in zip(table.rows, text.table, strict=True):
        for cell, content in zip(row.cells, contents, strict=True):
            cell.text = content
    source.add_paragraph(text.closing)
    path = tmp_path / "a.docx"
    source.save(str(path))
    document = read_one(path)
    cells = [cell for row in text.table for cell in row]
    expected = [text.header, text.title, text.opening, *cells, text.closing, text.footer]
    assert blocks(document) == [squeezed(paragraph) for paragraph in expected]
    assert locators(document)[squeezed(text.opening)] == f"section {text.title}"


def test_nothing_that_a_word_document_shows_is_lost_and_nothing_deleted_comes_back(
    tmp_path: Path,
) -> None:
    source = docx.Document()
    for xml in (
        f"<w:sdt {NAMESPACE}><w:sdtContent><w:p><w:r><w:t>form field</w:t></w:r></w:p></w:sdtContent></w:sdt>",
        (
            f"<w:p {NAMESPACE}><w:ins><w:r><w:t>inserted </w:t></w:r></w:ins><w:del><w:r><w:delText>deleted"
            "</w:delText></w:r></w:del><w:r><w:t>words</w:t></w:r></w:p>"
        ),
        (
            f"<w:p {NAMESPACE}><w:r><w:t>above</w:t></w:r><w:r><w:txbxContent><w:p><w:r><w:t>in a box</w:t>"
            "</w:r></w:p></w:txbxContent></w:r></w:p>"
        ),
        f"<w:p {NAMESPACE}><w:r><w:t>first page</w:t></w:r><w:r><w:lastRenderedPageBreak/></w:r></w:p>",
        f"<w:p {NAMESPACE}><w:r><w:t>second page</w:t></w:r></w:p>",
    ):
        source.element.body.insert(len(source.element.body) - 1, parse_xml(xml))
    path = tmp_path / "a.docx"
    source.save(str(path))
    document = read_one(path)
    assert document.text.split("\n\n") == [
        "form field",
        "inserted words",
        "above",
        "in a box",
        "first page",
        "second page",
    ]
    assert locators(document)["secondpage"] == "page 2"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_presentation_from_python_pptx_is_read(language: str, tmp_path: Path) -> None:
    text = TEXTS[language]
    source = pptx.Presentation()
    slide = source.slides.add_slide(source.slide_layouts[1])
    slide.shapes.title.text = text.title
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, 99, 99).text_frame.text = text.opening
    slide.notes_slide.notes_text_frame.text = text.closing
    path = tmp_path / "a.pptx"
    source.save(str(path))
    assert locators(read_one(path)) == {
        squeezed(text.title): "slide 1",
        squeezed(text.opening): "slide 1",
        squeezed(text.closing): "slide 1, notes",
    }


def add_diagram(slide: Slide, *texts: str) -> None:
    """Add a diagram, as SmartArt makes it: a frame on the slide, the words in another part."""
    dgm = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
    a = "http://schemas.openxmlformats.org/drawingml/2006/main"
    points = "".join(
        f'<dgm:pt modelId="{number}"><dgm:t><a:bodyPr/><a:p><a:r><a:t>{text[:9]}</a:t></a:r>'
        f"<a:r><a:t>{text[9:]}</a:t></a:r></a:p></dgm:t></dgm:pt>"
        for number, text in enumerate(texts, 1)
    )
    model = (
        f'<dgm:dataModel xmlns:dgm="{dgm}" xmlns:a="{a}"><dgm:ptLst>'
        f'<dgm:pt modelId="0" type="doc"/>{points}</dgm:ptLst></dgm:dataModel>'
    )
    package = slide.part.package
    part = Part(
        PackURI("/ppt/diagrams/data1.xml"),
        "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml",
        package,
        model.encode(),
    )
    r = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relation = slide.part.relate_to(part, f"{r}/diagramData")
    table = slide.shapes.add_table(1, 1, *[Emu(99)] * 4)
    data = table.element.xpath(".//a:graphicData")[0]
    data.clear()
    data.set("uri", dgm)
    data.append(parse_slide_xml(f'<dgm:relIds xmlns:dgm="{dgm}" xmlns:r="{r}" r:dm="{relation}"/>'))


@pytest.mark.parametrize("kind", ["COLUMN_CLUSTERED", "LINE", "PIE", "XY_SCATTER"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_charts_and_diagrams_are_read(
    language: str, kind: str, tmp_path: Path
) -> None:
    text = TEXTS[language]
    source = pptx.Presentation()
    source.slides.add_slide(source.slide_layouts[6])
    slide = source.slides.add_slide(source.slide_layouts[6])
    name = "国际电联 الاتحاد ITU"
    names = ["学校 مدارس", "ШКОЛЫ"]
    data: Any
    if kind == "XY_SCATTER":
        data, names = XyChartData(), []  # type: ignore[no-untyped-call] # typed only in part
        data.add_series(name).add_data_point(1, 2)
    else:
        data = CategoryChartData()  # type: ignore[no-untyped-call] # typed only in part
        data.categories = [*names, "2024"]
        data.add_series(name, (1, 2, 3))
    chart = slide.shapes.add_chart(getattr(XL_CHART_TYPE, kind), 0, 0, 99, 99, data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = text.title
    axes = []
    if kind != "PIE":
        axes = ["Share, %"]
        chart.value_axis.axis_title.text_frame.text = axes[0]
    add_diagram(slide, text.opening, text.closing)
    path = tmp_path / "a.pptx"
    source.save(str(path))
    document = read_one(path)
    expected = [text.title, *axes, *names, name, text.opening, text.closing]
    assert list(map(squeezed, document.text.split("\n\n"))) == list(map(squeezed, expected))
    found = locators(document)
    assert found[squeezed(text.title)] == "slide 2, chart"
    assert found[squeezed(text.closing)] == "slide 2, diagram"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("suffix", ["xlsx", "parquet", "csv", "jsonl"])
def test_the_column_of_texts_can_be_chosen(suffix: str, language: str, tmp_path: Path) -> None:
    text = TEXTS[language]
    frame = pd.DataFrame({"id": ["a", "b"], "النص 文本": [text.opening, text.closing], "x": [1, 2]})
    path = tmp_path / f"t.{suffix}"
    if suffix == "xlsx":
        frame.to_excel(path, index=False)
    elif suffix == "parquet":
        frame.to_parquet(path)
    elif suffix == "csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_json(path, orient="records", lines=True)
    found, errors = read(path, options=ReadingOptions(text_column="النص 文本"))
    assert errors == []
    assert [(d.id, d.text) for d in found] == [("a", text.opening), ("b", text.closing)]
    expected = {"xlsx": "Sheet1!B3", "parquet": "row 2", "csv": "row 3"}
    assert [place.locator for place in found[1].places] == (
        [expected[suffix]] if suffix in expected else []
    )


@pytest.mark.parametrize("suffix", ["xlsx", "parquet", "csv"])
def test_a_table_without_the_column_names_those_it_has(suffix: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({"الاسم": ["a"], "描述": ["b"]})
    path = tmp_path / f"t.{suffix}"
    {"xlsx": frame.to_excel, "parquet": frame.to_parquet, "csv": frame.to_csv}[suffix](path)  # type: ignore[operator]
    found, (error,) = read(path)
    assert found == []
    assert "text" in error.what
    assert "--text-column" in error.hint
    assert "الاسم" in error.hint
    assert "描述" in error.hint


def test_sheets_without_the_column_are_named_and_empty_cells_are_rows_without_text(
    tmp_path: Path,
) -> None:
    workbook = openpyxl.Workbook()
    first = workbook.active
    first.title = "数据"
    for row in ([], ["text", "lang"], ["=1+1", "ar"], ["", "en"], [None, "fr"], ["SDG 4", None]):
        first.append(row)
    workbook.create_sheet("Notes").append(["about"])
    path = tmp_path / "t.xlsx"
    workbook.save(path)
    found, errors = read(path)
    assert [(d.text, d.places[0].locator) for d in found] == [("SDG 4", "数据!A6")]
    assert [type(error) for error in errors] == [RowError, RowError, RowError, InputWarning]
    assert errors[0].where == f"{path}:数据!A3"  # a formula that nobody has calculated
    assert "Notes" in errors[-1].what


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_is_read_with_its_attachments(language: str, tmp_path: Path) -> None:
    text = TEXTS[language]
    message = EmailMessage()
    message["Subject"] = text.title
    message.set_content(text.opening + "\r\n")
    message.add_alternative(f"<p>only for browsers</p><p>{text.opening}</p>", subtype="html")
    message.add_attachment(
        plain_docx(text.closing),
        maintype="application",
        subtype="octet-stream",
        filename="报告 نص.docx",
    )
    message.add_attachment(
        (FILES / f"libreoffice-{language}.pdf").read_bytes(),
        maintype="application",
        subtype="pdf",
        filename="a.pdf",
    )
    inner = EmailMessage()
    inner["Subject"] = "Fwd"
    inner.set_content("SDG 5 and SDG 9")
    message.add_attachment(inner)
    path = tmp_path / "m.eml"
    path.write_bytes(message.as_bytes())
    (body, attached, printed, forwarded), errors = read(path)
    assert errors == []
    assert (body.id, body.text) == (str(path), f"{text.title}\n\n{text.opening}")
    assert (attached.id, attached.text) == (f"{path}!报告 نص.docx", text.closing)
    assert attached.places[0].locator == "attachment 报告 نص.docx"
    assert printed.places[0].locator == "attachment a.pdf, page 1"
    assert forwarded.text == "Fwd\n\nSDG 5 and SDG 9"


def test_a_message_without_plain_text_is_read_from_its_page(tmp_path: Path) -> None:
    message = EmailMessage()
    message["Subject"] = "数字"
    message.set_content("<script>x()</script><h1>النطاق</h1><p>الصحة<br>للجميع</p>", subtype="html")
    path = tmp_path / "m.eml"
    path.write_bytes(message.as_bytes())
    assert read_one(path).text == "数字\n\nالنطاق\n\nالصحة\n\nللجميع"


def test_each_member_of_an_archive_is_a_document_and_bad_ones_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    members: dict[str, bytes | str] = {
        "b/تقرير.docx": plain_docx("الصحة للجميع"),
        "b/bad.pdf": b"%PDF-1.4 no more",
        "a.txt": "数字经济",
        "t.csv": "id,text\nx,SDG 4\n",
        "inner.zip": zipped({"c.md": "SDG 9"}),
        "photo.png": b"\x89PNG",
        ".hidden.txt": "no",
        "__MACOSX/a.txt": "no",
    }
    path.write_bytes(zipped(members))
    found, errors = read(path)
    assert [document.id.removeprefix(str(path)) for document in found] == [
        "!a.txt",
        "!b/تقرير.docx",
        "!inner.zip!c.md",
        "x",
    ]
    assert [error.where for error in errors] == [f"{path}!b/bad.pdf"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "cp1256"])
def test_names_in_an_archive_are_read_in_the_encoding_of_its_maker(
    encoding: str, tmp_path: Path
) -> None:
    names = {
        "utf-8": ["数字经济报告.txt", "تقرير.txt"],
        "gb18030": ["数字经济发展报告.txt", "网络安全与信息化建设.txt"],
        "cp1256": ["تقرير التنمية الرقمية.txt", "الصحة الإلكترونية في المدارس.txt"],
    }[encoding]
    data = zipped(
        {f"{number}" * len(name.encode(encoding)): name for number, name in enumerate(names)}
    )
    for number, name in enumerate(names):
        raw = name.encode(encoding)
        data = data.replace(f"{number}".encode() * len(raw), raw)
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    found, errors = read(path)
    assert errors == []
    assert sorted(document.id.rpartition("!")[2] for document in found) == sorted(names)


@pytest.mark.parametrize("suffix", ["docx", "pdf", "odt", "epub", "pptx", "rtf"])
def test_a_file_is_read_as_what_it_is_whatever_its_name_says(suffix: str, tmp_path: Path) -> None:
    (original,) = FILES.glob(f"*-ar.{suffix}") if suffix != "pdf" else FILES.glob("lib*-ar.pdf")
    paths = [tmp_path / f"a.{wrong}" for wrong in ("txt", "csv", "xlsx", "zip")]
    for path in paths:
        path.write_bytes(original.read_bytes())
    found, errors = read(*paths)
    assert all(squeezed(TEXTS["ar"].title) in squeezed(document.text) for document in found)
    assert [error.where for error in errors] == [str(path) for path in paths]
    assert {type(error) for error in errors} == {InputWarning}


def test_any_format_is_read_from_standard_input() -> None:
    data = (FILES / "libreoffice-zh.docx").read_bytes()
    finished = run("export", "-", stdin=data)
    assert (finished.status, finished.stderr) == (0, "")
    assert json.loads(finished.stdout)["paragraphs"][1]["text"] == TEXTS["zh"].title


def test_the_command_line_shows_where_a_paragraph_stands() -> None:
    finished = run(
        "report",
        FILES / "libreoffice-ar.pdf",
        "--detail",
        "paragraphs",
        "--no-color",
        "--width",
        "80",
    )
    assert (finished.status, finished.stderr) == (0, "")
    assert re.search(r"¶ 0 .* page 1\s", finished.stdout)
    assert re.search(r"¶ \d+ .* page 2\s", finished.stdout)


def test_a_locator_from_a_document_does_not_act_on_the_terminal(tmp_path: Path) -> None:
    source = docx.Document()
    source.add_heading("Broadband \u202eevil", 1)
    source.add_paragraph("Telemedicine reaches the villages.")
    path = tmp_path / "a.docx"
    source.save(str(path))
    finished = run("report", path, "--detail", "paragraphs", "--no-color")
    assert finished.status == 0
    assert "\u202e" not in finished.stdout


def test_the_column_and_the_time_are_chosen_on_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,body\n1,SDG 4\n", encoding="utf-8")
    assert run("export", path).status == 3
    finished = run("export", path, "--text-column", "body", "--timeout", "5")
    assert json.loads(finished.stdout)["paragraphs"][0]["locator"] == "row 2"


# Text layers that cannot be trusted


def canvas(draw: list[list[str]], picture: Path | None = None) -> bytes:
    """Return a PDF with lines of text on each page; a page without lines has a picture."""
    stream = io.BytesIO()
    page = Canvas(stream, pagesize=(300, 300))
    for lines in draw:
        if not lines and picture is not None:
            page.drawImage(str(picture), 10, 10, 200, 200)
        for number, line in enumerate(lines):
            page.drawString(20, 250 - 14 * number, line)
        page.showPage()
    page.save()
    return stream.getvalue()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """Return a small picture."""
    path = tmp_path / "p.ppm"
    path.write_bytes(b"P6 2 2 255\n" + bytes(12))
    return path


def test_a_scanned_pdf_gives_no_document_and_says_what_to_try(
    tmp_path: Path, picture: Path
) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(canvas([[], []], picture))
    found, (error,) = read(path)
    assert found == []
    assert isinstance(error, UnreadableInputError)
    assert "no text layer" in error.what
    assert "ocrmypdf" in error.hint


def test_paragraphs_are_whole_in_the_fonts_whose_widths_a_file_need_not_tell(
    tmp_path: Path,
) -> None:
    for font in ("Helvetica", "Times-Roman", "Courier"):
        style = ParagraphStyle("text", fontName=font, spaceAfter=8)
        path = tmp_path / f"{font}.pdf"
        flow = [Flowing(paragraph, style) for paragraph in TEXTS["en"].paragraphs]
        SimpleDocTemplate(str(path)).build(flow)
        found = blocks(read_one(path))
        expected = [squeezed(paragraph) for paragraph in TEXTS["en"].paragraphs]
        assert len([paragraph for paragraph in expected if paragraph in found]) >= 12


def test_scanned_pages_are_left_out_with_a_warning_that_costs_no_status(
    tmp_path: Path, picture: Path
) -> None:
    path = tmp_path / "partly.pdf"
    text = ["Broadband networks reach all villages (SDG 9)."]
    path.write_bytes(canvas([text, [], ["Telemedicine helps the hospitals."], []], picture))
    (document,), (error,) = read(path)
    assert isinstance(error, InputWarning)
    assert error.what.startswith("pages 2, 4 are left out")
    assert locators(document)["Telemedicinehelpsthehospitals."] == "page 3"
    finished = run("export", path)
    assert finished.status == 0
    assert finished.stderr.startswith(f"annotator: warning: {path}: pages 2, 4 are left out")


def test_an_arabic_text_layer_in_reverse_is_refused() -> None:
    found, (error,) = read(FILES / "reversed-ar.pdf")
    assert found == []
    assert isinstance(error, UnreadableInputError)
    assert "backwards" in error.what


def test_fonts_that_do_not_say_what_they_show_are_refused() -> None:
    found, (error,) = read(FILES / "unmapped.pdf")
    assert found == []
    assert "do not say which characters" in error.what


# Paragraphs from lines


def line(text: str, *, left: float = 50, right: float = 450, top: float = 0, page: int = 1) -> Line:
    """Return a line as the PDF reader makes them."""
    return Line(text, left, right, 700 - top, 10, int(top), page, right_to_left=False)


def test_a_hyphen_goes_or_stays_by_how_the_word_is_written_elsewhere() -> None:
    texts = [
        "the infra-",
        "structure and the long-",
        "term plan, the long-term goal, COVID-",
        "19 and e-",
        "learning",
    ]
    lines = measure_columns([line(text, top=12 * n) for n, text in enumerate(texts)])
    (block,) = rebuild_paragraphs([lines])
    assert (
        block.text
        == "the infrastructure and the long-term plan, the long-term goal, COVID-19 and e-learning"
    )


def test_an_item_of_a_list_is_one_paragraph_though_its_first_line_is_short() -> None:
    lines = [
        line("• Broadband for", left=50, right=130),
        line("all remote villages", left=60, right=440, top=12),
        line("• Telemedicine", left=50, right=120, top=24),
    ]
    found = [block.text for block in rebuild_paragraphs([measure_columns(lines)])]
    assert found == ["• Broadband for all remote villages", "• Telemedicine"]


def test_headers_with_changing_numbers_go_and_text_that_repeats_elsewhere_stays() -> None:
    pages = [
        [
            line(f"Chapter 2 – page {number}", top=0, page=number),
            line(f"Text of page {number} about broadband", top=100 + 20 * number, page=number),
            line("Source: ITU", top=130 + 20 * number, page=number),
            *(
                line(f"{word} text about {word}", top=300 + 30 * row, page=number)
                for row, word in enumerate(words)
            ),
            line(f"– {number} –", top=600, page=number),
        ]
        for number, words in enumerate(zip("abcde", "fghij", "klmno", strict=True), 1)
    ]
    kept = [text.text for lines in without_furniture(pages) for text in lines]
    assert len(kept) == 25
    assert not any("Chapter" in text or "–" in text for text in kept)


def test_two_pages_that_say_the_same_are_not_taken_for_headers() -> None:
    pages = [[line("SDG 4: quality education", page=number)] for number in (1, 2, 3)]
    assert without_furniture(pages) == pages


@settings(max_examples=30)
@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=20))
def test_no_word_of_any_lines_is_lost(texts: list[str]) -> None:
    lines = measure_columns([line(" ".join(t.split()), top=12 * n) for n, t in enumerate(texts)])
    rebuilt = "".join(block.text for block in rebuild_paragraphs([lines]))
    hyphens = str.maketrans("", "", "-\u2010\u00ad")
    assert squeezed(rebuilt).translate(hyphens) == squeezed("".join(texts)).translate(hyphens)


def test_offsets_and_places_hold_after_segmenting(taxonomy: Taxonomy) -> None:
    segmenter = Segmenter(taxonomy)
    for document in shipped().values():
        paragraphs: list[Paragraph] = segmenter.segment(document)
        assert paragraphs
        for paragraph in paragraphs:
            assert document.text[paragraph.start : paragraph.end] == paragraph.text
            assert (paragraph.locator is not None) == bool(document.places)
        assert all(a.end <= b.start for a, b in pairwise(paragraphs))


def test_the_archive_of_all_test_files_gives_the_same_as_the_files(tmp_path: Path) -> None:
    names = sorted(path.name for path in FILES.glob("libreoffice-zh.*"))
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.write(FILES / name, name)
    together = [document.text for document in read(path)[0]]
    apart = [document.text for document in read(*(FILES / name for name in names))[0]]
    assert together == apart
    assert len(together) == 12
