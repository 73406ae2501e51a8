"""Quality figures as a terminal shows them, and the confusion between labels as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType

    from annotator.evaluate import Evaluation, Figure

__all__ = ["confusion_svg", "render_evaluation"]

_CONFUSIONS = 12
_CELL = 22
_MARGIN = 130


def render_evaluation(evaluations: Mapping[str, Evaluation]) -> RenderableType:
    """Show one evaluation, or several of the same gold side by side.

    Args:
        evaluations: Name of the model -> its figures.
    """
    first = next(iter(evaluations.values()))
    parts: list[RenderableType] = [
        Text(f"{first.rows} rows", style="dim"),
        _figures({name: evaluation.figures for name, evaluation in evaluations.items()}),
    ]
    for language in first.by_language:
        parts.append(Text(f"\n{language}", style="bold"))
        parts.append(_figures({name: e.by_language[language] for name, e in evaluations.items()}))
    for name, evaluation in evaluations.items():
        parts.append(Text(f"\nBy label{f', {name}' if len(evaluations) > 1 else ''}", style="bold"))
        parts.append(_labels(evaluation))
        if evaluation.confusion:
            parts.append(Text("\nMissed labels, and what stood first instead", style="bold"))
            parts.append(_confusions(evaluation))
    return Group(*parts)


def _figures(columns: Mapping[str, Mapping[str, Figure]]) -> Table:
    """List figures with their intervals, one column a model."""
    table = Table(box=None, pad_edge=False)
    table.add_column("figure")
    for name in columns:
        table.add_column(name if len(columns) > 1 else "value", justify="right", no_wrap=True)
    for figure in next(iter(columns.values())):
        cells = []
        for figures in columns.values():
            value = figures[figure]
            cells.append(f"{value.value:.3f}  ({value.low:.3f}–{value.high:.3f})")
        table.add_row(figure, *cells)
    return table


def _labels(evaluation: Evaluation) -> Table:
    """List the figures of each label."""
    table = Table(box=None, pad_edge=False)
    table.add_column("label")
    for heading in ("rows", "precision", "recall", "F1"):
        table.add_column(heading, justify="right")
    for label in evaluation.labels:
        table.add_row(
            label.label,
            str(label.support),
            f"{label.precision:.2f}",
            f"{label.recall:.2f}",
            f"{label.f1:.2f}",
        )
    return table


def _confusions(evaluation: Evaluation) -> Table:
    """List the most frequent confusions."""
    table = Table.grid(padding=(0, 2))
    for (gold, given), rows in evaluation.confusion.most_common(_CONFUSIONS):
        table.add_row(gold, "→", given, str(rows))
    return table


def confusion_svg(evaluation: Evaluation, labels: Sequence[str]) -> str:
    """Draw the confusion between labels: gold in rows, what stood first in columns.

    Returns:
        A self-contained SVG picture; the darker a cell, the more rows.
    """
    counts = evaluation.confusion
    most = max(counts.values(), default=1)
    size = _MARGIN + _CELL * len(labels) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" font-size="10">',
        f'<rect width="{size}" height="{size}" fill="white"/>',
    ]
    for number, label in enumerate(labels):
        place = _MARGIN + number * _CELL
        middle = place + _CELL * 0.65
        parts.append(f'<text x="{_MARGIN - 6}" y="{middle}" text-anchor="end">{label}</text>')
        parts.append(
            f'<text x="{middle}" y="{_MARGIN - 6}" transform="rotate(-60 {middle} {_MARGIN - 6})">'
            f"{label}</text>"
        )
    for row, gold in enumerate(labels):
        for column, given in enumerate(labels):
            rows = counts.get((gold, given), 0)
            x, y = _MARGIN + column * _CELL, _MARGIN + row * _CELL
            parts.append(
                f'<rect x="{x}" y="{y}" width="{_CELL - 1}" height="{_CELL - 1}" fill="#00689D" '
                f'fill-opacity="{rows / most:.2f}" stroke="#ddd">'
                f"<title>{gold} → {given}: {rows}</title></rect>"
            )
            if rows:
                parts.append(
                    f'<text x="{x + _CELL / 2}" y="{y + _CELL * 0.65}" text-anchor="middle">{rows}</text>'
                )
    parts.append("</svg>")
    return "\n".join(parts) + "\n"
