"""The duties to reach people as the ledger holds them: reading and saving them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, literal_column, select, update

from beredskap.domain.cascade import CascadeStatus
from beredskap.domain.channel import Channel
from beredskap.domain.delivery import Delivery, DeliveryStatus, Reason
from beredskap.domain.log import LogEntry
from beredskap.store.ledger import Transaction
from beredskap.store.log_book import append
from beredskap.store.tables import CascadeRow, DeliveryRow

_DELIVERY = DeliveryRow.__table__  # type: ignore[attr-defined]
_CASCADE = CascadeRow.__table__  # type: ignore[attr-defined]
IS_WAITING = _DELIVERY.c.status == literal_column(f"'{DeliveryStatus.WAITING.value}'")
"""Written as the index of what is due has it; a parameter would keep SQLite from using that."""
SET_DELIVERY = update(_DELIVERY).values(
    status=bindparam("b_status"),
    channel=bindparam("b_channel"),
    point=bindparam("b_point"),
    rung=bindparam("b_rung"),
    tries=bindparam("b_tries"),
    due_at=bindparam("b_due_at"),
    reason=bindparam("b_reason"),
    deputy=bindparam("b_deputy"),
)
UPDATE_DELIVERY = SET_DELIVERY.where(_DELIVERY.c.id == bindparam("b_id"))
DELIVERY_COLUMNS = (
    _DELIVERY.c.id,
    _DELIVERY.c.incident_id,
    _DELIVERY.c.cascade_id,
    _DELIVERY.c.wave_id,
    _DELIVERY.c.recipient,
    _DELIVERY.c.status,
    _DELIVERY.c.channels,
    _DELIVERY.c.point,
    _DELIVERY.c.rung,
    _DELIVERY.c.tries,
    _DELIVERY.c.attempts,
    _DELIVERY.c.due_at,
    _DELIVERY.c.reason,
    _DELIVERY.c.deputy,
    _DELIVERY.c.stands_in_for,
)
"""What `delivery_of` reads, in its order."""
_STATUSES = {status.value: status for status in DeliveryStatus}
_REASONS = {reason.value: reason for reason in Reason}


@lru_cache(maxsize=256)
def _channels(named: str) -> tuple[Channel, ...]:
    return tuple(Channel(name) for name in named.split(",")) if named else ()


def delivery_of(row: Sequence[Any]) -> Delivery:
    """Return the delivery that a row holds whose columns are `DELIVERY_COLUMNS`.

    Read by place, since reading by name costs more than all the rest on the path of every message.
    """
    return Delivery(
        id=row[0],
        incident_id=row[1],
        cascade_id=row[2],
        wave_id=row[3],
        recipient=row[4],
        status=_STATUSES[row[5]],
        channels=_channels(row[6]),
        point=row[7],
        rung=row[8],
        tries=row[9],
        attempts=row[10],
        due_at=row[11],
        reason=_REASONS[row[12]] if row[12] else None,
        deputy=row[13],
        stands_in_for=row[14],
    )


def read_overdue(
    tx: Transaction, cascade_id: int, now: datetime, most: int = 500
) -> tuple[Delivery, ...]:
    """Return deliveries of a running cascade whose waiting time is over."""
    rows = tx.execute(
        select(*DELIVERY_COLUMNS)
        .join(_CASCADE, _CASCADE.c.id == _DELIVERY.c.cascade_id)
        .where(
            _DELIVERY.c.cascade_id == cascade_id,
            _CASCADE.c.status == CascadeStatus.RUNNING.value,
            _DELIVERY.c.status.in_(
                [
                    DeliveryStatus.AWAITING_ACKNOWLEDGEMENT.value,
                    DeliveryStatus.IN_PROGRESS.value,
                ]
            ),
            _DELIVERY.c.due_at <= now,
            _DELIVERY.c.claim_token.is_(None),
        )
        .order_by(_DELIVERY.c.due_at, _DELIVERY.c.id)
        .limit(most)
    )
    return tuple(delivery_of(row) for row in rows)


def read_open_deliveries(
    tx: Transaction,
    *,
    cascade_id: int | None = None,
    wave_id: int | None = None,
    recipient: tuple[str, str] | None = None,
    unclaimed: bool = False,
    most: int = 5_000,
) -> tuple[Delivery, ...]:
    """Return deliveries that are not final: of a cascade, a wave, or (incident, recipient).

    `unclaimed` leaves out those whose attempt's result is still to come.
    """
    wanted = (
        select(*DELIVERY_COLUMNS)
        .where(
            _DELIVERY.c.status.in_(
                [
                    DeliveryStatus.WAITING.value,
                    DeliveryStatus.IN_PROGRESS.value,
                    DeliveryStatus.AWAITING_ACKNOWLEDGEMENT.value,
                ]
            )
        )
        .order_by(_DELIVERY.c.id)
        .limit(most)
    )
    if cascade_id is not None:
        wanted = wanted.where(_DELIVERY.c.cascade_id == cascade_id)
    if wave_id is not None:
        wanted = wanted.where(_DELIVERY.c.wave_id == wave_id)
    if unclaimed:
        wanted = wanted.where(_DELIVERY.c.claim_token.is_(None))
    if recipient is not None:
        wanted = wanted.where(
            _DELIVERY.c.incident_id == recipient[0], _DELIVERY.c.recipient == recipient[1]
        )
    return tuple(delivery_of(row) for row in tx.execute(wanted))


def read_waiting(
    tx: Transaction, wave_id: int, channel: Channel, now: datetime, most: int
) -> tuple[Delivery, ...]:
    """Return deliveries of a wave that are due on a channel."""
    rows = tx.execute(
        select(*DELIVERY_COLUMNS)
        .where(
            _DELIVERY.c.wave_id == wave_id,
            IS_WAITING,
            _DELIVERY.c.channel == channel.value,
            _DELIVERY.c.due_at <= now,
        )
        .order_by(_DELIVERY.c.due_at, _DELIVERY.c.id)
        .limit(most)
    )
    return tuple(delivery_of(row) for row in rows)


def read_deliveries(tx: Transaction, ids: Collection[int]) -> dict[int, Delivery]:
    """Return deliveries by id."""
    rows = tx.execute(select(*DELIVERY_COLUMNS).where(_DELIVERY.c.id.in_(list(ids))))
    return {row.id: delivery_of(row) for row in rows}


def read_deliveries_of(tx: Transaction, incident_id: str, recipient: str) -> tuple[Delivery, ...]:
    """Return every delivery to a person of an incident, oldest first."""
    rows = tx.execute(
        select(*DELIVERY_COLUMNS)
        .where(_DELIVERY.c.incident_id == incident_id, _DELIVERY.c.recipient == recipient)
        .order_by(_DELIVERY.c.id)
    )
    return tuple(delivery_of(row) for row in rows)


def save_deliveries(
    tx: Transaction,
    deliveries: Sequence[Delivery],
    entries: Iterable[LogEntry],
    recorded_at: datetime,
) -> None:
    """Save deliveries that moved for another reason than an attempt, with their log entries."""
    if deliveries:
        tx.execute(UPDATE_DELIVERY, [delivery_values(delivery) for delivery in deliveries])
    append(tx, entries, recorded_at)


def delivery_values(delivery: Delivery) -> dict[str, object]:
    """Return the columns that change with a delivery, as parameters of `UPDATE_DELIVERY`."""
    point = delivery.point
    return {
        "b_id": delivery.id,
        "b_status": delivery.status.value,
        "b_channel": delivery.channels[point].value if point < len(delivery.channels) else "",
        "b_point": point,
        "b_rung": delivery.rung,
        "b_tries": delivery.tries,
        "b_due_at": delivery.due_at,
        "b_reason": delivery.reason.value if delivery.reason else None,
        "b_deputy": delivery.deputy,
    }
