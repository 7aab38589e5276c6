"""A rule may be kept quiet in one file, with a reason, and never for nothing."""

from __future__ import annotations

import pytest

from beredskap.domain.problem import Severity
from tests.readiness.conftest import Judge, rules_of

FORM = "message_templates/kontakter/template.yaml"
SMS = "message_templates/kontakter/sms.sv.j2"
BROKEN = ("Kom inte hit", "Kom eventuellt inte hit")
UNITS = "contact_lists/units.csv"
NO_DEPUTY = ("topp;Förvaltningen;department;;kari;ove", "topp;Förvaltningen;department;;kari;")


def test_a_template_silences_a_rule_for_its_texts(judged: Judge) -> None:
    assert rules_of(judged(SMS, *BROKEN)) == {"L08"}
    found = judged(FORM, "slots:", "silenced: {L08: Ordet står i stadens beslut.}\nslots:")
    assert found.problems == ()
    assert [problem.rule for problem in found.silenced] == ["L08"]


def test_a_table_silences_a_rule_in_a_comment(judged: Judge) -> None:
    assert rules_of(judged(UNITS, *NO_DEPUTY)) == {"units.no_deputy"}
    comment = "# silenced units.no_deputy: Tjänsten är utlyst.\nid;name"
    found = judged(UNITS, "id;name", comment)
    assert found.problems == ()
    assert len(found.silenced) == 1


@pytest.mark.parametrize("reason", ["", '""', "'  '"])
def test_a_silence_without_a_reason_silences_nothing_and_is_told(
    judged: Judge, reason: str
) -> None:
    judged(SMS, *BROKEN)
    found = judged(FORM, "slots:", f"silenced:\n  L08: {reason}\nslots:")
    assert rules_of(found) == {"L08", "silence.no_reason"}
    told = next(p for p in found.problems if p.rule == "silence.no_reason")
    assert (told.file, told.line, told.severity) == (FORM, 4, Severity.WARNING)


def test_a_silence_of_nothing_is_told(judged: Judge) -> None:
    found = judged(FORM, "slots:", "silenced: {L08: Det behövs inte längre.}\nslots:")
    assert rules_of(found) == {"silence.unused"}


def test_a_silence_is_of_its_own_file_alone(judged: Judge) -> None:
    judged(SMS, *BROKEN)
    found = judged("scenarios/brand.yaml", "purpose:", "silenced: {L08: Inte här.}\npurpose:")
    assert rules_of(found) == {"L08", "silence.unused"}


def test_what_cannot_work_cannot_be_silenced(judged: Judge) -> None:
    judged("scenarios/brand.yaml", "update: nytt", "update: borta")
    found = judged(
        "scenarios/brand.yaml",
        "purpose:",
        "silenced: {scenario.unknown_template: Kommer.}\npurpose:",
    )
    assert rules_of(found) == {"scenario.unknown_template", "silence.unused"}


def test_a_silence_that_is_no_list_of_rules_is_an_error(judged: Judge) -> None:
    assert rules_of(judged(FORM, "slots:", "silenced: [L08]\nslots:")) == {"form.silenced"}


def test_a_list_of_groups_silences_a_rule_beside_its_entries(judged: Judge) -> None:
    groups = "contact_lists/groups.yaml"
    assert rules_of(judged(groups, "owner_role: chef", "owner_role: ny")) == {
        "contacts.group_owner"
    }
    reason = "silenced: {contacts.group_owner: Tjänsten tillsätts i januari.}\n"
    found = judged(groups, "groups:\n", f"{reason}groups:\n")
    assert found.problems == ()
    assert [problem.rule for problem in found.silenced] == ["contacts.group_owner"]


def test_a_profile_silences_a_rule_of_its_own(judged: Judge) -> None:
    profile = "contact_lists/organisation.yaml"
    judged(profile, "crisis_group: krisledning\n", "")
    reason = "silenced: {routes.unknown: Staden håller i krisledningen.}\n"
    assert judged(profile, "id: prov\n", f"id: prov\n{reason}").problems == ()
