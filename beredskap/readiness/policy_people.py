"""The policy's rows about people: who is known, who leads, who is on duty and how they are met."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from beredskap.domain.audience import members, units_below
from beredskap.domain.channel import Channel
from beredskap.domain.stakeholder import (
    ContactList,
    Directory,
    DutyPeriod,
    Employment,
    Stakeholder,
)
from beredskap.library import Content
from beredskap.readiness.policy import PolicyRule, Tally, tally

PEOPLE = "contact_lists/people.csv"
UNITS = "contact_lists/units.csv"
GROUPS = "contact_lists/groups.yaml"
ROSTER = "contact_lists/roster.csv"
_GROUPS_OF_THE_POLICY = (
    "I1", "I2", "I3", "I4", "E1a", "E1b", "E2", "E3", "E4", "E5a", "E5b", "E5c", "E5d", "E5e",
    "E6", "E7",
)  # fmt: skip
_EMPLOYED = (
    Employment.PERMANENT,
    Employment.PROJECT,
    Employment.HOURLY,
    Employment.SUBSTITUTE,
)
_WAYS = {
    "sms": re.compile(r"\bsms\b", re.IGNORECASE),
    "email": re.compile(r"e-post|mejl|\bmail", re.IGNORECASE),
    "telephone": re.compile(r"telefon|telephone|jour|vakthavande|\b112\b", re.IGNORECASE),
    "web": re.compile(r"webb?", re.IGNORECASE),
    "notice": re.compile(r"anslag|notice", re.IGNORECASE),
    "radio": re.compile(r"radio", re.IGNORECASE),
    "social": re.compile(r"konton|sociala medier|accounts", re.IGNORECASE),
    "person": re.compile(r"personlig|in person", re.IGNORECASE),
}
"""Way → how a group's needs speak of it, for groups without a list of people."""
_DUTY_AHEAD = timedelta(hours=72)
_TESTED_WITHIN = timedelta(days=365)


def _employed(directory: Directory) -> list[Stakeholder]:
    return [p for p in directory.people.values() if p.employment in _EMPLOYED]


def _held_roles(directory: Directory) -> set[str]:
    return {role for person in directory.people.values() for role in person.roles}


def units_with_staff(directory: Directory) -> list[str]:
    """Return the units that have employees of their own, in the order of the list."""
    staffed = {person.unit for person in _employed(directory)}
    return [unit for unit in directory.units if unit in staffed]


def _covered_units(content: Content, today: date) -> Tally:
    """Each unit has a manager, a deputy, and staff in it or below it."""
    directory = content.directory
    staffed = set(units_with_staff(directory))
    return tally(
        {
            unit.id: unit.manager in directory.people
            and unit.deputy in directory.people
            and unit.manager != unit.deputy
            and not staffed.isdisjoint(units_below(unit.id, directory))
            for unit in directory.units.values()
        },
        UNITS,
    )


def _known_groups(content: Content, today: date) -> Tally:
    """Each group of the policy has a list with an owner somebody is, and its needs."""
    lists = content.directory.lists
    held = _held_roles(content.directory)
    if not lists:
        return tally({}, GROUPS)
    return tally(
        {
            group: group in lists and bool(lists[group].needs) and lists[group].owner_role in held
            for group in _GROUPS_OF_THE_POLICY
        },
        GROUPS,
    )


def _readable_languages(content: Content, today: date) -> Tally:
    """Each person with an address has a first language that some text is in."""
    languages = {
        language
        for template in content.templates.values()
        for channel, language in template.sources
        if channel.reaches_a_person
    }
    reachable = [
        person
        for person in content.directory.people.values()
        if person.contact_points and not person.is_protected
    ]
    return tally({p.id: bool(set(p.languages[:1]) & languages) for p in reachable}, PEOPLE)


def _external_ways(content: Content, today: date) -> Tally:
    """Each external group has an owner somebody is, and two ways."""
    held = _held_roles(content.directory)
    return tally(
        {
            group.id: group.owner_role in held and len(_ways(group, content, today)) >= 2
            for group in content.directory.lists.values()
            if group.is_external
        },
        GROUPS,
    )


def _ways(group: ContactList, content: Content, today: date) -> set[str]:
    people = members_of(content, group.id, today)
    ways = {point.channel.value for person in people for point in person.contact_points}
    return ways | {way for way, told in _WAYS.items() if told.search(group.needs)}


def members_of(content: Content, group: str, today: date) -> tuple[Stakeholder, ...]:
    """Return the people a list means at noon of a day; nobody where there is no such list."""
    found = content.directory.lists.get(group)
    if found is None:
        return ()
    noon = datetime.combine(today, time(12), tzinfo=UTC)
    return members(found.audience, content.directory, {}, noon)


def _managers(content: Content, today: date) -> Tally:
    """Each manager can be reached and has a deputy, of their own or of the unit they lead."""
    directory = content.directory
    leads = [unit.manager for unit in directory.units.values() if unit.manager]
    leads += [person.manager for person in _employed(directory) if person.manager]
    stood_in_for = {unit.manager for unit in directory.units.values() if unit.deputy}
    return tally(
        {
            manager: _is_reachable(manager, directory.people)
            and (directory.people[manager].deputy is not None or manager in stood_in_for)
            for manager in dict.fromkeys(leads)
        },
        PEOPLE,
    )


def _is_reachable(person: str, people: Mapping[str, Stakeholder]) -> bool:
    return person in people and bool(people[person].contact_points)


def _duty(content: Content, today: date) -> Tally:
    """Each duty role is filled without a gap for 72 hours, with a deputy."""
    starts = datetime.combine(today, time(), tzinfo=UTC)
    roles: dict[str, list[DutyPeriod]] = {}
    for period in content.directory.roster:
        roles.setdefault(period.role, []).append(period)
    return tally(
        {
            role: _is_filled(periods, starts, starts + _DUTY_AHEAD)
            for role, periods in roles.items()
        },
        ROSTER,
    )


def _is_filled(periods: list[DutyPeriod], start: datetime, end: datetime) -> bool:
    reached = start
    for period in sorted(periods, key=lambda one: one.starts_at):
        if period.deputy and period.starts_at <= reached < period.ends_at:
            reached = period.ends_at
    return reached >= end


def _employments(content: Content, today: date) -> Tally:
    """Each kind of employment is held by somebody and meant by the list of staff."""
    directory = content.directory
    if not directory.people:
        return tally({}, PEOPLE)
    held = {person.employment for person in directory.people.values()}
    staff = directory.lists.get("I1")
    meant = set(staff.audience.employments or _EMPLOYED) if staff is not None else set()
    return tally({kind.value: kind in held and kind in meant for kind in _EMPLOYED}, PEOPLE)


def _one_manager_each(content: Content, today: date) -> Tally:
    """Each employee but the head has a manager on the list."""
    directory = content.directory
    heads = {unit.manager for unit in directory.units.values() if unit.parent is None}
    return tally(
        {
            person.id: person.manager in directory.people and person.manager != person.id
            for person in _employed(directory)
            if person.id not in heads
        },
        PEOPLE,
    )


def _contractors(content: Content, today: date) -> Tally:
    """Each contractor has a number that rings day and night, and stands in a scenario."""
    group = content.directory.lists.get("E4")
    roles = set(group.audience.roles) if group is not None else set()
    used = {
        role
        for scenario in content.scenarios.values()
        for wave in scenario.playbook.waves
        for role in (roles if "E4" in wave.audience.groups else roles & set(wave.audience.roles))
    }
    return tally(
        {
            person.id: bool(set(person.roles) & used)
            and any(point.channel is Channel.SMS for point in person.contact_points)
            for person in members_of(content, "E4", today)
        },
        PEOPLE,
    )


def _own_ways(content: Content, today: date) -> Tally:
    """Each unit has a way of its own that was tried in the last year."""
    tested = content.governance.channel_tests
    return tally(
        {
            unit.id: bool(unit.local_channel)
            and unit.id in tested
            and timedelta() <= today - tested[unit.id] <= _TESTED_WITHIN
            for unit in content.directory.units.values()
        },
        UNITS,
    )


RULES: Mapping[str, PolicyRule] = {
    "P0-01": _covered_units,
    "P1-09": _known_groups,
    "P1-10": _readable_languages,
    "P1-18": _external_ways,
    "P3-02": _managers,
    "P3-12": _duty,
    "P4-01": _employments,
    "P4-03": _one_manager_each,
    "P4-09": _contractors,
    "P5-02": _own_ways,
}
"""Row → the rule that judges it."""
