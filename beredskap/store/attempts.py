"""Attempts as the ledger holds them, each together with its delivery."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select, update

from beredskap.domain.attempt import AttemptStatus
from beredskap.domain.channel import Channel
from beredskap.domain.delivery import Delivery, DeliveryStatus
from beredskap.store.bulk import among_values, is_among
from beredskap.store.claims import ATTEMPTS_PER_DELIVERY, Claimed, ClaimOrder
from beredskap.store.deliveries import DELIVERY_COLUMNS, delivery_of
from beredskap.store.ledger import Transaction
from beredskap.store.tables import MAY_BE_ON_THE_WIRE, AttemptRow, DeliveryRow

_DELIVERY = DeliveryRow.__table__  # type: ignore[attr-defined]
_ATTEMPT = AttemptRow.__table__  # type: ignore[attr-defined]

_TOKENS = select(_DELIVERY.c.id, _DELIVERY.c.claim_token).where(
    _DELIVERY.c.status == DeliveryStatus.IN_PROGRESS.value
)


@dataclass(frozen=True, kw_only=True, slots=True)
class AttemptState:
    """An attempt as the ledger has it, together with its delivery."""

    id: int
    delivery: Delivery
    status: AttemptStatus
    number: int
    channel: Channel
    point: int
    route: str
    client_ref: str
    body_digest: str
    provider_id: str | None
    engine_id: str
    claim_token: str
    claimed_at: datetime
    claimed_real_at: datetime
    superseded_by: int | None
    look_ups: int
    looked_up_at: datetime | None
    holds_claim: bool
    """True while the delivery is still claimed by this very attempt."""


def read_attempts(tx: Transaction, ids: Collection[int]) -> dict[int, AttemptState]:
    """Return attempts with their deliveries as they stand now, by id."""
    return {state.id: state for state in _states(tx, _joined().where(_ATTEMPT.c.id.in_(list(ids))))}


def read_claimed(
    tx: Transaction, claimed: Collection[Claimed], order: Mapping[int, ClaimOrder]
) -> dict[int, AttemptState]:
    """Return just claimed attempts as they stand now, by id.

    Where the delivery still is as it was claimed, and nothing else can have changed it then, what
    the claim returned is used again; that spares most of the reading on the path of every message.
    """
    among = _TOKENS.where(is_among(tx, _DELIVERY.c.id))
    found = tx.execute(among, among_values(tx, [one.delivery.id for one in claimed]))
    tokens: dict[int, str] = {row[0]: row[1] for row in found}
    states = {
        one.attempt_id: state_of_claim(one, order[one.attempt_id])
        for one in claimed
        if tokens.get(one.delivery.id) == order[one.attempt_id].token
    }
    changed = [one.attempt_id for one in claimed if one.attempt_id not in states]
    return states | (read_attempts(tx, changed) if changed else {})


def state_of_claim(claimed: Claimed, order: ClaimOrder) -> AttemptState:
    """Return the state of an attempt right after its claim."""
    return AttemptState(
        id=claimed.attempt_id,
        delivery=claimed.delivery,
        status=AttemptStatus.SENDING,
        number=claimed.number,
        channel=order.channel,
        point=claimed.delivery.point,
        route=order.route,
        client_ref=claimed.client_ref,
        body_digest=claimed.body_digest,
        provider_id=None,
        engine_id=order.engine_id,
        claim_token=order.token,
        claimed_at=order.now,
        claimed_real_at=order.real_now,
        superseded_by=None,
        look_ups=0,
        looked_up_at=None,
        holds_claim=True,
    )


def read_attempts_by_provider_id(
    tx: Transaction, provider_ids: Collection[str]
) -> dict[str, AttemptState]:
    """Return attempts by the id the provider gave their message."""
    found = _states(tx, _joined().where(_ATTEMPT.c.provider_id.in_(list(provider_ids))))
    return {state.provider_id: state for state in found if state.provider_id is not None}


def read_newest_attempts(tx: Transaction, delivery_ids: Collection[int]) -> dict[int, AttemptState]:
    """Return the newest attempt of each delivery, by delivery id."""
    newest = _ATTEMPT.c.id == _DELIVERY.c.id * ATTEMPTS_PER_DELIVERY + _DELIVERY.c.attempts
    found = _states(tx, _joined().where(newest, _DELIVERY.c.id.in_(list(delivery_ids))))
    return {state.delivery.id: state for state in found}


def read_stranded(
    tx: Transaction, living_engines: Collection[str], most: int = 1_000
) -> tuple[AttemptState, ...]:
    """Return attempts in `sending` that belong to no living engine."""
    wanted = (
        _joined()
        .where(
            MAY_BE_ON_THE_WIRE,
            _ATTEMPT.c.status == AttemptStatus.SENDING.value,
            _ATTEMPT.c.engine_id.not_in(list(living_engines)),
        )
        .limit(most)
    )
    return tuple(_states(tx, wanted))


def read_own_sending(
    tx: Transaction, engine_id: str, *, claimed_before: datetime, most: int = 1_000
) -> tuple[AttemptState, ...]:
    """Return an engine's own attempts in `sending` that it claimed before a real time."""
    wanted = (
        _joined()
        .where(
            MAY_BE_ON_THE_WIRE,
            _ATTEMPT.c.status == AttemptStatus.SENDING.value,
            _ATTEMPT.c.engine_id == engine_id,
            _ATTEMPT.c.claimed_real_at < claimed_before,
        )
        .limit(most)
    )
    return tuple(_states(tx, wanted))


def read_uncertain(
    tx: Transaction, *, routes: Collection[str], looked_before: datetime, most: int = 200
) -> tuple[AttemptState, ...]:
    """Return uncertain attempts of these routes that were not looked up since a time."""
    wanted = (
        _joined()
        .where(
            MAY_BE_ON_THE_WIRE,
            _ATTEMPT.c.status == AttemptStatus.UNCERTAIN.value,
            _ATTEMPT.c.superseded_by.is_(None),
            _ATTEMPT.c.route.in_(list(routes)),
            _ATTEMPT.c.looked_up_at.is_(None) | (_ATTEMPT.c.looked_up_at < looked_before),
        )
        .order_by(_ATTEMPT.c.id)
        .limit(most)
    )
    return tuple(_states(tx, wanted))


def count_look_up(tx: Transaction, attempt_id: int, at: datetime, *, is_complete: bool) -> None:
    """Note that an uncertain attempt was looked for; only a complete list counts."""
    tx.execute(
        update(_ATTEMPT)
        .where(_ATTEMPT.c.id == attempt_id)
        .values(look_ups=_ATTEMPT.c.look_ups + int(is_complete), looked_up_at=at)
    )


def _joined() -> Select[Any]:
    return select(
        *DELIVERY_COLUMNS,
        *(column.label(f"a_{column.name}") for column in _ATTEMPT.c),
        _DELIVERY.c.claim_token.label("claim_token"),
    ).join(_DELIVERY, _DELIVERY.c.id == _ATTEMPT.c.delivery_id)


_CHANNELS = {channel.value: channel for channel in Channel}
_STATUSES = {status.value: status for status in AttemptStatus}


def _states(tx: Transaction, wanted: Select[Any]) -> list[AttemptState]:
    return [_state(row) for row in tx.execute(wanted)]


def _state(row: Row[Any]) -> AttemptState:
    return AttemptState(
        id=row.a_id,
        delivery=delivery_of(row),
        status=_STATUSES[row.a_status],
        number=row.a_number,
        channel=_CHANNELS[row.a_channel],
        point=row.a_point,
        route=row.a_route,
        client_ref=row.a_client_ref,
        body_digest=row.a_body_digest,
        provider_id=row.a_provider_id,
        engine_id=row.a_engine_id,
        claim_token=row.a_claim_token,
        claimed_at=row.a_claimed_at,
        claimed_real_at=row.a_claimed_real_at,
        superseded_by=row.a_superseded_by,
        look_ups=row.a_look_ups,
        looked_up_at=row.a_looked_up_at,
        holds_claim=row.claim_token is not None and row.claim_token == row.a_claim_token,
    )
