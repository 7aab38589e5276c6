"""Simulated people: they get every message of a drill and behave as a seed decides.

What a person does follows from the seed, the person and the number of the attempt alone, so the
same seed gives the same drill whatever the order of events. Nothing leaves the program, and what
the people have got is remembered only as long as it runs.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from beredskap.channels.marks import refuse_unmarked
from beredskap.channels.sender import Route
from beredskap.clock import Clock
from beredskap.domain.attempt import AttemptStatus, FailureClass
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import (
    Envelope,
    InboundMessage,
    LookUp,
    ProviderReport,
    RouteHealth,
    SendResult,
)
from beredskap.domain.incident import IncidentMode


class Behaviour(StrEnum):
    """What a simulated person and their telephone do."""

    ANSWERS = "answers"
    """Gets the message and answers "1" after a while."""
    DECLINES = "declines"
    """Gets the message and answers "2"."""
    SILENT = "silent"
    """Gets the message, as the carrier says, and never answers."""
    NO_RECEIPT = "no_receipt"
    """The carrier takes the message and nothing more is ever heard."""
    DEAD = "dead"
    """The address does not work."""
    FLAKY = "flaky"
    """The first attempt of each message fails for now; then as `answers`."""
    UNCERTAIN = "uncertain"
    """The hand-over is not answered, and the message cannot be found again."""
    BUSY = "busy"
    """The provider asks us to wait, again and again."""


USUAL: tuple[tuple[Behaviour, int], ...] = (
    (Behaviour.ANSWERS, 62),
    (Behaviour.DECLINES, 6),
    (Behaviour.SILENT, 16),
    (Behaviour.NO_RECEIPT, 8),
    (Behaviour.DEAD, 4),
    (Behaviour.FLAKY, 4),
)
"""How a hundred people behave where nobody says otherwise; an assumption, not a measurement."""
_MEDIAN_ANSWER_SECONDS = 120.0
_SPREAD = 0.9
"""Standard deviation of the logarithm of the answering time."""
_DELIVERY_SECONDS = 4.0
_BUSY_SECONDS = 900.0


@dataclass(slots=True)
class _Got:
    """A message that a simulated provider has."""

    provider_id: str
    envelope: Envelope
    at: datetime
    delivered_at: datetime | None
    answered_at: datetime | None
    answer: str


@dataclass(slots=True)
class Crowd:
    """The simulated people of a ledger: how they behave, and what they have got."""

    seed: int
    clock: Clock
    name_of: Callable[[str], str] = lambda person: person
    """Turns a person's reference into what they are known by, so that a seed means the same."""
    assigned: Mapping[str, Behaviour] = field(default_factory=dict)
    """Name → behaviour, for those whose behaviour is not left to chance.

    One each of `answers`, `silent`, `no_receipt`, `uncertain`, `busy` and `dead` shows every class
    of reach: acknowledged, delivered, handed over, uncertain, in progress, not reached.
    """
    got: list[_Got] = field(default_factory=list)

    def behaviour_of(self, person: str) -> Behaviour:
        """Return how a person behaves."""
        name = self.name_of(person)
        if name in self.assigned:
            return self.assigned[name]
        point = self._chance(name, "behaviour") * sum(weight for _, weight in USUAL)
        for behaviour, weight in USUAL:
            point -= weight
            if point < 0:
                return behaviour
        return Behaviour.ANSWERS

    def answer_seconds(self, person: str) -> float:
        """Return how long a person takes to answer: lognormal around two minutes."""
        name = self.name_of(person)
        first = max(self._chance(name, "first"), 1e-9)
        normal = math.sqrt(-2 * math.log(first)) * math.cos(
            2 * math.pi * self._chance(name, "second")
        )
        return _MEDIAN_ANSWER_SECONDS * math.exp(_SPREAD * normal)

    def take(self, envelope: Envelope) -> SendResult:
        """Let a person's telephone or mailbox meet a message."""
        behaviour = self.behaviour_of(envelope.person)
        match behaviour:
            case Behaviour.DEAD:
                return SendResult(
                    status=AttemptStatus.FAILED_PERMANENT,
                    failure=FailureClass.ADDRESS,
                    unsent=True,
                    code="simulated-dead",
                )
            case Behaviour.FLAKY if _attempt_number(envelope) == 1:
                return SendResult(
                    status=AttemptStatus.FAILED_RETRYABLE,
                    failure=FailureClass.RETRY,
                    unsent=True,
                    code="simulated-later",
                )
            case Behaviour.BUSY:
                return SendResult(
                    status=AttemptStatus.FAILED_RETRYABLE,
                    failure=FailureClass.BUSY,
                    unsent=True,
                    code="simulated-busy",
                    retry_after_seconds=_BUSY_SECONDS,
                )
            case Behaviour.UNCERTAIN:
                return SendResult(status=AttemptStatus.UNCERTAIN, code="simulated-timeout")
        return self._keep(envelope, behaviour)

    def _keep(self, envelope: Envelope, behaviour: Behaviour) -> SendResult:
        now = self.clock.now()
        arrives = now + timedelta(seconds=_DELIVERY_SECONDS)
        answers = behaviour in (Behaviour.ANSWERS, Behaviour.DECLINES, Behaviour.FLAKY)
        wait = timedelta(seconds=self.answer_seconds(envelope.person))
        provider_id = f"simulated-{envelope.channel.value}-{envelope.attempt_id}"
        self.got.append(
            _Got(
                provider_id=provider_id,
                envelope=envelope,
                at=now,
                delivered_at=None if behaviour is Behaviour.NO_RECEIPT else arrives,
                answered_at=arrives + wait if answers else None,
                answer="2" if behaviour is Behaviour.DECLINES else "1",
            )
        )
        return SendResult(
            status=AttemptStatus.ACCEPTED, provider_id=provider_id, provider_status="accepted"
        )

    def _chance(self, name: str, what: str) -> float:
        digest = hashlib.sha256(f"{self.seed}/{name}/{what}".encode()).digest()
        return int.from_bytes(digest[:8], "big") / 2**64


def _attempt_number(envelope: Envelope) -> int:
    """Return which attempt this is, as our reference for it ends in that number."""
    number = envelope.client_ref.rpartition(".")[2]
    return int(number) if number.isdecimal() else 1


class SimulatedRoute:
    """One channel to the simulated people."""

    def __init__(self, crowd: Crowd, channel: Channel) -> None:
        """Take the people and the channel."""
        self.route = Route(
            name=f"simulated-{channel.value}",
            channel=channel,
            max_in_flight=20,
            chunk=20,
            can_report=True,
            can_reply=True,
        )
        self._crowd, self._channel = crowd, channel

    async def open(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to close."""

    async def send(self, envelope: Envelope) -> SendResult:
        """Let the person meet the message; without drill marks it goes nowhere.

        Nor does a live one: nobody real would get it, and answers would be told of.
        """
        if envelope.mode is IncidentMode.LIVE:
            return SendResult(
                status=AttemptStatus.FAILED_PERMANENT,
                failure=FailureClass.ROUTE,
                unsent=True,
                code="simulated-live",
                detail="A live message met simulated people and was not sent; mend the program.",
            )
        return refuse_unmarked(envelope) or self._crowd.take(envelope)

    async def statuses(self, since: datetime) -> list[ProviderReport]:
        """Return what the simulated carrier has reported until now."""
        now = self._crowd.clock.now()
        return [
            ProviderReport(
                provider=self.route.name,
                provider_id=got.provider_id,
                status=AttemptStatus.DELIVERED,
                provider_status="delivered",
                at=got.delivered_at,
            )
            for got in self._mine()
            if got.delivered_at is not None and since <= got.delivered_at <= now
        ]

    async def inbound(self, since: datetime) -> list[InboundMessage]:
        """Return the answers given until now."""
        now = self._crowd.clock.now()
        return [
            InboundMessage(
                provider=self.route.name,
                provider_id=f"{got.provider_id}-answer",
                channel=self._channel,
                sender=got.envelope.address,
                text=got.answer,
                at=got.answered_at,
                in_reply_to=got.envelope.client_ref,
            )
            for got in self._mine()
            if got.answered_at is not None and since <= got.answered_at <= now
        ]

    async def look_up(self, envelope: Envelope, started_at: datetime) -> LookUp:
        """Return the message if a person has got it; one of uncertain outcome nobody has."""
        found = tuple(
            SendResult(
                status=AttemptStatus.ACCEPTED,
                provider_id=got.provider_id,
                provider_status="accepted",
            )
            for got in self._mine()
            if got.envelope.attempt_id == envelope.attempt_id
        )
        return LookUp(is_complete=True, candidates=found)

    async def check(self) -> RouteHealth:
        """Say that simulated people are always there."""
        return RouteHealth(
            route=self.route.name, is_ready=True, text="Simulated people are always there."
        )

    def _mine(self) -> list[_Got]:
        return [got for got in self._crowd.got if got.envelope.channel is self._channel]
