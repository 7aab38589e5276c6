"""How much of the ledger's time is the database's own; run by hand.

    .venv/bin/python -m tests.benchmarks.ledger_floor [10000]

Runs a cascade as `ledger_throughput` does and keeps every statement the engine gave to SQLite, with
its values. Then it plays the same statements back on a copy of the ledger through the bare driver:
no rules, no asyncio, no SQLAlchemy, everything prepared. What that takes is the least any program
could take with the same rows, indexes, guards and commits; the ratio says what ours adds.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from beredskap.store.ledger import open_ledger, sqlite_url
from beredskap.store.upgrade import upgrade
from tests.benchmarks.ledger_throughput import InstantSender, run_engine, stage_people_at

Statement = tuple[str, Any, bool]
"""Words, values, and whether the values are many rows."""


def keep_statements(engine: Engine, kept: list[list[Statement]]) -> None:
    """Keep every transaction that writes from now on, in the order they commit."""
    open_ones: dict[int, list[Statement]] = {}

    @event.listens_for(engine, "before_cursor_execute")
    def _statement(
        connection: Connection, _c: object, words: str, values: Any, _x: object, many: bool
    ) -> None:
        if words.startswith("BEGIN"):
            open_ones[id(connection.connection.dbapi_connection)] = []
        open_ones[id(connection.connection.dbapi_connection)].append((words, values, many))

    @event.listens_for(engine, "commit")
    def _commit(connection: Connection) -> None:
        ended = open_ones.pop(id(connection.connection.dbapi_connection))
        if ended[0][0] == "BEGIN IMMEDIATE":
            kept.append([*ended, ("COMMIT", (), False)])


def replay(file: Path, kept: list[list[Statement]]) -> float:
    """Give the statements that write to a copy through the bare driver; return the seconds."""
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    began = time.perf_counter()
    for transaction in kept:
        for words, values, many in transaction:
            if many:
                connection.executemany(words, values)
            else:
                connection.execute(words, values).fetchall()
    seconds = time.perf_counter() - began
    connection.close()
    return seconds


def measure(people: int) -> tuple[float, float]:
    """Return deliveries per second of ledger and runner, and of the bare driver."""
    with tempfile.TemporaryDirectory() as folder:
        file, copy = Path(folder) / "ledger.sqlite3", Path(folder) / "copy.sqlite3"
        ledger = open_ledger(sqlite_url(file))
        upgrade(ledger)
        incident, cascade, _ = stage_people_at(ledger, people)
        ledger.close()
        shutil.copy(file, copy)
        kept: list[list[Statement]] = []
        ledger = open_ledger(sqlite_url(file))
        keep_statements(ledger._engine, kept)
        sender = InstantSender()
        asyncio.run(run_engine(ledger, file, incident, cascade, sender))
        ledger.close()
        ours = people / (sender.last_at - sender.first_at)
        return ours, people / replay(copy, kept)


def main() -> None:
    """Measure each size given."""
    print("people    ours/s  bare driver/s  ratio")
    for size in [int(size) for size in sys.argv[1:]] or [10_000]:
        ours, bare = measure(size)
        print(f"{size:>7} {ours:>8.0f} {bare:>14.0f} {ours / bare:>6.2f}")


if __name__ == "__main__":
    main()
