"""An incident written into a real ledger by hand, for what reads it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, update

from beredskap.domain.attempt import AttemptStatus
from beredskap.domain.cascade import Cascade, CascadeKind, CascadeStatus, move_cascade
from beredskap.domain.channel import Channel
from beredskap.domain.delivery import DeliveryStatus, Reason
from beredskap.domain.incident import Incident, IncidentMode
from beredskap.domain.log import Code, LogEntry, LogKind
from beredskap.domain.plan import PlannedPoint
from beredskap.domain.scenario import PlaybookWave, WaveTerms
from beredskap.domain.stakeholder import Audience
from beredskap.store.cases import save_cascade
from beredskap.store.ledger import Ledger, Transaction
from beredskap.store.log_book import append
from beredskap.store.people import FREE_TEXT
from beredskap.store.personal import KnownPerson, keep_values, new_ref
from beredskap.store.staging import (
    StagedDelivery,
    StagedPerson,
    open_incident,
    stage_cascade,
    stage_deliveries,
    stage_people,
    stage_wave,
)
from beredskap.store.tables import AcknowledgementRow, AttemptEventRow, AttemptRow, DeliveryRow

START = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)
OFFICER = "o_123456789abc"

_DELIVERY = DeliveryRow.__table__  # type: ignore[attr-defined]
_ATTEMPT = AttemptRow.__table__  # type: ignore[attr-defined]
_EVENT = AttemptEventRow.__table__  # type: ignore[attr-defined]
_ACK = AcknowledgementRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, kw_only=True)
class State:
    """What happened to one person."""

    name: str
    status: DeliveryStatus = DeliveryStatus.IN_PROGRESS
    attempts: Sequence[AttemptStatus] = ()
    answered_after: float | None = None
    """Seconds from launch to the answer."""
    answer: str = "coming"
    how: str = "reply"
    reason: Reason | None = None
    is_protected: bool = False
    stands_in_for: str | None = None


@dataclass(kw_only=True)
class Recorded:
    """An incident in a ledger."""

    ledger: Ledger
    incident: Incident
    cascade: Cascade
    refs: dict[str, str] = field(default_factory=dict)
    deliveries: dict[str, int] = field(default_factory=dict)
    wave_id: int = 0

    def log(
        self,
        kind: LogKind,
        *,
        seconds: float = 0,
        subject: str | None = None,
        actor: str = OFFICER,
        codes: Mapping[str, Code] | None = None,
        values: Mapping[str, str] | None = None,
    ) -> None:
        """Write one entry, with the values it commits to."""
        at = START + timedelta(seconds=seconds)
        with self.ledger.write() as tx:
            commitments = keep_values(tx, self.incident.id, values or {})
            entry = LogEntry(
                incident_id=self.incident.id,
                kind=kind,
                happened_at=at,
                actor=actor,
                subject=self.refs.get(subject or "", subject),
                codes=codes or {},
                commitments=commitments,
            )
            append(tx, [entry], at)

    def move(self, *statuses: CascadeStatus, seconds: float = 0) -> None:
        """Move the cascade on, as an officer or engine would."""
        at = START + timedelta(seconds=seconds)
        for status in statuses:
            with self.ledger.write() as tx:
                moved = move_cascade(self.cascade, status, at, actor=OFFICER)
                save_cascade(tx, moved, at, was=self.cascade.status)
            self.cascade = moved.value


def record(
    ledger: Ledger, people: Sequence[State], *, mode: IncidentMode = IncidentMode.LIVE
) -> Recorded:
    """Write an incident in which these things happened to these people."""
    with ledger.write() as tx:
        incident = open_incident(
            tx,
            mode=mode,
            scenario_id="brand",
            title="Brand i skola",
            locale="sv",
            content_digests={},
            now=START,
        )
        cascade = stage_cascade(
            tx,
            incident,
            kind=CascadeKind.ALERT,
            persons=len(people),
            plan_digest="0" * 64,
            now=START,
        )
        recorded = Recorded(ledger=ledger, incident=incident, cascade=cascade)
        recorded.wave_id = stage_wave(
            tx,
            cascade,
            PlaybookWave(id="ledning", title="Ledning", audience=Audience(), template="t"),
            ordinal=0,
            terms=WaveTerms(),
            answers=(),
            now=START,
        )
        for state in people:
            _write_person(tx, recorded, state)
    return recorded


def _write_person(tx: Transaction, recorded: Recorded, state: State) -> None:
    ref = recorded.refs[state.name] = new_ref("p")
    points = (PlannedPoint(channel=Channel.SMS, address="+46701740605", language="sv"),)
    known = KnownPerson(
        ref=ref, id="" if state.is_protected else state.name.lower(), name=state.name, points=points
    )
    commitments = stage_people(
        tx, recorded.incident.id, [StagedPerson(known=known, is_protected=state.is_protected)]
    )
    entry = LogEntry(
        incident_id=recorded.incident.id,
        kind=LogKind.PEOPLE_PLANNED,
        happened_at=START,
        actor=OFFICER,
        codes={"wave": "ledning", "people": [ref]},
        commitments=commitments,
    )
    append(tx, [entry], START)
    is_skipped = state.status is DeliveryStatus.SKIPPED
    staged = StagedDelivery(
        wave_id=recorded.wave_id,
        recipient=ref,
        points=() if is_skipped else points,
        reason=state.reason if is_skipped else None,
        stands_in_for=recorded.deliveries.get(state.stands_in_for or ""),
    )
    stage_deliveries(tx, recorded.cascade, [staged])
    delivery_id = tx.execute(
        _DELIVERY.select().where(_DELIVERY.c.recipient == ref).with_only_columns(_DELIVERY.c.id)
    ).scalar_one()
    recorded.deliveries[state.name] = delivery_id
    if not is_skipped:
        _move_delivery(tx, delivery_id, state)
    for number, status in enumerate(state.attempts, start=1):
        _write_attempt(tx, recorded, ref, delivery_id, number, status)
    if state.answered_after is not None:
        _write_answer(tx, recorded, ref, delivery_id, state)


def _move_delivery(tx: Transaction, delivery_id: int, state: State) -> None:
    one = _DELIVERY.c.id == delivery_id
    on_the_way = DeliveryStatus.IN_PROGRESS.value
    if state.attempts:
        tx.execute(
            update(_DELIVERY).where(one).values(status=on_the_way, attempts=len(state.attempts))
        )
    if state.status is not DeliveryStatus.WAITING or state.attempts:
        if not state.attempts:
            tx.execute(update(_DELIVERY).where(one).values(status=on_the_way))
        tx.execute(
            update(_DELIVERY)
            .where(one)
            .values(
                status=state.status.value,
                reason=state.reason.value if state.reason else None,
            )
        )


def _write_attempt(
    tx: Transaction,
    recorded: Recorded,
    ref: str,
    delivery_id: int,
    number: int,
    status: AttemptStatus,
) -> None:
    at = START + timedelta(seconds=10 * number)
    attempt_id = delivery_id * 1000 + number
    tx.execute(
        insert(_ATTEMPT).values(
            id=attempt_id,
            delivery_id=delivery_id,
            incident_id=recorded.incident.id,
            cascade_id=recorded.cascade.id,
            wave_id=recorded.wave_id,
            recipient=ref,
            number=number,
            channel=Channel.SMS.value,
            point=0,
            route="r",
            status=status.value,
            client_ref=f"c{attempt_id}",
            body_digest="",
            address_key="",
            engine_id="e",
            claim_token="t",
            claimed_at=at,
            claimed_real_at=at,
            possible_duplicate=False,
            look_ups=0,
        )
    )
    tx.execute(
        insert(_EVENT).values(
            attempt_id=attempt_id,
            status=status.value,
            at=at,
            recorded_at=at,
            provider_status="",
            code="",
            unsent=False,
        )
    )


def _write_answer(
    tx: Transaction, recorded: Recorded, ref: str, delivery_id: int, state: State
) -> None:
    assert state.answered_after is not None
    at = START + timedelta(seconds=state.answered_after)
    text_ref = new_ref("t")
    commitments = keep_values(tx, recorded.incident.id, {text_ref: state.answer})
    is_free = state.how == "officer"
    tx.execute(
        insert(_ACK).values(
            incident_id=recorded.incident.id,
            delivery_id=delivery_id,
            recipient=ref,
            at=at,
            how=state.how,
            by=OFFICER if is_free else "provider",
            key="" if is_free else "1",
            meaning=FREE_TEXT if is_free else "coming",
            is_yes=True,
            is_help=False,
            answer_ref=text_ref,
            is_late=False,
            is_shared_address=False,
        )
    )
    entry = LogEntry(
        incident_id=recorded.incident.id,
        kind=LogKind.ACKNOWLEDGED,
        happened_at=at,
        actor=OFFICER if is_free else "provider",
        subject=ref,
        codes={
            "meaning": FREE_TEXT if is_free else "coming",
            "text": text_ref,
            "yes": True,
            "late": False,
        },
        commitments=commitments,
    )
    append(tx, [entry], at)
