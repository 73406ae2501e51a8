"""Quality figures as a terminal shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group as Stack
from rich.table import Table
from rich.text import Text

from annotator.evaluate import NONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import RenderableType

    from annotator.evaluate import Comparison, Evaluation, Group
    from annotator.figures import Bin, Figure

__all__ = ["render_evaluation"]

_CONFUSIONS = 12
_NAME_COLUMN = 18
_FIGURE_COLUMN = 20
"""Terminal columns that a figure with its interval takes, and the space before it."""
_PADDING = (0, 1, 0, 0)

Columns = dict[str, "Mapping[str, Figure]"]


def render_evaluation(
    evaluations: Mapping[str, Evaluation], comparison: Comparison | None = None, width: int = 80
) -> RenderableType:
    """Show one evaluation, or two of the same gold side by side.

    Args:
        evaluations: Name of the model or the decisions -> its figures.
        comparison: The differences between the first and the second.
        width: Columns of the terminal.
    """
    first = next(iter(evaluations.values()))
    parts: list[RenderableType] = [
        Text(f"{first.whole.rows} rows; intervals hold 95 times in 100", style="dim")
    ]
    if comparison is None:
        columns: Columns = {"all": first.whole.figures, **first.whole.schemes}
        parts += _tables(columns, width)
        if len(first.languages) > 1:
            parts.append(Text("\nBy language", style="bold"))
            parts += _tables({name: g.figures for name, g in first.languages.items()}, width)
    else:
        parts += _side_by_side(evaluations, comparison, width)
    for name, evaluation in evaluations.items():
        parts.append(Text(f"\nBy label{f', {name}' if len(evaluations) > 1 else ''}", style="bold"))
        parts.append(_labels(evaluation.whole))
        for scheme, bins in evaluation.reliability.items():
            parts.append(Text(f"\nReliability of the scores, {scheme}", style="bold"))
            parts.append(_reliability(bins))
        confusions = _confusions(evaluation)
        if confusions.row_count:
            parts.append(
                Text("\nLabels that hold, and what was given besides or instead", style="bold")
            )
            parts.append(confusions)
    return Stack(*parts)


def _side_by_side(
    evaluations: Mapping[str, Evaluation], comparison: Comparison, width: int
) -> Iterator[RenderableType]:
    """Show the figures of each, and the difference, over all rows and for each language."""
    names = [f"{number}" for number in range(1, len(evaluations) + 1)]
    for number, name in zip(names, evaluations, strict=True):
        yield Text(f"{number}: {name}", style="dim", overflow="fold")
    groups = [("All labels", comparison.figures, [e.whole.figures for e in evaluations.values()])]
    groups += [
        (scheme, change, [e.whole.schemes[scheme] for e in evaluations.values()])
        for scheme, change in comparison.schemes.items()
    ]
    groups += [
        (language, change, [e.languages[language].figures for e in evaluations.values()])
        for language, change in comparison.languages.items()
    ]
    for title, change, figures in groups:
        yield Text(f"\n{title}", style="bold")
        columns: Columns = dict(zip(names, figures, strict=True))
        yield from _tables(columns | {"difference": change}, width)


def _tables(columns: Columns, width: int) -> Iterator[Table]:
    """List figures with their intervals, in as many tables as the width asks for."""
    fitting = max(1, (width - _NAME_COLUMN) // _FIGURE_COLUMN)
    names = list(columns)
    for start in range(0, len(names), fitting):
        chosen = names[start : start + fitting]
        yield _figures({name: columns[name] for name in chosen})


def _figures(columns: Columns) -> Table:
    """List figures with their intervals."""
    table = Table(box=None, pad_edge=False, padding=_PADDING)
    table.add_column("figure", no_wrap=True, min_width=_NAME_COLUMN - 1)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    listed = dict.fromkeys(name for figures in columns.values() for name in figures)
    for figure in listed:
        cells = [
            _shown(figures[figure], signed=name == "difference") if figure in figures else "–"
            for name, figures in columns.items()
        ]
        table.add_row(figure, *cells)
    return table


def _shown(figure: Figure, digits: int = 3, *, signed: bool = False) -> str:
    """Write a figure with its interval, in 20 columns at most.

    >>> from annotator.figures import Figure
    >>> _shown(Figure(0.75, 0.5, 1.0)), _shown(Figure(0.01, -0.02, 0.04), signed=True)
    ('0.750 (.500 1.000)', '+0.010 (-.020 +.040)')
    """
    sign = "+" if signed else ""
    low, high = (
        f"{bound:{sign}.{digits}f}".replace("0.", ".", 1) for bound in (figure.low, figure.high)
    )
    return f"{figure.value:{sign}.{digits}f} ({low} {high})"


def _labels(group: Group) -> Table:
    """List the figures of each label; where rows ask about one label, how many answers are right."""
    table = Table(box=None, pad_edge=False, padding=_PADDING)
    table.add_column("label", no_wrap=True)
    for heading in ("hold", "given"):
        table.add_column(heading, justify="right")
    for heading in ("precision", "recall", "F1"):
        table.add_column(heading, justify="right", no_wrap=True)
    questions = any(label.asked < group.rows for label in group.labels)
    if questions:
        table.add_column("right", justify="right", no_wrap=True)
    for label in group.labels:
        figures = [label.precision, label.recall, label.f1]
        cells = [_shown(figure, 2) for figure in figures]
        if questions:
            cells.append(f"{label.accuracy.value:.2f} of {label.asked}")
        table.add_row(label.label, str(label.support), str(label.given), *cells)
    return table


def _reliability(bins: Sequence[Bin]) -> Table:
    """List how often labels with a score hold."""
    table = Table(box=None, pad_edge=False, padding=_PADDING)
    for heading in ("score", "pairs", "mean", "hold"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in bins:
        scores = f"{one.low:.1f}–{one.high:.1f}"
        table.add_row(scores, str(one.pairs), f"{one.score:.3f}", _shown(one.share))
    return table


def _confusions(evaluation: Evaluation) -> Table:
    """List the most frequent confusions of two labels."""
    table = Table.grid(padding=(0, 2))
    pairs = [
        (pair, rows)
        for pair, rows in evaluation.confusion.most_common()
        if pair[0] != pair[1] and NONE not in pair
    ]
    for (gold, given), rows in pairs[:_CONFUSIONS]:
        table.add_row(gold, "→", given, str(rows))
    return table
