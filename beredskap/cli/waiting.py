"""Waiting for an alert to end, with what changes shown meanwhile."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from beredskap.cli.desk_of import here
from beredskap.cli.exit_codes import DONE, OUTSIDE

if TYPE_CHECKING:
    from beredskap.domain.report import IncidentFigures

_LOOK_SECONDS = 0.3


def wait_for_end(incident: str) -> int:
    """Wait until every cascade of an incident has ended; return the exit code it came to.

    A route that refuses us ends the waiting once nothing more moves, with its sentence on stderr.
    """
    shown = ""
    while True:
        figures = here.desk.show(incident, with_people=False)
        line = counts_line(figures, here.lang)
        if line != shown and not here.given.json and not here.given.quiet:
            print(line, flush=True)
            shown = line
        if all(cascade.status.is_final for cascade in figures.cascades):
            return DONE
        stopped = here.house.stopped_routes()
        if stopped and not _is_anything_moving(incident):
            for route, text in stopped.items():
                print(here.say("route_stopped", route=route, text=text), file=sys.stderr)
            return OUTSIDE
        time.sleep(_LOOK_SECONDS)


def _is_anything_moving(incident: str) -> bool:
    """Say whether somebody is still tried who does not wait for a stopped route."""
    from beredskap.domain.delivery import Reason
    from beredskap.domain.reach import ReachClass

    return any(
        person.reach is ReachClass.IN_PROGRESS and person.reason != Reason.ROUTE_STOPPED.value
        for person in here.desk.show(incident).people
    )


def counts_line(figures: IncidentFigures, lang: str) -> str:
    """Return the six classes with their numbers, in words."""
    from beredskap.domain.wording import word

    return "  ".join(f"{word(reach, lang)} {count}" for reach, count in figures.reach.items())
