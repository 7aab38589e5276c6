"""Every rule of the scenarios and their routes, broken by one change, and what passes it."""

from __future__ import annotations

import pytest

from beredskap.domain.problem import Severity
from tests.readiness.conftest import Judge, rules_of

SCENARIO = "scenarios/brand.yaml"
ORGANISATION = "contact_lists/organisation.yaml"
PEOPLE = "contact_lists/people.csv"
LAST = "      - {do: last_rung, after_minutes: 5, person: ove}\n"
RETRY = "      - {do: retry, after_minutes: 5}\n"


@pytest.mark.parametrize(
    ("rule", "name", "before", "after"),
    [
        (
            "scenario.internal_first",
            SCENARIO,
            "    template: larm\n",
            "    template: larm\n    opens: {after_minutes: 5}\n",
        ),
        ("scenario.help_unheard", SCENARIO, LAST, ""),
        ("scenario.unheld_role", SCENARIO, "role: chef", "role: vaktmastare"),
        ("scenario.unheld_role", SCENARIO, "owner_role: chef", "owner_role: vaktmastare"),
        (
            "scenario.uncovered_role",
            SCENARIO,
            "{rule: everyone}",
            "{rule: roles, roles: [enhetskontakt]}",
        ),
        ("routes.none_left", SCENARIO, "[workplace]", "[mobile, power]"),
        ("routes.none_left", SCENARIO, "groups: [krisledning], ", ""),
        ("routes.unknown", ORGANISATION, "crisis_group: krisledning\n", ""),
    ],
)
def test_each_rule_bites_alone(
    judged: Judge, rule: str, name: str, before: str, after: str
) -> None:
    found = judged(name, before, after)
    assert rules_of(found) == {rule}
    assert all(problem.text.endswith(".") for problem in found.problems)


@pytest.mark.parametrize("gone", ["[power]", "[mobile]", "[telephone]", "[workplace, water]"])
def test_one_way_that_is_left_is_enough(judged: Judge, gone: str) -> None:
    mail = (
        "Subject: Brand\n\nBrand på {{ fact.enhet.name }}. Gå ut. Nytt besked {{ fact.nasta }}.\n"
    )
    judged("message_templates/larm/email.sv.j2", "", f"{mail}\n{{{{ organisation.name }}}}\n")
    assert judged(SCENARIO, "[workplace]", gone).problems == ()


def test_an_address_without_a_text_for_it_is_no_way(judged: Judge) -> None:
    """The alarm has no mail, so that the addresses are of no use without the mobile network."""
    assert rules_of(judged(SCENARIO, "[workplace]", "[mobile]")) == {"routes.none_left"}


def test_a_wave_outside_that_waits_for_our_own_is_in_order(judged: Judge) -> None:
    opening = "opens: {when: expired, wave: personal}"
    assert judged(SCENARIO, "opens: {after_minutes: 2}", opening).problems == ()


def test_the_place_of_a_quiet_scenario_hears_one_message_only(judged: Judge) -> None:
    found = judged(SCENARIO, "facts:", "quiet: true\nfacts:")
    assert rules_of(found) == {"scenario.quiet_rings"}
    assert {problem.severity for problem in found.problems} == {Severity.ERROR}
    assert judged(SCENARIO, RETRY, "").problems == ()
    again = judged(SCENARIO, "    acknowledgement:", "    uncertain: resend\n    acknowledgement:")
    assert rules_of(again) == {"scenario.quiet_rings"}
    judged(SCENARIO, "    uncertain: resend\n", "")
    script = "Hej, jag ringer från {{ organisation.name }} om {{ fact.enhet.name }}. Gå ut."
    rings = judged("message_templates/larm/call.sv.j2", "", script)
    assert rules_of(rings) == {"scenario.quiet_rings"}


def test_help_is_not_heard_by_a_last_rung_on_leave(judged: Judge) -> None:
    found = judged(PEOPLE, "kari;permanent;;", "kari;permanent;sjukskriven;")
    assert "scenario.help_unheard" in rules_of(found)


def test_two_approvers_are_for_what_can_wait_and_must_be_there(judged: Judge) -> None:
    assert judged(SCENARIO, "facts:", "approvers: 2\nfacts:").problems == ()
    assert rules_of(judged(SCENARIO, "level: gul", "level: röd")) == {"scenario.two_approvers"}
    judged(SCENARIO, "level: röd", "level: gul")
    officers = "contact_lists/officers.yaml"
    assert judged(officers, "kari, rights: [launch, approve", "kari, rights: [drill").problems
    few = judged(officers, "ove, rights: [launch, approve", "ove, rights: [launch")
    assert rules_of(few) == {"scenario.two_approvers"}


def test_a_finding_shows_the_line_of_its_wave(judged: Judge) -> None:
    found = judged(SCENARIO, LAST, "")
    assert [problem.line for problem in found.problems] == [15]


def test_a_route_on_an_unknown_channel_is_an_error_of_the_form(judged: Judge) -> None:
    found = judged(ORGANISATION, "channel: call", "channel: duva")
    wrong = [problem for problem in found.problems if problem.rule.startswith("form.")]
    assert [problem.file for problem in wrong] == [ORGANISATION]
    assert rules_of(found) - {wrong[0].rule} == {"routes.unknown"}
