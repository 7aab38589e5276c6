"""The demonstration: a drill on the shipped content through the real engine, sixty times faster.

Its people are simulated and its texts carry the drill marks. The behaviour of a few of them is
assigned, so that everything a log can say of a person is seen; the seed decides about the others.
"""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from beredskap.domain.incident import IncidentMode
from beredskap.domain.officer import Actor, HowKnown, Right
from beredskap.domain.report import IncidentFigures
from beredskap.errors import ContentError
from beredskap.library import copy_shipped
from beredskap.wiring import House, open_house, set_pace, set_simulation, stop_engine_of

FACTOR = 60
SCENARIO = "brand-forskola"
FACTS: Mapping[str, str] = {
    "enhet": "eken",
    "klockslag": "14.05",
    "plats": "Matteusskolan",
    "mote": "14.30",
    "nasta": "15.00",
}
ASSIGNED: Mapping[str, str] = {
    "karin-sjoholm": "silent",
    "mehmet-aydin": "answers",
    "kristoffer-hallin": "dead",
    "abdi-warsame": "busy",
    "goran-thelin": "silent",
    "asa-melin": "uncertain",
    "marianne-gronvall": "no_receipt",
}
"""One of each: a silent one whose deputy is called in, a dead number, a provider that asks to wait,
a message delivered, one whose hand-over was never answered, and one without a receipt."""
_LEAST_SECONDS, LONGEST_SECONDS = 17.0, 22.0
"""Real time: at least seventeen minutes of the drill, while its waves are still open; a little more
on a busy machine, until everything that can be said of a person is seen."""
_LOOK_SECONDS = 0.25


class Demonstration:
    """One drill in a folder of its own; leaving it stops the engine it started."""

    def __init__(self, *, seed: int, folder: Path | None = None) -> None:
        """Take the seed, and the folder where the drill is kept."""
        self._seed = seed
        self.folder = folder or Path(tempfile.mkdtemp(prefix="beredskap-demo-"))
        self._incident = ""
        self._house: House

    def __enter__(self) -> Demonstration:
        """Make the workspace and launch the drill."""
        copy_shipped(self.folder)
        self._house = house = open_house(self.folder)
        set_pace(house, FACTOR)
        set_simulation(house, self._seed, ASSIGNED)
        try:
            house.start_engine()
            preparation = house.desk.prepare(SCENARIO, FACTS, mode=IncidentMode.DRILL)
            launched = house.desk.launch(
                self._officer(), preparation, confirm_count=preparation.persons
            )
        except BaseException:
            self.__exit__()
            raise
        self._incident = launched.incident
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the engine, whatever happened."""
        with contextlib.suppress(KeyboardInterrupt):
            stop_engine_of(self._house)
        self._house.ledger.close()

    @property
    def time_zone(self) -> str:
        """Return the organisation's time zone."""
        return self._house.time_zone

    def watch(self) -> Iterator[IncidentFigures]:
        """Yield the figures while they change, until the drill has ended or its time is over."""
        began = time.monotonic()
        while (passed := time.monotonic() - began) < LONGEST_SECONDS:
            figures = self.figures()
            yield figures
            if all(cascade.status.is_final for cascade in figures.cascades):
                return
            if passed >= _LEAST_SECONDS and all(figures.reach.values()):
                return
            time.sleep(_LOOK_SECONDS)

    def figures(self) -> IncidentFigures:
        """Return the drill in figures as it is now."""
        return self._house.desk.show(self._incident)

    def review(self, lang: str) -> str:
        """Return the review of the drill."""
        return self._house.desk.review(self._incident, lang=lang, with_log=False)

    def _officer(self) -> Actor:
        """Return the shipped officer who leads drills, known as the demonstration's own."""
        officers = self._house.content().directory.officers.values()
        for officer in officers:
            if Right.DRILL in officer.rights:
                return Actor(officer=replace(officer), how_known=HowKnown.DEMO)
        raise ContentError("No officer in contact_lists/officers.yaml may lead drills; add one.")
