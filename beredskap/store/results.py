"""What is learned of attempts: events in, folded statuses and deliveries saved with their log."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from beredskap.domain.attempt import AttemptEvent, AttemptStatus
from beredskap.domain.cascade import CascadeStatus
from beredskap.domain.channel import Channel
from beredskap.domain.delivery import Delivery, DeliveryStatus
from beredskap.domain.envelope import ProviderReport
from beredskap.domain.log import LogEntry
from beredskap.store.bulk import ManyRows, native_time
from beredskap.store.claims import Claimed, ClaimOrder, delivery_of
from beredskap.store.ledger import Transaction
from beredskap.store.log_book import append
from beredskap.store.tables import (
    AttemptEventRow,
    AttemptRow,
    CascadeRow,
    DeliveryRow,
    OrphanReportRow,
)

_DELIVERY = DeliveryRow.__table__  # type: ignore[attr-defined]
_ATTEMPT = AttemptRow.__table__  # type: ignore[attr-defined]
_EVENT = AttemptEventRow.__table__  # type: ignore[attr-defined]
_CASCADE = CascadeRow.__table__  # type: ignore[attr-defined]
_ORPHAN = OrphanReportRow.__table__  # type: ignore[attr-defined]

_UPDATE_ATTEMPT = ManyRows(
    update(_ATTEMPT)
    .where(_ATTEMPT.c.id == bindparam("b_id"))
    .values(status=bindparam("b_status"), provider_id=bindparam("b_provider_id"))
)
_UPDATE_DELIVERY = (
    update(_DELIVERY)
    .where(_DELIVERY.c.id == bindparam("b_id"))
    .values(
        status=bindparam("b_status"),
        channel=bindparam("b_channel"),
        point=bindparam("b_point"),
        rung=bindparam("b_rung"),
        tries=bindparam("b_tries"),
        due_at=bindparam("b_due_at"),
        reason=bindparam("b_reason"),
        deputy=bindparam("b_deputy"),
    )
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
_UPDATE_DELIVERY_AND_RELEASE = _UPDATE_DELIVERY.values(claim_token=None)


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Learned:
    """One thing learned of an attempt, ready to be saved."""

    attempt: AttemptState
    event: AttemptEvent
    status: AttemptStatus
    """The attempt's status after the event."""
    delivery: Delivery
    """The delivery after what follows from it."""
    entries: tuple[LogEntry, ...]
    provider_id: str | None = None
    releases_claim: bool = True


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
    unchanged = set(
        tx.execute(
            select(_DELIVERY.c.id).where(
                _DELIVERY.c.id.in_([one.delivery.id for one in claimed]),
                _DELIVERY.c.status == DeliveryStatus.IN_PROGRESS.value,
                _DELIVERY.c.claim_token.in_({held.token for held in order.values()}),
            )
        ).scalars()
    )
    states = {
        one.attempt_id: state_of_claim(one, order[one.attempt_id])
        for one in claimed
        if one.delivery.id in unchanged
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
    found = _states(tx, _joined().where(_ATTEMPT.c.delivery_id.in_(list(delivery_ids))))
    newest: dict[int, AttemptState] = {}
    for state in sorted(found, key=lambda state: state.number):
        newest[state.delivery.id] = state
    return newest


def read_stranded(
    tx: Transaction, living_engines: Collection[str], most: int = 1_000
) -> tuple[AttemptState, ...]:
    """Return attempts in `sending` that belong to no living engine."""
    wanted = (
        _joined()
        .where(
            _ATTEMPT.c.status == AttemptStatus.SENDING.value,
            _ATTEMPT.c.engine_id.not_in(list(living_engines)),
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


def read_overdue(
    tx: Transaction, cascade_id: int, now: datetime, most: int = 500
) -> tuple[Delivery, ...]:
    """Return deliveries of a running cascade whose waiting time is over."""
    rows = tx.execute(
        select(_DELIVERY)
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
        select(_DELIVERY)
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
        select(_DELIVERY)
        .where(
            _DELIVERY.c.wave_id == wave_id,
            _DELIVERY.c.status == DeliveryStatus.WAITING.value,
            _DELIVERY.c.channel == channel.value,
            _DELIVERY.c.due_at <= now,
        )
        .order_by(_DELIVERY.c.due_at, _DELIVERY.c.id)
        .limit(most)
    )
    return tuple(delivery_of(row) for row in rows)


def read_deliveries(tx: Transaction, ids: Collection[int]) -> dict[int, Delivery]:
    """Return deliveries by id."""
    rows = tx.execute(select(_DELIVERY).where(_DELIVERY.c.id.in_(list(ids))))
    return {row.id: delivery_of(row) for row in rows}


def read_deliveries_of(tx: Transaction, incident_id: str, recipient: str) -> tuple[Delivery, ...]:
    """Return every delivery to a person of an incident, oldest first."""
    rows = tx.execute(
        select(_DELIVERY)
        .where(_DELIVERY.c.incident_id == incident_id, _DELIVERY.c.recipient == recipient)
        .order_by(_DELIVERY.c.id)
    )
    return tuple(delivery_of(row) for row in rows)


def save_learned(tx: Transaction, learned: Sequence[Learned], recorded_at: datetime) -> None:
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
    append(tx, [entry for one in learned for entry in one.entries], recorded_at)


def _save_learned_deliveries(tx: Transaction, learned: Sequence[Learned]) -> None:
    settled, others, claims = [], [], []
    for one in learned:
        releases = one.releases_claim and one.attempt.holds_claim
        if one.delivery == one.attempt.delivery:
            if releases:
                claims.append({"b_id": one.delivery.id, "b_token": one.attempt.claim_token})
        elif releases:
            settled.append(_delivery_values(one.delivery))
        else:
            others.append(_delivery_values(one.delivery))
    if settled:
        _update_alike(tx, settled)
    if others:
        tx.execute(_UPDATE_DELIVERY, others)
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
        values = {key.removeprefix("b_"): group[0][key] for key in group[0] if key != "b_id"}
        ids = [row["b_id"] for row in group]
        tx.execute(
            update(_DELIVERY).where(_DELIVERY.c.id.in_(ids)).values(claim_token=None, **values)
        )
    if singles:
        tx.execute(_UPDATE_DELIVERY_AND_RELEASE, singles)


def save_deliveries(
    tx: Transaction,
    deliveries: Sequence[Delivery],
    entries: Iterable[LogEntry],
    recorded_at: datetime,
) -> None:
    """Save deliveries that moved for another reason than an attempt, with their log entries."""
    if deliveries:
        tx.execute(_UPDATE_DELIVERY, [_delivery_values(delivery) for delivery in deliveries])
    append(tx, entries, recorded_at)


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


def keep_orphans(tx: Transaction, reports: Sequence[ProviderReport], received_at: datetime) -> None:
    """Keep reports whose attempt is not known yet; the same report is kept once."""
    rows = [
        {
            "provider": report.provider,
            "provider_id": report.provider_id,
            "status": report.status.value,
            "provider_status": report.provider_status,
            "code": report.code or "",
            "unsent": report.unsent,
            "received_at": received_at,
        }
        for report in reports
    ]
    if rows:
        tx.execute(_insert_or_leave(tx, _ORPHAN), rows)


def read_orphans(tx: Transaction, provider_ids: Collection[str]) -> tuple[ProviderReport, ...]:
    """Return kept reports about these messages."""
    rows = tx.execute(select(_ORPHAN).where(_ORPHAN.c.provider_id.in_(list(provider_ids))))
    return tuple(
        ProviderReport(
            provider=row.provider,
            provider_id=row.provider_id,
            status=AttemptStatus(row.status),
            provider_status=row.provider_status,
            code=row.code or None,
            unsent=row.unsent,
        )
        for row in rows
    )


def _insert_or_leave(tx: Transaction, table: Any) -> Any:
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    return dialect.insert(table).on_conflict_do_nothing()


def _delivery_values(delivery: Delivery) -> dict[str, object]:
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


_ATTEMPT_COLUMNS = {f"a_{column.name}": column for column in _ATTEMPT.c}


def _joined() -> Select[Any]:
    return select(
        *(column.label(label) for label, column in _ATTEMPT_COLUMNS.items()), *_DELIVERY.c
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
