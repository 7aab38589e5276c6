"""Content about people and about what steers, with one thing wrong in each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from beredskap.domain.channel import Channel
from beredskap.domain.governance import Advertisement, MeetingKind, Value
from beredskap.domain.stakeholder import Audience, ContactPoint, Employment
from beredskap.library import Content
from tests.readiness.changed import (
    TODAY,
    Change,
    both,
    directory,
    document,
    governance,
    group,
    meetings,
    person,
    texts,
    unit,
    without_document,
    without_group,
    without_person,
)

LONG_AGO = date(2020, 1, 1)

MAIL_ONLY = (ContactPoint(channel=Channel.EMAIL, address="kok@vasastan.example"),)

MANAGERS = "brand-forskola-chefer"


def _roster_with_a_gap(found: Content) -> Content:
    """Let the communications officer's duty end a day after today."""
    ends = datetime(2026, 11, 24, tzinfo=UTC)
    return directory(
        roster=tuple(
            replace(one, ends_at=ends) if one.role == "kib" else one
            for one in found.directory.roster
            if one.role != "kib" or one.starts_at < ends
        )
    )(found)


def _eken_without_staff(found: Content) -> Content:
    """Move everybody of one preschool to another, and leave its contacts."""
    people = {
        key: replace(one, unit="bjorken")
        if one.unit == "eken" and one.employment is not Employment.NOT_EMPLOYED
        else one
        for key, one in found.directory.people.items()
    }
    return directory(people=people)(found)


WRONG: list[tuple[str, str, Change, tuple[str, ...]]] = [
    ("P0-01", "no deputy", unit("eken", deputy=None), ("eken",)),
    ("P0-01", "nobody works there", _eken_without_staff, ("eken",)),
    ("P0-01", "its own deputy", unit("eken", deputy="therese-boman"), ("eken",)),
    ("P0-01", "a manager who is gone", without_person("hampus-lindroth"), ("stadsmiljo",)),
    (
        "P0-02",
        "older than what it rests on",
        document("stadens-kommunikationspolicy", reviewed_on=TODAY),
        ("kommunikationspolicy",),
    ),
    (
        "P0-02",
        "overdue",
        document("kommunikationspolicy", review_interval_days=30),
        ("kommunikationspolicy",),
    ),
    ("P0-02", "no policy", without_document("kommunikationspolicy"), ("policy",)),
    ("P1-09", "a group without a list", without_group("E3"), ("E3",)),
    ("P1-09", "needs unknown", group("E6", needs=""), ("E6",)),
    ("P1-09", "an owner nobody is", group("I3", owner_role="ingen"), ("I3",)),
    (
        "P1-10",
        "an unwritten language",
        person("rosa-delgado", languages=("es", "sv")),
        ("rosa-delgado",),
    ),
    ("P1-18", "one way only", group("E7", needs="Webb."), ("E7",)),
    ("P1-18", "an owner nobody is", group("E6", owner_role="ingen"), ("E6",)),
    ("P3-02", "no address", person("petra-wikman", contact_points=()), ("petra-wikman",)),
    (
        "P3-02",
        "no deputy",
        both(person("petra-wikman", deputy=None), unit("lokaler", deputy=None)),
        ("petra-wikman",),
    ),
    ("P3-09", "a unit has not read it", document("kommunikationspolicy", known_in=()), ()),
    (
        "P3-14",
        "not decided",
        document("kommunikationsplan-2026", decided_on=None),
        ("kommunikationsplan-2026",),
    ),
    ("P3-14", "none for the year", without_document("kommunikationsplan-2026"), ("plan 2026",)),
    ("P3-18", "no guidelines", without_document("medieriktlinjer"), ("media",)),
    (
        "P3-18",
        "freedom to speak untold",
        texts(MANAGERS, lambda _c, _l, s: s.replace("Du får alltid säga vad du själv tycker.", "")),
        (f"{MANAGERS}/email.sv",),
    ),
    ("P4-03", "no manager", person("fatima-said", manager=None), ("fatima-said",)),
    ("P4-09", "no number", person("larmcentralen", contact_points=MAIL_ONLY), ("larmcentralen",)),
    ("P5-02", "no way of its own", unit("eken", local_channel=""), ("eken",)),
    ("P5-02", "never tried", governance(channel_tests={}), ()),
    (
        "P5-04",
        "no feedback",
        meetings(MeetingKind.MANAGEMENT, lambda one: replace(one, agenda=("Beslut",))),
        ("Förvaltningsledningens möte",),
    ),
    (
        "P5-04",
        "no such meeting",
        meetings(MeetingKind.MANAGEMENT, lambda one: None),
        ("management",),
    ),
    (
        "P5-05",
        "too long ago",
        meetings(
            MeetingKind.MANAGERS, lambda one: replace(one, last_on=TODAY - timedelta(days=46))
        ),
        ("Chefsmötet",),
    ),
    (
        "P5-08",
        "no such meeting",
        meetings(MeetingKind.JOINT_COUNCIL, lambda one: None),
        ("joint_council",),
    ),
    (
        "P5-11",
        "a unit is left out",
        meetings(
            MeetingKind.WORKPLACE,
            lambda one: replace(one, units=tuple(u for u in one.units if u != "eken")),
        ),
        ("eken",),
    ),
    (
        "P5-15",
        "too seldom",
        meetings(MeetingKind.WORK, lambda one: replace(one, interval_days=60)),
        (),
    ),
    (
        "P5-17",
        "a heading is missing",
        governance(letter_headings=("Mål", "Beslut", "Förändringar", "Uppdrag")),
        ("prioriteringar",),
    ),
    (
        "P5-24",
        "no web address",
        governance(
            advertisements=(
                Advertisement(month="2026-12", text="Hej", book_by=TODAY, is_booked=True),
            )
        ),
        ("2026-12",),
    ),
    (
        "P5-24",
        "booked too late",
        governance(
            advertisements=(
                Advertisement(month="2026-12", text="norrmalm.example", book_by=LONG_AGO),
            )
        ),
        ("2026-12",),
    ),
    ("P6-03", "never said", governance(values=(Value(name="Mod", said_as="Var modig"),)), ("Mod",)),
    (
        "P4-01",
        "no hourly staff",
        group("I1", audience=Audience(employments=(Employment.PERMANENT,))),
        ("project", "hourly", "substitute"),
    ),
    ("P3-12", "a gap tomorrow", _roster_with_a_gap, ("kib",)),
    (
        "P3-12",
        "no deputy",
        lambda found: directory(
            roster=tuple(replace(one, deputy=None) for one in found.directory.roster)
        )(found),
        (),
    ),
]
"""Row, what is wrong, how the content is changed, and what must be named (where it is few)."""
