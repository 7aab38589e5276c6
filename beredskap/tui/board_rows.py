"""The rows of the Board: a widget of our own that draws only what is seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from beredskap.domain.reach import ReachClass

SYMBOLS = {
    ReachClass.NOT_REACHED: "✗",
    ReachClass.UNCERTAIN: "?",
    ReachClass.IN_PROGRESS: "…",
    ReachClass.HANDED_OVER: "→",
    ReachClass.DELIVERED: "·",
    ReachClass.ACKNOWLEDGED: "✓",
}
ASCII_SYMBOLS = {
    ReachClass.NOT_REACHED: "x",
    ReachClass.UNCERTAIN: "?",
    ReachClass.IN_PROGRESS: ".",
    ReachClass.HANDED_OVER: ">",
    ReachClass.DELIVERED: "-",
    ReachClass.ACKNOWLEDGED: "+",
}
_COLOURS = {
    ReachClass.NOT_REACHED: "#ff5f5f",
    ReachClass.UNCERTAIN: "#ffd700",
    ReachClass.ACKNOWLEDGED: "#5fff5f",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One person as the Board shows them."""

    person: str
    text: str
    reach: ReachClass
    needs_help: bool


class BoardRows(ScrollView, can_focus=True):
    """Shows many people and redraws only the lines that changed and are seen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", id="board.down", show=False),
        Binding("up,k", "move(-1)", id="board.up", show=False),
        Binding("pagedown", "page(1)", id="board.page_down", show=False),
        Binding("pageup", "page(-1)", id="board.page_up", show=False),
        Binding("home", "move(-1000000)", id="board.first", show=False),
        Binding("end", "move(1000000)", id="board.last", show=False),
    ]

    def __init__(self, *, id: str, on_move: Callable[[], None]) -> None:
        """Start empty; `on_move` is called when the cursor moves."""
        super().__init__(id=id)
        self._rows: list[Row] = []
        self.cursor = 0
        self.is_held = False
        self._on_move = on_move

    @property
    def chosen(self) -> Row | None:
        """Return the row under the cursor."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show new rows; while the list is held every person keeps their place."""
        if self.is_held and self._rows:
            by_person = {row.person: row for row in rows}
            kept = [by_person.pop(row.person, row) for row in self._rows]
            rows = [*kept, *by_person.values()]
        chosen = self.chosen
        before, self._rows = self._rows, list(rows)
        if chosen is not None and not self.is_held and self.cursor > 0:
            places = (n for n, row in enumerate(self._rows) if row.person == chosen.person)
            self.cursor = next(places, min(self.cursor, max(len(rows) - 1, 0)))
        self.virtual_size = Size(self.size.width, len(self._rows))
        self._refresh_changed(before)

    def _refresh_changed(self, before: list[Row]) -> None:
        if len(before) != len(self._rows):
            self.refresh()
            return
        top = self.scroll_offset.y
        for line in range(self.size.height):
            number = top + line
            if number < len(self._rows) and self._rows[number] != before[number]:
                self.refresh(Region(0, line, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """Draw one line of what is seen."""
        number, width = self.scroll_offset.y + y, self.size.width
        if number >= len(self._rows):
            return Strip.blank(width)
        row = self._rows[number]
        mark = ">" if number == self.cursor else " "
        style = Style(
            color="#000000" if row.needs_help else _COLOURS.get(row.reach),
            bgcolor="#ffd700" if row.needs_help else None,
            reverse=number == self.cursor and self.has_focus and not row.needs_help,
            bold=row.needs_help,
        )
        return Strip([Segment(f"{mark}{row.text}"[:width].ljust(width), style)], width)

    def action_move(self, steps: int) -> None:
        """Move the cursor and keep it in sight."""
        if self._rows:
            self.cursor = max(0, min(self.cursor + steps, len(self._rows) - 1))
            self._keep_in_sight()
            self._on_move()
            self.refresh()

    def action_page(self, pages: int) -> None:
        """Move a page."""
        self.action_move(pages * max(self.size.height - 1, 1))

    def _keep_in_sight(self) -> None:
        top, height = self.scroll_offset.y, self.size.height
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False)
