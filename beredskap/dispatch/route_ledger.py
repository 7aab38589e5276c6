"""What a route reads and writes in the ledger: it claims what is due and records what came of it.

Everything here runs in the one thread of the engine that touches the ledger.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from beredskap.channels.sender import Sender
from beredskap.clock import Clock, SystemClock, lease_seconds
from beredskap.dispatch.conducting import OpenWave
from beredskap.dispatch.learning import News, save_news
from beredskap.domain.attempt import FailureClass
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import Envelope, SendResult
from beredskap.domain.incident import IncidentMode
from beredskap.domain.message import Body
from beredskap.domain.wave import Wave
from beredskap.store.attempts import read_claimed
from beredskap.store.cases import read_waves
from beredskap.store.claims import Claimed, ClaimOrder, claim, read_bodies
from beredskap.store.ledger import Ledger

LEASE_SECONDS = 20.0
"""How long a claim is ours; provider timeout (15 s) < lease < dead-after (30 s)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunnerIdentity:
    """Who claims, and with which keys."""

    engine_id: str
    client_ref_prefix: str
    hash_key: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Ready:
    """A claimed attempt that may leave, and until when it is ours."""

    claimed: Claimed
    order: ClaimOrder
    wave: Wave
    envelope: Envelope
    lease_ends: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """What came of one claimed attempt, and when."""

    ready: Ready
    result: SendResult
    at: datetime


class RouteLedger:
    """Claims and records for one channel of one mode."""

    def __init__(
        self,
        *,
        mode: IncidentMode,
        channel: Channel,
        sender: Sender,
        ledger: Ledger,
        clock: Clock,
        identity: RunnerIdentity,
        on_route_alarm: Callable[[Sender, Wave, SendResult], None],
    ) -> None:
        """Take everything it works with."""
        self._mode, self._channel, self._sender = mode, channel, sender
        self._ledger, self._clock, self._identity = ledger, clock, identity
        self._on_route_alarm = on_route_alarm
        self._bodies: dict[str, Body] = {}

    def claim(self, waves: Sequence[OpenWave]) -> list[Ready]:
        """Claim from the first open wave that has something due."""
        for open_wave in waves:
            order = ClaimOrder(
                wave=open_wave.wave,
                channel=self._channel,
                route=self._sender.route.name,
                engine_id=self._identity.engine_id,
                token=secrets.token_hex(8),
                most=self._sender.route.chunk,
                now=self._clock.now(),
                real_now=SystemClock().now(),
                client_ref_prefix=self._identity.client_ref_prefix,
                hash_key=self._identity.hash_key,
                units_per_second=self._sender.route.units_per_second,
            )
            lease_ends = lease_seconds() + LEASE_SECONDS
            with self._ledger.write() as tx:
                claimed = claim(tx, order)
                missing = {c.body_digest for c in claimed} - set(self._bodies) - {""}
                for digest, frozen in read_bodies(tx, sorted(missing)).items():
                    self._bodies[digest] = Body.from_bytes(frozen)
            if claimed:
                expires_at = order.now + timedelta(seconds=order.wave.terms.useful_seconds)
                return [self._make_ready(one, order, lease_ends, expires_at) for one in claimed]
        return []

    def _make_ready(
        self, claimed: Claimed, order: ClaimOrder, lease_ends: float, expires_at: datetime
    ) -> Ready:
        body = self._bodies.get(claimed.body_digest)
        point = claimed.point
        envelope = Envelope(
            attempt_id=claimed.attempt_id,
            client_ref=claimed.client_ref,
            mode=self._mode,
            channel=self._channel,
            address=point.address if point else "",
            body=body or Body(channel=self._channel, language="", text=""),
            expires_at=expires_at,
            person=claimed.delivery.recipient,
        )
        return Ready(
            claimed=claimed,
            order=order,
            wave=order.wave,
            envelope=envelope,
            lease_ends=lease_ends,
        )

    def record(self, batch: Sequence[Sent]) -> None:
        """Save the results of a batch; saving one twice is saving it once."""
        expects = self._sender.route.can_report
        news = [
            News(
                attempt_id=sent.ready.claimed.attempt_id,
                result=sent.result,
                at=sent.at,
                expects_report=expects,
            )
            for sent in batch
        ]
        with self._ledger.write() as tx:
            states = read_claimed(
                tx,
                [sent.ready.claimed for sent in batch],
                {sent.ready.claimed.attempt_id: sent.ready.order for sent in batch},
            )
            waves = {
                wave.wave.id: wave.wave
                for cascade_id in {state.delivery.cascade_id for state in states.values()}
                for wave in read_waves(tx, cascade_id)
            }
            save_news(tx, news, states, waves, recorded_at=SystemClock().now())
        for sent in batch:
            if sent.result.failure is FailureClass.ROUTE:
                self._on_route_alarm(self._sender, sent.ready.wave, sent.result)
