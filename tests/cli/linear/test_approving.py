"""The second person in lines: their own number, their own count, or a no with a reason."""

from __future__ import annotations

import pytest

from beredskap.domain.incident import IncidentMode
from tests.cli.linear.conftest import Telephone
from tests.desk.conftest import Office


@pytest.fixture
def persons(office: Office) -> str:
    """Return the count of a launch that waits for a second person."""
    office.desk.adopt(office.actor(), "tva")
    launched = office.launch("tva", IncidentMode.LIVE)
    return str(office.desk.show(launched.incident).cascades[0].persons)


def test_the_second_person_approves_with_the_count(telephone: Telephone, persons: str) -> None:
    number = telephone.number("VÄNTAR PÅ EN", is_live=True)
    steps = (number, "1", "", "1", persons, telephone.passes(9), "0", "0")
    talked = telephone.talk(*steps, officer="cia")
    assert "plats: Odenplan" in talked.told
    assert talked.told.count(f"Det var inte {persons}.") == 2
    assert "Skickas om 8 s." in talked.told
    assert telephone.cascades() == ["held"]


def test_whoever_asked_may_not_approve(telephone: Telephone, persons: str) -> None:
    number = telephone.number("PÅGÅR A", is_live=True)
    talked = telephone.talk(number, "8", "1", persons, "0", "0")
    assert "yourself" in talked.told
    assert telephone.cascades() == ["awaiting_approval"]


def test_a_no_takes_a_reason_and_sends_nothing(telephone: Telephone, persons: str) -> None:
    number = telephone.number("VÄNTAR PÅ EN", is_live=True)
    kept = telephone.talk(number, "2", "", "0", "0", officer="cia")
    assert "Avböjt." not in kept.told
    assert telephone.cascades() == ["awaiting_approval"]
    talked = telephone.talk(number, "2", "Fel adress", "0", "0", officer="cia")
    assert "Avböjt. Ingenting skickas." in talked.told
    assert telephone.cascades() == ["stood_down"]


def test_who_asks_sees_the_code_and_goes_on_when_it_is_approved(
    telephone: Telephone, office: Office
) -> None:
    office.desk.adopt(office.actor(), "tva")
    wanted = str(office.prepare("tva", IncidentMode.LIVE).persons)

    def approve() -> None:
        (asked,) = office.desk.waiting_approvals()
        office.desk.approve(office.actor("cia"), asked.code, confirm_count=asked.persons)

    number = telephone.number("Två personer", is_live=True)
    talked = telephone.talk(
        number, "Odenplan", "", "1", wanted, "", approve, telephone.passes(9), "0", "0"
    )
    assert "Väntar på den andra personen, som kör: beredskap approve" in talked.told
    assert talked.told.count("Inget skickas innan dess.") == 2
    assert "Godkänt." in talked.told
    assert telephone.cascades() == ["held"]


def test_who_asks_may_stop_before_it_is_approved(telephone: Telephone, office: Office) -> None:
    office.desk.adopt(office.actor(), "tva")
    wanted = str(office.prepare("tva", IncidentMode.LIVE).persons)
    number = telephone.number("Två personer", is_live=True)
    talked = telephone.talk(number, "Odenplan", "", "1", wanted, "0", "0", "0", "0")
    assert "Stoppat. Ingenting har skickats." in talked.told
    assert telephone.cascades() == ["stood_down"]
