"""A ledger on a real SQLite file, and on a real PostgreSQL server, for every test of the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from beredskap.store.ledger import Ledger, open_ledger, sqlite_url
from beredskap.store.upgrade import upgrade
from tests.dispatch.staged import PersonSpec, Stage, WaveSpec, stage
from tests.fakes.postgres import fresh_database, running_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Return a server's URL."""
    with running_postgres() as url:
        yield url


@pytest.fixture
def database_file(tmp_path: Path) -> Path:
    """Return the file that stands for this ledger's home."""
    file = tmp_path / "ledger.sqlite3"
    file.touch()
    return file


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def ledger(request: pytest.FixtureRequest, database_file: Path) -> Iterator[Ledger]:
    """Return an empty ledger with its tables and guards."""
    if request.param == "sqlite":
        yield from _opened(sqlite_url(database_file))
        return
    with fresh_database(request.getfixturevalue("postgres")) as url:
        yield from _opened(url)


def _opened(url: str) -> Iterator[Ledger]:
    opened = open_ledger(url)
    upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture
def staged(ledger: Ledger, database_file: Path) -> Callable[..., Stage]:
    """Return a function that stages a drill and its engine."""

    def _stage(people: Sequence[PersonSpec], waves: Sequence[WaveSpec], **options: object) -> Stage:
        return stage(ledger, database_file, people, waves, **options)  # type: ignore[arg-type]

    return _stage
