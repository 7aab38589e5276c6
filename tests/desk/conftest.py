"""A desk over a real ledger and a small workspace, on a held clock, without any engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from beredskap.clock import HeldClock
from beredskap.desk import Desk, Launched, Preparation
from beredskap.domain.incident import IncidentMode
from beredskap.domain.log import LogKind
from beredskap.domain.officer import Actor
from beredskap.errors import EngineError
from beredskap.store.ledger import Ledger, open_ledger, sqlite_url
from beredskap.store.log_book import read_entries
from beredskap.store.upgrade import upgrade
from tests.desk.workspace import write_workspace

START = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)
FACTS = {"plats": "Odenplan"}


@dataclass
class RecordingStarter:
    """Counts how often an engine was asked for, or has none to give."""

    asked: int = 0
    fault: str | None = None

    def ensure_running(self) -> None:
        self.asked += 1
        if self.fault is not None:
            raise EngineError(self.fault)


@dataclass(kw_only=True)
class Office:
    """A desk with everything a test looks at."""

    desk: Desk
    ledger: Ledger
    clock: HeldClock
    starter: RecordingStarter
    workspace: Path
    actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, officer: str = "anna") -> Actor:
        return self.desk.who_is(officer, "nobody")

    def prepare(
        self, scenario: str = "brand", mode: IncidentMode = IncidentMode.DRILL, **options: Any
    ) -> Preparation:
        return self.desk.prepare(scenario, FACTS, mode=mode, **options)

    def launch(
        self,
        scenario: str = "brand",
        mode: IncidentMode = IncidentMode.DRILL,
        *,
        officer: str = "anna",
        hold: int | None = None,
        incident: str | None = None,
        **options: Any,
    ) -> Launched:
        prepared = self.prepare(scenario, mode, **options)
        return self.desk.launch(
            self.actor(officer),
            prepared,
            confirm_count=prepared.persons,
            hold_seconds=hold,
            incident_id=incident,
        )

    def rows(self, sql: str, **values: Any) -> list[Any]:
        """Return what a query finds in the ledger."""
        with self.ledger.read() as tx:
            return [tuple(row) for row in tx.execute(text(sql), values)]

    def do(self, sql: str) -> None:
        """Change the ledger behind the program's back."""
        with self.ledger.write() as tx:
            tx.execute(text(sql))

    def kinds(self, incident: str) -> list[LogKind]:
        """Return the kinds of the log, in order."""
        with self.ledger.read() as tx:
            return [found.entry.kind for found in read_entries(tx, incident, most=10_000)]

    def entries(self, incident: str, kind: LogKind) -> list[Any]:
        """Return the log entries of one kind."""
        with self.ledger.read() as tx:
            found = read_entries(tx, incident, most=10_000, kinds=(kind,))
        return [one.entry for one in found]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Return a desk over an empty ledger and the small workspace."""
    workspace = tmp_path / "workspace"
    write_workspace(workspace)
    ledger = open_ledger(sqlite_url(tmp_path / "ledger.sqlite3"))
    upgrade(ledger)
    clock, starter = HeldClock(START), RecordingStarter()
    desk = Desk(ledger=ledger, workspace=workspace, clock=clock, starter=starter)
    yield Office(desk=desk, ledger=ledger, clock=clock, starter=starter, workspace=workspace)
    ledger.close()
