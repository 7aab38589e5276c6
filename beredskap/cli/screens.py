"""Opening the screens on a terminal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from beredskap.cli.desk_of import here

if TYPE_CHECKING:
    from beredskap.desk import Desk
    from beredskap.domain.officer import Actor
    from beredskap.wiring import House


class OfficeHere:
    """The house of this workspace, as the screens want it."""

    def __init__(self, house: House) -> None:
        """Take the house; its ledger is opened when it is first asked for."""
        self._house = house

    @property
    def desk(self) -> Desk:
        """Return the desk."""
        return self._house.desk

    @property
    def locale(self) -> str:
        """Return the organisation's language."""
        return self._house.locale

    @property
    def time_zone(self) -> str:
        """Return the organisation's time zone."""
        return self._house.time_zone

    @property
    def place(self) -> str:
        """Return where the ledger is."""
        return self._house.ledger.address

    def actor(self) -> Actor:
        """Return who is at the keyboard."""
        return self._house.actor()

    def now(self) -> datetime:
        """Return the time that holds are judged by."""
        return self._house.clock.now()

    def has_engine(self) -> bool:
        """Say whether an engine runs here."""
        from beredskap.wiring import engine_of

        return engine_of(self._house) is not None


def run_screens() -> None:
    """Show the screens until they are left; what is being sent goes on."""
    from beredskap.tui import Screens, Session

    Screens(Session(opens=lambda: OfficeHere(here.house), lang=here.given.lang)).run()
