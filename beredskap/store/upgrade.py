"""Bringing the ledger's tables to this program's version, and refusing any other.

Alembic is imported only when there is something to do: opening a ledger that is up to date costs
two small queries.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from beredskap.clock import SystemClock
from beredskap.errors import LedgerError
from beredskap.store.guards import apply_guards, compare_guards
from beredskap.store.ledger import Ledger, Transaction, read_meta, write_meta

SCHEMA_VERSION = "0004"
"""The newest step in `migrations/versions`; steps are numbered in order."""
_LOCK = 7_215_311
"""Number of the advisory lock that keeps two upgrades apart on PostgreSQL."""


def has_tables(ledger: Ledger) -> bool:
    """Say whether the database holds a ledger of any version."""
    with ledger.read() as tx:
        return _version(tx) is not None


def upgrade(ledger: Ledger) -> None:
    """Bring the tables to this version and put the guards on; safe to run twice, or twice at once.

    Raises:
        LedgerError: the ledger belongs to a newer program, or cannot be written.
    """
    with ledger.write() as tx:
        if not ledger.is_sqlite:
            tx.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        version = _version(tx)
        if version is not None and version > SCHEMA_VERSION:
            raise LedgerError(_newer(version))
        if version != SCHEMA_VERSION:
            _run_migrations(tx)
        apply_guards(tx)
        if read_meta(tx, "ledger") is None:
            write_meta(tx, "ledger", secrets.token_hex(16))
            write_meta(tx, "made_at", SystemClock().now().isoformat())


def check_schema(ledger: Ledger) -> None:
    """Make sure that the ledger is of this version and that its guards stand.

    Raises:
        LedgerError: it has no tables, is older or newer, or a guard is missing or altered.
    """
    with ledger.read() as tx:
        version = _version(tx)
        if version is None:
            raise LedgerError("The ledger has no tables yet; run 'beredskap db upgrade'.")
        if version > SCHEMA_VERSION:
            raise LedgerError(_newer(version))
        if version < SCHEMA_VERSION:
            raise LedgerError(
                f"The ledger is of version {version} and this program needs {SCHEMA_VERSION}; "
                "take a backup and run 'beredskap db upgrade'."
            )
        wrong = compare_guards(tx)
    if wrong:
        raise LedgerError(
            f"The ledger's guard '{wrong[0]}' is missing or altered ({len(wrong)} in all); "
            "find out who changed the database, then run 'beredskap db upgrade'."
        )


def _newer(version: str) -> str:
    return (
        f"The ledger is of version {version}, newer than this program's {SCHEMA_VERSION}; "
        "install the newer beredskap here."
    )


def _version(tx: Transaction) -> str | None:
    """Return the ledger's version, or None where there are no tables."""
    has_table = tx.dialect.has_table(tx, "alembic_version")
    if not has_table:
        return None
    try:
        return tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    except DBAPIError:
        return None


def _run_migrations(tx: Transaction) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = tx
    command.upgrade(config, "head")
