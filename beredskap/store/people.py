"""The people of an incident: finding them, what is kept about them, and erasing it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import delete, insert, or_, select, update

from beredskap.domain.cascade import Cascade
from beredskap.domain.channel import Channel
from beredskap.domain.delivery import Delivery
from beredskap.domain.log import commitment
from beredskap.store.deliveries import DELIVERY_COLUMNS, delivery_of
from beredskap.store.ledger import Transaction
from beredskap.store.personal import KnownPerson, read_people
from beredskap.store.staging import TERMS, StagedDelivery, delivery_row
from beredskap.store.tables import (
    AcknowledgementRow,
    DeliveryRow,
    InboundRow,
    LogEntryRow,
    PersonalValueRow,
    RecipientRow,
    WaveBodyRow,
    WaveRow,
)

_RECIPIENT = RecipientRow.__table__  # type: ignore[attr-defined]
_DELIVERY = DeliveryRow.__table__  # type: ignore[attr-defined]
_VALUE = PersonalValueRow.__table__  # type: ignore[attr-defined]
_ENTRY = LogEntryRow.__table__  # type: ignore[attr-defined]
_ACK = AcknowledgementRow.__table__  # type: ignore[attr-defined]
_INBOUND = InboundRow.__table__  # type: ignore[attr-defined]
_WAVE = WaveRow.__table__  # type: ignore[attr-defined]
_WAVE_BODY = WaveBodyRow.__table__  # type: ignore[attr-defined]
_AT_ONCE = 500

FREE_TEXT = "free_text"
"""The meaning of an answer noted in the person's own words; the words are a personal value."""
_OFFICER_PREFIX = "o_"


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """A person who is already kept for an incident."""

    known: KnownPerson
    is_protected: bool
    is_standby: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedDelivery:
    """A delivery to be staged whose points stand somewhere in the person's kept list.

    A person is kept once, with every point any of their waves uses; `start` says where the points
    of this wave begin, so that a wave may order or word them differently from another.
    """

    staged: StagedDelivery
    """`points` are the kept ones up to and including the last of this wave."""
    start: int = 0


def read_recipients(
    tx: Transaction, incident_id: str, person_keys: Collection[str]
) -> dict[str, Recipient]:
    """Return who of these people (by id in the lists) an incident already knows."""
    found = {}
    wanted = sorted(person_keys)
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        rows = tx.execute(
            select(_RECIPIENT).where(
                _RECIPIENT.c.incident_id == incident_id, _RECIPIENT.c.person_key.in_(part)
            )
        ).all()
        people = read_people(tx, [row.ref for row in rows])
        for row in rows:
            found[row.person_key] = Recipient(
                known=people[row.ref], is_protected=row.is_protected, is_standby=row.is_standby
            )
    return found


def read_protected(tx: Transaction, incident_id: str) -> tuple[Recipient, ...]:
    """Return the protected people an incident knows, in the order they were planned."""
    rows = tx.execute(
        select(_RECIPIENT)
        .where(_RECIPIENT.c.incident_id == incident_id, _RECIPIENT.c.is_protected.is_(True))
        .order_by(_RECIPIENT.c.id)
    ).all()
    people = read_people(tx, [row.ref for row in rows])
    return tuple(
        Recipient(known=people[row.ref], is_protected=True, is_standby=row.is_standby)
        for row in rows
    )


def find_person(tx: Transaction, incident_id: str, person: str) -> str | None:
    """Return the reference of a person by id, by reference, or as `skyddad person N`."""
    found: str | None = tx.execute(
        select(_RECIPIENT.c.ref)
        .where(
            _RECIPIENT.c.incident_id == incident_id,
            or_(_RECIPIENT.c.person_key == person, _RECIPIENT.c.ref == person),
        )
        .limit(1)
    ).scalar_one_or_none()
    if found is not None:
        return found
    for recipient in read_protected(tx, incident_id):
        if recipient.known.name.casefold() == person.casefold() and not recipient.known.is_erased:
            return recipient.known.ref
    return None


def no_longer_standby(tx: Transaction, refs: Sequence[str]) -> None:
    """Note that people who stood by are now told in their own right."""
    for start in range(0, len(refs), _AT_ONCE):
        part = refs[start : start + _AT_ONCE]
        tx.execute(update(_RECIPIENT).where(_RECIPIENT.c.ref.in_(part)).values(is_standby=False))


def replace_person(tx: Transaction, known: KnownPerson) -> str:
    """Keep what is now known of a person instead of what was, and return its commitment."""
    salt, value = secrets.token_hex(8), known.to_json()
    tx.execute(update(_VALUE).where(_VALUE.c.ref == known.ref).values(salt=salt, value=value))
    return commitment(salt, value)


def place_deliveries(
    tx: Transaction, cascade: Cascade, deliveries: Iterable[PlacedDelivery]
) -> None:
    """Insert deliveries that begin at a later point of the person's kept list."""
    rows = []
    for placed in deliveries:
        row = delivery_row(cascade, placed.staged)
        if row["channel"]:
            row["point"] = placed.start
            row["channel"] = placed.staged.points[placed.start].channel.value
        rows.append(row)
    if rows:
        tx.execute(insert(_DELIVERY), rows)


def lock_deliveries_of(tx: Transaction, incident_id: str, recipient: str) -> tuple[Delivery, ...]:
    """Return every delivery to a person, kept from others until this transaction ends."""
    rows = tx.execute(
        select(*DELIVERY_COLUMNS)
        .where(_DELIVERY.c.incident_id == incident_id, _DELIVERY.c.recipient == recipient)
        .order_by(_DELIVERY.c.id)
        .with_for_update()
    )
    return tuple(delivery_of(row) for row in rows)


def lock_deliveries(tx: Transaction, ids: Collection[int]) -> dict[int, Delivery]:
    """Return deliveries by id, kept from others until this transaction ends."""
    rows = tx.execute(
        select(*DELIVERY_COLUMNS)
        .where(_DELIVERY.c.id.in_(list(ids)))
        .order_by(_DELIVERY.c.id)
        .with_for_update()
    )
    return {row.id: delivery_of(row) for row in rows}


def lock_open_deliveries(tx: Transaction, cascade_id: int, most: int) -> tuple[Delivery, ...]:
    """Return deliveries of a cascade that are not final and whose attempt is not under way."""
    rows = tx.execute(
        select(*DELIVERY_COLUMNS)
        .where(
            _DELIVERY.c.cascade_id == cascade_id,
            _DELIVERY.c.status.in_(["waiting", "in_progress", "awaiting_acknowledgement"]),
            _DELIVERY.c.claim_token.is_(None),
        )
        .order_by(_DELIVERY.c.id)
        .limit(most)
        .with_for_update()
    )
    return tuple(delivery_of(row) for row in rows)


def count_claimed(tx: Transaction, cascade_id: int) -> int:
    """Return how many deliveries of a cascade have an attempt whose result is still to come."""
    found = tx.execute(
        select(_DELIVERY.c.id).where(
            _DELIVERY.c.cascade_id == cascade_id, _DELIVERY.c.claim_token.is_not(None)
        )
    )
    return len(found.all())


def drop_standby(tx: Transaction, incident_id: str, recipient: str) -> bool:
    """Let a person not be called in for anybody any more; say whether they could have been."""
    deputies = tx.execute(
        update(_DELIVERY)
        .where(_DELIVERY.c.incident_id == incident_id, _DELIVERY.c.deputy == recipient)
        .values(deputy=None)
    )
    dropped = bool(deputies.rowcount)
    rows = tx.execute(
        select(_WAVE.c.id, _WAVE.c.terms).where(
            _WAVE.c.incident_id == incident_id,
            _WAVE.c.terms.contains(recipient, autoescape=True),
        )
    ).all()
    for row in rows:
        terms = TERMS.validate_json(row.terms)
        ladder = tuple(
            replace(rung, person=None) if rung.person == recipient else rung
            for rung in terms.ladder
        )
        changed = TERMS.dump_json(replace(terms, ladder=ladder)).decode()
        tx.execute(update(_WAVE).where(_WAVE.c.id == row.id).values(terms=changed))
        dropped = True
    return dropped


def read_wave_languages(tx: Transaction, wave_id: int) -> dict[Channel, tuple[str, ...]]:
    """Return in which languages a wave's frozen texts exist, by channel."""
    found: dict[Channel, tuple[str, ...]] = {}
    rows = tx.execute(
        select(_WAVE_BODY.c.channel, _WAVE_BODY.c.language)
        .where(_WAVE_BODY.c.wave_id == wave_id)
        .order_by(_WAVE_BODY.c.channel, _WAVE_BODY.c.language)
    )
    for channel, language in rows:
        kind = Channel(channel)
        found[kind] = (*found.get(kind, ()), language)
    return found


def read_free_answers(tx: Transaction, incident_id: str) -> dict[str, str]:
    """Return, by person, the reference of the newest answer noted in their own words."""
    rows = tx.execute(
        select(_ACK.c.recipient, _ACK.c.answer_ref)
        .where(
            _ACK.c.incident_id == incident_id,
            _ACK.c.meaning == FREE_TEXT,
            _ACK.c.answer_ref.is_not(None),
        )
        .order_by(_ACK.c.id)
    )
    return {row[0]: row[1] for row in rows}


def values_about(tx: Transaction, incident_id: str, recipient: str) -> tuple[str, ...]:
    """Return every reference under which something about a person is kept.

    The person's own values, what they wrote and from where, what was noted of them; never who
    noted it.
    """
    refs = {recipient}
    for raw in tx.execute(
        select(_ENTRY.c.commitments).where(
            _ENTRY.c.incident_id == incident_id, _ENTRY.c.subject == recipient
        )
    ).scalars():
        refs |= {ref for ref in json.loads(raw) if not ref.startswith(_OFFICER_PREFIX)}
    answers = tx.execute(
        select(_ACK.c.answer_ref).where(
            _ACK.c.incident_id == incident_id, _ACK.c.recipient == recipient
        )
    ).scalars()
    texts = {ref for ref in answers if ref}
    refs |= texts
    for row in tx.execute(
        select(_INBOUND.c.sender_ref, _INBOUND.c.text_ref).where(
            _INBOUND.c.text_ref.in_(list(texts | refs))
        )
    ):
        refs |= {row[0], row[1]}
    kept = tx.execute(select(_VALUE.c.ref).where(_VALUE.c.ref.in_(list(refs)))).scalars()
    return tuple(sorted(kept))


def erase_values(tx: Transaction, incident_id: str, recipient: str, refs: Collection[str]) -> None:
    """Erase values and everything in the person's row that points back at the lists."""
    tx.execute(delete(_VALUE).where(_VALUE.c.ref.in_(list(refs))))
    tx.execute(
        update(_RECIPIENT)
        .where(_RECIPIENT.c.incident_id == incident_id, _RECIPIENT.c.ref == recipient)
        .values(person_key=None, roles="", unit=None)
    )


def labels_of(people: Mapping[str, KnownPerson]) -> dict[str, str]:
    """Return how each person is named to officers: id, protected number, or reference."""
    return {
        ref: ref if known.is_erased else known.id or known.name for ref, known in people.items()
    }
