"""How a scenario is put together: who hears first, who may ring, who hears a call for help."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from beredskap.domain.audience import FACT_PREFIX, members
from beredskap.domain.channel import Channel
from beredskap.domain.officer import Right
from beredskap.domain.problem import Severity
from beredskap.domain.scenario import (
    OpensWhen,
    PlaybookWave,
    RuleKind,
    RungAction,
    Scenario,
    UncertainPolicy,
)
from beredskap.domain.stakeholder import Stakeholder
from beredskap.library import Content, longest_facts
from beredskap.readiness.rule import Evidence, Finding, Rule, scenario_file

_GRAVEST = "röd"
_TWO = 2


def _finding(evidence: Evidence, scenario: Scenario, sentence: str, wave: str = "") -> Finding:
    file = scenario_file(scenario.id)
    line = evidence.line_of(file, f"id: {wave}") if wave else 0
    return Finding(file=file, line=line, text=sentence)


def _internal_first(evidence: Evidence) -> Iterator[Finding]:
    for scenario in evidence.content.scenarios.values():
        opens = _openings(scenario)
        kinds = {wave.id: _kind(evidence.content, wave) for wave in scenario.playbook.waves}
        inside = [opens[wave] for wave, kind in kinds.items() if kind == "internal"]
        for wave, kind in kinds.items():
            if kind == "external" and (not inside or opens[wave] < min(inside)):
                yield _finding(
                    evidence,
                    scenario,
                    f"The wave '{wave}' tells people outside before our own know; "
                    "let a wave to our own open before or with it.",
                    wave,
                )


def _kind(content: Content, wave: PlaybookWave) -> str:
    template = content.templates.get(wave.template)
    return template.audience_kind if template is not None else ""


def _openings(scenario: Scenario) -> dict[str, float]:
    """Return the earliest second at which each wave opens; a circle never does."""
    waves = {wave.id: wave for wave in scenario.playbook.waves}
    return {wave: _opens(wave, waves, frozenset()) for wave in waves}


def _opens(wave_id: str, waves: Mapping[str, PlaybookWave], seen: frozenset[str]) -> float:
    wave = waves.get(wave_id)
    if wave is None or wave_id in seen:
        return float("inf")
    opening = wave.opening
    if opening.when is OpensWhen.RELEASE:
        return opening.after_seconds
    before = waves.get(opening.wave or "")
    waits = _opens(opening.wave or "", waves, seen | {wave_id}) + opening.after_seconds
    is_late = opening.when is OpensWhen.EXPIRED and before is not None
    return waits + (before.terms.allowed_seconds if is_late and before is not None else 0)


def _quiet(evidence: Evidence) -> Iterator[Finding]:
    """Those at the place are the wave whose unit is a fact; the crisis team may be rung up."""
    for scenario in evidence.content.scenarios.values():
        if not scenario.is_quiet:
            continue
        for wave in scenario.playbook.waves:
            if not any(unit.startswith(FACT_PREFIX) for unit in wave.audience.units):
                continue
            for sound in _sounds(evidence.content, wave):
                yield _finding(
                    evidence,
                    scenario,
                    f"The scenario is quiet, and the wave '{wave.id}' has {sound}; take it out.",
                    wave.id,
                )


def _sounds(content: Content, wave: PlaybookWave) -> Iterator[str]:
    actions = {rung.action for rung in wave.terms.ladder}
    if actions & {RungAction.RETRY, RungAction.NEXT_CHANNEL}:
        yield "a reminder, which may give somebody away"
    if wave.terms.uncertain is UncertainPolicy.RESEND:
        yield "a second sending where the first is uncertain"
    template = content.templates.get(wave.template)
    if template is not None and template.languages(Channel.CALL):
        yield "a script for calls, which ring"


def _help(evidence: Evidence) -> Iterator[Finding]:
    people = evidence.content.directory.people
    for scenario in evidence.content.scenarios.values():
        for wave in scenario.playbook.waves:
            template = evidence.content.templates.get(wave.template)
            if template is None or not any(answer.is_help for answer in template.answers):
                continue
            last = [rung.person for rung in wave.terms.ladder if rung.person]
            if not any(_is_reachable(people.get(person or "")) for person in last):
                yield _finding(
                    evidence,
                    scenario,
                    f"The wave '{wave.id}' offers help, and no last rung that can be reached "
                    "receives the answer; name a person.",
                    wave.id,
                )


def _is_reachable(person: Stakeholder | None) -> bool:
    return (
        person is not None
        and bool(person.contact_points)
        and not person.has_opted_out
        and not person.status.is_on_leave
    )


def _two_approvers(evidence: Evidence) -> Iterator[Finding]:
    officers = evidence.content.directory.officers.values()
    pairs = [
        (launcher, approver)
        for launcher in officers
        for approver in officers
        if Right.LAUNCH in launcher.rights and Right.APPROVE in approver.rights
    ]
    for scenario in evidence.content.scenarios.values():
        if scenario.approvers < _TWO:
            continue
        if _is_life_safety(scenario):
            yield _finding(
                evidence,
                scenario,
                "Lives may depend on the minutes, and the scenario waits for two approvers; "
                "let one be enough and review it afterwards.",
            )
        if all(launcher.id == approver.id for launcher, approver in pairs):
            yield _finding(
                evidence,
                scenario,
                "The scenario needs two approvers, and no two officers can launch and approve it; "
                "give another one the right to approve.",
            )


def _is_life_safety(scenario: Scenario) -> bool:
    again = (wave.terms.uncertain is UncertainPolicy.RESEND for wave in scenario.playbook.waves)
    return scenario.level == _GRAVEST or scenario.is_quiet or any(again)


def _unheld_roles(evidence: Evidence) -> Iterator[Finding]:
    directory = evidence.content.directory
    held = {role for person in directory.people.values() for role in person.roles}
    held |= {period.role for period in directory.roster}
    for scenario in evidence.content.scenarios.values():
        named = (scenario.owner_role, *(step.role for step in scenario.playbook.steps))
        for role in dict.fromkeys(named):
            if role not in held:
                yield _finding(
                    evidence,
                    scenario,
                    f"The role '{role}' has something to do and nobody has it; "
                    "give it to a person or name another role.",
                )


def _uncovered_roles(evidence: Evidence) -> Iterator[Finding]:
    """A role counts as covered by whoever is told and has it, or by their deputy."""
    directory = evidence.content.directory
    for scenario in evidence.content.scenarios.values():
        facts = longest_facts(scenario, directory)
        for wave in scenario.playbook.waves:
            if wave.terms.rule.kind is not RuleKind.ROLES:
                continue
            told = members(wave.audience, directory, facts, evidence.noon)
            covered = {role for person in told if _is_reachable(person) for role in person.roles}
            on_duty = {
                period.role
                for period in directory.roster
                if period.person in {person.id for person in told}
            }
            for role in wave.terms.rule.roles:
                if role not in covered | on_duty:
                    yield _finding(
                        evidence,
                        scenario,
                        f"The wave '{wave.id}' waits for the role '{role}', and nobody it tells "
                        "has that role and can be reached; tell somebody who does.",
                        wave.id,
                    )


RULES: tuple[Rule, ...] = (
    Rule(
        id="scenario.internal_first",
        sentence="Our own hear before or together with people outside.",
        severity=Severity.WARNING,
        find=_internal_first,
    ),
    Rule(
        id="scenario.quiet_rings",
        sentence="Where people hide, nothing rings twice.",
        severity=Severity.ERROR,
        find=_quiet,
    ),
    Rule(
        id="scenario.help_unheard",
        sentence="A call for help reaches a named person.",
        severity=Severity.WARNING,
        find=_help,
    ),
    Rule(
        id="scenario.two_approvers",
        sentence="Where lives depend on minutes one approver is enough, and two are there.",
        severity=Severity.WARNING,
        find=_two_approvers,
    ),
    Rule(
        id="scenario.unheld_role",
        sentence="Every role with something to do is held by somebody.",
        severity=Severity.WARNING,
        find=_unheld_roles,
    ),
    Rule(
        id="scenario.uncovered_role",
        sentence="A wave that waits for roles tells somebody who has them.",
        severity=Severity.ERROR,
        find=_uncovered_roles,
    ),
)
"""The rules on how a scenario is put together."""
