"""Everything that the review shows, from the first row to the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.widget import Widget

from annotator.inert import inert
from annotator.review.painting import (
    comment_line,
    declared_line,
    evidence_line,
    header_line,
    labels_heading,
    labels_text,
    neighbour_texts,
    paragraph_text,
    progress_line,
    why_line,
)
from annotator.review.panes import LabelsPane, Legend, Row, TextPane
from annotator.review.sentences import doubtful_label, ending

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from annotator.review.session import Session

__all__ = ["Board"]


class Board(Widget):
    """The panes, painted from a session; knows which label is chosen and what was said last."""

    DEFAULT_CSS = "Board { layout: vertical; }"

    def __init__(self, session: Session, names: str, notice: str) -> None:
        """Show a session.

        Args:
            session: Where the reviewer stands.
            names: Language of the labels' names.
            notice: What to say first.
        """
        super().__init__()
        self._session = session
        self._names = names
        self._message = notice
        self.chosen = 0
        """Which label is chosen, counted from 0."""

    def compose(self) -> ComposeResult:
        """Lay out the rows from top to bottom."""
        yield Row(id="header")
        yield Row(id="why")
        yield TextPane(id="text")
        yield Row(id="declared")
        yield Row(id="comment")
        yield Row(id="heading")
        yield LabelsPane(id="labels")
        yield Row(id="evidence")
        yield Row(id="progress")
        yield Row(id="message")
        yield Legend(id="legend")

    def on_mount(self) -> None:
        """Paint for the first time."""
        self.paint(self._message)

    def on_resize(self) -> None:
        """Cut lines to the new width."""
        self._paint_rows(self._message)

    def paint(self, message: str) -> None:
        """Paint another paragraph from its beginning, the label it is here for chosen."""
        session = self._session
        doubtful = doubtful_label(session)
        places = {row.label: place for place, row in enumerate(session.rows)}
        self.chosen = places.get(doubtful, 0) if doubtful else 0
        pane = self.query_one(TextPane)
        if session.current is None:
            end = ending(session)
            steps = "".join(f"\n  {step}" for step in end.next_steps)
            pane.show((), Text.assemble((end.what, "bold"), "\n", steps), ())
        else:
            before, after = session.neighbours
            pane.show(
                neighbour_texts(before),
                paragraph_text(session, self.chosen),
                neighbour_texts(after),
            )
        self._paint_rows(message)

    def repaint(self, message: str) -> None:
        """Paint the same paragraph after an answer, where it is scrolled to."""
        self.query_one(TextPane).restyle(paragraph_text(self._session, self.chosen))
        self._paint_rows(message)

    def choose(self, row: int) -> None:
        """Choose a label: its evidence stands out."""
        self.chosen = row
        self.query_one(TextPane).restyle(paragraph_text(self._session, row))
        self._paint_labels()

    def scroll_text(self, by: int) -> None:
        """Scroll the paragraph by pages."""
        self.query_one(TextPane).scroll_page(by)

    def say(self, message: str) -> None:
        """Show a message until the next one."""
        self._message = message
        self.query_one("#message", Row).update(Text(inert(message), style="bold"))

    def _paint_rows(self, message: str) -> None:
        """Paint everything but the paragraph."""
        session = self._session
        for name, line in (
            ("header", header_line),
            ("declared", declared_line),
            ("heading", labels_heading),
            ("progress", progress_line),
        ):
            self.query_one(f"#{name}", Row).update(line(session))
        self.query_one("#why", Row).update(why_line(session, self.size.width))
        comment = comment_line(session)
        self.query_one("#comment", Row).update(comment)
        self.query_one("#comment", Row).display = bool(comment)
        self._paint_labels()
        self.say(message)

    def _paint_labels(self) -> None:
        """Paint the labels, and what the chosen one rests on."""
        labels = labels_text(self._session, self.chosen, self._names, self.size.width)
        self.query_one(LabelsPane).show(labels, self.chosen)
        self.query_one("#evidence", Row).update(evidence_line(self._session, self.chosen))
