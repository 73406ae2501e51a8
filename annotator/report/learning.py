"""What a model learned from reviewers, as a terminal shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from annotator.inert import inert

if TYPE_CHECKING:
    from rich.console import RenderableType

    from annotator.learning import Learned

__all__ = ["render_learned"]

_MOST_CHANGES = 20
_FIGURES = (
    ("right", "right"),
    ("precision", "precision"),
    ("recall", "recall"),
    ("f1", "F1"),
    ("error", "squared error"),
)


def render_learned(learned: Learned) -> RenderableType:
    """Show figures before and after, by label too, and the paragraphs that change labels."""
    figures = Table(box=None, pad_edge=False, padding=(0, 1))
    for heading in ("held-back decisions", "before", "after"):
        figures.add_column(heading, justify="left" if heading.startswith("held") else "right")
    for name, heading in _FIGURES:
        before, after = getattr(learned.before, name), getattr(learned.after, name)
        figures.add_row(heading, f"{before:.3f}", f"{after:.3f}")
    low, high = learned.difference
    gain = learned.after.right - learned.before.right
    labels = Table(box=None, pad_edge=False, padding=(0, 1))
    labels.add_column("label", no_wrap=True)
    for heading in ("decisions", "right before", "right after"):
        labels.add_column(heading, justify="right", no_wrap=True)
    for label in learned.labels:
        labels.add_row(label.label, str(label.decisions), str(label.before), str(label.after))
    head = f"{learned.decisions} decisions about {learned.reviewed} paragraphs"
    difference = f"right, after less before: {gain:+.3f} (95 %: {low:+.3f} to {high:+.3f})\n"
    return Group(
        Text(head, style="bold"),
        figures,
        Text(difference, style="dim"),
        labels,
        _changes(learned),
    )


def _changes(learned: Learned) -> RenderableType:
    """List the paragraphs that change labels, the first of them."""
    words = (
        f"\n{len(learned.changed)} of {learned.paragraphs} paragraphs in the store change labels"
    )
    parts: list[RenderableType] = [Text(words, style="bold")]
    for change in learned.changed[:_MOST_CHANGES]:
        turned = [f"+{label}" for label in change.gained] + [f"−{label}" for label in change.lost]
        head = Text(inert(f"{change.document} ¶ {change.position}  "))
        head.append(" ".join(turned), style="bold")
        text = Text(inert(change.text), overflow="ellipsis", no_wrap=True)
        parts += [head, Padding(text, (0, 0, 0, 4))]
    rest = len(learned.changed) - _MOST_CHANGES
    if rest > 0:
        parts.append(Text(f"and {rest} more", style="dim"))
    return Group(*parts)
