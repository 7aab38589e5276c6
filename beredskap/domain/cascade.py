"""One notification run in an incident, and what follows for its waves from a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from beredskap.domain.log import ENGINE, Code, LogEntry, LogKind
from beredskap.domain.transition import Transition, move
from beredskap.domain.wave import (
    Wave,
    WaveStatus,
    WaveTally,
    can_never_open,
    judge_open_wave,
    move_wave,
    opens_at,
)


class CascadeKind(StrEnum):
    """What a cascade is for."""

    ALERT = "alert"
    """The alert itself."""
    UPDATE = "update"
    """What has changed, to those the earlier ones may have reached."""
    FALSE_ALARM = "false_alarm"
    """It was not so."""
    ALL_CLEAR = "all_clear"
    """It is over."""

    @property
    def ends_what_came_before(self) -> bool:
        """Say whether nothing of the earlier cascades may start once this one is launched."""
        return self in (CascadeKind.FALSE_ALARM, CascadeKind.ALL_CLEAR)


class CascadeStatus(StrEnum):
    """Where a cascade is in its life."""

    PREPARING = "preparing"
    """It is being staged; no engine sees it."""
    HELD = "held"
    """Confirmed; it starts when the hold runs out, unless stopped."""
    RUNNING = "running"
    """Waves open and messages leave."""
    PAUSED = "paused"
    """Nothing more leaves until it is resumed."""
    COMPLETED = "completed"
    """Every wave is final."""
    STOOD_DOWN = "stood_down"
    """Ended by order; what was open is cancelled."""

    @property
    def is_final(self) -> bool:
        """Say whether the status can no longer change."""
        return not CASCADE_MOVES[self]


CASCADE_MOVES: dict[CascadeStatus, frozenset[CascadeStatus]] = {
    CascadeStatus.PREPARING: frozenset({CascadeStatus.HELD, CascadeStatus.STOOD_DOWN}),
    CascadeStatus.HELD: frozenset(
        {CascadeStatus.RUNNING, CascadeStatus.PAUSED, CascadeStatus.STOOD_DOWN}
    ),
    CascadeStatus.RUNNING: frozenset(
        {CascadeStatus.PAUSED, CascadeStatus.COMPLETED, CascadeStatus.STOOD_DOWN}
    ),
    CascadeStatus.PAUSED: frozenset({CascadeStatus.RUNNING, CascadeStatus.STOOD_DOWN}),
    CascadeStatus.COMPLETED: frozenset(),
    CascadeStatus.STOOD_DOWN: frozenset(),
}

_ENTRY_KINDS = {
    CascadeStatus.HELD: LogKind.CASCADE_HELD,
    CascadeStatus.PAUSED: LogKind.CASCADE_PAUSED,
    CascadeStatus.COMPLETED: LogKind.CASCADE_COMPLETED,
    CascadeStatus.STOOD_DOWN: LogKind.CASCADE_STOOD_DOWN,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Cascade:
    """One notification run in an incident."""

    id: int
    incident_id: str
    kind: CascadeKind
    status: CascadeStatus
    persons: int
    """Distinct persons in the audiences of all waves, as the officer confirmed."""
    plan_digest: str
    release_at: datetime | None = None
    released_at: datetime | None = None
    pause_reason: str | None = None


def move_cascade(
    cascade: Cascade,
    to: CascadeStatus,
    now: datetime,
    *,
    actor: str = ENGINE,
    codes: Mapping[str, Code] | None = None,
) -> Transition[Cascade]:
    """Return the cascade in its new status with its log entry.

    Raises:
        TransitionError: the table of moves does not allow it.
    """
    move(CASCADE_MOVES, cascade.status, to)
    kind = _ENTRY_KINDS.get(to)
    if kind is None:
        resumed = cascade.status is CascadeStatus.PAUSED
        kind = LogKind.CASCADE_RESUMED if resumed else LogKind.CASCADE_RELEASED
    released = now if to is CascadeStatus.RUNNING and cascade.released_at is None else None
    moved = replace(
        cascade,
        status=to,
        released_at=released or cascade.released_at,
        pause_reason=str(codes["reason"]) if codes and "reason" in codes else None,
    )
    entry = LogEntry(
        incident_id=cascade.incident_id,
        kind=kind,
        happened_at=now,
        actor=actor,
        codes={"cascade": cascade.id, **(codes or {})},
    )
    return Transition(value=moved, entries=(entry,))


@dataclass(frozen=True, kw_only=True, slots=True)
class CascadeChange:
    """What follows for a cascade from a change: moved waves, and whether it is done."""

    waves: tuple[Transition[Wave], ...]
    cascade: Transition[Cascade] | None = None


def after_change(
    cascade: Cascade,
    waves: tuple[Wave, ...],
    tallies: Mapping[int, WaveTally],
    moved_at: Mapping[int, datetime],
    now: datetime,
) -> CascadeChange:
    """Return which waves open, end or can never open, and whether the cascade is completed.

    `tallies` holds the numbers of the open waves by wave id, `moved_at` when each wave got its
    present status. Called again until it returns nothing, it reaches the same end in any order.
    """
    if cascade.status is not CascadeStatus.RUNNING or cascade.released_at is None:
        return CascadeChange(waves=())
    changed = tuple(
        transition
        for wave in waves
        if (transition := _judged(cascade, wave, waves, tallies, moved_at, now)) is not None
    )
    final = {wave.id for wave in waves if wave.status.is_final}
    final |= {t.value.id for t in changed if t.value.status.is_final}
    done = None
    if len(final) == len(waves):
        done = move_cascade(cascade, CascadeStatus.COMPLETED, now)
    return CascadeChange(waves=changed, cascade=done)


def _judged(
    cascade: Cascade,
    wave: Wave,
    waves: tuple[Wave, ...],
    tallies: Mapping[int, WaveTally],
    moved_at: Mapping[int, datetime],
    now: datetime,
) -> Transition[Wave] | None:
    if wave.status is WaveStatus.OPEN:
        to = judge_open_wave(wave, tallies.get(wave.id, WaveTally()), now)
        return move_wave(wave, to, now) if to is not None else None
    if wave.status is not WaveStatus.PENDING or cascade.released_at is None:
        return None
    others = {
        other.key: (other.status, moved_at.get(other.id, cascade.released_at))
        for other in waves
        if other.id != wave.id
    }
    if can_never_open(wave.opening, others):
        return move_wave(wave, WaveStatus.CANCELLED, now)
    at = opens_at(wave.opening, released_at=cascade.released_at, others=others)
    return move_wave(wave, WaveStatus.OPEN, now) if at is not None and now >= at else None
