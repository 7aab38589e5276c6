"""Every rule of `check`, each broken by one change to one file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from beredskap.library import check, read_workspace
from beredskap.library.check import RULES
from tests.library.conftest import GROUPS, PEOPLE, SCENARIO, SMS, TEMPLATE, UNITS, Write

TODAY = date(2026, 11, 23)
PROV, LARM = "scenarios/prov.yaml", "message_templates/larm"
SECOND_WAVE = """\
  - id: sen
    title: Sen
    template: larm
    audience: {people: [kari]}
    opens: {when: final, wave: OTHER}
    acknowledgement: {rule: everyone}
update"""

PEOPLE_CSV = "contact_lists/people.csv"
UNITS_CSV = "contact_lists/units.csv"
GROUPS_YAML = "contact_lists/groups.yaml"


def test_a_workspace_without_a_fault_is_clean(workspace: Path) -> None:
    assert check(read_workspace(workspace), TODAY) == ()


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        (PROV, SCENARIO.replace("template: larm", "template: borta"), "scenario.unknown_template"),
        (PROV, SCENARIO.replace("update: larm", "update: borta"), "scenario.unknown_template"),
        (PROV, SCENARIO.replace("fact.enhet", "borta"), "scenario.unknown_audience"),
        (PROV, SCENARIO.replace("units: [fact.enhet]", "groups: [x]"), "scenario.unknown_audience"),
        (PROV, SCENARIO.replace("units: [fact.enhet]", "roles: [x]"), "scenario.unknown_role"),
        (PROV, SCENARIO.replace("person: ove", "person: eva"), "scenario.unknown_last_rung"),
        (PROV, SCENARIO.replace("rule: everyone", "rule: none"), "scenario.unasked_answers"),
        (PROV, SCENARIO.replace("all_clear: larm\n", ""), "scenario.missing_corrections"),
        (PROV, SCENARIO.replace("units: [fact.enhet]", "people: []"), "scenario.empty_wave"),
        (PROV, SCENARIO.replace("2026-11-01", "2025-11-01"), "scenario.stale_review"),
        (
            PROV,
            SCENARIO.replace("update", SECOND_WAVE.replace("OTHER", "borta"), 1),
            "scenario.unknown_wave",
        ),
        (
            PROV,
            SCENARIO.replace("update", SECOND_WAVE.replace("OTHER", "sen"), 1),
            "scenario.circular_waves",
        ),
        (
            PROV,
            SCENARIO.replace(
                "update", SECOND_WAVE.replace("id: sen", "id: alla").replace("OTHER", "alla"), 1
            ),
            "scenario.duplicate_wave",
        ),
        (f"{LARM}/template.yaml", TEMPLATE.partition("answers")[0], "scenario.no_answers"),
        (f"{LARM}/template.yaml", TEMPLATE.replace('"1"', '"STOP"'), "template.stop_word"),
        (f"{LARM}/sms.sv.j2", "{{ fact.okand }}", "template.rendering"),
        (f"{LARM}/sms.sv.j2", SMS + " – ”citat”", "template.sms_encoding"),
        (f"{LARM}/sms.sv.j2", SMS + " ord" * 30, "template.sms_parts"),
        (f"{LARM}/sms.sv.j2", SMS + " ÖVNING", "template.drill_word"),
        (f"{LARM}/brev.sv.j2", "Hej", "template.file_name"),
        (UNITS_CSV, UNITS.replace("topp;kari;ove", "topp;;ove"), "units.no_manager"),
        (UNITS_CSV, UNITS.replace("topp;kari;ove", "topp;kari;"), "units.no_deputy"),
        (UNITS_CSV, UNITS.replace("topp;kari;ove", "topp;ove;ove"), "units.own_deputy"),
        (UNITS_CSV, UNITS.replace("unit;topp", "unit;eken"), "units.circle"),
        (PEOPLE_CSV, PEOPLE.replace("chef;eken", "chef;borta"), "people.unknown_unit"),
        (PEOPLE_CSV, PEOPLE.replace(";;ove;perm", ";;eva;perm"), "people.unknown_person"),
        (GROUPS_YAML, GROUPS.replace("roles: [stab]", "people: [eva]"), "groups.unknown_audience"),
        (GROUPS_YAML, GROUPS + GROUPS.partition("\n")[2], "groups.duplicate_id"),
    ],
)
def test_each_rule_bites(written: Write, name: str, text: str, rule: str) -> None:
    found = check(written(name, text), TODAY)
    assert rule in {problem.rule for problem in found}
    assert all(problem.text.endswith(".") for problem in found)


def test_every_rule_has_its_sentence() -> None:
    for rule in RULES.values():
        assert rule.__doc__ is not None
        assert rule.__doc__.splitlines()[0].endswith(".")
