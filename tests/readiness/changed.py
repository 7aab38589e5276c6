"""Small contents made from what is shipped, and ways to change one thing in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from beredskap.domain.channel import Channel
from beredskap.domain.governance import Meeting, MeetingKind
from beredskap.domain.message import MessageTemplate
from beredskap.domain.scenario import PlaybookStep, PlaybookWave, Scenario
from beredskap.library import Content, templates_of
from tests.content.shipped import content

Change = Callable[[Content], Content]
TODAY = date(2026, 11, 23)
SCENARIO = "brand-forskola"
CONTRACTED = "vatten"
"""The scenario whose waves tell contractors."""
WITHOUT_NUMBER = "kok-i-vasastan"
"""A contractor who has no number, so that the shipped content does not pass P4-09."""


@cache
def small() -> Content:
    """Return two of the shipped scenarios, with everything mended that a row asks for."""
    whole = content()
    scenarios = {name: whole.scenarios[name] for name in (SCENARIO, CONTRACTED)}
    used = {name for scenario in scenarios.values() for name in templates_of(scenario)}
    said_here = whole.governance.values[1:]
    return both(without_person(WITHOUT_NUMBER), governance(values=said_here))(
        replace(
            whole,
            scenarios=scenarios,
            templates={name: whole.templates[name] for name in sorted(used)},
        )
    )


def directory(**values: Any) -> Change:
    """Return a change of the directory's parts."""
    return lambda found: replace(found, directory=replace(found.directory, **values))


def governance(**values: Any) -> Change:
    """Return a change of the register's parts."""
    return lambda found: replace(found, governance=replace(found.governance, **values))


def organisation(**values: Any) -> Change:
    """Return a change of the organisation's profile."""

    def change(found: Content) -> Content:
        return directory(organisation=replace(found.directory.organisation, **values))(found)

    return change


def person(person_id: str, **values: Any) -> Change:
    """Return a change of one person."""

    def change(found: Content) -> Content:
        people = dict(found.directory.people)
        people[person_id] = replace(people[person_id], **values)
        return directory(people=people)(found)

    return change


def without_person(person_id: str) -> Change:
    """Return the removal of one person."""

    def change(found: Content) -> Content:
        people = {key: one for key, one in found.directory.people.items() if key != person_id}
        return directory(people=people)(found)

    return change


def unit(unit_id: str, **values: Any) -> Change:
    """Return a change of one unit."""

    def change(found: Content) -> Content:
        units = dict(found.directory.units)
        units[unit_id] = replace(units[unit_id], **values)
        return directory(units=units)(found)

    return change


def group(group_id: str, **values: Any) -> Change:
    """Return a change of one list."""

    def change(found: Content) -> Content:
        lists = dict(found.directory.lists)
        lists[group_id] = replace(lists[group_id], **values)
        return directory(lists=lists)(found)

    return change


def without_group(group_id: str) -> Change:
    """Return the removal of one list."""

    def change(found: Content) -> Content:
        lists = {key: one for key, one in found.directory.lists.items() if key != group_id}
        return directory(lists=lists)(found)

    return change


def scenario(**values: Any) -> Change:
    """Return a change of the first scenario's own values."""

    def change(found: Content) -> Content:
        scenarios = dict(found.scenarios)
        scenarios[SCENARIO] = replace(scenarios[SCENARIO], **values)
        return replace(found, scenarios=scenarios)

    return change


def _playbook(change: Callable[[Scenario], dict[str, Any]]) -> Change:
    def changed(found: Content) -> Content:
        known = found.scenarios[SCENARIO]
        return scenario(playbook=replace(known.playbook, **change(known)))(found)

    return changed


def waves(change: Callable[[PlaybookWave], PlaybookWave | None]) -> Change:
    """Return a change of each wave of the first scenario; None takes a wave away."""
    return _playbook(
        lambda known: {"waves": tuple(w for w in map(change, known.playbook.waves) if w)}
    )


def steps(change: Callable[[PlaybookStep], PlaybookStep | None]) -> Change:
    """Return a change of each step of the first scenario; None takes a step away."""
    return _playbook(
        lambda known: {"steps": tuple(s for s in map(change, known.playbook.steps) if s)}
    )


def template(template_id: str, **values: Any) -> Change:
    """Return a change of one template."""

    def change(found: Content) -> Content:
        templates = dict(found.templates)
        templates[template_id] = replace(templates[template_id], **values)
        return replace(found, templates=templates)

    return change


def texts(template_id: str, change: Callable[[Channel, str, str], str | None]) -> Change:
    """Return a change of each text of a template, given channel, language and source."""

    def changed(found: Content) -> Content:
        known: MessageTemplate = found.templates[template_id]
        sources = {}
        for (channel, language), source in known.sources.items():
            written = change(channel, language, source)
            if written is not None:
                sources[channel, language] = written
        assert sources != known.sources, "the change changes nothing"
        return template(template_id, sources=sources)(found)

    return changed


def every_text(pattern: str) -> Change:
    """Return the removal of words from every text of the first scenario."""

    def changed(found: Content) -> Content:
        for name in templates_of(found.scenarios[SCENARIO]):
            known = found.templates[name].sources
            cut = {key: re.sub(pattern, "", text, flags=re.I) for key, text in known.items()}
            found = template(name, sources=cut)(found)
        return found

    return changed


def meetings(kind: MeetingKind, change: Callable[[Meeting], Meeting | None]) -> Change:
    """Return a change of the meetings of a kind; None takes a meeting away."""

    def changed(found: Content) -> Content:
        held = [change(one) if one.kind is kind else one for one in found.governance.meetings]
        return governance(meetings=tuple(one for one in held if one is not None))(found)

    return changed


def document(document_id: str, **values: Any) -> Change:
    """Return a change of one governing document."""

    def change(found: Content) -> Content:
        documents = dict(found.governance.documents)
        documents[document_id] = replace(documents[document_id], **values)
        return governance(documents=documents)(found)

    return change


def without_document(document_id: str) -> Change:
    """Return the removal of one governing document."""

    def change(found: Content) -> Content:
        documents = {k: v for k, v in found.governance.documents.items() if k != document_id}
        return governance(documents=documents)(found)

    return change


def both(*changes: Change) -> Change:
    """Return several changes as one."""

    def change(found: Content) -> Content:
        for one in changes:
            found = one(found)
        return found

    return change
