"""Reports of a provider about messages that are not known yet; kept until they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from beredskap.domain.attempt import AttemptStatus
from beredskap.domain.envelope import ProviderReport
from beredskap.store.ledger import Transaction
from beredskap.store.tables import OrphanReportRow

_ORPHAN = OrphanReportRow.__table__  # type: ignore[attr-defined]


def keep_orphans(tx: Transaction, reports: Sequence[ProviderReport], received_at: datetime) -> None:
    """Keep reports whose attempt is not known yet; the same report is kept once."""
    rows = [
        {
            "provider": report.provider,
            "provider_id": report.provider_id,
            "status": report.status.value,
            "provider_status": report.provider_status,
            "code": report.code or "",
            "unsent": report.unsent,
            "received_at": received_at,
        }
        for report in reports
    ]
    if rows:
        tx.execute(_insert_or_leave(tx, _ORPHAN), rows)


def read_orphans(tx: Transaction, provider_ids: Collection[str]) -> tuple[ProviderReport, ...]:
    """Return kept reports about these messages."""
    rows = tx.execute(select(_ORPHAN).where(_ORPHAN.c.provider_id.in_(list(provider_ids))))
    return tuple(
        ProviderReport(
            provider=row.provider,
            provider_id=row.provider_id,
            status=AttemptStatus(row.status),
            provider_status=row.provider_status,
            code=row.code or None,
            unsent=row.unsent,
        )
        for row in rows
    )


def _insert_or_leave(tx: Transaction, table: Any) -> Any:
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    return dialect.insert(table).on_conflict_do_nothing()
