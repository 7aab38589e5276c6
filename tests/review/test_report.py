from __future__ import annotations

import json

import pytest

from beredskap.domain.attempt import AttemptStatus
from beredskap.domain.cascade import CascadeStatus
from beredskap.domain.delivery import DeliveryStatus, Reason
from beredskap.domain.incident import IncidentMode
from beredskap.domain.reach import ReachClass
from beredskap.domain.report import IncidentFigures
from beredskap.review.reach import figures
from beredskap.review.report import review_json, review_text
from beredskap.store.ledger import Ledger
from tests.review.recorded import State, record


def _figures(ledger: Ledger, mode: IncidentMode = IncidentMode.LIVE) -> IncidentFigures:
    recorded = record(
        ledger,
        [
            State(name="Anna", attempts=[AttemptStatus.ACCEPTED], answered_after=90),
            State(name="Bo", attempts=[AttemptStatus.DELIVERED]),
            State(name="Dan", status=DeliveryStatus.SKIPPED, reason=Reason.NO_ADDRESS),
        ],
        mode=mode,
    )
    recorded.move(CascadeStatus.HELD)
    with ledger.read() as tx:
        return figures(tx, recorded.incident.id)


def test_the_keys_are_those_promised(ledger: Ledger) -> None:
    told = json.loads(json.dumps(review_json(_figures(ledger))))
    assert list(told) == [
        "incident",
        "mode",
        "scenario",
        "status",
        "persons",
        "reach",
        "people",
        "cascades",
        "times",
    ]
    assert list(told["reach"]) == [reach.value for reach in ReachClass]
    assert sum(told["reach"].values()) == told["persons"] == 3
    assert set(told["times"]) == {"launched", "first_send", "p50_ack", "p90_ack", "completed"}
    anna = told["people"][0]
    assert set(anna) == {
        "person",
        "name",
        "class",
        "channel",
        "at",
        "attempts",
        "reason",
        "answer",
    }
    assert (anna["class"], anna["answer"], anna["attempts"]) == ("acknowledged", "coming", 1)
    assert told["times"]["launched"] == "2026-11-23T03:12:00.000000+00:00"
    assert told["times"]["p50_ack"] is None


@pytest.mark.parametrize(
    ("mode", "swedish", "english"),
    [
        (IncidentMode.LIVE, "SKARPT LÄGE", "LIVE"),
        (IncidentMode.DRILL, "ÖVNING ÖVNING ÖVNING", "DRILL DRILL DRILL"),
        (IncidentMode.TEST, "TEKNISKT PROV", "TECHNICAL TEST"),
        (IncidentMode.REHEARSAL, "REPETITION", "REHEARSAL"),
    ],
)
def test_the_first_line_says_what_the_event_was(
    ledger: Ledger, mode: IncidentMode, swedish: str, english: str
) -> None:
    told = _figures(ledger, mode)
    for lang, opening in (("sv", swedish), ("en", english)):
        text = review_text(told, lang=lang, zone="Europe/Stockholm")
        assert text.splitlines()[0].startswith(opening)


def test_a_rehearsal_says_that_its_people_were_simulated(ledger: Ledger) -> None:
    text = review_text(_figures(ledger, IncidentMode.REHEARSAL), lang="sv", zone="UTC")
    assert "simulerade" in text.splitlines()[0]


def test_times_are_in_the_organisations_zone(ledger: Ledger) -> None:
    text = review_text(_figures(ledger), lang="sv", zone="Europe/Stockholm")
    assert "23 november 2026 04:12:00" in text
    assert "har inte inträffat" in text


def test_everybody_is_named_with_what_is_known(ledger: Ledger) -> None:
    text = review_text(_figures(ledger), lang="sv", zone="UTC", head="f" * 64)
    assert "Anna (anna), svar: coming, sms" in text
    assert "Dan (dan), ingen adress i listorna, 0 försök" in text
    assert "f" * 64 in text
