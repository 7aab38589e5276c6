"""The policy's rows about playbooks: what is published, decided, told and followed up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from beredskap.domain.channel import Channel
from beredskap.domain.readability import lix
from beredskap.domain.scenario import Scenario, StepKind
from beredskap.library import Content
from beredskap.readiness.policy import PolicyRule, Tally, tally
from beredskap.readiness.policy_wording import (
    SCENARIOS,
    by_scenario,
    first_language,
    is_external,
    opens_after,
    plain,
    texts_of,
    used_templates,
)

_SOURCE = re.compile(r"källa|källor|bekräft|source|confirm", re.IGNORECASE)
_INTRANET = re.compile(r"intranät|intranet", re.IGNORECASE)
_EVALUATION = re.compile(
    r"utvärder|genomgång|gå(?:r)? igenom|fungera|lärdom|följ upp|evaluat|lesson", re.IGNORECASE
)
_WORKPLACE_MEETING = re.compile(r"arbetsplatsträff|workplace meeting", re.IGNORECASE)
_DECISION = re.compile(r"beslut|decision", re.IGNORECASE)
_TOLD = re.compile(r"berätta|kommunicer|\btold|\btell", re.IGNORECASE)
_ANSWERS_FOR = re.compile(r"ansvar|svarar\b.{0,40}\bför\b|responsib", re.IGNORECASE)
_PUBLISHERS = {"informator", "kommunikationsansvarig"}
_PUBLISHED = {"C7", "C9"}
_WITHOUT_INTRANET = {"intranet", "power", "systems"}
_INTRANET_MINUTES = 30
_FOLLOW_UP_DAYS = 30
_INTERNAL_LIX = 45


def _trusted(content: Content, today: date) -> Tally:
    """Facts need a source, and update and correction are ready."""

    def is_right(scenario: Scenario) -> bool:
        asks = any(_SOURCE.search(f"{s.text} {s.evidence}") for s in scenario.playbook.steps)
        corrections = (scenario.update_template, scenario.false_alarm_template)
        return asks and all(template in content.templates for template in corrections)

    return by_scenario(content, is_right)


def _followed_up(content: Content, today: date) -> Tally:
    """The review is in time, and there is a dated follow-up."""

    def is_right(scenario: Scenario) -> bool:
        due = scenario.reviewed_on + timedelta(days=scenario.review_interval_days)
        return due >= today and any(one.days is not None for one in scenario.follow_up)

    return by_scenario(content, is_right)


def _evaluated(content: Content, today: date) -> Tally:
    """An evaluation stands among what is done within thirty days."""
    return by_scenario(
        content,
        lambda scenario: any(
            one.days is not None
            and one.days <= _FOLLOW_UP_DAYS
            and _EVALUATION.search(f"{one.when} {one.text}")
            for one in scenario.follow_up
        ),
    )


def _lessons(content: Content, today: date) -> Tally:
    """The lessons come to the workplace meeting within thirty days."""
    return by_scenario(
        content,
        lambda scenario: any(
            one.days is not None
            and one.days <= _FOLLOW_UP_DAYS
            and _WORKPLACE_MEETING.search(f"{one.when} {one.text}")
            for one in scenario.follow_up
        ),
    )


def _told_decisions(content: Content, today: date) -> Tally:
    """After its first decision a playbook tells somebody, in internal texts that are clear."""

    def is_right(scenario: Scenario) -> bool:
        steps = scenario.playbook.steps
        decided = min(step.minute for step in steps if step.kind is StepKind.DECISION)
        tells = any(
            step.minute >= decided and (step.kind is StepKind.PUBLISH or step.channel)
            for step in steps
        )
        return tells and all(map(_is_clear, _internal_texts(content, scenario)))

    deciding = {
        scenario.id: is_right(scenario)
        for scenario in content.scenarios.values()
        if any(step.kind is StepKind.DECISION for step in scenario.playbook.steps)
    }
    return tally(deciding, SCENARIOS)


def _internal_texts(content: Content, scenario: Scenario) -> list[str]:
    return [
        source
        for template in used_templates(content, scenario)
        if template.audience_kind == "internal"
        for _, source in texts_of(
            template, Channel.EMAIL, Channel.INTRANET, language=first_language(content)
        )
    ]


def _is_clear(source: str) -> bool:
    read = lix(plain(source))
    return not read.is_certain or (read.lix or 0) <= _INTERNAL_LIX


def _publishers(content: Content, today: date) -> Tally:
    """Only the communications officer publishes on web and intranet."""
    return tally(
        {
            f"{scenario.id}, {step.channel}, {step.minute} min": step.role in _PUBLISHERS
            for scenario in content.scenarios.values()
            for step in scenario.playbook.steps
            if step.kind is StepKind.PUBLISH and step.channel in _PUBLISHED
        },
        SCENARIOS,
    )


def _settled(content: Content, today: date) -> Tally:
    """Each staff meeting notes its decisions and how they are told."""
    return tally(
        {
            f"{scenario.id}, {step.minute} min": bool(
                _DECISION.search(step.evidence) and _TOLD.search(step.evidence)
            )
            for scenario in content.scenarios.values()
            for step in scenario.playbook.steps
            if step.kind is StepKind.MEETING and step.channel == "C1"
        },
        SCENARIOS,
    )


def has_intranet(content: Content, scenario: Scenario) -> bool:
    """Say whether a scenario comes on the intranet within half an hour, or says why it cannot."""
    if _WITHOUT_INTRANET & set(scenario.unavailable):
        return True
    is_published = any(
        step.kind is StepKind.PUBLISH
        and step.minute <= _INTRANET_MINUTES
        and (step.channel == "C7" or _INTRANET.search(step.text))
        for step in scenario.playbook.steps
    )
    return is_published or any(
        content.templates[wave.template].languages(Channel.INTRANET)
        and opens_after(scenario, wave.id) <= _INTRANET_MINUTES * 60
        for wave in scenario.playbook.waves
        if wave.template in content.templates
    )


def _on_the_intranet(content: Content, today: date) -> Tally:
    """What concerns groups comes on the intranet early, or cannot."""
    return by_scenario(content, lambda scenario: has_intranet(content, scenario))


def _who_does_what(content: Content, today: date) -> Tally:
    """A question or a text outside says who is responsible for what."""

    def is_right(scenario: Scenario) -> bool:
        asked = any(_ANSWERS_FOR.search(f"{q.question} {q.answer}") for q in scenario.questions)
        return asked or any(
            _ANSWERS_FOR.search(source)
            for template in used_templates(content, scenario)
            if is_external(template)
            for _, source in texts_of(template, Channel.WEB)
        )

    return by_scenario(content, is_right)


RULES: Mapping[str, PolicyRule] = {
    "P1-02": _trusted,
    "P1-15": _followed_up,
    "P1-20": _evaluated,
    "P3-11": _told_decisions,
    "P3-17": _publishers,
    "P5-03": _settled,
    "P5-14": _lessons,
    "P5-20": _on_the_intranet,
    "P6-10": _who_does_what,
}
"""Row → the rule that judges it."""
