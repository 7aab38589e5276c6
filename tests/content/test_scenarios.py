"""Every shipped scenario is clean and complete, and keeps the order the policy asks for."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from beredskap.cli.demonstration import FACTOR, LONGEST_SECONDS
from beredskap.domain.channel import Channel
from beredskap.domain.scenario import (
    OpensWhen,
    PlaybookWave,
    Priority,
    RuleKind,
    RungAction,
    StepKind,
    UncertainPolicy,
)
from beredskap.library import check_facts, problems_for
from beredskap.readiness import CheckResult, check
from tests.content.shipped import (
    EXAMPLES,
    SCENARIOS,
    TODAY,
    content,
    launch_facts,
    scenario,
    template,
)

MAY_BE_EMPTY = {"unavailable", "is_quiet"}
LIFE_SAFETY: dict[str, set[str]] = {
    "brand-forskola": {"personal", "krisledning"},
    "elavbrott": {"hemtjanst", "boenden"},
    "generisk": {"personal"},
    "pagaende-dodligt-vald": set(),
    "brand-boende": {"personal"},
    "skyfall": {"personal"},
    "barn-saknas": {"personal"},
    "smitta-aldreboende": set(),
    "hemtjanst-personalbrist": {"personal"},
    "lss-olycka": {"personal"},
    "hot-socialtjanst": {"personal"},
    "terrordad": {"enheter"},
    "barn-avlider": set(),
    "vatten": {"verksamheter", "hemtjanst"},
    "it-haveri": set(),
    "desinformation": set(),
    "varmebolja": set(),
    "dataintrang": set(),
    "forsvunnen-brukare": {"personal"},
    "parklek-olycka": {"forskolor", "parkpersonal"},
    "lokaler": {"personal"},
    "dodsfall-medarbetare": set(),
}
DIRECTLY_AFFECTED = {
    "brand-forskola": "personal",
    "elavbrott": "hemtjanst",
    "generisk": "personal",
    "pagaende-dodligt-vald": "pa-platsen",
    "brand-boende": "personal",
    "skyfall": "personal",
    "barn-saknas": "personal",
    "smitta-aldreboende": "personal",
    "hemtjanst-personalbrist": "personal",
    "lss-olycka": "personal",
    "hot-socialtjanst": "personal",
    "terrordad": "enheter",
    "barn-avlider": "personal",
    "vatten": "verksamheter",
    "it-haveri": "chefer",
    "desinformation": "personal",
    "varmebolja": "personal",
    "dataintrang": "chefer",
    "forsvunnen-brukare": "personal",
    "parklek-olycka": "forskolor",
    "lokaler": "personal",
    "dodsfall-medarbetare": "personal",
}
LADDER = [RungAction.RETRY, RungAction.NEXT_CHANNEL, RungAction.DEPUTY, RungAction.LAST_RUNG]
QUIET_WAVES = {"pagaende-dodligt-vald": "pa-platsen"}
"""Scenario → the wave whose people hide: they get one message and nothing after it."""


def _held_roles() -> set[str]:
    return {role for person in content().directory.people.values() for role in person.roles}


def _asking(scenario_id: str) -> list[PlaybookWave]:
    return [w for w in scenario(scenario_id).playbook.waves if w.terms.rule.asks]


def test_the_shipped_content_has_neither_error_nor_warning() -> None:
    assert check(content(), TODAY) == CheckResult(problems=(), silenced=())
    assert content().silences == ()


def test_the_shipped_scenarios_are_those_with_an_example() -> None:
    assert set(content().scenarios) == set(EXAMPLES)


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_nothing_stands_in_the_way_of_a_launch(scenario_id: str) -> None:
    assert problems_for(content(), scenario_id) == ()


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_every_field_is_filled(scenario_id: str) -> None:
    known = scenario(scenario_id)
    empty = {f.name for f in fields(known) if not getattr(known, f.name)}
    assert empty <= MAY_BE_EMPTY
    assert known.purpose.endswith(".")
    assert known.purpose.count(".") == 1
    assert known.reviewed_on.isoformat() == "2026-11-01"
    assert all(re.fullmatch(r"P[0-6]-\d\d", row) for row in known.policy_rows)
    assert {"P1-08", "P1-16", "P1-19"} <= set(known.policy_rows)


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_every_role_that_is_given_something_to_do_is_held_by_somebody(scenario_id: str) -> None:
    known = scenario(scenario_id)
    named = {known.owner_role, *(step.role for step in known.playbook.steps)}
    assert named <= _held_roles()


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_the_action_cards_are_in_order_and_follow_the_common_flow(scenario_id: str) -> None:
    steps = scenario(scenario_id).playbook.steps
    assert [s.minute for s in steps] == sorted(s.minute for s in steps)
    assert {s.minute for s in steps} >= {0, 2, 5, 7, 10, 12, 15, 20, 25, 30, 40, 45, 60, 90}
    assert {s.kind for s in steps} == set(StepKind)
    for step in steps:
        assert step.text.endswith((".", "?")), step.text
        assert step.evidence, step.text
        assert re.fullmatch(r"(?:C([1-9]|10)|K[1-9])?", step.channel), step.channel
    chairman = next(s.minute for s in steps if "nämndens ordförande" in s.text)
    press = next(s.minute for s in steps if s.role == "talesperson")
    assert chairman < press, "the chairman hears before the press (P4-05)"


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_questions_have_short_answers_and_injects_come_in_order(scenario_id: str) -> None:
    known = scenario(scenario_id)
    for question in known.questions:
        assert question.question.endswith("?")
        assert len(question.answer.split()) <= 40
        assert question.audience in {"all", *content().directory.lists}
    assert len(known.questions) >= 8
    minutes = [inject.minute for inject in known.injects]
    assert minutes == sorted(minutes)
    assert len(minutes) >= 8


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_the_example_is_a_launch_and_the_values_offered_fit_their_length(scenario_id: str) -> None:
    known = scenario(scenario_id)
    assert launch_facts(scenario_id)
    for fact in known.facts:
        for value in (*fact.choices, fact.default or ""):
            assert len(value) <= fact.longest, f"{fact.id}: {value}"
        for choice in fact.choices:
            check_facts(known, content().directory, EXAMPLES[scenario_id] | {fact.id: choice})


def test_the_unforeseen_event_needs_three_facts_and_no_adoption() -> None:
    assert [f.id for f in scenario("generisk").facts if f.is_required] == [
        "enhet",
        "klockslag",
        "nasta",
    ]
    assert not scenario("generisk").needs_adoption


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_our_own_are_told_before_or_at_the_same_time_as_others(scenario_id: str) -> None:
    waves = scenario(scenario_id).playbook.waves
    assert all(wave.opening.when is OpensWhen.RELEASE for wave in waves)
    internal, outside = (
        [
            w.opening.after_seconds
            for w in waves
            if (template(w.template).audience_kind == "internal") is inside
        ]
        for inside in (True, False)
    )
    assert min(internal) == 0
    assert outside
    assert min(outside) >= min(internal)
    assert waves[0].id == DIRECTLY_AFFECTED[scenario_id], "those directly affected come first"
    assert waves[0].opening.after_seconds == 0
    leave = [w for w in waves if w.audience.includes_leave]
    assert leave
    assert all(w.terms.rule.kind is RuleKind.NONE for w in leave), "never a task on leave (P4-02)"


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_every_wave_that_asks_ends_its_ladder_in_a_person_with_time_to_answer(
    scenario_id: str,
) -> None:
    assert _asking(scenario_id)
    for wave in _asking(scenario_id):
        is_quiet = QUIET_WAVES.get(scenario_id) == wave.id
        expected = [RungAction.LAST_RUNG] if is_quiet else LADDER
        assert [rung.action for rung in wave.terms.ladder] == expected, wave.id
        assert wave.terms.ladder[-1].person in content().directory.people
        climbed = sum(rung.after_seconds for rung in wave.terms.ladder)
        assert climbed + 180 <= wave.terms.allowed_seconds, wave.id
        assert wave.terms.priority is Priority.URGENT


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_only_life_safety_is_sent_again_without_asking(scenario_id: str) -> None:
    waves = scenario(scenario_id).playbook.waves
    again = {w.id for w in waves if w.terms.uncertain is UncertainPolicy.RESEND}
    assert again == LIFE_SAFETY[scenario_id]
    assert all(w.terms.rule.kind is RuleKind.EVERYONE for w in waves if w.id in again)


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_where_people_hide_nothing_rings_twice(scenario_id: str) -> None:
    """One message, no reminder, no second try that may be a second sound, and no call script."""
    assert scenario(scenario_id).is_quiet is (scenario_id in QUIET_WAVES)
    for wave in scenario(scenario_id).playbook.waves:
        if QUIET_WAVES.get(scenario_id) == wave.id:
            assert wave.terms.uncertain is UncertainPolicy.ASK
            assert {rung.action for rung in wave.terms.ladder} == {RungAction.LAST_RUNG}
            assert not template(wave.template).languages(Channel.CALL)


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_the_corrections_are_three_texts_that_ask_nothing(scenario_id: str) -> None:
    known = scenario(scenario_id)
    texts = {known.update_template, known.false_alarm_template, known.all_clear_template}
    assert len(texts) == 3
    for text in texts:
        assert text is not None
        assert template(text).answers == ()
        assert template(text).audience_kind == "external", "everybody may read a correction"


def test_between_them_the_scenarios_show_every_useful_rule() -> None:
    kinds = {w.terms.rule.kind for s in SCENARIOS for w in scenario(s).playbook.waves}
    assert kinds >= {RuleKind.NONE, RuleKind.QUORUM, RuleKind.EVERYONE, RuleKind.ROLES}


def test_somebody_is_still_asked_when_the_demonstration_ends() -> None:
    ends = LONGEST_SECONDS * FACTOR
    asked = [
        wave.opening.after_seconds + wave.terms.allowed_seconds
        for wave in scenario("brand-forskola").playbook.waves
        if wave.terms.rule.kind is RuleKind.EVERYONE
    ]
    assert asked
    assert min(asked) > ends + 120
