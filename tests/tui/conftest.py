"""The screens over a real desk, a real ledger and the small workspace, on a held clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from textual.pilot import Pilot

from beredskap.desk import Desk
from beredskap.domain.officer import Actor
from beredskap.tui import Screens, Session
from tests.desk.conftest import Office as DeskOffice
from tests.desk.conftest import office as desk_office

office = desk_office


@dataclass
class ScreenOffice:
    """The desk of the tests, as the screens want it."""

    held: DeskOffice
    officer: str = "anna"
    locale: str = "sv"
    time_zone: str = "Europe/Stockholm"
    place: str = "ledger.sqlite3"
    engine_runs: bool = True

    @property
    def desk(self) -> Desk:
        return self.held.desk

    def actor(self) -> Actor:
        return self.held.actor(self.officer)

    def now(self) -> datetime:
        return self.held.clock.now()

    def has_engine(self) -> bool:
        return self.engine_runs


@dataclass
class Stand:
    """The screens as somebody sits before them."""

    app: Screens
    pilot: Pilot[None]
    office: ScreenOffice
    pressed: int = field(default=0)

    async def rest(self) -> None:
        """Wait until nothing is under way."""
        for _ in range(3):
            await self.pilot.pause()
            await self.app.workers.wait_for_complete()
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        """Press keys one after another, resting at the end."""
        self.pressed += len(keys)
        await self.pilot.press(*keys)
        await self.rest()

    async def shows(self, screen: str) -> None:
        """Wait until a screen is shown; fail if it never is."""
        for _ in range(200):
            if type(self.app.screen).__name__ == screen:
                await self.rest()
                return
            await self.rest()
            await asyncio.sleep(0.02)
        raise AssertionError(f"{screen} is not shown but {self.app.screen}: {self.text()}")

    def text(self) -> str:
        """Return what is seen, line by line."""
        strips = self.app.screen._compositor.render_strips()
        lines = ("".join(segment.text for segment in strip).rstrip() for strip in strips)
        return "\n".join(lines)


Sit = Callable[..., Any]


@pytest.fixture
def sit(office: DeskOffice) -> Sit:
    """Return a context manager that opens the screens for somebody."""

    class _Sitting:
        def __init__(
            self, *, size: tuple[int, int] = (80, 24), lang: str | None = None, **options: Any
        ) -> None:
            settle = options.pop("settle_seconds", 0.0)
            self._office = ScreenOffice(office, **options)
            session = Session(
                opens=lambda: self._office,
                lang=lang,
                settle_seconds=settle,
                look_seconds=0.1,
            )
            self._running = Screens(session).run_test(size=size)

        async def __aenter__(self) -> Stand:
            pilot = await self._running.__aenter__()
            assert isinstance(pilot.app, Screens)
            stand = Stand(pilot.app, pilot, self._office)
            await stand.rest()
            return stand

        async def __aexit__(self, *error: Any) -> None:
            await self._running.__aexit__(*error)

    return _Sitting
