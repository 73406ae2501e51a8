"""The review as a program: keys to the session, what the session says to the board."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding
from textual.screen import Screen

from annotator.errors import StoreError
from annotator.review.board import Board
from annotator.review.choices import (
    chosen_filter,
    document_choices,
    filter_choices,
    label_choices,
)
from annotator.review.dialogs import ChoiceScreen, CommentScreen, HelpScreen
from annotator.review.keys import KEYS, digit_of
from annotator.review.legend import help_page
from annotator.review.search import LabelSearch
from annotator.review.sentences import describe

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from annotator.review.panes import LabelsPane, Legend
    from annotator.review.session import Session

__all__ = ["ReviewApp", "ReviewScreen"]

_NINE = 9


class ReviewScreen(Screen[None]):
    """One paragraph, its labels, and the keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(key.all_keys), key.action, key.help) for key in KEYS if key.keys
    ]

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
        self._board = Board(session, names, notice)
        self._zeros = 0

    @cached_property
    def _search(self) -> LabelSearch:
        """The search over all labels, made when it is first asked for."""
        return LabelSearch(self._session.taxonomy)

    def compose(self) -> ComposeResult:
        """Show the board, and nothing else."""
        yield self._board

    # Keys that decide

    def action_accept(self) -> None:
        """Accept the labels as they stand, and go on."""
        self._decide("accepted", self._session.accept)

    def action_reject(self) -> None:
        """Reject all labels, and go on."""
        self._decide("rejected", self._session.reject)

    def action_digit(self) -> None:
        """Say how digits work, to whoever clicks on them in the legend."""
        self._board.say("type the number beside a label, or click on the label")

    def action_turn(self) -> None:
        """Turn the chosen label."""
        self._toggle(self._board.chosen)

    def action_add_label(self) -> None:
        """Ask for a label, and say yes to it."""
        if self._session.current is None:
            return
        find = label_choices(self._search, self._session.taxonomy, self._names)

        def add(label: str | None) -> None:
            """Say yes to the label that was chosen."""
            if label is not None:
                self._attempt(lambda: self._show_answer(self._session.add(label)))

        self.app.push_screen(
            ChoiceScreen("Add a label", "id, name or term, in any language", find), add
        )

    def action_skip(self) -> None:
        """Put the paragraph aside."""
        place = self._place()
        if place and self._attempt(self._session.skip):
            self._board.paint(f"{place} skipped")

    def action_flag(self) -> None:
        """Flag the paragraph, or take the flag away."""
        if self._session.current is None:
            return

        def flag() -> None:
            """Flag the paragraph or take the flag away, and say which."""
            flagged = self._session.flag()
            self._board.repaint(f"{self._place()} {'flagged' if flagged else 'no longer flagged'}")

        self._attempt(flag)

    def action_comment(self) -> None:
        """Ask for a comment."""
        if self._session.current is None:
            return

        def keep(text: str | None) -> None:
            """Save the comment, if it is another one."""
            if text is None or text == self._session.standing.comment:
                return
            if self._attempt(lambda: self._session.comment(text)):
                self._board.repaint("comment saved" if text else "comment taken away")

        self.app.push_screen(CommentScreen(self._session.standing.comment), keep)

    def action_undo(self) -> None:
        """Take back the latest step."""
        self._turn(self._session.undo, "took back", "nothing is left to take back")

    def action_redo(self) -> None:
        """Do again what was taken back."""
        self._turn(self._session.redo, "did again", "nothing was taken back since the latest step")

    # Keys that move

    def action_next(self) -> None:
        """Go to the next paragraph."""
        self._move(self._session.next, "this is the last paragraph of the queue")

    def action_previous(self) -> None:
        """Go back to the paragraph before."""
        self._move(self._session.previous, "this is the first paragraph of the queue")

    def action_jump(self) -> None:
        """Ask for a document, and go to it."""

        def jump(document: str | None) -> None:
            """Go to the document that was chosen."""
            if document is not None:
                self._move(
                    lambda: self._session.jump(document), f"{document} has nothing to decide on"
                )

        def ask() -> None:
            """Show the documents to choose from."""
            find = document_choices(self._session.store.documents())
            self.app.push_screen(ChoiceScreen("Jump to a document", "part of its name", find), jump)

        self._attempt(ask)

    def action_filter(self) -> None:
        """Ask what to look at, and make a queue of it."""

        def narrow(value: str | None) -> None:
            """Make the queue that was chosen."""
            if value is not None and self._attempt(
                lambda: self._session.apply(chosen_filter(self._session, value))
            ):
                self._board.paint("")

        def ask() -> None:
            """Show what the queue can be narrowed to."""
            find = filter_choices(self._session, self._names)
            self.app.push_screen(
                ChoiceScreen("View only", "label, language, state …", find), narrow
            )

        self._attempt(ask)

    def action_row(self, by: int) -> None:
        """Choose the label below or above."""
        rows = self._session.rows
        if rows:
            self._board.choose(min(max(self._board.chosen + by, 0), len(rows) - 1))

    def action_scroll(self, by: int) -> None:
        """Scroll the paragraph."""
        self._board.scroll_text(by)

    def action_help(self) -> None:
        """Explain everything."""
        self.app.push_screen(HelpScreen(help_page(self._session.taxonomy)))

    def action_quit(self) -> None:
        """End; all is saved."""
        self.app.exit()

    def on_key(self, event: events.Key) -> None:
        """Take digits, which may be more than one; anything else begins anew."""
        digit = digit_of(event.character)
        if digit is None:
            self._zeros = 0
            return
        event.stop()
        if digit == 0:
            self._zeros += 1
            self._board.say("0" * self._zeros + "_")
            return
        row, self._zeros = self._zeros * _NINE + digit - 1, 0
        self._toggle(row)

    # The mouse

    def on_labels_pane_clicked(self, event: LabelsPane.Clicked) -> None:
        """Turn the label that was clicked."""
        self._toggle(event.row)

    def on_labels_pane_turned(self, event: LabelsPane.Turned) -> None:
        """Choose another label."""
        self.action_row(event.by)

    async def on_legend_clicked(self, event: Legend.Clicked) -> None:
        """Do what the key that was clicked does."""
        await self.run_action(event.action)

    # How it is done

    def _attempt(self, deed: Callable[[], object]) -> bool:
        """Do something to the store; if that fails, say so and stay."""
        try:
            deed()
        except StoreError as error:
            self._board.say(f"not done: {error}")
            return False
        return True

    def _move(self, deed: Callable[[], bool], nowhere: str) -> None:
        """Go somewhere, or say why not."""
        moved: list[bool] = []
        if self._attempt(lambda: moved.append(deed())):
            if moved[0]:
                self._board.paint("")
            else:
                self._board.say(nowhere)

    def _decide(self, what: str, deed: Callable[[], dict[str, bool]]) -> None:
        """Finish the paragraph, go on, and say what was done."""
        place = self._place()
        if not place:
            return
        answers: dict[str, bool] = {}
        if self._attempt(lambda: answers.update(deed())):
            self._board.paint(f"{place} {what}: {describe(answers)}")

    def _toggle(self, row: int) -> None:
        """Turn one label, if it is there."""
        if row >= len(self._session.rows):
            self._board.say(f"there is no label {row + 1} here")
            return

        def turn() -> None:
            """Turn the label, and show it."""
            self._session.toggle(row)
            self._show_answer(row)

        self._attempt(turn)

    def _show_answer(self, row: int) -> None:
        """Choose a row that was just answered, and say how."""
        self._board.chosen = row
        answer = self._session.rows[row]
        self._board.repaint(f"{'yes' if answer.answer else 'no'} to {answer.label}")

    def _turn(self, deed: Callable[[], str | None], done: str, nothing: str) -> None:
        """Undo or redo, and say what."""
        kinds: list[str | None] = []
        if self._attempt(lambda: kinds.append(deed())):
            kind = kinds[0]
            self._board.paint(nothing if kind is None else f"{done}: {kind} of {self._place()}")

    def _place(self) -> str:
        """Name the current paragraph; empty if there is none."""
        paragraph = self._session.current
        return "" if paragraph is None else f"¶ {paragraph.place.position}"


class ReviewApp(App[None]):
    """The review as a program of the terminal, in the terminal's own colours."""

    ENABLE_COMMAND_PALETTE = False
    TITLE = "annotator review"

    def __init__(self, session: Session, *, names: str = "en", notice: str = "") -> None:
        """Show a session.

        Args:
            session: Where the reviewer stands.
            names: Language of the labels' names.
            notice: What to say first.
        """
        super().__init__(ansi_color=True)
        self.session = session
        self._names = names
        self._notice = notice
        self.theme = "ansi-dark"

    def on_mount(self) -> None:
        """Open the screen."""
        self.push_screen(ReviewScreen(self.session, self._names, self._notice))

    def action_help_quit(self) -> None:
        """Say how to quit to whoever presses Ctrl+C, on the row of messages."""
        self.screen_stack[1].query_one(Board).say("q quits; everything is saved already")
