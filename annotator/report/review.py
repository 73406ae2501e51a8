"""What people changed in the machine's labels, as a terminal shows it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from annotator.inert import inert

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType

    from annotator.model import AnnotatedDocument, Decision
    from annotator.taxonomy import Taxonomy

__all__ = ["Changes", "count_changes", "render_changes"]

_KINDS = ("confirmed", "added", "rejected", "disputed")
_SIGNS = {"added": "+", "rejected": "−"}


@dataclass(slots=True)
class Changes:
    """What people decided, counted."""

    paragraphs: int = 0
    """Paragraphs with a decision."""
    reviewers: set[str] = field(default_factory=set)
    labels: dict[str, Counter[str]] = field(default_factory=dict)
    """Label -> what was done to it in paragraphs -> how often."""
    documents: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """Document whose labels changed -> ``added`` or ``rejected`` -> labels."""


def count_changes(documents: Iterable[AnnotatedDocument], schemes: Sequence[str]) -> Changes:
    """Count what people confirmed, added and rejected, and which documents changed by it."""
    changes = Changes()
    for document in documents:
        for paragraph in document.paragraphs:
            decided = [
                (label.label, label.decision)
                for label in paragraph.labels
                if label.decision is not None and label.scheme in schemes
            ]
            changes.paragraphs += bool(decided)
            for name, decision in decided:
                changes.reviewers.update(decision.reviewers)
                changes.labels.setdefault(name, Counter())[_kind(decision)] += 1
        for rolled_up in document.labels:
            before = rolled_up.decision
            if before is None or rolled_up.scheme not in schemes:
                continue
            if rolled_up.assigned != before.assigned:
                kind = "added" if rolled_up.assigned else "rejected"
                kinds = changes.documents.setdefault(document.document.id, {})
                kinds.setdefault(kind, []).append(rolled_up.label)
    return changes


def _kind(decision: Decision) -> str:
    """Return what people did to a label."""
    if decision.answer is None:
        return "disputed"
    if decision.answer == decision.assigned:
        return "confirmed"
    return "added" if decision.answer else "rejected"


def render_changes(changes: Changes, taxonomy: Taxonomy) -> RenderableType:
    """Show what people changed: by label in paragraphs, then the documents whose labels changed."""
    people = ", ".join(sorted(changes.reviewers))
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    table.add_column("label", no_wrap=True)
    for kind in _KINDS:
        table.add_column(kind, justify="right", no_wrap=True)
    for label in taxonomy.labels:
        if label in changes.labels:
            counts = changes.labels[label]
            style = f"bold {taxonomy.labels[label].color}"
            table.add_row(Text(label, style=style), *(str(counts[kind] or "–") for kind in _KINDS))
    parts: list[RenderableType] = [
        Text("\nReviewed by people", style="bold"),
        Text(inert(f"{changes.paragraphs} paragraphs, by {people}"), style="dim"),
        table,
    ]
    for name, kinds in changes.documents.items():
        parts.append(Text(inert(name), overflow="ellipsis", no_wrap=True))
        rows = Table.grid(padding=(0, 2))
        rows.add_column(no_wrap=True)
        rows.add_column(overflow="fold")
        for kind, labels in sorted(kinds.items()):
            rows.add_row(f"  {_SIGNS[kind]} {kind}", ", ".join(labels))
        parts.append(rows)
    return Group(*parts)
