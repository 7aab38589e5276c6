"""Sealing on demand: before an export and when an incident is closed.

The engine seals open incidents by itself; this is for those who cannot wait for it.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from beredskap.errors import LedgerError
from beredskap.store.ledger import Ledger, Transaction
from beredskap.store.log_book import seal
from beredskap.store.tables import LogSealRow

_SEAL = LogSealRow.__table__  # type: ignore[attr-defined]

_AT_ONCE = 500
"""Entries a transaction seals; each may name 500 people, so more would hold the lock long."""
_MOST_COLLISIONS = 20


def seal_all(ledger: Ledger, incident_id: str) -> int:
    """Seal every entry of an incident that has no seal yet and return how many were sealed.

    Where another sealer took the same place in the chain, its seals stand and this one goes on.

    Raises:
        LedgerError: other sealers were in the way again and again.
    """
    sealed, collisions = 0, 0
    while collisions < _MOST_COLLISIONS:
        try:
            with ledger.write() as tx:
                after = _sealed_up_to(tx, incident_id) if ledger.is_sqlite else 0
                count = seal(tx, incident_id, after_id=after, most=_AT_ONCE)
        except IntegrityError:
            collisions += 1
            continue
        sealed += count
        if count < _AT_ONCE:
            return sealed
    raise LedgerError(
        f"The log of incident {incident_id} could not be sealed, since others seal it at the same "
        "time; run the command again."
    )


def _sealed_up_to(tx: Transaction, incident_id: str) -> int:
    """Return the newest entry that is sealed.

    On SQLite ids are given in the order of commits, so everything below it is sealed too.
    """
    newest = tx.execute(
        select(_SEAL.c.entry_id)
        .where(_SEAL.c.incident_id == incident_id)
        .order_by(_SEAL.c.seq.desc())
        .limit(1)
    ).scalar_one_or_none()
    return newest or 0
