"""The taxonomy as a terminal shows it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from annotator.errors import UsageError
from annotator.inert import inert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from annotator.skos import Imported
    from annotator.taxonomy import Taxonomy
    from annotator.taxonomy_source import Concept

__all__ = ["render_imported", "render_label", "render_labels"]

_ORDER = {"decisive": 0, "strong": 1, "weak": 2}


def render_labels(taxonomy: Taxonomy, language: str) -> RenderableType:
    """List all labels, with the number of concepts that point to each."""
    counts: Counter[str] = Counter()
    decisive: Counter[str] = Counter()
    for labels in taxonomy.concept_labels:
        counts.update(labels.keys())
        decisive.update(label for label, strength in labels.items() if strength == "decisive")
    table = Table(box=None, pad_edge=False)
    table.add_column("label", no_wrap=True)
    table.add_column("name", overflow="fold")
    table.add_column("concepts", justify="right")
    table.add_column("decisive", justify="right")
    for label in taxonomy.labels.values():
        table.add_row(
            Text(label.id, style=f"bold {label.color}"),
            label.name(language),
            str(counts[label.id]),
            str(decisive[label.id]),
        )
    return table


def render_label(taxonomy: Taxonomy, name: str, languages: Sequence[str] | None) -> RenderableType:
    """Show a label with its names and concepts, or a concept with its terms.

    Raises:
        UsageError: There is neither a label nor a concept of that name.
    """
    shown = tuple(languages or taxonomy.supported_languages)
    by_id = {label.casefold(): label for label in taxonomy.labels}
    label = by_id.get(name.casefold())
    if label is not None:
        return _label(taxonomy, label, shown)
    if name in taxonomy.concepts:
        return _concept(taxonomy.concepts[name], shown)
    raise UsageError(f"there is no label and no concept {name}", hint="annotator taxonomy list")


def _label(taxonomy: Taxonomy, name: str, languages: Sequence[str]) -> RenderableType:
    """Show a label."""
    label = taxonomy.labels[name]
    head = Table.grid(padding=(0, 2))
    for language in languages:
        head.add_row(language, label.pref_label.get(language, ""))
    if label.broader:
        head.add_row("broader", label.broader)
    if label.needs:
        head.add_row("needs", label.needs)
    if label.facilitators:
        head.add_row("facilitators", ", ".join(label.facilitators))
    if name in taxonomy.matrix:
        line = taxonomy.matrix[name]
        goals = [goal for goal in taxonomy.labels if goal in (*line.goals, *line.doubtful)]
        marked = [f"{goal}?" if goal in line.doubtful else goal for goal in goals]
        head.add_row("goals", ", ".join(marked))
    parts: list[RenderableType] = [Text(name, style=f"bold {label.color}"), head]
    concepts = [concept for concept in taxonomy.concepts.values() if name in concept.labels]
    for concept in sorted(concepts, key=lambda c: (_ORDER[c.labels[name]], c.id)):
        parts.append(Text(f"\n{concept.id}  {concept.labels[name]}", style="bold"))
        parts.append(_terms(concept, languages))
    return Group(*parts)


def _concept(concept: Concept, languages: Sequence[str]) -> RenderableType:
    """Show a concept."""
    labels = ", ".join(f"{label} {strength}" for label, strength in concept.labels.items())
    return Group(Text(concept.id, style="bold"), Text(labels), _terms(concept, languages))


def _terms(concept: Concept, languages: Sequence[str]) -> RenderableType:
    """Show the terms of a concept, with what excludes them."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for title, part in (
        ("", concept.terms),
        ("not ", concept.exceptions),
        ("unless ", concept.unless),
    ):
        for language in languages:
            if part.get(language):
                table.add_row(title + language, "; ".join(part[language]))
    return table


def render_imported(imported: Imported) -> RenderableType:
    """Tell what an import brought, in which languages it labels, and what it left out."""
    lines = [
        f"{imported.labels} labels and {imported.concepts} concepts in {imported.folder}",
        *(
            f"{scheme}: texts in {', '.join(languages)} are labelled"
            for scheme, languages in imported.schemes.items()
        ),
    ]
    shown = imported.left_out[:_MOST_LEFT_OUT]
    lines += [f"left out: {line}" for line in shown]
    if len(imported.left_out) > len(shown):
        lines.append(f"left out: {len(imported.left_out) - len(shown)} more")
    return Text("\n".join(inert(line) for line in lines), overflow="fold")


_MOST_LEFT_OUT = 40
"""Lines of what an import left out that are shown."""
