"""The allowances of routes, shared by every engine: taken in the transaction that claims."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from beredskap.domain.rate import Bucket, affordable, refilled
from beredskap.store.ledger import Transaction
from beredskap.store.tables import LedgerMetaRow

_META = LedgerMetaRow.__table__  # type: ignore[attr-defined]
_NOTHING = "{}"


def lock_allowance(
    tx: Transaction, route: str, *, rate: float, each: float, now: datetime
) -> tuple[Bucket, int]:
    """Return a route's bucket and how many messages it allows; others wait until this ends."""
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    first = dialect.insert(_META).values(key=_key(route), value=_NOTHING)
    tx.execute(first.on_conflict_do_nothing())
    held = json.loads(
        tx.execute(
            select(_META.c.value).where(_META.c.key == _key(route)).with_for_update()
        ).scalar_one()
    )
    kept = None
    if held:
        kept = Bucket(units=held["units"], at=datetime.fromisoformat(held["at"]))
    bucket = refilled(kept, rate=rate, each=each, now=now)
    return bucket, affordable(bucket, each=each)


def take_allowance(tx: Transaction, route: str, bucket: Bucket, units: float) -> None:
    """Take units out of a bucket that this transaction has locked."""
    left = {"units": bucket.units - units, "at": bucket.at.isoformat()}
    tx.execute(_META.update().where(_META.c.key == _key(route)).values(value=json.dumps(left)))


def _key(route: str) -> str:
    return f"rate.{route}"
