"""A ledger on a real SQLite file for every test of what reads it back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from beredskap.store.ledger import Ledger, open_ledger, sqlite_url
from beredskap.store.upgrade import upgrade


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Return an empty ledger with its tables and guards."""
    opened = open_ledger(sqlite_url(tmp_path / "ledger.sqlite3"))
    upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture
def memory() -> Iterator[Ledger]:
    """Return an empty ledger in memory, for tests that need very many."""
    opened = open_ledger("sqlite://")
    upgrade(opened)
    yield opened
    opened.close()
