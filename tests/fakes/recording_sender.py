"""A sender that takes every message at once, keeps it, and answers as it is told."""

from __future__ import annotations

from beredskap.channels.marks import refuse_unmarked
from beredskap.channels.sender import Route
from beredskap.domain.attempt import AttemptStatus
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import Envelope, LookUp, RouteHealth, SendResult


class RecordingSender:
    """Keeps what it was handed, in memory and without delay."""

    def __init__(
        self, channel: Channel = Channel.SMS, *, max_in_flight: int = 16, chunk: int = 250
    ) -> None:
        """Start with nothing taken and nothing told."""
        self.route = Route(
            name=f"recording-{channel.value}",
            channel=channel,
            max_in_flight=max_in_flight,
            chunk=chunk,
        )
        self.taken: list[Envelope] = []
        self.told: dict[str, list[SendResult]] = {}
        """Address → results to answer its next messages with; they are not taken."""

    async def open(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to close."""

    async def send(self, envelope: Envelope) -> SendResult:
        """Take the message, unless something else was told for its address."""
        refused = refuse_unmarked(envelope)
        if refused is not None:
            return refused
        told = self.told.get(envelope.address)
        if told:
            return told.pop(0)
        self.taken.append(envelope)
        return self._accepted(envelope)

    async def look_up(self, envelope: Envelope, started_at: object) -> LookUp:
        """Return the message if it was taken."""
        has_it = any(taken.client_ref == envelope.client_ref for taken in self.taken)
        return LookUp(is_complete=True, candidates=(self._accepted(envelope),) if has_it else ())

    async def check(self) -> RouteHealth:
        """Say that it is always ready."""
        return RouteHealth(route=self.route.name, is_ready=True, text="The record is open.")

    def to(self, address: str) -> list[Envelope]:
        """Return what was taken for an address."""
        return [envelope for envelope in self.taken if envelope.address == address]

    @staticmethod
    def _accepted(envelope: Envelope) -> SendResult:
        return SendResult(status=AttemptStatus.ACCEPTED, provider_id=f"r-{envelope.client_ref}")
