"""The Board: who is reached while it happens, problems first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from beredskap.domain.delivery import Reason
from beredskap.domain.incident import IncidentMode
from beredskap.domain.reach import PersonReach, ReachClass, problems_first
from beredskap.domain.report import IncidentFigures
from beredskap.domain.wording import word
from beredskap.tui.board_rows import ASCII_SYMBOLS, SYMBOLS, BoardRows, Row
from beredskap.tui.office import Session
from beredskap.tui.step import Step
from beredskap.tui.times import passed, time_of

_BAR = 20


class Board(Step):
    """Shows one incident, read again and again; closing it changes nothing."""

    title_key: ClassVar[str] = "board"
    shown_keys: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Esc", "k_back"),
        ("Space", "k_hold"),
        ("Enter", "k_person"),
        ("F7", "k_correct"),
        ("F8", "k_review"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "hold", id="board.hold", show=False),
        Binding("enter", "person", id="board.person", show=False),
        Binding("f7", "correct", id="board.correct", show=False),
        Binding("f4", "log", id="board.log", show=False),
        Binding("f8", "review", id="board.review", show=False),
        Binding("n", "note", id="board.note", show=False),
    ]

    def __init__(self, session: Session, mode: IncidentMode, incident: str) -> None:
        """Take the incident to show."""
        super().__init__(session, mode)
        self._incident = incident
        self._is_looking = False
        self._has_rung = 0
        self.figures: IncidentFigures | None = None

    def body(self) -> Iterable[Widget]:
        """Return numbers and rows."""
        yield Static(id="numbers")
        yield BoardRows(id="rows", on_move=self.draw_frame)

    def on_mount(self) -> None:
        """Begin to look."""
        self.query_one("#rows", BoardRows).focus()
        self.look()
        self.set_interval(self.session.look_seconds, self.look)

    def on_screen_resume(self) -> None:
        """Look at once when the screen is shown again."""
        self.look()

    def look(self) -> None:
        """Read the incident in a thread, unless a look is still under way."""
        if self._is_looking or self.app.screen is not self:
            return
        self._is_looking = True
        desk, incident = self.session.desk, self._incident
        self.call(lambda: desk.show(incident), self._draw, group="look", failed=self._looked)

    def _looked(self) -> None:
        self._is_looking = False

    def _draw(self, figures: IncidentFigures) -> None:
        self._is_looking = False
        self.figures = figures
        self.set_subject(f"{figures.letter} {figures.title}")
        self.query_one("#numbers", Static).update(Text("\n".join(self._numbers(figures))))
        people = problems_first(figures.people)
        self.query_one("#rows", BoardRows).show_rows([self._row(person) for person in people])
        helps = sum(person.needs_help for person in figures.people)
        if helps > self._has_rung:
            self.app.bell()
        self._has_rung = helps

    def _numbers(self, figures: IncidentFigures) -> list[str]:
        say = self.session.words
        reached = figures.reach.get(ReachClass.ACKNOWLEDGED, 0)
        filled = _BAR * reached // max(figures.persons, 1)
        share = 100 * reached // max(figures.persons, 1)
        first = say("reached_of", reached=reached, persons=figures.persons)
        line = f" {first} [{'#' * filled}{'-' * (_BAR - filled)}] {share} %"
        helps = sum(person.needs_help for person in figures.people)
        if helps:
            line += f"   {say('help_needed', count=helps)}"
        if figures.unclear_replies:
            line += f"   {say('unclear', count=figures.unclear_replies)}"
        if self.query_one("#rows", BoardRows).is_held:
            line += f"   {say('held_list')}"
        counted = "  ".join(
            f"{self._symbol(reach)} {figures.reach.get(reach, 0)} {say(f'r_{reach.value}')}"
            for reach in ReachClass
            if reach is not ReachClass.ACKNOWLEDGED
        )
        return [line, f" {counted}", f" {self._cascades(figures)}", *self._late(figures)]

    def _cascades(self, figures: IncidentFigures) -> str:
        say, office = self.session.words, self.session.office
        told = "   ".join(
            say(
                "cascade_line",
                kind=word(cascade.kind, say.lang),
                status=word(cascade.status, say.lang),
            )
            for cascade in figures.cascades
        )
        if figures.times.launched is None or office is None:
            return told
        since = (office.now() - figures.times.launched).total_seconds()
        return f"{told}   {say('since', time=passed(since))}"

    def _late(self, figures: IncidentFigures) -> list[str]:
        """Return a line when nothing has left though it should have."""
        office = self.session.office
        if office is None or not figures.should_have_begun(office.now()):
            return []
        say = self.session.words
        why = say("why_waits" if office.has_engine() else "why_no_engine")
        return [" " + say("nothing_began", why=why, incident=self._incident)]

    def _symbol(self, reach: ReachClass) -> str:
        return (ASCII_SYMBOLS if self.session.is_ascii else SYMBOLS)[reach]

    def _row(self, person: PersonReach) -> Row:
        say, zone = self.session.words, self._zone
        symbol = "!" if person.needs_help else self._symbol(person.reach)
        why = person.answer or (
            word(Reason(person.reason), say.lang) if person.reason else word(person.reach, say.lang)
        )
        text = (
            f"{symbol} {person.name[:24]:<24} {(person.channel or ''):<8.8} "
            f"{time_of(person.at, zone):<8} {why}"
        )
        return Row(person.person, text, person.reach, person.needs_help)

    @property
    def _zone(self) -> str:
        return self.session.office.time_zone if self.session.office is not None else "UTC"

    def action_hold(self) -> None:
        """Hold the rows in their places, or let them move again."""
        rows = self.query_one("#rows", BoardRows)
        rows.is_held = not rows.is_held
        if self.figures is not None:
            self._draw(replace(self.figures))

    def action_person(self) -> None:
        """Show everything about the person under the cursor."""
        from beredskap.tui.person import Person

        chosen = self.query_one("#rows", BoardRows).chosen
        if chosen is not None:
            incident = self._incident
            self.app.push_screen(Person(self.session, self.incident_mode, incident, chosen.person))

    def action_correct(self) -> None:
        """Show the ways to correct or end it."""
        from beredskap.tui.correct import Correct

        self.app.push_screen(Correct(self.session, self.incident_mode, self._incident))

    def action_log(self) -> None:
        """Show the log."""
        from beredskap.tui.reading import LogView

        self.app.push_screen(LogView(self.session, self.incident_mode, self._incident))

    def action_review(self) -> None:
        """Show the review."""
        from beredskap.tui.reading import Reading

        self.app.push_screen(
            Reading(self.session, self.incident_mode, "review", incident=self._incident)
        )

    def action_note(self) -> None:
        """Write into the log."""
        from beredskap.tui.person import Note

        self.app.push_screen(Note(self.session, self.incident_mode, self._incident))
