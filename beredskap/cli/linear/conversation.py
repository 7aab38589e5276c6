"""The whole conversation: it begins on duty and ends with what goes on without it."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

from beredskap.cli.exit_codes import DONE, INTERRUPTED
from beredskap.cli.linear.duty import be_on_duty, running
from beredskap.cli.linear.reader import InputLines
from beredskap.cli.linear.seat import Seat
from beredskap.cli.linear.talk import Talk
from beredskap.domain.incident import IncidentMode
from beredskap.domain.wording import word

if TYPE_CHECKING:
    from beredskap.domain.report import IncidentFigures
    from beredskap.tui.office import Office


def run_lines(office: Office, lang: str) -> int:
    """Talk on standard input and output until somebody leaves; return the exit code."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    return converse(Seat(office=office, talk=Talk(InputLines(0), sys.stdout, lang)))


def converse(seat: Seat) -> int:
    """Talk until somebody leaves, the input ends or Ctrl-C is pressed; nothing stops by it."""
    code = DONE
    try:
        be_on_duty(seat, IncidentMode.LIVE)
    except EOFError:
        seat.talk.speak("input_ended")
    except KeyboardInterrupt:
        seat.talk.speak("interrupted")
        code = INTERRUPTED
    with contextlib.suppress(KeyboardInterrupt):
        seat.attempt(lambda: _take_leave(seat))
    return code


def _take_leave(seat: Seat) -> None:
    """Say what goes on, and how it is stopped."""
    left = running(seat)
    if not left:
        seat.talk.speak("nothing_runs")
        return
    for incident in left:
        _tell_left(seat, seat.desk.show(incident.id, with_people=False))
    seat.talk.speak("open_again")


def _tell_left(seat: Seat, figures: IncidentFigures) -> None:
    lang = seat.talk.lang
    told = [f"{word(one.kind, lang)} {word(one.status, lang)}" for one in figures.cascades]
    is_over = all(one.status.is_final for one in figures.cascades)
    seat.talk.speak(
        "stays_open" if is_over else "goes_on",
        mode=word(figures.mode, lang),
        letter=figures.letter,
        title=figures.title,
        status="; ".join(told) or word(figures.status, lang),
        incident=figures.incident,
    )
