"""Who is told: people and bodies, the units they belong to, and the lists they stand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from beredskap.domain.channel import Channel
from beredskap.domain.officer import Officer


class Employment(StrEnum):
    """The four kinds of employment the policy names, and none."""

    PERMANENT = "permanent"
    """Tillsvidareanställd."""
    PROJECT = "project"
    """Projektanställd."""
    HOURLY = "hourly"
    """Timanställd."""
    SUBSTITUTE = "substitute"
    """Vikarie."""
    NOT_EMPLOYED = "not_employed"
    """Not on our pay-roll: partners, politicians, press, relatives."""


class PersonStatus(StrEnum):
    """Whether the person is at work; people on leave are informed but never given tasks."""

    IN_SERVICE = "in_service"
    """At work as usual."""
    SICK = "sick"
    """Sjukskriven."""
    PARENTAL_LEAVE = "parental_leave"
    """Föräldraledig."""
    LEAVE = "leave"
    """Tjänstledig."""

    @property
    def is_on_leave(self) -> bool:
        """Say whether the person is away from work."""
        return self is not PersonStatus.IN_SERVICE


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactPoint:
    """One address on one channel."""

    channel: Channel
    address: str
    """E.164 for SMS; an ASCII mail address for mail."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stakeholder:
    """A person or body to be told."""

    id: str
    name: str
    roles: tuple[str, ...] = ()
    unit: str | None = None
    manager: str | None = None
    deputy: str | None = None
    employment: Employment = Employment.NOT_EMPLOYED
    status: PersonStatus = PersonStatus.IN_SERVICE
    languages: tuple[str, ...] = ("sv",)
    contact_points: tuple[ContactPoint, ...] = ()
    """In the person's own order of preference."""
    has_opted_out: bool = False
    is_protected: bool = False
    """Protected personal data: shown as a number only, reached through a named go-between."""
    go_between: str | None = None
    verified_on: date | None = None
    fault: str | None = None
    """Why no usable address could be read, when that is so (`bad_number`, `bad_email`)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """A part of the organisation."""

    id: str
    name: str
    kind: str
    """`department`, `unit` or `workplace`."""
    parent: str | None = None
    manager: str | None = None
    deputy: str | None = None
    local_channel: str = ""
    meeting_place: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Audience:
    """Which people a wave or list means: any of the selectors, narrowed, without the exclusions.

    A unit or group written `fact.ID` is filled from the facts of the launch.
    """

    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    """Units together with everything below them."""
    people: tuple[str, ...] = ()
    employments: tuple[Employment, ...] = ()
    """Where given, only these kinds of employment."""
    exclude_people: tuple[str, ...] = ()
    exclude_groups: tuple[str, ...] = ()
    includes_leave: bool = False
    """True where people on leave are to be told (information, never tasks)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactList:
    """A named list of stakeholders (I1–E7 of the policy, or the organisation's own)."""

    id: str
    name: str
    owner_role: str
    needs: str = ""
    audience: Audience = field(default_factory=Audience)
    is_external: bool = False
    other_ways: tuple[str, ...] = ()
    """Ways to the group besides its members' addresses, such as C9 or a meeting."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DutyPeriod:
    """Who is on duty in a role between two times."""

    role: str
    person: str
    starts_at: datetime
    ends_at: datetime
    deputy: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactRoute:
    """A way to reach a person, and what it stops working without."""

    id: str
    channel: Channel
    """SMS, mail, or a call to the mobile."""
    depends_on: tuple[str, ...] = ()
    """Words as scenarios have under `unavailable`, such as `power`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Organisation:
    """The organisation's profile; no such string stands in code."""

    id: str
    name: str
    short_name: str
    aliases: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    sms_sender: str = ""
    mail_sender: str = ""
    mail_reply_to: str = ""
    languages: tuple[str, ...] = ("sv",)
    locale: str = "sv"
    time_zone: str = "Europe/Stockholm"
    web: str = ""
    meeting_place: str = ""
    meeting_bridge: str = ""
    crisis_group: str = ""
    """Id of the group that is the crisis team."""
    routes: tuple[ContactRoute, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Directory:
    """Everything in `contact_lists/`, read and indexed."""

    organisation: Organisation
    units: Mapping[str, Unit] = field(default_factory=dict)
    people: Mapping[str, Stakeholder] = field(default_factory=dict)
    lists: Mapping[str, ContactList] = field(default_factory=dict)
    roster: tuple[DutyPeriod, ...] = ()
    officers: Mapping[str, Officer] = field(default_factory=dict)
