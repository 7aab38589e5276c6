"""The shipped people are invented, complete, and hold one of every kind the policy names."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from beredskap.domain.audience import FACT_PREFIX, members, units_below
from beredskap.domain.channel import Channel
from beredskap.domain.officer import Right
from beredskap.domain.stakeholder import Employment, PersonStatus, Stakeholder
from tests.content.shipped import FICTITIOUS_NUMBER, NOW, ROOT, content, shipped_files

MEANT_DUPLICATE = {"anna-hultin", "anna-hultin-2"}
"""The only meant duplicate: one person who stands in the list twice."""
POLICY_GROUPS = {
    "I1", "I2", "I3", "I4", "E1a", "E1b", "E2", "E3", "E4",
    "E5a", "E5b", "E5c", "E5d", "E5e", "E6", "E7",
}  # fmt: skip
NEVER_A_LIST_OF_PEOPLE = {"E1a", "E2", "E7"}
NOT_YET_NAMED = {"E5e"}
UNSPEAKABLE_IN_UNIT_NAMES = ("social", "lss", "demens", "missbruk", "psyk", "boendestöd")
WATCHES = (
    "tib", "kib", "stab_i_beredskap", "beslutsfattare", "krisstod_i_beredskap", "lokaljour",
    "mas_i_beredskap", "bemanningsjour", "loggjour",
)  # fmt: skip


def _people() -> list[Stakeholder]:
    return list(content().directory.people.values())


def _group(group_id: str) -> set[str]:
    audience = content().directory.lists[group_id].audience
    return {person.id for person in members(audience, content().directory, {}, NOW)}


def _employed() -> set[str]:
    return {p.id for p in _people() if p.employment is not Employment.NOT_EMPLOYED}


def _addresses(channel: Channel) -> list[tuple[str, str]]:
    return [(p.id, c.address) for p in _people() for c in p.contact_points if c.channel is channel]


def test_every_mobile_number_is_reserved_for_fiction() -> None:
    numbers = [address for _, address in _addresses(Channel.SMS)]
    assert numbers
    assert [n for n in numbers if not FICTITIOUS_NUMBER.fullmatch(n)] == []


def test_every_mail_address_ends_in_example() -> None:
    addresses = [address for _, address in _addresses(Channel.EMAIL)]
    assert addresses
    assert [a for a in addresses if not a.endswith(".example")] == []


def test_no_other_number_or_mail_address_stands_in_any_shipped_file() -> None:
    for path in shipped_files():
        text = path.read_text(encoding="utf-8")
        numbers = re.findall(r"(?:\+46|\b00?46|\b0)[\d\s-]{7,}\d", text)
        assert [n for n in numbers if not FICTITIOUS_NUMBER.fullmatch(n)] == [], path.name
        mails = re.findall(r"[\w.+-]+@[\w.-]*\w", text)
        assert [m for m in mails if not m.endswith(".example")] == [], path.name
        assert re.findall(r"\b(?:19|20)?\d{6}-\d{4}\b", text) == [], f"personnummer in {path.name}"


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL])
def test_an_address_belongs_to_one_person_but_for_the_only_meant_duplicate(
    channel: Channel,
) -> None:
    shared = Counter(address for _, address in _addresses(channel))
    twice = {person for person, address in _addresses(channel) if shared[address] > 1}
    assert twice == MEANT_DUPLICATE


def test_a_name_belongs_to_one_person_but_for_the_only_meant_duplicate() -> None:
    names = Counter(person.name for person in _people())
    assert {p.id for p in _people() if names[p.name] > 1} == MEANT_DUPLICATE


def test_all_four_employments_and_all_three_kinds_of_leave_are_there() -> None:
    assert {person.employment for person in _people()} == set(Employment)
    assert {person.status for person in _people()} == set(PersonStatus)


def test_the_hard_cases_are_there() -> None:
    protected = [person for person in _people() if person.is_protected]
    assert sorted(bool(person.go_between) for person in protected) == [False, True]
    assert all(not person.contact_points for person in protected)
    open_people = [person for person in _people() if not person.is_protected]
    assert sum(person.has_opted_out for person in open_people) == 1
    assert sum(not person.contact_points for person in open_people) == 1
    only_mail = [p for p in open_people if {c.channel for c in p.contact_points} == {Channel.EMAIL}]
    assert len(only_mail) >= 3
    assert any(person.languages[0] == "en" for person in open_people)


def test_every_employee_has_one_manager_above_them() -> None:
    people = content().directory.people
    without = {i for i in _employed() if people[i].manager is None}
    assert without == {content().directory.units["norrmalm"].manager}
    for person in _employed():
        seen, here = set[str](), person
        while (manager := people[here].manager) is not None:
            assert manager not in seen, f"{person} is led in a circle"
            seen.add(manager)
            here = manager
        assert people[person].unit is not None


def test_the_units_are_one_tree_with_short_neutral_names() -> None:
    units = content().directory.units
    assert units_below("norrmalm", content().directory) == set(units)
    for unit in units.values():
        assert len(unit.name) <= 18, unit.name
        assert len(unit.meeting_place) <= 24, unit.meeting_place
        assert not any(word in unit.name.casefold() for word in UNSPEAKABLE_IN_UNIT_NAMES)
        assert unit.local_channel
        assert unit.meeting_place
    assert {unit.kind for unit in units.values()} == {"department", "unit", "workplace"}
    assert len({unit.name for unit in units.values()}) == len(units)


def test_managers_and_deputies_are_in_service_and_can_be_reached() -> None:
    people = content().directory.people
    named = {person.deputy for person in _people() if person.deputy}
    for unit in content().directory.units.values():
        named |= {holder for holder in (unit.manager, unit.deputy) if holder}
    for person in (people[i] for i in named):
        assert not person.status.is_on_leave, person.id
        assert not person.has_opted_out, person.id
        assert {c.channel for c in person.contact_points} >= {Channel.SMS}, person.id


def test_every_group_of_the_policy_has_owner_needs_and_members() -> None:
    lists = content().directory.lists
    held = {role for person in _people() for role in person.roles}
    assert set(lists) >= POLICY_GROUPS | {"krisledning"}
    for group in lists.values():
        assert group.owner_role in held, group.id
        assert group.needs, group.id
        assert group.is_external == group.id.startswith("E"), group.id
        assert not [u for u in group.audience.units if u.startswith(FACT_PREFIX)]
    empty = {group for group in lists if not _group(group)}
    assert empty == NEVER_A_LIST_OF_PEOPLE | NOT_YET_NAMED


def test_the_groups_divide_the_people_as_the_policy_does() -> None:
    on_leave = {person.id for person in _people() if person.status.is_on_leave}
    assert _group("I1") == _employed()
    assert _group("i-tjanst") == _employed() - on_leave, "see the group's needs"
    assert {u.manager for u in content().directory.units.values()} <= _group("I2")
    externals = {g for g in POLICY_GROUPS if g.startswith("E")}
    assert not any(_group(group) & _employed() for group in externals)
    everybody = set[str]().union(*(_group(group) for group in POLICY_GROUPS))
    assert everybody == {person.id for person in _people()}


def test_every_member_of_the_crisis_team_has_a_deputy_outside_it_with_the_same_role() -> None:
    people, team = content().directory.people, _group("krisledning")
    assert len(team) == 10
    for member in (people[i] for i in team):
        assert member.deputy is not None, member.id
        assert member.deputy not in team
        shared = set(member.roles) & set(people[member.deputy].roles)
        assert shared - {"krisledning", "chef", "informator"}, member.id


def test_every_watch_is_held_by_one_person_with_a_deputy_at_any_time() -> None:
    people, roster = content().directory.people, content().directory.roster
    assert {period.role for period in roster} == set(WATCHES)
    moments = [
        datetime(year, month, day, hour, tzinfo=UTC)
        for year in (2026, 2027)
        for month in range(1, 13)
        for day, hour in ((1, 0), (1, 12), (28, 23))
    ]
    for role in WATCHES:
        for moment in moments:
            held = [p for p in roster if p.role == role and p.starts_at <= moment < p.ends_at]
            assert len(held) == 1, f"{role} at {moment}"
            assert held[0].person in people
            assert held[0].deputy in people
            assert held[0].person != held[0].deputy


def test_the_officers_together_can_do_everything_and_nobody_approves_alone() -> None:
    officers = list(content().directory.officers.values())
    assert 3 <= len(officers) <= 4
    assert {right for officer in officers for right in officer.rights} == set(Right)
    assert len({officer.login for officer in officers}) == len(officers)
    launchers = {o.id for o in officers if Right.LAUNCH in o.rights}
    approvers = {o.id for o in officers if Right.APPROVE in o.rights}
    assert len(launchers) >= 2
    assert all(approvers - {launcher} for launcher in launchers)
    assert all(Right.READ in officer.rights for officer in officers)
    assert not [o.id for o in officers if {Right.LAUNCH, Right.ADOPT} <= o.rights]


def test_the_duplicate_is_commented_where_it_stands() -> None:
    lines = (ROOT / "contact_lists" / "people.csv").read_text(encoding="utf-8").splitlines()
    second = next(n for n, line in enumerate(lines) if line.startswith("anna-hultin-2;"))
    assert lines[second - 1].startswith("#")
    assert "avsiktliga dubbletten" in lines[second - 1]


SERVES_PEOPLE = {
    "eken", "bjorken", "linden", "hemtjansten", "almen", "verkstaden-aspen", "kontoret-radmannen",
}  # fmt: skip
DESKS = {
    "elnat",
    "vattenbolag",
    "smittskydd",
    "socialjour",
    "foretagshalsovard",
    "polis",
    "samfund",
}


def test_every_unit_that_serves_people_has_contacts_and_guardians_have_a_group() -> None:
    units = {p.unit for p in _people() if "enhetskontakt" in p.roles}
    assert units == SERVES_PEOPLE
    assert _group("E1b-foretradare") < _group("E1b")


def test_no_private_person_is_listed_as_a_contact_of_an_office() -> None:
    """To stand there would tell that one needs the office."""
    offices = units_below("individ-och-familj", content().directory)
    listed = [p for p in _people() if p.unit in offices and p.id not in _employed()]
    assert [p.id for p in listed] == ["husets-reception"]
    assert {c.channel for c in listed[0].contact_points} == {Channel.EMAIL}


def test_the_desks_that_some_events_need_are_there_and_belong_to_no_unit() -> None:
    desks = [p for p in _people() if DESKS & set(p.roles)]
    assert {role for p in desks for role in p.roles} == DESKS
    assert not [p.id for p in desks if p.unit]


def test_every_department_with_units_that_serve_people_has_a_second_head() -> None:
    people, units = content().directory.people, content().directory.units
    heads = [p for p in _people() if "avdelningschef" in p.roles]
    assert len(heads) == 4
    for head in heads:
        second = people[str(units[str(head.unit)].deputy)]
        assert head.deputy == second.id
        assert "bitradande_avdelningschef" in second.roles


def test_the_care_of_the_old_has_a_leadership_as_the_preschools_have() -> None:
    for group in ("aldreomsorgsledning", "forskoleledning"):
        assert len(_group(group)) >= 2, group
    assert _group("aldreomsorgsledning") >= {"goran-thelin", "birgitta-holm"}


def test_some_are_on_leave_where_others_are_borrowed_and_a_colleague_has_a_deputy() -> None:
    on_leave = {p.unit for p in _people() if p.status.is_on_leave}
    assert on_leave >= {"eken", "linden", "hemtjansten", "almen", "kontoret-radmannen"}
    assert _group("lediga") == {p.id for p in _people() if p.status.is_on_leave}
    assert [p.id for p in _people() if p.deputy and not {"chef", "krisledning"} & set(p.roles)]
