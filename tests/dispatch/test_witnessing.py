"""An outside mailbox is told the chain heads of live logs, and of no others."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from beredskap.clock import HeldClock
from beredskap.dispatch.engine import Engine, EngineOptions
from beredskap.domain.channel import Channel
from beredskap.domain.incident import Incident, IncidentMode, IncidentStatus
from beredskap.domain.log import LogEntry, LogKind
from beredskap.domain.transition import Transition
from beredskap.review.export import export_lines
from beredskap.review.verification import Verdict, verify
from beredskap.store.cases import save_incident
from beredskap.store.ledger import Ledger
from beredskap.store.log_book import append
from beredskap.store.staging import open_incident
from tests.dispatch.staged import PASSING, START, ToldSender

MAILBOX = "loggbevis@arkivet.example"


class Watched:
    """A ledger with one incident, an engine on a held clock, and the mails of the witness."""

    def __init__(self, ledger: Ledger, file: Path, mode: IncidentMode) -> None:
        self.ledger, self.clock = ledger, HeldClock(START)
        self.mail = ToldSender(Channel.EMAIL, self.clock)
        self.engine = Engine(
            ledger=ledger,
            clock=self.clock,
            senders={IncidentMode.LIVE: {Channel.EMAIL: self.mail}},
            options=EngineOptions(
                id="watching",
                host="here",
                pid=1,
                build="test",
                schema_version="",
                database_file=file,
                witness_to=MAILBOX,
            ),
        )
        with ledger.write() as tx:
            self.incident: Incident = open_incident(
                tx,
                mode=mode,
                scenario_id="prov",
                title="Prov",
                locale="sv",
                content_digests={},
                now=START,
            )
        self.say(LogKind.NOTE)

    def say(self, kind: LogKind) -> None:
        entry = LogEntry(
            incident_id=self.incident.id, kind=kind, happened_at=self.clock.now(), actor="o_1"
        )
        with self.ledger.write() as tx:
            append(tx, [entry], START)

    def close(self) -> None:
        closed = replace(self.incident, status=IncidentStatus.CLOSED, closed_at=self.clock.now())
        entry = LogEntry(
            incident_id=self.incident.id,
            kind=LogKind.INCIDENT_CLOSED,
            happened_at=self.clock.now(),
            actor="o_1",
        )
        with self.ledger.write() as tx:
            save_incident(tx, Transition(value=closed, entries=(entry,)), START)

    async def later(self, **passed: float) -> None:
        self.clock.advance(**passed)
        await self.engine.settle()

    def heads(self) -> list[str]:
        found = [re.search(r"Kedjehuvud: ([0-9a-f]{64})\n", m.body.text) for m in self.mail.sent]
        return [match[1] for match in found if match]


@pytest.fixture
def live(ledger: Ledger, database_file: Path) -> Watched:
    """Return a live incident that is watched."""
    return Watched(ledger, database_file, IncidentMode.LIVE)


async def test_a_live_log_is_witnessed_when_it_begins_each_day_it_grows_and_when_it_ends(
    live: Watched,
) -> None:
    await live.engine.start()
    await live.later(seconds=1)
    assert [mail.address for mail in live.mail.sent] == [MAILBOX]
    live.say(LogKind.NOTE)
    await live.later(minutes=60)
    assert len(live.mail.sent) == 1
    await live.later(minutes=24 * 60)
    assert len(live.mail.sent) == 2
    await live.later(minutes=24 * 60)
    assert len(live.mail.sent) == 2
    live.close()
    await live.later(minutes=5)
    await live.later(minutes=48 * 60)
    assert len(live.heads()) == 3
    lines = list(export_lines(live.ledger, live.incident.id))
    assert verify(lines, live.heads()[-1]).verdict is Verdict.WHOLE
    for head in live.heads()[:-1]:
        assert verify(lines, head).verdict is Verdict.CONSISTENT
    changed = [line.replace("o_1", "o_2") for line in lines]
    assert verify(changed, live.heads()[0]).verdict is Verdict.BROKEN


async def test_what_the_server_did_not_take_is_told_a_minute_later(live: Watched) -> None:
    live.mail.told[""] = [PASSING]
    await live.engine.start()
    await live.later(seconds=1)
    await live.later(seconds=30)
    assert len(live.mail.sent) == 1
    await live.later(seconds=60)
    assert len(live.mail.sent) == 2
    await live.later(seconds=90)
    assert len(live.mail.sent) == 2


async def test_nothing_of_a_drill_leaves_by_the_live_route(
    ledger: Ledger, database_file: Path
) -> None:
    drill = Watched(ledger, database_file, IncidentMode.DRILL)
    await drill.engine.start()
    await drill.later(seconds=1)
    drill.close()
    await drill.later(minutes=25 * 60)
    assert not drill.mail.sent
