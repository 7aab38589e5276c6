"""Duty in lines: what runs, what waits for a second person, and what can be started."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from beredskap.cli.linear.approving import approve
from beredskap.cli.linear.board import show_board
from beredskap.cli.linear.launching import launch
from beredskap.cli.linear.seat import Seat
from beredskap.cli.linear.talk import BACK, Item
from beredskap.domain.incident import Incident, IncidentMode, IncidentStatus
from beredskap.domain.problem import Severity

if TYPE_CHECKING:
    from beredskap.domain.approval import Approval
    from beredskap.domain.scenario import Scenario

_MODE, _CHECK, _HELP = "91", "92", "98"
_INCIDENT, _APPROVAL, _SCENARIO = "incident ", "approval ", "scenario "


def be_on_duty(seat: Seat, mode: IncidentMode) -> None:
    """Ask again and again what is to be done, until somebody leaves."""
    while True:
        seat.talk.mode = mode
        picked = _pick(seat, mode)
        if picked == BACK:
            return
        if picked == _MODE:
            mode = IncidentMode.DRILL if mode is IncidentMode.LIVE else IncidentMode.LIVE
            continue
        seat.attempt(partial(_carry_out, seat, picked))


def running(seat: Seat) -> list[Incident]:
    """Return the open incidents of every mode."""
    return [one for one in seat.desk.list_incidents() if one.status is IncidentStatus.OPEN]


def _pick(seat: Seat, mode: IncidentMode) -> str:
    talk, words = seat.talk, seat.talk.words
    _tell_who(seat)
    other = "to_drill" if mode is IncidentMode.LIVE else "to_live"
    fixed = {
        BACK: words("quit"),
        _MODE: words(other),
        _CHECK: words("check"),
        _HELP: words("help"),
    }
    items = _items(seat, mode)
    key = "duty_question" if mode is IncidentMode.LIVE else "duty_question_drill"
    return talk.pick(words(key) if items else words("no_scenarios"), items, fixed)


def _tell_who(seat: Seat) -> None:
    talk = seat.talk
    talk.write(seat.clock(seat.office.now()))
    if not seat.attempt(lambda: talk.write(seat.actor.officer.name)):
        talk.speak("nobody")


def _items(seat: Seat, mode: IncidentMode) -> list[Item]:
    """Return what can be picked: what runs before everything, then what waits, then scenarios."""
    talk, found = seat.talk, list[Item]()
    content = seat.desk.content()
    open_now = running(seat)
    here = [one for one in open_now if _is_of(one, mode)]
    elsewhere = len(open_now) - len(here)
    if not here:
        talk.speak("none_running")
    if elsewhere:
        talk.speak("runs_in_other", count=elsewhere)
    errors = sum(one.severity is Severity.ERROR for one in content.problems)
    if errors:
        talk.speak("content_faults", errors=errors)
    for incident in here:
        told = talk.words("open_item", letter=incident.letter, title=incident.title)
        found.append(Item(f"{_INCIDENT}{incident.id}", told))
    if mode is IncidentMode.LIVE:
        found += [_approval_item(seat, one) for one in seat.desk.waiting_approvals()]
    return found + _scenario_items(seat, mode, content.scenarios)


def _is_of(incident: Incident, mode: IncidentMode) -> bool:
    return (incident.mode is IncidentMode.LIVE) is (mode is IncidentMode.LIVE)


def _approval_item(seat: Seat, asked: Approval) -> Item:
    told = seat.talk.words("approval_waits", persons=asked.persons, officer=asked.asked_by)
    return Item(f"{_APPROVAL}{asked.code}", told)


def _scenario_items(
    seat: Seat, mode: IncidentMode, scenarios: Mapping[str, Scenario]
) -> list[Item]:
    """Return the scenarios; in earnest those first that may be started in earnest."""
    adopted = {
        name
        for name, scenario in scenarios.items()
        if mode is not IncidentMode.LIVE
        or not scenario.needs_adoption
        or seat.desk.adoption_state(name).adoption is not None
    }
    order = sorted(
        scenarios, key=lambda name: (name not in adopted, scenarios[name].title.casefold())
    )
    found = []
    for name in order:
        told = [scenarios[name].title]
        if name not in adopted:
            told.append(seat.talk.words("not_adopted"))
        if mode is IncidentMode.LIVE and scenarios[name].approvers > 1:
            told.append(seat.talk.words("two_persons"))
        found.append(Item(f"{_SCENARIO}{name}", ", ".join(told)))
    return found


def _carry_out(seat: Seat, picked: str) -> None:
    if picked == _HELP:
        seat.talk.read_out(seat.talk.words("help_text").splitlines())
    elif picked == _CHECK:
        _tell_problems(seat)
    elif picked.startswith(_INCIDENT):
        show_board(seat, picked.removeprefix(_INCIDENT))
    elif picked.startswith(_APPROVAL):
        asked = seat.desk.approval(picked.removeprefix(_APPROVAL))
        approve(seat, asked)
        show_board(seat, asked.incident_id)
    else:
        _launch(seat, seat.desk.content().scenarios[picked.removeprefix(_SCENARIO)])


def _launch(seat: Seat, scenario: Scenario) -> None:
    incident = launch(seat, scenario)
    if incident is not None:
        show_board(seat, incident)


def _tell_problems(seat: Seat) -> None:
    problems = seat.desk.content().problems
    told = [f"{one.file}:{one.line} {one.text}" for one in problems]
    seat.talk.read_out(told or [seat.talk.words("no_problems")])
