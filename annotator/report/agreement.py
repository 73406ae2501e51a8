"""How far reviewers have come and how far they agree, as a terminal shows it."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from annotator.report.text import inert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from annotator.agreement import Agreement, Estimate
    from annotator.store import Progress

__all__ = ["render_agreement", "render_progress"]


def render_progress(progress: Sequence[Progress], disputed: int) -> RenderableType:
    """Show what each reviewer has done, and what is left."""
    if not progress:
        return Text("nobody has reviewed anything yet")
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    table.add_column("reviewer", overflow="fold")
    for heading in ("finished", "skipped", "flagged", "left", "labels answered"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in progress:
        left = one.paragraphs - one.finished - one.skipped
        counts = (one.finished, one.skipped, one.flagged, left, one.answers)
        table.add_row(inert(one.reviewer), *(str(count) for count in counts))
    words = (
        f"\n{progress[0].paragraphs} paragraphs to review, {disputed} on which reviewers disagree"
    )
    return Group(table, Text(words, style="dim"))


def render_agreement(schemes: Sequence[Agreement], labels: Sequence[Agreement]) -> RenderableType:
    """Show alpha over all reviewers and kappa of each pair, schemes first."""
    if not schemes:
        return Text("no two reviewers have answered the same label of the same paragraph yet")
    pairs = sorted({(p.first, p.second) for agreement in schemes for p in agreement.pairs})
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    table.add_column("label", no_wrap=True)
    table.add_column("paragraphs", justify="right", no_wrap=True)
    table.add_column("alpha", justify="right", no_wrap=True)
    for number in range(1, len(pairs) + 1):
        table.add_column(f"kappa {number}", justify="right", no_wrap=True)
    for agreement in (*schemes, *labels):
        kappa = {(pair.first, pair.second): pair.kappa for pair in agreement.pairs}
        cells = [_estimate(kappa[pair]) if pair in kappa else "–" for pair in pairs]
        style = "bold" if agreement in schemes else ""
        table.add_row(
            Text(agreement.name, style=style),
            str(agreement.paragraphs),
            _estimate(agreement.alpha),
            *cells,
        )
    legend = [f"kappa {n}: {one} and {other}" for n, (one, other) in enumerate(pairs, 1)]
    legend.append("alpha: Krippendorff's, over all reviewers; kappa: Cohen's")
    legend.append("in brackets where it lies 95 times in 100; – where it is not defined")
    return Group(table, Text(_inert_lines(legend), style="dim"))


def _inert_lines(lines: Sequence[str]) -> str:
    """Join lines, each made safe for a terminal."""
    return "\n" + "\n".join(inert(line) for line in lines)


def _estimate(estimate: Estimate) -> str:
    """Show a figure with its interval."""
    if isnan(estimate.value):
        return "–"
    if isnan(estimate.low):
        return f"{estimate.value:.2f}"
    return f"{estimate.value:.2f} ({estimate.low:.2f}–{estimate.high:.2f})"
