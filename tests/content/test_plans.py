"""Every shipped scenario means somebody in each wave, and says why when somebody is not told."""

from __future__ import annotations

from collections import Counter

import pytest

from beredskap.domain.audience import members
from beredskap.domain.channel import Channel
from beredskap.domain.delivery import Reason
from beredskap.domain.incident import IncidentMode
from beredskap.domain.scenario import RuleKind, RungAction
from tests.content.shipped import NOW, SCENARIOS, content, plan, scenario

MODES = [IncidentMode.LIVE, IncidentMode.DRILL]
TWICE = {
    "brand-boende": {"monica-jarl"},
    "generisk": {"therese-boman"},
    "hot-socialtjanst": {"nils-adelskold"},
    "skyfall": {"therese-boman"},
    "smitta-aldreboende": {"susanne-kvist", "monica-jarl"},
}
"""Scenario → who leads or represents the unit of the example and hears of it in both capacities."""


def _reasons(scenario_id: str, mode: IncidentMode) -> dict[str, set[Reason]]:
    found: dict[str, set[Reason]] = {}
    for wave in plan(scenario_id, mode).waves:
        for delivery in wave.deliveries:
            if delivery.reason is not None:
                found.setdefault(delivery.person, set()).add(delivery.reason)
    return found


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_every_wave_means_somebody_and_everybody_has_a_way_or_a_reason(
    scenario_id: str, mode: IncidentMode
) -> None:
    planned = plan(scenario_id, mode)
    assert len(planned.waves) == len(scenario(scenario_id).playbook.waves)
    for wave in planned.waves:
        assert wave.deliveries, wave.wave.id
        for delivery in wave.deliveries:
            assert bool(delivery.points) is (delivery.reason is None), delivery.person


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_a_live_wave_reaches_at_least_one_person(scenario_id: str) -> None:
    for wave in plan(scenario_id).waves:
        assert any(delivery.points for delivery in wave.deliveries), wave.wave.id


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_nobody_on_leave_is_asked_to_work_and_everybody_on_leave_is_told(scenario_id: str) -> None:
    people = content().directory.people
    planned = plan(scenario_id)
    on_leave = {p for p in planned.people if people[p].status.is_on_leave}
    assert on_leave
    told = set()
    for wave in planned.waves:
        for delivery in wave.deliveries:
            if delivery.person in on_leave and delivery.points:
                assert not wave.wave.terms.rule.asks
                told.add(delivery.person)
    assert told == on_leave
    in_drill = _reasons(scenario_id, IncidentMode.DRILL)
    assert all(in_drill[person] == {Reason.ON_LEAVE} for person in on_leave)


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_the_ladder_has_somebody_to_call_in(scenario_id: str) -> None:
    planned = plan(scenario_id)
    for wave in planned.waves:
        if not wave.wave.terms.rule.asks:
            continue
        deputies = {d.deputy for d in wave.deliveries if d.deputy}
        assert deputies, wave.wave.id
        last = wave.wave.terms.ladder[-1]
        assert last.action is RungAction.LAST_RUNG
        assert last.person in planned.standby
        assert last.person not in {d.person for d in wave.deliveries}
        for person in {*deputies, last.person}:
            assert planned.standby[str(person)].points[0].channel is Channel.SMS


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_nobody_gets_two_messages_but_who_leads_or_represents_the_unit(scenario_id: str) -> None:
    sent = Counter(d.person for w in plan(scenario_id).waves for d in w.deliveries if d.points)
    twice = {person for person, times in sent.items() if times > 1}
    assert twice == TWICE.get(scenario_id, set())


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_each_role_that_must_be_covered_has_a_holder_and_a_second(scenario_id: str) -> None:
    people = content().directory.people
    for wave in plan(scenario_id).waves:
        called = [d for d in wave.deliveries if d.points]
        for role in wave.wave.terms.rule.roles:
            holders = [d for d in called if role in people[d.person].roles]
            assert holders, role
            assert any(d.deputy and role in people[d.deputy].roles for d in holders), role
        if wave.wave.terms.rule.kind is RuleKind.QUORUM:
            assert wave.wave.terms.rule.quorum <= len(called) // 2 + 1


def test_english_comes_first_for_those_who_read_it() -> None:
    languages = {
        delivery.person: {point.language for point in delivery.points}
        for wave in plan("brand-forskola").waves
        for delivery in wave.deliveries
    }
    assert languages["james-porter"] == languages["leila-rahimi"] == {"en"}
    assert languages["rosa-delgado"] == {"en"}
    assert languages["julia-marklund"] == {"sv"}


def test_the_demonstration_has_every_kind_of_person_it_is_to_show() -> None:
    planned = plan("brand-forskola", IncidentMode.DRILL)
    assert 25 <= planned.persons <= 40
    reasons = _reasons("brand-forskola", IncidentMode.DRILL)
    assert {r for found in reasons.values() for r in found} >= {Reason.ON_LEAVE, Reason.NO_ADDRESS}
    assert [merged.person for merged in planned.duplicates] == ["anna-hultin-2"]
    first, second = planned.waves[:2]
    assert all(w.wave.terms.rule.kind is RuleKind.EVERYONE for w in (first, second))
    assert 10 <= len(first.deliveries) <= 14
    assert 10 <= len(second.deliveries) <= 14
    outside = [d for d in second.deliveries if d.deputy and d.deputy not in planned.people]
    assert not outside, "every deputy is a person of the plan"
    informed = [d for w in planned.waves if not w.wave.terms.rule.asks for d in w.deliveries]
    by_mail = [d for d in informed if {p.channel for p in d.points} == {Channel.EMAIL}]
    assert len(by_mail) >= 3
    protected = [p for p in planned.people.values() if p.is_protected]
    assert [p.name for p in protected] == ["skyddad person 1"]


def test_a_protected_person_without_go_between_is_a_row_with_its_reason() -> None:
    planned = plan("generisk", enhet="kontoret-radmannen")
    reasons = {d.person: d.reason for wave in planned.waves for d in wave.deliveries}
    assert reasons["kim-holst"] is Reason.PROTECTED
    assert planned.people["kim-holst"].name.startswith("skyddad person")
    assert planned.people["kim-holst"].id == ""


@pytest.mark.parametrize("unit", sorted(content().directory.units))
def test_the_unforeseen_event_finds_somebody_to_ask_in_every_unit(unit: str) -> None:
    first, team, *_ = plan("generisk", enhet=unit).waves
    assert any(delivery.points for delivery in first.deliveries)
    assert all(d.points or d.reason for wave in (first, team) for d in wave.deliveries)


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_no_wave_writes_to_the_police(scenario_id: str) -> None:
    """They are called on 112, and are never drilled unless they have agreed to it."""
    known = content().directory
    for wave in scenario(scenario_id).playbook.waves:
        for unit in known.units:
            told = members(wave.audience, known, {"enhet": unit}, NOW)
            assert not [person.id for person in told if "polis" in person.roles], wave.id
