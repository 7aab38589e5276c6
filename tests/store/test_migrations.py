"""The migrations make exactly the tables that the program declares, on both databases."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from beredskap.store.ledger import Ledger
from beredskap.store.migrations.names import NAMES, is_ours
from beredskap.store.upgrade import SCHEMA_VERSION


def test_nothing_is_left_to_migrate(ledger: Ledger) -> None:
    with ledger.read() as tx:
        context = MigrationContext.configure(
            tx, opts={"include_object": is_ours, "compare_type": True}
        )
        assert compare_metadata(context, NAMES) == []


def test_the_newest_step_is_the_schemas_version() -> None:
    versions = Path(sys.modules["beredskap.store.upgrade"].__file__ or "").parent / "migrations"
    steps = sorted(path.stem[-4:] for path in (versions / "versions").glob("*_[0-9]*.py"))
    assert steps[-1] == SCHEMA_VERSION


def test_a_ledger_that_is_up_to_date_opens_without_the_migrations(tmp_path: Path) -> None:
    code = (
        "import sys; from beredskap.store.ledger import open_ledger; "
        "from beredskap.store.upgrade import check_schema, upgrade; "
        f"ledger = open_ledger('sqlite:///{tmp_path}/l.sqlite3'); "
        "{} check_schema(ledger); print('alembic' in sys.modules)"
    )
    for upgrading, said in (("upgrade(ledger);", "True\n"), ("", "False\n")):
        ended = subprocess.run(
            [sys.executable, "-c", code.format(upgrading)],
            capture_output=True,
            text=True,
            check=True,
        )
        assert ended.stdout == said


def test_two_programs_may_upgrade_at_once(tmp_path: Path) -> None:
    code = (
        "from beredskap.store.ledger import open_ledger; "
        "from beredskap.store.upgrade import check_schema, upgrade; "
        f"ledger = open_ledger('sqlite:///{tmp_path}/l.sqlite3'); "
        "upgrade(ledger); check_schema(ledger)"
    )
    programs = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [program.wait(timeout=60) for program in programs] == [0, 0, 0]
