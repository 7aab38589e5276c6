"""Sealing on demand: before an export and when an incident is closed.

The engine seals open incidents by itself; this is for those who cannot wait for it.
"""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from beredskap.errors import LedgerError
from beredskap.store.ledger import Ledger
from beredskap.store.log_book import seal

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
                count = seal(tx, incident_id, most=_AT_ONCE)
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
