"""What the ledger's incidents show of the policy's measured rows.

Only live alerts measure reach and time: people of a drill may be simulated. Drills are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from beredskap.domain.incident import IncidentMode, IncidentStatus
from beredskap.domain.reach import ReachClass
from beredskap.domain.report import IncidentFigures
from beredskap.readiness.policy import Said

Alerts = Sequence[IncidentFigures]


@dataclass(frozen=True, kw_only=True, slots=True)
class IncidentMeasures:
    """The figures of some incidents, row by row."""

    incidents: Sequence[IncidentFigures]

    def measured(self, row: str) -> Said | None:
        """Return the figure for a row, or None where these incidents show none."""
        if row == "P1-19":
            return _practised(self.incidents)
        measure = _MEASURES.get(row)
        alerts = [
            one for one in self.incidents if one.mode is IncidentMode.LIVE and one.times.launched
        ]
        return measure(alerts) if measure is not None and alerts else None


def _practised(incidents: Alerts) -> Said | None:
    drills = sum(one.mode is IncidentMode.DRILL for one in incidents)
    alerts = sum(one.mode is IncidentMode.LIVE for one in incidents)
    if not drills + alerts:
        return None
    return Said(
        sv=f"övningar i liggaren: {drills}, skarpa händelser: {alerts}",
        en=f"drills in the ledger: {drills}, live incidents: {alerts}",
    )


def _first_message(alerts: Alerts) -> Said | None:
    waits = [
        (one.times.first_send - one.times.launched).total_seconds()
        for one in alerts
        if one.times.first_send is not None and one.times.launched is not None
    ]
    if not waits:
        return None
    return Said(
        sv=f"första meddelandet efter {median(waits):.0f} s i mitten av {len(waits)} larm",
        en=f"the first message after {median(waits):.0f} s in the median (alerts: {len(waits)})",
    )


def _half_answered(alerts: Alerts) -> Said | None:
    halves = [one.times.p50_ack for one in alerts if one.times.p50_ack is not None]
    if not halves:
        return None
    return Said(
        sv=f"hälften hade svarat efter {median(halves):.0f} s i mitten av {len(halves)} larm "
        f"av {len(alerts)}",
        en=f"half had answered after {median(halves):.0f} s in the median "
        f"(alerts: {len(halves)} of {len(alerts)})",
    )


def _answered(alerts: Alerts) -> Said | None:
    reached = _persons(alerts, ReachClass.ACKNOWLEDGED)
    everybody = sum(one.persons for one in alerts)
    return Said(
        sv=f"{reached} av {everybody} personer svarade i {len(alerts)} larm",
        en=f"{reached} of {everybody} persons answered (alerts: {len(alerts)})",
    )


def _arrived(alerts: Alerts) -> Said | None:
    arrived = _persons(alerts, ReachClass.ACKNOWLEDGED, ReachClass.DELIVERED)
    everybody = sum(one.persons for one in alerts)
    return Said(
        sv=f"{arrived} av {everybody} personer svarade eller fick meddelandet levererat "
        f"i {len(alerts)} larm",
        en=f"{arrived} of {everybody} persons answered or had the message delivered "
        f"(alerts: {len(alerts)})",
    )


def _through_the_system(alerts: Alerts) -> Said | None:
    everybody = sum(one.persons for one in alerts)
    return Said(
        sv=f"{len(alerts)} larm till {everybody} personer gick genom systemet",
        en=f"alerts through the system: {len(alerts)}, to {everybody} persons",
    )


def _closed(alerts: Alerts) -> Said | None:
    closed = sum(one.status is IncidentStatus.CLOSED for one in alerts)
    return Said(
        sv=f"{closed} av {len(alerts)} larm är avslutade",
        en=f"alerts closed: {closed} of {len(alerts)}",
    )


def _persons(alerts: Alerts, *classes: ReachClass) -> int:
    return sum(one.reach.get(reach, 0) for one in alerts for reach in classes)


_MEASURES: Mapping[str, Callable[[Alerts], Said | None]] = {
    "P1-04": _first_message,
    "P1-17": _half_answered,
    "P1-20": _closed,
    "P3-05": _answered,
    "P5-01": _through_the_system,
    "P6-04": _arrived,
}
"""Row → its figure; the other measured rows need what no ledger holds yet."""
