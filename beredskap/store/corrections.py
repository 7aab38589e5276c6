"""Whom a correction must reach: every contact point where a message of the incident may have come.

A claim of a correction also looks here for older tries still on the wire at the same address.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, update

from beredskap.domain.attempt import AttemptEvent, AttemptStatus, may_have_arrived
from beredskap.domain.cascade import CascadeKind
from beredskap.domain.delivery import DeliveryStatus
from beredskap.domain.log import LogKind
from beredskap.store.bulk import among_values, is_among
from beredskap.store.ledger import Transaction
from beredskap.store.log_book import read_entries
from beredskap.store.personal import read_values
from beredskap.store.tables import (
    AcknowledgementRow,
    AttemptEventRow,
    AttemptRow,
    DeliveryRow,
    RecipientRow,
)

_ATTEMPT = AttemptRow.__table__  # type: ignore[attr-defined]
_EVENT = AttemptEventRow.__table__  # type: ignore[attr-defined]
_DELIVERY = DeliveryRow.__table__  # type: ignore[attr-defined]
_RECIPIENT = RecipientRow.__table__  # type: ignore[attr-defined]
_ACK = AcknowledgementRow.__table__  # type: ignore[attr-defined]

_DOUBTFUL = (
    AttemptStatus.FAILED_RETRYABLE.value,
    AttemptStatus.FAILED_PERMANENT.value,
    AttemptStatus.EXPIRED.value,
    AttemptStatus.CANCELLED.value,
)
"""Statuses whose events must be asked whether the message had left; any other may have arrived."""


def read_touched_points(tx: Transaction, incident_id: str) -> dict[str, tuple[int, ...]]:
    """Return, by person, the contact points where a message may have come, in their order.

    A person whose answer an officer noted knows of it too, by whatever way; the first point stands
    for that.
    """
    touched: dict[str, set[int]] = {}
    doubtful: dict[int, tuple[str, int]] = {}
    for row in tx.execute(
        select(_ATTEMPT.c.id, _ATTEMPT.c.recipient, _ATTEMPT.c.point, _ATTEMPT.c.status)
        .where(_ATTEMPT.c.incident_id == incident_id)
        .order_by(_ATTEMPT.c.id)
    ):
        if row.status in _DOUBTFUL:
            doubtful[row.id] = (row.recipient, row.point)
        else:
            touched.setdefault(row.recipient, set()).add(row.point)
    for attempt_id, events in _events(tx, incident_id, doubtful).items():
        if may_have_arrived(events):
            recipient, point = doubtful[attempt_id]
            touched.setdefault(recipient, set()).add(point)
    for recipient in tx.execute(
        select(_ACK.c.recipient).where(_ACK.c.incident_id == incident_id).distinct()
    ).scalars():
        touched.setdefault(recipient, {0})
    return {recipient: tuple(sorted(points)) for recipient, points in touched.items()}


def _events(
    tx: Transaction, incident_id: str, attempts: Mapping[int, tuple[str, int]]
) -> dict[int, list[AttemptEvent]]:
    entered = AttemptStatus.SENDING
    found: dict[int, list[AttemptEvent]] = {attempt_id: [] for attempt_id in attempts}
    if not found:
        return found
    for row in tx.execute(
        select(_EVENT.c.attempt_id, _EVENT.c.status, _EVENT.c.at, _EVENT.c.unsent)
        .join(_ATTEMPT, _ATTEMPT.c.id == _EVENT.c.attempt_id)
        .where(_ATTEMPT.c.incident_id == incident_id, _ATTEMPT.c.status.in_(_DOUBTFUL))
        .order_by(_EVENT.c.id)
    ):
        events = found.setdefault(row.attempt_id, [])
        events.append(AttemptEvent(status=entered, at=row.at))
        events.append(
            AttemptEvent(status=AttemptStatus(row.status), at=row.at, unsent=bool(row.unsent))
        )
    return {attempt_id: events for attempt_id, events in found.items() if attempt_id in attempts}


def count_untouched(tx: Transaction, incident_id: str, touched: Collection[str]) -> int:
    """Return how many people of the incident nothing can have reached yet."""
    everybody = tx.execute(
        select(_DELIVERY.c.recipient).where(_DELIVERY.c.incident_id == incident_id).distinct()
    ).scalars()
    return sum(recipient not in touched for recipient in everybody)


def read_everybody(tx: Transaction, incident_id: str) -> tuple[str, ...]:
    """Return the reference of every person of an incident, in the order they came into it."""
    rows = tx.execute(
        select(_RECIPIENT.c.ref)
        .where(_RECIPIENT.c.incident_id == incident_id)
        .order_by(_RECIPIENT.c.id)
    )
    return tuple(rows.scalars())


def read_launch_facts(tx: Transaction, incident_id: str) -> tuple[str | None, dict[str, str]]:
    """Return the scenario and the facts of the newest alert; erased facts are missing."""
    prepared = [
        found.entry
        for found in read_entries(tx, incident_id, kinds=(LogKind.CASCADE_PREPARED,), most=1_000)
        if found.entry.codes.get("kind") == CascadeKind.ALERT.value
    ]
    if not prepared:
        return None, {}
    refs = prepared[-1].codes.get("facts")
    kept = read_values(tx, [str(ref) for ref in refs] if isinstance(refs, list) else [])
    facts = [json.loads(value) for value in kept.values()]
    scenario = prepared[-1].codes.get("scenario")
    return str(scenario), {fact["fact"]: fact["value"] for fact in facts}


def older_on_the_wire(
    tx: Transaction, incident_id: str, cascade_id: int, address_keys: Sequence[str]
) -> set[str]:
    """Return those of these addresses where a try of an older cascade is still in `sending`."""
    if not address_keys:
        return set()
    rows = tx.execute(
        select(_ATTEMPT.c.address_key)
        .where(
            _ATTEMPT.c.incident_id == incident_id,
            _ATTEMPT.c.status == AttemptStatus.SENDING.value,
            _ATTEMPT.c.cascade_id < cascade_id,
            is_among(tx, _ATTEMPT.c.address_key),
        )
        .distinct(),
        among_values(tx, address_keys),
    )
    return set(rows.scalars())


def put_back(tx: Transaction, delivery_ids: Sequence[int], due_at: datetime) -> None:
    """Undo a claim made in this transaction; the deliveries are due again at a later time."""
    if not delivery_ids:
        return
    tx.execute(
        update(_DELIVERY)
        .where(is_among(tx, _DELIVERY.c.id))
        .values(
            status=DeliveryStatus.WAITING.value,
            claim_token=None,
            attempts=_DELIVERY.c.attempts - 1,
            due_at=due_at,
        ),
        among_values(tx, delivery_ids),
    )
