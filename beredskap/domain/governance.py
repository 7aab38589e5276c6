"""What steers communication between events: documents, meetings, the managers' letter, values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class DocumentKind(StrEnum):
    """What kind of governing document it is."""

    POLICY = "policy"
    """A communication policy, the organisation's own or one it rests on."""
    PLAN = "plan"
    """A communication plan for one year."""
    MEDIA = "media"
    """The guidelines for media relations."""
    OTHER = "other"
    """Anything else that steers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GoverningDocument:
    """A document that steers communication, with its version and what it rests on."""

    id: str
    title: str
    kind: DocumentKind
    version: str = ""
    reviewed_on: date
    review_interval_days: int = 365
    rests_on: str | None = None
    """The id of the document it follows from; None for one that somebody else decides."""
    year: int | None = None
    """The year a plan is for."""
    decided_on: date | None = None
    """When a plan was decided; None while it is a draft."""
    known_in: tuple[str, ...] = ()
    """The units that went through this version."""


class MeetingKind(StrEnum):
    """The regular meetings of the policy."""

    MANAGEMENT = "management"
    """Ledningsmöte: makes decisions clear and settles how they are told."""
    MANAGERS = "managers"
    """Chefsmöte: the managers together."""
    JOINT_COUNCIL = "joint_council"
    """Förvaltningsgrupp: management and unions."""
    WORKPLACE = "workplace"
    """Arbetsplatsträff: dialogue at a workplace."""
    WORK = "work"
    """Arbetsmöte: how the work is to be done."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Meeting:
    """A regular meeting, with its pace and when it was last held."""

    kind: MeetingKind
    name: str
    units: tuple[str, ...] = ()
    """The units whose staff it is for."""
    interval_days: int
    last_on: date
    agenda: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Advertisement:
    """A monthly advertisement in a local paper."""

    month: str
    text: str
    book_by: date
    is_booked: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    """One of the organisation's values, and the words that carry it to people."""

    name: str
    said_as: str
    """Words that a text or a follow-up step holds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Governance:
    """Everything in `contact_lists/governance.yaml`; empty where there is no such file."""

    documents: Mapping[str, GoverningDocument] = field(default_factory=dict)
    meetings: tuple[Meeting, ...] = ()
    channel_tests: Mapping[str, date] = field(default_factory=dict)
    """Unit → when its own channel was last tried."""
    letter_headings: tuple[str, ...] = ()
    """The headings of the managers' letter."""
    advertisements: tuple[Advertisement, ...] = ()
    values: tuple[Value, ...] = ()
