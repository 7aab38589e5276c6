from __future__ import annotations

import hashlib

import pytest

from beredskap.domain.incident import IncidentMode
from beredskap.domain.log import LogKind
from beredskap.errors import ContentError, NotFoundError, RefusedError
from tests.desk.conftest import START, Office


def test_adopting_keeps_who_when_and_the_very_bytes(office: Office) -> None:
    adoption = office.desk.adopt(office.actor(), "brand")
    assert (adoption.officer, adoption.adopted_at) == ("anna", START)
    kept = office.rows("SELECT digest, content FROM content_file")
    assert {digest for digest, _ in kept} >= set(adoption.files.values())
    for digest, content in kept:
        assert hashlib.sha256(content).hexdigest() == digest
    own = office.workspace / "scenarios" / "brand.yaml"
    assert own.read_bytes() in [content for _, content in kept]


def test_the_texts_of_corrections_are_adopted_too(office: Office) -> None:
    files = office.desk.adopt(office.actor(), "brand").files
    assert "message_templates/falskt/sms.sv.j2" in files
    assert not any(path.startswith("contact_lists/") for path in files)


def test_adopting_again_keeps_each_file_once(office: Office) -> None:
    first = office.desk.adopt(office.actor(), "brand")
    second = office.desk.adopt(office.actor(), "brand")
    assert first.digest == second.digest
    assert office.rows("SELECT count(*) FROM adoption") == [(2,)]


def test_what_changed_since_is_shown(office: Office) -> None:
    assert office.desk.adoption_state("brand").adoption is None
    office.desk.adopt(office.actor(), "brand")
    assert office.desk.adoption_state("brand").changed == ()
    larm = office.workspace / "message_templates" / "larm"
    (larm / "sms.sv.j2").write_text("Ändrad {{ fact.plats }}.", encoding="utf-8")
    (larm / "sms.fi.j2").write_text("Palo {{ fact.plats }}.", encoding="utf-8")
    (larm / "sms.en.j2").unlink()
    assert office.desk.adoption_state("brand").changed == (
        "message_templates/larm/sms.en.j2",
        "message_templates/larm/sms.fi.j2",
        "message_templates/larm/sms.sv.j2",
    )


def test_what_changed_since_is_logged_at_launch_and_does_not_stop_it(office: Office) -> None:
    office.desk.adopt(office.actor(), "brand")
    path = office.workspace / "message_templates" / "larm" / "sms.sv.j2"
    path.write_text("Ändrad {{ fact.plats }}.", encoding="utf-8")
    prepared = office.prepare(mode=IncidentMode.LIVE)
    assert prepared.adoption.changed == ("message_templates/larm/sms.sv.j2",)
    launched = office.launch(mode=IncidentMode.LIVE)
    (entry,) = office.entries(launched.incident, LogKind.CASCADE_PREPARED)
    assert entry.codes["changed"] == ["message_templates/larm/sms.sv.j2"]


def test_a_scenario_without_corrections_is_not_adopted(office: Office) -> None:
    with pytest.raises(RefusedError, match="no false alarm and no all-clear text"):
        office.desk.adopt(office.actor(), "ensam")


def test_a_broken_scenario_is_not_adopted(office: Office) -> None:
    with pytest.raises(ContentError):
        office.desk.adopt(office.actor(), "fel")


def test_an_unknown_scenario_is_not_found(office: Office) -> None:
    with pytest.raises(NotFoundError):
        office.desk.adopt(office.actor(), "finns-inte")
    with pytest.raises(NotFoundError):
        office.desk.adoption_state("finns-inte")


@pytest.mark.parametrize("officer", ["bo", "cia", "dan"])
def test_adopting_takes_its_own_right(office: Office, officer: str) -> None:
    with pytest.raises(RefusedError, match="'adopt'"):
        office.desk.adopt(office.actor(officer), "brand")
    assert office.rows("SELECT count(*) FROM adoption") == [(0,)]
