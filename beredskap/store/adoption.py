"""Which version of a scenario its owner adopted, with the bytes of its files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from beredskap.store.ledger import Transaction
from beredskap.store.tables import AdoptionRow, ContentFileRow

_ADOPTION = AdoptionRow.__table__  # type: ignore[attr-defined]
_FILE = ContentFileRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, kw_only=True, slots=True)
class Adoption:
    """That an officer adopted a scenario for live use."""

    scenario_id: str
    officer: str
    """Id of the officer."""
    adopted_at: datetime
    digest: str
    """Covers the names and digests of all files."""
    files: Mapping[str, str]
    """Path → SHA-256."""


def keep_contents(tx: Transaction, contents: Mapping[str, bytes]) -> None:
    """Keep each file's bytes once; `contents` is digest → bytes."""
    known = set(
        tx.execute(select(_FILE.c.digest).where(_FILE.c.digest.in_(list(contents)))).scalars()
    )
    new = [
        {"digest": digest, "content": content}
        for digest, content in contents.items()
        if digest not in known
    ]
    if new:
        tx.execute(insert(_FILE), new)


def keep_adoption(tx: Transaction, adoption: Adoption, contents: Mapping[str, bytes]) -> None:
    """Keep an adoption, and each file's bytes once; `contents` is digest → bytes."""
    keep_contents(tx, contents)
    tx.execute(
        insert(_ADOPTION).values(
            scenario_id=adoption.scenario_id,
            officer=adoption.officer,
            adopted_at=adoption.adopted_at,
            digest=adoption.digest,
            files=json.dumps(dict(adoption.files), sort_keys=True),
        )
    )


def read_adoption(tx: Transaction, scenario_id: str) -> Adoption | None:
    """Return the newest adoption of a scenario, or None."""
    row = tx.execute(
        select(_ADOPTION)
        .where(_ADOPTION.c.scenario_id == scenario_id)
        .order_by(_ADOPTION.c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return Adoption(
        scenario_id=row.scenario_id,
        officer=row.officer,
        adopted_at=row.adopted_at,
        digest=row.digest,
        files=json.loads(row.files),
    )


def read_file(tx: Transaction, digest: str) -> bytes | None:
    """Return the bytes of a file as it was adopted, or None."""
    found: bytes | None = tx.execute(
        select(_FILE.c.content).where(_FILE.c.digest == digest)
    ).scalar_one_or_none()
    return found
