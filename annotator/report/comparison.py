"""A comparison as a terminal shows it, and as plain values."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from annotator.alignment import Fate
from annotator.compare import Change
from annotator.inert import inert
from annotator.report.text import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import RenderableType

    from annotator.compare import Comparison, LabelChange
    from annotator.taxonomy import Taxonomy

__all__ = ["comparison_to_dict", "render_comparison"]

_SIGNS: Mapping[Change, str] = {
    Change.GAINED: "+",
    Change.LOST: "−",
    Change.STRENGTHENED: "▲",
    Change.WEAKENED: "▼",
    Change.SAME: "=",
}

_WIDE = 100
_NUMBERS_WIDTH = 50
"""What the columns besides label and name take."""


def comparison_to_dict(comparison: Comparison) -> dict[str, Any]:
    """Turn a comparison into plain values."""
    plain = asdict(comparison)
    part = "documents" if comparison.documents else "paragraphs"
    del plain["paragraphs" if part == "documents" else "documents"]
    return plain


def render_comparison(
    comparison: Comparison,
    taxonomy: Taxonomy,
    *,
    width: int,
    schemes: Sequence[str] | None = None,
    language: str = "en",
) -> RenderableType:
    """Show what changed.

    Args:
        comparison: The two sides.
        taxonomy: The labels, with their names and colours.
        width: Terminal cells in a line.
        schemes: The schemes to show; all of them by default.
        language: The language of the labels' names.
    """
    head = Table.grid(padding=(0, 2))
    head.add_column(style="dim", no_wrap=True)
    head.add_column(overflow="fold")
    head.add_row("before", inert(comparison.before))
    head.add_row("after", inert(comparison.after))
    if comparison.counts != (1, 1) or comparison.documents:
        head.add_row("documents", f"{comparison.counts[0]} → {comparison.counts[1]}")
    parts: list[RenderableType] = [Text("Comparison", style="bold"), head]
    for scheme in taxonomy.schemes.values():
        changes = [c for c in comparison.labels if taxonomy.scheme_of(c.label) == scheme.id]
        if changes and scheme.id in (schemes or taxonomy.schemes):
            names = scheme.pref_label
            title = names.get(language) or names.get("en") or scheme.id
            parts += [
                Text("\n" + title, style="bold"),
                _labels(changes, taxonomy, width, language, single=not comparison.documents),
            ]
    if not comparison.labels:
        parts.append(Text("\nno label on either side", style="dim"))
    parts.extend(_paragraphs(comparison, width))
    parts.extend(_documents(comparison, width))
    return Group(*parts)


def _labels(
    changes: Sequence[LabelChange], taxonomy: Taxonomy, width: int, language: str, *, single: bool
) -> RenderableType:
    """List labels: what became of them, scores and counts on both sides."""
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    table.add_column("")
    table.add_column("label", no_wrap=True)
    id_width = max(cell_len(change.label) for change in changes)
    room = max(8, width - id_width - _NUMBERS_WIDTH - (0 if single else 10))
    table.add_column("name", no_wrap=True, overflow="ellipsis", max_width=room)
    table.add_column("", no_wrap=True)
    table.add_column("score" if single else "mean score", no_wrap=True, justify="right")
    table.add_column("paras", no_wrap=True, justify="right")
    if not single:
        table.add_column("docs", no_wrap=True, justify="right")
    order = list(Change)
    for change in sorted(changes, key=lambda change: order.index(change.change)):
        entry = taxonomy.labels[change.label]
        row: list[RenderableType] = [
            _SIGNS[change.change],
            Text(change.label, style=f"bold {entry.color}"),
            Text(entry.name(language)),
            Text(change.change.value, style="dim" if change.change is Change.SAME else ""),
            f"{change.before:.2f} → {change.after:.2f}",
            f"{change.paragraphs[0]} → {change.paragraphs[1]}",
        ]
        if not single:
            row.append(f"{change.documents[0]} → {change.documents[1]}")
        table.add_row(*row)
    return table


def _paragraphs(comparison: Comparison, width: int) -> Iterator[RenderableType]:
    """Show the paragraphs of two versions that are not what they were."""
    if not comparison.paragraphs:
        return
    yield Text("\nParagraphs", style="bold")
    yield _counted(Counter(change.fate for change in comparison.paragraphs))
    for change in comparison.paragraphs:
        if change.fate is Fate.UNCHANGED and not (change.gained or change.lost):
            continue
        places = "→".join(
            str(place) for place in (change.before, change.after) if place is not None
        )
        head = Text(f"¶ {places} ", style="bold")
        head.append(change.fate.value, style="dim")
        head.append(_gains(change.gained, change.lost))
        yield head
        shown = quote(change.text, 0, (), width - 4, "")
        yield Padding(shown, (0, 0, 0, 2))


def _documents(comparison: Comparison, width: int) -> Iterator[RenderableType]:
    """Show the documents of two corpora that are not what they were."""
    if not comparison.documents:
        return
    yield Text("\nDocuments", style="bold")
    yield _counted(Counter(change.fate for change in comparison.documents))
    for change in comparison.documents:
        if change.fate is Fate.UNCHANGED and not (change.gained or change.lost):
            continue
        line = Text(inert(change.document), style="bold")
        line.truncate(max(20, width - 14), overflow="ellipsis")
        line.append(f" {change.fate.value}", style="dim")
        yield line
        gains = _gains(change.gained, change.lost).strip()
        if gains:
            yield Padding(Text(gains), (0, 0, 0, 2))


def _counted(fates: Counter[Fate]) -> Text:
    """Say how many there are of each fate."""
    return Text(", ".join(f"{fate.value} {fates[fate]}" for fate in Fate if fates[fate]))


def _gains(gained: Sequence[str], lost: Sequence[str]) -> str:
    """Say which labels came and went."""
    return "".join([*(f" +{label}" for label in gained), *(f" −{label}" for label in lost)])
