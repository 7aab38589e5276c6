"""Files as no form foresees them: each fault costs what it stands in and nothing more."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beredskap.domain.officer import Right
from beredskap.domain.problem import Severity
from beredskap.library import Content, problems_for, read_workspace
from beredskap.library.addresses import normalise_number
from tests.library.conftest import FILES, GROUPS, OFFICERS, ORGANISATION, PEOPLE, SCENARIO, Write

SCENARIO_FILE = "scenarios/prov.yaml"
PEOPLE_CSV = "contact_lists/people.csv"
BOMB = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [*{before}, *{before}, *{before}]\n"
    for before, name in zip("abcdefghijklmnopqr", "bcdefghijklmnopqrs", strict=True)
)


def rules(content: Content, file: str) -> set[str]:
    return {problem.rule for problem in content.problems if problem.file == file}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (BOMB, "yaml.alias"),
        ("title: a\ntitle: b\n", "yaml.duplicate_key"),
        (SCENARIO.replace("2026-11-01", "2026-02-31"), "form.date_from_datetime_parsing"),
        ("title: !foo x\n", "yaml.tag"),
        ("title: !!python/object/apply:os.system [ls]\n", "yaml.tag"),
        ("? [a, b]\n: x\n", "yaml.key"),
        ("1: x\nnull: y\n", "form.extra_forbidden"),
        ("title: a\x00b\n", "yaml.syntax"),
        ("title: \x1b[31m\n", "yaml.syntax"),
        (b"title: \xff\xfe\n", "file.not_utf8"),
        ("[" * 100_000, "yaml.too_large"),
        ("- " * 100_000, "yaml.too_large"),
        ("\n".join(" " * n + "a:" for n in range(400)), "yaml.too_large"),
        ("", "yaml.not_a_mapping"),
        ("- a\n- b\n", "yaml.not_a_mapping"),
        ("bara text", "yaml.not_a_mapping"),
        ("a: [1, 2\nb: }\n", "yaml.syntax"),
        ("\t a: b", "yaml.syntax"),
        ("a: b\n--- \nc: d\n", "yaml.syntax"),
    ],
)
def test_odd_yaml_is_a_problem_of_its_own_file(
    written: Write, text: str | bytes, rule: str
) -> None:
    content = written(SCENARIO_FILE, text)
    assert rule in rules(content, SCENARIO_FILE)
    assert {problem.file for problem in content.problems} == {SCENARIO_FILE}
    assert problems_for(content, "prov")


def test_what_is_no_file_is_a_problem(workspace: Path) -> None:
    (workspace / "scenarios" / "mapp.yaml").mkdir()
    (workspace / "scenarios" / "bruten.yaml").symlink_to(workspace / "finns-inte")
    content = read_workspace(workspace)
    assert rules(content, "scenarios/mapp.yaml") == {"file.unreadable"}
    assert rules(content, "scenarios/bruten.yaml") == {"file.missing"}
    assert problems_for(content, "prov") == ()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_nobody_may_read_is_a_problem(workspace: Path) -> None:
    (workspace / SCENARIO_FILE).chmod(0)
    assert rules(read_workspace(workspace), SCENARIO_FILE) == {"file.unreadable"}


def test_an_unclosed_quotation_mark_costs_nobody_their_place(written: Write) -> None:
    head, kari, ove = PEOPLE.splitlines()
    more = "".join(
        f"\np{n};Person {n};;eken;;;permanent;;sv;;p{n}@x.example;;;;;" for n in range(9)
    )
    content = written(PEOPLE_CSV, "\n".join([head, kari.replace("Kari Å", '"Kari Å'), ove]) + more)
    assert list(content.directory.people) == ["kari", "ove", *(f"p{n}" for n in range(9))]
    assert content.directory.people["kari"].name == "Kari Å"
    assert content.directory.people["kari"].contact_points
    (problem,) = content.problems
    assert (problem.line, problem.rule) == (2, "csv.unclosed_quote")
    assert problems_for(content, "prov") == ()


def test_an_unclosed_mark_in_the_last_row_is_noticed_too(written: Write) -> None:
    content = written(PEOPLE_CSV, PEOPLE.replace("Ove Ö", '"Ove Ö'))
    assert list(content.directory.people) == ["kari", "ove"]
    assert rules(content, PEOPLE_CSV) == {"csv.unclosed_quote"}


def test_a_line_break_within_a_quoted_cell_is_no_fault(written: Write) -> None:
    content = written(PEOPLE_CSV, PEOPLE.replace("Kari Å", '"Kari\nÅ"'))
    assert "csv.unclosed_quote" not in rules(content, PEOPLE_CSV)
    assert "ove" in content.directory.people


def test_a_mistyped_right_takes_no_other_right_and_no_other_officer_away(written: Write) -> None:
    text = OFFICERS + "  - {id: ove, rights: [lunch, read]}\n  - {login: [fel]}\n"
    content = written("contact_lists/officers.yaml", text)
    assert content.directory.officers["kari"].rights == {Right.LAUNCH, Right.ADOPT}
    assert content.directory.officers["ove"].rights == {Right.READ}
    found = [(p.line, p.rule) for p in content.problems if p.file.endswith("officers.yaml")]
    assert (3, "officers.right") in found
    assert {line for line, _ in found} == {3, 4}


def test_a_wrong_group_takes_no_other_group_away(written: Write) -> None:
    content = written("contact_lists/groups.yaml", GROUPS + "  - {id: fel, audience: {hus: [a]}}\n")
    assert list(content.directory.lists) == ["stab"]
    assert content.problems
    assert problems_for(content, "prov") == ()


def test_a_wrong_field_leaves_the_rest_of_the_organisation(written: Write) -> None:
    content = written("contact_lists/organisation.yaml", ORGANISATION + "aliases: {a: b}\nfel: 1\n")
    assert content.directory.organisation.name == "Provstads stadsdelsförvaltning"
    assert {problem.line for problem in content.problems} == {5, 6}
    assert problems_for(content, "prov") == ()


def test_an_organisation_without_a_name_stops_the_alert(written: Write) -> None:
    content = written("contact_lists/organisation.yaml", ORGANISATION.replace("name:", "namn:", 1))
    assert problems_for(content, "prov")


@pytest.mark.parametrize(
    "written_as",
    ["\uff10\uff17\uff10\uff11\uff17\uff14\uff10\uff16\uff10\uff15", "+4670174060\u0665"],
)  # full-width and Arabic digits
def test_digits_of_other_scripts_are_no_number(written_as: str) -> None:
    assert normalise_number(written_as) is None


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=st.sampled_from(sorted(FILES)), change=st.data())
def test_no_bytes_whatever_make_reading_fail(
    workspace: Path, name: str, change: st.DataObject
) -> None:
    whole = (workspace / name).read_bytes()
    start = change.draw(st.integers(0, len(whole)))
    length = change.draw(st.integers(0, 20))
    put = change.draw(
        st.one_of(
            st.binary(max_size=30),
            st.text(st.sampled_from("\"'[]{}:;,-#&*!?|>\n\t \x00åÅ01"), max_size=12).map(
                str.encode
            ),
        )
    )
    try:
        (workspace / name).write_bytes(whole[:start] + put + whole[start + length :])
        content = read_workspace(workspace)
        assert all(problem.file and problem.text for problem in content.problems)
        assert all(problem.severity in Severity for problem in content.problems)
    finally:
        (workspace / name).write_bytes(whole)
