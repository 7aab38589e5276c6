"""Answers in the ledger: what came in, which question it answers, and who said so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, insert, select

from beredskap.domain.answer import Answer, OpenQuestion
from beredskap.domain.attempt import FAILED, AttemptStatus
from beredskap.domain.envelope import InboundMessage
from beredskap.domain.incident import IncidentMode, IncidentStatus
from beredskap.store.bulk import among_values, is_among
from beredskap.store.claims import ATTEMPTS_PER_DELIVERY
from beredskap.store.ledger import Transaction
from beredskap.store.personal import keep_values, new_ref
from beredskap.store.staging import ANSWERS
from beredskap.store.tables import (
    AcknowledgementRow,
    AttemptRow,
    InboundRow,
    IncidentRow,
    RecipientRow,
    WaveRow,
)

_ATTEMPT = AttemptRow.__table__  # type: ignore[attr-defined]
_WAVE = WaveRow.__table__  # type: ignore[attr-defined]
_INCIDENT = IncidentRow.__table__  # type: ignore[attr-defined]
_ACK = AcknowledgementRow.__table__  # type: ignore[attr-defined]
_INBOUND = InboundRow.__table__  # type: ignore[attr-defined]
_RECIPIENT = RecipientRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, kw_only=True, slots=True)
class Acknowledged:
    """An acknowledgement to be kept."""

    incident_id: str
    delivery_id: int
    recipient: str
    at: datetime
    how: str
    by: str
    answer: Answer
    answer_ref: str | None = None
    is_late: bool = False
    is_shared_address: bool = False


def read_open_questions(
    tx: Transaction, address_key: str, client_ref: str | None = None
) -> tuple[OpenQuestion, ...]:
    """Return every question in an open incident that was asked at an address, oldest first.

    Beside them stands the one asked by the message with this reference, whatever its address.
    """
    failed = [status.value for status in FAILED]
    rows = tx.execute(
        select(
            _ATTEMPT.c.id,
            _ATTEMPT.c.delivery_id,
            _ATTEMPT.c.incident_id,
            _ATTEMPT.c.recipient,
            _ATTEMPT.c.claimed_at,
            _ATTEMPT.c.client_ref,
            _INCIDENT.c.letter,
            _INCIDENT.c.mode,
            _WAVE.c.answers,
        )
        .join(_INCIDENT, _INCIDENT.c.id == _ATTEMPT.c.incident_id)
        .join(_WAVE, _WAVE.c.id == _ATTEMPT.c.wave_id)
        .where(
            (_ATTEMPT.c.address_key == address_key) | _has_reference(client_ref),
            _ATTEMPT.c.status.not_in([*failed, AttemptStatus.PLANNED.value]),
            _INCIDENT.c.status == IncidentStatus.OPEN.value,
            _WAVE.c.answers != "[]",
        )
        .order_by(_ATTEMPT.c.id)
    )
    return tuple(
        OpenQuestion(
            attempt_id=row.id,
            delivery_id=row.delivery_id,
            incident_id=row.incident_id,
            letter=row.letter,
            mode=IncidentMode(row.mode),
            person=row.recipient,
            asked_at=row.claimed_at,
            client_ref=row.client_ref,
            answers=ANSWERS.validate_json(row.answers),
        )
        for row in rows
    )


def _has_reference(client_ref: str | None) -> ColumnElement[bool]:
    """Return the condition that an attempt has a reference; it names the delivery, so no index.

    A message sent again keeps its reference, so several attempts of a delivery may have it.
    """
    named = (client_ref or "").split(".")
    if len(named) != 3 or not (named[1].isascii() and named[1].isdigit()) or len(named[1]) > 15:
        return false()
    first = int(named[1]) * ATTEMPTS_PER_DELIVERY
    among = _ATTEMPT.c.id.between(first, first + ATTEMPTS_PER_DELIVERY - 1)
    return and_(among, _ATTEMPT.c.client_ref == client_ref)


def without_known(
    tx: Transaction, messages: Sequence[InboundMessage]
) -> tuple[InboundMessage, ...]:
    """Return the messages that are not kept yet, by one look for all of them."""
    found = tx.execute(
        select(_INBOUND.c.provider, _INBOUND.c.provider_id).where(
            is_among(tx, _INBOUND.c.provider_id)
        ),
        among_values(tx, [message.provider_id for message in messages]),
    )
    known = {(row[0], row[1]) for row in found}
    return tuple(m for m in messages if (m.provider, m.provider_id) not in known)


def count_unclear(tx: Transaction, incident_id: str) -> int:
    """Return how many replies of an incident an officer must read."""
    return tx.execute(
        select(func.count())
        .select_from(_INBOUND)
        .where(_INBOUND.c.incident_id == incident_id, _INBOUND.c.state == "unclear")
    ).scalar_one()


def is_known_inbound(tx: Transaction, inbound: InboundMessage) -> bool:
    """Say whether a message that came in is already kept."""
    return (
        tx.execute(
            select(_INBOUND.c.id).where(
                _INBOUND.c.provider == inbound.provider,
                _INBOUND.c.provider_id == inbound.provider_id,
            )
        ).first()
        is not None
    )


def keep_inbound(
    tx: Transaction,
    inbound: InboundMessage,
    *,
    state: str,
    incident_id: str | None,
    recorded_at: datetime,
) -> tuple[str, dict[str, str]]:
    """Keep a message that came in and return its text's reference with the commitments."""
    sender_ref, text_ref = new_ref("a"), new_ref("t")
    commitments = keep_values(tx, incident_id, {sender_ref: inbound.sender, text_ref: inbound.text})
    tx.execute(
        insert(_INBOUND).values(
            provider=inbound.provider,
            provider_id=inbound.provider_id,
            channel=inbound.channel.value,
            at=inbound.at,
            recorded_at=recorded_at,
            state=state,
            incident_id=incident_id,
            sender_ref=sender_ref,
            text_ref=text_ref,
        )
    )
    return text_ref, commitments


def keep_acknowledgement(tx: Transaction, said: Acknowledged) -> None:
    """Keep an acknowledgement; the log entry and the delivery are saved by the caller."""
    tx.execute(
        insert(_ACK).values(
            incident_id=said.incident_id,
            delivery_id=said.delivery_id,
            recipient=said.recipient,
            at=said.at,
            how=said.how,
            by=said.by,
            key=said.answer.key,
            meaning=said.answer.meaning,
            is_yes=said.answer.is_yes,
            is_help=said.answer.is_help,
            minutes=said.answer.minutes,
            answer_ref=said.answer_ref,
            is_late=said.is_late,
            is_shared_address=said.is_shared_address,
        )
    )


def find_recipient(tx: Transaction, incident_id: str, person: str) -> str | None:
    """Return the reference of a person of an incident, by id or by reference."""
    return tx.execute(
        select(_RECIPIENT.c.ref).where(
            _RECIPIENT.c.incident_id == incident_id,
            (_RECIPIENT.c.person_key == person) | (_RECIPIENT.c.ref == person),
        )
    ).scalar_one_or_none()
