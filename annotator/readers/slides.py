"""PowerPoint presentations: slides, tables, charts, diagrams, notes."""

from __future__ import annotations

import io
import zipfile
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from annotator.readers.package import check_package
from annotator.readers.source import Block, build_document, damage_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotator.model import Document
    from annotator.readers.source import Reading, Source

__all__ = ["read_pptx"]

_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


def read_pptx(source: Source, reading: Reading) -> Iterator[Document]:
    """Read a presentation, slide by slide: its title, what stands on it, the speaker's notes.

    Of a chart, its words are read: titles, and the names of categories and series.

    Raises:
        UnreadableInputError: It is damaged, encrypted or empty.
        LimitError: Unpacked it is too large.
    """
    import pptx  # noqa: PLC0415 - only this format needs it
    from lxml import etree  # noqa: PLC0415
    from pptx.exc import PythonPptxError  # noqa: PLC0415

    check_package(source, reading, "PowerPoint presentation")
    with damage_named(
        source,
        "PowerPoint presentation",
        zipfile.BadZipFile,
        zlib.error,
        PythonPptxError,
        etree.LxmlError,
    ):
        presentation = pptx.Presentation(io.BytesIO(source.data))
        blocks = [
            block
            for number, slide in enumerate(presentation.slides, 1)
            for block in _slide(slide, f"slide {number}")
        ]
    yield build_document(source, blocks)


def _slide(slide: Any, locator: str) -> Iterator[Block]:  # noqa: ANN401 - python-pptx has no types
    """Yield the paragraphs of a slide and of its notes."""
    title = slide.shapes.title
    if title is not None:
        yield from _frame(title.text_frame, locator)
    for shape in _shapes(slide.shapes):
        # Each access makes a new object: only the ids tell that this is the title.
        if title is not None and shape.shape_id == title.shape_id:
            continue
        if shape.has_text_frame:
            yield from _frame(shape.text_frame, locator)
        elif shape.has_table:
            for row in shape.table.rows:
                for cell in row.cells:
                    if not cell.is_spanned:
                        yield from _frame(cell.text_frame, locator)
        elif shape.has_chart:
            yield from (Block(words, f"{locator}, chart") for words in _chart_words(shape.chart))
        else:
            yield from _diagram(shape, f"{locator}, diagram")
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        yield from _frame(slide.notes_slide.notes_text_frame, f"{locator}, notes")


def _shapes(shapes: Any) -> Iterator[Any]:  # noqa: ANN401
    """Yield shapes in reading order, those in groups in the place of their group."""
    from pptx.enum.shapes import MSO_SHAPE_TYPE  # noqa: PLC0415

    waiting = list(shapes)[::-1]
    while waiting:
        shape = waiting.pop()
        if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
            waiting.extend(list(shape.shapes)[::-1])
        else:
            yield shape


def _chart_words(chart: Any) -> Iterator[str]:  # noqa: ANN401
    """Yield the titles of a chart and of its axes, then what its categories and series are called."""
    titled = [chart] + [axis for axis in _axes(chart) if axis.has_title]
    for part in titled:
        title = part.axis_title if part is not chart else chart.has_title and chart.chart_title
        if title and title.has_text_frame:
            yield title.text_frame.text
    # Plots of one chart share categories, as columns and a line over them do.
    names: dict[str, None] = {}
    for plot in chart.plots:
        for levels in plot.categories.flattened_labels:
            names.update(dict.fromkeys(map(str, levels)))
        names.update((series.name, None) for series in plot.series)
    yield from (name for name in names if any(map(str.isalpha, name)))


def _axes(chart: Any) -> Iterator[Any]:  # noqa: ANN401
    """Yield the axes of a chart; a pie has none."""
    for name in ("category_axis", "value_axis"):
        with suppress(ValueError):
            yield getattr(chart, name)


def _diagram(shape: Any, locator: str) -> Iterator[Block]:  # noqa: ANN401
    """Yield the paragraphs of a diagram (SmartArt), whose words stand in a part of their own."""
    from pptx.oxml import parse_xml  # noqa: PLC0415

    for relation in shape.element.xpath(".//*[local-name()='relIds']/@r:dm"):
        model = parse_xml(shape.part.related_part(relation).blob)
        for paragraph in model.iter(f"{{{_DRAWING}}}p"):
            yield Block(
                "".join(run.text or "" for run in paragraph.iter(f"{{{_DRAWING}}}t")), locator
            )


def _frame(frame: Any, locator: str) -> Iterator[Block]:  # noqa: ANN401
    """Yield the paragraphs of a text frame."""
    for paragraph in frame.paragraphs:
        yield Block(paragraph.text, locator)
