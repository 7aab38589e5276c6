"""The board in lines: what changes is told as it comes, and numbers do what can be done."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from beredskap.cli.linear import acts
from beredskap.cli.linear.approving import approve_for
from beredskap.cli.linear.correcting import correct
from beredskap.cli.linear.hold import stop
from beredskap.cli.linear.seat import Seat
from beredskap.cli.linear.talk import BACK
from beredskap.cli.linear.watch import Watch
from beredskap.domain.report import IncidentFigures

_HELP = ("?", "98")
_ACTS: dict[str, tuple[str, Callable[[Seat, str], None]]] = {
    "1": ("a_people", acts.show_people),
    "2": ("a_person", acts.handle_person),
    "3": ("a_correct", correct),
    "4": ("a_stop", lambda seat, incident: _stop_when_sure(seat, incident)),
    "5": ("a_pause", acts.pause),
    "6": ("a_resume", acts.resume),
    "7": ("a_uncertain", acts.decide),
    "8": ("a_approve", approve_for),
    "9": ("a_note", acts.note),
    "10": ("a_log", acts.show_log),
    "11": ("a_review", acts.show_review),
    "12": ("a_close", acts.close),
}


def show_board(seat: Seat, incident: str) -> None:
    """Show one incident until somebody goes back; going back changes nothing."""
    figures = seat.desk.show(incident)
    seat.talk.mode = figures.mode
    watch = Watch(seat.talk.words)
    _tell_whole(seat, watch, figures)
    _ask(seat, figures)
    while True:
        answered = seat.talk.answer(seat.look_seconds)
        if answered is None:
            seat.look(partial(_tell_changes, seat, watch, incident, asks_again=True))
            continue
        answered = answered.rstrip(".)")
        if answered == BACK:
            return
        _carry_out(seat, watch, incident, answered)
        _ask(seat, figures)


def _carry_out(seat: Seat, watch: Watch, incident: str, answered: str) -> None:
    """Do what was asked for; Enter alone only tells how things stand."""
    if not answered:
        seat.attempt(lambda: _tell_whole(seat, watch, seat.desk.show(incident)))
    elif answered in _HELP:
        _tell_acts(seat)
        seat.talk.speak("help_board")
    elif answered in _ACTS:
        act = _ACTS[answered][1]
        seat.attempt(lambda: act(seat, incident))
        seat.attempt(partial(_tell_changes, seat, watch, incident, asks_again=False))
    else:
        seat.talk.speak("unknown")


def _tell_changes(seat: Seat, watch: Watch, incident: str, *, asks_again: bool) -> None:
    figures = seat.desk.show(incident)
    lines = watch.changes(figures, _late(seat, figures))
    if lines:
        seat.talk.write(seat.clock(seat.office.now()), *lines)
        if asks_again:
            _ask(seat, figures)


def _tell_whole(seat: Seat, watch: Watch, figures: IncidentFigures) -> None:
    seat.talk.write(
        f"{figures.letter} {figures.title}, {figures.incident}",
        seat.clock(seat.office.now()),
        *watch.whole(figures, _late(seat, figures)),
    )


def _tell_acts(seat: Seat) -> None:
    words = seat.talk.words
    seat.talk.write(*(f"{number} {words(key)}" for number, (key, _) in _ACTS.items()))
    seat.talk.write(f"{BACK} {words('to_duty')}")


def _ask(seat: Seat, figures: IncidentFigures) -> None:
    seat.talk.question(seat.talk.words("board_question", letter=figures.letter))


def _late(seat: Seat, figures: IncidentFigures) -> str:
    """Return a line when nothing has left though it should have."""
    if not figures.should_have_begun(seat.office.now()):
        return ""
    words = seat.talk.words
    why = words("why_waits" if seat.office.has_engine() else "why_no_engine")
    return words("nothing_began", why=why, incident=figures.incident)


def _stop_when_sure(seat: Seat, incident: str) -> None:
    """Stop at the second answer: always near, never by one slip of a finger."""
    words = seat.talk.words
    choices = {"1": words("stop_now"), BACK: words("stop_not")}
    if seat.talk.choose(words("stop_question"), choices) == "1":
        stop(seat, incident)
