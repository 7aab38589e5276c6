"""Personal values under their references: keeping, reading and erasing them.

The log holds salted commitments only; a value erased here leaves the chain whole.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from beredskap.domain.channel import Channel
from beredskap.domain.log import commitment
from beredskap.domain.officer import Actor
from beredskap.domain.plan import PlannedPoint
from beredskap.store.bulk import among_values, is_among
from beredskap.store.ledger import Transaction
from beredskap.store.tables import PersonalValueRow, RecipientRow

_VALUE = PersonalValueRow.__table__  # type: ignore[attr-defined]
_RECIPIENT = RecipientRow.__table__  # type: ignore[attr-defined]
_SALTED = select(_VALUE.c.ref, _VALUE.c.salt, _VALUE.c.value)
_AT_ONCE = 500
_CHANNELS = {channel.value: channel for channel in Channel}


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownPerson:
    """What the ledger knows of a person of an incident, apart from reach."""

    ref: str
    id: str
    name: str
    unit: str | None = None
    roles: tuple[str, ...] = ()
    points: tuple[PlannedPoint, ...] = ()
    is_erased: bool = False

    def to_json(self) -> str:
        """Return the value as it is kept."""
        return json.dumps(
            {
                "id": self.id,
                "name": self.name,
                "unit": self.unit,
                "roles": list(self.roles),
                "points": [[p.channel.value, p.address, p.language] for p in self.points],
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, ref: str, value: str) -> KnownPerson:
        """Return the person that was kept under a reference."""
        held = json.loads(value)
        return cls(
            ref=ref,
            id=held["id"],
            name=held["name"],
            unit=held["unit"],
            roles=tuple(held["roles"]),
            points=tuple(_point(*told) for told in held["points"]),
        )


def point_from_json(value: str, number: int) -> PlannedPoint:
    """Return one contact point of the person kept as this value."""
    return _point(*json.loads(value)["points"][number])


def _point(channel: str, address: str, language: str) -> PlannedPoint:
    return PlannedPoint(channel=_CHANNELS[channel], address=address, language=language)


def new_ref(kind: str) -> str:
    """Return a fresh random reference such as `p_4f0c9a1be2d3`."""
    return f"{kind}_{secrets.token_hex(6)}"


def keep_values(
    tx: Transaction, incident_id: str | None, values: Mapping[str, str]
) -> dict[str, str]:
    """Keep values under their references and return the commitment of each."""
    salted = {ref: (secrets.token_hex(8), value) for ref, value in values.items()}
    if salted:
        tx.execute(
            insert(_VALUE),
            [
                {"ref": ref, "incident_id": incident_id, "salt": salt, "value": value}
                for ref, (salt, value) in salted.items()
            ],
        )
    return {ref: commitment(salt, value) for ref, (salt, value) in salted.items()}


def read_values(tx: Transaction, refs: Iterable[str]) -> dict[str, str]:
    """Return the values kept under these references; erased ones are missing."""
    return {ref: value for ref, _, value in _rows(tx, refs)}


def read_salted(tx: Transaction, refs: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return salt and value under these references; erased ones are missing."""
    return {ref: (salt, value) for ref, salt, value in _rows(tx, refs)}


def read_people(tx: Transaction, refs: Iterable[str]) -> dict[str, KnownPerson]:
    """Return the people behind recipient references; erased ones say so."""
    wanted = list(refs)
    values = read_values(tx, wanted)
    erased = KnownPerson(ref="", id="", name="(raderad/erased)", is_erased=True)
    return {
        ref: KnownPerson.from_json(ref, values[ref]) if ref in values else erased for ref in wanted
    }


def keep_actor(
    tx: Transaction, incident_id: str, actor: Actor, key: bytes
) -> tuple[str, dict[str, str]]:
    """Return an officer's reference in an incident, and the commitment to put beside it."""
    told = json.dumps(
        {
            "officer": actor.officer.id,
            "name": actor.officer.name,
            "how_known": actor.how_known.value,
        },
        ensure_ascii=False,
        sort_keys=True,
    )
    digest = hmac.new(key, f"{incident_id}\x00{told}".encode(), hashlib.sha256).hexdigest()
    ref = f"o_{digest[:12]}"
    held = read_salted(tx, [ref])
    if ref in held:
        return ref, {ref: commitment(*held[ref])}
    return ref, keep_values(tx, incident_id, {ref: told})


def erase(tx: Transaction, incident_id: str, person_key: str) -> tuple[str, ...]:
    """Erase every value of a person in an incident and return the references erased."""
    refs = tuple(
        tx.execute(
            select(_RECIPIENT.c.ref).where(
                _RECIPIENT.c.incident_id == incident_id, _RECIPIENT.c.person_key == person_key
            )
        ).scalars()
    )
    tx.execute(delete(_VALUE).where(_VALUE.c.ref.in_(refs)))
    tx.execute(
        update(_RECIPIENT)
        .where(_RECIPIENT.c.incident_id == incident_id, _RECIPIENT.c.ref.in_(refs))
        .values(person_key=None, roles="", unit=None)
    )
    return refs


def address_key(key: bytes, address: str) -> str:
    """Return the keyed hash under which attempts at an address are found."""
    folded = address.casefold().encode()
    return hashlib.blake2b(folded, key=key[:32], digest_size=12).hexdigest()


def _rows(tx: Transaction, refs: Iterable[str]) -> Iterable[tuple[str, str, str]]:
    wanted = list(refs)
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        among = _SALTED.where(is_among(tx, _VALUE.c.ref))
        for row in tx.execute(among, among_values(tx, part)):
            yield row[0], row[1], row[2]
