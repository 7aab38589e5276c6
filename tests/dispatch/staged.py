"""A cascade staged by hand, an engine on a held clock, and senders that say what they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from beredskap.channels.sender import Route
from beredskap.clock import HeldClock
from beredskap.dispatch.engine import Engine, EngineOptions
from beredskap.domain.attempt import AttemptStatus, FailureClass
from beredskap.domain.cascade import Cascade, CascadeKind, CascadeStatus, move_cascade
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import (
    Envelope,
    InboundMessage,
    LookUp,
    ProviderReport,
    RouteHealth,
    SendResult,
)
from beredskap.domain.incident import Incident, IncidentMode
from beredskap.domain.log import LogKind
from beredskap.domain.message import AnswerMeaning, Body
from beredskap.domain.plan import PlannedPoint
from beredskap.domain.reach import ReachClass, classify
from beredskap.domain.scenario import (
    AcknowledgementRule,
    Opening,
    PlaybookWave,
    RuleKind,
    Rung,
    RungAction,
    UncertainPolicy,
    WaveTerms,
)
from beredskap.domain.sms import mark_drill
from beredskap.domain.stakeholder import Audience
from beredskap.store.cases import read_cascades, read_waves, save_cascade
from beredskap.store.ledger import Ledger
from beredskap.store.log_book import read_entries
from beredskap.store.personal import KnownPerson, read_people
from beredskap.store.reading import Evidence, read_evidence
from beredskap.store.staging import (
    StagedDelivery,
    StagedPerson,
    open_incident,
    set_hold,
    stage_bodies,
    stage_cascade,
    stage_deliveries,
    stage_people,
    stage_wave,
)

START = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)
ANSWERS = (
    AnswerMeaning(key="1", meaning="coming"),
    AnswerMeaning(key="2", meaning="cannot", is_yes=False),
    AnswerMeaning(key="3", meaning="help", is_help=True),
)
ACCEPTED = SendResult(status=AttemptStatus.ACCEPTED)
DEAD = SendResult(
    status=AttemptStatus.FAILED_PERMANENT, failure=FailureClass.ADDRESS, unsent=True, code="dead"
)
PASSING = SendResult(
    status=AttemptStatus.FAILED_RETRYABLE, failure=FailureClass.RETRY, unsent=True, code="later"
)
UNKNOWN = SendResult(status=AttemptStatus.UNCERTAIN, code="timeout")
REFUSED = SendResult(
    status=AttemptStatus.FAILED_PERMANENT,
    failure=FailureClass.ROUTE,
    unsent=True,
    code="535",
    detail="The mail server refuses our login.",
)


class ToldSender:
    """Answers each person with the results a test wrote down, then with `accepted`."""

    def __init__(self, channel: Channel, clock: HeldClock, *, can_report: bool = False) -> None:
        """Start with nothing told and nothing sent."""
        self.route = Route(
            name=f"told-{channel.value}",
            channel=channel,
            max_in_flight=4,
            chunk=3,
            can_report=can_report,
        )
        self.told: dict[str, list[SendResult]] = {}
        self.sent: list[Envelope] = []
        self.reports: list[ProviderReport] = []
        self.replies: list[InboundMessage] = []
        self.found: dict[str, LookUp] = {}
        self.before_send: Callable[[Envelope], None] = lambda envelope: None
        self.is_ready = True
        self.hangs_after: int | None = None
        self.hangs = asyncio.Event()
        self._clock = clock

    async def open(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to close."""

    async def send(self, envelope: Envelope) -> SendResult:
        """Note the envelope and say what was told for its person."""
        self.before_send(envelope)
        if self.hangs_after is not None and len(self.sent) >= self.hangs_after:
            self.hangs.set()
            await asyncio.Event().wait()
        self.sent.append(envelope)
        told = self.told.get(envelope.person)
        result = told.pop(0) if told else ACCEPTED
        if result is ACCEPTED:
            return SendResult(
                status=AttemptStatus.ACCEPTED,
                provider_id=f"{envelope.client_ref}/{len(self.sent)}",
            )
        return result

    async def statuses(self, since: datetime) -> list[ProviderReport]:
        """Return the reports a test put there."""
        return list(self.reports)

    async def inbound(self, since: datetime) -> list[InboundMessage]:
        """Return the replies a test put there."""
        return [reply for reply in self.replies if reply.at >= since]

    async def look_up(self, envelope: Envelope, started_at: datetime) -> LookUp:
        """Return what a test told, or a complete list without the message."""
        return self.found.get(envelope.person, LookUp(is_complete=True))

    async def check(self) -> RouteHealth:
        """Say what a test told."""
        return RouteHealth(route=self.route.name, is_ready=self.is_ready, text="told")

    def reply(self, address: str, text: str) -> None:
        """Let somebody write back now."""
        self.replies.append(
            InboundMessage(
                provider="told",
                provider_id=f"in{len(self.replies)}",
                channel=self.route.channel,
                sender=address,
                text=text,
                at=self._clock.now(),
            )
        )

    def people_sent(self) -> list[str]:
        """Return whom something was sent to, in order."""
        return [envelope.person for envelope in self.sent]


@dataclass(kw_only=True)
class PersonSpec:
    """A person of a staged cascade."""

    name: str
    sms: str | None = None
    email: str | None = None
    deputy: str | None = None
    is_standby: bool = False
    roles: tuple[str, ...] = ()

    @property
    def points(self) -> tuple[PlannedPoint, ...]:
        """Return the person's contact points, SMS first."""
        return tuple(
            PlannedPoint(channel=channel, address=address, language="sv")
            for channel, address in ((Channel.SMS, self.sms), (Channel.EMAIL, self.email))
            if address is not None
        )


@dataclass(kw_only=True)
class WaveSpec:
    """A wave of a staged cascade."""

    id: str
    people: tuple[str, ...]
    rule: AcknowledgementRule = field(
        default_factory=lambda: AcknowledgementRule(kind=RuleKind.EVERYONE)
    )
    ladder: tuple[Rung, ...] = ()
    opening: Opening = field(default_factory=Opening)
    uncertain: UncertainPolicy = UncertainPolicy.ASK
    allowed_seconds: int = 3600


NO_ANSWER = AcknowledgementRule()
RETRY = Rung(action=RungAction.RETRY, after_seconds=300)
NEXT = Rung(action=RungAction.NEXT_CHANNEL, after_seconds=300)
DEPUTY = Rung(action=RungAction.DEPUTY, after_seconds=300)


@dataclass(kw_only=True)
class Stage:
    """A staged cascade, its engine, and everything a test looks at."""

    ledger: Ledger
    clock: HeldClock
    incident: Incident
    cascade: Cascade
    sms: ToldSender
    email: ToldSender
    engine: Engine
    database_file: Path
    engines_started: int = 1

    async def settle(self) -> None:
        """Let the engine do everything that is due now."""
        await self.engine.settle()

    async def advance(self, *, minutes: float = 0, seconds: float = 0) -> None:
        """Move the clock and let the engine do what has become due."""
        self.clock.advance(minutes=minutes, seconds=seconds)
        await self.engine.settle()

    async def restart(self) -> None:
        """Start another engine on the same ledger, as after a crash of the first."""
        self.engines_started += 1
        self.engine = new_engine(
            self.ledger, self.clock, self.sms, self.email, self.database_file, self.engines_started
        )
        await self.engine.start()

    def reach(self) -> dict[str, ReachClass]:
        """Return the class of every person."""
        return {
            e.recipient: classify(e.statuses, is_open=e.is_open) for e in self.evidence().values()
        }

    def evidence(self) -> dict[str, Evidence]:
        """Return everything known of every person."""
        with self.ledger.read() as tx:
            found = read_evidence(tx, self.incident.id, [self.cascade.id])
            return {e.recipient: e for e in found}

    def wave_statuses(self) -> dict[str, str]:
        """Return the status of every wave."""
        with self.ledger.read() as tx:
            return {w.wave.key: w.wave.status.value for w in read_waves(tx, self.cascade.id)}

    def cascade_status(self) -> CascadeStatus:
        """Return the status of the cascade."""
        with self.ledger.read() as tx:
            return read_cascades(tx, self.incident.id)[0].status

    def log(self, *kinds: LogKind) -> list[tuple[LogKind, str | None, Mapping[str, object]]]:
        """Return (kind, subject, codes) of the log, of these kinds or all."""
        with self.ledger.read() as tx:
            found = read_entries(tx, self.incident.id, most=10_000, kinds=kinds)
        return [(e.entry.kind, e.entry.subject, e.entry.codes) for e in found]


def new_engine(
    ledger: Ledger,
    clock: HeldClock,
    sms: ToldSender,
    email: ToldSender,
    database_file: Path,
    number: int,
    served: Sequence[Channel] = (Channel.SMS, Channel.EMAIL),
) -> Engine:
    """Return an engine for drills with these senders."""
    senders = {s.route.channel: s for s in (sms, email) if s.route.channel in served}
    return Engine(
        ledger=ledger,
        clock=clock,
        senders={IncidentMode.DRILL: senders},
        options=EngineOptions(
            id=f"engine-{number}",
            host="test",
            pid=number,
            build="test",
            schema_version="test",
            database_file=database_file,
            reconcile_spacing=timedelta(0),
        ),
    )


def stage(
    ledger: Ledger,
    database_file: Path,
    people: Sequence[PersonSpec],
    waves: Sequence[WaveSpec],
    *,
    hold_seconds: float = 0,
    served: Sequence[Channel] = (Channel.SMS, Channel.EMAIL),
) -> Stage:
    """Stage a drill of these people and waves, held for some seconds."""
    clock = HeldClock(START)
    known = {
        p.name: KnownPerson(ref=p.name, id=p.name, name=p.name, points=p.points, roles=p.roles)
        for p in people
    }
    spec = {p.name: p for p in people}
    with ledger.write() as tx:
        incident = open_incident(
            tx,
            mode=IncidentMode.DRILL,
            scenario_id="test",
            title="Test",
            locale="sv",
            content_digests={},
            now=START,
        )
        cascade = stage_cascade(
            tx,
            incident,
            kind=CascadeKind.ALERT,
            persons=len([p for p in people if not p.is_standby]),
            plan_digest="",
            now=START,
        )
        stage_people(
            tx,
            incident.id,
            [StagedPerson(known=known[p.name], is_standby=p.is_standby) for p in people],
        )
        for ordinal, wave in enumerate(waves):
            _stage_wave(tx, cascade, wave, ordinal, known, spec)
        set_hold(tx, cascade.id, START + timedelta(seconds=hold_seconds))
        held = move_cascade(cascade, CascadeStatus.HELD, START, actor="o_test")
        save_cascade(tx, held, START, was=CascadeStatus.PREPARING)
    sms, email = ToldSender(Channel.SMS, clock, can_report=True), ToldSender(Channel.EMAIL, clock)
    return Stage(
        ledger=ledger,
        clock=clock,
        incident=incident,
        cascade=cascade,
        sms=sms,
        email=email,
        engine=new_engine(ledger, clock, sms, email, database_file, 1, served),
        database_file=database_file,
    )


def _stage_wave(
    tx: object,
    cascade: Cascade,
    wave: WaveSpec,
    ordinal: int,
    known: dict[str, KnownPerson],
    spec: dict[str, PersonSpec],
) -> None:
    terms = WaveTerms(
        rule=wave.rule,
        ladder=wave.ladder,
        uncertain=wave.uncertain,
        allowed_seconds=wave.allowed_seconds,
    )
    playbook = PlaybookWave(
        id=wave.id, title=wave.id, audience=Audience(), template="t", opening=wave.opening
    )
    wave_id = stage_wave(
        tx,  # type: ignore[arg-type]
        cascade,
        playbook,
        ordinal=ordinal,
        terms=terms,
        answers=ANSWERS if wave.rule.asks else (),
        now=START,
    )
    stage_bodies(
        tx,  # type: ignore[arg-type]
        wave_id,
        {
            (channel, "sv"): Body(
                channel=channel, language="sv", text=mark_drill(f"{wave.id}: svara 1")
            )
            for channel in (Channel.SMS, Channel.EMAIL)
        },
    )
    stage_deliveries(
        tx,  # type: ignore[arg-type]
        cascade,
        [
            StagedDelivery(
                wave_id=wave_id,
                recipient=name,
                points=known[name].points,
                deputy=spec[name].deputy,
            )
            for name in wave.people
        ],
    )


def stage_correction(s: Stage, people: Sequence[str]) -> Cascade:
    """Stage and release a false alarm to the first contact point of these people."""
    with s.ledger.write() as tx:
        cascade = stage_cascade(
            tx,
            s.incident,
            kind=CascadeKind.FALSE_ALARM,
            persons=len(people),
            plan_digest="",
            now=START,
        )
        known = read_people(tx, people)
        spec = {name: PersonSpec(name=name) for name in people}
        _stage_wave(
            tx, cascade, WaveSpec(id="sms", people=tuple(people), rule=NO_ANSWER), 0, known, spec
        )
        set_hold(tx, cascade.id, s.clock.now())
        held = move_cascade(cascade, CascadeStatus.HELD, s.clock.now(), actor="o_test")
        save_cascade(tx, held, START, was=CascadeStatus.PREPARING)
    return cascade
