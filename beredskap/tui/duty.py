"""Duty: what runs, what is wrong, and the scenarios with their digits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input, Static

from beredskap.domain.approval import Approval
from beredskap.domain.incident import Incident, IncidentMode, IncidentStatus
from beredskap.domain.scenario import Scenario
from beredskap.tui.facts import Facts
from beredskap.tui.office import Office
from beredskap.tui.picker import Choice, Picker
from beredskap.tui.step import Step


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """What the ledger and the files hold for this screen."""

    incidents: tuple[Incident, ...]
    scenarios: dict[str, Scenario]
    adopted: frozenset[str]
    approvals: tuple[Approval, ...]
    errors: int


class Duty(Step):
    """The first screen of each mode."""

    title_key: ClassVar[str] = "duty"
    shown_keys: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Esc", "k_quit"),
        ("/", "k_find"),
        ("F2", "k_contacts"),
        ("F6", "k_check"),
        ("F12", "k_mode"),
        ("F1", "k_help"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", id="duty.down", show=False),
        Binding("up,k", "move(-1)", id="duty.up", show=False),
        Binding("pagedown", "move(9)", id="duty.page_down", show=False),
        Binding("pageup", "move(-9)", id="duty.page_up", show=False),
        Binding("slash", "find", id="duty.find", show=False),
        Binding("f9,ctrl+n", "forward", id="duty.forward", show=False),
        Binding("f2", "read('contacts')", id="duty.contacts", show=False),
        Binding("f3", "read('templates')", id="duty.templates", show=False),
        Binding("f6", "read('check')", id="duty.check", show=False),
        Binding("g", "approve", id="duty.approve", show=False),
    ]

    def body(self) -> Iterable[Widget]:
        """Return what runs, the list and the field that finds."""
        yield Static(self.session.words("opening"), id="running")
        yield Static(id="heading")
        yield Picker(id="scenarios")
        yield Input(id="find", compact=True, select_on_focus=False)

    def on_mount(self) -> None:
        """Open the office once the first text is painted."""
        self._found: _Found | None = None
        self.query_one("#find", Input).display = False
        self.set_focus(None)
        self.call(self._open, self._opened, group="open")

    def on_screen_resume(self) -> None:
        """Look again at what runs."""
        if self.session.office is not None:
            self.look()

    def _open(self) -> Office:
        from beredskap.errors import RefusedError

        office = self.session.office or self.session.opens()
        try:
            self.session.actor = office.actor()
        except RefusedError as error:
            self.session.actor_fault = str(error)
        return office

    def _opened(self, office: Office) -> None:
        from beredskap.tui.words import Words

        self.session.office = office
        self.session.words = Words(self.session.lang or office.locale)
        if self.session.actor_fault:
            self.tell(self.session.actor_fault, is_fault=True)
        self.draw_frame()
        self.set_interval(max(self.session.look_seconds * 2, 0.5), self.look)
        self.look()

    def look(self) -> None:
        """Look at the ledger and the files in a thread, and draw what is there."""
        if self.app.screen is self:
            self.call(self._look, self._draw, group="look")

    def _look(self) -> _Found:
        from beredskap.domain.problem import Severity

        desk = self.session.desk
        content = desk.content()
        scenarios = dict(content.scenarios)
        return _Found(
            incidents=tuple(
                incident
                for incident in desk.list_incidents()
                if incident.status is IncidentStatus.OPEN and incident.mode is self.incident_mode
            ),
            scenarios=scenarios,
            adopted=frozenset(
                name
                for name, scenario in scenarios.items()
                if self.incident_mode is not IncidentMode.LIVE
                or not scenario.needs_adoption
                or desk.adoption_state(name).adoption is not None
            ),
            approvals=desk.waiting_approvals() if self.incident_mode is IncidentMode.LIVE else (),
            errors=sum(problem.severity is Severity.ERROR for problem in content.problems),
        )

    def _draw(self, found: _Found) -> None:
        self._found = found
        say = self.session.words
        lines = [f" {i.letter}  {i.title}  {i.id}" for i in found.incidents]
        shown = [say("running"), *lines] if lines else [say("none_running")]
        shown += [
            say("approval_waits", persons=asked.persons, officer=asked.asked_by)
            for asked in found.approvals
        ]
        if found.errors:
            shown.append(say("content_faults", errors=found.errors))
        self.query_one("#running", Static).update(Text("\n".join(shown), no_wrap=True))
        self._draw_choices()

    def _draw_choices(self) -> None:
        if self._found is None:
            return
        say, wanted = self.session.words, self.query_one("#find", Input).value.casefold()
        kept = [
            Choice(name, scenario.title, self._detail(name, scenario))
            for name, scenario in sorted(self._found.scenarios.items(), key=self._order)
            if wanted in f"{scenario.title} {name}".casefold()
        ]
        is_live = self.incident_mode is IncidentMode.LIVE
        heading = say("start" if is_live else "start_drill")
        if wanted:
            heading = say("found", text=wanted, count=len(kept))
        elif not kept:
            heading = say("no_scenarios")
        self.query_one("#heading", Static).update(Text(heading))
        self.query_one("#scenarios", Picker).set_choices(kept)

    def _order(self, item: tuple[str, Scenario]) -> tuple[bool, str]:
        """Put first, in earnest, what may be started in earnest."""
        is_live = self.incident_mode is IncidentMode.LIVE
        adopted = self._found.adopted if self._found is not None else frozenset()
        return (is_live and item[0] not in adopted, item[1].title.casefold())

    def _detail(self, name: str, scenario: Scenario) -> str:
        say, told = self.session.words, []
        if self.incident_mode is IncidentMode.LIVE and self._found is not None:
            if name not in self._found.adopted:
                told.append(say("not_adopted"))
            if scenario.approvers > 1:
                told.append(say("two_persons"))
        return ", ".join(told)

    def on_key(self, event: events.Key) -> None:
        """Let a digit choose a scenario, and a capital letter open a running incident."""
        if self.focused is not None or event.character is None:
            return
        if event.character.isdigit():
            event.stop()
            choice = self.query_one("#scenarios", Picker).numbered(int(event.character))
            if choice is not None:
                self._choose(choice.id)
        elif event.character.isupper() and self._found is not None:
            for incident in self._found.incidents:
                if incident.letter == event.character:
                    event.stop()
                    self._open_board(incident.id)

    def _choose(self, scenario_id: str) -> None:
        if self._found is not None and self.is_settled:
            scenario = self._found.scenarios[scenario_id]
            self.app.push_screen(Facts(self.session, self.incident_mode, scenario))

    def _open_board(self, incident: str) -> None:
        from beredskap.tui.board import Board

        self.app.push_screen(Board(self.session, self.incident_mode, incident))

    def action_move(self, steps: int) -> None:
        """Move the cursor."""
        self.query_one("#scenarios", Picker).move(steps)

    def action_forward(self) -> None:
        """Go on with the scenario under the cursor."""
        chosen = self.query_one("#scenarios", Picker).chosen
        if chosen is not None:
            self._choose(chosen.id)

    def action_approve(self) -> None:
        """Look at the oldest approval that waits for a second person."""
        if self._found is not None and self._found.approvals and self.is_settled:
            from beredskap.tui.approve import Approve

            asked = self._found.approvals[0]
            self.app.push_screen(Approve(self.session, self.incident_mode, asked))

    def action_find(self) -> None:
        """Show the field that finds."""
        field = self.query_one("#find", Input)
        field.display = True
        field.focus()

    def on_input_changed(self) -> None:
        """Show what is found while it is typed."""
        self._draw_choices()

    def on_input_submitted(self) -> None:
        """Leave the field; what was found stays."""
        self.set_focus(None)

    def action_back(self) -> None:
        """Leave the field, or the program."""
        field = self.query_one("#find", Input)
        if field.display:
            field.value, field.display = "", False
            self.set_focus(None)
            return
        self.app.exit()

    def action_read(self, what: str) -> None:
        """Read contacts, texts or the check."""
        from beredskap.tui.reading import Reading

        if self.session.office is not None:
            self.app.push_screen(Reading(self.session, self.incident_mode, what))
