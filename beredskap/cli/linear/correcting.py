"""A correction in lines: which one, to whom and in which words, and the typed count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beredskap.cli.linear.facts import ask_facts
from beredskap.cli.linear.preview import text_lines
from beredskap.cli.linear.seat import Seat
from beredskap.cli.linear.talk import BACK
from beredskap.domain.cascade import CascadeKind

if TYPE_CHECKING:
    from beredskap.desk import Correction

_KINDS = {
    "1": CascadeKind.FALSE_ALARM,
    "2": CascadeKind.UPDATE,
    "3": CascadeKind.ALL_CLEAR,
}


def correct(seat: Seat, incident: str) -> None:
    """Lead through a correction; it takes no second person and no hold."""
    words = seat.talk.words
    choices = {number: words(f"correct_{kind.value}") for number, kind in _KINDS.items()}
    chosen = seat.talk.choose(words("correct_question"), {**choices, BACK: words("back")})
    if chosen == BACK:
        return
    kind = _KINDS[chosen]
    correction: Correction | None = seat.desk.prepare_correction(incident, kind, {})
    if kind is CascadeKind.UPDATE and correction is not None:
        correction = _with_new_facts(seat, incident, correction)
    if correction is not None:
        _send(seat, correction)


def _with_new_facts(seat: Seat, incident: str, correction: Correction) -> Correction | None:
    """Let the facts of the alert stand, or ask for them anew; None when somebody went back."""
    words, facts = seat.talk.words, correction.scenario.facts
    if not facts:
        return correction
    choices = {"1": words("same_facts"), "2": words("new_facts"), BACK: words("back")}
    chosen = seat.talk.choose(words("facts_question"), choices)
    if chosen != "2":
        return correction if chosen == "1" else None
    units = {name: unit.name for name, unit in seat.desk.content().directory.units.items()}
    given = ask_facts(seat.talk, facts, correction.facts, units, lambda _: None)
    if given is None:
        return None
    return seat.desk.prepare_correction(incident, correction.kind, given)


def _send(seat: Seat, correction: Correction) -> None:
    talk = seat.talk
    talk.speak("correct_to", persons=correction.persons, untouched=correction.untouched)
    lines = (line for one in correction.messages for line in text_lines(one, talk.words))
    talk.read_out(list(lines))
    wanted = str(correction.persons)
    if talk.asks_exactly(talk.words("type_count", word=wanted), wanted):
        seat.desk.correct(seat.actor, correction, confirm_count=correction.persons)
        talk.speak("correction_sent")
    else:
        talk.speak("nothing_done")
