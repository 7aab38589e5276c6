"""The policy's rows about who hears first, and that nobody of the house is left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from beredskap.domain.scenario import PlaybookWave, Scenario, StepKind
from beredskap.domain.stakeholder import Employment
from beredskap.library import Content
from beredskap.readiness.policy import PolicyRule, Tally, tally
from beredskap.readiness.policy_people import members_of
from beredskap.readiness.policy_wording import SCENARIOS, by_scenario, opens_after

_CHAIR = re.compile(r"ordförande|\bchair", re.IGNORECASE)
_MEDIA = re.compile(r"\bmedi(er|erna|a)\b|\bpress", re.IGNORECASE)
_UNION = re.compile(r"skyddsombud|\bfack|\bunion|safety officer", re.IGNORECASE)
_HARMS_STAFF = {"workplace", "staff"}
_WORK_ENVIRONMENT = "Arbetsmiljö"
_SPOKESPERSON = "talesperson"


def _means(wave: PlaybookWave, content: Content, group: str) -> bool:
    """Say whether a wave names a group of the policy, one of its parts or one of its roles."""
    audience = wave.audience
    if any(name.startswith(group) for name in audience.groups):
        return True
    lists = [one for one in content.directory.lists.values() if one.id.startswith(group)]
    roles = {role for one in lists for role in one.audience.roles}
    return bool(roles & set(audience.roles))


def _reaches_users(wave: PlaybookWave, content: Content) -> bool:
    is_of_unit = bool(wave.audience.units) and Employment.NOT_EMPLOYED in wave.audience.employments
    return is_of_unit or _means(wave, content, "E1")


def _users_first(content: Content, today: date) -> Tally:
    """Service users and their nearest are told or answered, and not after the media."""

    def is_right(scenario: Scenario) -> bool:
        waves = scenario.playbook.waves
        told = [opens_after(scenario, w.id) for w in waves if _reaches_users(w, content)]
        media = [opens_after(scenario, w.id) for w in waves if _means(w, content, "E6")]
        is_answered = any(q.audience.startswith("E1") for q in scenario.questions)
        if not told:
            return is_answered and not media
        return not media or min(told) <= min(media)

    return by_scenario(content, is_right)


def _internal_first(content: Content, today: date) -> Tally:
    """The first wave to staff opens no later than any wave to people outside."""

    def is_right(scenario: Scenario) -> bool:
        opens: dict[bool, list[int]] = {True: [], False: []}
        for wave in scenario.playbook.waves:
            template = content.templates.get(wave.template)
            if template is not None:
                is_internal = template.audience_kind == "internal"
                opens[is_internal].append(opens_after(scenario, wave.id))
        return bool(opens[True]) and min(opens[True]) <= min(opens[False], default=min(opens[True]))

    return by_scenario(content, is_right)


def _on_leave(content: Content, today: date) -> Tally:
    """Those on leave are told by a wave of their own that asks for nothing."""

    def is_right(scenario: Scenario) -> bool:
        waves = [wave for wave in scenario.playbook.waves if wave.audience.includes_leave]
        return bool(waves) and not any(wave.terms.rule.asks for wave in waves)

    return by_scenario(content, is_right)


def _unions(content: Content, today: date) -> Tally:
    """Where staff may be hurt or moved, the union or safety officer is told."""

    def concerns(scenario: Scenario) -> bool:
        duties = [duty.recipient for duty in scenario.notifications]
        return bool(_HARMS_STAFF & set(scenario.unavailable)) or any(
            recipient.startswith(_WORK_ENVIRONMENT) for recipient in duties
        )

    def is_right(scenario: Scenario) -> bool:
        steps = scenario.playbook.steps
        return any(_means(wave, content, "I3") for wave in scenario.playbook.waves) or any(
            _UNION.search(step.text) for step in steps
        )

    judged = {s.id: is_right(s) for s in content.scenarios.values() if concerns(s)}
    return tally(judged, SCENARIOS)


def _politicians(content: Content, today: date) -> Tally:
    """The chair hears before the media, and politicians are verified since the last election."""
    judged = {one.id: _chair_first(one, content) for one in content.scenarios.values()}
    if content.directory.people:
        elected = members_of(content, "I4", today)
        since = last_election(today)
        judged["I4"] = bool(elected) and all(
            person.verified_on is not None and person.verified_on > since for person in elected
        )
    return tally(judged, SCENARIOS)


def _chair_first(scenario: Scenario, content: Content) -> bool:
    waves, steps = scenario.playbook.waves, scenario.playbook.steps
    chair = [opens_after(scenario, w.id) / 60 for w in waves if _means(w, content, "I4")]
    chair += [step.minute for step in steps if _CHAIR.search(step.text)]
    media = [opens_after(scenario, w.id) / 60 for w in waves if _means(w, content, "E6")]
    media += [
        step.minute
        for step in steps
        if step.kind is StepKind.PUBLISH and (step.role == _SPOKESPERSON or _to_media(step.text))
    ]
    return bool(chair) and (not media or min(chair) <= min(media))


def _to_media(text: str) -> bool:
    return bool(_MEDIA.search(text)) and not _CHAIR.search(text)


def last_election(today: date) -> date:
    """Return the latest Swedish election day: the second Sunday of September, every fourth year."""
    year = today.year - (today.year - 2022) % 4
    day = _second_sunday(year)
    return day if day <= today else _second_sunday(year - 4)


def _second_sunday(year: int) -> date:
    first = date(year, 9, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7)


RULES: Mapping[str, PolicyRule] = {
    "P1-06": _users_first,
    "P1-08": _internal_first,
    "P4-02": _on_leave,
    "P4-04": _unions,
    "P4-05": _politicians,
}
"""Row → the rule that judges it."""
