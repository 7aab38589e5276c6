"""What the policy's rules read: texts without their slots, and when a wave opens."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from beredskap.domain.channel import Channel
from beredskap.domain.message import MessageTemplate
from beredskap.domain.scenario import OpensWhen, Scenario
from beredskap.library import Content, templates_of
from beredskap.readiness.policy import Tally, tally

TEMPLATES = "message_templates"
SCENARIOS = "scenarios"
_SLOT = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_STATEMENT = re.compile(r"\{[%#].*?[%#]\}", re.DOTALL)
_FILLING = "Ord"
"""Stands for a filled slot; short, so that it makes no text look harder than it is."""


def by_scenario(content: Content, is_right: Callable[[Scenario], bool]) -> Tally:
    """Return the count of scenarios that are as they should be."""
    return tally({one.id: is_right(one) for one in content.scenarios.values()}, SCENARIOS)


def plain(source: str) -> str:
    """Return a source as a reader would meet it, with a short word in every slot."""
    return _SLOT.sub(_FILLING, _STATEMENT.sub("", source))


def first_language(content: Content) -> str:
    """Return the organisation's first language, or its locale where it names none."""
    organisation = content.directory.organisation
    return organisation.languages[0] if organisation.languages else organisation.locale


def used_templates(content: Content, scenario: Scenario) -> list[MessageTemplate]:
    """Return the templates of a scenario that are there."""
    return [content.templates[i] for i in templates_of(scenario) if i in content.templates]


def is_external(template: MessageTemplate) -> bool:
    """Say whether a template is for people outside."""
    return template.audience_kind == "external"


def external_templates(content: Content) -> list[MessageTemplate]:
    """Return every template for people outside."""
    return [template for template in content.templates.values() if is_external(template)]


def texts_of(
    template: MessageTemplate, *channels: Channel, language: str | None = None
) -> Iterator[tuple[str, str]]:
    """Yield (file, source) of a template's texts on some channels, in one or all languages."""
    for (channel, written_in), source in template.sources.items():
        if channel in channels and language in (None, written_in):
            yield f"{template.id}/{channel.value}.{written_in}", source


def opens_after(scenario: Scenario, wave_id: str) -> int:
    """Return the earliest seconds after release that a wave can open; a circle counts as zero."""
    waves = {wave.id: wave for wave in scenario.playbook.waves}
    seconds, seen = 0, set[str]()
    here: str | None = wave_id
    while here is not None and here in waves and here not in seen:
        seen.add(here)
        opening = waves[here].opening
        seconds += opening.after_seconds
        here = None if opening.when is OpensWhen.RELEASE else opening.wave
    return seconds
