"""What the database itself refuses, tried with plain SQL on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from itertools import product

import pytest
from sqlalchemy.exc import IntegrityError

from beredskap.domain.cascade import CASCADE_MOVES
from beredskap.domain.delivery import DELIVERY_MOVES
from beredskap.domain.incident import INCIDENT_MOVES
from beredskap.domain.wave import WAVE_MOVES
from beredskap.errors import LedgerError
from beredskap.store.guards import apply_guards, compare_guards, declared_guards
from beredskap.store.ledger import Ledger, Transaction
from beredskap.store.upgrade import SCHEMA_VERSION, check_schema, upgrade

MOVES: Mapping[str, Mapping[StrEnum, frozenset[StrEnum]]] = {
    "incident": INCIDENT_MOVES,  # type: ignore[dict-item]
    "cascade": CASCADE_MOVES,  # type: ignore[dict-item]
    "wave": WAVE_MOVES,  # type: ignore[dict-item]
    "delivery": DELIVERY_MOVES,  # type: ignore[dict-item]
}
CASES = [
    (table, origin.value, to.value, to in targets or to is origin)
    for table, moves in MOVES.items()
    for (origin, targets), to in product(moves.items(), moves)
]
INCIDENT = (
    "INSERT INTO incident (id, letter, mode, scenario_id, title, status, opened_at, locale, "
    "content_digests) VALUES ('i', 'A', '{mode}', 's', 't', '{status}', 0, 'sv', '{{}}')"
)
CASCADE = (
    "INSERT INTO cascade (id, incident_id, kind, mode, status, persons, plan_digest, created_at) "
    "VALUES (1, 'i', 'alert', '{mode}', '{status}', 1, '', 0)"
)
WAVE = (
    "INSERT INTO wave (id, cascade_id, incident_id, key, title, ordinal, status, moved_at, "
    "opening, terms, answers) VALUES (1, 1, 'i', 'k', 't', 0, '{status}', 0, '{{}}', '{{}}', '[]')"
)
DELIVERY = (
    "INSERT INTO delivery (id, incident_id, cascade_id, wave_id, recipient, status, channel, "
    "channels, languages, point, rung, tries, attempts) "
    "VALUES (1, 'i', 1, 1, 'p', '{status}', 'sms', 'sms', 'sv', 0, 0, 0, 1)"
)
ATTEMPT = (
    "INSERT INTO attempt (id, delivery_id, incident_id, cascade_id, wave_id, recipient, number, "
    "channel, point, route, status, client_ref, body_digest, address_key, engine_id, claim_token, "
    "claimed_at, claimed_real_at, possible_duplicate, look_ups) VALUES (1, 1, 'i', 1, 1, 'p', 1, "
    "'sms', 0, 'r', '{status}', 'c', 'd', 'a', 'e', 't', 0, 0, false, 0)"
)
EVENT = (
    "INSERT INTO attempt_event (attempt_id, status, at, recorded_at, provider_status, code, "
    "unsent) VALUES (1, '{status}', 0, 0, '', '', false)"
)
ENTRY = (
    "INSERT INTO log_entry (id, incident_id, kind, happened_at, recorded_at, actor, codes, "
    "commitments) VALUES (1, 'i', 'note', 0, 0, 'o', '{{}}', '{{}}')"
)
SEAL = "INSERT INTO log_seal (incident_id, seq, entry_id, prev, hash) VALUES ('i', 1, 1, '', '')"
BODY = "INSERT INTO body (digest, frozen) VALUES ('d', 'x')"
RECIPIENT = (
    "INSERT INTO recipient (incident_id, ref, roles, is_protected, is_standby) "
    "VALUES ('i', 'p', '', false, false)"
)
ACKNOWLEDGEMENT = (
    "INSERT INTO acknowledgement (incident_id, delivery_id, recipient, at, how, by, key, meaning, "
    "is_yes, is_help, is_late, is_shared_address) "
    "VALUES ('i', 1, 'p', 0, 'reply', 'o', '1', 'm', true, false, false, false)"
)
STATUSES = {"incident": "open", "cascade": "running", "wave": "open", "delivery": "waiting"}


def lay(tx: Transaction, **statuses: str) -> None:
    """Insert one row into every guarded table."""
    status = {**STATUSES, **statuses}
    tx.exec_driver_sql(INCIDENT.format(mode="drill", status=status["incident"]))
    tx.exec_driver_sql(CASCADE.format(mode="drill", status=status["cascade"]))
    tx.exec_driver_sql(WAVE.format(status=status["wave"]))
    tx.exec_driver_sql(DELIVERY.format(status=status["delivery"]))
    tx.exec_driver_sql(ATTEMPT.format(status="failed_permanent"))
    tx.exec_driver_sql(EVENT.format(status="failed_permanent"))
    tx.exec_driver_sql(ENTRY.format())
    for statement in (SEAL, RECIPIENT, ACKNOWLEDGEMENT):
        tx.exec_driver_sql(statement)
    tx.exec_driver_sql(BODY if tx.dialect.name == "sqlite" else BODY.replace("'x'", "'x'::bytea"))


def refused(ledger: Ledger, statement: str) -> None:
    """Fail unless the database refuses a statement."""
    with pytest.raises(IntegrityError, match="guard_"), ledger.write() as tx:
        tx.exec_driver_sql(statement)


@pytest.mark.parametrize(("table", "origin", "to", "is_allowed"), CASES)
def test_a_status_moves_only_as_the_domain_allows(
    ledger: Ledger, table: str, origin: str, to: str, is_allowed: bool
) -> None:
    with ledger.write() as tx:
        lay(tx, **{table: origin})
    statement = f"UPDATE {table} SET status = '{to}'"
    if not is_allowed:
        refused(ledger, statement)
        return
    with ledger.write() as tx:
        tx.exec_driver_sql(statement)


@pytest.mark.parametrize("table", [*MOVES, "attempt"])
def test_no_table_takes_a_status_nobody_knows(ledger: Ledger, table: str) -> None:
    with ledger.write() as tx:
        lay(tx)
    refused(ledger, f"UPDATE {table} SET status = 'reached'")


@pytest.mark.parametrize(
    "statement",
    [
        INCIDENT.format(mode="skarp", status="open"),
        INCIDENT.format(mode="live", status="halfway"),
        EVENT.format(status="reached"),
    ],
)
def test_no_row_begins_with_a_value_nobody_knows(ledger: Ledger, statement: str) -> None:
    with ledger.write() as tx:
        if "attempt_event" in statement:
            lay(tx)
    refused(ledger, statement)


@pytest.mark.parametrize("table", ["incident", "cascade"])
@pytest.mark.parametrize("mode", ["live", "test", "rehearsal"])
def test_a_mode_is_never_changed(ledger: Ledger, table: str, mode: str) -> None:
    with ledger.write() as tx:
        lay(tx)
    refused(ledger, f"UPDATE {table} SET mode = '{mode}'")


def test_a_cascade_has_its_incidents_mode(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.exec_driver_sql(INCIDENT.format(mode="drill", status="open"))
    refused(ledger, CASCADE.format(mode="live", status="preparing"))


@pytest.mark.parametrize(
    ("table", "column"),
    [("attempt_event", "code"), ("log_entry", "actor"), ("log_seal", "hash"), ("body", "digest")],
)
def test_what_is_only_added_to_is_never_changed(ledger: Ledger, table: str, column: str) -> None:
    with ledger.write() as tx:
        lay(tx)
    refused(ledger, f"UPDATE {table} SET {column} = 'changed'")


@pytest.mark.parametrize(
    "table",
    [
        "attempt_event", "log_seal", "log_entry", "body", "acknowledgement", "attempt", "delivery",
        "wave", "cascade", "recipient", "incident",
    ],
)  # fmt: skip
def test_nothing_is_deleted(ledger: Ledger, table: str) -> None:
    with ledger.write() as tx:
        lay(tx)
    refused(ledger, f"DELETE FROM {table}")


def test_an_event_can_always_be_inserted(ledger: Ledger) -> None:
    with ledger.write() as tx:
        lay(tx, delivery="unreached", wave="expired", cascade="completed", incident="closed")
        tx.exec_driver_sql(EVENT.format(status="delivered"))


def test_a_missing_guard_is_seen_and_put_back(ledger: Ledger) -> None:
    on_table = "" if ledger.is_sqlite else " ON delivery"
    with ledger.write() as tx:
        tx.exec_driver_sql(f"DROP TRIGGER guard_delivery_moves{on_table}")
    with ledger.read() as tx:
        assert compare_guards(tx) == ("guard_delivery_moves",)
    with pytest.raises(LedgerError, match="guard_delivery_moves"):
        check_schema(ledger)
    with ledger.write() as tx:
        apply_guards(tx)
    check_schema(ledger)


def test_an_altered_guard_is_seen(ledger: Ledger) -> None:
    name, table = "guard_log_entry_never_deleted", "log_entry"
    with ledger.write() as tx:
        if ledger.is_sqlite:
            tx.exec_driver_sql(f"DROP TRIGGER {name}")
            tx.exec_driver_sql(
                f"CREATE TRIGGER {name} BEFORE DELETE ON {table} WHEN 0 BEGIN SELECT 1; END"
            )
        else:
            tx.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
    with ledger.read() as tx:
        assert compare_guards(tx) == (name,)


def test_a_guard_of_somebody_elses_is_seen(ledger: Ledger) -> None:
    with ledger.write() as tx:
        if ledger.is_sqlite:
            tx.exec_driver_sql("CREATE TRIGGER guard_odd BEFORE DELETE ON body BEGIN SELECT 1; END")
        else:
            tx.exec_driver_sql(
                "CREATE TRIGGER guard_odd BEFORE DELETE ON body FOR EACH ROW "
                "EXECUTE FUNCTION ledger_guard('x')"
            )
    with ledger.read() as tx:
        assert compare_guards(tx) == ("guard_odd",)


def test_every_guard_has_a_name_of_its_own() -> None:
    names = [guard.name for guard in declared_guards()]
    assert len(names) == len(set(names))


def test_upgrading_again_changes_nothing(ledger: Ledger) -> None:
    upgrade(ledger)
    check_schema(ledger)


@pytest.mark.parametrize(("version", "word"), [("9999", "newer"), ("0000", "db upgrade")])
def test_a_ledger_of_another_version_is_not_used(ledger: Ledger, version: str, word: str) -> None:
    assert "0000" < SCHEMA_VERSION < "9999"
    with ledger.write() as tx:
        tx.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
    with pytest.raises(LedgerError, match=word):
        check_schema(ledger)
