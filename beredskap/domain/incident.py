"""The running case that owns the log, and the mode it keeps for life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from beredskap.domain.transition import move


class IncidentMode(StrEnum):
    """How real an incident is; set when it is opened and never changed."""

    LIVE = "live"
    """Real messages to real people."""
    DRILL = "drill"
    """An exercise: every text carries the drill marks."""
    TEST = "test"
    """A technical probe of routes and addresses, marked like a drill."""
    REHEARSAL = "rehearsal"
    """Simulated people on a held clock; nothing leaves the program."""

    @property
    def needs_marks(self) -> bool:
        """Say whether every text must carry the drill marks."""
        return self is not IncidentMode.LIVE


class IncidentStatus(StrEnum):
    """Where an incident is in its life."""

    OPEN = "open"
    """The case runs; alerts, notes and answers are added."""
    CLOSED = "closed"
    """The case is ended; what comes later is logged but changes no figure of the closed report."""


INCIDENT_MOVES = {
    IncidentStatus.OPEN: frozenset({IncidentStatus.CLOSED}),
    IncidentStatus.CLOSED: frozenset[IncidentStatus](),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Incident:
    """One case: what happened, in which mode, and who opened it."""

    id: str
    letter: str
    """The letter that tells running incidents apart in messages and on screens."""
    mode: IncidentMode
    scenario_id: str
    title: str
    status: IncidentStatus
    opened_at: datetime
    closed_at: datetime | None = None
    diary_number: str | None = None


def move_incident(now_at: IncidentStatus, to: IncidentStatus) -> IncidentStatus:
    """Return the new status of an incident, or raise TransitionError."""
    return move(INCIDENT_MOVES, now_at, to)
