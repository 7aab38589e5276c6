"""The last version of each scenario's files that could be used, so that it can be put back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from beredskap.store.adoption import keep_contents
from beredskap.store.ledger import Transaction
from beredskap.store.tables import CleanFileRow, ContentFileRow

_CLEAN = CleanFileRow.__table__  # type: ignore[attr-defined]
_FILE = ContentFileRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, kw_only=True, slots=True)
class CleanFile:
    """One file as it was when the scenario could last be used."""

    path: str
    """Inside the workspace."""
    digest: str
    content: bytes
    kept_at: datetime


def keep_clean_files(
    tx: Transaction,
    scenario_id: str,
    files: Mapping[str, str],
    contents: Mapping[str, bytes],
    now: datetime,
) -> None:
    """Keep a scenario's files in place of those kept before; `contents` is digest → bytes."""
    keep_contents(tx, contents)
    tx.execute(delete(_CLEAN).where(_CLEAN.c.scenario_id == scenario_id))
    rows = [
        {"scenario_id": scenario_id, "path": path, "digest": digest, "kept_at": now}
        for path, digest in files.items()
    ]
    if rows:
        tx.execute(insert(_CLEAN), rows)


def read_clean_digests(tx: Transaction, scenario_id: str) -> dict[str, str]:
    """Return path → digest of what is kept of a scenario."""
    rows = tx.execute(
        select(_CLEAN.c.path, _CLEAN.c.digest).where(_CLEAN.c.scenario_id == scenario_id)
    )
    return {row[0]: row[1] for row in rows}


def read_clean_files(tx: Transaction, scenario_id: str) -> tuple[CleanFile, ...]:
    """Return what is kept of a scenario, by path."""
    rows = tx.execute(
        select(_CLEAN.c.path, _CLEAN.c.digest, _CLEAN.c.kept_at, _FILE.c.content)
        .join(_FILE, _FILE.c.digest == _CLEAN.c.digest)
        .where(_CLEAN.c.scenario_id == scenario_id)
        .order_by(_CLEAN.c.path)
    )
    return tuple(
        CleanFile(path=row.path, digest=row.digest, content=row.content, kept_at=row.kept_at)
        for row in rows
    )
