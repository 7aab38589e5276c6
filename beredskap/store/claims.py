"""Claiming due work: one statement that says whose it is, and the attempts born with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import func, insert, select, update

from beredskap.domain.attempt import AttemptStatus
from beredskap.domain.cascade import CascadeKind, CascadeStatus
from beredskap.domain.channel import Channel
from beredskap.domain.delivery import Delivery, DeliveryStatus
from beredskap.domain.log import ENGINE, LogEntry, LogKind
from beredskap.domain.message import Body
from beredskap.domain.plan import PlannedPoint
from beredskap.domain.rate import Bucket
from beredskap.domain.sms import measure
from beredskap.domain.wave import Wave, WaveStatus
from beredskap.store.bulk import ManyRows, native_time
from beredskap.store.corrections import older_on_the_wire, put_back
from beredskap.store.deliveries import DELIVERY_COLUMNS, IS_WAITING, delivery_of
from beredskap.store.ledger import Transaction
from beredskap.store.log_book import append
from beredskap.store.personal import address_key, point_from_json, read_values
from beredskap.store.rates import lock_allowance, take_allowance
from beredskap.store.tables import (
    AttemptRow,
    BodyRow,
    CascadeRow,
    DeliveryRow,
    WaveBodyRow,
    WaveRow,
)

_DELIVERY = DeliveryRow.__table__  # type: ignore[attr-defined]
_ATTEMPT = AttemptRow.__table__  # type: ignore[attr-defined]
_CASCADE = CascadeRow.__table__  # type: ignore[attr-defined]
_WAVE = WaveRow.__table__  # type: ignore[attr-defined]
_BODY = BodyRow.__table__  # type: ignore[attr-defined]
_WAVE_BODY = WaveBodyRow.__table__  # type: ignore[attr-defined]

_INSERT_ATTEMPTS = ManyRows(insert(_ATTEMPT), [column.name for column in _ATTEMPT.c])
ATTEMPTS_PER_DELIVERY = 1000
"""Attempt n of delivery d has the id d * 1000 + n, so that no insert waits for a number."""
_OVERTAKING_WAIT = timedelta(seconds=1)
"""How long a correction waits before it looks again for older tries at its address."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimOrder:
    """Who claims what, for which route."""

    wave: Wave
    channel: Channel
    route: str
    engine_id: str
    token: str
    most: int
    now: datetime
    """By the clock that judges due times."""
    real_now: datetime
    """By the machine's clock."""
    client_ref_prefix: str
    hash_key: bytes
    units_per_second: float | None = None
    """The route's allowance in SMS parts or mails a second, over all engines."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """One claimed delivery with its new attempt and where it goes."""

    attempt_id: int
    delivery: Delivery
    point: PlannedPoint | None
    """None when the address was erased since the launch."""
    body_digest: str
    client_ref: str
    number: int
    repeats: int | None = None
    """The uncertain attempt that this one sends again."""


def claim(tx: Transaction, order: ClaimOrder) -> tuple[Claimed, ...]:
    """Claim due deliveries of an open wave on one channel and create their attempts.

    Nothing is claimed while the cascade is not running or the wave not open; both are looked at in
    this transaction, so a stop that committed before is always obeyed.
    """
    sends_for = _may_send(tx, order.wave)
    if sends_for is None:
        return ()
    allowance = None
    if order.units_per_second is not None:
        allowance = _lock_allowance(tx, order, order.units_per_second)
        order = replace(order, most=min(order.most, allowance.messages))
        if order.most == 0:
            return ()
    deliveries = _claim_deliveries(tx, order)
    if not deliveries:
        return ()
    kept = read_values(tx, {delivery.recipient for delivery in deliveries})
    if sends_for is not CascadeKind.ALERT:
        deliveries = _without_overtaking(tx, order, deliveries, kept)
        if not deliveries:
            return ()
    digests = _body_digests(tx, order.wave.id)
    repeated = _repeated_attempts(tx, deliveries)
    claimed = tuple(
        _claimed(order, delivery, kept.get(delivery.recipient), digests, repeated)
        for delivery in deliveries
    )
    _INSERT_ATTEMPTS.run(tx, [_attempt_row(order, one) for one in claimed])
    _mark_superseded(tx, claimed)
    if allowance is not None:
        take_allowance(tx, order.route, allowance.bucket, allowance.each * len(claimed))
    append(tx, [_entry(order, claimed)], order.real_now)
    return claimed


@dataclass(frozen=True, slots=True)
class _Allowance:
    """What a route may still send now, and what one message of the wave takes of it."""

    bucket: Bucket
    messages: int
    each: float


def _lock_allowance(tx: Transaction, order: ClaimOrder, rate: float) -> _Allowance:
    each = _units_each(tx, order)
    bucket, messages = lock_allowance(tx, order.route, rate=rate, each=each, now=order.real_now)
    return _Allowance(bucket, messages, each)


def _units_each(tx: Transaction, order: ClaimOrder) -> float:
    """Return what one message takes: the parts of the longest SMS of the wave, or one mail."""
    if order.channel is not Channel.SMS:
        return 1.0
    rows = tx.execute(
        select(_BODY.c.frozen)
        .join(_WAVE_BODY, _WAVE_BODY.c.digest == _BODY.c.digest)
        .where(
            _WAVE_BODY.c.wave_id == order.wave.id,
            _WAVE_BODY.c.channel == order.channel.value,
        )
    ).scalars()
    return float(max((_segments(frozen) for frozen in rows), default=1))


@lru_cache(maxsize=256)
def _segments(frozen: bytes) -> int:
    return measure(Body.from_bytes(frozen).text).segments


def read_bodies(tx: Transaction, digests: Sequence[str]) -> dict[str, bytes]:
    """Return frozen texts by digest."""
    rows = tx.execute(select(_BODY.c.digest, _BODY.c.frozen).where(_BODY.c.digest.in_(digests)))
    return {row[0]: row[1] for row in rows}


def _may_send(tx: Transaction, wave: Wave) -> CascadeKind | None:
    """Return what a wave sends for, or None while it must not send."""
    found = tx.execute(
        select(_CASCADE.c.kind)
        .select_from(_CASCADE.join(_WAVE, _WAVE.c.cascade_id == _CASCADE.c.id))
        .where(
            _CASCADE.c.id == wave.cascade_id,
            _CASCADE.c.status == CascadeStatus.RUNNING.value,
            _WAVE.c.id == wave.id,
            _WAVE.c.status == WaveStatus.OPEN.value,
        )
        .with_for_update(read=True)
    ).scalar_one_or_none()
    return CascadeKind(found) if found is not None else None


def _without_overtaking(
    tx: Transaction, order: ClaimOrder, deliveries: Sequence[Delivery], kept: Mapping[str, str]
) -> tuple[Delivery, ...]:
    """Put back what must wait for an older try at its address, and return the rest.

    Two messages on the wire may arrive in any order, and no original may follow its correction.
    """
    keys = {
        delivery.id: address_key(
            order.hash_key, point_from_json(kept[delivery.recipient], delivery.point).address
        )
        for delivery in deliveries
        if delivery.recipient in kept
    }
    wave = order.wave
    busy = older_on_the_wire(tx, wave.incident_id, wave.cascade_id, sorted(set(keys.values())))
    waiting = {delivery_id for delivery_id, key in keys.items() if key in busy}
    put_back(tx, sorted(waiting), order.now + _OVERTAKING_WAIT)
    return tuple(delivery for delivery in deliveries if delivery.id not in waiting)


def _claim_deliveries(tx: Transaction, order: ClaimOrder) -> tuple[Delivery, ...]:
    due = (
        select(_DELIVERY.c.id)
        .where(
            _DELIVERY.c.wave_id == order.wave.id,
            IS_WAITING,
            _DELIVERY.c.channel == order.channel.value,
            _DELIVERY.c.due_at <= order.now,
            _DELIVERY.c.attempts < ATTEMPTS_PER_DELIVERY - 1,
        )
        .order_by(_DELIVERY.c.due_at, _DELIVERY.c.id)
        .limit(order.most)
        .with_for_update(skip_locked=True)
        # Without this PostgreSQL may look anew for each row and claim far more than asked for.
        .cte("due")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    rows = tx.execute(
        update(_DELIVERY)
        .where(
            _DELIVERY.c.id.in_(select(due.c.id)), _DELIVERY.c.status == DeliveryStatus.WAITING.value
        )
        .values(
            status=DeliveryStatus.IN_PROGRESS.value,
            claim_token=order.token,
            attempts=_DELIVERY.c.attempts + 1,
            due_at=None,
        )
        .returning(*DELIVERY_COLUMNS)
    ).all()
    return tuple(sorted((delivery_of(row) for row in rows), key=lambda delivery: delivery.id))


def _body_digests(tx: Transaction, wave_id: int) -> Mapping[tuple[str, str], str]:
    rows = tx.execute(
        select(_WAVE_BODY.c.channel, _WAVE_BODY.c.language, _WAVE_BODY.c.digest).where(
            _WAVE_BODY.c.wave_id == wave_id
        )
    )
    return {(row[0], row[1]): row[2] for row in rows}


def _repeated_attempts(
    tx: Transaction, deliveries: Sequence[Delivery]
) -> dict[int, tuple[int, str]]:
    """Return, by delivery, the uncertain attempt on the same point that is now sent again."""
    before = {
        d.id * ATTEMPTS_PER_DELIVERY + d.attempts - 1: d for d in deliveries if d.attempts > 1
    }
    if not before:
        return {}
    rows = tx.execute(
        select(_ATTEMPT.c.id, _ATTEMPT.c.client_ref, _ATTEMPT.c.point).where(
            _ATTEMPT.c.id.in_(list(before)), _ATTEMPT.c.status == AttemptStatus.UNCERTAIN.value
        )
    )
    return {
        before[row.id].id: (row.id, row.client_ref)
        for row in rows
        if row.point == before[row.id].point
    }


def _claimed(
    order: ClaimOrder,
    delivery: Delivery,
    kept: str | None,
    digests: Mapping[tuple[str, str], str],
    repeated: Mapping[int, tuple[int, str]],
) -> Claimed:
    point = point_from_json(kept, delivery.point) if kept is not None else None
    key = (point.channel.value, point.language) if point is not None else ("", "")
    repeats, ref = repeated.get(delivery.id, (None, None))
    return Claimed(
        attempt_id=delivery.id * ATTEMPTS_PER_DELIVERY + delivery.attempts,
        delivery=delivery,
        point=point,
        body_digest=digests.get(key, ""),
        client_ref=ref or f"{order.client_ref_prefix}.{delivery.id}.{delivery.attempts}",
        number=delivery.attempts,
        repeats=repeats,
    )


def _attempt_row(order: ClaimOrder, claimed: Claimed) -> dict[str, object]:
    delivery = claimed.delivery
    return {
        "id": claimed.attempt_id,
        "delivery_id": delivery.id,
        "incident_id": delivery.incident_id,
        "cascade_id": delivery.cascade_id,
        "wave_id": delivery.wave_id,
        "recipient": delivery.recipient,
        "number": claimed.number,
        "channel": order.channel.value,
        "point": delivery.point,
        "route": order.route,
        "status": AttemptStatus.SENDING.value,
        "client_ref": claimed.client_ref,
        "body_digest": claimed.body_digest,
        "address_key": address_key(order.hash_key, claimed.point.address) if claimed.point else "",
        "engine_id": order.engine_id,
        "claim_token": order.token,
        "claimed_at": native_time(order.now),
        "claimed_real_at": native_time(order.real_now),
        "provider_id": None,
        "superseded_by": None,
        "possible_duplicate": claimed.repeats is not None,
        "look_ups": 0,
        "looked_up_at": None,
    }


def _mark_superseded(tx: Transaction, claimed: Sequence[Claimed]) -> None:
    for one in claimed:
        if one.repeats is not None:
            tx.execute(
                update(_ATTEMPT)
                .where(_ATTEMPT.c.id == one.repeats)
                .values(superseded_by=one.attempt_id)
            )


def _entry(order: ClaimOrder, claimed: Sequence[Claimed]) -> LogEntry:
    return LogEntry(
        incident_id=order.wave.incident_id,
        kind=LogKind.ATTEMPTS_STARTED,
        happened_at=order.now,
        actor=ENGINE,
        codes={
            "wave": order.wave.key,
            "cascade": order.wave.cascade_id,
            "route": order.route,
            "channel": order.channel.value,
            "attempts": {one.delivery.recipient: one.number for one in claimed},
            "repeats": [one.delivery.recipient for one in claimed if one.repeats is not None],
        },
    )


def count_in_flight(tx: Transaction, engine_id: str) -> int:
    """Return how many attempts of an engine are on the wire by the ledger."""
    return tx.execute(
        select(func.count())
        .select_from(_ATTEMPT)
        .where(_ATTEMPT.c.status == AttemptStatus.SENDING.value, _ATTEMPT.c.engine_id == engine_id)
    ).scalar_one()
