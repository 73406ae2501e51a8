"""The keys on the screen: the legend that is always there, and the page of help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from annotator.review.keys import KEYS
from annotator.review.painting import LETTERS, STYLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from annotator.model import Origin
    from annotator.taxonomy import Taxonomy

__all__ = ["LegendEntry", "help_page", "lay_out_legend", "legend_text"]

_STRONG, _FAINT, _GAP = "bold", "dim", "  "


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One key of the legend and where it stands, so that it can be clicked."""

    action: str
    shown: str
    word: str
    row: int
    column: int

    @property
    def width(self) -> int:
        """Return how many cells it takes."""
        return cell_len(f"{self.shown} {self.word}")


def lay_out_legend(width: int) -> tuple[LegendEntry, ...]:
    """Lay the keys out in rows of a width, each beside its word.

    >>> max(entry.row for entry in lay_out_legend(80)), max(entry.row for entry in lay_out_legend(200))
    (1, 0)
    """
    entries: list[LegendEntry] = []
    row = column = 0
    for key in KEYS:
        if not key.word:
            continue
        entry = LegendEntry(key.action, key.shown, key.word, row, column)
        if column and column + entry.width > width:
            row, column = row + 1, 0
            entry = LegendEntry(key.action, key.shown, key.word, row, column)
        entries.append(entry)
        column += entry.width + 2
    return tuple(entries)


def legend_text(entries: Sequence[LegendEntry]) -> Text:
    """Show the legend that was laid out."""
    text = Text()
    row = 0
    for entry in entries:
        if entry.row != row:
            text.append("\n")
            row = entry.row
        elif entry.column:
            text.append(_GAP)
        text.append(entry.shown, style=_STRONG)
        text.append(f" {entry.word}", style=_FAINT)
    return text


def help_page(taxonomy: Taxonomy) -> Table:
    """Explain the screen and every key."""
    page = Table.grid(padding=(0, 1))
    page.add_column(no_wrap=True)
    page.add_column()

    def title(text: str) -> None:
        """Add a heading."""
        page.add_row(Text(text, style=_STRONG))

    title("Keys")
    for key in KEYS:
        names = dict.fromkeys([key.shown, *map(_spoken, key.keys)])
        page.add_row(Text(" " + " ".join(names), style=_STRONG), key.help)
    page.add_row("", "The letter keys work in the Arabic and the Russian layout too.")
    title("Signs")
    page.add_row(" [•]", "The machine proposes the label; accepting says yes.")
    page.add_row(" [ ]", "It does not; accepting says no.")
    page.add_row(" [✓] [✗]", "You said yes, you said no: it is saved already.")
    for origin, letter in LETTERS.items():
        page.add_row(f" {letter}", Text.assemble((origin, STYLES[origin]), _MEANINGS[origin]))
    title("Good to know")
    schemes = " and ".join(taxonomy.schemes)
    page.add_row("", f"There are {len(taxonomy.labels)} labels of {schemes}; l finds each of them.")
    page.add_row(
        "", "Right-to-left text is sent whole, in its own order; the terminal lays it out."
    )
    page.add_row("", "Every key saves at once. Quit when you like, and go on another day.")
    return page


_MEANINGS: Mapping[Origin, str] = {
    "declared": ": the text names the label",
    "keyword": ": a term of the taxonomy stands in the text",
    "classifier": ": what was learned from examples",
    "reviewer": ": a person answered",
}


def _spoken(key: str) -> str:
    """Return how people write a key that textual has a name for."""
    return {
        "enter": "Enter",
        "space": "Space",
        "delete": "Delete",
        "pagedown": "PgDn",
        "pageup": "PgUp",
        "question_mark": "?",
        "slash": "/",
        "plus": "+",
        "left": "←",
        "right": "→",
        "up": "↑",
        "down": "↓",
        "f1": "F1",
    }.get(key, key.replace("ctrl+", "Ctrl+"))
