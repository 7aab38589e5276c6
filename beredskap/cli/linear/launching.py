"""From a scenario to an alert on its way: facts, preview, typed count, hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from beredskap.cli.linear.facts import ask_facts
from beredskap.cli.linear.hold import wait_for_approval, wait_for_release
from beredskap.cli.linear.preview import preview_lines, summary_lines
from beredskap.cli.linear.seat import Seat
from beredskap.cli.linear.talk import BACK
from beredskap.domain.incident import IncidentMode
from beredskap.errors import BeredskapError, EngineError, UsageError

if TYPE_CHECKING:
    from beredskap.desk import Launched, Preparation
    from beredskap.domain.scenario import Scenario


def launch(seat: Seat, scenario: Scenario) -> str | None:
    """Lead through a launch; return the incident it became, or None when somebody went back."""
    while True:
        if scenario.facts:
            seat.talk.speak("step_facts", title=scenario.title)
        facts = _facts_of(seat, scenario)
        if facts is None:
            return None
        try:
            preparation = seat.desk.prepare(scenario.id, facts, mode=seat.talk.mode)
        except UsageError as error:
            seat.talk.speak("fault", text=error)
            if not scenario.facts:
                return None
            continue
        incident = _from_preview(seat, preparation)
        if incident is not None or not scenario.facts:
            return incident


def _facts_of(seat: Seat, scenario: Scenario) -> dict[str, str] | None:
    mode = seat.talk.mode

    def keep(given: Mapping[str, str]) -> None:
        seat.desk.keep_draft(scenario.id, mode, given)

    units = seat.desk.content().directory.units
    return ask_facts(
        seat.talk,
        scenario.facts,
        seat.desk.draft(scenario.id, mode),
        {name: unit.name for name, unit in units.items()},
        keep,
    )


def _from_preview(seat: Seat, preparation: Preparation) -> str | None:
    """Show what would happen until it is confirmed; return the incident, or None to go back."""
    talk = seat.talk
    talk.speak("step_preview", title=preparation.scenario.title)
    talk.read_out(list(summary_lines(preparation, talk.words)))
    while True:
        chosen = talk.choose(
            talk.words("preview_question"),
            {
                "1": talk.words("to_confirm"),
                "2": talk.words("read_all"),
                BACK: talk.words("back"),
            },
        )
        if chosen == BACK:
            return None
        if chosen == "2":
            talk.read_out(list(preview_lines(preparation, talk.words)))
        elif (incident := _confirm(seat, preparation)) is not None:
            return incident


def _confirm(seat: Seat, preparation: Preparation) -> str | None:
    """Ask for the count, or for the drill's word; return the incident that goes on its way."""
    talk, is_live = seat.talk, preparation.mode is IncidentMode.LIVE
    key = "confirm_live" if is_live else "confirm_drill"
    talk.speak("step_confirm")
    talk.speak(key, persons=preparation.persons, title=preparation.scenario.title)
    shown = ", ".join(value for value in preparation.facts.values() if value)
    if shown:
        talk.write(shown)
    wanted = str(preparation.persons) if is_live else talk.words("drill_word")
    if not talk.asks_exactly(talk.words("type_count", word=wanted), wanted):
        return None
    talk.speak("launching")
    try:
        launched = seat.desk.launch(seat.actor, preparation, confirm_count=preparation.persons)
    except EngineError:
        raise
    except BeredskapError as error:
        talk.speak("fault", text=error)
        return None
    seat.desk.keep_draft(preparation.scenario.id, preparation.mode, {})
    return launched.incident if _goes_on(seat, launched) else None


def _goes_on(seat: Seat, launched: Launched) -> bool:
    """Wait through approval and hold; say whether the alert was let go."""
    if launched.release_at is not None:
        return wait_for_release(seat, launched.incident, launched.release_at)
    code = launched.approval.code if launched.approval is not None else ""
    return wait_for_approval(seat, launched.incident, code)
