"""What incidents show: live alerts alone measure people, and drills are counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from beredskap.domain.incident import IncidentMode, IncidentStatus
from beredskap.domain.reach import ReachClass
from beredskap.domain.report import IncidentFigures, Times
from beredskap.readiness import IncidentMeasures, Verdict, judge_policy
from tests.content.shipped import TODAY, content

START = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)
MEASURED = ("P1-04", "P1-17", "P3-05", "P5-01", "P6-04")


def incident(
    mode: IncidentMode = IncidentMode.LIVE,
    *,
    first_send: float | None = 9,
    half: float | None = 120,
    status: IncidentStatus = IncidentStatus.OPEN,
    is_launched: bool = True,
) -> IncidentFigures:
    """Return an incident of ten: six answered, two had it delivered, two were not reached."""
    sent = None if first_send is None else START + timedelta(seconds=first_send)
    return IncidentFigures(
        incident="20261123-1",
        letter="A",
        mode=mode,
        scenario="generisk",
        title="Prov",
        status=status,
        persons=10,
        reach={
            ReachClass.ACKNOWLEDGED: 6,
            ReachClass.DELIVERED: 2,
            ReachClass.NOT_REACHED: 2,
        },
        cascades=(),
        times=Times(launched=START, first_send=sent, p50_ack=half) if is_launched else Times(),
    )


def english(incidents: list[IncidentFigures], row: str) -> str | None:
    """Return a row's figure in English."""
    said = IncidentMeasures(incidents=incidents).measured(row)
    return said.en if said is not None else None


def test_live_alerts_are_measured() -> None:
    both = [incident(), incident(first_send=11, half=None, status=IncidentStatus.CLOSED)]
    assert english(both, "P1-04") == "the first message after 10 s in the median (alerts: 2)"
    assert english(both, "P1-17") == (
        "half had answered after 120 s in the median (alerts: 1 of 2)"
    )
    assert english(both, "P1-20") == "alerts closed: 1 of 2"
    assert english(both, "P3-05") == "12 of 20 persons answered (alerts: 2)"
    assert english(both, "P5-01") == "alerts through the system: 2, to 20 persons"
    assert english(both, "P6-04") == (
        "16 of 20 persons answered or had the message delivered (alerts: 2)"
    )


@pytest.mark.parametrize("row", MEASURED)
def test_no_drill_measures_people_for_they_may_be_simulated(row: str) -> None:
    for mode in (IncidentMode.DRILL, IncidentMode.REHEARSAL, IncidentMode.TEST):
        assert english([incident(mode)], row) is None
        assert english([incident(mode), incident()], row) == english([incident()], row)


@pytest.mark.parametrize("row", MEASURED)
def test_a_log_opened_without_an_alert_measures_nothing(row: str) -> None:
    assert english([incident(is_launched=False)], row) is None
    assert english([], row) is None


def test_what_never_happened_is_no_figure() -> None:
    silent = [incident(first_send=None, half=None)]
    assert english(silent, "P1-04") is None
    assert english(silent, "P1-17") is None


def test_drills_and_live_incidents_are_counted_apart_and_rehearsals_not_at_all() -> None:
    seen = [incident(), incident(IncidentMode.DRILL), incident(IncidentMode.REHEARSAL)]
    assert english(seen, "P1-19") == "drills in the ledger: 1, live incidents: 1"
    assert english(seen[2:], "P1-19") is None


def test_a_figure_makes_a_row_measured_and_leaves_a_checked_row_its_verdict() -> None:
    sheet = judge_policy(content(), TODAY, IncidentMeasures(incidents=[incident()]))
    verdicts = {one.row.id: one.verdict for one in sheet.judgements}
    assert {row for row, verdict in verdicts.items() if verdict is Verdict.MEASURED} == {
        *MEASURED,
        "P1-19",
    }
    assert verdicts["P1-20"] is Verdict.PASS
