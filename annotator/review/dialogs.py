"""Windows over the review: choosing from a list by typing, writing a comment, the help.

Each takes every key while it is open, so that no letter that is typed into it
is taken for a shortcut. Each covers the whole width: were right-to-left text to
stand on both sides, some terminals would turn the window itself round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from annotator.inert import inert

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.table import Table
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from annotator.review.choices import Choice

__all__ = ["ChoiceScreen", "CommentScreen", "HelpScreen"]


class ChoiceScreen(ModalScreen[str | None]):
    """Type, see what matches, choose; gives the value, or ``None`` if it was left."""

    CSS = """
    ChoiceScreen { align: center middle; }
    ChoiceScreen > Vertical {
        width: 100%; height: 20; max-height: 100%;
        border: solid ansi_default; padding: 0 1;
    }
    ChoiceScreen Input { border: none; height: 1; padding: 0; margin: 0 0 1 0; }
    ChoiceScreen OptionList { height: 1fr; border: none; padding: 0; text-wrap: nowrap; text-overflow: ellipsis; }
    ChoiceScreen .hint { height: 1; text-style: dim; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "leave", "Leave"),
        ("down", "move(1)", "Down"),
        ("up", "move(-1)", "Up"),
        ("pagedown", "move(10)", "Further down"),
        ("pageup", "move(-10)", "Further up"),
    ]

    def __init__(self, title: str, hint: str, find: Callable[[str], Sequence[Choice]]) -> None:
        """Ask for one of the choices that a search finds.

        Args:
            title: What is chosen.
            hint: What stands in the empty input.
            find: Returns what matches a text, best first; everything for none.
        """
        super().__init__()
        self._title = title
        self._hint = hint
        self._find = find
        self._found: Sequence[Choice] = ()

    def compose(self) -> ComposeResult:
        """Lay out the input over the list."""
        with Vertical() as frame:
            frame.border_title = self._title
            yield Input(placeholder=self._hint, select_on_focus=False)
            yield OptionList(markup=False)
            yield Static("Enter chooses · ↓↑ move · Esc leaves", classes="hint", markup=False)

    def on_mount(self) -> None:
        """List everything, ready to type."""
        self._list("")
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """List what matches what has been typed."""
        self._list(event.value)

    def on_input_submitted(self) -> None:
        """Choose the highlighted entry; stay where there is none."""
        place = self.query_one(OptionList).highlighted
        if place is not None and self._found:
            self.dismiss(self._found[place].value)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose what was clicked."""
        self.dismiss(self._found[event.option_index].value)

    def action_leave(self) -> None:
        """Leave without choosing."""
        self.dismiss(None)

    def action_move(self, by: int) -> None:
        """Move the highlight, and stop at the ends."""
        options = self.query_one(OptionList)
        if self._found:
            place = (options.highlighted or 0) + by
            options.highlighted = min(max(place, 0), len(self._found) - 1)

    def _list(self, typed: str) -> None:
        """Show what matches, the best highlighted."""
        self._found = self._find(typed)
        options = self.query_one(OptionList)
        options.clear_options()
        if self._found:
            options.add_options([Option(choice.text) for choice in self._found])
            options.highlighted = 0
        else:
            options.add_option(Option("nothing matches; type less, or Esc", disabled=True))


class _Line(Input):
    """A line to write on, into which several lines can be pasted: none is lost."""

    def on_paste(self, event: events.Paste) -> None:
        """Put the lines side by side, and what would act on a terminal as what only shows."""
        event.prevent_default()
        event.stop()
        self.insert_text_at_cursor(inert(" ".join(event.text.split())))


class CommentScreen(ModalScreen[str | None]):
    """Write a comment; gives the text, or ``None`` if it was left as it was."""

    CSS = """
    CommentScreen { align: center middle; }
    CommentScreen > Vertical {
        width: 100%; height: 5; border: solid ansi_default; padding: 0 1;
    }
    CommentScreen Input { border: none; height: 1; padding: 0; margin: 0 0 1 0; }
    CommentScreen .hint { height: 1; text-style: dim; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave", "Leave")]

    def __init__(self, comment: str) -> None:
        """Begin with the comment that is there."""
        super().__init__()
        self._comment = comment

    def compose(self) -> ComposeResult:
        """Lay out one line to write on."""
        with Vertical() as frame:
            frame.border_title = "Comment"
            yield _Line(self._comment, select_on_focus=False)
            yield Static(
                "Enter saves · empty takes the comment away · Esc leaves it as it was",
                classes="hint",
                markup=False,
            )

    def on_mount(self) -> None:
        """Begin to write at the end."""
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Save what was written."""
        self.dismiss(event.value.strip())

    def action_leave(self) -> None:
        """Leave without saving."""
        self.dismiss(None)


class HelpScreen(ModalScreen[None]):
    """A page to read."""

    CSS = """
    HelpScreen { align: center middle; }
    HelpScreen > VerticalScroll {
        width: 100%; height: 100%; max-height: 48;
        border: solid ansi_default; padding: 0 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,enter,space,q,h,question_mark,f1", "leave", "Leave")
    ]

    def __init__(self, page: Table) -> None:
        """Show a page."""
        super().__init__()
        self._page = page

    def compose(self) -> ComposeResult:
        """Lay out the page."""
        with VerticalScroll() as frame:
            frame.border_title = "Help"
            frame.border_subtitle = "↓↑ scroll · Esc leaves"
            yield Static(self._page, markup=False)

    def action_leave(self) -> None:
        """Go back to the review."""
        self.dismiss(None)
