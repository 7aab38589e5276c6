"""Reading a workspace: whatever is wrong is a problem with its place, and the rest is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from beredskap.domain.channel import Channel
from beredskap.domain.problem import Severity
from beredskap.domain.stakeholder import Employment
from beredskap.library import Content, problems_for, read_workspace
from tests.library.conftest import FILES, PEOPLE, SCENARIO, UNITS, Write

PEOPLE_CSV = "contact_lists/people.csv"
UNITS_CSV = "contact_lists/units.csv"
GROUPS_YAML = "contact_lists/groups.yaml"


def rules(content: Content) -> list[tuple[str, int, str]]:
    """Return (file, line, rule) of every problem."""
    return [(problem.file, problem.line, problem.rule) for problem in content.problems]


def test_a_workspace_without_a_fault_has_no_problem(workspace: Path) -> None:
    content = read_workspace(workspace)
    assert rules(content) == []
    assert list(content.directory.people) == ["kari", "ove"]
    assert set(content.digests) == set(FILES)
    kari = content.directory.people["kari"]
    assert kari.contact_points[0].address == "+46701740605"
    assert kari.employment is Employment.PERMANENT
    assert set(content.templates["larm"].sources) == {(Channel.SMS, "sv"), (Channel.EMAIL, "sv")}


@pytest.mark.parametrize(
    "encoded",
    [
        PEOPLE.encode("cp1252"),
        PEOPLE.encode("utf-8-sig"),
        PEOPLE.encode("utf-16"),
        ("sep=;\n" + PEOPLE).encode(),
        ("# en anmärkning\n\n" + PEOPLE).encode(),
        PEOPLE.replace("chef,stab", "chef stab")
        .replace("sv,en", "sv en")
        .replace(";", ",")
        .encode(),
        PEOPLE.replace(";", "\t").encode(),
        PEOPLE.replace("\n", "\r\n").encode(),
    ],
)
def test_a_spreadsheets_csv_is_read_as_it_comes(written: Write, encoded: bytes) -> None:
    content = written(PEOPLE_CSV, encoded)
    assert rules(content) == []
    assert [person.name for person in content.directory.people.values()] == ["Kari Å", "Ove Ö"]
    assert content.directory.people["ove"].languages == ("sv", "en")


@pytest.mark.parametrize(
    ("name", "text", "line", "rule"),
    [
        (
            "scenarios/prov.yaml",
            SCENARIO.replace("level: grön", "level: blå"),
            4,
            "form.literal_error",
        ),
        ("scenarios/prov.yaml", SCENARIO + "okänd: 1\n", 23, "form.extra_forbidden"),
        ("scenarios/prov.yaml", SCENARIO.replace("title: Prov\n", ""), 1, "form.missing"),
        ("scenarios/prov.yaml", SCENARIO.replace("type: time", "type: klocka"), 10, "form.enum"),
        ("scenarios/prov.yaml", "title: [\n", 2, "yaml.syntax"),
        ("scenarios/prov.yaml", "title: a\ntitle: b\n", 2, "yaml.duplicate_key"),
        ("scenarios/prov.yaml", "title:\n\t- a\n", 2, "yaml.syntax"),
        ("scenarios/prov.yaml", "- a\n", 1, "yaml.not_a_mapping"),
        ("scenarios/prov.yaml", "", 1, "yaml.not_a_mapping"),
        ("scenarios/prov.yaml", b"title: ok\npurpose: \xff\n", 2, "file.not_utf8"),
        (PEOPLE_CSV, PEOPLE + "eva;Eva;;;;;;;;0701;;;;;;\n", 4, "people.bad_number"),
        (PEOPLE_CSV, PEOPLE + "eva;Eva;;;;;;;;112;;;;;;\n", 4, "people.bad_number"),
        (PEOPLE_CSV, PEOPLE + "eva;Eva;;;;;;;;;eva@;;;;;\n", 4, "people.bad_email"),
        (PEOPLE_CSV, PEOPLE + "kari;Kari;;;;;;;;;;;;;;\n", 4, "people.duplicate_id"),
        (PEOPLE_CSV, PEOPLE + ";Eva;;;;;;;;;;;;;;\n", 4, "people.incomplete"),
        (PEOPLE_CSV, PEOPLE + "eva;Eva;;;;;hyrd;;;;;;;;;\n", 4, "people.employment"),
        (PEOPLE_CSV, PEOPLE + "eva;E;;;;;;;;;;;kanske;;;\n", 4, "people.opted_out"),
        (PEOPLE_CSV, PEOPLE + "eva;E;;;;;;;;;;;;;;i fjol\n", 4, "people.verified"),
        (PEOPLE_CSV, PEOPLE + "eva;E\x07a;;;;;;;;;;;;;;\n", 4, "people.control_character"),
        (PEOPLE_CSV, PEOPLE + "eva;E;;;;;;;;;;;;;;;;\n", 4, "csv.too_many_cells"),
        (PEOPLE_CSV, "id;name;lön\nkari;Kari;1\n", 1, "csv.unknown_column"),
        (PEOPLE_CSV, b"\x00\x01\x02" * 50, 0, "csv.not_text"),
        (PEOPLE_CSV, "", 0, "csv.empty"),
        (UNITS_CSV, UNITS + "eken;Eken igen;;;;;;\n", 4, "units.duplicate_id"),
        (
            "contact_lists/organisation.yaml",
            "id: a\nname: b\nshort_name: c\ntime_zone: Mars\n",
            4,
            "organisation.time_zone",
        ),
        (
            "contact_lists/officers.yaml",
            "officers:\n  - {id: kari, rights: [allt]}\n",
            2,
            "officers.right",
        ),
        ("message_templates/larm/sms.sv.j2", b"\xff\xfe\xff", 1, "file.not_utf8"),
        (
            "message_templates/larm/template.yaml",
            "purpose: a\naudience: alla\n",
            2,
            "form.literal_error",
        ),
    ],
)
def test_what_is_wrong_is_a_problem_in_its_place(
    written: Write, name: str, text: str | bytes, line: int, rule: str
) -> None:
    content = written(name, text)
    found = [problem for problem in content.problems if problem.rule == rule]
    assert [(problem.file, problem.line) for problem in found] == [(name, line)]
    assert found[0].severity is Severity.ERROR
    assert found[0].text.endswith(".")


@pytest.mark.parametrize("cell", ["0701", "112", "08-465 004 00", "+46 701", "notanumber"])
def test_a_bad_number_leaves_a_visible_person_without_an_address(written: Write, cell: str) -> None:
    content = written(PEOPLE_CSV, PEOPLE + f"eva;Eva;;;;;;;;{cell};;;;;;\n")
    eva = content.directory.people["eva"]
    assert (eva.contact_points, eva.fault) == ((), "bad_number")


def test_an_unreadable_protection_protects(written: Write) -> None:
    content = written(PEOPLE_CSV, PEOPLE + "eva;Eva;;;;;;;;;;;;kanske;;\n")
    assert content.directory.people["eva"].is_protected


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_file_may_be_missing(workspace: Path, name: str) -> None:
    (workspace / name).unlink()
    read_workspace(workspace)


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_file_may_be_a_folder(workspace: Path, name: str) -> None:
    (workspace / name).unlink()
    (workspace / name).mkdir()
    assert any(problem.file == name for problem in read_workspace(workspace).problems)


@pytest.mark.parametrize(
    ("name", "stops"),
    [
        ("scenarios/prov.yaml", {"prov"}),
        ("scenarios/annan.yaml", {"annan"}),
        ("message_templates/annan/template.yaml", {"annan"}),
        ("contact_lists/organisation.yaml", {"prov", "annan"}),
        (PEOPLE_CSV, {"prov", "annan"}),
        (GROUPS_YAML, set()),
        ("contact_lists/officers.yaml", set()),
    ],
)
def test_a_broken_file_stops_only_what_needs_it(written: Write, name: str, stops: set[str]) -> None:
    content = written(name, b"\x00: [")
    assert {s for s in ("prov", "annan") if problems_for(content, s)} == stops


def test_a_bad_row_stops_no_alert(written: Write) -> None:
    content = written(PEOPLE_CSV, PEOPLE + "eva;Eva;;;;;;;;0701;;;;;;\n")
    assert problems_for(content, "prov") == ()


def test_a_template_that_is_gone_stops_its_scenario(workspace: Path) -> None:
    for path in (workspace / "message_templates" / "annan").iterdir():
        path.unlink()
    (workspace / "message_templates" / "annan").rmdir()
    content = read_workspace(workspace)
    (problem,) = problems_for(content, "annan")
    assert problem.rule == "scenario.unknown_template"
