"""A raised database error holds no telephone number, whatever the database says of the row."""

from __future__ import annotations

import traceback

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from beredskap.errors import LedgerError
from beredskap.store.ledger import Ledger, Transaction
from beredskap.store.tables import IncidentRow, PersonalValueRow

NUMBER, NAME = "+46701740605", "Sara Nyström"
VALUES = PersonalValueRow.__table__  # type: ignore[attr-defined]
INCIDENTS = IncidentRow.__table__  # type: ignore[attr-defined]


def keep(tx: Transaction, **changes: object) -> None:
    """Keep one personal value."""
    row = {"ref": f"p_{NUMBER}", "salt": "s", "value": f"{NAME} {NUMBER}", **changes}
    tx.execute(insert(VALUES).values(**row))


def everything_said(error: BaseException) -> str:
    """Return all that a log, a terminal or a report could show of an error."""
    shown = "".join(traceback.format_exception(error))
    return f"{error!s} {error!r} {error.args!r} {shown.replace(__file__, '')}"


def test_a_value_kept_twice(ledger: Ledger) -> None:
    with ledger.write() as tx:
        keep(tx)
    with pytest.raises(IntegrityError) as caught, ledger.write() as tx:
        keep(tx)
    said = everything_said(caught.value)
    assert NUMBER not in said
    assert NAME not in said


def test_a_value_that_lacks_what_it_must_have(ledger: Ledger) -> None:
    with pytest.raises(IntegrityError) as caught, ledger.write() as tx:
        keep(tx, salt=None)
    said = everything_said(caught.value)
    assert NUMBER not in said
    assert NAME not in said


def test_a_column_that_cannot_hold_the_value(ledger: Ledger) -> None:
    with pytest.raises((LedgerError, IntegrityError)) as caught, ledger.write() as tx:
        tx.exec_driver_sql(f"INSERT INTO personal_value (ref, nothere) VALUES ('a', '{NUMBER}')")
    assert NUMBER not in str(caught.value)


def test_a_guard_names_itself_and_nothing_else(ledger: Ledger) -> None:
    row = {
        "id": "20261123-1",
        "letter": "A",
        "mode": "live",
        "scenario_id": "x",
        "title": NAME,
        "status": "open",
        "opened_at": None,
        "locale": "sv",
        "content_digests": "{}",
    }
    from beredskap.clock import SystemClock

    with ledger.write() as tx:
        tx.execute(insert(INCIDENTS).values(**{**row, "opened_at": SystemClock().now()}))
    with pytest.raises(IntegrityError, match="guard_incident_mode") as caught, ledger.write() as tx:
        tx.execute(update(INCIDENTS).values(mode="drill"))
    assert NAME not in everything_said(caught.value)
