"""How far reviewers have come and how far they agree, as a terminal shows it."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from annotator.inert import inert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from annotator.agreement import Agreement
    from annotator.figures import Figure
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
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    table.add_column("label", no_wrap=True)
    table.add_column("reviewers", overflow="fold", min_width=8)
    table.add_column("paras", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("95 in 100", overflow="fold")
    for agreement in (*schemes, *labels):
        name = Text(agreement.name, style="bold")
        value, interval = _shown(agreement.alpha)
        table.add_row(name, "all", str(agreement.paragraphs), f"alpha {value}", interval)
        for pair in agreement.pairs:
            value, interval = _shown(pair.kappa)
            people = inert(f"{pair.first}, {pair.second}")
            table.add_row("", people, str(pair.paragraphs), f"kappa {value}", interval)
    legend = "\nalpha: Krippendorff's, kappa: Cohen's; – where all answers are the same"
    return Group(table, Text(legend, style="dim"))


def _shown(figure: Figure) -> tuple[str, str]:
    """Return a figure and its interval as they are shown."""
    if isnan(figure.value):
        return "    –", ""
    if isnan(figure.low):
        return f"{figure.value:5.2f}", ""
    return f"{figure.value:5.2f}", f"{figure.low:.2f} to {figure.high:.2f}"
