"""Running due work: what a turn found is handed to the routes, and waited for.

`InlineRunner` is the embedded runner: one asyncio loop owns every sender, and the ledger is written
through one thread, so that no send waits for the disk and no two writes race in this process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Protocol

from beredskap.channels.sender import Sender
from beredskap.clock import Clock
from beredskap.dispatch.conducting import Turn
from beredskap.dispatch.route_ledger import RouteLedger, RunnerIdentity
from beredskap.dispatch.route_work import RouteWork
from beredskap.dispatch.store_thread import StoreThread
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import SendResult
from beredskap.domain.incident import IncidentMode
from beredskap.domain.wave import Wave
from beredskap.store.ledger import Ledger

SenderBook = Mapping[IncidentMode, Mapping[Channel, Sender]]
"""The only way to a sender: by the incident's mode, then by channel."""


class Runner(Protocol):
    """Carries out what a turn found due."""

    async def open(self) -> None:
        """Make ready."""
        ...

    async def offer(self, turn: Turn) -> None:
        """Take over what a turn found; returns at once."""
        ...

    async def drain(self) -> None:
        """Wait until nothing that is due remains and everything is recorded."""
        ...

    async def close(self) -> None:
        """Stop claiming, wait for what is on the wire, record it, and let go of the senders."""
        ...


class InlineRunner:
    """Runs due work in this process over the ledger's claims."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        senders: SenderBook,
        clock: Clock,
        identity: RunnerIdentity,
        store: StoreThread,
        on_route_alarm: Callable[[Sender, Wave, SendResult], None],
    ) -> None:
        """Take everything it works with; nothing starts before `open`."""
        self._routes = {
            (mode, channel): RouteWork(
                mode=mode,
                channel=channel,
                sender=sender,
                route_ledger=RouteLedger(
                    mode=mode,
                    channel=channel,
                    sender=sender,
                    ledger=ledger,
                    clock=clock,
                    identity=identity,
                    on_route_alarm=on_route_alarm,
                ),
                clock=clock,
                store=store,
            )
            for mode, by_channel in senders.items()
            for channel, sender in by_channel.items()
        }

    async def open(self) -> None:
        """Do nothing yet: a route opens its sender when it first has work."""

    async def offer(self, turn: Turn) -> None:
        """Tell every route what is open now."""
        for route in self._routes.values():
            is_served = (route.mode, route.channel) not in turn.unserved
            waves = (wave for wave in turn.open_waves if is_served and wave.mode is route.mode)
            await route.offer(tuple(waves), turn)

    async def drain(self) -> None:
        """Wait until every route has nothing due, nothing in flight and nothing unrecorded."""
        for route in self._routes.values():
            await route.drain()

    @property
    def held(self) -> frozenset[int]:
        """Return the attempts that are claimed here and not yet recorded."""
        return frozenset().union(*(route.held for route in self._routes.values()))

    def use_again(self, route_name: str) -> None:
        """Use a stopped route again."""
        for route in self._routes.values():
            route.use_again(route_name)

    def give_back(self) -> None:
        """Give back everything claimed that has not left: the process was suspended too long."""
        for route in self._routes.values():
            route.give_back()

    async def close(self) -> None:
        """Stop every route in good order."""
        await asyncio.gather(*(route.close() for route in self._routes.values()))
