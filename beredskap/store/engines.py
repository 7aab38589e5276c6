"""Engines, their heartbeats, the leases of duties, poll cursors and stopped routes; real time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from beredskap.store.ledger import Transaction
from beredskap.store.tables import DutyLeaseRow, EngineRow, PollCursorRow, RouteStateRow

_ENGINE = EngineRow.__table__  # type: ignore[attr-defined]
_LEASE = DutyLeaseRow.__table__  # type: ignore[attr-defined]
_CURSOR = PollCursorRow.__table__  # type: ignore[attr-defined]
_ROUTE = RouteStateRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineState:
    """An engine as the ledger has it."""

    id: str
    host: str
    pid: int
    build: str
    schema_version: str
    started_at: datetime
    seen_at: datetime
    stopped_at: datetime | None


def beat(tx: Transaction, engine: EngineState) -> None:
    """Write an engine's heartbeat."""
    values = {
        "id": engine.id,
        "host": engine.host,
        "pid": engine.pid,
        "build": engine.build,
        "schema_version": engine.schema_version,
        "started_at": engine.started_at,
        "seen_at": engine.seen_at,
        "stopped_at": engine.stopped_at,
    }
    _put(tx, _ENGINE, "id", values)


def read_engines(tx: Transaction) -> tuple[EngineState, ...]:
    """Return every engine that ever ran, newest heartbeat first."""
    rows = tx.execute(select(_ENGINE).order_by(_ENGINE.c.seen_at.desc()))
    return tuple(
        EngineState(
            id=row.id,
            host=row.host,
            pid=row.pid,
            build=row.build,
            schema_version=row.schema_version,
            started_at=row.started_at,
            seen_at=row.seen_at,
            stopped_at=row.stopped_at,
        )
        for row in rows
    )


def hold_duty(tx: Transaction, duty: str, holder: str, now: datetime, until: datetime) -> bool:
    """Take or renew the lease of a duty; say whether this engine holds it."""
    changed = tx.execute(
        update(_LEASE)
        .where(_LEASE.c.duty == duty, (_LEASE.c.holder == holder) | (_LEASE.c.until <= now))
        .values(holder=holder, until=until)
    )
    if changed.rowcount:
        return True
    inserted = tx.execute(
        _dialect(tx)
        .insert(_LEASE)
        .values(duty=duty, holder=holder, until=until)
        .on_conflict_do_nothing()
    )
    return bool(inserted.rowcount)


def read_cursor(tx: Transaction, name: str) -> datetime | None:
    """Return how far a poll has come."""
    return tx.execute(select(_CURSOR.c.since).where(_CURSOR.c.name == name)).scalar_one_or_none()


def move_cursor(tx: Transaction, name: str, since: datetime) -> None:
    """Note how far a poll has come."""
    _put(tx, _CURSOR, "name", {"name": name, "since": since})


def stop_route(tx: Transaction, route: str, *, code: str, text: str, since: datetime) -> bool:
    """Mark a route stopped; say whether it was not so already."""
    held = tx.execute(
        select(_ROUTE.c.is_stopped).where(_ROUTE.c.route == route)
    ).scalar_one_or_none()
    _put(
        tx,
        _ROUTE,
        "route",
        {"route": route, "is_stopped": True, "since": since, "code": code, "text": text},
    )
    return not held


def start_route(tx: Transaction, route: str, since: datetime) -> None:
    """Mark a route as working again."""
    tx.execute(update(_ROUTE).where(_ROUTE.c.route == route).values(is_stopped=False, since=since))


def _put(tx: Transaction, table: Any, key: str, values: dict[str, object]) -> None:
    rest = {name: value for name, value in values.items() if name != key}
    tx.execute(
        _dialect(tx)
        .insert(table)
        .values(values)
        .on_conflict_do_update(index_elements=[table.c[key]], set_=rest)
    )


def _dialect(tx: Transaction) -> Any:
    return sqlite if tx.dialect.name == "sqlite" else postgresql
