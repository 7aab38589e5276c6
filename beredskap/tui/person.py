"""One person of an incident: everything tried, an answer by mouth, leaving somebody out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input, Static

from beredskap.domain.channel import Channel
from beredskap.domain.incident import IncidentMode
from beredskap.domain.reach import PersonReach
from beredskap.domain.wording import word
from beredskap.tui.office import Session
from beredskap.tui.step import Step
from beredskap.tui.times import time_of

if TYPE_CHECKING:
    from beredskap.store.reading import AttemptLine


class Asking(Step):
    """A screen that may ask for one line of text."""

    shown_keys: ClassVar[tuple[tuple[str, str], ...]] = (("Esc", "k_back"), ("F1", "k_help"))

    def __init__(self, session: Session, mode: IncidentMode, incident: str) -> None:
        """Take the incident it writes in."""
        super().__init__(session, mode)
        self._incident = incident
        self._answered: Callable[[str], None] | None = None

    def body(self) -> Iterable[Widget]:
        """Return the text, and the field with its question."""
        yield Static(id="text")
        yield Static(id="prompt")
        field = Input(id="asked", compact=True, max_length=500, select_on_focus=False)
        field.display = False
        yield field

    def ask(self, prompt: str, answered: Callable[[str], None]) -> None:
        """Ask for a line; an empty one asks nothing of the desk."""
        self._answered = answered
        self.query_one("#prompt", Static).update(Text(prompt))
        field = self.query_one("#asked", Input)
        field.display, field.value = True, ""
        field.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand over what was written."""
        text, answered = event.value.strip(), self._answered
        if text and answered is not None:
            self._put_away()
            answered(text)

    def _put_away(self) -> None:
        self._answered = None
        self.query_one("#prompt", Static).update("")
        self.query_one("#asked", Input).display = False
        self.set_focus(None)

    def action_back(self) -> None:
        """Put the question away, or go back."""
        if self._answered is not None:
            self._put_away()
            return
        super().action_back()


class Person(Asking):
    """Shows every attempt at one person."""

    title_key: ClassVar[str] = "person"
    shown_keys: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Esc", "k_back"),
        ("a", "k_ack"),
        ("x", "k_exclude"),
        ("F1", "k_help"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "acknowledge", id="person.acknowledge", show=False),
        Binding("x", "exclude", id="person.exclude", show=False),
    ]

    def __init__(self, session: Session, mode: IncidentMode, incident: str, person: str) -> None:
        """Take the person."""
        super().__init__(session, mode, incident)
        self._person = person

    def on_mount(self) -> None:
        """Read the person's history."""
        self.set_subject(self._person)
        self._look()

    def _look(self) -> None:
        desk, incident, person = self.session.desk, self._incident, self._person

        def read() -> tuple[PersonReach | None, tuple[AttemptLine, ...]]:
            people = desk.show(incident).people
            found = next((one for one in people if one.person == person), None)
            return found, desk.history(incident, person)

        self.call(read, self._draw, group="look")

    def _draw(self, found: tuple[PersonReach | None, tuple[AttemptLine, ...]]) -> None:
        person, attempts = found
        say = self.session.words
        zone = self.session.office.time_zone if self.session.office is not None else "UTC"
        lines = []
        if person is not None:
            lines.append(f"{person.name}: {word(person.reach, say.lang)}")
            if person.answer:
                lines.append(f"  {person.answer}")
        lines += ["", say("attempts")]
        lines += [
            f"  {time_of(line.at, zone)}  {word(Channel(line.channel), say.lang)}  "
            f"{word(line.status, say.lang)}"
            for line in attempts
        ]
        self.query_one("#text", Static).update(Text("\n".join(lines)))

    def action_acknowledge(self) -> None:
        """Take an answer given by mouth."""
        actor, desk = self.session.actor, self.session.desk
        if actor is None:
            self.tell(self.session.actor_fault, is_fault=True)
            return
        incident, person = self._incident, self._person
        self.ask(
            self.session.words("answer_prompt"),
            lambda text: self.call(
                lambda: desk.acknowledge(actor, incident, person, text), self._recorded
            ),
        )

    def action_exclude(self) -> None:
        """Leave the person out, with a reason."""
        actor, desk = self.session.actor, self.session.desk
        if actor is None:
            self.tell(self.session.actor_fault, is_fault=True)
            return
        incident, person = self._incident, self._person
        self.ask(
            self.session.words("exclude_prompt"),
            lambda text: self.call(
                lambda: desk.exclude(actor, incident, person, text), self._excluded
            ),
        )

    def _recorded(self, _nothing: None) -> None:
        self.tell(self.session.words("recorded"))
        self._look()

    def _excluded(self, _nothing: None) -> None:
        self.tell(self.session.words("excluded"))
        self._look()


class Note(Asking):
    """Writes one line into the log."""

    title_key: ClassVar[str] = "note"

    def on_mount(self) -> None:
        """Ask at once."""
        self.ask(self.session.words("note_prompt"), self._write)

    def _write(self, text: str) -> None:
        actor, desk, incident = self.session.actor, self.session.desk, self._incident
        if actor is None:
            self.tell(self.session.actor_fault, is_fault=True)
            return
        self.call(lambda: desk.note(actor, incident, text), self._written)

    def _written(self, _nothing: None) -> None:
        self.tell(self.session.words("recorded"))
