"""Who an audience means: selectors over the directory, evaluated at launch and then frozen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from beredskap.domain.stakeholder import Audience, Directory, Stakeholder

FACT_PREFIX = "fact."
"""A group or unit written `fact.enhet` is filled from the fact `enhet`."""


def members(
    audience: Audience, directory: Directory, facts: Mapping[str, str], now: datetime
) -> tuple[Stakeholder, ...]:
    """Return the people an audience means, each once, in the order of the directory.

    Exclusions of the audience are left out here; leave and addresses are judged by the plan.
    """
    wanted = _ids(audience, directory, facts, now, frozenset())
    return tuple(person for person in directory.people.values() if person.id in wanted)


def unknown_names(audience: Audience, directory: Directory, facts: Iterable[str]) -> Iterator[str]:
    """Yield each group, unit or person the audience names that the directory does not have."""
    known_facts = set(facts)
    for group in (*audience.groups, *audience.exclude_groups):
        if not _is_known(group, directory.lists, known_facts):
            yield f"group '{group}'"
    for unit in audience.units:
        if not _is_known(unit, directory.units, known_facts):
            yield f"unit '{unit}'"
    for person in (*audience.people, *audience.exclude_people):
        if not _is_known(person, directory.people, known_facts):
            yield f"person '{person}'"


def units_below(unit: str, directory: Directory) -> frozenset[str]:
    """Return a unit together with every unit below it; a cycle is walked once."""
    found = {unit}
    grows = True
    while grows:
        below = {u.id for u in directory.units.values() if u.parent in found} - found
        found |= below
        grows = bool(below)
    return frozenset(found)


def on_duty(role: str, directory: Directory, now: datetime) -> frozenset[str]:
    """Return who the roster has on duty in a role at a time."""
    return frozenset(
        period.person
        for period in directory.roster
        if period.role == role and period.starts_at <= now < period.ends_at
    )


def _is_known(name: str, known: Mapping[str, object], facts: set[str]) -> bool:
    if name.startswith(FACT_PREFIX):
        return name.removeprefix(FACT_PREFIX) in facts
    return name in known


def _filled(names: Iterable[str], facts: Mapping[str, str]) -> Iterator[str]:
    for name in names:
        if name.startswith(FACT_PREFIX):
            value = facts.get(name.removeprefix(FACT_PREFIX))
            if value:
                yield value
        else:
            yield name


def _ids(
    audience: Audience,
    directory: Directory,
    facts: Mapping[str, str],
    now: datetime,
    visited: frozenset[str],
) -> frozenset[str]:
    found: set[str] = set(_filled(audience.people, facts))
    for group in _filled(audience.groups, facts):
        found |= _ids_of_group(group, directory, facts, now, visited)
    roles = set(audience.roles)
    for role in roles:
        found |= on_duty(role, directory, now)
    units: set[str] = set()
    for unit in _filled(audience.units, facts):
        units |= units_below(unit, directory)
    if roles or units:
        found |= {
            p.id for p in directory.people.values() if roles & set(p.roles) or p.unit in units
        }
    if audience.employments:
        kinds = set(audience.employments)
        found = {
            i for i in found if i in directory.people and directory.people[i].employment in kinds
        }
    found -= set(audience.exclude_people)
    for group in _filled(audience.exclude_groups, facts):
        found -= _ids_of_group(group, directory, facts, now, visited)
    return frozenset(found)


def _ids_of_group(
    group: str,
    directory: Directory,
    facts: Mapping[str, str],
    now: datetime,
    visited: frozenset[str],
) -> frozenset[str]:
    if group in visited or group not in directory.lists:
        return frozenset()
    return _ids(directory.lists[group].audience, directory, facts, now, visited | {group})
