"""Approvals as the ledger holds them: what was asked, and who has given it."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import Row, insert, select

from beredskap.domain.approval import CODE_LENGTH, LETTERS, Approval
from beredskap.domain.cascade import CascadeStatus
from beredskap.errors import NotFoundError
from beredskap.store.ledger import Transaction
from beredskap.store.tables import ApprovalGivenRow, ApprovalRow, CascadeRow

_APPROVAL = ApprovalRow.__table__  # type: ignore[attr-defined]
_GIVEN = ApprovalGivenRow.__table__  # type: ignore[attr-defined]
_CASCADE = CascadeRow.__table__  # type: ignore[attr-defined]


def new_code() -> str:
    """Return a fresh code of letters and digits that are not mistaken for each other."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def keep_approval(tx: Transaction, approval: Approval) -> None:
    """Keep what is asked; it is never changed afterwards."""
    tx.execute(
        insert(_APPROVAL).values(
            code=approval.code,
            incident_id=approval.incident_id,
            cascade_id=approval.cascade_id,
            plan_digest=approval.plan_digest,
            persons=approval.persons,
            needed=approval.needed,
            asked_by=approval.asked_by,
            asked_at=approval.asked_at,
            expires_at=approval.expires_at,
            hold_seconds=approval.hold_seconds,
        )
    )


def give_approval(tx: Transaction, code: str, officer: str, at: datetime) -> None:
    """Keep that an officer has approved; nobody does so twice."""
    tx.execute(insert(_GIVEN).values(code=code, officer=officer, at=at))


def read_approval(tx: Transaction, code: str) -> Approval:
    """Return an approval by its code.

    Raises:
        NotFoundError: there is none.
    """
    row = tx.execute(select(_APPROVAL).where(_APPROVAL.c.code == code)).one_or_none()
    if row is None:
        raise NotFoundError(
            f"There is no approval '{code}'; the code stands where the alert was started, and in "
            "'beredskap alert show ID'."
        )
    return _approval(tx, row)


def read_waiting_approvals(tx: Transaction) -> tuple[Approval, ...]:
    """Return the approvals whose launch still waits for them, oldest first."""
    rows = tx.execute(
        select(_APPROVAL)
        .join(_CASCADE, _CASCADE.c.id == _APPROVAL.c.cascade_id)
        .where(_CASCADE.c.status == CascadeStatus.AWAITING_APPROVAL.value)
        .order_by(_APPROVAL.c.asked_at)
    ).all()
    return tuple(_approval(tx, row) for row in rows)


def _approval(tx: Transaction, row: Row[tuple[object, ...]]) -> Approval:
    held = row._mapping
    given = tx.execute(
        select(_GIVEN.c.officer).where(_GIVEN.c.code == held["code"]).order_by(_GIVEN.c.at)
    ).scalars()
    return Approval(**dict(held), approved_by=tuple(given))
