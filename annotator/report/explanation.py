"""How a text got its labels, as a terminal shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from annotator.inert import inert

if TYPE_CHECKING:
    from rich.console import RenderableType

    from annotator.explanation import Explanation, LabelExplanation
    from annotator.taxonomy import Taxonomy

__all__ = ["render_explanation"]

_MOST_SPANS = 8


def render_explanation(
    explanations: list[Explanation], taxonomy: Taxonomy, width: int
) -> RenderableType:
    """Show for each paragraph every suggestion, its evidence, and the sum behind each score."""
    parts: list[RenderableType] = []
    for explanation in explanations:
        paragraph = explanation.paragraph
        parts.append(Text(inert(paragraph.text), style="italic"))
        facts = f"{paragraph.language}, {paragraph.kind}"
        if explanation.abstained:
            facts += f", no label: {explanation.abstained}"
        parts.append(Text(facts + "\n", style="dim"))
        parts.extend(_label(label, taxonomy, width) for label in explanation.labels)
    return Group(*parts)


def _label(label: LabelExplanation, taxonomy: Taxonomy, width: int) -> RenderableType:
    """Show one label: the sum, the verdict, and the spans that speak for it."""
    entry = taxonomy.labels[label.label]
    head = Text()
    head.append(f"{label.label:<16}", style=f"bold {entry.color}")
    head.append(f" {label.score:.3f} ")
    head.append(
        "assigned" if label.assigned else f"below {label.threshold:.2f}",
        style="bold" if label.assigned else "dim",
    )
    head.append(f"  {entry.name('en')}", style="dim")
    head.truncate(width, overflow="ellipsis")
    terms = " ".join(f"{value:+.2f} {name}" for name, value in label.terms)
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    spans = sorted(label.evidence, key=lambda span: (-abs(span.weight), span.start))
    for span in spans[:_MOST_SPANS]:
        concept = f"  {span.concept}" if span.concept else ""
        table.add_row(span.origin, f"{span.weight:+.2f}", Text(inert(span.text) + concept))
    if len(spans) > _MOST_SPANS:
        table.add_row("", "", Text(f"and {len(spans) - _MOST_SPANS} more", style="dim"))
    return Group(
        head,
        Padding(Text(f"log-odds {label.log_odds:+.2f} = {terms}", style="dim"), (0, 0, 0, 2)),
        Padding(table, (0, 0, 1, 2)),
    )
