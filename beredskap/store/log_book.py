"""The incident log on disk: appending entries, sealing them into a chain, reading the lines back.

Entries are inserted inside the transactions that change something; the chain is made afterwards by
one sealer from the entries without a seal, so that writers never wait for each other's hash.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, func, insert, select, type_coerce

from beredskap.domain.log import (
    GENESIS,
    LogEntry,
    LogKind,
    canonical,
    iso,
    line_from,
    line_hash,
)
from beredskap.store.bulk import ManyRows, aware_time, native_time
from beredskap.store.ledger import Transaction
from beredskap.store.tables import IncidentRow, LogEntryRow, LogSealRow

_ENTRY = LogEntryRow.__table__  # type: ignore[attr-defined]
_SEAL = LogSealRow.__table__  # type: ignore[attr-defined]
_INCIDENT = IncidentRow.__table__  # type: ignore[attr-defined]
_PAGE = 2_000
_LINE_COLUMNS = (
    _ENTRY.c.incident_id,
    _ENTRY.c.kind,
    type_coerce(_ENTRY.c.happened_at, BigInteger).label("happened_at"),
    type_coerce(_ENTRY.c.recorded_at, BigInteger).label("recorded_at"),
    _ENTRY.c.actor,
    _ENTRY.c.subject,
    _ENTRY.c.codes,
    _ENTRY.c.commitments,
    _ENTRY.c.id,
)
"""What a sealed line is made of, with times as they are stored, and the entry's id."""
_INSERT_ENTRIES = ManyRows(
    insert(_ENTRY),
    (
        "incident_id",
        "kind",
        "happened_at",
        "recorded_at",
        "actor",
        "subject",
        "codes",
        "commitments",
    ),
)
_INSERT_SEALS = ManyRows(insert(_SEAL), ("incident_id", "seq", "entry_id", "prev", "hash"))


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedEntry:
    """A log entry as it stands in the ledger."""

    id: int
    entry: LogEntry
    recorded_at: datetime
    seq: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChainHead:
    """How many entries are sealed and the hash of the newest."""

    count: int
    head: str


def append(tx: Transaction, entries: Iterable[LogEntry], recorded_at: datetime) -> None:
    """Insert entries in the order given."""
    recorded = native_time(recorded_at)
    _INSERT_ENTRIES.run(
        tx,
        [
            {
                "incident_id": entry.incident_id,
                "kind": entry.kind.value,
                "happened_at": native_time(entry.happened_at),
                "recorded_at": recorded,
                "actor": entry.actor,
                "subject": entry.subject,
                "codes": canonical(entry.codes) if entry.codes else "{}",
                "commitments": canonical(entry.commitments) if entry.commitments else "{}",
            }
            for entry in entries
        ],
    )


def seal(tx: Transaction, incident_id: str, *, after_id: int = 0, most: int = 5_000) -> int:
    """Seal entries that have no seal yet, oldest first, and return how many were sealed.

    `after_id` skips entries known to be sealed; what matters is the missing seal, never the order
    of ids, since a slow transaction may commit a lower id later. Only one sealer may run at a time.
    """
    sealed = select(_SEAL.c.entry_id).where(_SEAL.c.entry_id == _ENTRY.c.id).exists()
    unsealed = (
        select(*_LINE_COLUMNS)
        .where(_ENTRY.c.incident_id == incident_id, _ENTRY.c.id > after_id, ~sealed)
        .order_by(_ENTRY.c.id)
        .limit(most)
    )
    head = chain_head(tx, incident_id)
    seq, prev = head.count, head.head
    rows = []
    for row in tx.execute(unsealed):
        seq += 1
        digest = line_hash(_line(row, seq, prev))
        rows.append(
            {
                "incident_id": incident_id,
                "seq": seq,
                "entry_id": row[-1],
                "prev": prev,
                "hash": digest,
            }
        )
        prev = digest
    _INSERT_SEALS.run(tx, rows)
    return len(rows)


def incidents_with_unsealed(tx: Transaction) -> tuple[str, ...]:
    """Return the incidents that have at least one entry without a seal."""
    sealed = select(_SEAL.c.entry_id).where(_SEAL.c.entry_id == _ENTRY.c.id).exists()
    found = tx.execute(
        select(_INCIDENT.c.id).where(
            select(_ENTRY.c.id).where(_ENTRY.c.incident_id == _INCIDENT.c.id, ~sealed).exists()
        )
    )
    return tuple(found.scalars())


def chain_head(tx: Transaction, incident_id: str) -> ChainHead:
    """Return the length of an incident's chain and its newest hash."""
    row = tx.execute(
        select(_SEAL.c.seq, _SEAL.c.hash)
        .where(_SEAL.c.incident_id == incident_id)
        .order_by(_SEAL.c.seq.desc())
        .limit(1)
    ).one_or_none()
    return ChainHead(count=0, head=GENESIS) if row is None else ChainHead(count=row[0], head=row[1])


def sealed_lines(tx: Transaction, incident_id: str) -> Iterator[str]:
    """Yield the exact sealed lines of an incident in chain order, page by page."""
    after = 0
    while True:
        page = tx.execute(
            select(*_LINE_COLUMNS, _SEAL.c.seq, _SEAL.c.prev)
            .join(_ENTRY, _ENTRY.c.id == _SEAL.c.entry_id)
            .where(_SEAL.c.incident_id == incident_id, _SEAL.c.seq > after)
            .order_by(_SEAL.c.seq)
            .limit(_PAGE)
        ).all()
        for row in page:
            yield _line(row, row.seq, row.prev)
        if len(page) < _PAGE:
            return
        after = page[-1].seq


def read_entries(
    tx: Transaction,
    incident_id: str | None,
    *,
    after_id: int = 0,
    most: int = 500,
    kinds: tuple[LogKind, ...] = (),
) -> tuple[RecordedEntry, ...]:
    """Return entries after an id, oldest first; of one incident or of all."""
    wanted = select(_ENTRY).where(_ENTRY.c.id > after_id).order_by(_ENTRY.c.id).limit(most)
    if incident_id is not None:
        wanted = wanted.where(_ENTRY.c.incident_id == incident_id)
    if kinds:
        wanted = wanted.where(_ENTRY.c.kind.in_([kind.value for kind in kinds]))
    return tuple(_recorded(row) for row in tx.execute(wanted))


def newest_entries(
    tx: Transaction, incident_id: str | None, *, most: int = 50
) -> tuple[RecordedEntry, ...]:
    """Return the newest entries, oldest of them first."""
    wanted = select(_ENTRY).order_by(_ENTRY.c.id.desc()).limit(most)
    if incident_id is not None:
        wanted = wanted.where(_ENTRY.c.incident_id == incident_id)
    return tuple(reversed([_recorded(row) for row in tx.execute(wanted)]))


def first_entry_at(tx: Transaction, incident_id: str, kind: LogKind) -> datetime | None:
    """Return when the first entry of a kind happened, or None."""
    found = tx.execute(
        select(_ENTRY.c.happened_at)
        .where(_ENTRY.c.incident_id == incident_id, _ENTRY.c.kind == kind.value)
        .order_by(_ENTRY.c.id)
        .limit(1)
    ).scalar_one_or_none()
    return found


def count_entries(tx: Transaction, incident_id: str) -> int:
    """Return how many entries an incident has, sealed or not."""
    return tx.execute(
        select(func.count()).select_from(_ENTRY).where(_ENTRY.c.incident_id == incident_id)
    ).scalar_one()


def _line(row: Sequence[Any], seq: int, prev: str) -> str:
    """Return the sealed line of a row; the columns hold canonical JSON, so it is taken as it is."""
    incident_id, kind, happened_at, recorded_at, actor, subject, codes, commitments = row[:8]
    return line_from(
        incident_id=incident_id,
        kind=kind,
        happened_at=_iso(happened_at),
        recorded_at=_iso(recorded_at),
        actor=actor,
        subject=subject,
        codes=codes,
        commitments=commitments,
        seq=seq,
        prev=prev,
    )


@lru_cache(maxsize=1_024)
def _iso(microseconds: int) -> str:
    """Return a stored time as the line holds it; the entries of a batch share theirs."""
    return iso(aware_time(microseconds))


def _recorded(row: object) -> RecordedEntry:
    columns = row._mapping  # type: ignore[attr-defined]
    return RecordedEntry(
        id=columns["id"],
        recorded_at=columns["recorded_at"],
        entry=LogEntry(
            incident_id=columns["incident_id"],
            kind=LogKind(columns["kind"]),
            happened_at=columns["happened_at"],
            actor=columns["actor"],
            subject=columns["subject"],
            codes=json.loads(columns["codes"]),
            commitments=json.loads(columns["commitments"]),
        ),
    )


def newest_entry_ids(tx: Transaction) -> dict[str, int]:
    """Return the id of the newest entry of every incident that has any."""
    rows = tx.execute(
        select(_ENTRY.c.incident_id, func.max(_ENTRY.c.id)).group_by(_ENTRY.c.incident_id)
    )
    return {row[0]: row[1] for row in rows}
