"""The work of one route: the next chunk is claimed while earlier tries are on the wire.

What a sender told is kept until the ledger has it, also while the ledger is away. Any other fault
ends the work of the route and is raised at the next turn, so that an engine never goes on in
silence without recording.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import replace

from beredskap.channels.sender import Sender
from beredskap.clock import Clock, lease_seconds
from beredskap.dispatch.conducting import OpenWave, Turn
from beredskap.dispatch.learning import unsent_result
from beredskap.dispatch.route_ledger import LEASE_SECONDS, Ready, RouteLedger, Sent
from beredskap.dispatch.store_thread import StoreThread
from beredskap.domain.attempt import AttemptStatus, FailureClass
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import SendResult
from beredskap.domain.incident import IncidentMode
from beredskap.errors import LedgerError

LOGGER = logging.getLogger(__name__)
_MOST_BUSY_WAITS = 5
_MOST_RECORDED_AT_ONCE = 500
_GATHER_SECONDS, _MOST_GATHERINGS = 0.005, 5
"""A result waits at most 25 ms for others before it is recorded."""
_LEDGER_AWAY_SECONDS = 0.5


class RouteWork:
    """Claims, sends and records for one channel of one mode."""

    def __init__(
        self,
        *,
        mode: IncidentMode,
        channel: Channel,
        sender: Sender,
        route_ledger: RouteLedger,
        clock: Clock,
        store: StoreThread,
    ) -> None:
        """Take everything it works with; nothing starts before there is something to do."""
        self.mode, self.channel = mode, channel
        self._sender, self._route_ledger = sender, route_ledger
        self._clock, self._store = clock, store
        self._waves: tuple[OpenWave, ...] = ()
        self._halted: frozenset[int] = frozenset()
        self._running: frozenset[int] = frozenset()
        self._ready: asyncio.Queue[Ready] = asyncio.Queue()
        self._done: deque[Sent] = deque()
        self._has_done = asyncio.Event()
        self._may_claim = asyncio.Event()
        self._is_idle = asyncio.Event()
        self._is_idle.set()
        self._in_flight = 0
        self._recording = 0
        self._claiming = False
        self._closing = False
        self._refused: SendResult | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self.held: set[int] = set()
        """Attempts that this route has claimed and not yet recorded."""

    async def offer(self, waves: tuple[OpenWave, ...], turn: Turn) -> None:
        """Take over what is open now; raise what ended a loop since the last turn."""
        self._waves = waves
        self._halted, self._running = turn.halted_cascades, turn.running_cascades
        self._raise_fault()
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

    def _raise_fault(self) -> None:
        """Raise what ended one of the loops, if anything did."""
        for task in self._tasks:
            if task.done() and not task.cancelled():
                task.result()

    async def drain(self) -> None:
        """Wait until nothing is due, in flight or unrecorded; raise what ended a loop."""
        waiting = asyncio.ensure_future(self._is_idle.wait())
        await asyncio.wait([waiting, *self._tasks], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        self._raise_fault()

    def use_again(self, route_name: str) -> None:
        """Use a stopped route again."""
        if self._sender.route.name == route_name:
            self._refused = None

    def give_back(self) -> None:
        """Give back everything claimed that has not left."""
        while not self._ready.empty():
            self._finish(self._ready.get_nowait(), unsent_result("suspended"))

    async def close(self) -> None:
        """Wait for what is on the wire, record it, and end.

        Where it cannot be recorded, because the ledger stays away or a loop has failed, it is left
        in `sending`: the next engine shows it as uncertain.
        """
        self._closing = True
        self.give_back()
        until = lease_seconds() + LEASE_SECONDS
        while self._is_at_work() and not self._has_failed() and lease_seconds() < until:
            self._has_done.set()
            await asyncio.sleep(0.01)
            self.give_back()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._sender.close()

    def _is_at_work(self) -> bool:
        return bool(self._in_flight or self._done or self._recording or self._claiming)

    def _has_failed(self) -> bool:
        return any(task.done() for task in self._tasks)

    async def _claim_loop(self) -> None:
        """Claim whenever fewer than a chunk wait to leave; rest when nothing is due."""
        chunk = self._sender.route.chunk
        while True:
            await self._may_claim.wait()
            self._may_claim.clear()
            while self._wants_more(chunk):
                claimed = await self._claim()
                for one in claimed:
                    self._ready.put_nowait(one)
                if not claimed:
                    break
            self._look_idle()

    async def _claim(self) -> list[Ready]:
        """Claim a chunk; nothing is claimed while the ledger is away, the next turn asks again."""
        self._claiming = True
        try:
            claimed = await self._store.run(lambda: self._route_ledger.claim(self._waves))
            self.held |= {ready.claimed.attempt_id for ready in claimed}
            return claimed
        except LedgerError as error:
            LOGGER.error("%s", error)
            return []
        finally:
            self._claiming = False

    def _wants_more(self, chunk: int) -> bool:
        has_room = self._ready.qsize() < chunk and len(self._done) < 4 * chunk
        return has_room and not self._closing and self._refused is None

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

    def _finish(self, ready: Ready, result: SendResult) -> None:
        self._done.append(Sent(ready=ready, result=result, at=self._clock.now()))
        self._has_done.set()

    async def _send(self, ready: Ready) -> SendResult:
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

    def _refusal(self, ready: Ready) -> SendResult | None:
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
                await self._record(self._take_results())
                self._may_claim.set()
            self._look_idle()

    def _take_results(self) -> list[Sent]:
        most = min(len(self._done), _MOST_RECORDED_AT_ONCE)
        return [self._done.popleft() for _ in range(most)]

    async def _record(self, batch: list[Sent]) -> None:
        """Record results; while the ledger is away they are kept in their order and tried again."""
        self._recording = len(batch)
        try:
            await self._store.run(lambda: self._route_ledger.record(batch))
            self.held -= {sent.ready.claimed.attempt_id for sent in batch}
        except LedgerError as error:
            LOGGER.error("%s", error)
            self._done.extendleft(reversed(batch))
            await asyncio.sleep(_LEDGER_AWAY_SECONDS)
        finally:
            self._recording = 0

    async def _gather_results(self) -> None:
        """Wait a moment for more results: a transaction costs as much for one as for twenty."""
        waits = 0
        while waits < _MOST_GATHERINGS and len(self._done) < self._sender.route.chunk:
            if not self._in_flight and self._ready.empty():
                return
            waits += 1
            await asyncio.sleep(_GATHER_SECONDS)

    def _look_idle(self) -> None:
        busy = self._is_at_work() or not self._ready.empty() or self._may_claim.is_set()
        if not busy:
            self._is_idle.set()
