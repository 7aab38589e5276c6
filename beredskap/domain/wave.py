"""One wave of a cascade: when it opens, and when it has had its answers or its time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from beredskap.domain.log import ENGINE, LogEntry, LogKind
from beredskap.domain.scenario import Opening, OpensWhen, RuleKind, WaveTerms
from beredskap.domain.transition import Transition, move


class WaveStatus(StrEnum):
    """Where a wave is in its life."""

    PENDING = "pending"
    """It waits for its time or for another wave."""
    OPEN = "open"
    """It is being sent and answered."""
    SATISFIED = "satisfied"
    """Its rule is met."""
    EXPIRED = "expired"
    """It ended without its rule being met."""
    CANCELLED = "cancelled"
    """It was ended by order, or will never open."""

    @property
    def is_final(self) -> bool:
        """Say whether the status can no longer change."""
        return not WAVE_MOVES[self]


WAVE_MOVES: dict[WaveStatus, frozenset[WaveStatus]] = {
    WaveStatus.PENDING: frozenset({WaveStatus.OPEN, WaveStatus.CANCELLED}),
    WaveStatus.OPEN: frozenset({WaveStatus.SATISFIED, WaveStatus.EXPIRED, WaveStatus.CANCELLED}),
    WaveStatus.SATISFIED: frozenset(),
    WaveStatus.EXPIRED: frozenset(),
    WaveStatus.CANCELLED: frozenset(),
}

_ENTRY_KINDS = {
    WaveStatus.OPEN: LogKind.WAVE_OPENED,
    WaveStatus.SATISFIED: LogKind.WAVE_SATISFIED,
    WaveStatus.EXPIRED: LogKind.WAVE_EXPIRED,
    WaveStatus.CANCELLED: LogKind.WAVE_CANCELLED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Wave:
    """One wave of a running cascade."""

    id: int
    cascade_id: int
    incident_id: str
    key: str
    """The wave's id in the playbook."""
    title: str
    ordinal: int
    status: WaveStatus
    opening: Opening
    terms: WaveTerms
    opens_at: datetime | None = None
    """When it opens by the clock; None while it waits for another wave."""
    closes_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WaveTally:
    """The numbers a wave is judged by."""

    open: int = 0
    """Deliveries that are not final."""
    total: int = 0
    """Deliveries that were to be sent: all but the skipped."""
    answered_yes: int = 0
    """Deliveries whose person answered with a "yes" or a plain "read"."""
    acknowledged: int = 0
    """Deliveries whose person, or whose deputy, answered at all."""
    covered_roles: frozenset[str] = frozenset()


def move_wave(
    wave: Wave, to: WaveStatus, now: datetime, *, actor: str = ENGINE
) -> Transition[Wave]:
    """Return the wave in its new status with its log entry.

    Raises:
        TransitionError: the table of moves does not allow it.
    """
    move(WAVE_MOVES, wave.status, to)
    closes = now + timedelta(seconds=wave.terms.allowed_seconds) if to is WaveStatus.OPEN else None
    moved = replace(wave, status=to, closes_at=closes or wave.closes_at)
    entry = LogEntry(
        incident_id=wave.incident_id,
        kind=_ENTRY_KINDS[to],
        happened_at=now,
        actor=actor,
        codes={"cascade": wave.cascade_id, "wave": wave.key},
    )
    return Transition(value=moved, entries=(entry,))


def is_satisfied(terms: WaveTerms, tally: WaveTally) -> bool:
    """Say whether the wave's rule is met."""
    match terms.rule.kind:
        case RuleKind.NONE:
            return tally.open == 0
        case RuleKind.FIRST:
            return tally.answered_yes >= 1
        case RuleKind.QUORUM:
            return tally.answered_yes >= terms.rule.quorum
        case RuleKind.EVERYONE:
            return tally.acknowledged >= tally.total
        case RuleKind.ROLES:
            return set(terms.rule.roles) <= tally.covered_roles


def judge_open_wave(wave: Wave, tally: WaveTally, now: datetime) -> WaveStatus | None:
    """Return the final status an open wave has come to, or None while it goes on."""
    if is_satisfied(wave.terms, tally):
        return WaveStatus.SATISFIED
    out_of_time = wave.closes_at is not None and now >= wave.closes_at
    if out_of_time or tally.open == 0:
        return WaveStatus.EXPIRED
    return None


def opens_at(
    opening: Opening, *, released_at: datetime, others: dict[str, tuple[WaveStatus, datetime]]
) -> datetime | None:
    """Return when a pending wave opens, or None while what it waits for has not happened.

    `others` holds each other wave's status and the time it got it.
    """
    if opening.when is OpensWhen.RELEASE:
        return released_at + timedelta(seconds=opening.after_seconds)
    status, since = others.get(opening.wave or "", (WaveStatus.PENDING, released_at))
    wanted = {
        OpensWhen.SATISFIED: {WaveStatus.SATISFIED},
        OpensWhen.EXPIRED: {WaveStatus.EXPIRED},
        OpensWhen.FINAL: {WaveStatus.SATISFIED, WaveStatus.EXPIRED},
    }[opening.when]
    return since + timedelta(seconds=opening.after_seconds) if status in wanted else None


def can_never_open(opening: Opening, others: dict[str, tuple[WaveStatus, datetime]]) -> bool:
    """Say whether a pending wave waits for something that can no longer happen."""
    if opening.when is OpensWhen.RELEASE:
        return False
    status, _ = others.get(opening.wave or "", (WaveStatus.CANCELLED, None))
    if status is WaveStatus.CANCELLED:
        return True
    if opening.when is OpensWhen.SATISFIED:
        return status is WaveStatus.EXPIRED
    return opening.when is OpensWhen.EXPIRED and status is WaveStatus.SATISFIED
