"""Reading reach and times back, person by person, for faces and reviews."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from beredskap.domain.attempt import RANK, AttemptStatus
from beredskap.domain.delivery import DELIVERY_MOVES, DeliveryStatus
from beredskap.store.ledger import Transaction
from beredskap.store.personal import read_people
from beredskap.store.tables import (
    MAY_BE_ON_THE_WIRE,
    AcknowledgementRow,
    AttemptEventRow,
    AttemptRow,
    DeliveryRow,
    RouteStateRow,
)

_DELIVERY = DeliveryRow.__table__  # type: ignore[attr-defined]
_ATTEMPT = AttemptRow.__table__  # type: ignore[attr-defined]
_EVENT = AttemptEventRow.__table__  # type: ignore[attr-defined]
_ACK = AcknowledgementRow.__table__  # type: ignore[attr-defined]
_ROUTE = RouteStateRow.__table__  # type: ignore[attr-defined]

_OPEN = {status.value for status in DeliveryStatus if DELIVERY_MOVES[status]}


@dataclass(slots=True)
class Evidence:
    """Everything the ledger holds about reaching one person of an incident."""

    recipient: str
    is_open: bool = False
    attempts: int = 0
    reason: str | None = None
    statuses: set[AttemptStatus] = field(default_factory=set)
    best: AttemptStatus | None = None
    channel: str | None = None
    at: datetime | None = None
    answer: str | None = None
    answered_at: datetime | None = None
    stands_in_for: str | None = None
    needs_help: bool = False


def read_evidence(
    tx: Transaction, incident_id: str, cascades: Collection[int]
) -> Iterator[Evidence]:
    """Yield the evidence of every person planned into cascades of an incident, as planned.

    What reached people of an alert is told by its own messages; a correction never lifts it.
    """
    among = list(cascades)
    people: dict[str, Evidence] = {}
    owner: dict[int, str] = {}
    for row in tx.execute(
        select(
            _DELIVERY.c.id,
            _DELIVERY.c.recipient,
            _DELIVERY.c.status,
            _DELIVERY.c.reason,
            _DELIVERY.c.attempts,
            _DELIVERY.c.stands_in_for,
        )
        .where(_DELIVERY.c.incident_id == incident_id, _DELIVERY.c.cascade_id.in_(among))
        .order_by(_DELIVERY.c.id)
    ):
        person = people.setdefault(row.recipient, Evidence(recipient=row.recipient))
        owner[row.id] = row.recipient
        person.is_open = person.is_open or row.status in _OPEN
        person.attempts += row.attempts
        person.reason = row.reason or person.reason
        if row.stands_in_for is not None:
            person.stands_in_for = owner.get(row.stands_in_for)
    _add_attempts(tx, incident_id, among, people)
    _add_answers(tx, incident_id, among, people)
    yield from people.values()


def _add_attempts(
    tx: Transaction, incident_id: str, cascades: list[int], people: dict[str, Evidence]
) -> None:
    learned_at = (
        select(_EVENT.c.attempt_id, _EVENT.c.status, func.min(_EVENT.c.at).label("at"))
        .join(_ATTEMPT, _ATTEMPT.c.id == _EVENT.c.attempt_id)
        .where(_ATTEMPT.c.incident_id == incident_id)
        .group_by(_EVENT.c.attempt_id, _EVENT.c.status)
        .subquery()
    )
    for row in tx.execute(
        select(
            _ATTEMPT.c.recipient,
            _ATTEMPT.c.status,
            _ATTEMPT.c.channel,
            _ATTEMPT.c.claimed_at,
            learned_at.c.at,
        )
        .outerjoin(
            learned_at,
            (learned_at.c.attempt_id == _ATTEMPT.c.id) & (learned_at.c.status == _ATTEMPT.c.status),
        )
        .where(_ATTEMPT.c.incident_id == incident_id, _ATTEMPT.c.cascade_id.in_(cascades))
        .order_by(_ATTEMPT.c.id)
    ):
        person = people[row.recipient]
        status = AttemptStatus(row.status)
        person.statuses.add(status)
        if person.best is None or _evidence(status) > _evidence(person.best):
            person.best, person.channel = status, row.channel
            person.at = row.at or row.claimed_at


def _add_answers(
    tx: Transaction, incident_id: str, cascades: list[int], people: dict[str, Evidence]
) -> None:
    for row in tx.execute(
        select(_ACK.c.recipient, _ACK.c.meaning, _ACK.c.at, _ACK.c.how, _ACK.c.is_help)
        .join(_DELIVERY, _DELIVERY.c.id == _ACK.c.delivery_id)
        .where(_ACK.c.incident_id == incident_id, _DELIVERY.c.cascade_id.in_(cascades))
        .order_by(_ACK.c.id)
    ):
        person = people[row.recipient]
        person.statuses.add(AttemptStatus.ACKNOWLEDGED)
        person.answer = row.meaning
        person.needs_help = person.needs_help or bool(row.is_help)
        if person.answered_at is None:
            person.answered_at = row.at
            person.at = row.at
            if row.how != "reply":
                person.channel = row.how


_EVIDENCE = {
    AttemptStatus.ACKNOWLEDGED: 5,
    AttemptStatus.DELIVERED: 4,
    AttemptStatus.SENT: 3,
    AttemptStatus.DELIVERY_UNKNOWN: 3,
    AttemptStatus.ACCEPTED: 3,
    AttemptStatus.UNCERTAIN: 2,
    AttemptStatus.SENDING: 1,
}


def _evidence(status: AttemptStatus) -> tuple[int, int]:
    return (_EVIDENCE.get(status, 0), RANK[status])


@dataclass(frozen=True, kw_only=True, slots=True)
class AttemptLine:
    """One attempt as a person's history shows it."""

    recipient: str
    number: int
    channel: str
    route: str
    status: AttemptStatus
    at: datetime
    possible_duplicate: bool


def read_attempt_lines(
    tx: Transaction, incident_id: str, recipient: str
) -> tuple[AttemptLine, ...]:
    """Return every attempt at a person of an incident, oldest first."""
    rows = tx.execute(
        select(_ATTEMPT)
        .where(_ATTEMPT.c.incident_id == incident_id, _ATTEMPT.c.recipient == recipient)
        .order_by(_ATTEMPT.c.id)
    )
    return tuple(
        AttemptLine(
            recipient=row.recipient,
            number=row.number,
            channel=row.channel,
            route=row.route,
            status=AttemptStatus(row.status),
            at=row.claimed_at,
            possible_duplicate=row.possible_duplicate,
        )
        for row in rows
    )


def first_accepted_at(tx: Transaction, incident_id: str) -> datetime | None:
    """Return when a provider first took a message of an incident."""
    found: datetime | None = tx.execute(
        select(func.min(_EVENT.c.at))
        .join(_ATTEMPT, _ATTEMPT.c.id == _EVENT.c.attempt_id)
        .where(
            _ATTEMPT.c.incident_id == incident_id,
            _EVENT.c.status.in_(
                [
                    AttemptStatus.ACCEPTED.value,
                    AttemptStatus.SENT.value,
                    AttemptStatus.DELIVERED.value,
                ]
            ),
        )
    ).scalar_one()
    return found


def stopped_routes(tx: Transaction) -> dict[str, str]:
    """Return the routes that are stopped, with the reason."""
    rows = tx.execute(select(_ROUTE.c.route, _ROUTE.c.text).where(_ROUTE.c.is_stopped.is_(True)))
    return {row[0]: row[1] for row in rows}


def count_attempts(tx: Transaction, incident_id: str) -> dict[str, int]:
    """Return how many attempts of an incident have each status."""
    rows = tx.execute(
        select(_ATTEMPT.c.status, func.count())
        .where(_ATTEMPT.c.incident_id == incident_id)
        .group_by(_ATTEMPT.c.status)
    )
    return {row[0]: row[1] for row in rows}


def read_uncertain_addresses(tx: Transaction, incident_id: str) -> set[str]:
    """Return the addresses whose newest knowledge is an uncertain attempt not sent again."""
    rows = tx.execute(
        select(_ATTEMPT.c.recipient, _ATTEMPT.c.point).where(
            MAY_BE_ON_THE_WIRE,
            _ATTEMPT.c.incident_id == incident_id,
            _ATTEMPT.c.status == AttemptStatus.UNCERTAIN.value,
            _ATTEMPT.c.superseded_by.is_(None),
        )
    ).all()
    people = read_people(tx, {row.recipient for row in rows})
    return {
        people[row.recipient].points[row.point].address
        for row in rows
        if not people[row.recipient].is_erased
    }
