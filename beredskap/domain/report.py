"""What an event taught: figures, findings and what is to be mended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from beredskap.domain.cascade import CascadeKind, CascadeStatus
from beredskap.domain.incident import IncidentMode, IncidentStatus
from beredskap.domain.reach import PersonReach, ReachClass

LATE_SECONDS = 5.0
"""After this long past the hold without a message an officer is told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Something observed, with what it led to, why, and what is advised."""

    observation: str
    consequence: str = ""
    cause: str = ""
    recommendation: str = ""
    reference: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CorrectiveAction:
    """Something to be mended; closed only when a later check or drill shows it."""

    id: str
    text: str
    owner_role: str
    due: date
    element: str
    verified_by: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CascadeFigures:
    """One cascade of the incident in figures."""

    id: int
    kind: CascadeKind
    status: CascadeStatus
    persons: int
    release_at: datetime | None = None
    pause_reason: str | None = None
    reach: Mapping[ReachClass, int] | None = None
    """Whom a correction reached, by its own messages; None for an alert, which the incident's
    figures tell of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Times:
    """When the incident's milestones were; None where they have not come."""

    launched: datetime | None = None
    first_send: datetime | None = None
    p50_ack: float | None = None
    """Seconds from launch until half of the persons had answered; None if they never did."""
    p90_ack: float | None = None
    completed: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class IncidentFigures:
    """What the log says of an incident, as `alert show` and `review` print it."""

    incident: str
    letter: str
    mode: IncidentMode
    scenario: str
    title: str
    status: IncidentStatus
    persons: int
    reach: Mapping[ReachClass, int]
    cascades: tuple[CascadeFigures, ...]
    times: Times
    people: tuple[PersonReach, ...] = ()
    unclear_replies: int = 0
    """Replies that no rule could read; an officer must."""

    def should_have_begun(self, now: datetime) -> bool:
        """Say whether nothing of the alert has left a good while after its hold ran out."""
        alert = next((c for c in self.cascades if c.kind is CascadeKind.ALERT), None)
        if alert is None or alert.release_at is None or self.times.first_send is not None:
            return False
        waits = alert.status in (CascadeStatus.HELD, CascadeStatus.RUNNING)
        return waits and (now - alert.release_at).total_seconds() >= LATE_SECONDS


@dataclass(frozen=True, kw_only=True, slots=True)
class AfterActionReport:
    """Figures, findings and corrective actions of one incident or drill."""

    figures: IncidentFigures
    findings: tuple[Finding, ...] = ()
    actions: tuple[CorrectiveAction, ...] = field(default=())
