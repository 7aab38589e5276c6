"""Every text at its extremes: rendered once, for all rules that measure or read it.

The longest has every fact at its longest; the barest has only the facts that are required, with
the shortest choices and the defaults, so that what stands in either branch of a condition is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

from beredskap.domain.channel import Channel
from beredskap.domain.incident import IncidentMode
from beredskap.domain.message import Body, MessageTemplate
from beredskap.domain.scenario import FactType, Scenario
from beredskap.domain.stakeholder import Directory
from beredskap.errors import ContentError
from beredskap.library.facts import longest_facts, shortest_facts
from beredskap.library.rendering import freeze_bodies
from beredskap.library.workspace import Content, templates_of

_SLOT = re.compile(r"\{\{ ((?:fact|organisation)\.[\w.]+) \}\}")
"""A slot written plainly."""
_BINDS = re.compile(r"\{#|\{%-?\s*(?!if\b|elif\b|else\b|endif\b)")
"""A comment, or a statement that may give names another meaning."""


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


def _extremes(
    content: Content, scenario: Scenario, template: MessageTemplate
) -> Iterator[ExtremeText]:
    for is_longest, facts in (
        (True, longest_facts(scenario, content.directory)),
        (False, _barest_facts(content, scenario)),
    ):
        filled = _filled(template, _plain_values(scenario, content.directory, facts))
        bodies, fault = _bodies(content, scenario, filled, facts)
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


def _filled(template: MessageTemplate, values: Mapping[str, str]) -> MessageTemplate:
    """Return the template with its plain slots filled in, which spares most of the compiling.

    What is left, an unknown name among it, is for the renderer, whose word stands.
    """

    def _value(slot: re.Match[str]) -> str:
        return values.get(slot[1], slot[0])

    sources = {
        key: source if _BINDS.search(source) else _SLOT.sub(_value, source)
        for key, source in template.sources.items()
    }
    return replace(template, sources=sources)


def _plain_values(
    scenario: Scenario, directory: Directory, facts: Mapping[str, str]
) -> dict[str, str]:
    """Return what the plain slots mean, such as `fact.enhet.name`, where it is a plain text."""
    found = {
        f"organisation.{field.name}": value
        for field in fields(directory.organisation)
        if isinstance(value := getattr(directory.organisation, field.name), str)
    }
    for fact in scenario.facts:
        value = facts.get(fact.id, "")
        unit = directory.units.get(value) if fact.type is FactType.UNIT else None
        if unit is None:
            found[f"fact.{fact.id}"] = value
        else:
            found[f"fact.{fact.id}.name"] = unit.name
    return {name: value for name, value in found.items() if "{" not in value}


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
