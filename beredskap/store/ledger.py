"""The ledger itself: connections, transactions, and the facts it keeps about itself.

A `Ledger` hands out transactions; the functions of this room take one. Writes on SQLite begin
IMMEDIATE, so that two writers queue instead of failing half-way.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, insert, select
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.pool import StaticPool

from beredskap.errors import LedgerError
from beredskap.store.tables import LedgerMetaRow

Transaction = Connection
"""An open transaction on the ledger; other rooms only pass it on."""

_BUSY_MILLISECONDS = 10_000
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-20000",
)


class Ledger:
    """What is remembered, on SQLite or PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take a configured SQLAlchemy engine; use `open_ledger` to get one."""
        self._engine = engine

    @property
    def is_sqlite(self) -> bool:
        """Say whether the ledger is a SQLite file (or in memory)."""
        return self._engine.dialect.name == "sqlite"

    @property
    def address(self) -> str:
        """Return where the ledger is: its file, or the server's address without a password."""
        if self.is_sqlite and self._engine.url.database:
            return self._engine.url.database
        return self._engine.url.render_as_string(hide_password=True)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Open a transaction that may write; it commits at the end or rolls back on an error.

        Raises:
            LedgerError: the database refuses, is full, read-only or away.
        """
        with _told_plainly(self), self._engine.connect() as connection:
            connection = connection.execution_options(ledger_writes=True)
            with connection.begin():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Open a transaction that only reads, on one consistent state.

        Raises:
            LedgerError: the database is away or damaged.
        """
        with _told_plainly(self), self._engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def open_ledger(url: str) -> Ledger:
    """Return a ledger on a database URL; the file's folder must exist.

    Raises:
        LedgerError: the URL cannot be read.
    """
    try:
        parsed = make_url(url)
    except Exception as error:
        raise LedgerError(
            "The database address in BEREDSKAP_DATABASE_URL cannot be read; "
            "write postgresql+psycopg://user@host/name or sqlite:///file."
        ) from error
    options: dict[str, Any] = {"hide_parameters": True}
    if parsed.get_backend_name() == "sqlite":
        options["connect_args"] = {"check_same_thread": False, "timeout": _BUSY_MILLISECONDS / 1000}
        if parsed.database in (None, "", ":memory:"):
            options["poolclass"] = StaticPool
    else:
        options["pool_pre_ping"] = True
        options["connect_args"] = {"connect_timeout": 3}
    engine = create_engine(parsed, **options)
    if parsed.get_backend_name() == "sqlite":
        _prepare_sqlite(engine)
    return Ledger(engine)


def sqlite_url(path: Path) -> str:
    """Return the database URL of a SQLite file."""
    return f"sqlite:///{path}"


def read_meta(tx: Transaction, key: str) -> str | None:
    """Return one fact about the ledger, or None."""
    return tx.execute(
        select(LedgerMetaRow.value).where(LedgerMetaRow.key == key)  # type: ignore[call-overload]
    ).scalar_one_or_none()


def write_meta(tx: Transaction, key: str, value: str) -> None:
    """Set one fact about the ledger."""
    table = LedgerMetaRow.__table__  # type: ignore[attr-defined]
    changed = tx.execute(table.update().where(table.c.key == key).values(value=value))
    if not changed.rowcount:
        tx.execute(insert(table).values(key=key, value=value))


def ledger_key(ledger: Ledger, name: str) -> bytes:
    """Return a secret key that lives in the ledger, made on first use."""
    with ledger.read() as tx:
        held = read_meta(tx, f"key.{name}")
    if held is None:
        with ledger.write() as tx:
            held = read_meta(tx, f"key.{name}") or secrets.token_hex(32)
            write_meta(tx, f"key.{name}", held)
    return bytes.fromhex(held)


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("ledger_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _told_plainly(ledger: Ledger) -> Iterator[None]:
    """Turn what the database raises into one sentence that holds no value of a row."""
    try:
        yield
    except IntegrityError as error:
        raise IntegrityError(None, None, _Refusal(_refused_by(error))) from None
    except (OperationalError, DBAPIError) as error:
        raise LedgerError(_sentence(ledger, str(error.orig).lower())) from None


class _Refusal(Exception):  # noqa: N818 - stands where a driver's own exception stood
    """Says which constraint or guard refused a row, and nothing of the row."""


def _refused_by(error: IntegrityError) -> str:
    """Return the name of what refused a row; PostgreSQL's own text repeats the row's values."""
    told = getattr(error.orig, "diag", None)
    if told is None:
        return str(error.orig)
    return str(told.constraint_name or told.message_primary or "a constraint")


def _sentence(ledger: Ledger, cause: str) -> str:
    where = ledger.address
    if "disk is full" in cause or "no space" in cause or "disk i/o" in cause:
        return f"The disk of the ledger {where} is full or failing; free space and run again."
    if "readonly" in cause or "read-only" in cause or "permission" in cause:
        return f"The ledger {where} cannot be written; give this user the right to write there."
    if "unable to open" in cause:
        return f"The ledger {where} cannot be opened; check that its folder exists and is ours."
    if "locked" in cause or "busy" in cause:
        return f"The ledger {where} is held by another process for too long; try again."
    if "malformed" in cause or "not a database" in cause:
        return f"The ledger {where} is damaged; restore a backup with 'beredskap restore'."
    if "no such table" in cause or "does not exist" in cause:
        return f"The ledger {where} has no tables yet; run 'beredskap db upgrade'."
    return f"The ledger {where} did not answer as it should; run 'beredskap doctor'."
