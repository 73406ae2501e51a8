"""The parts of the screen that lay out text themselves: the paragraph, the labels, the legend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from annotator.review.legend import lay_out_legend, legend_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from annotator.review.legend import LegendEntry

__all__ = ["LabelsPane", "Legend", "Row", "TextPane"]

_CONTEXT = 2
"""Lines of the paragraph before that stay in sight above the one to decide on."""

_MARK = "▌ "
"""Stands before every line of the paragraph to decide on; the others have spaces."""

_WIDEST = 110
"""Cells of the longest line: the eye finds the next one more easily."""

_ROOMY = 24
"""Rows from which paragraphs are kept apart by an empty one."""

_WHEEL = 3
"""Lines that one turn of the mouse's wheel scrolls."""

_WRAPPER = Console(width=80, no_color=True, legacy_windows=False)
"""Breaks lines; prints nothing."""


class Row(Static):
    """One row of text, cut with a sign where it is too long."""

    DEFAULT_CSS = "Row { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }"

    def __init__(self, *, id: str) -> None:  # noqa: A002 - textual's name for it
        super().__init__("", id=id, markup=False)


class TextPane(Widget):
    """The paragraph to decide on between its neighbours, scrolled by whole lines.

    A row of its own says when the paragraph goes on out of sight.
    """

    DEFAULT_CSS = "TextPane { height: 1fr; text-wrap: nowrap; }"

    def __init__(self, *, id: str) -> None:  # noqa: A002 - textual's name for it
        super().__init__(id=id)
        self._before: Sequence[Text] = ()
        self._current = Text()
        self._after: Sequence[Text] = ()
        self._lines: list[Text] = []
        self._first = self._last = 0
        self._top = 0

    def show(self, before: Sequence[Text], current: Text, after: Sequence[Text]) -> None:
        """Show a paragraph between its neighbours, from its beginning."""
        self._before, self._current, self._after = before, current, after
        self._wrap()
        self._begin()

    def restyle(self, current: Text) -> None:
        """Show the same paragraph with other highlights, where it is scrolled to."""
        self._current = current
        self._wrap()
        self.refresh()

    def scroll_lines(self, by: int) -> None:
        """Scroll by lines, and stop at the ends."""
        self._top = self._bounded(self._top + by)
        self.refresh()

    def scroll_page(self, by: int) -> None:
        """Scroll by what fits into the pane, so that two lines stay in sight."""
        self.scroll_lines(by * max(1, self.size.height - _CONTEXT))

    def render(self) -> Text:
        """Return the lines in sight."""
        height = self.size.height
        lines = self._lines[self._top : self._top + height]
        hidden = self._last - (self._top + height)
        if hidden > 0 and height > 1:
            lines[-1] = Text(f"  ▼ {hidden + 1} more lines of this paragraph: PgDn", style="bold")
        passed = min(self._top, self._last) - self._first
        if passed > 0 and height > _CONTEXT:
            lines[0] = Text(f"  ▲ {passed + 1} lines of this paragraph above: PgUp", style="bold")
        return Text("\n").join(lines)

    def on_resize(self) -> None:
        """Break the lines anew."""
        self._wrap()
        self._begin()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Read on."""
        event.stop()
        self.scroll_lines(_WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Read back."""
        event.stop()
        self.scroll_lines(-_WHEEL)

    def _begin(self) -> None:
        """Scroll to where the paragraph begins, with what there is room for around it."""
        room = self.size.height - (self._last - self._first)
        self._top = self._bounded(self._first - max(_CONTEXT, room // 2))
        self.refresh()

    def _wrap(self) -> None:
        """Break the paragraphs into lines, each with its mark."""
        width = max(1, min(self.size.width, _WIDEST) - len(_MARK))
        gap = [Text()] if self.size.height >= _ROOMY else []
        self._lines = []
        for part in self._before:
            self._lines += _broken(part, width, " " * len(_MARK)) + gap
        self._first = len(self._lines)
        self._lines += _broken(self._current, width, _MARK)
        self._last = len(self._lines)
        for part in self._after:
            self._lines += gap + _broken(part, width, " " * len(_MARK))

    def _bounded(self, top: int) -> int:
        """Return the nearest line that may stand on top."""
        return max(0, min(top, len(self._lines) - self.size.height))


def _broken(text: Text, width: int, mark: str) -> list[Text]:
    """Break a paragraph into lines of a width, each behind a mark."""
    if not text.plain:
        return []
    return [Text(mark).append_text(line) for line in text.wrap(_WRAPPER, width, overflow="fold")]


class LabelsPane(Widget):
    """The list of labels; the chosen one is always in sight."""

    DEFAULT_CSS = "LabelsPane { height: auto; max-height: 30%; text-wrap: nowrap; }"

    class Clicked(Message):
        """A row was clicked."""

        def __init__(self, row: int) -> None:
            super().__init__()
            self.row = row

    class Turned(Message):
        """The mouse's wheel was turned over the list."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def __init__(self, *, id: str) -> None:  # noqa: A002 - textual's name for it
        super().__init__(id=id)
        self._lines: list[Text] = []
        self._chosen = 0
        self._top = 0

    def show(self, text: Text, chosen: int) -> None:
        """Show a list, one line a label."""
        lines = list(text.split("\n")) if text.plain else []
        resized = len(lines) != len(self._lines)
        self._lines, self._chosen = lines, chosen
        self.refresh(layout=resized)

    def get_content_height(self, *_: object) -> int:
        """Return how many rows the list would like."""
        return max(1, len(self._lines))

    def render(self) -> Text:
        """Return the rows in sight; the ends say how many are out of it."""
        height = max(1, self.size.height)
        self._top = min(max(self._top, self._chosen - height + 1), self._chosen)
        self._top = max(0, min(self._top, len(self._lines) - height))
        lines = [line.copy() for line in self._lines[self._top : self._top + height]]
        below = len(self._lines) - self._top - height
        for place, hidden, sign in ((0, self._top, "▲"), (-1, below, "▼")):
            if lines and hidden > 0:
                note = f" {sign}{hidden}"
                lines[place].truncate(max(1, self.size.width - len(note)), pad=True)
                lines[place].append(note, style="bold")
        return Text("\n").join(lines)

    def on_click(self, event: events.Click) -> None:
        """Say which row was clicked."""
        if self._top + event.y < len(self._lines):
            self.post_message(self.Clicked(self._top + event.y))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Ask for the next label."""
        event.stop()
        self.post_message(self.Turned(1))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Ask for the label before."""
        event.stop()
        self.post_message(self.Turned(-1))


class Legend(Widget):
    """All keys, always in sight; each can be clicked."""

    DEFAULT_CSS = "Legend { height: auto; text-wrap: nowrap; }"

    class Clicked(Message):
        """A key of the legend was clicked."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def get_content_height(self, _container: object, _viewport: object, width: int) -> int:
        """Return how many rows the keys take."""
        return 1 + max(entry.row for entry in lay_out_legend(width))

    def render(self) -> Text:
        """Return the keys with their words."""
        return legend_text(self._entries())

    def on_click(self, event: events.Click) -> None:
        """Say which key was clicked."""
        for entry in self._entries():
            inside = entry.column <= event.x < entry.column + entry.width
            if inside and entry.row == event.y:
                self.post_message(self.Clicked(entry.action))

    def _entries(self) -> tuple[LegendEntry, ...]:
        """Lay the keys out for the width of the screen."""
        return lay_out_legend(self.size.width)
