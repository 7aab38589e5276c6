"""What is learned of attempts: events in, folded statuses and deliveries saved with their log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from beredskap.domain.attempt import AttemptEvent, AttemptStatus
from beredskap.domain.delivery import Delivery
from beredskap.domain.log import LogEntry
from beredskap.store.attempts import AttemptState
from beredskap.store.bulk import ManyRows, among_values, is_among, native_time
from beredskap.store.deliveries import SET_DELIVERY, UPDATE_DELIVERY, delivery_values
from beredskap.store.ledger import Transaction
from beredskap.store.log_book import append
from beredskap.store.tables import AttemptEventRow, AttemptRow, DeliveryRow

_DELIVERY = DeliveryRow.__table__  # type: ignore[attr-defined]
_ATTEMPT = AttemptRow.__table__  # type: ignore[attr-defined]
_EVENT = AttemptEventRow.__table__  # type: ignore[attr-defined]

_UPDATE_ATTEMPT = ManyRows(
    update(_ATTEMPT)
    .where(_ATTEMPT.c.id == bindparam("b_id"))
    .values(status=bindparam("b_status"), provider_id=bindparam("b_provider_id"))
)
_RELEASE_CLAIM = (
    update(_DELIVERY)
    .where(_DELIVERY.c.id == bindparam("b_id"), _DELIVERY.c.claim_token == bindparam("b_token"))
    .values(claim_token=None)
)
_EVENT_COLUMNS = (
    "attempt_id",
    "status",
    "at",
    "recorded_at",
    "provider_status",
    "code",
    "unsent",
)
_INSERT_EVENTS = {
    "sqlite": ManyRows(sqlite.insert(_EVENT).on_conflict_do_nothing(), _EVENT_COLUMNS),
    "postgresql": ManyRows(postgresql.insert(_EVENT).on_conflict_do_nothing(), _EVENT_COLUMNS),
}
_WORTH_GROUPING = 8
_UPDATE_ALIKE = SET_DELIVERY.values(claim_token=None)
_UPDATE_DELIVERY_AND_RELEASE = UPDATE_DELIVERY.values(claim_token=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Learned:
    """One thing learned of an attempt, ready to be saved."""

    attempt: AttemptState
    event: AttemptEvent
    status: AttemptStatus
    """The attempt's status after the event."""
    delivery: Delivery
    """The delivery after what follows from it."""
    provider_id: str | None = None
    releases_claim: bool = True


def save_learned(
    tx: Transaction, learned: Sequence[Learned], entries: Sequence[LogEntry], recorded_at: datetime
) -> None:
    """Save events, folded statuses, deliveries and log entries, all or none."""
    if not learned:
        return
    insert_events(tx, [(one.attempt.id, one.event) for one in learned], recorded_at)
    _UPDATE_ATTEMPT.run(
        tx,
        [
            {
                "b_id": one.attempt.id,
                "b_status": one.status.value,
                "b_provider_id": one.provider_id or one.attempt.provider_id,
            }
            for one in learned
        ],
    )
    _save_learned_deliveries(tx, learned)
    append(tx, entries, recorded_at)


def _save_learned_deliveries(tx: Transaction, learned: Sequence[Learned]) -> None:
    settled, others, claims = [], [], []
    for one in learned:
        releases = one.releases_claim and one.attempt.holds_claim
        if one.delivery == one.attempt.delivery:
            if releases:
                claims.append({"b_id": one.delivery.id, "b_token": one.attempt.claim_token})
        elif releases:
            settled.append(delivery_values(one.delivery))
        else:
            others.append(delivery_values(one.delivery))
    if settled:
        _update_alike(tx, settled)
    if others:
        tx.execute(UPDATE_DELIVERY, others)
    if claims:
        tx.execute(_RELEASE_CLAIM, claims)


def _update_alike(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    """Update deliveries that get the same values by one statement, the others one by one."""
    alike: dict[tuple[object, ...], list[dict[str, Any]]] = {}
    for row in rows:
        alike.setdefault(tuple(row.values())[1:], []).append(row)
    singles = []
    for group in alike.values():
        if len(group) < _WORTH_GROUPING:
            singles += group
            continue
        alike_ones = _UPDATE_ALIKE.where(is_among(tx, _DELIVERY.c.id))
        values = {key: value for key, value in group[0].items() if key != "b_id"}
        tx.execute(alike_ones, values | among_values(tx, [row["b_id"] for row in group]))
    if singles:
        tx.execute(_UPDATE_DELIVERY_AND_RELEASE, singles)


def insert_events(
    tx: Transaction, events: Sequence[tuple[int, AttemptEvent]], recorded_at: datetime
) -> None:
    """Insert events; one that is already there is left alone (applying twice is once)."""
    recorded = native_time(recorded_at)
    rows = [
        {
            "attempt_id": attempt_id,
            "status": event.status.value,
            "at": native_time(event.at),
            "recorded_at": recorded,
            "provider_status": event.provider_status or "",
            "code": event.code or "",
            "unsent": event.unsent,
        }
        for attempt_id, event in events
    ]
    _INSERT_EVENTS[tx.dialect.name].run(tx, rows)


def read_events(tx: Transaction, attempt_id: int) -> tuple[AttemptEvent, ...]:
    """Return everything learned of an attempt, in the order it was recorded.

    The first is that it entered `sending`, which the attempt's own row says.
    """
    rows = tx.execute(select(_EVENT).where(_EVENT.c.attempt_id == attempt_id).order_by(_EVENT.c.id))
    claimed_at = tx.execute(
        select(_ATTEMPT.c.claimed_at).where(_ATTEMPT.c.id == attempt_id)
    ).scalar_one()
    return (
        AttemptEvent(status=AttemptStatus.SENDING, at=claimed_at),
        *(
            AttemptEvent(
                status=AttemptStatus(row.status),
                at=row.at,
                provider_status=row.provider_status or None,
                code=row.code or None,
                unsent=row.unsent,
            )
            for row in rows
        ),
    )
