"""The facts an officer states: checked before rendering, and extreme ones for measuring."""

from __future__ import annotations

import re
from collections.abc import Mapping

from beredskap.domain.scenario import Fact, FactType, Scenario
from beredskap.domain.stakeholder import Directory
from beredskap.errors import UsageError
from beredskap.library.addresses import has_control_characters

_TIME = re.compile(r"(?:[01][0-9]|2[0-3])[.:][0-5][0-9]")


def check_facts(
    scenario: Scenario, directory: Directory, facts: Mapping[str, str]
) -> dict[str, str]:
    """Return the facts with defaults filled in; a fact that is not given is the empty string.

    Raises:
        UsageError: one is missing, unknown, too long or of the wrong kind; all of them are named.
    """
    known = {fact.id: fact for fact in scenario.facts}
    faults = [
        f"the fact '{name}' is not one of scenario '{scenario.id}' ({', '.join(known) or 'none'})"
        for name in facts
        if name not in known
    ]
    complete = {}
    for fact in scenario.facts:
        value = (facts.get(fact.id) or fact.default or "").strip()
        complete[fact.id] = value
        fault = _fault(fact, value, directory)
        if fault is not None:
            faults.append(fault)
    if faults:
        raise UsageError(_sentence(faults, scenario))
    return complete


def longest_facts(scenario: Scenario, directory: Directory) -> dict[str, str]:
    """Return the longest value each fact may have, for measuring texts."""
    return {fact.id: _longest(fact, directory) for fact in scenario.facts}


def shortest_facts(scenario: Scenario, directory: Directory) -> dict[str, str]:
    """Return the shortest value each fact may have; those not required are left out."""
    return {fact.id: _shortest(fact, directory) for fact in scenario.facts if fact.is_required}


def _sentence(faults: list[str], scenario: Scenario) -> str:
    told = "; ".join(faults)
    return (
        f"{told[0].upper()}{told[1:]}; give facts as --fact id=value "
        f"('beredskap scenario show {scenario.id}' lists them)."
    )


def _fault(fact: Fact, value: str, directory: Directory) -> str | None:
    """Return what is wrong with a fact's value, as part of a sentence."""
    name = f"the fact '{fact.id}' ({fact.label})"
    if not value:
        return f"{name} is missing" if fact.is_required else None
    if has_control_characters(value):
        return f"{name} holds a character that cannot be printed"
    if fact.type is FactType.UNIT:
        known = ", ".join(directory.units)
        return None if value in directory.units else f"{name} must be a unit's id ({known})"
    if len(value) > fact.longest:
        return f"{name} has {len(value)} characters and may have {fact.longest}"
    return _fault_of_kind(fact, value, name)


def _fault_of_kind(fact: Fact, value: str, name: str) -> str | None:
    match fact.type:
        case FactType.TIME if not _TIME.fullmatch(value):
            return f"{name} must be a time such as 14.05"
        case FactType.NUMBER if not value.isascii() or not value.isdigit():
            return f"{name} must be a whole number"
        case FactType.CHOICE if value not in fact.choices:
            return f"{name} must be one of {', '.join(fact.choices)}"
        case _:
            return None


def _longest(fact: Fact, directory: Directory) -> str:
    match fact.type:
        case FactType.UNIT:
            units = directory.units.values()
            return max(units, key=lambda unit: len(unit.name)).id if units else ""
        case FactType.TIME:
            return "23.59"
        case FactType.NUMBER:
            return "9" * fact.longest
        case FactType.CHOICE:
            return max(fact.choices, key=len, default="")
        case _:
            return ("Åkerblomsgatan " * 40)[: fact.longest].strip().ljust(fact.longest, "x")


def _shortest(fact: Fact, directory: Directory) -> str:
    match fact.type:
        case FactType.UNIT:
            units = directory.units.values()
            return min(units, key=lambda unit: len(unit.name)).id if units else ""
        case FactType.TIME:
            return "00.00"
        case FactType.NUMBER:
            return "1"
        case FactType.CHOICE:
            return min(fact.choices, key=len, default="")
        case _:
            return "A"
