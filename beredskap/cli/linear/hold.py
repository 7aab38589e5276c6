"""The hold: seconds told in lines, and a way to stop; leaving it stops nothing."""

from __future__ import annotations

from datetime import datetime

from beredskap.cli.linear.seat import Seat
from beredskap.cli.linear.talk import BACK
from beredskap.domain.approval import spelled
from beredskap.domain.cascade import CascadeStatus
from beredskap.errors import BeredskapError

_MARKS = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300)
"""Seconds left that are told: few lines on a slow link, close ones at the end."""
_STOPS = frozenset({BACK, "stop", "stopp", "stoppa", "s", "nej", "no", "n"})
"""What stops a hold: the number, and what somebody in a hurry writes."""
_TURN_SECONDS = 0.25


def wait_for_release(seat: Seat, incident: str, release_at: datetime) -> bool:
    """Tell the seconds until sending starts; say whether it was let go and not stopped."""
    talk = seat.talk
    left = int(_seconds_left(seat, release_at) + 0.999)
    if left > 0:
        talk.question(talk.words("sending_in", seconds=left))
        talk.speak("how_to_stop")
    told, was_warned = left, False
    while (left := int(_seconds_left(seat, release_at) + 0.999)) > 0:
        if left < told and left in _MARKS:
            talk.speak("seconds_left", seconds=left)
        told = min(told, left)
        try:
            answered = talk.answer(min(_TURN_SECONDS, left))
        except KeyboardInterrupt:
            if was_warned:
                raise
            was_warned = True
            talk.speak("interrupt_stops_nothing")
            continue
        if answered is None:
            continue
        if answered.casefold() in _STOPS:
            return not stop(seat, incident)
        talk.speak("how_to_stop")
    talk.speak("hold_over")
    return True


def wait_for_approval(seat: Seat, incident: str, code: str) -> bool:
    """Wait for the second person, then through the hold; say whether it was let go."""
    talk = seat.talk
    talk.question(talk.words("second_person", code=spelled(code)))
    talk.speak("how_to_wait")
    while True:
        answered = talk.answer(seat.look_seconds)
        if answered == "1":
            return True
        if answered is not None and answered.casefold() in _STOPS:
            return not stop(seat, incident)
        if answered is not None:
            talk.speak("how_to_wait")
        cascade = seat.desk.show(incident, with_people=False).cascades[-1]
        if cascade.status is CascadeStatus.HELD and cascade.release_at is not None:
            talk.speak("approved")
            return wait_for_release(seat, incident, cascade.release_at)
        if cascade.status is not CascadeStatus.AWAITING_APPROVAL:
            return True


def stop(seat: Seat, incident: str) -> bool:
    """Stop everything of an incident and say what that came to; say whether nothing was sent."""
    try:
        stopped = seat.desk.stop(seat.actor, incident)
    except BeredskapError as error:
        seat.talk.speak("fault", text=error)
        return False
    if stopped.nothing_was_sent:
        seat.talk.speak("stopped_unsent")
    else:
        seat.talk.speak("stopped", cancelled=stopped.cancelled)
    return stopped.nothing_was_sent


def _seconds_left(seat: Seat, release_at: datetime) -> float:
    return (release_at - seat.office.now()).total_seconds()
