"""The report as a terminal shows it, and as it reads when piped into a file."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from annotator.inert import inert
from annotator.report.review import count_changes, render_changes
from annotator.report.summary import Cell, CorpusSummary, summarize
from annotator.report.text import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import RenderableType

    from annotator.model import (
        AnnotatedDocument,
        AnnotatedParagraph,
        Assignment,
        DocumentAssignment,
    )
    from annotator.taxonomy import Taxonomy

__all__ = ["Detail", "render_report"]


class Detail(StrEnum):
    """How far down a report goes."""

    CORPUS = "corpus"
    DOCUMENTS = "documents"
    PARAGRAPHS = "paragraphs"


_HIGHLIGHT = "bold underline"
_HEADING = "bold"
_FAINT = "dim"
_BAR = "━"
_BAR_WIDTH = {True: 20, False: 10}
_WIDE = 100
"""From this width on there is room for long names and bars."""

_COUNTS_WIDTH = 32
"""What the four columns of counts and the gaps between columns take."""

_SIGNS: Mapping[Cell, str] = {
    Cell.EXPECTED_FOUND: "●",
    Cell.EXPECTED_ABSENT: "·",
    Cell.UNEXPECTED_FOUND: "◆",
    Cell.DOUBTFUL_FOUND: "◐",
    Cell.DOUBTFUL_ABSENT: "?",
    Cell.NEITHER: " ",
}

_LANGUAGE_NAMES = {"und": "undetermined"}


def render_report(
    documents: Sequence[AnnotatedDocument],
    taxonomy: Taxonomy,
    *,
    width: int,
    detail: Detail = Detail.DOCUMENTS,
    schemes: Sequence[str] | None = None,
    language: str = "en",
) -> RenderableType:
    """Build the report.

    Args:
        documents: What was annotated.
        taxonomy: The labels, with their names and colours.
        width: Terminal cells in a line.
        detail: How far down to go.
        schemes: The schemes to report on; all of them by default.
        language: The language of the labels' names.

    Returns:
        Something that a rich console prints. Texts from documents stand in it
        as text: nothing in them is read as markup or acts on the terminal.
    """
    chosen = [scheme for scheme in taxonomy.schemes if scheme in (schemes or taxonomy.schemes)]
    summary = summarize(documents, taxonomy)
    parts: list[RenderableType] = [_read(summary, taxonomy)]
    parts += [_labels(summary, scheme, taxonomy, width, language) for scheme in chosen]
    sides = {taxonomy.scheme_of(label) for label in (*taxonomy.matrix, *taxonomy.matrix_columns)}
    if sides.issubset(chosen) and any(summary.pairs.values()):
        parts.append(_matrix(summary, taxonomy, width))
    if summary.alignments:
        parts.append(_alignments(summary, chosen, taxonomy))
    changes = count_changes(documents, chosen)
    if changes.paragraphs:
        parts.append(render_changes(changes, taxonomy))
    parts.append(_untouched(summary, chosen, taxonomy, width, language))
    if detail is not Detail.CORPUS:
        for document in documents:
            parts.extend(_document(document, chosen, taxonomy, width, language, detail))
    return Group(*parts)


def _title(text: str) -> Text:
    """Return a section's title with a blank line above it."""
    return Text("\n" + text, style=_HEADING)


def _read(summary: CorpusSummary, taxonomy: Taxonomy) -> RenderableType:
    """Say what was read, and what was left without a label, and why."""
    languages = ", ".join(
        f"{_language_name(code, taxonomy)} {count}"
        for code, count in sorted(summary.languages.items(), key=lambda item: (-item[1], item[0]))
    )
    reasons = ", ".join(
        f"{reason} {count}"
        for reason, count in sorted(summary.abstained.items(), key=lambda item: (-item[1], item[0]))
    )
    lines = Table.grid(padding=(0, 2))
    lines.add_column(style=_FAINT, no_wrap=True)
    lines.add_column(overflow="fold")
    lines.add_row("documents", str(summary.documents))
    lines.add_row("paragraphs", f"{summary.paragraphs}, {summary.labelled} of them labelled")
    lines.add_row("languages", languages or "none")
    if reasons:
        lines.add_row("not labelled", reasons)
    return Group(Text("WSIS–SDG alignment report", style=_HEADING), lines)


def _language_name(code: str, taxonomy: Taxonomy) -> str:
    """Return a language's own name with its code."""
    profile = taxonomy.languages.get(code)
    return f"{profile.name} ({code})" if profile else _LANGUAGE_NAMES.get(code, code)


def _labels(
    summary: CorpusSummary, scheme: str, taxonomy: Taxonomy, width: int, language: str
) -> RenderableType:
    """List the labels of one scheme that the corpus has, with bars."""
    wide = width >= _WIDE
    rows = [
        entry
        for label, entry in summary.labels.items()
        if taxonomy.scheme_of(label) == scheme and (entry.documents or entry.paragraphs)
    ]
    name = taxonomy.schemes[scheme].pref_label
    title = _title(name.get(language, name["en"]))
    if not rows:
        return Group(title, Text("none found", style=_FAINT))
    table = Table(box=None, pad_edge=False, padding=(0, 1), expand=False)
    id_width = max(cell_len(entry.label) for entry in rows)
    table.add_column("label", no_wrap=True, min_width=id_width)
    name_width = max(12, width - id_width - _BAR_WIDTH[wide] - _COUNTS_WIDTH)
    table.add_column("name", no_wrap=True, overflow="ellipsis", max_width=name_width)
    table.add_column("", no_wrap=True, min_width=_BAR_WIDTH[wide])
    for heading in ("docs", "paras", "decl.", "found"):
        table.add_column(heading, justify="right", no_wrap=True)
    most = max(entry.paragraphs for entry in rows) or 1
    for entry in rows:
        label = taxonomy.labels[entry.label]
        length = max(1, round(_BAR_WIDTH[wide] * entry.paragraphs / most))
        table.add_row(
            Text(entry.label, style=f"bold {label.color}"),
            Text(label.name(language)),
            Text(_BAR * length, style=label.color),
            str(entry.documents) if entry.documents else "–",
            str(entry.paragraphs),
            str(entry.declared) if entry.declared else "–",
            str(entry.found) if entry.found else "–",
        )
    return Group(title, table)


def _matrix(summary: CorpusSummary, taxonomy: Taxonomy, width: int) -> RenderableType:
    """Show the lines and goals that stand together beside the official matrix."""
    goals = taxonomy.matrix_columns
    shown = [line for line in taxonomy.matrix if summary.labels[line].documents]
    table = Table(box=None, pad_edge=False, padding=(0, 0), collapse_padding=True)
    table.add_column("", no_wrap=True)
    cell = 3 if width < _WIDE else 4
    for goal in goals:
        table.add_column(
            Text(_short(goal), style=taxonomy.labels[goal].color),
            justify="right",
            no_wrap=True,
            min_width=cell,
        )
    for line in shown:
        signs = [_SIGNS[summary.cell(line, goal, taxonomy)] for goal in goals]
        table.add_row(Text(line, style=taxonomy.labels[line].color), *signs)
    legend = Text(
        "● expected and found   · expected, absent   ◆ found, not expected\n"
        "? doubtful in the official matrix, ◐ and found",
        style=_FAINT,
    )
    return Group(_title("Lines and goals that stand together in a document"), table, legend)


def _short(goal: str) -> str:
    """Return what tells a goal from the others of its scheme: its number, where it has one."""
    return goal.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") or goal


def _alignments(
    summary: CorpusSummary, schemes: Sequence[str], taxonomy: Taxonomy
) -> RenderableType:
    """Show what documents declare against what they say."""
    parts: list[RenderableType] = [_title("Declared against found")]
    for alignment in summary.alignments:
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for sign, what, labels in (
            ("✓", "confirmed", alignment.confirmed),
            ("!", "unsupported", alignment.unsupported),
            ("+", "found, not declared", alignment.missing),
        ):
            listed = [label for label in labels if taxonomy.scheme_of(label) in schemes]
            if listed:
                table.add_row(f"  {sign} {what}", ", ".join(listed))
        parts += [Text(inert(alignment.document), overflow="ellipsis", no_wrap=True), table]
    return Group(*parts)


def _untouched(
    summary: CorpusSummary,
    schemes: Sequence[str],
    taxonomy: Taxonomy,
    width: int,
    language: str,
) -> RenderableType:
    """List the labels that no document has."""
    leaves = set(taxonomy.leaves())
    rows = [
        label
        for label in summary.untouched()
        if label in leaves and taxonomy.scheme_of(label) in schemes
    ]
    if not rows:
        return Group(_title("Not touched"), Text("nothing: every line and goal is there"))
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis", max_width=width - 20)
    for label in rows:
        table.add_row(label, taxonomy.labels[label].name(language))
    return Group(_title("Not touched"), table)


def _document(
    document: AnnotatedDocument,
    schemes: Sequence[str],
    taxonomy: Taxonomy,
    width: int,
    language: str,
    detail: Detail,
) -> Iterator[RenderableType]:
    """Show one document: its labels with their best evidence, then its paragraphs."""
    yield Text("\n" + "─" * width, style=_FAINT)
    yield Text(inert(document.document.id), style=_HEADING, overflow="ellipsis", no_wrap=True)
    assigned = [label for label in document.assigned if label.scheme in schemes]
    if not assigned:
        yield Text("no label", style=_FAINT)
    for label in assigned:
        yield _document_label(document, label, taxonomy, width, language)
    if detail is Detail.PARAGRAPHS:
        for paragraph in document.paragraphs:
            yield _paragraph(paragraph, schemes, taxonomy, width)


def _document_label(
    document: AnnotatedDocument,
    label: DocumentAssignment,
    taxonomy: Taxonomy,
    width: int,
    language: str,
) -> RenderableType:
    """Show a label of a document: score, origins, and a quote with its evidence."""
    entry = taxonomy.labels[label.label]
    head = Text()
    head.append(f"{label.label:<16}", style=f"bold {entry.color}")
    head.append(f" {label.score:.2f} ")
    marks = " + ".join(label.origins)
    if "declared" in label.origins and not label.supported:
        marks += ", unsupported"
    head.append(f" {marks}", style=_FAINT)
    head.append(f"  ¶ {_places(label.paragraphs)}", style=_FAINT)
    room = width - head.cell_len - 2
    if room > len(entry.name(language)):
        head.append("  " + entry.name(language), style=_FAINT)
    best = _best_paragraph(document, label)
    if best is None:
        return head
    paragraph, assignment = best
    return Group(
        head,
        Padding(
            quote(
                paragraph.paragraph.text,
                paragraph.paragraph.start,
                assignment.evidence,
                width - 6,
                f"{_HIGHLIGHT} {entry.color}",
            ),
            (0, 0, 0, 4),
        ),
    )


def _places(paragraphs: Sequence[int], most: int = 6) -> str:
    """List paragraph numbers, the first few."""
    listed = ", ".join(str(index) for index in paragraphs[:most])
    return listed + (" …" if len(paragraphs) > most else "")


def _best_paragraph(
    document: AnnotatedDocument, label: DocumentAssignment
) -> tuple[AnnotatedParagraph, Assignment] | None:
    """Return the paragraph with the strongest evidence that is more than a mention."""
    found = [
        (paragraph, assignment)
        for paragraph in document.paragraphs
        for assignment in paragraph.labels
        if assignment.label == label.label and assignment.assigned
    ]
    return max(
        found,
        key=lambda pair: sum(
            evidence.weight for evidence in pair[1].evidence if evidence.origin != "declared"
        ),
        default=None,
    )


def _paragraph(
    annotated: AnnotatedParagraph, schemes: Sequence[str], taxonomy: Taxonomy, width: int
) -> RenderableType:
    """Show one paragraph with its labels, or with the reason why it has none."""
    paragraph = annotated.paragraph
    head = Text(f"\n¶ {paragraph.index} ", style=_HEADING)
    labels = [label for label in annotated.assigned if label.scheme in schemes]
    for label in labels:
        color = taxonomy.labels[label.label].color
        head.append(f" {label.label}", style=f"bold {color}")
        head.append(f" {label.score:.2f}", style=_FAINT)
    for label in annotated.labels:
        if (
            label.decision is not None
            and label.decision.answer is False
            and label.scheme in schemes
        ):
            head.append(f" −{label.label}", style=_FAINT)
    if annotated.abstained:
        head.append(f" {annotated.abstained}", style=_FAINT)
    if paragraph.duplicate_of is not None:
        head.append(f" of ¶ {paragraph.duplicate_of}", style=_FAINT)
    if paragraph.locator is not None:
        head.append(f"  {inert(paragraph.locator)}", style=_FAINT)
    evidence = [span for label in labels for span in label.evidence]
    if annotated.abstained in ("boilerplate", "duplicate"):
        body: RenderableType = quote(paragraph.text, paragraph.start, (), width - 4, "")
    else:
        text = Text(inert(paragraph.text))
        for span in evidence:
            text.stylize(_HIGHLIGHT, span.start - paragraph.start, span.end - paragraph.start)
        body = text
    return Group(head, Padding(body, (0, 0, 0, 2)))
