"""Confirm: the typed count, then the hold, in which Esc stops and nothing has been sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events
from textual.binding import BindingType
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static

from beredskap.domain.incident import IncidentMode
from beredskap.tui.office import Session
from beredskap.tui.step import Step

if TYPE_CHECKING:
    from beredskap.desk import Launched, Preparation, Stopped


class TypedCount(Input):
    """Takes what is typed key by key; a paste is refused, since it proves no reading."""

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        screen = self.screen
        if isinstance(screen, Step):
            screen.tell(screen.session.words("no_paste"), is_fault=True)

    def action_paste(self) -> None:
        """Refuse a paste by key too."""


class Confirm(Step):
    """The third step of a launch."""

    title_key: ClassVar[str] = "confirm"
    shown_keys: ClassVar[tuple[tuple[str, str], ...]] = (("Esc", "k_back"), ("F1", "k_help"))
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, session: Session, mode: IncidentMode, preparation: Preparation) -> None:
        """Take what is to be confirmed."""
        super().__init__(session, mode)
        self._preparation = preparation
        self._launched: Launched | None = None
        self._is_launching = False
        self._countdown: Timer | None = None

    @property
    def wanted(self) -> str:
        """Return what must be typed: the count in earnest, a word in a drill."""
        if self.incident_mode is IncidentMode.LIVE:
            return str(self._preparation.persons)
        return self.session.words("drill_word")

    def body(self) -> Iterable[Widget]:
        """Return what is confirmed and the field."""
        say, preparation = self.session.words, self._preparation
        key = "confirm_live" if self.incident_mode is IncidentMode.LIVE else "confirm_drill"
        told = say(key, persons=preparation.persons, title=preparation.scenario.title)
        yield Static(Text(told), id="what")
        facts = ", ".join(value for value in preparation.facts.values() if value)
        yield Static(Text(facts), id="with")
        yield Static(Text(say("type_count", word=self.wanted)), id="how")
        yield TypedCount(id="count", compact=True, max_length=12, select_on_focus=False)
        yield Static(id="hold")

    def on_mount(self) -> None:
        """Put the cursor into the field."""
        self.set_subject(self._preparation.scenario.title)
        self.query_one("#count", TypedCount).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Launch when exactly the right thing was typed; anything else does nothing."""
        if self._is_launching or not self.is_settled:
            return
        if event.value.strip().upper() != self.wanted.upper():
            if event.value:
                self.tell(self.session.words("wrong_count", word=self.wanted), is_fault=True)
            event.input.value = ""
            return
        self._is_launching = True
        event.input.disabled = True
        self.tell(self.session.words("launching"))
        self.call(self._launch, self._on_hold, failed=self._refused)

    def _launch(self) -> Launched:
        office, preparation = self.session.office, self._preparation
        if office is None:
            raise RuntimeError("the office is not open")
        actor = self.session.actor or office.actor()
        launched = office.desk.launch(actor, preparation, confirm_count=preparation.persons)
        office.desk.keep_draft(preparation.scenario.id, self.incident_mode, {})
        return launched

    def _refused(self) -> None:
        self._is_launching = False
        field = self.query_one("#count", TypedCount)
        field.disabled, field.value = False, ""
        field.focus()

    def _on_hold(self, launched: Launched) -> None:
        self._launched = launched
        self.tell("")
        self._tick()
        self._countdown = self.set_interval(0.25, self._tick)

    def _tick(self) -> None:
        if self._launched is None or self.session.office is None:
            return
        left = _seconds_until(self._launched.release_at, self.session.office.now())
        if left > 0:
            told = self.session.words("sending_in", seconds=int(left + 0.999))
            self.query_one("#hold", Static).update(Text(told))
            return
        self._leave_for_board()

    def _leave_for_board(self) -> None:
        if self._countdown is not None:
            self._countdown.stop()
        launched, self._launched = self._launched, None
        if launched is not None:
            self.session.show_board(self.incident_mode, launched.incident)

    def action_back(self) -> None:
        """Stop while it is held; before that go back, and while it is staged wait for it."""
        if self._launched is not None:
            incident, desk = self._launched.incident, self.session.desk
            actor = self.session.actor
            if actor is not None:
                self.call(lambda: desk.stop(actor, incident), self._stopped)
            return
        if not self._is_launching:
            super().action_back()

    def _stopped(self, stopped: Stopped) -> None:
        if self._countdown is not None:
            self._countdown.stop()
        self._launched = None
        key = "stopped_unsent" if stopped.nothing_was_sent else "stopped"
        told = self.session.words(key, cancelled=stopped.cancelled)
        self.query_one("#hold", Static).update("")
        self._refused()
        self.tell(told)


def _seconds_until(at: datetime, now: datetime) -> float:
    return (at - now).total_seconds()
