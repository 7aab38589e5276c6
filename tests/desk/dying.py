"""A process that launches a drill and dies at the end of its n-th transaction."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from beredskap.clock import HeldClock
from beredskap.desk import Desk
from beredskap.domain.incident import IncidentMode
from beredskap.store.ledger import Ledger, Transaction, open_ledger, sqlite_url
from tests.desk.conftest import FACTS, RecordingStarter


class DyingLedger(Ledger):
    """Ends the process when its n-th writing transaction has been committed."""

    left = 0

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        with super().write() as tx:
            yield tx
        self.left -= 1
        if self.left == 0:
            os._exit(9)


def main() -> None:
    workspace, database, transaction = sys.argv[1:]
    with open_ledger(sqlite_url(Path(database))).read() as tx:
        ledger = DyingLedger(tx.engine)
    desk = Desk(
        ledger=ledger,
        workspace=Path(workspace),
        clock=HeldClock(datetime(2026, 11, 23, 3, 12, tzinfo=UTC)),
        starter=RecordingStarter(),
    )
    prepared = desk.prepare("brand", FACTS, mode=IncidentMode.DRILL)
    ledger.left = int(transaction)
    actor = desk.who_is("anna", "")
    desk.launch(actor, prepared, confirm_count=prepared.persons)


if __name__ == "__main__":
    main()
