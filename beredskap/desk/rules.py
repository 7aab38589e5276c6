"""The safety rules of a launch, each refused with what would make it allowed."""

from __future__ import annotations

from beredskap.desk.preparing import Preparation
from beredskap.domain.approval import BREAK_GLASS_SECONDS
from beredskap.domain.incident import Incident, IncidentMode, IncidentStatus
from beredskap.errors import RefusedError, UsageError

_LONGEST_REASON = 500
LONGEST_HOLD = 300
"""Seconds an alert may be held before it starts."""


def needed_approvers(preparation: Preparation, break_glass: str | None) -> int:
    """Return how many other persons must approve: none in a drill, and none once glass is broken.

    Raises:
        RefusedError: there is no glass to break.
        UsageError: the reason is empty or too long.
    """
    is_live = preparation.mode is IncidentMode.LIVE
    others = max(preparation.scenario.approvers - 1, 0) if is_live else 0
    if break_glass is None:
        return others
    if not others:
        raise RefusedError(
            f"Scenario '{preparation.scenario.id}' takes one person here, so there is no glass to "
            "break; start it without --break-glass."
        )
    if not 1 <= len(break_glass.strip()) <= _LONGEST_REASON:
        raise UsageError(f"Write why you act alone, in 1 to {_LONGEST_REASON} characters.")
    return 0


def checked_hold(
    preparation: Preparation, hold_seconds: int | None, *, breaks_glass: bool = False
) -> int:
    """Return how long the alert is held: as asked, or as the scenario says; long for one alone.

    Raises:
        UsageError: the number is outside what a hold may be.
    """
    hold = preparation.scenario.hold_seconds if hold_seconds is None else hold_seconds
    if not 0 <= hold <= LONGEST_HOLD:
        raise UsageError(
            f"A hold of {hold} seconds is not possible; write --hold with 0 to {LONGEST_HOLD}."
        )
    return max(hold, BREAK_GLASS_SECONDS) if breaks_glass else hold


def check_launch(
    preparation: Preparation, *, confirm_count: int, incident: Incident | None
) -> None:
    """Let a launch pass, or say which rule refuses it.

    Raises:
        RefusedError: a safety rule refuses it; nothing was written.
    """
    _check_count(preparation, confirm_count)
    if incident is not None:
        _check_incident(preparation, incident)
    if preparation.mode is IncidentMode.LIVE:
        _check_live(preparation)


def _check_count(preparation: Preparation, confirm_count: int) -> None:
    name, persons = preparation.scenario.id, preparation.persons
    if persons == 0:
        raise RefusedError(
            f"Scenario '{name}' reaches nobody with these facts, so there is nothing to start; "
            f"look at 'beredskap preview {name}' and at the audiences of its waves."
        )
    if confirm_count != persons:
        raise RefusedError(
            f"You confirmed {confirm_count} persons and the alert has {persons}; look at "
            f"'beredskap preview {name}' again and confirm the number it shows."
        )


def _check_incident(preparation: Preparation, incident: Incident) -> None:
    if incident.status is IncidentStatus.CLOSED:
        raise RefusedError(
            f"Incident {incident.id} is closed; start the alert without --incident to open another."
        )
    if incident.mode is not preparation.mode:
        raise RefusedError(
            f"Incident {incident.id} is '{incident.mode.value}' and this alert is "
            f"'{preparation.mode.value}'; the two are never mixed, so start it in its own incident."
        )


def _check_live(preparation: Preparation) -> None:
    scenario = preparation.scenario
    if preparation.missing_corrections:
        missing = " and no ".join(preparation.missing_corrections)
        raise RefusedError(
            f"Scenario '{scenario.id}' has no {missing} text, and nothing is sent live without a "
            f"ready correction; add it to scenarios/{scenario.id}.yaml, or start 'generisk'."
        )
    if scenario.needs_adoption and preparation.adoption.adoption is None:
        raise RefusedError(
            f"Scenario '{scenario.id}' has not been adopted for live use; an officer with the "
            f"right 'adopt' runs 'beredskap scenario adopt {scenario.id}', or start 'generisk'."
        )
