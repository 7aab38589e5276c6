"""From Duty to the Board, and everything that must not launch on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from textual import events
from textual.widgets import Input

from beredskap.domain.cascade import CascadeStatus
from beredskap.domain.incident import IncidentMode
from tests.desk.conftest import Office
from tests.tui.conftest import Sit, Stand


def cascades(office: Office) -> list[str]:
    return [row[0] for row in office.rows("SELECT status FROM cascade ORDER BY id")]


async def to_confirm(
    stand: Stand, *, mode: IncidentMode = IncidentMode.LIVE, find: str = ""
) -> None:
    """Go from Duty to the confirmation of the first usable scenario, or the one found."""
    if mode is IncidentMode.DRILL:
        await stand.press("f12")
    if find:
        await stand.press("slash", *find, "enter")
    await stand.press("1")
    await stand.shows("Facts")
    await stand.pilot.press(*"Odenplan")
    await stand.press("f9")
    await stand.shows("Preview")
    await stand.press("f9")
    await stand.shows("Confirm")


@pytest.fixture
def adopted(office: Office) -> Office:
    """Return the office with the scenario `brand` adopted, which then stands first."""
    office.desk.adopt(office.actor(), "brand")
    return office


async def test_a_live_alert_takes_at_most_eight_keys_beside_the_facts(
    adopted: Office, sit: Sit
) -> None:
    async with sit() as stand:
        await to_confirm(stand)
        wanted = str(adopted.prepare("brand", IncidentMode.LIVE).persons)
        assert f"SKARPT LARM till {wanted} verkliga personer" in stand.text()
        await stand.press(*wanted, "enter")
        assert cascades(adopted) == ["held"]
        assert stand.pressed <= 8
        assert "Esc STOPPAR" in stand.text()
        adopted.clock.advance(seconds=9)
        await stand.shows("Board")
        assert "nådda 0/" in stand.text()


async def test_escape_in_the_hold_sends_nothing(adopted: Office, sit: Sit) -> None:
    async with sit() as stand:
        await to_confirm(stand)
        await stand.press(*str(adopted.prepare("brand", IncidentMode.LIVE).persons), "enter")
        assert cascades(adopted) == ["held"]
        await stand.press("escape")
        assert cascades(adopted) == ["stood_down"]
        assert "Ingenting har skickats" in stand.text()
        assert type(stand.app.screen).__name__ == "Confirm"


@pytest.mark.parametrize("typed", ["1", "999", "", "ÖVNING", "12345678901234567890"])
async def test_a_wrong_count_sends_nothing(adopted: Office, sit: Sit, typed: str) -> None:
    async with sit() as stand:
        await to_confirm(stand)
        await stand.press(*typed, "enter")
        assert cascades(adopted) == []
        assert type(stand.app.screen).__name__ == "Confirm"


async def test_a_held_enter_key_launches_nothing_anywhere(adopted: Office, sit: Sit) -> None:
    async with sit() as stand:
        for screen in ("Duty", "Facts", "Preview", "Confirm"):
            await stand.shows(screen)
            await stand.press(*["enter"] * 50)
            assert type(stand.app.screen).__name__ == screen
            if screen == "Duty":
                await stand.press("1")
            elif screen == "Facts":
                stand.app.screen.query_one("#fact-0", Input).value = "Odenplan"
                await stand.press("f9")
            elif screen == "Preview":
                await stand.press("f9")
        assert cascades(adopted) == []


async def test_a_held_forward_key_stays_on_a_screen_that_has_just_appeared(
    adopted: Office, sit: Sit
) -> None:
    async with sit(settle_seconds=3600.0) as stand:
        await stand.press("1")
        assert type(stand.app.screen).__name__ == "Duty"
        stand.app.session.settle_seconds = 0
        await stand.press("1")
        await stand.shows("Facts")
        stand.app.session.settle_seconds = 3600.0
        stand.app.screen.query_one("#fact-0", Input).value = "Odenplan"
        await stand.press(*["f9"] * 20)
        assert type(stand.app.screen).__name__ == "Facts"


async def test_a_paste_into_the_count_is_refused(adopted: Office, sit: Sit) -> None:
    async with sit() as stand:
        await to_confirm(stand)
        count = stand.app.screen.query_one("#count", Input)
        wanted = str(adopted.prepare("brand", IncidentMode.LIVE).persons)
        count.post_message(events.Paste(wanted))
        await stand.rest()
        assert count.value == ""
        assert "skrivas för hand" in stand.text()
        await stand.press("enter")
        assert cascades(adopted) == []


async def test_a_drill_asks_for_its_word_and_never_for_the_count(adopted: Office, sit: Sit) -> None:
    async with sit() as stand:
        await to_confirm(stand, mode=IncidentMode.DRILL)
        text = stand.text()
        assert "ÖVNING ~ ÖVNING ~" in text
        assert "SKARPT" not in text
        await stand.press(*str(adopted.prepare().persons), "enter")
        assert cascades(adopted) == []
        await stand.press(*"övning", "enter")
        assert cascades(adopted) == ["held"]
        assert adopted.rows("SELECT DISTINCT mode FROM incident") == [("drill",)]


async def test_what_the_desk_refuses_is_a_sentence_and_nothing_is_sent(
    office: Office, sit: Sit
) -> None:
    async with sit() as stand:
        await stand.press("slash", *"brand")
        await stand.press("enter")
        await stand.press("1")
        await stand.shows("Facts")
        await stand.pilot.press(*"Odenplan")
        await stand.press("f9")
        await stand.shows("Preview")
        await stand.press("f9")
        await stand.shows("Confirm")
        await stand.press(*str(office.prepare("brand", IncidentMode.LIVE).persons), "enter")
        assert "has not been adopted" in stand.text()
        assert cascades(office) == []


async def test_an_empty_needed_fact_is_named_and_gets_the_cursor(adopted: Office, sit: Sit) -> None:
    async with sit() as stand:
        await stand.press("1")
        await stand.shows("Facts")
        await stand.press("f9")
        assert type(stand.app.screen).__name__ == "Facts"
        assert "Fyll i: Plats" in stand.text()
        assert stand.app.focused is not None
        assert stand.app.focused.id == "fact-0"


async def test_a_draft_survives_the_terminal(adopted: Office, sit: Sit) -> None:
    async with sit() as stand:
        await stand.press("1")
        await stand.shows("Facts")
        await stand.press(*"Vasa", "tab")
    async with sit() as stand:
        await stand.press("1")
        await stand.shows("Facts")
        assert stand.app.screen.query_one("#fact-0", Input).value == "Vasa"


async def test_closing_the_screens_in_the_hold_stops_nothing(adopted: Office, sit: Sit) -> None:
    async with sit() as stand:
        await to_confirm(stand)
        await stand.press(*str(adopted.prepare("brand", IncidentMode.LIVE).persons), "enter")
    assert cascades(adopted) == [CascadeStatus.HELD.value]
    async with sit() as stand:
        assert "PÅGÅR" in stand.text()
        adopted.clock.advance(seconds=60)
        await stand.press("A")
        await stand.shows("Board")


async def test_nobody_at_the_keyboard_is_said_and_refused(adopted: Office, sit: Sit) -> None:
    async with sit(officer="ingen") as stand:
        assert "okänd vid tangenterna" in stand.text()
        assert "officers.yaml" in stand.text()
        await to_confirm(stand)
        await stand.press(*str(adopted.prepare("brand", IncidentMode.LIVE).persons), "enter")
        assert cascades(adopted) == []


async def test_late_beginnings_are_said_with_their_reason(adopted: Office, sit: Sit) -> None:
    async with sit(engine_runs=False) as stand:
        await to_confirm(stand)
        await stand.press(*str(adopted.prepare("brand", IncidentMode.LIVE).persons), "enter")
        adopted.clock.advance(seconds=timedelta(seconds=30).total_seconds())
        await stand.shows("Board")
        assert "Ingenting har lämnat än. Ingen motor kör" in stand.text()


async def test_two_persons_are_needed_and_the_second_lets_it_go(office: Office, sit: Sit) -> None:
    office.desk.adopt(office.actor(), "tva")
    async with sit() as stand:
        await to_confirm(stand, find="personer")
        await stand.press(*str(office.prepare("tva", IncidentMode.LIVE).persons), "enter")
        assert cascades(office) == ["awaiting_approval"]
        (asked,) = office.desk.waiting_approvals()
        assert f"beredskap approve {asked.code[:3]}-{asked.code[3:]}" in stand.text()
        await stand.rest()
        assert type(stand.app.screen).__name__ == "Confirm"
        office.desk.approve(office.actor("cia"), asked.code, confirm_count=asked.persons)
        await stand.shows("Board")
        assert cascades(office) == ["held"]


async def test_the_second_person_approves_at_a_screen_of_their_own(
    office: Office, sit: Sit
) -> None:
    office.desk.adopt(office.actor(), "tva")
    launched = office.launch("tva", IncidentMode.LIVE)
    persons = str(office.desk.show(launched.incident).cascades[0].persons)
    async with sit() as stand:
        await stand.press("g")
        await stand.shows("Approve")
        await stand.press(*persons, "enter")
        assert "yourself" in stand.text()
        assert cascades(office) == ["awaiting_approval"]
    async with sit(officer="cia") as stand:
        assert "VÄNTAR PÅ EN ANDRA PERSON" in stand.text()
        await stand.press("g")
        await stand.shows("Approve")
        assert "plats: Odenplan" in stand.text()
        await stand.press(*"1", "enter")
        assert cascades(office) == ["awaiting_approval"]
        await stand.press(*persons, "enter")
        await stand.shows("Board")
        assert cascades(office) == ["held"]
