"""Running due work: claim, send, record, with the next chunk claimed while tries are on the wire.

`InlineRunner` is the embedded runner: one asyncio loop owns every sender, and the ledger is written
through one thread, so that no send waits for the disk and no two writes race in this process.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from beredskap.channels.sender import Sender
from beredskap.clock import Clock, SystemClock, lease_seconds
from beredskap.dispatch.conducting import OpenWave, Turn
from beredskap.dispatch.learning import News, save_news, unsent_result
from beredskap.domain.attempt import AttemptStatus, FailureClass
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import Envelope, SendResult
from beredskap.domain.incident import IncidentMode
from beredskap.domain.message import Body
from beredskap.domain.wave import Wave
from beredskap.store.attempts import read_claimed
from beredskap.store.cases import read_waves
from beredskap.store.claims import Claimed, ClaimOrder, claim, read_bodies
from beredskap.store.ledger import Ledger

Returned = TypeVar("Returned")

LEASE_SECONDS = 20.0
"""How long a claim is ours; provider timeout (15 s) < lease < dead-after (30 s)."""
_MOST_BUSY_WAITS = 5
_MOST_RECORDED_AT_ONCE = 500
_GATHER_SECONDS, _MOST_GATHERINGS = 0.005, 5
"""A result waits at most 25 ms for others before it is recorded."""

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


class StoreThread:
    """Is the one thread of an engine that touches the ledger."""

    def __init__(self) -> None:
        """Start the thread on first use."""
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")

    async def run(self, work: Callable[[], Returned]) -> Returned:
        """Run a piece of work in the thread and return what it returns."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """Wait for the work under way and end the thread."""
        self._pool.shutdown(wait=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ready:
    """A claimed attempt that may leave, and until when it is ours."""

    claimed: Claimed
    order: ClaimOrder
    wave: Wave
    envelope: Envelope
    lease_ends: float


@dataclass(frozen=True, kw_only=True, slots=True)
class RunnerIdentity:
    """Who claims, and with which keys."""

    engine_id: str
    client_ref_prefix: str
    hash_key: bytes


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
            (mode, channel): _RouteWork(
                mode, channel, sender, ledger, clock, identity, store, on_route_alarm
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


class _RouteWork:
    """Claims, sends and records for one channel of one mode."""

    def __init__(
        self,
        mode: IncidentMode,
        channel: Channel,
        sender: Sender,
        ledger: Ledger,
        clock: Clock,
        identity: RunnerIdentity,
        store: StoreThread,
        on_route_alarm: Callable[[Sender, Wave, SendResult], None],
    ) -> None:
        self.mode, self.channel, self._sender = mode, channel, sender
        self._ledger, self._clock, self._identity = ledger, clock, identity
        self._store, self._on_route_alarm = store, on_route_alarm
        self._waves: tuple[OpenWave, ...] = ()
        self._halted: frozenset[int] = frozenset()
        self._running: frozenset[int] = frozenset()
        self._ready: asyncio.Queue[_Ready] = asyncio.Queue()
        self._done: deque[tuple[_Ready, SendResult, datetime]] = deque()
        self._has_done = asyncio.Event()
        self._may_claim = asyncio.Event()
        self._is_idle = asyncio.Event()
        self._is_idle.set()
        self._in_flight = 0
        self._recording = 0
        self._claiming = False
        self._closing = False
        self._refused: SendResult | None = None
        self._bodies: dict[str, Body] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def offer(self, waves: tuple[OpenWave, ...], turn: Turn) -> None:
        self._waves = waves
        self._halted, self._running = turn.halted_cascades, turn.running_cascades
        if not waves or self._closing or self._refused is not None:
            return
        if not self._tasks:
            await self._sender.open()
            loop = asyncio.get_running_loop()
            self._tasks = [
                loop.create_task(self._claim_loop()),
                loop.create_task(self._record_loop()),
            ]
            self._tasks += [
                loop.create_task(self._send_loop()) for _ in range(self._sender.route.max_in_flight)
            ]
        self._is_idle.clear()
        self._may_claim.set()

    async def drain(self) -> None:
        waiting = asyncio.ensure_future(self._is_idle.wait())
        done, _ = await asyncio.wait([waiting, *self._tasks], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        for task in done:
            if task is not waiting:
                task.result()

    def use_again(self, route_name: str) -> None:
        if self._sender.route.name == route_name:
            self._refused = None

    def give_back(self) -> None:
        while not self._ready.empty():
            self._finish(self._ready.get_nowait(), unsent_result("suspended"))

    async def close(self) -> None:
        self._closing = True
        self.give_back()
        while self._in_flight or self._done or self._recording or self._claiming:
            self._has_done.set()
            await asyncio.sleep(0.01)
            self.give_back()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._sender.close()

    async def _claim_loop(self) -> None:
        """Claim whenever fewer than a chunk wait to leave; rest when nothing is due."""
        chunk = self._sender.route.chunk
        while True:
            await self._may_claim.wait()
            self._may_claim.clear()
            while self._wants_more(chunk):
                self._claiming = True
                claimed = await self._store.run(self._claim_chunk)
                self._claiming = False
                for one in claimed:
                    self._ready.put_nowait(one)
                if not claimed:
                    break
            self._look_idle()

    def _wants_more(self, chunk: int) -> bool:
        has_room = self._ready.qsize() < chunk and len(self._done) < 4 * chunk
        return has_room and not self._closing and self._refused is None

    def _claim_chunk(self) -> list[_Ready]:
        """Claim from the first open wave that has something due; runs in the store's thread."""
        for open_wave in self._waves:
            order = ClaimOrder(
                wave=open_wave.wave,
                channel=self.channel,
                route=self._sender.route.name,
                engine_id=self._identity.engine_id,
                token=secrets.token_hex(8),
                most=self._sender.route.chunk,
                now=self._clock.now(),
                real_now=SystemClock().now(),
                client_ref_prefix=self._identity.client_ref_prefix,
                hash_key=self._identity.hash_key,
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
    ) -> _Ready:
        body = self._bodies.get(claimed.body_digest)
        point = claimed.point
        envelope = Envelope(
            attempt_id=claimed.attempt_id,
            client_ref=claimed.client_ref,
            mode=self.mode,
            channel=self.channel,
            address=point.address if point else "",
            body=body or Body(channel=self.channel, language="", text=""),
            expires_at=expires_at,
            person=claimed.delivery.recipient,
        )
        return _Ready(
            claimed=claimed,
            order=order,
            wave=order.wave,
            envelope=envelope,
            lease_ends=lease_ends,
        )

    async def _send_loop(self) -> None:
        while True:
            ready = await self._ready.get()
            if self._ready.qsize() < self._sender.route.chunk:
                self._may_claim.set()
            self._in_flight += 1
            try:
                result = await self._send(ready)
            finally:
                self._in_flight -= 1
            self._finish(ready, result)

    def _finish(self, ready: _Ready, result: SendResult) -> None:
        self._done.append((ready, result, self._clock.now()))
        self._has_done.set()

    async def _send(self, ready: _Ready) -> SendResult:
        """Send one message; a busy provider is waited for, an unexpected fault is uncertain."""
        for _ in range(_MOST_BUSY_WAITS):
            refused = self._refusal(ready)
            if refused is not None:
                return refused
            try:
                result = await self._sender.send(ready.envelope)
            except Exception as error:  # the one guard: a fault of ours is never "failed"
                return SendResult(
                    status=AttemptStatus.UNCERTAIN, code="fault", detail=type(error).__name__
                )
            if result.failure is FailureClass.ROUTE:
                self._refused = result
            if result.failure is not FailureClass.BUSY:
                return result
            wait = result.retry_after_seconds if result.retry_after_seconds is not None else 1.0
            if lease_seconds() + wait > ready.lease_ends:
                return result
            await asyncio.sleep(wait)
        return unsent_result("busy")

    def _refusal(self, ready: _Ready) -> SendResult | None:
        """Return why this attempt must not leave, when that is so."""
        if ready.claimed.point is None or not ready.claimed.body_digest:
            return SendResult(
                status=AttemptStatus.FAILED_PERMANENT,
                failure=FailureClass.ADDRESS,
                unsent=True,
                code="erased",
            )
        if self._refused is not None:
            return replace(self._refused, unsent=True, code=f"{self._refused.code}/stopped")
        if lease_seconds() > ready.lease_ends:
            return unsent_result("lease")
        if ready.wave.cascade_id in self._halted:
            return unsent_result("paused")
        if ready.wave.cascade_id not in self._running:
            return SendResult(status=AttemptStatus.CANCELLED, unsent=True, code="stopped")
        return None

    async def _record_loop(self) -> None:
        while True:
            await self._has_done.wait()
            await self._gather_results()
            self._has_done.clear()
            while self._done:
                batch = [
                    self._done.popleft()
                    for _ in range(min(len(self._done), _MOST_RECORDED_AT_ONCE))
                ]
                self._recording = len(batch)
                await self._store.run(lambda batch=batch: self._record(batch))  # type: ignore[misc]
                self._recording = 0
                self._may_claim.set()
            self._look_idle()

    async def _gather_results(self) -> None:
        """Wait a moment for more results: a transaction costs as much for one as for twenty."""
        waits = 0
        while waits < _MOST_GATHERINGS and len(self._done) < self._sender.route.chunk:
            if not self._in_flight and self._ready.empty():
                return
            waits += 1
            await asyncio.sleep(_GATHER_SECONDS)

    def _record(self, batch: list[tuple[_Ready, SendResult, datetime]]) -> None:
        """Save the results of a batch; runs in the store's thread."""
        expects = self._sender.route.can_report
        news = [
            News(attempt_id=ready.claimed.attempt_id, result=result, at=at, expects_report=expects)
            for ready, result, at in batch
        ]
        with self._ledger.write() as tx:
            states = read_claimed(
                tx,
                [ready.claimed for ready, _, _ in batch],
                {ready.claimed.attempt_id: ready.order for ready, _, _ in batch},
            )
            waves = {
                wave.wave.id: wave.wave
                for cascade_id in {state.delivery.cascade_id for state in states.values()}
                for wave in read_waves(tx, cascade_id)
            }
            save_news(tx, news, states, waves, recorded_at=SystemClock().now())
        for ready, result, _ in batch:
            if result.failure is FailureClass.ROUTE:
                self._on_route_alarm(self._sender, ready.wave, result)

    def _look_idle(self) -> None:
        busy = (
            self._claiming
            or self._in_flight
            or self._done
            or self._recording
            or not self._ready.empty()
            or self._may_claim.is_set()
        )
        if not busy:
            self._is_idle.set()
