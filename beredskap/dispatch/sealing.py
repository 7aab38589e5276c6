"""Sealing the logs of incidents, by one sealer, within a second of what they tell of."""

from __future__ import annotations

from beredskap.store.ledger import Ledger
from beredskap.store.log_book import newest_entry_ids, seal

_AT_ONCE = 2_000


class Sealer:
    """Seals what is not sealed; remembers how far each log is, so a rest costs nothing."""

    def __init__(self, ledger: Ledger) -> None:
        """Start without any memory: the first run looks at everything."""
        self._ledger = ledger
        self._sealed_up_to: dict[str, int] = {}

    def run(self) -> int:
        """Seal every entry without a seal and return how many there were."""
        with self._ledger.read() as tx:
            newest = newest_entry_ids(tx)
        count = 0
        for incident_id, entry_id in newest.items():
            if self._sealed_up_to.get(incident_id) == entry_id:
                continue
            count += self._seal_incident(incident_id)
            self._sealed_up_to[incident_id] = entry_id
        return count

    def _seal_incident(self, incident_id: str) -> int:
        # On SQLite ids are given in the order of commits, so what lies below is sealed for sure;
        # on PostgreSQL a slow writer may commit a lower id later, so every gap is looked for.
        after = self._sealed_up_to.get(incident_id, 0) if self._ledger.is_sqlite else 0
        count = 0
        while True:
            with self._ledger.write() as tx:
                sealed = seal(tx, incident_id, after_id=after, most=_AT_ONCE)
            count += sealed
            if sealed < _AT_ONCE:
                return count
