from __future__ import annotations

import pytest

from beredskap.desk.officers import Act, find_actor, require, rights_for
from beredskap.domain.incident import IncidentMode
from beredskap.domain.officer import Actor, HowKnown, Officer, Right
from beredskap.errors import RefusedError
from tests.desk.conftest import Office


def test_the_setting_names_the_officer(office: Office) -> None:
    actor = office.desk.who_is("bo", "aberg")
    assert (actor.officer.name, actor.how_known) == ("Bo Ek", HowKnown.ENVIRONMENT)


def test_the_login_names_the_officer(office: Office) -> None:
    actor = office.desk.who_is(None, "aberg")
    assert (actor.officer.id, actor.how_known) == ("anna", HowKnown.OS_LOGIN)


@pytest.mark.parametrize(("setting", "login"), [("nils", "aberg"), (None, "nils")])
def test_an_unknown_officer_is_told_where_to_be_added(
    office: Office, setting: str | None, login: str
) -> None:
    with pytest.raises(RefusedError, match=r"'nils'.*contact_lists/officers\.yaml"):
        office.desk.who_is(setting, login)


def test_a_login_shared_by_two_officers_is_refused() -> None:
    officers = {i: Officer(id=i, name=i, login="vakt") for i in ("a", "b")}
    with pytest.raises(RefusedError, match="several officers"):
        find_actor(officers, None, "vakt")


def test_an_empty_login_matches_nobody() -> None:
    with pytest.raises(RefusedError):
        find_actor({"a": Officer(id="a", name="A")}, None, "")


OFFICERS = {
    right.value: Officer(id=right.value, name=right.value, rights=frozenset({right}))
    for right in Right
}


@pytest.mark.parametrize("mode", list(IncidentMode))
@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("right", list(Right))
def test_exactly_the_listed_rights_allow_an_act(right: Right, act: Act, mode: IncidentMode) -> None:
    actor = Actor(officer=OFFICERS[right.value], how_known=HowKnown.OS_LOGIN)
    if right in rights_for(act, mode):
        require(actor, act, mode, OFFICERS)
    else:
        with pytest.raises(RefusedError, match="may not"):
            require(actor, act, mode, OFFICERS)


def test_no_right_but_launch_starts_anything_live() -> None:
    assert rights_for(Act.LAUNCH, IncidentMode.LIVE) == {Right.LAUNCH}


def test_whoever_may_start_may_stop() -> None:
    for mode in IncidentMode:
        assert rights_for(Act.LAUNCH, mode) <= rights_for(Act.HALT, mode)


def test_reading_alone_allows_no_act() -> None:
    assert not any(Right.READ in rights_for(act, mode) for act in Act for mode in IncidentMode)


def test_a_refusal_names_who_may(office: Office) -> None:
    with pytest.raises(RefusedError, match=r"Bo Ek may not start an alert \(live\).*Anna Berg"):
        office.launch(mode=IncidentMode.LIVE, officer="bo")
