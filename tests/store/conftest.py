"""A ledger on a real SQLite file, and on a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from beredskap.store.ledger import Ledger, open_ledger, sqlite_url
from beredskap.store.upgrade import upgrade
from tests.fakes.postgres import fresh_database, running_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Return a server's URL."""
    with running_postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """Return a ledger on each database."""
    if request.param == "sqlite":
        opened = open_ledger(sqlite_url(tmp_path / "ledger.sqlite3"))
        upgrade(opened)
        yield opened
        opened.close()
        return
    with fresh_database(request.getfixturevalue("postgres")) as url:
        opened = open_ledger(url)
        upgrade(opened)
        yield opened
        opened.close()
