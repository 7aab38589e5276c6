"""The engine: one loop that takes turns over the ledger until told to stop, or idle for long."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from beredskap.channels.sender import Checkable, Sender
from beredskap.clock import Clock, HeldClock, SystemClock, lease_seconds
from beredskap.dispatch.conducting import Turn, take_turn
from beredskap.dispatch.guarding import pause_doubtful
from beredskap.dispatch.polling import OVERLAP, Poller
from beredskap.dispatch.reconciling import (
    Reconciler,
    give_back_forgotten,
    strand_lost_attempts,
)
from beredskap.dispatch.route_ledger import LEASE_SECONDS, RunnerIdentity
from beredskap.dispatch.runner import InlineRunner, SenderBook
from beredskap.dispatch.sealing import Sealer
from beredskap.dispatch.store_thread import StoreThread
from beredskap.dispatch.witnessing import Witness
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import SendResult
from beredskap.domain.incident import IncidentMode, IncidentStatus
from beredskap.domain.log import ENGINE, LogEntry, LogKind
from beredskap.domain.wave import Wave
from beredskap.errors import EngineError, LedgerError
from beredskap.store.cases import read_incidents
from beredskap.store.engines import (
    EngineState,
    beat,
    hold_duty,
    read_engines,
    start_route,
    stop_route,
)
from beredskap.store.ledger import Ledger, ledger_key
from beredskap.store.log_book import append, newest_entry_ids
from beredskap.store.reading import stopped_routes

LOGGER = logging.getLogger(__name__)
DEAD_AFTER = timedelta(seconds=30)
"""An engine not seen for this long is dead; longer than any claim of it can be its own."""
_LONGEST_GAP_SECONDS = 2.0
_MOST_ROUNDS = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Duty:
    """Something done again and again beside sending, by one engine at a time."""

    name: str
    every: timedelta
    """In real time."""
    run: Callable[[], object]
    """Called in the ledger's thread."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineOptions:
    """How an engine behaves."""

    id: str
    host: str
    pid: int
    build: str
    schema_version: str
    database_file: Path | None = None
    """The SQLite file, where the ledger is one; other engines are then known to be dead."""
    idle_seconds: float | None = None
    """Ends by itself after this long with nothing open; None runs until stopped."""
    sweep_seconds: float = 0.5
    beat_seconds: float = 2.0
    poll_seconds: float = 5.0
    """Between polls while a cascade runs, by the clock that judges due times."""
    rest_poll_seconds: float = 60.0
    reconcile_spacing: timedelta = timedelta(seconds=60)
    witness_to: str | None = None
    """Mailbox outside that is told the chain heads of live incidents."""
    forgotten_after: timedelta = timedelta(seconds=2 * LEASE_SECONDS)
    """A claim of ours that we know nothing of is given back after this long."""


@dataclass(slots=True)
class _Times:
    """When things were last done, in seconds that also count while the machine sleeps."""

    beat: float = float("-inf")
    poll: float = float("-inf")
    reconcile: float = float("-inf")
    route_check: float = float("-inf")
    witness: float = float("-inf")
    busy: float = field(default_factory=lease_seconds)
    turn: float = field(default_factory=lease_seconds)
    duties: dict[str, float] = field(default_factory=dict)


class Engine:
    """Opens waves, sends what is due, fetches what comes back, and keeps the log sealed."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        clock: Clock,
        senders: SenderBook,
        options: EngineOptions,
        duties: Sequence[Duty] = (),
    ) -> None:
        """Take everything it works with; nothing starts before `start`."""
        self._ledger, self._clock, self._senders = ledger, clock, senders
        self._options, self._duties = options, tuple(duties)
        self._real = SystemClock()
        self._store = StoreThread()
        hash_key = ledger_key(ledger, "address")
        self._runner = InlineRunner(
            ledger=ledger,
            senders=senders,
            clock=clock,
            store=self._store,
            identity=RunnerIdentity(
                engine_id=options.id,
                client_ref_prefix=ledger_key(ledger, "reference").hex()[:8],
                hash_key=hash_key,
            ),
            on_route_alarm=self._stop_route,
        )
        self._poller = Poller(ledger, senders, self._store, hash_key)
        self._reconciler = Reconciler(
            ledger, senders, self._store, spacing=options.reconcile_spacing
        )
        self._sealer = Sealer(ledger)
        self._witness = self._find_witness()
        self._started_at = self._real.now()
        self._times = _Times()
        self._turn_found = Turn()

    def _find_witness(self) -> Witness | None:
        """Return the witness, where there are a mailbox and a live mail route to it."""
        route = self._senders.get(IncidentMode.LIVE, {}).get(Channel.EMAIL)
        if route is None or self._options.witness_to is None:
            return None
        return Witness(self._ledger, route, self._options.witness_to, self._store)

    async def start(self) -> None:
        """Beat once, pause what is doubtful, and mark what earlier engines left as uncertain."""
        await self._store.run(self._beat)
        await self._store.run(
            lambda: pause_doubtful(
                self._ledger, self._options.database_file, self._clock.now(), self._real.now()
            )
        )
        await self._strand()

    async def run(self, stop: asyncio.Event, ready: Callable[[], None] = lambda: None) -> None:
        """Take turns until stopped or idle for long, then close in good order.

        Raises:
            EngineError: a fault in the program ended it.
        """
        await self.start()
        ready()
        try:
            while not stop.is_set() and not self._is_idle_for_long():
                await self._take_turn_safely()
                await _wait(stop, self._options.sweep_seconds)
        except Exception as error:
            LOGGER.exception("the engine stops because of a fault in the program")
            raise EngineError(
                f"The engine stopped because of a fault in the program ({type(error).__name__}); "
                "nothing more is sent. Run 'beredskap engine run' to go on, and report it."
            ) from error
        finally:
            await self.close()

    async def settle(self) -> None:
        """Do everything that is due at the present time of a held clock, and return."""
        for _ in range(_MOST_ROUNDS):
            before = await self._store.run(self._fingerprint)
            await self._poll()
            turn = await self._turn()
            if turn.open_waves:
                await self._runner.drain()
            await self._reconciler.run(self._clock.now(), self._real.now())
            if await self._store.run(self._fingerprint) == before:
                await self._store.run(self._sealer.run)
                await self._tell_witness()
                return

    async def close(self) -> None:
        """Wait for what is on the wire, record it, seal the log and say goodbye."""
        await self._runner.close()
        await self._store.run(self._sealer.run)
        await self._store.run(lambda: self._beat(stopped=True))
        self._store.close()

    async def _take_turn_safely(self) -> None:
        """Take a turn; a ledger that is away for a while is waited for, not died of."""
        try:
            await self._turn()
            await self._do_rounds()
        except LedgerError as error:
            LOGGER.error("%s", error)

    async def _turn(self) -> Turn:
        here = lease_seconds()
        if here - self._times.turn > _LONGEST_GAP_SECONDS and not isinstance(
            self._clock, HeldClock
        ):
            self._runner.give_back()
        self._times.turn = here
        unserved = await self._store.run(self._unserved)
        turn = await self._store.run(
            lambda: take_turn(self._ledger, self._clock.now(), self._real.now(), unserved)
        )
        if turn.is_anything_open:
            self._times.busy = here
        await self._runner.offer(turn)
        self._turn_found = turn
        return turn

    async def _do_rounds(self) -> None:
        """Do what is due besides sending, each at its own pace."""
        here, factor = lease_seconds(), max(self._clock.factor, 1.0)
        if here - self._times.beat >= self._options.beat_seconds:
            self._times.beat = here
            await self._store.run(self._beat)
            await self._strand()
        is_busy = self._turn_found.is_anything_open
        pace = self._options.poll_seconds if is_busy else self._options.rest_poll_seconds
        if here - self._times.poll >= max(pace / factor, self._options.sweep_seconds / 2):
            self._times.poll = here
            await self._poll()
        if here - self._times.reconcile >= 1.0:
            self._times.reconcile = here
            await self._reconciler.run(self._clock.now(), self._real.now())
            await self._store.run(self._sealer.run)
        if here - self._times.route_check >= self._options.rest_poll_seconds:
            self._times.route_check = here
            await self._check_stopped_routes()
        if here - self._times.witness >= self._options.poll_seconds:
            self._times.witness = here
            await self._tell_witness()
        for duty in self._duties:
            await self._do_duty(duty, here)

    async def _tell_witness(self) -> None:
        if self._witness is None:
            return
        duty = Duty(name="witness", every=timedelta(minutes=1), run=lambda: None)
        if await self._store.run(lambda: self._holds(duty)):
            await self._witness.run(self._clock.now())

    async def _do_duty(self, duty: Duty, here: float) -> None:
        if here - self._times.duties.get(duty.name, float("-inf")) < duty.every.total_seconds():
            return
        self._times.duties[duty.name] = here
        if await self._store.run(lambda: self._holds(duty)):
            await self._store.run(duty.run)

    def _holds(self, duty: Duty) -> bool:
        now = self._real.now()
        with self._ledger.write() as tx:
            return hold_duty(tx, duty.name, self._options.id, now, now + duty.every * 2)

    async def _poll(self) -> None:
        for mode, since in (await self._store.run(self._open_since)).items():
            await self._poller.run(mode, self._clock.now(), self._real.now(), since=since)

    def _open_since(self) -> dict[IncidentMode, datetime]:
        """Return by mode from when on messages matter: the oldest open incident, a day at most."""
        yesterday = self._clock.now() - timedelta(days=1)
        since: dict[IncidentMode, datetime] = {}
        with self._ledger.read() as tx:
            for incident in read_incidents(tx):
                if incident.status is IncidentStatus.OPEN:
                    opened = max(incident.opened_at, yesterday) - OVERLAP
                    since[incident.mode] = min(opened, since.get(incident.mode, opened))
        return since

    async def _strand(self) -> None:
        """Find attempts of engines that no longer live, and our own that we know nothing of."""
        await self._store.run(
            lambda: strand_lost_attempts(
                self._ledger, self._living(), self._clock.now(), self._real.now()
            )
        )
        held = self._runner.held
        await self._store.run(
            lambda: give_back_forgotten(
                self._ledger,
                self._options.id,
                held,
                self._clock.now(),
                self._real.now(),
                older_than=self._options.forgotten_after,
            )
        )

    def _living(self) -> set[str]:
        """Return the engines that may still hold claims.

        A SQLite ledger has one engine, held by a file lock, so every other is known to be dead.
        """
        living = {self._options.id}
        if self._options.database_file is not None:
            return living
        fresh = self._real.now() - DEAD_AFTER
        with self._ledger.read() as tx:
            living |= {
                engine.id
                for engine in read_engines(tx)
                if engine.seen_at > fresh and engine.stopped_at is None
            }
        return living

    def _unserved(self) -> frozenset[tuple[IncidentMode, Channel]]:
        """Return the channels that nothing can be sent on, by mode."""
        with self._ledger.read() as tx:
            stopped = stopped_routes(tx)
        return frozenset(
            (mode, channel)
            for mode in IncidentMode
            for channel in Channel
            if channel.reaches_a_person
            and (
                (sender := self._senders.get(mode, {}).get(channel)) is None
                or sender.route.name in stopped
            )
        )

    def _stop_route(self, sender: Sender, wave: Wave, result: SendResult) -> None:
        """Stop a route that refuses our work as a whole, with one alarm in the log."""
        now, real_now = self._clock.now(), self._real.now()
        route, code = sender.route.name, result.code or "refused"
        with self._ledger.write() as tx:
            if not stop_route(tx, route, code=code, text=result.detail, since=real_now):
                return
            entry = LogEntry(
                incident_id=wave.incident_id,
                kind=LogKind.ROUTE_ALARM,
                happened_at=now,
                actor=ENGINE,
                codes={"route": route, "code": code},
            )
            append(tx, [entry], real_now)

    async def _check_stopped_routes(self) -> None:
        """Ask stopped routes again; one that answers well is used again."""
        stopped = await self._store.run(self._read_stopped)
        for by_channel in self._senders.values():
            for sender in by_channel.values():
                if sender.route.name in stopped and isinstance(sender, Checkable):
                    health = await sender.check()
                    if health.is_ready:
                        await self._store.run(lambda s=sender: self._start_route(s))  # type: ignore[misc]
                        self._runner.use_again(sender.route.name)

    def _read_stopped(self) -> dict[str, str]:
        with self._ledger.read() as tx:
            return stopped_routes(tx)

    def _start_route(self, sender: Sender) -> None:
        with self._ledger.write() as tx:
            start_route(tx, sender.route.name, self._real.now())

    def _beat(self, *, stopped: bool = False) -> None:
        now = self._real.now()
        with self._ledger.write() as tx:
            beat(
                tx,
                EngineState(
                    id=self._options.id,
                    host=self._options.host,
                    pid=self._options.pid,
                    build=self._options.build,
                    schema_version=self._options.schema_version,
                    started_at=self._started_at,
                    seen_at=now,
                    stopped_at=now if stopped else None,
                ),
            )

    def _is_idle_for_long(self) -> bool:
        limit = self._options.idle_seconds
        return limit is not None and lease_seconds() - self._times.busy > limit

    def _fingerprint(self) -> tuple[object, ...]:
        """Return something that differs whenever the ledger's log has grown."""
        with self._ledger.read() as tx:
            return tuple(sorted(newest_entry_ids(tx).items()))


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), timeout=seconds)
    except TimeoutError:
        return
