"""What an engine does before it sends anything: doubts about the ledger pause what is open.

A restored, copied or rolled-back ledger sends nothing by itself, and an alert whose hold ran out
while no engine ran is not sent hours late without a person deciding so.
"""

from __future__ import annotations

import platform
from datetime import datetime, timedelta
from pathlib import Path

from beredskap.domain.cascade import CascadeStatus, move_cascade
from beredskap.domain.log import ENGINE
from beredskap.store.cases import lock_cascade, read_open_cascades, save_cascade
from beredskap.store.ledger import Ledger, Transaction, read_meta, write_meta

LATEST_RELEASE = timedelta(minutes=10)
"""A held alert older than this at engine start is paused instead of sent."""
_HOME = "home"


def pause_doubtful(
    ledger: Ledger, database_file: Path | None, now: datetime, recorded_at: datetime
) -> tuple[tuple[int, str], ...]:
    """Pause open cascades of a ledger that has moved, and alerts held for far too long.

    Returns the cascades paused with the reason (`restored` or `late`).
    """
    with ledger.write() as tx:
        reason = "restored" if _has_moved(tx, database_file) else None
        paused = []
        for cascade, _ in read_open_cascades(tx):
            why = reason or _late(cascade.status, cascade.release_at, now)
            if why is not None and cascade.status is not CascadeStatus.PAUSED:
                _pause(tx, cascade.id, why, now, recorded_at)
                paused.append((cascade.id, why))
        if database_file is not None:
            write_meta(tx, _HOME, _home_of(database_file))
    return tuple(paused)


def _late(status: CascadeStatus, release_at: datetime | None, now: datetime) -> str | None:
    is_late = release_at is not None and now - release_at > LATEST_RELEASE
    return "late" if status is CascadeStatus.HELD and is_late else None


def _pause(
    tx: Transaction, cascade_id: int, why: str, now: datetime, recorded_at: datetime
) -> None:
    current = lock_cascade(tx, cascade_id)
    transition = move_cascade(
        current, CascadeStatus.PAUSED, now, actor=ENGINE, codes={"reason": why}
    )
    save_cascade(tx, transition, recorded_at, was=current.status)


def _has_moved(tx: Transaction, database_file: Path | None) -> bool:
    if database_file is None:
        return False
    held = read_meta(tx, _HOME)
    return held is not None and held != _home_of(database_file)


def _home_of(database_file: Path) -> str:
    """Return what names this very file on this very machine."""
    machine = Path("/etc/machine-id")
    name = machine.read_text().strip() if machine.is_file() else platform.node()
    return f"{name}:{database_file.resolve()}:{database_file.stat().st_ino}"
