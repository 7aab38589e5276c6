"""One line of the incident log, and the chain that shows whether it was touched.

An entry holds kinds, times, references and codes, never a name, address, answer or text in clear.
Personal values live elsewhere under a reference with a salt; the entry holds a salted commitment,
so a value can be erased without breaking the chain (GDPR article 17 beside an append-only log).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

Code = str | int | float | bool | None | list[str] | dict[str, int]

GENESIS = "0" * 64
"""What the first line of every chain names as its predecessor."""


class LogKind(StrEnum):
    """What a log entry tells of."""

    INCIDENT_OPENED = "incident_opened"
    """An officer opened the incident."""
    INCIDENT_CLOSED = "incident_closed"
    """An officer closed the incident."""
    DIARY_NUMBER = "diary_number"
    """The registrar's diary number was set."""
    CASCADE_PREPARED = "cascade_prepared"
    """A cascade was staged, with its plan's digest and its number of persons."""
    PEOPLE_PLANNED = "people_planned"
    """Persons (by reference) were planned into a wave."""
    PERSON_SKIPPED = "person_skipped"
    """A person will not be sent to, with the reason."""
    APPROVAL_ASKED = "approval_asked"
    """The launch waits for other persons, until a stated time."""
    APPROVAL_GIVEN = "approval_given"
    """Another person approved exactly this plan."""
    APPROVAL_REFUSED = "approval_refused"
    """Another person refused it, with the reason."""
    GLASS_BROKEN = "glass_broken"
    """An officer launched alone what takes more than one person, with the reason."""
    CASCADE_HELD = "cascade_held"
    """The officer confirmed; sending starts at the stated time unless stopped."""
    CASCADE_RELEASED = "cascade_released"
    """The hold ran out and the cascade started."""
    CASCADE_PAUSED = "cascade_paused"
    """The cascade sends nothing more until resumed, with who or what paused it."""
    CASCADE_RESUMED = "cascade_resumed"
    """The cascade goes on."""
    CASCADE_STOOD_DOWN = "cascade_stood_down"
    """The cascade was ended by order; what was open is cancelled."""
    CASCADE_COMPLETED = "cascade_completed"
    """Every wave of the cascade is final."""
    WAVE_OPENED = "wave_opened"
    """A wave started to be sent."""
    WAVE_SATISFIED = "wave_satisfied"
    """The wave's acknowledgement rule is met."""
    WAVE_EXPIRED = "wave_expired"
    """The wave's time ran out before its rule was met."""
    WAVE_CANCELLED = "wave_cancelled"
    """The wave was cancelled before it ended."""
    ATTEMPTS_STARTED = "attempts_started"
    """A chunk of attempts was claimed and may leave at any moment."""
    ATTEMPT_NEWS = "attempt_news"
    """What is known of attempts changed: of all that came to the same end within a second, at the
    time of the last."""
    ATTEMPT_DECIDED = "attempt_decided"
    """A rule or an officer decided about an uncertain attempt."""
    DELIVERY_MOVED = "delivery_moved"
    """The duty to reach one person changed status."""
    DEPUTY_PROMOTED = "deputy_promoted"
    """A deputy was called in for a person."""
    PERSON_ADDED = "person_added"
    """An officer added a person."""
    PERSON_EXCLUDED = "person_excluded"
    """An officer excluded a person, with the reason."""
    ACKNOWLEDGED = "acknowledged"
    """A person's own answer, or an officer's note of it, was recorded."""
    REPLY_UNCLEAR = "reply_unclear"
    """A reply came that no rule could read; an officer must."""
    REPLY_UNMATCHED = "reply_unmatched"
    """A reply came that matches no open question."""
    SHEET_MADE = "sheet_made"
    """A list with numbers to call was made."""
    NOTE = "note"
    """An officer wrote something into the log."""
    ROUTE_ALARM = "route_alarm"
    """A route refuses our work as a whole, with the code."""
    ENGINE_STARTED = "engine_started"
    """An engine took over the open work."""
    VALUE_ERASED = "value_erased"
    """A person's values were erased, with the decision's reference."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LogEntry:
    """One line of the incident log, before it is sealed."""

    incident_id: str
    kind: LogKind
    happened_at: datetime
    actor: str
    """Reference of who or what did it: an officer's reference, `engine` or `provider`."""
    subject: str | None = None
    """Reference of the person or thing it was done to."""
    codes: Mapping[str, Code] = field(default_factory=dict)
    """Machine-readable details; never a personal value."""
    commitments: Mapping[str, str] = field(default_factory=dict)
    """Reference of a personal value → its salted commitment."""


ENGINE = "engine"
"""The actor reference of everything the engine does by itself."""


def commitment(salt: str, value: str) -> str:
    """Return the salted SHA-256 of a personal value, in hex."""
    return hashlib.sha256(f"{salt}\x00{value}".encode()).hexdigest()


def iso(at: datetime) -> str:
    """Return an aware time as ISO 8601 in UTC with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def canonical(value: object) -> str:
    """Return canonical JSON: keys sorted, no spaces, letters as they are."""
    return _ENCODE(value)


_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def line_of(entry: LogEntry, *, recorded_at: datetime, seq: int, prev: str) -> str:
    """Return the exact line that is hashed and exported: canonical JSON of the entry."""
    return line_from(
        incident_id=entry.incident_id,
        kind=entry.kind.value,
        happened_at=iso(entry.happened_at),
        recorded_at=iso(recorded_at),
        actor=entry.actor,
        subject=entry.subject,
        codes=canonical(dict(entry.codes)),
        commitments=canonical(dict(entry.commitments)),
        seq=seq,
        prev=prev,
    )


def line_from(
    *,
    incident_id: str,
    kind: str,
    happened_at: str,
    recorded_at: str,
    actor: str,
    subject: str | None,
    codes: str,
    commitments: str,
    seq: int,
    prev: str,
) -> str:
    """Return the exact line from parts: times as `iso` gives them, codes and commitments canonical.

    Keys stand in sorted order, so the line is what `canonical` of the whole object would be.
    """
    return (
        f'{{"actor":{_ENCODE(actor)},"codes":{codes},"commitments":{commitments},'
        f'"happened_at":"{happened_at}","incident":{_ENCODE(incident_id)},"kind":"{kind}",'
        f'"prev":"{prev}","recorded_at":"{recorded_at}","seq":{seq},'
        f'"subject":{_ENCODE(subject)}}}'
    )


def line_hash(line: str) -> str:
    """Return the SHA-256 of an exported line without its newline, in hex."""
    return hashlib.sha256(line.encode()).hexdigest()
