"""Correct or end what runs: false alarm, update, all clear, stop, pause."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Static

from beredskap.domain.cascade import CascadeKind, CascadeStatus
from beredskap.domain.incident import IncidentMode
from beredskap.tui.confirm import TypedCount
from beredskap.tui.office import Session
from beredskap.tui.preview import text_lines
from beredskap.tui.step import Step

if TYPE_CHECKING:
    from beredskap.desk import Correction, Launched, Stopped

_KINDS = {
    "1": CascadeKind.FALSE_ALARM,
    "2": CascadeKind.UPDATE,
    "3": CascadeKind.ALL_CLEAR,
}


class Correct(Step):
    """Two keys from the Board to any of them; a correction takes no second person and no hold."""

    title_key: ClassVar[str] = "correct"
    shown_keys: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Esc", "k_back"),
        ("1-5", "k_pick"),
        ("F1", "k_help"),
    )

    def __init__(self, session: Session, mode: IncidentMode, incident: str) -> None:
        """Take the incident."""
        super().__init__(session, mode)
        self._incident = incident
        self._is_stopping = False

    def body(self) -> Iterable[Widget]:
        """Return the choices."""
        say = self.session.words
        yield Static(Text("\n".join(f" {say(f'correct_{n}')}" for n in range(1, 6))), id="text")

    def on_key(self, event: events.Key) -> None:
        """Let a digit choose."""
        key = event.character or ""
        if key in _KINDS:
            event.stop()
            self._prepare(_KINDS[key])
        elif key == "4":
            event.stop()
            self._stop()
        elif key == "5":
            event.stop()
            self._pause_or_resume()

    def _prepare(self, kind: CascadeKind) -> None:
        if self.is_settled:
            desk, incident = self.session.desk, self._incident
            self.tell(self.session.words("working"))
            self.call(lambda: desk.prepare_correction(incident, kind, {}), self._prepared)

    def _prepared(self, correction: Correction) -> None:
        self.tell("")
        self.app.push_screen(ConfirmCorrection(self.session, self.incident_mode, correction))

    def _stop(self) -> None:
        """Stop at the second press: always near, never by one slip of a finger."""
        actor, desk, incident = self.session.actor, self.session.desk, self._incident
        if actor is None:
            self.tell(self.session.actor_fault, is_fault=True)
        elif not self._is_stopping:
            self._is_stopping = True
            self.tell(self.session.words("stop_confirm"))
        else:
            self._is_stopping = False
            self.call(lambda: desk.stop(actor, incident), self._stopped)

    def _stopped(self, stopped: Stopped) -> None:
        key = "stopped_unsent" if stopped.nothing_was_sent else "stopped"
        self.tell(self.session.words(key, cancelled=stopped.cancelled))

    def _pause_or_resume(self) -> None:
        actor, desk, incident = self.session.actor, self.session.desk, self._incident
        if actor is None:
            self.tell(self.session.actor_fault, is_fault=True)
            return

        def turn() -> str:
            cascades = desk.show(incident, with_people=False).cascades
            if any(cascade.status is CascadeStatus.PAUSED for cascade in cascades):
                desk.resume(actor, incident)
                return "resumed"
            desk.pause(actor, incident)
            return "paused"

        self.call(turn, lambda key: self.tell(self.session.words(key)))


class ConfirmCorrection(Step):
    """Shows to whom a correction goes and its words, and takes the typed count."""

    title_key: ClassVar[str] = "correct"

    def __init__(self, session: Session, mode: IncidentMode, correction: Correction) -> None:
        """Take what is to be confirmed."""
        super().__init__(session, mode)
        self._correction = correction
        self._is_sending = False

    def body(self) -> Iterable[Widget]:
        """Return the text and the field."""
        say, correction = self.session.words, self._correction
        lines = [
            say("correct_to", persons=correction.persons, untouched=correction.untouched),
            "",
            *(line for message in correction.messages for line in text_lines(message)),
        ]
        with VerticalScroll(id="page"):
            yield Static(Text("\n".join(lines)), id="text")
        yield Static(Text(say("type_count", word=correction.persons)), id="how")
        yield TypedCount(id="count", compact=True, max_length=12, select_on_focus=False)

    def on_mount(self) -> None:
        """Put the cursor into the field."""
        self.query_one("#count", TypedCount).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Send when exactly the count was typed; anything else does nothing."""
        if self._is_sending or not self.is_settled:
            return
        wanted, actor = str(self._correction.persons), self.session.actor
        if actor is None:
            self.tell(self.session.actor_fault, is_fault=True)
        elif event.value.strip() != wanted:
            if event.value:
                self.tell(self.session.words("wrong_count", word=wanted), is_fault=True)
            event.input.value = ""
        else:
            self._is_sending = True
            desk, correction = self.session.desk, self._correction
            self.call(
                lambda: desk.correct(actor, correction, confirm_count=correction.persons),
                self._sent,
                failed=self._refused,
            )

    def _refused(self) -> None:
        self._is_sending = False

    def _sent(self, launched: Launched) -> None:
        self.session.show_board(self.incident_mode, launched.incident)
