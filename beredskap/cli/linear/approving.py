"""The second person: sees what is asked, then types the count, or says no with a reason."""

from __future__ import annotations

from beredskap.cli.linear.hold import wait_for_release
from beredskap.cli.linear.seat import Seat
from beredskap.cli.linear.talk import BACK
from beredskap.domain.approval import Approval


def approve_for(seat: Seat, incident: str) -> None:
    """Look at what an incident's launch waits for."""
    asked = next(
        (one for one in seat.desk.waiting_approvals() if one.incident_id == incident), None
    )
    if asked is None:
        seat.talk.speak("none_waits")
    else:
        approve(seat, asked)


def approve(seat: Seat, asked: Approval) -> None:
    """Show a launch that waits, and approve or refuse it."""
    talk, words = seat.talk, seat.talk.words
    figures = seat.desk.show(asked.incident_id, with_people=False)
    talk.mode = figures.mode
    facts, script = seat.desk.words_of_launch(asked.incident_id)
    until = seat.clock(asked.expires_at)
    talk.speak(
        "approval_line",
        title=figures.title,
        persons=asked.persons,
        officer=asked.asked_by,
        until=until,
    )
    told = [f"{name}: {value}" for name, value in facts.items() if value]
    talk.read_out([*told, *(f"  {line}" for line in script.splitlines())])
    choices = {"1": words("approve_now"), "2": words("approve_not"), BACK: words("back")}
    chosen = talk.choose(words("approve_question"), choices)
    if chosen == "1":
        _approve(seat, asked)
    elif chosen == "2":
        _refuse(seat, asked)


def _approve(seat: Seat, asked: Approval) -> None:
    talk, wanted = seat.talk, str(asked.persons)
    if not talk.asks_exactly(talk.words("type_count", word=wanted), wanted):
        return
    approved = seat.desk.approve(seat.actor, asked.code, confirm_count=asked.persons)
    if approved.release_at is None:
        talk.speak("approval_more", missing=approved.approval.missing)
        return
    talk.speak("approved")
    wait_for_release(seat, asked.incident_id, approved.release_at)


def _refuse(seat: Seat, asked: Approval) -> None:
    talk = seat.talk
    talk.question(talk.words("refuse_prompt"))
    talk.speak("text_how")
    reason = talk.wait()
    if reason and reason != BACK:
        seat.desk.refuse_approval(seat.actor, asked.code, reason)
        talk.speak("approval_refused")
