"""Running one statement for very many rows with as little work per row as the driver allows.

SQLAlchemy prepares every parameter of every row anew; on the path that records each message that
is a third of the time. Here the statement is compiled once per dialect and the rows go to the
driver as they are, so times must be given as `native_time` and enumerations as their values.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, text
from sqlalchemy.sql.dml import Insert, Update

from beredskap.store.ledger import Transaction

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_AMONG = {
    "sqlite": "{column} IN (SELECT value FROM json_each(:among))",
    "postgresql": "{column} = ANY(:among)",
}


def is_among(tx: Transaction, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the condition that a column is one of many values, handed over as one parameter.

    An `IN` with a parameter for each value is compiled and bound anew at every call.
    """
    clause: Any = text(_AMONG[tx.dialect.name].format(column=column))
    return clause  # type: ignore[no-any-return]


def among_values(tx: Transaction, values: Iterable[int | str]) -> dict[str, Any]:
    """Return the parameter that `is_among` asks for."""
    listed = list(values)
    return {"among": json.dumps(listed) if tx.dialect.name == "sqlite" else listed}


def native_time(at: datetime | None) -> int | None:
    """Return a time as the driver stores it: whole microseconds since 1970 in UTC."""
    return None if at is None else (at - _EPOCH) // _MICROSECOND


def aware_time(microseconds: int) -> datetime:
    """Return a stored time as an aware time in UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)


class ManyRows:
    """One statement, compiled once per dialect, for many rows of native values."""

    def __init__(self, statement: Insert | Update, columns: Sequence[str] = ()) -> None:
        """Take the statement; `columns` are the keys of the rows of an insert."""
        self._statement, self._columns = statement, tuple(columns)
        self._compiled: dict[str, tuple[str, itemgetter[Any] | None]] = {}

    def run(self, tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
        """Execute the statement for every row, each with exactly the statement's parameters."""
        if not rows:
            return
        text, pick = self._for(tx)
        tx.exec_driver_sql(text, [pick(row) for row in rows] if pick else list(rows))

    def _for(self, tx: Transaction) -> tuple[str, itemgetter[Any] | None]:
        held = self._compiled.get(tx.dialect.name)
        if held is None:
            compiled: Any = self._statement.compile(
                dialect=tx.dialect, column_keys=list(self._columns) or None
            )
            pick: itemgetter[Any] | None = (
                itemgetter(*compiled.positiontup) if compiled.positional else None
            )
            held = self._compiled[tx.dialect.name] = (str(compiled), pick)
        return held
