"""Every table of the ledger; classes end in `Row` and never leave this room.

Status columns hold the values of the domain's enumerations; `guards.py` refuses any other, and any
move out of a final one. Personal values stand in `personal_value` alone, under a reference.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from beredskap.store.times import UtcTime

# SQLite numbers a row by itself only in a column of type INTEGER.
_NUMBER = BigInteger().with_variant(Integer, "sqlite")


def _number() -> Any:
    return Field(
        default=None, sa_column=Column("id", _NUMBER, primary_key=True, autoincrement=True)
    )


def _where(condition: str) -> Any:
    """Return the options that make an index hold only the rows of a condition."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


_WAITING = "status = 'waiting'"
_ON_THE_WIRE = "status IN ('sending', 'uncertain')"
MAY_BE_ON_THE_WIRE = text(f"attempt.{_ON_THE_WIRE}")
"""The condition of the index of attempts that may be on the wire.

A query that is to use the index has to repeat it word for word; SQLite draws no conclusions.
"""


def _time(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_type=UtcTime, nullable=nullable)


class LedgerMetaRow(SQLModel, table=True):
    """One fact about the ledger itself, such as its id and keys."""

    __tablename__ = "ledger_meta"
    key: str = Field(primary_key=True)
    value: str = Field(sa_type=Text)


class EngineRow(SQLModel, table=True):
    """An engine and its heartbeat; real time."""

    __tablename__ = "engine"
    id: str = Field(primary_key=True)
    host: str
    pid: int
    build: str
    schema_version: str
    started_at: datetime = _time()
    seen_at: datetime = _time()
    stopped_at: datetime | None = _time(nullable=True)


class DutyLeaseRow(SQLModel, table=True):
    """Which engine holds a background duty; real time."""

    __tablename__ = "duty_lease"
    duty: str = Field(primary_key=True)
    holder: str
    until: datetime = _time()


class AdoptionRow(SQLModel, table=True):
    """That an officer adopted a scenario for live use, with the files it consisted of."""

    __tablename__ = "adoption"
    id: int | None = _number()
    scenario_id: str = Field(index=True)
    officer: str
    adopted_at: datetime = _time()
    digest: str
    files: str = Field(sa_type=Text)
    """JSON: path → SHA-256."""


class ContentFileRow(SQLModel, table=True):
    """A content file's bytes, once per digest, so that what was adopted can be shown again."""

    __tablename__ = "content_file"
    digest: str = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)


class CleanFileRow(SQLModel, table=True):
    """A file of a scenario as it was when the scenario could last be used."""

    __tablename__ = "clean_file"
    scenario_id: str = Field(primary_key=True)
    path: str = Field(primary_key=True)
    digest: str
    kept_at: datetime = _time()


class IncidentRow(SQLModel, table=True):
    """One case."""

    __tablename__ = "incident"
    id: str = Field(primary_key=True)
    letter: str
    mode: str
    scenario_id: str
    title: str
    status: str = Field(index=True)
    opened_at: datetime = _time()
    closed_at: datetime | None = _time(nullable=True)
    diary_number: str | None = None
    locale: str = "sv"
    content_digests: str = Field(default="{}", sa_type=Text)
    """JSON: path → SHA-256 of every content file the incident was launched from."""


class CascadeRow(SQLModel, table=True):
    """One notification run."""

    __tablename__ = "cascade"
    id: int | None = _number()
    incident_id: str = Field(foreign_key="incident.id", index=True)
    kind: str
    mode: str
    status: str = Field(index=True)
    persons: int
    plan_digest: str
    created_at: datetime = _time()
    release_at: datetime | None = _time(nullable=True)
    released_at: datetime | None = _time(nullable=True)
    pause_reason: str | None = None


class ApprovalRow(SQLModel, table=True):
    """That a launch waits for other persons, bound to the digest of its plan."""

    __tablename__ = "approval"
    __table_args__ = (UniqueConstraint("cascade_id", name="uq_approval_cascade"),)
    code: str = Field(primary_key=True)
    incident_id: str = Field(foreign_key="incident.id")
    cascade_id: int = Field(foreign_key="cascade.id", sa_type=_NUMBER)
    plan_digest: str
    persons: int
    needed: int
    asked_by: str
    asked_at: datetime = _time()
    expires_at: datetime = _time()
    hold_seconds: int


class ApprovalGivenRow(SQLModel, table=True):
    """That an officer approved; once each."""

    __tablename__ = "approval_given"
    code: str = Field(foreign_key="approval.code", primary_key=True)
    officer: str = Field(primary_key=True)
    at: datetime = _time()


class WaveRow(SQLModel, table=True):
    """One wave of a cascade."""

    __tablename__ = "wave"
    __table_args__ = (UniqueConstraint("cascade_id", "key", name="uq_wave_key"),)
    id: int | None = _number()
    cascade_id: int = Field(foreign_key="cascade.id", sa_type=_NUMBER)
    incident_id: str
    key: str
    title: str
    ordinal: int
    status: str = Field(index=True)
    moved_at: datetime = _time()
    opens_at: datetime | None = _time(nullable=True)
    closes_at: datetime | None = _time(nullable=True)
    opening: str = Field(sa_type=Text)
    terms: str = Field(sa_type=Text)
    answers: str = Field(default="[]", sa_type=Text)


class BodyRow(SQLModel, table=True):
    """A frozen text, once per digest."""

    __tablename__ = "body"
    digest: str = Field(primary_key=True)
    frozen: bytes = Field(sa_type=LargeBinary)


class WaveBodyRow(SQLModel, table=True):
    """Which frozen text a wave uses on a channel and in a language."""

    __tablename__ = "wave_body"
    wave_id: int = Field(foreign_key="wave.id", primary_key=True, sa_type=_NUMBER)
    channel: str = Field(primary_key=True)
    language: str = Field(primary_key=True)
    digest: str = Field(foreign_key="body.digest")


class RecipientRow(SQLModel, table=True):
    """A person of an incident, by reference; the values stand in `personal_value`."""

    __tablename__ = "recipient"
    __table_args__ = (
        UniqueConstraint("incident_id", "ref", name="uq_recipient_ref"),
        Index("ix_recipient_person", "incident_id", "person_key"),
    )
    id: int | None = _number()
    incident_id: str = Field(foreign_key="incident.id")
    ref: str
    person_key: str | None = None
    """The person's id in the contact lists; empty once erased, and for the protected."""
    roles: str = ""
    """The person's roles, separated by commas, for rules that ask for roles."""
    unit: str | None = None
    is_protected: bool = False
    is_standby: bool = False


class DeliveryRow(SQLModel, table=True):
    """The duty to reach one person in one wave."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("wave_id", "recipient", name="uq_delivery_once"),
        Index("ix_delivery_due", "wave_id", "channel", "due_at", "id", **_where(_WAITING)),
        Index("ix_delivery_cascade", "cascade_id", "status", "due_at"),
        Index("ix_delivery_recipient", "incident_id", "recipient"),
    )
    id: int | None = _number()
    incident_id: str
    cascade_id: int = Field(sa_type=_NUMBER)
    wave_id: int = Field(foreign_key="wave.id", sa_type=_NUMBER)
    recipient: str
    status: str
    channel: str = ""
    """The channel of the next attempt; empty where nothing can be sent."""
    channels: str = ""
    languages: str = ""
    point: int = 0
    rung: int = 0
    tries: int = 0
    attempts: int = 0
    due_at: datetime | None = _time(nullable=True)
    reason: str | None = None
    deputy: str | None = None
    stands_in_for: int | None = Field(default=None, sa_type=_NUMBER)
    claim_token: str | None = None
    """Set while an attempt of this delivery is claimed; cleared when its result is recorded."""


class AttemptRow(SQLModel, table=True):
    """One try at one contact point; born `sending` in the transaction that claims it."""

    __tablename__ = "attempt"
    __table_args__ = (
        Index("ix_attempt_open", "status", "engine_id", **_where(_ON_THE_WIRE)),
        Index("ix_attempt_known", "provider_id", **_where("provider_id IS NOT NULL")),
        Index("ix_attempt_address", "address_key"),
        Index("ix_attempt_of_incident", "incident_id"),
    )
    id: int | None = _number()
    delivery_id: int = Field(foreign_key="delivery.id", sa_type=_NUMBER)
    incident_id: str
    cascade_id: int = Field(sa_type=_NUMBER)
    wave_id: int = Field(sa_type=_NUMBER)
    recipient: str
    number: int
    channel: str
    point: int
    route: str
    status: str
    client_ref: str
    """Ours, given to the provider; an attempt that repeats an uncertain one keeps its reference."""
    body_digest: str
    address_key: str
    """Keyed hash of the address, so that a reply finds its question without a clear number."""
    engine_id: str
    claim_token: str
    claimed_at: datetime = _time()
    """By the clock that judges due times."""
    claimed_real_at: datetime = _time()
    """By the machine's clock, for leases and look-ups at the provider."""
    provider_id: str | None = None
    superseded_by: int | None = Field(default=None, sa_type=_NUMBER)
    possible_duplicate: bool = False
    look_ups: int = 0
    """How many complete lists of the provider did not hold this uncertain attempt."""
    looked_up_at: datetime | None = _time(nullable=True)


class AttemptEventRow(SQLModel, table=True):
    """One thing learned about an attempt; inserted, never changed."""

    __tablename__ = "attempt_event"
    __table_args__ = (
        UniqueConstraint(
            "attempt_id", "status", "provider_status", "code", name="uq_attempt_event_once"
        ),
    )
    id: int | None = _number()
    attempt_id: int = Field(foreign_key="attempt.id", sa_type=_NUMBER)
    status: str
    at: datetime = _time()
    recorded_at: datetime = _time()
    provider_status: str = ""
    code: str = ""
    unsent: bool = False


class OrphanReportRow(SQLModel, table=True):
    """A provider's report whose attempt is not known yet; matched when it becomes known."""

    __tablename__ = "orphan_report"
    __table_args__ = (
        UniqueConstraint("provider", "provider_id", "provider_status", name="uq_orphan_once"),
    )
    id: int | None = _number()
    provider: str
    provider_id: str = Field(index=True)
    status: str
    provider_status: str
    code: str = ""
    unsent: bool = False
    received_at: datetime = _time()


class AcknowledgementRow(SQLModel, table=True):
    """A person's own answer, or an officer's note of it."""

    __tablename__ = "acknowledgement"
    id: int | None = _number()
    incident_id: str = Field(index=True)
    delivery_id: int = Field(foreign_key="delivery.id", sa_type=_NUMBER)
    recipient: str
    at: datetime = _time()
    how: str
    """`reply`, or `officer` for an answer by mouth or paper."""
    by: str
    """Reference of who recorded it."""
    key: str
    meaning: str
    is_yes: bool = True
    is_help: bool = False
    minutes: int | None = None
    answer_ref: str | None = None
    is_late: bool = False
    is_shared_address: bool = False


class InboundRow(SQLModel, table=True):
    """A message somebody sent to us, once per provider id."""

    __tablename__ = "inbound"
    __table_args__ = (UniqueConstraint("provider", "provider_id", name="uq_inbound_once"),)
    id: int | None = _number()
    provider: str
    provider_id: str
    channel: str
    at: datetime = _time()
    recorded_at: datetime = _time()
    state: str
    """`matched`, `unclear`, `unmatched` or `automatic`."""
    incident_id: str | None = Field(default=None, index=True)
    sender_ref: str
    text_ref: str


class PersonalValueRow(SQLModel, table=True):
    """A personal value under its reference; the only table a person can be erased from."""

    __tablename__ = "personal_value"
    ref: str = Field(primary_key=True)
    incident_id: str | None = Field(default=None, index=True)
    salt: str
    value: str = Field(sa_type=Text)


class LogEntryRow(SQLModel, table=True):
    """One line of an incident's log; inserted, never changed."""

    __tablename__ = "log_entry"
    __table_args__ = (Index("ix_log_entry_incident", "incident_id", "id"),)
    id: int | None = _number()
    incident_id: str = Field(foreign_key="incident.id")
    kind: str
    happened_at: datetime = _time()
    recorded_at: datetime = _time()
    actor: str
    subject: str | None = None
    codes: str = Field(default="{}", sa_type=Text)
    commitments: str = Field(default="{}", sa_type=Text)


class LogSealRow(SQLModel, table=True):
    """The place of an entry in its incident's chain; filled by one sealer."""

    __tablename__ = "log_seal"
    __table_args__ = (UniqueConstraint("entry_id", name="uq_log_seal_entry"),)
    incident_id: str = Field(foreign_key="incident.id", primary_key=True)
    seq: int = Field(primary_key=True)
    entry_id: int = Field(foreign_key="log_entry.id", sa_type=_NUMBER)
    prev: str
    hash: str


class PollCursorRow(SQLModel, table=True):
    """How far a route's statuses or replies have been fetched; the provider's time."""

    __tablename__ = "poll_cursor"
    name: str = Field(primary_key=True)
    since: datetime = _time()


class RouteStateRow(SQLModel, table=True):
    """Whether a route is stopped, since when and why."""

    __tablename__ = "route_state"
    route: str = Field(primary_key=True)
    is_stopped: bool = False
    since: datetime = _time()
    code: str = ""
    text: str = ""
