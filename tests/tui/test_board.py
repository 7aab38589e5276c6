"""The Board and what is done from it, over deliveries an engine would have made."""

from __future__ import annotations

import re

import pytest

from beredskap.domain.attempt import AttemptStatus
from beredskap.domain.cascade import CascadeKind, CascadeStatus
from beredskap.domain.reach import ReachClass
from beredskap.tui.board import Board
from tests.desk.conftest import Office
from tests.desk.happening import learn, release, send
from tests.tui.conftest import Sit, Stand


@pytest.fixture
def running(office: Office) -> str:
    """Return a drill whose first wave is with the providers."""
    launched = office.launch()
    release(office, launched.cascade_id)
    learn(office, send(office, launched.cascade_id), AttemptStatus.ACCEPTED)
    return launched.incident


async def on_board(stand: Stand) -> None:
    await stand.press("f12")
    await stand.press("A")
    await stand.shows("Board")


async def test_the_classes_shown_add_up_and_problems_stand_first(
    office: Office, running: str, sit: Sit
) -> None:
    async with sit() as stand:
        await on_board(stand)
        board = stand.app.screen
        assert isinstance(board, Board)
        assert board.figures is not None
        assert sum(board.figures.reach.values()) == board.figures.persons
        rows = re.findall(r"^[ >]([✗?…→·✓!]) [A-ZÅÄÖs]", stand.text(), flags=re.MULTILINE)
        symbols = [str(symbol) for symbol in rows]
        assert len(symbols) > 3
        assert symbols == sorted(symbols, key="!✗?…→·✓".index)


async def test_a_call_for_help_stands_on_top_and_rings(
    office: Office, running: str, sit: Sit
) -> None:
    office.desk.acknowledge(office.actor(), running, "jon", "3")
    async with sit() as stand:
        await on_board(stand)
        assert "BEHÖVER HJÄLP 1" in stand.text()


async def test_a_person_shows_every_attempt_and_takes_an_answer(
    office: Office, running: str, sit: Sit
) -> None:
    async with sit() as stand:
        await on_board(stand)
        while "Jon Kvist" not in stand.text():
            await stand.press("down")
        rows = stand.app.screen.query_one("#rows")
        for _ in range(40):
            if rows.chosen is not None and rows.chosen.person == "jon":
                break
            await stand.press("down")
        await stand.press("enter")
        await stand.shows("Person")
        assert "FÖRSÖK" in stand.text()
        await stand.press("a")
        await stand.press(*"1", "enter")
        found = {p.person: p.reach for p in office.desk.show(running).people}
        assert found["jon"] is ReachClass.ACKNOWLEDGED


async def test_a_false_alarm_is_two_keys_and_the_count_away(
    office: Office, running: str, sit: Sit
) -> None:
    async with sit() as stand:
        await on_board(stand)
        await stand.press("f7", "1")
        await stand.shows("ConfirmCorrection")
        persons = office.desk.prepare_correction(running, CascadeKind.FALSE_ALARM, {}).persons
        assert f"Går till {persons} personer" in stand.text()
        await stand.press(*"99", "enter")
        assert len(office.desk.show(running).cascades) == 1
        await stand.press(*str(persons), "enter")
        await stand.shows("Board")
        alert, correction = office.desk.show(running).cascades
        assert alert.status is CascadeStatus.STOOD_DOWN
        assert correction.kind is CascadeKind.FALSE_ALARM


async def test_stopping_takes_the_same_key_twice(office: Office, running: str, sit: Sit) -> None:
    async with sit() as stand:
        await on_board(stand)
        await stand.press("f7", "4")
        assert office.desk.show(running).cascades[0].status is CascadeStatus.RUNNING
        await stand.press("4")
        assert office.desk.show(running).cascades[0].status is CascadeStatus.STOOD_DOWN


async def test_pausing_and_resuming_is_one_key(office: Office, running: str, sit: Sit) -> None:
    async with sit() as stand:
        await on_board(stand)
        await stand.press("f7", "5")
        assert office.desk.show(running).cascades[0].status is CascadeStatus.PAUSED
        await stand.press("5")
        assert office.desk.show(running).cascades[0].status is CascadeStatus.RUNNING


async def test_a_held_list_keeps_every_person_in_their_place(
    office: Office, running: str, sit: Sit
) -> None:
    async with sit() as stand:
        await on_board(stand)
        await stand.press("space")
        assert "listan är låst" in stand.text()
        before = _names(stand)
        office.desk.acknowledge(office.actor(), running, "jon", "1")
        stand.app.screen.look()
        await stand.rest()
        assert _names(stand) == before


async def test_a_note_goes_into_the_log_and_the_log_shows_it(
    office: Office, running: str, sit: Sit
) -> None:
    async with sit() as stand:
        await on_board(stand)
        await stand.press("n")
        await stand.press(*"Brandbil framme", "enter")
        assert any("Brandbil framme" in line.text for line in office.desk.log(running))
        await stand.press("escape")
        await stand.press("f4")
        await stand.shows("LogView")
        assert "Brandbil framme" in stand.text()


async def test_the_review_is_one_key_away(office: Office, running: str, sit: Sit) -> None:
    async with sit() as stand:
        await on_board(stand)
        await stand.press("f8")
        await stand.shows("Reading")
        assert "ÖVNING" in stand.text()


def _names(stand: Stand) -> list[str]:
    return [line[4:20] for line in stand.text().splitlines()[6:20]]
