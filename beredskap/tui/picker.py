"""A small list drawn as lines: it costs few bytes on a slow link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual.widgets import Static


@dataclass(frozen=True, slots=True)
class Choice:
    """One line to choose."""

    id: str
    text: str
    detail: str = ""


class Picker(Static):
    """Shows the choices around a cursor; the screen moves it and reads what is chosen."""

    def __init__(self, *, id: str) -> None:
        """Start without choices."""
        super().__init__(id=id)
        self.choices: tuple[Choice, ...] = ()
        self.cursor = 0

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Show other choices; the cursor stays on its line where it can."""
        self.choices = tuple(choices)
        self.cursor = min(self.cursor, max(len(self.choices) - 1, 0))
        self.draw()

    def move(self, steps: int) -> None:
        """Move the cursor."""
        if self.choices:
            self.cursor = max(0, min(self.cursor + steps, len(self.choices) - 1))
            self.draw()

    @property
    def chosen(self) -> Choice | None:
        """Return the line under the cursor."""
        return self.choices[self.cursor] if self.choices else None

    def numbered(self, digit: int) -> Choice | None:
        """Return the line that a digit stands beside."""
        first = self._first()
        number = first + digit - 1
        is_shown = 1 <= digit <= min(9, self._room()) and number < len(self.choices)
        return self.choices[number] if is_shown else None

    def on_resize(self) -> None:
        """Draw as many lines as there is room for."""
        self.draw()

    def draw(self) -> None:
        """Draw the lines around the cursor, nine of them with a digit."""
        first, width = self._first(), max(self.size.width, 20)
        lines = []
        for place, choice in enumerate(self.choices[first : first + self._room()]):
            mark = ">" if first + place == self.cursor else " "
            digit = str(place + 1) if place < 9 else " "
            room = width - len(choice.detail) - 5
            lines.append(f"{mark}{digit} {choice.text[:room]:<{room}} {choice.detail}")
        self.update(Text("\n".join(lines), no_wrap=True))

    def _room(self) -> int:
        return max(self.size.height, 1)

    def _first(self) -> int:
        return max(0, min(self.cursor - self._room() // 2, len(self.choices) - self._room()))
