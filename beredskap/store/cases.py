"""Incidents, cascades and waves: reading them, and saving whole transitions of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, select, update

from beredskap.domain.cascade import Cascade, CascadeKind, CascadeStatus
from beredskap.domain.delivery import DELIVERY_MOVES, DeliveryStatus
from beredskap.domain.incident import Incident, IncidentMode, IncidentStatus
from beredskap.domain.message import AnswerMeaning
from beredskap.domain.transition import Transition
from beredskap.domain.wave import Wave, WaveStatus, WaveTally
from beredskap.errors import NotFoundError, TransitionError
from beredskap.store.ledger import Transaction
from beredskap.store.log_book import append
from beredskap.store.staging import ANSWERS, OPENING, TERMS
from beredskap.store.tables import (
    AcknowledgementRow,
    CascadeRow,
    DeliveryRow,
    IncidentRow,
    RecipientRow,
    WaveRow,
)

_INCIDENT = IncidentRow.__table__  # type: ignore[attr-defined]
_CASCADE = CascadeRow.__table__  # type: ignore[attr-defined]
_WAVE = WaveRow.__table__  # type: ignore[attr-defined]
_DELIVERY = DeliveryRow.__table__  # type: ignore[attr-defined]
_ACK = AcknowledgementRow.__table__  # type: ignore[attr-defined]
_RECIPIENT = RecipientRow.__table__  # type: ignore[attr-defined]

_FINAL = [status.value for status in DeliveryStatus if not DELIVERY_MOVES[status]]


@dataclass(frozen=True, kw_only=True, slots=True)
class RunningWave:
    """A wave together with what the engine needs beside it."""

    wave: Wave
    moved_at: datetime
    answers: tuple[AnswerMeaning, ...]


def read_incident(tx: Transaction, incident_id: str) -> Incident:
    """Return an incident by its id, its letter while it is open, or `last`.

    Raises:
        NotFoundError: there is none.
    """
    wanted = select(_INCIDENT)
    if incident_id == "last":
        wanted = wanted.order_by(_INCIDENT.c.opened_at.desc(), _INCIDENT.c.id.desc()).limit(1)
    elif len(incident_id) == 1:
        wanted = wanted.where(
            _INCIDENT.c.letter == incident_id.upper(),
            _INCIDENT.c.status == IncidentStatus.OPEN.value,
        )
    else:
        wanted = wanted.where(_INCIDENT.c.id == incident_id)
    row = tx.execute(wanted).first()
    if row is None:
        raise NotFoundError(
            f"There is no incident '{incident_id}'; 'beredskap alert list' shows them all."
        )
    return _incident(row)


def read_incidents(tx: Transaction) -> tuple[Incident, ...]:
    """Return every incident, oldest first."""
    rows = tx.execute(select(_INCIDENT).order_by(_INCIDENT.c.opened_at, _INCIDENT.c.id))
    return tuple(_incident(row) for row in rows)


def read_locale(tx: Transaction, incident_id: str) -> str:
    """Return the language an incident was launched in."""
    return tx.execute(select(_INCIDENT.c.locale).where(_INCIDENT.c.id == incident_id)).scalar_one()  # type: ignore[no-any-return]


def read_cascades(tx: Transaction, incident_id: str) -> tuple[Cascade, ...]:
    """Return the cascades of an incident, oldest first."""
    rows = tx.execute(
        select(_CASCADE).where(_CASCADE.c.incident_id == incident_id).order_by(_CASCADE.c.id)
    )
    return tuple(_cascade(row) for row in rows)


def read_open_cascades(tx: Transaction) -> tuple[tuple[Cascade, IncidentMode], ...]:
    """Return every cascade that is held, running or paused, with its mode."""
    rows = tx.execute(
        select(_CASCADE)
        .where(
            _CASCADE.c.status.in_(
                [
                    CascadeStatus.HELD.value,
                    CascadeStatus.RUNNING.value,
                    CascadeStatus.PAUSED.value,
                ]
            )
        )
        .order_by(_CASCADE.c.id)
    )
    return tuple((_cascade(row), IncidentMode(row.mode)) for row in rows)


def lock_cascade(tx: Transaction, cascade_id: int) -> Cascade:
    """Return a cascade and keep others from changing it until this transaction ends."""
    row = tx.execute(select(_CASCADE).where(_CASCADE.c.id == cascade_id).with_for_update()).one()
    return _cascade(row)


def read_waves(tx: Transaction, cascade_id: int) -> tuple[RunningWave, ...]:
    """Return the waves of a cascade in their order."""
    rows = tx.execute(
        select(_WAVE).where(_WAVE.c.cascade_id == cascade_id).order_by(_WAVE.c.ordinal)
    )
    return tuple(_wave(row) for row in rows)


def tally_waves(tx: Transaction, cascade_id: int) -> dict[int, WaveTally]:
    """Return the numbers every wave of a cascade is judged by."""
    counts: dict[int, dict[str, int]] = {}
    for wave_id, status, number in tx.execute(
        select(_DELIVERY.c.wave_id, _DELIVERY.c.status, func.count())
        .where(_DELIVERY.c.cascade_id == cascade_id)
        .group_by(_DELIVERY.c.wave_id, _DELIVERY.c.status)
    ):
        counts.setdefault(wave_id, {})[status] = number
    answers = _answers(tx, cascade_id)
    stand_ins = _stand_ins(tx, cascade_id)
    return {
        wave_id: _tally(
            by_status,
            [answer for answer in answers if answer.wave_id == wave_id],
            {duty: ids for duty, (of_wave, ids) in stand_ins.items() if of_wave == wave_id},
        )
        for wave_id, by_status in counts.items()
    }


@dataclass(frozen=True, slots=True)
class _Answered:
    wave_id: int
    delivery_id: int
    duty: int
    """The delivery itself, or the one a deputy stands in for."""
    is_yes: bool
    roles: frozenset[str]


def _tally(
    by_status: Mapping[str, int], answers: list[_Answered], stand_ins: Mapping[int, set[int]]
) -> WaveTally:
    """Return a wave's numbers; a duty is answered by a "yes", or when nobody is left to ask."""
    answered = {answer.delivery_id for answer in answers}
    fulfilled = {answer.duty for answer in answers if answer.is_yes}
    fulfilled |= {
        answer.duty
        for answer in answers
        if {answer.duty, *stand_ins.get(answer.duty, set())} <= answered
    }
    called_in = sum(len(ids) for ids in stand_ins.values())
    skipped = by_status.get(DeliveryStatus.SKIPPED.value, 0)
    return WaveTally(
        open=sum(n for status, n in by_status.items() if status not in _FINAL),
        total=sum(by_status.values()) - skipped - called_in,
        answered_yes=sum(answer.is_yes for answer in answers),
        acknowledged=len(fulfilled),
        covered_roles=frozenset().union(*(a.roles for a in answers if a.is_yes)),
    )


def save_incident(tx: Transaction, transition: Transition[Incident], recorded_at: datetime) -> None:
    """Save an incident's new state together with its log entries."""
    incident = transition.value
    tx.execute(
        update(_INCIDENT)
        .where(_INCIDENT.c.id == incident.id)
        .values(
            status=incident.status.value,
            closed_at=incident.closed_at,
            diary_number=incident.diary_number,
        )
    )
    append(tx, transition.entries, recorded_at)


def save_cascade(
    tx: Transaction,
    transition: Transition[Cascade],
    recorded_at: datetime,
    *,
    was: CascadeStatus,
) -> None:
    """Save a cascade's new state together with its log entries, if it still is what it was.

    Raises:
        TransitionError: somebody else changed it meanwhile.
    """
    cascade = transition.value
    changed = tx.execute(
        update(_CASCADE)
        .where(_CASCADE.c.id == cascade.id, _CASCADE.c.status == was.value)
        .values(
            status=cascade.status.value,
            released_at=cascade.released_at,
            pause_reason=cascade.pause_reason,
        )
    )
    if not changed.rowcount:
        raise TransitionError(
            f"Cascade {cascade.id} was changed by somebody else meanwhile; look again."
        )
    append(tx, transition.entries, recorded_at)


def save_wave(
    tx: Transaction, transition: Transition[Wave], now: datetime, recorded_at: datetime
) -> None:
    """Save a wave's new state together with its log entries."""
    wave = transition.value
    tx.execute(
        update(_WAVE)
        .where(_WAVE.c.id == wave.id)
        .values(
            status=wave.status.value,
            moved_at=now,
            opens_at=now if wave.status is WaveStatus.OPEN else wave.opens_at,
            closes_at=wave.closes_at,
        )
    )
    append(tx, transition.entries, recorded_at)


def _answers(tx: Transaction, cascade_id: int) -> list[_Answered]:
    """Return who answered in a cascade, once per delivery; one "yes" outweighs an earlier "no"."""
    rows = tx.execute(
        select(
            _DELIVERY.c.wave_id,
            _DELIVERY.c.id,
            _DELIVERY.c.stands_in_for,
            func.max(_ACK.c.is_yes.cast(_DELIVERY.c.attempts.type)).label("is_yes"),
            _RECIPIENT.c.roles,
        )
        .join(_ACK, _ACK.c.delivery_id == _DELIVERY.c.id)
        .join(
            _RECIPIENT,
            (_RECIPIENT.c.ref == _DELIVERY.c.recipient)
            & (_RECIPIENT.c.incident_id == _DELIVERY.c.incident_id),
        )
        .where(_DELIVERY.c.cascade_id == cascade_id)
        .group_by(
            _DELIVERY.c.wave_id, _DELIVERY.c.id, _DELIVERY.c.stands_in_for, _RECIPIENT.c.roles
        )
    )
    return [
        _Answered(
            wave_id=row.wave_id,
            delivery_id=row.id,
            duty=row.stands_in_for or row.id,
            is_yes=bool(row.is_yes),
            roles=frozenset(role for role in row.roles.split(",") if role),
        )
        for row in rows
    ]


def _stand_ins(tx: Transaction, cascade_id: int) -> dict[int, tuple[int, set[int]]]:
    """Return, by the duty, its wave and the deliveries of those called in for it."""
    found: dict[int, tuple[int, set[int]]] = {}
    for row in tx.execute(
        select(_DELIVERY.c.id, _DELIVERY.c.wave_id, _DELIVERY.c.stands_in_for).where(
            _DELIVERY.c.cascade_id == cascade_id, _DELIVERY.c.stands_in_for.is_not(None)
        )
    ):
        found.setdefault(row.stands_in_for, (row.wave_id, set()))[1].add(row.id)
    return found


def _incident(row: Row[tuple[object, ...]]) -> Incident:
    return Incident(
        id=row.id,
        letter=row.letter,
        mode=IncidentMode(row.mode),
        scenario_id=row.scenario_id,
        title=row.title,
        status=IncidentStatus(row.status),
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        diary_number=row.diary_number,
    )


def _cascade(row: Row[tuple[object, ...]]) -> Cascade:
    return Cascade(
        id=row.id,
        incident_id=row.incident_id,
        kind=CascadeKind(row.kind),
        status=CascadeStatus(row.status),
        persons=row.persons,
        plan_digest=row.plan_digest,
        release_at=row.release_at,
        released_at=row.released_at,
        pause_reason=row.pause_reason,
    )


def _wave(row: Row[tuple[object, ...]]) -> RunningWave:
    return RunningWave(
        moved_at=row.moved_at,
        answers=ANSWERS.validate_json(row.answers),
        wave=Wave(
            id=row.id,
            cascade_id=row.cascade_id,
            incident_id=row.incident_id,
            key=row.key,
            title=row.title,
            ordinal=row.ordinal,
            status=WaveStatus(row.status),
            opening=OPENING.validate_json(row.opening),
            terms=TERMS.validate_json(row.terms),
            opens_at=row.opens_at,
            closes_at=row.closes_at,
        ),
    )


def counts_by_status(tx: Transaction, cascade_id: int) -> Mapping[str, int]:
    """Return how many deliveries of a cascade have each status."""
    rows = tx.execute(
        select(_DELIVERY.c.status, func.count())
        .where(_DELIVERY.c.cascade_id == cascade_id)
        .group_by(_DELIVERY.c.status)
    )
    return {row[0]: row[1] for row in rows}


def read_cascade_mode(tx: Transaction, cascade_id: int) -> IncidentMode:
    """Return the mode a cascade was launched in."""
    mode = tx.execute(select(_CASCADE.c.mode).where(_CASCADE.c.id == cascade_id)).scalar_one()
    return IncidentMode(mode)
