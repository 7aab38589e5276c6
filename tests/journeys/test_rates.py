"""The rates that are set are the rates that routes keep to and previews reckon with."""

from __future__ import annotations

from pathlib import Path

import pytest

from beredskap.domain.channel import Channel
from beredskap.domain.incident import IncidentMode
from beredskap.library import copy_shipped
from beredskap.wiring import open_house
from tests.journeys.provstad import live_environment


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a shipped workspace with both routes set."""
    copy_shipped(tmp_path / "w")
    for name, value in live_environment("25", "http://127.0.0.1:1").items():
        monkeypatch.setenv(name, value)
    return tmp_path / "w"


def test_a_rate_that_is_set_reaches_its_route(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEREDSKAP_TWILIO__SEGMENTS_PER_SECOND", "2.5")
    monkeypatch.setenv("BEREDSKAP_SMTP__RATE_PER_MINUTE", "30")
    senders = open_house(workspace).senders()[IncidentMode.LIVE]
    assert senders[Channel.SMS].route.units_per_second == 2.5
    assert senders[Channel.EMAIL].route.units_per_second == 0.5


def test_without_a_rate_nothing_is_slowed_down(workspace: Path) -> None:
    senders = open_house(workspace).senders()[IncidentMode.LIVE]
    assert {sender.route.units_per_second for sender in senders.values()} == {None}


def test_the_preview_reckons_with_the_rate(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def seconds() -> float:
        house = open_house(workspace)
        scenario = house.content().scenarios["generisk"]
        given = {"enhet": "eken", "klockslag": "14.05", "nasta": "14.45"}
        facts = {fact.id: given[fact.id] for fact in scenario.facts if fact.id in given}
        found = house.desk.prepare("generisk", facts, mode=IncidentMode.DRILL)
        house.ledger.close()
        return max(found.estimate.seconds_by_wave.values())

    usual = seconds()
    monkeypatch.setenv("BEREDSKAP_TWILIO__SEGMENTS_PER_SECOND", "0.1")
    assert seconds() > usual * 50
