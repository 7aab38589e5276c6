"""What is only read: help, log, review, contacts, texts and the check."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Log, Static

from beredskap.domain.incident import IncidentMode
from beredskap.tui.office import Session
from beredskap.tui.step import Step
from beredskap.tui.times import time_of

if TYPE_CHECKING:
    from beredskap.desk import LogLine


class Help(Step):
    """The keys, in words."""

    title_key: ClassVar[str] = "help"

    def body(self) -> Iterable[Widget]:
        """Return the text."""
        yield Static(Text(self.session.words("help_text")), id="text")


class Reading(Step):
    """A long text made by the desk, to be scrolled."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll(2)", id="reading.down", show=False),
        Binding("up,k", "scroll(-2)", id="reading.up", show=False),
        Binding("pagedown,space", "scroll(15)", id="reading.page_down", show=False),
        Binding("pageup", "scroll(-15)", id="reading.page_up", show=False),
    ]

    def __init__(
        self, session: Session, mode: IncidentMode, what: str, incident: str | None = None
    ) -> None:
        """Take what is read: review, contacts, templates or check."""
        super().__init__(session, mode)
        self._what, self._incident = what, incident

    def body(self) -> Iterable[Widget]:
        """Return the text, to be scrolled."""
        with VerticalScroll(id="page"):
            yield Static(self.session.words("working"), id="text")

    def on_mount(self) -> None:
        """Read it in a thread."""
        self.set_subject(self.session.words(self._what))
        self.call(self._read, self._draw, group="look")

    def _draw(self, lines: list[str]) -> None:
        self.query_one("#text", Static).update(Text("\n".join(lines)))

    def _read(self) -> list[str]:
        desk, say = self.session.desk, self.session.words
        if self._what == "review" and self._incident is not None:
            return desk.review(self._incident, lang=say.lang).splitlines()
        content = desk.content()
        if self._what == "contacts":
            people = content.directory.people.values()
            return [
                f"{person.name:<28.28} {person.unit or '':<18.18} {', '.join(person.roles)}"
                for person in sorted(people, key=lambda one: one.name.casefold())
                if not person.is_protected
            ]
        if self._what == "templates":
            return [
                f"{name}: {template.purpose}"
                for name, template in sorted(content.templates.items())
            ]
        return [f"{p.file}:{p.line} {p.text}" for p in content.problems] or [say("no_problems")]

    def action_scroll(self, lines: int) -> None:
        """Scroll the text."""
        self.query_one("#page", VerticalScroll).scroll_relative(y=lines, animate=False)


class LogView(Step):
    """The incident's log as it grows; it stands still while somebody reads further up."""

    title_key: ClassVar[str] = "log"
    shown_keys: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Esc", "k_back"),
        ("n", "k_note"),
        ("End", "k_end"),
        ("F1", "k_help"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "note", id="log.note", show=False),
        Binding("end", "newest", id="log.newest", show=False),
    ]

    def __init__(self, session: Session, mode: IncidentMode, incident: str) -> None:
        """Take the incident."""
        super().__init__(session, mode)
        self._incident = incident
        self._last = 0
        self._is_looking = False

    def body(self) -> Iterable[Widget]:
        """Return the lines."""
        yield Log(id="lines", auto_scroll=True)

    def on_mount(self) -> None:
        """Begin to follow."""
        self.query_one("#lines", Log).focus()
        self._look()
        self.set_interval(self.session.look_seconds, self._look)

    def _look(self) -> None:
        if self._is_looking or self.app.screen is not self:
            return
        self._is_looking = True
        desk, incident, last, lang = (
            self.session.desk,
            self._incident,
            self._last,
            self.session.words.lang,
        )
        self.call(
            lambda: desk.log(incident, last, lang=lang),
            self._draw,
            group="look",
            failed=self._looked,
        )

    def _looked(self) -> None:
        self._is_looking = False

    def _draw(self, lines: tuple[LogLine, ...]) -> None:
        self._is_looking = False
        shown = self.query_one("#lines", Log)
        is_at_end = shown.is_vertical_scroll_end
        self.tell("" if is_at_end else self.session.words("tail_stopped"))
        if not lines:
            return
        zone = self.session.office.time_zone if self.session.office is not None else "UTC"
        shown.write_lines(
            [f"{time_of(line.happened_at, zone)}  {line.text}" for line in lines],
            scroll_end=is_at_end,
        )
        self._last = lines[-1].id

    def action_newest(self) -> None:
        """Show the newest line and follow again."""
        self.query_one("#lines", Log).scroll_end(animate=False)
        self.tell("")

    def action_note(self) -> None:
        """Write into the log."""
        from beredskap.tui.person import Note

        self.app.push_screen(Note(self.session, self.incident_mode, self._incident))
