"""Which ways are left to the crisis team when what an event takes away is gone."""

from __future__ import annotations

from collections.abc import Iterator

from beredskap.domain.audience import members
from beredskap.domain.channel import Channel
from beredskap.domain.message import MessageTemplate
from beredskap.domain.problem import Severity
from beredskap.domain.scenario import Scenario
from beredskap.domain.stakeholder import Audience, ContactRoute, Stakeholder
from beredskap.readiness.rule import Evidence, Finding, Rule, scenario_file

_ORGANISATION = "contact_lists/organisation.yaml"


def _unknown_routes(evidence: Evidence) -> Iterator[Finding]:
    known = evidence.content.directory.organisation
    if not any(scenario.unavailable for scenario in evidence.content.scenarios.values()):
        return
    if not known.routes or known.crisis_group not in evidence.content.directory.lists:
        yield Finding(
            file=_ORGANISATION,
            text="Nobody can tell which ways to the crisis team are left in a crisis; name its "
            "group as `crisis_group`, and the `routes` with what each depends on.",
        )


def _none_left(evidence: Evidence) -> Iterator[Finding]:
    known = evidence.content.directory.organisation
    team = _crisis_team(evidence)
    if not known.routes or not team:
        return
    for scenario in evidence.content.scenarios.values():
        gone = set(scenario.unavailable)
        open_routes = [route for route in known.routes if not gone & set(route.depends_on)]
        templates = _templates_to_team(evidence, scenario)
        if not templates:
            yield _finding(scenario, "No wave calls the crisis team; let one tell its group.")
            continue
        lost = [person for person in team if not _has_way(person, open_routes, templates)]
        if lost:
            yield _finding(
                scenario,
                f"Without {', '.join(scenario.unavailable) or 'anything gone'} there is no way "
                f"left to {len(lost)} of the {len(team)} in the crisis team; "
                "add a route, an address or a text that works then.",
            )


def _finding(scenario: Scenario, sentence: str) -> Finding:
    return Finding(file=scenario_file(scenario.id), text=sentence)


def _crisis_team(evidence: Evidence) -> tuple[Stakeholder, ...]:
    directory = evidence.content.directory
    group = directory.organisation.crisis_group
    if group not in directory.lists:
        return ()
    return members(Audience(groups=(group,)), directory, {}, evidence.noon)


def _templates_to_team(evidence: Evidence, scenario: Scenario) -> list[MessageTemplate]:
    group = evidence.content.directory.organisation.crisis_group
    return [
        evidence.content.templates[wave.template]
        for wave in scenario.playbook.waves
        if group in wave.audience.groups and wave.template in evidence.content.templates
    ]


def _has_way(
    person: Stakeholder, routes: list[ContactRoute], templates: list[MessageTemplate]
) -> bool:
    """Say whether a route is left that the person can be reached on and a text is written for."""
    addresses = {point.channel for point in person.contact_points}
    if Channel.SMS in addresses:
        addresses.add(Channel.CALL)
    written = {channel for template in templates for channel, _ in template.sources}
    return any(route.channel in addresses & written for route in routes)


RULES: tuple[Rule, ...] = (
    Rule(
        id="routes.unknown",
        sentence="The organisation says what its ways of reaching people depend on.",
        severity=Severity.WARNING,
        find=_unknown_routes,
    ),
    Rule(
        id="routes.none_left",
        sentence="A way is left to everybody in the crisis team when what the event takes is gone.",
        severity=Severity.ERROR,
        find=_none_left,
    ),
)
"""The rules on the ways that are left."""
