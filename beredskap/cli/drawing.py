"""An incident in figures, as lines for people."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from beredskap.cli.output import table
from beredskap.domain.reach import ReachClass

if TYPE_CHECKING:
    from beredskap.domain.report import IncidentFigures


_PROBLEMS_FIRST = {
    ReachClass.NOT_REACHED: 0,
    ReachClass.UNCERTAIN: 1,
    ReachClass.IN_PROGRESS: 2,
    ReachClass.HANDED_OVER: 3,
    ReachClass.DELIVERED: 4,
    ReachClass.ACKNOWLEDGED: 5,
}


def figures_lines(figures: IncidentFigures, lang: str, zone: str) -> list[str]:
    """Return who was reached, class by class and person by person, problems first.

    What matters most stands to the left: a narrow terminal cuts the rest.
    """
    from beredskap.domain.delivery import Reason
    from beredskap.domain.wording import word
    from beredskap.review.report import first_line
    from beredskap.review.times import shown_clock

    rows = [
        (
            person.name,
            word(person.reach, lang),
            person.channel or "",
            shown_clock(person.at, zone) if person.at else "",
            person.answer or (word(Reason(person.reason), lang) if person.reason else ""),
        )
        for person in sorted(figures.people, key=lambda person: _PROBLEMS_FIRST[person.reach])
    ]
    return [
        first_line(figures.mode, lang),
        f"{figures.letter}  {figures.incident}  {figures.title}",
        *(
            f"   {word(cascade.kind, lang)}: {word(cascade.status, lang)}"
            for cascade in figures.cascades
        ),
        *(f"{count:>7}  {word(reach, lang)}" for reach, count in figures.reach.items()),
        "",
        *table(rows),
    ]


class LiveTable:
    """Shows figures while they change: redrawn on a terminal, one line a change elsewhere."""

    def __init__(self, lang: str, zone: str, *, is_drawn: bool) -> None:
        """Take the language and zone, and whether the terminal can be redrawn."""
        self._lang, self._zone, self._is_drawn = lang, zone, is_drawn
        self._drawn_lines = 0
        self._last = ""

    def show(self, figures: IncidentFigures) -> None:
        """Show the figures as they are now."""
        from beredskap.cli.waiting import counts_line

        line = counts_line(figures, self._lang)
        if line == self._last:
            return
        self._last = line
        if not self._is_drawn:
            print(line, flush=True)
            return
        size = shutil.get_terminal_size()
        lines = figures_lines(figures, self._lang, self._zone)[: size.lines - 2]
        self._clear()
        print("\n".join(text[: size.columns - 1] for text in lines), flush=True)
        self._drawn_lines = len(lines)

    def end(self) -> None:
        """Take the redrawn table away; what follows stands in its place."""
        self._clear()

    def _clear(self) -> None:
        if self._drawn_lines:
            print(f"\x1b[{self._drawn_lines}A\x1b[J", end="")
            self._drawn_lines = 0
