"""The language of the stories: phones and mailboxes over real servers, an officer, a held clock.

An unexpected message fails the story at its end.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from beredskap.channels.smtp import SmtpOptions, SmtpSender
from beredskap.channels.twilio import TwilioOptions, TwilioSender
from beredskap.clock import HeldClock
from beredskap.desk import Desk
from beredskap.dispatch.engine import Engine, EngineOptions
from beredskap.domain.cascade import CascadeKind
from beredskap.domain.channel import Channel
from beredskap.domain.incident import IncidentMode
from beredskap.domain.officer import Actor
from beredskap.domain.reach import ReachClass
from beredskap.library import copy_shipped, read_workspace
from beredskap.store.ledger import Ledger, open_ledger, sqlite_url
from beredskap.store.upgrade import upgrade
from tests.fakes.sms_gateway import ACCOUNT, NUMBER, TOKEN, Gateway, RunningGateway
from tests.fakes.smtp_server import MailServer
from tests.journeys.provstad import ADOPTER, OFFICER


class NoStarter:
    """Starts nothing: the story turns the engine by hand."""

    def ensure_running(self) -> None:
        """Return at once."""


@dataclass
class Phone:
    """Somebody's mobile telephone."""

    number: str
    gateway: Gateway
    seen: int = 0

    def expects_sms(self, *words: str) -> str:
        """Fail unless exactly one new SMS with these words has come; return its text."""
        new = self.gateway.to(self.number)[self.seen :]
        assert len(new) == 1, f"{self.number} got {len(new)} messages: {[m.body for m in new]}"
        self.seen += 1
        for word in words:
            assert word in new[0].body, f"'{word}' is not in: {new[0].body}"
        return new[0].body

    def is_quiet(self) -> None:
        """Fail if a message has come that no story expected."""
        new = self.gateway.to(self.number)[self.seen :]
        assert not new, f"{self.number} got unexpectedly: {[m.body for m in new]}"

    def replies(self, text: str) -> None:
        """Write back."""
        self.gateway.receive(self.number, text)


@dataclass
class Story:
    """A workspace with its desk, engine, servers and clock."""

    workspace: Path
    ledger: Ledger
    clock: HeldClock
    desk: Desk
    engine: Engine
    gateway: Gateway
    mail: MailServer
    phones: dict[str, Phone] = field(default_factory=dict)
    incident: str = ""

    @property
    def officer(self) -> Actor:
        """Return the officer on duty."""
        return self.desk.who_is(OFFICER, "")

    def phone(self, person: str) -> Phone:
        """Return a person's telephone."""
        directory = read_workspace(self.workspace).directory
        points = directory.people[person].contact_points
        number = next(p.address for p in points if p.channel is Channel.SMS)
        return self.phones.setdefault(person, Phone(number, self.gateway))

    async def alert(
        self, scenario: str, mode: IncidentMode = IncidentMode.LIVE, **facts: str
    ) -> None:
        """Launch a scenario without a hold, and let everything due happen."""
        if mode is IncidentMode.LIVE:
            self.desk.adopt(self.desk.who_is(ADOPTER, ""), scenario)
        plan = self.desk.prepare(scenario, facts, mode=mode)
        launched = self.desk.launch(self.officer, plan, confirm_count=plan.persons, hold_seconds=0)
        self.incident = launched.incident
        await self.engine.settle()

    async def correct(self, kind: CascadeKind, **facts: str) -> None:
        """Send a correction to everybody who may have been told, and let everything due happen."""
        found = self.desk.prepare_correction(self.incident, kind, facts)
        self.desk.correct(self.officer, found, confirm_count=found.persons)
        await self.engine.settle()

    async def pass_time(self, *, minutes: float = 0) -> None:
        """Let time pass and everything due happen."""
        self.clock.advance(minutes=minutes)
        await self.engine.settle()

    def reach(self) -> dict[str, ReachClass]:
        """Return the class of every person by id."""
        return {row.person: row.reach for row in self.desk.show(self.incident).people}

    def ends(self) -> None:
        """Fail if a telephone got something nobody expected, or the log is not what was planned."""
        if self.incident:
            assert self.desk.audit(self.incident, lang="en") == ()
        for phone in self.phones.values():
            phone.is_quiet()


@asynccontextmanager
async def told(
    folder: Path, scenario: str, templates: dict[str, dict[str, str]]
) -> AsyncIterator[Story]:
    """Tell a story about one scenario, written into a fresh workspace with its templates."""
    workspace = folder / "workspace"
    copy_shipped(workspace)
    (workspace / "scenarios" / "berattelse.yaml").write_text(scenario, encoding="utf-8")
    for name, files in templates.items():
        (workspace / "message_templates" / name).mkdir()
        for file, text in files.items():
            path = workspace / "message_templates" / name / file
            path.write_text(text, encoding="utf-8")
    clock = HeldClock(datetime.now(UTC).replace(microsecond=0))
    gateway = Gateway(now=clock.now)
    database = folder / "ledger.sqlite3"
    ledger = open_ledger(sqlite_url(database))
    upgrade(ledger)
    desk = Desk(ledger=ledger, workspace=workspace, clock=clock, starter=NoStarter())
    with MailServer() as mail:
        async with RunningGateway(gateway) as running:
            twilio = TwilioOptions(
                account_sid=ACCOUNT, auth_token=TOKEN, from_number=NUMBER, base_url=running.url
            )
            smtp = SmtpOptions(
                host="127.0.0.1", port=mail.port, security="none", sender="larm@norrmalm.example"
            )
            engine = Engine(
                ledger=ledger,
                clock=clock,
                senders={
                    IncidentMode.LIVE: {
                        Channel.SMS: TwilioSender(twilio),
                        Channel.EMAIL: SmtpSender(smtp),
                    }
                },
                options=EngineOptions(
                    id="story",
                    host="here",
                    pid=1,
                    build="story",
                    schema_version="",
                    database_file=database,
                    reconcile_spacing=timedelta(0),
                ),
            )
            await engine.start()
            story = Story(workspace, ledger, clock, desk, engine, gateway, mail)
            try:
                yield story
                story.ends()
            finally:
                await engine.close()
                ledger.close()
