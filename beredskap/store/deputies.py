"""Calling in a deputy or a last rung: a delivery of their own in the same wave."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from beredskap.domain.cascade import Cascade, CascadeKind, CascadeStatus
from beredskap.domain.delivery import Delivery
from beredskap.domain.log import LogEntry, LogKind
from beredskap.store.ledger import Transaction
from beredskap.store.log_book import append
from beredskap.store.personal import read_people
from beredskap.store.staging import StagedDelivery, delivery_row
from beredskap.store.tables import DeliveryRow

_DELIVERY = DeliveryRow.__table__  # type: ignore[attr-defined]


def call_in(
    tx: Transaction,
    delivery: Delivery,
    recipient: str,
    *,
    now: datetime,
    recorded_at: datetime,
    actor: str,
) -> bool:
    """Give a person called in for somebody a delivery in the same wave; say whether it is new.

    Whoever has a delivery in the wave already keeps that one: nobody is told twice.
    """
    person = read_people(tx, [recipient])[recipient]
    if not person.points:
        return False
    staged = StagedDelivery(
        wave_id=delivery.wave_id,
        recipient=recipient,
        points=person.points,
        stands_in_for=delivery.id,
    )
    inserted = tx.execute(
        _insert(tx).values(delivery_row(_cascade_of(delivery), staged)).on_conflict_do_nothing()
    )
    if not inserted.rowcount:
        return False
    entry = LogEntry(
        incident_id=delivery.incident_id,
        kind=LogKind.DEPUTY_PROMOTED,
        happened_at=now,
        actor=actor,
        subject=recipient,
        codes={
            "for": delivery.recipient,
            "delivery": delivery.id,
            "cascade": delivery.cascade_id,
        },
    )
    append(tx, [entry], recorded_at)
    return True


def _insert(tx: Transaction) -> Any:
    return (sqlite if tx.dialect.name == "sqlite" else postgresql).insert(_DELIVERY)


def _cascade_of(delivery: Delivery) -> Cascade:
    """Return as much of the delivery's cascade as its row needs."""
    return Cascade(
        id=delivery.cascade_id,
        incident_id=delivery.incident_id,
        kind=CascadeKind.ALERT,
        status=CascadeStatus.RUNNING,
        persons=0,
        plan_digest="",
    )
