"""Staging a launch: rows that no engine sees until one short transaction makes them real."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import TypeAdapter
from sqlalchemy import func, insert, select, update

from beredskap.domain.cascade import Cascade, CascadeKind, CascadeStatus
from beredskap.domain.channel import Channel
from beredskap.domain.delivery import DeliveryStatus, Reason
from beredskap.domain.incident import Incident, IncidentMode, IncidentStatus
from beredskap.domain.message import AnswerMeaning, Body
from beredskap.domain.plan import PlannedPoint
from beredskap.domain.scenario import Opening, PlaybookWave, WaveTerms
from beredskap.domain.wave import WaveStatus
from beredskap.store.ledger import Transaction
from beredskap.store.personal import KnownPerson, keep_values
from beredskap.store.tables import (
    BodyRow,
    CascadeRow,
    DeliveryRow,
    IncidentRow,
    RecipientRow,
    WaveBodyRow,
    WaveRow,
)

_INCIDENT = IncidentRow.__table__  # type: ignore[attr-defined]
_CASCADE = CascadeRow.__table__  # type: ignore[attr-defined]
_WAVE = WaveRow.__table__  # type: ignore[attr-defined]
_BODY = BodyRow.__table__  # type: ignore[attr-defined]
_WAVE_BODY = WaveBodyRow.__table__  # type: ignore[attr-defined]
_RECIPIENT = RecipientRow.__table__  # type: ignore[attr-defined]
_DELIVERY = DeliveryRow.__table__  # type: ignore[attr-defined]

TERMS = TypeAdapter(WaveTerms)
OPENING = TypeAdapter(Opening)
ANSWERS = TypeAdapter(tuple[AnswerMeaning, ...])

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""The due time of a delivery that may be claimed as soon as its wave is open."""
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, kw_only=True, slots=True)
class StagedPerson:
    """A person to be kept for an incident."""

    known: KnownPerson
    is_protected: bool = False
    is_standby: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class StagedDelivery:
    """A delivery to be staged."""

    wave_id: int
    recipient: str
    points: tuple[PlannedPoint, ...]
    reason: Reason | None = None
    deputy: str | None = None
    stands_in_for: int | None = None


def open_incident(
    tx: Transaction,
    *,
    mode: IncidentMode,
    scenario_id: str,
    title: str,
    locale: str,
    content_digests: Mapping[str, str],
    now: datetime,
) -> Incident:
    """Open an incident under the next free id of the day and the next free letter."""
    day = now.astimezone(UTC).strftime("%Y%m%d")
    count = tx.execute(
        select(func.count()).select_from(_INCIDENT).where(_INCIDENT.c.id.like(f"{day}-%"))
    ).scalar_one()
    taken = set(
        tx.execute(
            select(_INCIDENT.c.letter).where(_INCIDENT.c.status == IncidentStatus.OPEN.value)
        ).scalars()
    )
    letter = next((letter for letter in _LETTERS if letter not in taken), "Z")
    incident = Incident(
        id=f"{day}-{count + 1}",
        letter=letter,
        mode=mode,
        scenario_id=scenario_id,
        title=title,
        status=IncidentStatus.OPEN,
        opened_at=now,
    )
    tx.execute(
        insert(_INCIDENT).values(
            id=incident.id,
            letter=letter,
            mode=mode.value,
            scenario_id=scenario_id,
            title=title,
            status=incident.status.value,
            opened_at=now,
            locale=locale,
            content_digests=json.dumps(dict(content_digests), sort_keys=True),
        )
    )
    return incident


def stage_cascade(
    tx: Transaction,
    incident: Incident,
    *,
    kind: CascadeKind,
    persons: int,
    plan_digest: str,
    now: datetime,
) -> Cascade:
    """Insert a cascade in PREPARING; no engine sees it."""
    new_id = tx.execute(
        insert(_CASCADE)
        .values(
            incident_id=incident.id,
            kind=kind.value,
            mode=incident.mode.value,
            status=CascadeStatus.PREPARING.value,
            persons=persons,
            plan_digest=plan_digest,
            created_at=now,
        )
        .returning(_CASCADE.c.id)
    ).scalar_one()
    return Cascade(
        id=new_id,
        incident_id=incident.id,
        kind=kind,
        status=CascadeStatus.PREPARING,
        persons=persons,
        plan_digest=plan_digest,
    )


def stage_wave(
    tx: Transaction,
    cascade: Cascade,
    wave: PlaybookWave,
    *,
    ordinal: int,
    terms: WaveTerms,
    answers: Sequence[AnswerMeaning],
    now: datetime,
) -> int:
    """Insert a pending wave and return its id.

    `terms` are the wave's own with the last rung's person replaced by a recipient reference.
    """
    return tx.execute(  # type: ignore[no-any-return]
        insert(_WAVE)
        .values(
            cascade_id=cascade.id,
            incident_id=cascade.incident_id,
            key=wave.id,
            title=wave.title,
            ordinal=ordinal,
            status=WaveStatus.PENDING.value,
            moved_at=now,
            opening=OPENING.dump_json(wave.opening).decode(),
            terms=TERMS.dump_json(terms).decode(),
            answers=ANSWERS.dump_json(tuple(answers)).decode(),
        )
        .returning(_WAVE.c.id)
    ).scalar_one()


def stage_bodies(tx: Transaction, wave_id: int, bodies: Mapping[tuple[Channel, str], Body]) -> None:
    """Keep each text once per digest and say which the wave uses."""
    for (channel, language), body in bodies.items():
        known = tx.execute(
            select(_BODY.c.digest).where(_BODY.c.digest == body.digest)
        ).scalar_one_or_none()
        if known is None:
            tx.execute(insert(_BODY).values(digest=body.digest, frozen=body.to_bytes()))
        tx.execute(
            insert(_WAVE_BODY).values(
                wave_id=wave_id, channel=channel.value, language=language, digest=body.digest
            )
        )


def stage_people(
    tx: Transaction, incident_id: str, people: Sequence[StagedPerson]
) -> dict[str, str]:
    """Keep people under their references and return the commitment of each."""
    if not people:
        return {}
    tx.execute(
        insert(_RECIPIENT),
        [
            {
                "incident_id": incident_id,
                "ref": person.known.ref,
                "person_key": person.known.id or None,
                "roles": ",".join(person.known.roles),
                "unit": person.known.unit,
                "is_protected": person.is_protected,
                "is_standby": person.is_standby,
            }
            for person in people
        ],
    )
    return keep_values(
        tx, incident_id, {person.known.ref: person.known.to_json() for person in people}
    )


def stage_deliveries(
    tx: Transaction, cascade: Cascade, deliveries: Iterable[StagedDelivery]
) -> None:
    """Insert deliveries: waiting for their wave, or skipped with their reason."""
    rows = [delivery_row(cascade, delivery) for delivery in deliveries]
    if rows:
        tx.execute(insert(_DELIVERY), rows)


def delivery_row(cascade: Cascade, delivery: StagedDelivery) -> dict[str, object]:
    """Return the columns of a new delivery."""
    can_send = bool(delivery.points) and delivery.reason is None
    status = DeliveryStatus.WAITING if can_send else DeliveryStatus.SKIPPED
    return {
        "incident_id": cascade.incident_id,
        "cascade_id": cascade.id,
        "wave_id": delivery.wave_id,
        "recipient": delivery.recipient,
        "status": status.value,
        "channel": delivery.points[0].channel.value if can_send else "",
        "channels": ",".join(point.channel.value for point in delivery.points),
        "languages": ",".join(point.language for point in delivery.points),
        "point": 0,
        "rung": 0,
        "tries": 0,
        "attempts": 0,
        "due_at": AT_ONCE if can_send else None,
        "reason": delivery.reason.value if delivery.reason else None,
        "deputy": delivery.deputy,
        "stands_in_for": delivery.stands_in_for,
        "claim_token": None,
    }


def set_hold(tx: Transaction, cascade_id: int, release_at: datetime) -> None:
    """Set when a staged cascade is released; its move to HELD is saved as a Transition."""
    tx.execute(update(_CASCADE).where(_CASCADE.c.id == cascade_id).values(release_at=release_at))


def set_persons(tx: Transaction, cascade_id: int, persons: int) -> None:
    """Set how many persons a staged cascade is to; they may have become more meanwhile."""
    tx.execute(update(_CASCADE).where(_CASCADE.c.id == cascade_id).values(persons=persons))


def abandoned_cascades(tx: Transaction, before: datetime) -> tuple[tuple[int, str], ...]:
    """Return (cascade, incident) of every staging older than a time that never became real."""
    found = tx.execute(
        select(_CASCADE.c.id, _CASCADE.c.incident_id).where(
            _CASCADE.c.status == CascadeStatus.PREPARING.value, _CASCADE.c.created_at < before
        )
    )
    return tuple((row[0], row[1]) for row in found)
