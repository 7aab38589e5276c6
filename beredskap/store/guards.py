"""What the database itself refuses, whoever asks: declared once, for both databases.

Every guard is a trigger with one condition in SQL that both databases read alike. They are put on
again after each upgrade and compared when the ledger is opened, so a missing or altered one shows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from beredskap.domain.attempt import AttemptStatus
from beredskap.domain.cascade import CASCADE_MOVES, CascadeStatus
from beredskap.domain.delivery import DELIVERY_MOVES, DeliveryStatus
from beredskap.domain.incident import INCIDENT_MOVES, IncidentMode, IncidentStatus
from beredskap.domain.wave import WAVE_MOVES, WaveStatus
from beredskap.store.ledger import Transaction

Status = TypeVar("Status", bound=StrEnum)
_FUNCTION = "ledger_guard"
_FUNCTION_BODY = "BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'check_violation'; END"


@dataclass(frozen=True, kw_only=True, slots=True)
class Guard:
    """One thing that is refused: before which act, on which table, when."""

    name: str
    act: str
    """`INSERT`, `DELETE`, `UPDATE` or `UPDATE OF column`."""
    table: str
    when: str | None = None
    """SQL over NEW and OLD; None refuses always."""

    @property
    def digest(self) -> str:
        """Return what shows that a guard in a database is this one."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:32]

    def for_sqlite(self) -> str:
        """Return the trigger as SQLite writes it."""
        condition = f" WHEN {self.when}" if self.when else ""
        return (
            f"CREATE TRIGGER {self.name} BEFORE {self.act} ON {self.table} FOR EACH ROW{condition}"
            f" BEGIN SELECT RAISE(ABORT, '{self.name}'); END"
        )

    def for_postgresql(self) -> str:
        """Return the trigger as PostgreSQL writes it."""
        condition = f" WHEN ({self.when})" if self.when else ""
        return (
            f"CREATE TRIGGER {self.name} BEFORE {self.act} ON {self.table} FOR EACH ROW{condition}"
            f" EXECUTE FUNCTION {_FUNCTION}('{self.name}')"
        )


def declared_guards() -> tuple[Guard, ...]:
    """Return every guard of the ledger."""
    return (
        *_allowed_values("incident", "status", IncidentStatus),
        *_allowed_values("incident", "mode", IncidentMode),
        *_allowed_values("cascade", "status", CascadeStatus),
        *_allowed_values("cascade", "mode", IncidentMode),
        *_allowed_values("wave", "status", WaveStatus),
        *_allowed_values("delivery", "status", DeliveryStatus),
        *_allowed_values("attempt", "status", AttemptStatus),
        *_allowed_values("attempt_event", "status", AttemptStatus),
        _moves("incident", INCIDENT_MOVES),
        _moves("cascade", CASCADE_MOVES),
        _moves("wave", WAVE_MOVES),
        _moves("delivery", DELIVERY_MOVES),
        _constant("incident", "mode"),
        _constant("cascade", "mode"),
        Guard(
            name="guard_cascade_mode_is_incident_mode",
            act="INSERT",
            table="cascade",
            when="NEW.mode <> (SELECT mode FROM incident WHERE incident.id = NEW.incident_id)",
        ),
        *(_added_to_only(t) for t in ("attempt_event", "log_entry", "log_seal", "body")),
        *(_never_deleted(t) for t in ("attempt_event", "log_entry", "log_seal", "body")),
        *(_added_to_only(t) for t in ("approval", "approval_given")),
        *(_never_deleted(t) for t in ("approval", "approval_given")),
        *(_never_deleted(t) for t in ("incident", "cascade", "wave", "recipient")),
        *(_never_deleted(t) for t in ("delivery", "attempt", "acknowledgement")),
    )


def apply_guards(tx: Transaction) -> None:
    """Put every declared guard on anew, and take off those no longer declared."""
    for name, table in _present(tx).items():
        on_table = "" if _is_sqlite(tx) else f" ON {table[0]}"
        tx.exec_driver_sql(f"DROP TRIGGER {name}{on_table}")
    if not _is_sqlite(tx):
        tx.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$${_FUNCTION_BODY}$$".replace("%", "%%")
        )
    for guard in declared_guards():
        if _is_sqlite(tx):
            tx.exec_driver_sql(guard.for_sqlite())
            continue
        for one in _for_postgresql(guard):
            tx.exec_driver_sql(one)


def compare_guards(tx: Transaction) -> tuple[str, ...]:
    """Return the names of guards that are missing, altered, switched off or not ours."""
    present = {name: found[1] for name, found in _present(tx).items()}
    declared = {
        guard.name: guard.for_sqlite() if _is_sqlite(tx) else guard.digest
        for guard in declared_guards()
    }
    wrong = {name for name, text in declared.items() if present.get(name) != text}
    wrong |= set(present) - set(declared)
    if not _is_sqlite(tx):
        wrong |= _altered_function(tx)
    return tuple(sorted(wrong))


def _for_postgresql(guard: Guard) -> Iterable[str]:
    """Return the statements that make a guard; a look at another table needs its own function."""
    if guard.when is not None and "SELECT" in guard.when:
        yield (
            f"CREATE OR REPLACE FUNCTION {guard.name}_check() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$BEGIN IF {guard.when} THEN RAISE EXCEPTION '{guard.name}' "
            "USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END$$"
        )
        yield (
            f"CREATE TRIGGER {guard.name} BEFORE {guard.act} ON {guard.table} FOR EACH ROW "
            f"EXECUTE FUNCTION {guard.name}_check()"
        )
    else:
        yield guard.for_postgresql()
    yield f"COMMENT ON TRIGGER {guard.name} ON {guard.table} IS '{guard.digest}'"


def _present(tx: Transaction) -> dict[str, tuple[str, str]]:
    """Return every guard in the database: name → (table, text or digest)."""
    if _is_sqlite(tx):
        rows = tx.exec_driver_sql(
            "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
        )
    else:
        rows = tx.exec_driver_sql(
            "SELECT t.tgname, c.relname, CASE WHEN t.tgenabled = 'O' "
            "THEN coalesce(obj_description(t.oid, 'pg_trigger'), '') ELSE 'switched off' END "
            "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace "
            "AND t.tgname LIKE 'guard%%'"
        )
    return {row[0]: (row[1], row[2]) for row in rows}


def _altered_function(tx: Transaction) -> set[str]:
    held = tx.exec_driver_sql(
        f"SELECT prosrc FROM pg_proc WHERE proname = '{_FUNCTION}'"
    ).scalar_one_or_none()
    return set() if held == _FUNCTION_BODY else {_FUNCTION}


def _allowed_values(table: str, column: str, values: type[StrEnum]) -> tuple[Guard, Guard]:
    listed = ", ".join(f"'{value.value}'" for value in values)
    when = f"NEW.{column} NOT IN ({listed})"
    name = f"guard_{table}_{column}_value"
    return (
        Guard(name=f"{name}_inserted", act="INSERT", table=table, when=when),
        Guard(name=f"{name}_updated", act=f"UPDATE OF {column}", table=table, when=when),
    )


def _moves(table: str, moves: Mapping[Status, frozenset[Status]]) -> Guard:
    """Refuse every change of status that the domain's table of moves does not list."""
    allowed = " OR ".join(
        f"(OLD.status = '{origin.value}' AND NEW.status IN "
        f"({', '.join(sorted(repr(to.value) for to in targets))}))"
        for origin, targets in moves.items()
        if targets
    )
    return Guard(
        name=f"guard_{table}_moves",
        act="UPDATE OF status",
        table=table,
        when=f"NEW.status <> OLD.status AND NOT ({allowed})",
    )


def _constant(table: str, column: str) -> Guard:
    return Guard(
        name=f"guard_{table}_{column}_constant",
        act=f"UPDATE OF {column}",
        table=table,
        when=f"NEW.{column} <> OLD.{column}",
    )


def _added_to_only(table: str) -> Guard:
    return Guard(name=f"guard_{table}_never_updated", act="UPDATE", table=table)


def _never_deleted(table: str) -> Guard:
    return Guard(name=f"guard_{table}_never_deleted", act="DELETE", table=table)


def _is_sqlite(tx: Transaction) -> bool:
    return tx.dialect.name == "sqlite"
