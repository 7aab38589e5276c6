"""A ledger on a real SQLite file for every test of the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from beredskap.store.ledger import Ledger, open_ledger, sqlite_url
from beredskap.store.upgrade import upgrade
from tests.dispatch.staged import PersonSpec, Stage, WaveSpec, stage


@pytest.fixture
def database_file(tmp_path: Path) -> Path:
    """Return where the ledger lies."""
    return tmp_path / "ledger.sqlite3"


@pytest.fixture
def ledger(database_file: Path) -> Iterator[Ledger]:
    """Return an empty ledger with its tables and guards."""
    opened = open_ledger(sqlite_url(database_file))
    upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture
def staged(ledger: Ledger, database_file: Path) -> Callable[..., Stage]:
    """Return a function that stages a drill and its engine."""

    def _stage(people: Sequence[PersonSpec], waves: Sequence[WaveSpec], **options: object) -> Stage:
        return stage(ledger, database_file, people, waves, **options)  # type: ignore[arg-type]

    return _stage
