"""One turn of the engine over the ledger: release holds, move waves, climb ladders, end what ended.

Everything here is judged by the time handed in, and each cascade is moved in transactions of its
own, so a turn that is cut short is simply taken again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from beredskap.dispatch.learning import News, end_with_wave, save_news
from beredskap.domain.attempt import AttemptStatus
from beredskap.domain.cascade import (
    Cascade,
    CascadeChange,
    CascadeStatus,
    after_change,
    move_cascade,
)
from beredskap.domain.channel import Channel
from beredskap.domain.delivery import Delivery, DeliveryStep, climb, without_route
from beredskap.domain.envelope import SendResult
from beredskap.domain.incident import IncidentMode
from beredskap.domain.log import ENGINE
from beredskap.domain.wave import Wave, WaveStatus
from beredskap.store.attempts import read_attempts, read_newest_attempts
from beredskap.store.cases import (
    RunningWave,
    lock_cascade,
    read_open_cascades,
    read_waves,
    save_cascade,
    save_wave,
    tally_waves,
)
from beredskap.store.deliveries import (
    read_open_deliveries,
    read_overdue,
    read_waiting,
    save_deliveries,
)
from beredskap.store.deputies import call_in
from beredskap.store.ledger import Ledger, Transaction

_MOST_ROUNDS = 100
"""A cascade settles in at most two moves per wave; more means a fault; the next turn goes on."""
_CHUNK = 2_000


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenWave:
    """A wave whose due deliveries may be claimed."""

    running: RunningWave
    mode: IncidentMode

    @property
    def wave(self) -> Wave:
        """Return the wave itself."""
        return self.running.wave


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """What a turn found: the waves to work on, and whether anything is open at all."""

    open_waves: tuple[OpenWave, ...] = ()
    halted_cascades: frozenset[int] = field(default_factory=frozenset)
    """Cascades that are paused: what is claimed but has not left is given back."""
    running_cascades: frozenset[int] = field(default_factory=frozenset)
    unserved: frozenset[tuple[IncidentMode, Channel]] = field(default_factory=frozenset)
    """Channels that nothing is claimed for, by mode."""
    is_anything_open: bool = False


def take_turn(
    ledger: Ledger,
    now: datetime,
    recorded_at: datetime,
    unserved: frozenset[tuple[IncidentMode, Channel]] = frozenset(),
) -> Turn:
    """Move every open cascade as far as the time allows and return what may be sent now.

    `unserved` are the channels that have no working route in a mode; people waiting for one are
    moved to another channel, or wait with that reason shown.
    """
    open_waves: list[OpenWave] = []
    halted, running = set(), set()
    with ledger.read() as tx:
        cascades = read_open_cascades(tx)
    for cascade, mode in cascades:
        if cascade.status is CascadeStatus.PAUSED:
            halted.add(cascade.id)
            continue
        moved = _release(ledger, cascade, now, recorded_at)
        if moved.status is not CascadeStatus.RUNNING:
            continue
        moved = _settle(ledger, moved, now, recorded_at)
        if moved.status is not CascadeStatus.RUNNING:
            continue
        running.add(moved.id)
        _climb_overdue(ledger, moved, now, recorded_at)
        with ledger.read() as tx:
            waves = read_waves(tx, moved.id)
        for wave in waves:
            if wave.wave.status is WaveStatus.OPEN:
                open_waves.append(OpenWave(running=wave, mode=mode))
                for channel in sorted(c for m, c in unserved if m is mode):
                    _divert(ledger, wave.wave, channel, now, recorded_at)
    return Turn(
        open_waves=tuple(open_waves),
        halted_cascades=frozenset(halted),
        running_cascades=frozenset(running),
        unserved=unserved,
        is_anything_open=bool(cascades),
    )


def _release(ledger: Ledger, cascade: Cascade, now: datetime, recorded_at: datetime) -> Cascade:
    """Start a held cascade whose hold has run out; only the engine does this."""
    if cascade.status is not CascadeStatus.HELD:
        return cascade
    if cascade.release_at is None or now < cascade.release_at:
        return cascade
    with ledger.write() as tx:
        current = lock_cascade(tx, cascade.id)
        if current.status is not CascadeStatus.HELD:
            return current
        transition = move_cascade(current, CascadeStatus.RUNNING, now)
        save_cascade(tx, transition, recorded_at, was=CascadeStatus.HELD)
        return transition.value


def _settle(ledger: Ledger, cascade: Cascade, now: datetime, recorded_at: datetime) -> Cascade:
    """Open and end waves until nothing more follows from the present state and time."""
    for _ in range(_MOST_ROUNDS):
        with ledger.read() as tx:
            waves = read_waves(tx, cascade.id)
            change = _change(tx, cascade, waves, now)
        if not change.waves and change.cascade is None:
            _end_leftovers(ledger, waves, now, recorded_at)
            return cascade
        with ledger.write() as tx:
            current = lock_cascade(tx, cascade.id)
            if current.status is not CascadeStatus.RUNNING:
                return current
            for transition in _change(tx, current, read_waves(tx, cascade.id), now).waves:
                save_wave(tx, transition, now, recorded_at)
        with ledger.read() as tx:
            waves = read_waves(tx, cascade.id)
        _end_leftovers(ledger, waves, now, recorded_at)
        if all(wave.wave.status.is_final for wave in waves):
            return _complete(ledger, cascade, now, recorded_at)
    return cascade


def _change(
    tx: Transaction, cascade: Cascade, waves: tuple[RunningWave, ...], now: datetime
) -> CascadeChange:
    return after_change(
        cascade,
        tuple(wave.wave for wave in waves),
        tally_waves(tx, cascade.id),
        {wave.wave.id: wave.moved_at for wave in waves},
        now,
    )


def _complete(ledger: Ledger, cascade: Cascade, now: datetime, recorded_at: datetime) -> Cascade:
    with ledger.write() as tx:
        current = lock_cascade(tx, cascade.id)
        if current.status is not CascadeStatus.RUNNING:
            return current
        transition = move_cascade(current, CascadeStatus.COMPLETED, now)
        save_cascade(tx, transition, recorded_at, was=CascadeStatus.RUNNING)
        return transition.value


def _end_leftovers(
    ledger: Ledger, waves: tuple[RunningWave, ...], now: datetime, recorded_at: datetime
) -> None:
    """End what is still open in ended waves, except attempts whose result is still to come."""
    for running in waves:
        wave = running.wave
        if not wave.status.is_final:
            continue
        while True:
            with ledger.read() as tx:
                left = read_open_deliveries(tx, wave_id=wave.id, unclaimed=True, most=_CHUNK)
            if not left:
                break
            with ledger.write() as tx:
                left = read_open_deliveries(tx, wave_id=wave.id, unclaimed=True, most=_CHUNK)
                steps = [end_with_wave(delivery, wave, now, actor=ENGINE) for delivery in left]
                save_steps(tx, steps, recorded_at)


def _climb_overdue(ledger: Ledger, cascade: Cascade, now: datetime, recorded_at: datetime) -> None:
    """Climb one rung for everybody whose waiting time is over."""
    with ledger.read() as tx:
        if not read_overdue(tx, cascade.id, now, most=1):
            return
    with ledger.write() as tx:
        overdue = read_overdue(tx, cascade.id, now)
        waves = {w.wave.id: w.wave for w in read_waves(tx, cascade.id)}
        newest = read_newest_attempts(tx, [delivery.id for delivery in overdue])
        steps, silent = [], []
        for delivery in overdue:
            attempt = newest.get(delivery.id)
            last = attempt.status if attempt is not None else AttemptStatus.PLANNED
            terms = waves[delivery.wave_id].terms
            if not terms.rule.asks and attempt is not None:
                silent.append(attempt.id)
                continue
            steps.append((delivery, climb(delivery, terms, now, last=last)))
        save_steps(tx, [step for _, step in steps], recorded_at)
        _save_silence(tx, silent, waves, now, recorded_at)
        for delivery, step in steps:
            if step.call_in is not None:
                call_in(tx, delivery, step.call_in, now=now, recorded_at=recorded_at, actor=ENGINE)


def _save_silence(
    tx: Transaction,
    attempt_ids: list[int],
    waves: dict[int, Wave],
    now: datetime,
    recorded_at: datetime,
) -> None:
    """Note that no receipt came in time for messages that asked for no answer."""
    if not attempt_ids:
        return
    states = read_attempts(tx, attempt_ids)
    result = SendResult(status=AttemptStatus.DELIVERY_UNKNOWN)
    news = [News(attempt_id=i, result=result, at=now) for i in attempt_ids]
    save_news(tx, news, states, waves, recorded_at=recorded_at)


def _divert(
    ledger: Ledger, wave: Wave, channel: Channel, now: datetime, recorded_at: datetime
) -> None:
    """Move people who wait for a channel without a route to another one."""
    with ledger.read() as tx:
        if not read_waiting(tx, wave.id, channel, now, most=1):
            return
    with ledger.write() as tx:
        waiting = read_waiting(tx, wave.id, channel, now, most=_CHUNK)
        save_steps(tx, [without_route(delivery, now) for delivery in waiting], recorded_at)


def save_steps(tx: Transaction, steps: list[DeliveryStep], recorded_at: datetime) -> None:
    """Save deliveries that moved, with their log entries."""
    deliveries: list[Delivery] = [step.value for step in steps]
    entries = [entry for step in steps for entry in step.entries]
    save_deliveries(tx, deliveries, entries, recorded_at)
