"""The people and groups: a second way to those who matter, deputies, owners, and fresh data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from beredskap.domain.audience import members
from beredskap.domain.problem import Severity
from beredskap.domain.stakeholder import Audience, Stakeholder
from beredskap.readiness.rule import Evidence, Finding, Rule

_PEOPLE = "contact_lists/people.csv"
_GROUPS = "contact_lists/groups.yaml"
_ROSTER = "contact_lists/roster.csv"
_TWO = 2
_FRESH = timedelta(days=180)
"""How long the data of those who lead a crisis are taken as right."""
_KNOWN = timedelta(days=365)
"""How long anybody's are."""
_SOON = timedelta(hours=72)
_MOST_CALLS = 10
"""People one manager can ring up by hand while it still helps."""


def _key_people(evidence: Evidence) -> dict[str, Stakeholder]:
    """Return those a crisis is led by: the crisis team, who is on duty, and their deputies."""
    directory, team = evidence.content.directory, _team(evidence)
    keys = {person.id for person in team}
    keys |= {period.person for period in directory.roster}
    keys |= {period.deputy for period in directory.roster if period.deputy}
    keys |= {person.deputy for person in team if person.deputy}
    keys |= {officer for officer in directory.officers if officer in directory.people}
    return {key: directory.people[key] for key in sorted(keys) if key in directory.people}


def _named(person: Stakeholder) -> str:
    """Return a person's id as a sentence has it; a protected person has none."""
    return "a protected person" if person.is_protected else f"'{person.id}'"


def _about(evidence: Evidence, person: Stakeholder, sentence: str) -> Finding:
    told = sentence[0].upper() + sentence[1:]
    return Finding(file=_PEOPLE, line=evidence.line_of(_PEOPLE, person.id), text=told)


def _one_channel(evidence: Evidence) -> Iterator[Finding]:
    for person in _key_people(evidence).values():
        channels = {point.channel for point in person.contact_points}
        if len(channels) < _TWO and not person.is_protected:
            yield _about(
                evidence,
                person,
                f"'{person.id}' leads in a crisis and has {len(channels)} way to be reached; "
                "add a second, on another channel.",
            )


def _no_deputy(evidence: Evidence) -> Iterator[Finding]:
    directory = evidence.content.directory
    for person in _team(evidence):
        if person.deputy is None:
            yield _about(
                evidence,
                person,
                f"{_named(person)} is in the crisis team and has no deputy; name one.",
            )
    for period in directory.roster:
        if period.deputy is None or period.deputy == period.person:
            yield Finding(
                file=_ROSTER,
                line=evidence.line_of(_ROSTER, f"{period.role};{period.person}"),
                text=f"The duty '{period.role}' of '{period.person}' has no deputy; name one.",
            )


def _team(evidence: Evidence) -> tuple[Stakeholder, ...]:
    directory = evidence.content.directory
    group = directory.organisation.crisis_group
    return members(Audience(groups=(group,)), directory, {}, evidence.noon)


def _unverified(evidence: Evidence) -> Iterator[Finding]:
    keys = _key_people(evidence)
    for person in evidence.content.directory.people.values():
        if person.is_protected or not person.contact_points:
            continue
        limit = _FRESH if person.id in keys else _KNOWN
        if person.verified_on is None or person.verified_on + limit < evidence.today:
            when = person.verified_on.isoformat() if person.verified_on else "never"
            yield _about(
                evidence,
                person,
                f"The addresses of '{person.id}' were last verified {when} and should be every "
                f"{limit.days} days; ask, and write the date.",
            )


def _group_owner(evidence: Evidence) -> Iterator[Finding]:
    directory = evidence.content.directory
    held = {role for person in directory.people.values() for role in person.roles}
    for group in directory.lists.values():
        if group.owner_role not in held:
            yield _of_group(
                evidence,
                group.id,
                f"The group '{group.id}' is owned by '{group.owner_role}', a role nobody has; "
                "name one that somebody has.",
            )


def _group_channels(evidence: Evidence) -> Iterator[Finding]:
    """A group of nobody yet, or that never has a list, is told by other means under `needs`."""
    directory = evidence.content.directory
    for group in directory.lists.values():
        people = members(group.audience, directory, {}, evidence.noon)
        channels = {point.channel for person in people for point in person.contact_points}
        if people and len(channels) < _TWO and not group.other_ways:
            yield _of_group(
                evidence,
                group.id,
                f"The group '{group.id}' can be reached in {len(channels)} way only; add "
                "addresses on another channel, or name the other ways under `other_ways`.",
            )


def _of_group(evidence: Evidence, group: str, sentence: str) -> Finding:
    return Finding(file=_GROUPS, line=evidence.line_of(_GROUPS, f"id: {group}"), text=sentence)


def _roster_gaps(evidence: Evidence) -> Iterator[Finding]:
    directory = evidence.content.directory
    zone = ZoneInfo(directory.organisation.time_zone)
    starts = datetime.combine(evidence.today, time(0), tzinfo=zone)
    for role in dict.fromkeys(period.role for period in directory.roster):
        reached = starts
        for period in sorted(directory.roster, key=lambda p: p.starts_at):
            if period.role == role and period.starts_at <= reached < period.ends_at:
                reached = period.ends_at.astimezone(zone)
        if reached < starts + _SOON:
            yield Finding(
                file=_ROSTER,
                line=evidence.line_of(_ROSTER, role),
                text=f"Nobody is on duty as '{role}' from {reached:%Y-%m-%d %H.%M}; fill the gap.",
            )


def _manager_circles(evidence: Evidence) -> Iterator[Finding]:
    people = evidence.content.directory.people
    above = {person.id: person.manager for person in people.values()}
    for person in people.values():
        if _comes_back(person.id, above):
            yield _about(
                evidence,
                person,
                f"{_named(person)} is in the end their own manager; correct the chain.",
            )


def _comes_back(start: str, above: Mapping[str, str | None]) -> bool:
    here, seen = above.get(start), set[str]()
    while here is not None and here not in seen:
        if here == start:
            return True
        seen.add(here)
        here = above.get(here)
    return False


def _group_circles(evidence: Evidence) -> Iterator[Finding]:
    groups = evidence.content.directory.lists
    for group in groups.values():
        inside, reached = list(group.audience.groups), set[str]()
        while inside:
            name = inside.pop()
            if name not in reached and name in groups:
                reached.add(name)
                inside += groups[name].audience.groups
        if group.id in reached:
            yield _of_group(
                evidence, group.id, f"The group '{group.id}' holds itself in the end; take one out."
            )


def _fan_out(evidence: Evidence) -> Iterator[Finding]:
    people = evidence.content.directory.people
    calls = Counter(
        person.manager
        for person in people.values()
        if person.manager in people and not person.status.is_on_leave
    )
    for manager, count in calls.items():
        if manager is not None and count > _MOST_CALLS:
            yield _about(
                evidence,
                people[manager],
                f"{_named(people[manager])} would have to ring {count} people and can ring "
                f"{_MOST_CALLS}; divide them between managers.",
            )


RULES: tuple[Rule, ...] = tuple(
    Rule(id=f"contacts.{rule}", sentence=sentence, severity=severity, find=find)
    for rule, sentence, severity, find in (
        (
            "one_channel",
            "Who leads in a crisis can be reached in two ways.",
            Severity.WARNING,
            _one_channel,
        ),
        (
            "no_deputy",
            "The crisis team and every duty have deputies.",
            Severity.WARNING,
            _no_deputy,
        ),
        ("unverified", "Addresses are verified in time.", Severity.WARNING, _unverified),
        ("group_owner", "A group has an owner who is there.", Severity.WARNING, _group_owner),
        (
            "group_one_channel",
            "A group can be reached in two ways.",
            Severity.WARNING,
            _group_channels,
        ),
        (
            "roster_gap",
            "Every duty is filled for the next three days.",
            Severity.WARNING,
            _roster_gaps,
        ),
        ("manager_circle", "Nobody is their own manager.", Severity.ERROR, _manager_circles),
        ("group_circle", "No group holds itself.", Severity.ERROR, _group_circles),
        (
            "fan_out",
            "Nobody has more people to ring than can be rung.",
            Severity.WARNING,
            _fan_out,
        ),
    )
)
"""The rules on people and groups."""
