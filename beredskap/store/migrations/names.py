"""Which tables are ours: another engine's tables may lie in the same database."""

from __future__ import annotations

from sqlmodel import SQLModel

from beredskap.store import tables

NAMES = SQLModel.metadata
_OURS = {
    row.__tablename__
    for row in vars(tables).values()
    if isinstance(row, type) and row is not SQLModel and issubclass(row, SQLModel)
}


def is_ours(item: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
    """Say whether a table, or what belongs to one, is the ledger's."""
    if kind == "table":
        return name in _OURS
    return True
