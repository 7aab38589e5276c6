"""Which duties wait for a decision, since nobody knows whether their newest attempt left."""

from __future__ import annotations

from sqlalchemy import select

from beredskap.domain.attempt import AttemptStatus
from beredskap.store.ledger import Transaction
from beredskap.store.tables import MAY_BE_ON_THE_WIRE, AttemptRow, DeliveryRow

_ATTEMPT = AttemptRow.__table__  # type: ignore[attr-defined]
_DELIVERY = DeliveryRow.__table__  # type: ignore[attr-defined]


def read_uncertain_deliveries(
    tx: Transaction, incident_id: str, recipient: str | None = None
) -> tuple[int, ...]:
    """Return the deliveries whose newest attempt is uncertain; of one person or of all."""
    wanted = (
        select(_DELIVERY.c.id)
        .join(_ATTEMPT, _ATTEMPT.c.delivery_id == _DELIVERY.c.id)
        .where(
            MAY_BE_ON_THE_WIRE,
            _ATTEMPT.c.incident_id == incident_id,
            _ATTEMPT.c.status == AttemptStatus.UNCERTAIN.value,
            _ATTEMPT.c.superseded_by.is_(None),
            _ATTEMPT.c.number == _DELIVERY.c.attempts,
        )
        .order_by(_DELIVERY.c.id)
    )
    if recipient is not None:
        wanted = wanted.where(_DELIVERY.c.recipient == recipient)
    return tuple(tx.execute(wanted).scalars())
