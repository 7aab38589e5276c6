"""Every rule of the people, groups and addresses, broken by one change, and what passes it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from beredskap.library import tracked_files
from beredskap.readiness.address_rules import is_fictitious
from tests.readiness.conftest import Judge, rules_of

PEOPLE = "contact_lists/people.csv"
GROUPS = "contact_lists/groups.yaml"
ROSTER = "contact_lists/roster.csv"
ORGANISATION = "contact_lists/organisation.yaml"
SCENARIO = "scenarios/brand.yaml"
REAL_MAIL = "@".join(("nagon", "verklig.se"))
"""Put together here, since no file of the project holds a real address."""
STAFF = "\n".join(
    f"p{number};Person {number};medarbetare;eken;kari;;permanent;;sv;;p{number}@post.example;;;;;"
    "2026-11-01"
    for number in range(10)
)
CIRCLE = """\
  - {id: ett, name: Ett, owner_role: chef, audience: {roles: [stab], groups: [tva]}}
  - {id: tva, name: Två, owner_role: chef, audience: {groups: [ett]}}
"""
MAIL_ONLY = "\nred;Redaktionen;journalist;;;;;;sv;;red@post.example;;;;;2026-11-01"


@pytest.mark.parametrize(
    ("rule", "name", "before", "after"),
    [
        ("contacts.one_channel", PEOPLE, "ove@provstad.example", ""),
        ("contacts.no_deputy", ROSTER, ";ove;", ";;"),
        ("contacts.unverified", PEOPLE, "lo@post.example;;;;;2026-11-01", "lo@post.example;;;;;"),
        (
            "contacts.unverified",
            PEOPLE,
            "kari@provstad.example;;;;;2026-11-01",
            "kari@provstad.example;;;;;2026-05-01",
        ),
        ("contacts.group_owner", GROUPS, "owner_role: chef", "owner_role: okand"),
        ("contacts.roster_gap", ROSTER, "2028-01-01", "2026-11-24"),
        ("contacts.roster_gap", ROSTER, "2026-01-01", "2026-11-25"),
        (
            "contacts.manager_circle",
            PEOPLE,
            "ove;Ove Öst;chef;eken;;",
            "ove;Ove Öst;chef;eken;kari;",
        ),
        ("contacts.group_circle", GROUPS, "groups:\n", f"groups:\n{CIRCLE}"),
        ("contacts.fan_out", PEOPLE, "\nlo;", f"\n{STAFF}\nlo;"),
    ],
)
def test_each_rule_bites_alone(
    judged: Judge, rule: str, name: str, before: str, after: str
) -> None:
    found = judged(name, before, after)
    assert rules_of(found) == {rule}
    assert {problem.file for problem in found.problems} == {name}
    assert all(problem.line > 0 and problem.text.endswith(".") for problem in found.problems)


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (PEOPLE, "sv;+46701740607;", "sv;;"),
        (PEOPLE, "lo@post.example;;;;;2026-11-01", "lo@post.example;;;;;2026-03-01"),
        (PEOPLE, "\nlo;", "\n" + STAFF.partition("\n")[0] + "\nlo;"),
        (ROSTER, "2028-01-01", "2026-11-27"),
    ],
)
def test_what_is_right_passes(judged: Judge, name: str, before: str, after: str) -> None:
    assert judged(name, before, after).problems == ()


def test_a_member_of_the_crisis_team_without_a_deputy_is_told(judged: Judge) -> None:
    found = judged(
        PEOPLE, "kari;Kari Åsen;chef,stab;eken;ove;ove;", "kari;Kari Åsen;chef,stab;eken;ove;;"
    )
    assert rules_of(found) == {"contacts.no_deputy"}


def test_a_group_with_one_channel_names_its_other_ways(judged: Judge) -> None:
    judged(PEOPLE, "\nlo;", f"{MAIL_ONLY}\nlo;")
    group = "  - {id: E6, name: Press, owner_role: chef, audience: {roles: [journalist]}}\n"
    found = judged(GROUPS, "groups:\n", f"groups:\n{group}")
    assert rules_of(found) == {"contacts.group_one_channel"}
    assert judged(GROUPS, "id: E6,", "id: E6, other_ways: [C9],").problems == ()


def test_a_protected_person_is_never_named(judged: Judge) -> None:
    row = "\nsky;Sky Dd;chef,stab;eken;;;permanent;;sv;;;;;ja;;\nlo;"
    found = judged(PEOPLE, "\nlo;", row)
    assert "contacts.no_deputy" in rules_of(found)
    assert not [problem for problem in found.problems if "sky" in problem.text]


def test_invented_addresses_are_told_once_something_is_adopted(judged: Judge) -> None:
    assert judged().problems == ()
    found = judged(adopted=("brand",)).problems
    told = {problem.file for problem in found if problem.rule == "contacts.fictitious"}
    assert told == {PEOPLE, ORGANISATION}


def test_an_invented_number_in_an_adopted_scenario_is_told(judged: Judge) -> None:
    judged(SCENARIO, "text: Räkna in alla.", "text: Ring 070-174 06 99.")
    found = judged(adopted=("brand",)).problems
    assert SCENARIO in {problem.file for problem in found if problem.rule == "contacts.fictitious"}


def test_a_real_number_that_git_tracks_is_told_with_what_removes_it(judged: Judge) -> None:
    changed = judged(PEOPLE, "lo@post.example", REAL_MAIL)
    assert changed.problems == ()
    found = judged(tracked=(PEOPLE,))
    assert rules_of(found) == {"contacts.tracked"}
    assert f"git rm --cached {PEOPLE}" in found.problems[0].text
    assert "verklig" not in found.problems[0].text


def test_invented_numbers_and_our_own_address_may_be_tracked(judged: Judge) -> None:
    judged(ORGANISATION, "svar@provstad.example", REAL_MAIL)
    mail = f"text: Skriv till {REAL_MAIL} eller ring 070-174 06 10"
    found = judged(SCENARIO, "text: Räkna in alla", mail)
    assert found.problems == ()
    assert judged(tracked=(PEOPLE, ORGANISATION, SCENARIO)).problems == ()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("+46701740605", True),
        ("070-174 06 99", True),
        ("0046701740650", True),
        ("+467017406" + "04", False),
        ("+467099" + "99999", False),
        ("a@b.example", True),
        ("a@" + "example.com", True),
        ("a@" + "example.se", False),
        ("a@" + "myexample.se", False),
    ],
)
def test_what_belongs_to_nobody_is_known(address: str, expected: bool) -> None:
    assert is_fictitious(address) is expected


def test_git_is_asked_which_files_it_tracks(workspace: Path) -> None:
    assert tracked_files(workspace) == frozenset()
    for words in (["init", "-q"], ["add", PEOPLE]):
        subprocess.run(["git", "-C", str(workspace), *words], check=True)
    assert tracked_files(workspace) == {PEOPLE}
