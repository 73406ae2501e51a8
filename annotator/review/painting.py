"""What the screen shows, as text with styles: pure functions of the session.

Terminals differ in how they lay out right-to-left text. Nothing here cuts or
reorders it, and no row has a second column behind it: a name in Arabic is the
last thing on its row. What colour says is said by a letter, a sign or an
attribute too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from annotator.inert import inert
from annotator.review.keys import row_keys
from annotator.review.pace import time_left
from annotator.review.sentences import filters, why

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from annotator.model import Evidence, Origin
    from annotator.review.rows import Row
    from annotator.review.session import Session
    from annotator.store import StoredParagraph

__all__ = [
    "LETTERS",
    "STYLES",
    "comment_line",
    "declared_line",
    "evidence_line",
    "header_line",
    "labels_heading",
    "labels_text",
    "neighbour_texts",
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

LETTERS: Mapping[Origin, str] = {
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


def why_line(session: Session, width: int) -> Text:
    """Say why this paragraph comes now, in as many reasons as fit."""
    said = why(session)
    if not said:
        return Text()
    line = Text.assemble(("Why  ", _FAINT), said[0])
    for more in said[1:]:
        if line.cell_len + cell_len(more) + len("; ") <= width:
            line.append(f"; {more}")
    return line


def declared_line(session: Session) -> Text:
    """List the labels that the document declares, and those that nothing else supports."""
    text = Text()
    if session.current is None:
        return text
    text.append("Document declares ", style=_FAINT)
    declared = session.current.declared
    if not declared:
        text.append("no label", style=_FAINT)
    text.append(" ".join(entry.label for entry in declared if entry.supported), style=_STRONG)
    alone = [entry.label for entry in declared if not entry.supported]
    if alone:
        text.append(f"{_GAP}! unsupported: ")
        text.append(" ".join(alone), style=_STRONG)
    return text


def comment_line(session: Session) -> Text:
    """Show the reviewer's comment, and others' where the reviewer decides between them."""
    text = Text()
    own = {"Comment": session.standing.comment} if session.standing.comment else {}
    for name, comment in (own | session.remarks).items():
        text.append(_GAP if text else "")
        text.append(f"{inert(name)} ", style=_FAINT)
        text.append(inert(comment))
    return text


def neighbour_texts(paragraphs: Sequence[StoredParagraph]) -> list[Text]:
    """Show the paragraphs before or after, which are not judged."""
    return [Text(inert(paragraph.text), style=_FAINT) for paragraph in paragraphs]


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
    if session.current is None:
        return text
    text.append("Labels", style=_STRONG)
    text.append("  [•] proposed  [✓] yes  [✗] no ", style=_FAINT)
    for origin in ("declared", "keyword", "classifier"):
        text.append("  ")
        text.append(f"{LETTERS[origin]} {origin}", style=STYLES[origin])
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
        for origin, letter in LETTERS.items():
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
        text.append(f"  {LETTERS[span.origin]} ", style=_STRONG)
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
    counts, rate = session.counts, session.rate
    time = time_left(counts.left, rate)
    parts = [
        f"{counts.finished} of {counts.total} decided",
        f"{counts.left} left" + (f" (about {time})" if time else ""),
    ]
    if counts.skipped:
        parts.append(f"{counts.skipped} skipped")
    if rate is not None:
        parts.append(f"{rate:.0f} a minute")
    parts.append("to settle" if session.adjudicates else f"order {session.query.order}")
    text = Text(" · ".join(parts))
    active = filters(session.query)
    if active:
        text.append(" · only " + ", ".join(active), style=_STRONG)
    return text
