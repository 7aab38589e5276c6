"""Approve: the second person sees what is asked, and types the count."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Static

from beredskap.domain.approval import Approval
from beredskap.domain.incident import IncidentMode
from beredskap.tui.confirm import TypedCount
from beredskap.tui.office import Session
from beredskap.tui.step import Step
from beredskap.tui.times import time_of

if TYPE_CHECKING:
    from beredskap.desk import Approved


class Approve(Step):
    """Shows one approval that a launch waits for."""

    title_key: ClassVar[str] = "approve"
    shown_keys: ClassVar[tuple[tuple[str, str], ...]] = (("Esc", "k_back"), ("F1", "k_help"))

    def __init__(self, session: Session, mode: IncidentMode, approval: Approval) -> None:
        """Take the approval."""
        super().__init__(session, mode)
        self._approval = approval
        self._is_working = False

    def body(self) -> Iterable[Widget]:
        """Return what is asked, and the field."""
        say = self.session.words
        with VerticalScroll(id="page"):
            yield Static(say("working"), id="text")
        yield Static(Text(say("type_count", word=self._approval.persons)), id="how")
        yield TypedCount(id="count", compact=True, max_length=12, select_on_focus=False)

    def on_mount(self) -> None:
        """Read the facts and the words in a thread."""
        desk, incident = self.session.desk, self._approval.incident_id

        def read() -> tuple[str, dict[str, str], str]:
            facts, words = desk.words_of_launch(incident)
            return desk.show(incident, with_people=False).title, facts, words

        self.call(read, self._draw, group="look")
        self.query_one("#count", TypedCount).focus()

    def _draw(self, found: tuple[str, dict[str, str], str]) -> None:
        title, facts, words = found
        approval, zone = self._approval, "UTC"
        if self.session.office is not None:
            zone = self.session.office.time_zone
        self.set_subject(title)
        lines = [
            self.session.words(
                "approval_line",
                title=title,
                persons=approval.persons,
                officer=approval.asked_by,
                until=time_of(approval.expires_at, zone),
            ),
            "",
            *(f"  {name}: {value}" for name, value in facts.items() if value),
            "",
            *(f"    {line}" for line in words.splitlines()),
        ]
        self.query_one("#text", Static).update(Text("\n".join(lines)))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Approve when exactly the count was typed; anything else does nothing."""
        if self._is_working or not self.is_settled:
            return
        wanted, actor = str(self._approval.persons), self.session.actor
        if actor is None:
            self.tell(self.session.actor_fault, is_fault=True)
        elif event.value.strip() != wanted:
            if event.value:
                self.tell(self.session.words("wrong_count", word=wanted), is_fault=True)
            event.input.value = ""
        else:
            self._is_working = True
            desk, approval = self.session.desk, self._approval
            self.call(
                lambda: desk.approve(actor, approval.code, confirm_count=approval.persons),
                self._approved,
                failed=self._refused,
            )

    def _refused(self) -> None:
        self._is_working = False

    def _approved(self, approved: Approved) -> None:
        self.session.show_board(self.incident_mode, approved.approval.incident_id)
