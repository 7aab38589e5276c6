"""What a route can do: send, and apart from that, optional interfaces the engine asks for.

A sender never raises for what the network said; it answers with a `SendResult`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from beredskap.domain.channel import Channel
from beredskap.domain.envelope import (
    Envelope,
    InboundMessage,
    LookUp,
    ProviderReport,
    RouteHealth,
    SendResult,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """A way out: its name, its channel, and how much it takes at a time."""

    name: str
    channel: Channel
    max_in_flight: int = 10
    chunk: int = 20
    """How many messages are claimed at a time; all of them are uncertain after a crash."""
    can_report: bool = False
    """True when the provider tells later whether a message arrived."""
    can_reply: bool = False
    units_per_second: float | None = None
    """SMS parts or mails a second, over all engines; None sends as fast as it is taken."""


@runtime_checkable
class Sender(Protocol):
    """Hands one message over."""

    @property
    def route(self) -> Route:
        """Say which route this is."""
        ...

    async def open(self) -> None:
        """Make ready; may be called again."""
        ...

    async def close(self) -> None:
        """Let go of connections; may be called again."""
        ...

    async def send(self, envelope: Envelope) -> SendResult:
        """Hand the message over and say what is known."""
        ...


@runtime_checkable
class StatusSource(Protocol):
    """Tells what became of messages, when asked."""

    async def statuses(self, since: datetime) -> list[ProviderReport]:
        """Return reports since a time; what could not be fetched is simply missing."""
        ...


@runtime_checkable
class InboundSource(Protocol):
    """Tells what people wrote back, when asked."""

    async def inbound(self, since: datetime) -> list[InboundMessage]:
        """Return messages to us since a time; what could not be fetched is simply missing."""
        ...


@runtime_checkable
class Reconcilable(Protocol):
    """Can look for a message whose hand-over was not answered."""

    async def look_up(self, envelope: Envelope, started_at: datetime) -> LookUp:
        """Return the message if the provider has it, and whether its list was complete."""
        ...


@runtime_checkable
class Cancellable(Protocol):
    """Can ask the provider to drop a message it still queues."""

    async def cancel(self, provider_id: str) -> bool:
        """Ask for it; say whether the provider took the request."""
        ...


@runtime_checkable
class Checkable(Protocol):
    """Can be checked without sending anything."""

    async def check(self) -> RouteHealth:
        """Return whether the route is ready, in one sentence."""
        ...
