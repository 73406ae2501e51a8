"""Make the files of this folder again: needs LibreOffice, Chromium with its driver, Noto fonts.

Run ``python -m files.make`` in ``tests``. The tests read what it made, and need none of these.
"""

from __future__ import annotations

import base64
import shutil
import subprocess
import tempfile
from html import escape
from pathlib import Path

from pptx import Presentation
from pypdf import PdfWriter
from report_texts import TEXTS, Text
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from selenium import webdriver

HERE = Path(__file__).parent
THREE = HERE / "three-columns"
FONTS = {"ar": "Noto Naskh Arabic", "en": "Liberation Serif", "zh": "Noto Sans CJK SC"}
COUNTRIES = {"ar": "EG", "en": "GB", "zh": "CN"}
WIDTHS = {2: 14.8, 3: 21}
"""Centimetres of a page with so many columns."""
LONG = 10
"""Letters of a word that gets a soft hyphen in its middle, so that a narrow column breaks it."""

FLAT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text">
<office:styles>
 <style:default-style style:family="paragraph">
  <style:paragraph-properties fo:margin-bottom="0.3cm" style:writing-mode="{mode}" fo:text-align="{align}"/>
  <style:text-properties style:font-name="{font}" style:font-name-asian="{font}" style:font-name-complex="{font}"
   fo:font-family="{font}" style:font-family-asian="{font}" style:font-family-complex="{font}"
   fo:font-size="12pt" style:font-size-asian="12pt" style:font-size-complex="12pt" fo:language="{language}"
   fo:country="{country}"/>
 </style:default-style>
 <style:style style:name="Standard" style:family="paragraph"/>
 <style:style style:name="Heading" style:family="paragraph" style:default-outline-level="1">
  <style:text-properties fo:font-size="18pt" style:font-size-asian="18pt" style:font-size-complex="18pt"/>
 </style:style>
 <style:style style:name="Footnote" style:family="paragraph">
  <style:text-properties fo:font-size="9pt" style:font-size-asian="9pt" style:font-size-complex="9pt"/>
 </style:style>
</office:styles>
<office:automatic-styles>
 <style:page-layout style:name="page">
  <style:page-layout-properties fo:page-width="{width}cm" fo:page-height="16cm" fo:margin="1.5cm"
   style:writing-mode="{mode}"/>
 </style:page-layout>
 <style:style style:name="columns" style:family="section">
  <style:section-properties text:dont-balance-text-columns="false" style:writing-mode="{mode}">
   <style:columns fo:column-count="{count}" fo:column-gap="0.7cm"/>
  </style:section-properties>
 </style:style>
</office:automatic-styles>
<office:master-styles>
 <style:master-page style:name="Standard" style:page-layout-name="page">
  <style:header><text:p>{header}</text:p></style:header>
  <style:footer><text:p>{footer} <text:page-number/></text:p></style:footer>
 </style:master-page>
</office:master-styles>
<office:body><office:text>
 <text:h text:style-name="Heading" text:outline-level="1">{title}</text:h>
 <text:p>{opening}<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>
 <text:note-body><text:p text:style-name="Footnote">{note}</text:p></text:note-body></text:note></text:p>
 <text:section text:style-name="columns" text:name="columns">{columns}</text:section>
 <table:table table:name="table"><table:table-column table:number-columns-repeated="2"/>{table}</table:table>
 <text:p>{closing}</text:p>
</office:text></office:body></office:document>
"""

PAGE = """<!DOCTYPE html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">
<title>{title}</title><style>
@page {{ size: {width}cm 16cm; margin: 2cm 1.5cm }}
body {{ font-family: "{font}"; font-size: 12pt; margin: 0 }}
section {{ columns: {count}; column-gap: 0.7cm; text-align: justify }}
sup {{ font-size: 8pt }} aside {{ font-size: 9pt }} td {{ vertical-align: top }}
</style></head><body><article>
<h1>{title}</h1><p>{opening}<sup>1</sup></p><section>{columns}</section>
<table>{table}</table><p>{closing}</p><aside>1 {note}</aside>
<script>document.title = "run";</script></article></body></html>
"""


def softened(text: str) -> str:
    """Put a soft hyphen into the middle of long Latin words."""
    return " ".join(
        f"{word[: len(word) // 2]}\u00ad{word[len(word) // 2 :]}"
        if len(word) >= LONG and word.isascii() and word.isalpha()
        else word
        for word in text.split(" ")
    )


def flat(text: Text, language: str, count: int = 2) -> str:
    """Return a text as a flat OpenDocument file, part of it in columns."""
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f"<table:table-cell><text:p>{escape(cell)}</text:p></table:table-cell>" for cell in row
        )
        + "</table:table-row>"
        for row in text.table
    )
    return FLAT.format(
        count=count,
        width=WIDTHS[count],
        mode="rl-tb" if language == "ar" else "lr-tb",
        align={"ar": "end", "en": "justify", "zh": "start"}[language],
        font=FONTS[language],
        language=language,
        country=COUNTRIES[language],
        header=escape(text.header),
        footer=escape(text.footer),
        title=escape(text.title),
        opening=escape(text.opening),
        note=escape(text.note),
        columns="".join(f"<text:p>{escape(softened(p))}</text:p>" for p in text.columns),
        table=rows,
        closing=escape(text.closing),
    )


def page(text: Text, language: str, count: int = 2) -> str:
    """Return a text as a web page, part of it in columns."""
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in text.table
    )
    return PAGE.format(
        count=count,
        width=WIDTHS[count],
        language=language,
        direction="rtl" if language == "ar" else "ltr",
        font=FONTS[language],
        title=escape(text.title),
        opening=escape(text.opening),
        note=escape(text.note),
        columns="".join(f"<p>{escape(softened(p))}</p>" for p in text.columns),
        table=rows,
        closing=escape(text.closing),
    )


def printing(text: Text, language: str) -> dict[str, object]:
    """Return how Chromium prints: with a header, and a footer that counts the pages."""
    style = f"font-size: 9pt; font-family: '{FONTS[language]}'; margin-left: 1.5cm"
    return {
        "preferCSSPageSize": True,
        "displayHeaderFooter": True,
        "headerTemplate": f'<div style="{style}">{escape(text.header)}</div>',
        "footerTemplate": f'<div style="{style}">{escape(text.footer)} <span class="pageNumber"></span></div>',
    }


def convert(source: Path, *formats: str, reader: str = "", folder: Path = HERE) -> None:
    """Have LibreOffice convert a file into a folder, by default this one."""
    choice = [f"--infilter={reader}"] if reader else []
    for target in formats:
        subprocess.run(
            [
                shutil.which("soffice") or "soffice",
                "--headless",
                *choice,
                "--convert-to",
                target,
                "--outdir",
                str(folder),
                str(source),
            ],
            check=True,
            capture_output=True,
        )


def slides(text: Text, path: Path) -> None:
    """Write the presentation that LibreOffice makes its own of."""
    presentation = Presentation()
    first = presentation.slides.add_slide(presentation.slide_layouts[1])
    first.shapes.title.text = text.title
    first.placeholders[1].text = text.opening
    first.notes_slide.notes_text_frame.text = text.note
    second = presentation.slides.add_slide(presentation.slide_layouts[5])
    second.shapes.title.text = text.closing
    frame = second.shapes.add_table(len(text.table), 2, 914400, 1800000, 7000000, 1500000)
    for row, cells in enumerate(text.table):
        for column, cell in enumerate(cells):
            frame.table.cell(row, column).text = cell
    presentation.save(str(path))


def print_page(
    browser: webdriver.Chrome, text: Text, language: str, folder: Path, count: int
) -> None:
    """Have Chromium print a text as a PDF."""
    site = base64.b64encode(page(text, language, count).encode()).decode()
    browser.get(f"data:text/html;charset=utf-8;base64,{site}")
    printed = browser.execute_cdp_cmd("Page.printToPDF", printing(text, language))
    (folder / f"chromium-{language}.pdf").write_bytes(base64.b64decode(printed["data"]))


def write_three(browser: webdriver.Chrome, text: Text, language: str, folder: Path) -> None:
    """Write a text in three columns."""
    THREE.mkdir(exist_ok=True)
    source = folder / f"libreoffice-{language}.fodt"
    source.write_text(flat(text, language, 3), encoding="utf-8")
    convert(source, "pdf", folder=THREE)
    print_page(browser, text, language, THREE, 3)


def write_broken() -> None:
    """Write the files that look right in a viewer and cannot be read."""
    pdfmetrics.registerFont(TTFont("DejaVu", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"))
    canvas = Canvas(str(HERE / "reversed-ar.pdf"), pagesize=(600, 300))
    canvas.setFont("DejaVu", 10)
    for number, paragraph in enumerate(TEXTS["ar"].columns):
        # In the order of reading: a reader of PDFs expects the order of showing.
        canvas.drawString(20, 250 - 20 * number, paragraph[:90])
    canvas.save()
    writer = PdfWriter(clone_from=HERE / "libreoffice-en.pdf")
    for page in writer.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index] # pypdf types it as any object
            font.get_object().pop("/ToUnicode", None)
    writer.write(HERE / "unmapped.pdf")


def main() -> None:
    """Make all files."""
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu"):
        options.add_argument(argument)
    browser = webdriver.Chrome(options=options)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for language, text in TEXTS.items():
            source = folder / f"libreoffice-{language}.fodt"
            source.write_text(flat(text, language), encoding="utf-8")
            convert(source, "pdf", "docx", "odt", "rtf", "epub")
            deck = folder / f"libreoffice-{language}.pptx"
            slides(text, deck)
            convert(deck, "odp", "pptx")
            table = folder / f"libreoffice-{language}.csv"
            rows = ["id,text", *(f'{number},"{p}"' for number, p in enumerate(text.columns, 1))]
            table.write_text("\n".join(rows), encoding="utf-8-sig")
            convert(table, "xlsx", reader="CSV:44,34,76,1")  # commas, quotes, UTF-8
            print_page(browser, text, language, HERE, 2)
            saved = browser.execute_cdp_cmd("Page.captureSnapshot", {})
            (HERE / f"chromium-{language}.mht").write_bytes(saved["data"].encode())
            write_three(browser, text, language, folder)
    browser.quit()
    write_broken()


if __name__ == "__main__":
    main()
