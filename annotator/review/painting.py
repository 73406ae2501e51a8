"""What the screen shows, as text with styles: pure functions of the session.

Terminals differ in how they lay out right-to-left text. Nothing here cuts or
reorders it, and no row has a second column behind it: a name in Arabic is the
last thing on its row. What colour says is said by a letter, a sign or an
attribute too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from annotator.report.text import inert
from annotator.review.keys import KEYS, row_keys
from annotator.review.pace import time_left
from annotator.review.sentences import filters, why

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from annotator.model import Evidence, Origin
    from annotator.review.rows import Row
    from annotator.review.session import Session
    from annotator.store import StoredParagraph
    from annotator.taxonomy import Taxonomy

__all__ = [
    "LegendEntry",
    "declared_line",
    "evidence_line",
    "header_line",
    "help_text",
    "labels_heading",
    "labels_text",
    "legend",
    "neighbour_text",
    "paragraph_text",
    "progress_line",
    "why_line",
]

STYLES: Mapping[Origin, str] = {
    "declared": "reverse magenta",
    "keyword": "underline cyan",
    "classifier": "italic yellow",
    "reviewer": "bold green",
}
"""How evidence of each origin is shown in the text: the attribute tells it without colour."""

_LETTERS: Mapping[Origin, str] = {
    "declared": "D",
    "keyword": "K",
    "classifier": "C",
    "reviewer": "R",
}

_FAINT = "dim"
_STRONG = "bold"
_YES, _NO, _PROPOSED, _NOT_PROPOSED = "✓", "✗", "•", " "
_CURSOR = "›"
_GAP = "  "


def header_line(session: Session) -> Text:
    """Say which paragraph this is; the document's name, in whatever script, stands last."""
    paragraph = session.current
    text = Text()
    text.append("Review", style=_STRONG)
    if paragraph is None:
        return text
    facts = [f"¶ {paragraph.place.position}", paragraph.language]
    if paragraph.kind != "body":
        facts.append(paragraph.kind.replace("_", " "))
    if paragraph.place.locator:
        facts.append(inert(paragraph.place.locator))
    if session.standing.state != "open":
        facts.append("decided" if session.standing.state == "finished" else "skipped")
    text.append(_GAP + " · ".join(facts))
    if session.standing.flagged:
        text.append(" · ⚑ flagged", style=_STRONG)
    text.append(_GAP + inert(paragraph.place.document), style=_FAINT)
    return text


def why_line(session: Session) -> Text:
    """Say why this paragraph comes now."""
    return Text.assemble(("Why ", _FAINT), why(session))


def declared_line(session: Session) -> Text:
    """List the labels that the document declares, and those that nothing else supports."""
    text = Text()
    text.append("Document declares ", style=_FAINT)
    declared = session.current.declared if session.current else ()
    if not declared:
        text.append("no label", style=_FAINT)
    text.append(" ".join(entry.label for entry in declared if entry.supported), style=_STRONG)
    alone = [entry.label for entry in declared if not entry.supported]
    if alone:
        text.append(f"{_GAP}! unsupported: ")
        text.append(" ".join(alone), style=_STRONG)
    if session.standing.comment:
        text.append("  Comment ", style=_FAINT)
        text.append(inert(session.standing.comment))
    return text


def neighbour_text(paragraphs: Sequence[StoredParagraph]) -> Text:
    """Show the paragraph before or after, which is not judged."""
    return Text("\n".join(inert(paragraph.text) for paragraph in paragraphs), style=_FAINT)


def paragraph_text(session: Session, chosen: int) -> Text:
    """Show the paragraph to decide on, with the evidence of all labels; the chosen one's is bold."""
    paragraph = session.current
    if paragraph is None:
        return Text()
    text = Text(inert(paragraph.text))
    for place, row in enumerate(session.rows):
        for span in row.evidence:
            text.stylize(STYLES[span.origin], span.start, span.end)
            if place == chosen:
                text.stylize(_STRONG, span.start, span.end)
    return text


def labels_heading(session: Session) -> Text:
    """Explain the signs of the list below it, in the attributes that the text uses."""
    text = Text()
    text.append("Labels", style=_STRONG)
    text.append("  [•] proposed  [✓] yes  [✗] no ", style=_FAINT)
    for origin in ("declared", "keyword", "classifier"):
        text.append("  ")
        text.append(f"{_LETTERS[origin]} {origin}", style=STYLES[origin])
    if not session.rows:
        text.append("  none suggested: l adds one", style=_STRONG)
    return text


def labels_text(session: Session, chosen: int, names: str, width: int) -> Text:
    """List the labels: the digits that toggle each, answer, score, origins, official name."""
    taxonomy, rows = session.taxonomy, session.rows
    digits = max((len(row_keys(place)) for place in range(len(rows))), default=1)
    ids = max((len(row.label) for row in rows), default=0)
    lines = []
    for place, row in enumerate(rows):
        line = Text()
        line.append(_CURSOR if place == chosen else " ", style=_STRONG)
        line.append(f"{row_keys(place):>{digits}} ", style=_STRONG)
        line.append(*_box(row))
        line.append(" ")
        line.append(f"{row.label:<{ids}}", style=_STRONG if row.yes else "")
        line.append(f" {row.score:.2f} " if row.score is not None else "      ")
        for origin, letter in _LETTERS.items():
            shown = origin in row.origins or (origin == "reviewer" and row.answer is not None)
            line.append(letter if shown else "·", style="" if shown else _FAINT)
        if row.others:
            said = (f"{name} {_YES if yes else _NO}" for name, yes in row.others.items())
            line.append("  " + inert(" ".join(said)), style=_STRONG)
        line.append(_GAP)
        line.append(_fitted(taxonomy.labels[row.label].name(names), width - line.cell_len))
        lines.append(line)
    return Text("\n").join(lines)


def _box(row: Row) -> tuple[str, str]:
    """Return the box of a row, and its style."""
    if row.answer is None:
        return (f"[{_PROPOSED if row.proposed else _NOT_PROPOSED}]", "")
    return (f"[{_YES}]", "bold green") if row.answer else (f"[{_NO}]", "bold red")


def _fitted(text: str, width: int) -> str:
    """Cut a label's name to a width, with a sign that it was cut."""
    if cell_len(text) <= width:
        return text
    while text and cell_len(text) > width - 1:
        text = text[:-1]
    return text + "…"


def evidence_line(session: Session, chosen: int) -> Text:
    """List the words that the chosen label rests on, with the letter of their origin."""
    text = Text()
    if chosen >= len(session.rows):
        return text
    row = session.rows[chosen]
    text.append(f"{row.label} rests on", style=_FAINT)
    if not row.evidence:
        text.append(" no words of the text", style=_FAINT)
    for span in _distinct(row.evidence):
        text.append(f"  {_LETTERS[span.origin]} ", style=_STRONG)
        text.append(inert(span.text), style=STYLES[span.origin])
    return text


def _distinct(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Return the weightiest spans first, each wording of an origin once."""
    ordered = sorted(evidence, key=lambda span: (-span.weight, span.start))
    return list({(span.origin, span.text.casefold()): span for span in reversed(ordered)}.values())[
        ::-1
    ]


def progress_line(session: Session) -> Text:
    """Say how far the review has come, how fast it goes and what is left."""
    counts = session.counts
    parts = [f"{counts.finished}/{counts.total} decided", f"{counts.left} left"]
    if counts.skipped:
        parts.append(f"{counts.skipped} skipped")
    rate = session.rate
    if rate is not None:
        parts.append(f"{rate:.0f}/min")
        parts.append(time_left(counts.left, rate))
    parts.append("to settle" if session.adjudicates else f"by {session.query.order}")
    text = Text(" · ".join(part for part in parts if part))
    active = filters(session.query)
    if active:
        text.append(" · only " + ", ".join(active), style=_STRONG)
    return text


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


def legend(width: int) -> tuple[LegendEntry, ...]:
    """Lay the keys out in rows of a width, each beside its word.

    >>> max(entry.row for entry in legend(80)), max(entry.row for entry in legend(200))
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


def help_text(taxonomy: Taxonomy) -> Text:
    """Explain the screen and every key."""
    text = Text()
    text.append("Keys\n", style=_STRONG)
    for key in KEYS:
        names = dict.fromkeys([key.shown, *map(_spoken, key.keys)])
        text.append(f"  {' '.join(names):<16}", style=_STRONG)
        text.append(f" {key.help}\n")
    text.append("\nThe letter keys also work in the Arabic and the Russian layout.\n")
    text.append("\nSigns\n", style=_STRONG)
    for sign, meaning in (
        ("[•]", "the machine proposes the label; accepting says yes"),
        ("[ ]", "it does not; accepting says no"),
        ("[✓] [✗]", "you said yes, no: saved already"),
    ):
        text.append(f"  {sign:<16} {meaning}\n")
    for origin, letter in _LETTERS.items():
        text.append(f"  {letter:<16} ")
        text.append(origin, style=STYLES[origin])
        text.append(f": {_MEANINGS[origin]}\n")
    schemes = " and ".join(taxonomy.schemes)
    text.append(f"\nThere are {len(taxonomy.labels)} labels of {schemes}; l finds each of them.\n")
    text.append(
        "Right-to-left text is sent whole and in its own order; your terminal lays it out.\n"
        "Every key saves at once. Quit when you like, and come back to the same place."
    )
    return text


_MEANINGS: Mapping[Origin, str] = {
    "declared": "the text names the label",
    "keyword": "a term of the taxonomy stands in the text",
    "classifier": "what was learned from examples",
    "reviewer": "a person answered",
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
