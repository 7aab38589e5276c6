"""Every text at its extremes: rendered once, for all rules that measure or read it.

The longest has every fact at its longest; the barest has only the facts that are required, with
the shortest choices and the defaults, so that what stands in either branch of a condition is seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from beredskap.domain.channel import Channel
from beredskap.domain.incident import IncidentMode
from beredskap.domain.message import Body, MessageTemplate
from beredskap.domain.scenario import FactType, Scenario
from beredskap.errors import ContentError
from beredskap.library.facts import longest_facts, shortest_facts
from beredskap.library.rendering import freeze_bodies
from beredskap.library.workspace import Content, templates_of


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtremeText:
    """One template of one scenario with one set of facts, in every channel and language."""

    scenario: Scenario
    template: MessageTemplate
    facts: dict[str, str]
    is_longest: bool
    bodies: dict[tuple[Channel, str], Body]
    """(channel, language) → the text with its drill marks, which is the longest it can be."""
    fault: str = ""
    """Why the text cannot be rendered; empty when it can."""


def extreme_texts(content: Content) -> tuple[ExtremeText, ...]:
    """Return every template that a scenario uses, at both extremes; after a fault no second."""
    return tuple(
        text
        for scenario in content.scenarios.values()
        for template_id in templates_of(scenario)
        if (template := content.templates.get(template_id)) is not None
        for text in _extremes(content, scenario, template)
    )


def unrenderable(content: Content, scenario_id: str) -> frozenset[str]:
    """Return the templates of a scenario whose texts cannot be rendered at their extremes."""
    scenario = content.scenarios.get(scenario_id)
    if scenario is None:
        return frozenset()
    return frozenset(
        template_id
        for template_id in templates_of(scenario)
        if (template := content.templates.get(template_id)) is not None
        and any(text.fault for text in _extremes(content, scenario, template))
    )


def _extremes(
    content: Content, scenario: Scenario, template: MessageTemplate
) -> Iterator[ExtremeText]:
    for is_longest, facts in (
        (True, longest_facts(scenario, content.directory)),
        (False, _barest_facts(content, scenario)),
    ):
        bodies, fault = _bodies(content, scenario, template, facts)
        yield ExtremeText(
            scenario=scenario,
            template=template,
            facts=facts,
            is_longest=is_longest,
            bodies=bodies,
            fault=fault,
        )
        if fault:
            return


def _bodies(
    content: Content, scenario: Scenario, template: MessageTemplate, facts: dict[str, str]
) -> tuple[dict[tuple[Channel, str], Body], str]:
    try:
        bodies = freeze_bodies(
            template,
            scenario,
            content.directory,
            facts,
            IncidentMode.DRILL,
            channels=tuple(Channel),
        )
    except ContentError as error:
        return {}, str(error)
    return bodies, ""


def _barest_facts(content: Content, scenario: Scenario) -> dict[str, str]:
    left_out = {fact.id: fact.default or "" for fact in scenario.facts}
    longest = longest_facts(scenario, content.directory)
    shortest = shortest_facts(scenario, content.directory)
    required = {
        fact.id: shortest[fact.id] if fact.type is FactType.CHOICE else longest[fact.id]
        for fact in scenario.facts
        if fact.is_required
    }
    return left_out | required
