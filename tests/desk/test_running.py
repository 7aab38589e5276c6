from __future__ import annotations

import pytest
from sqlalchemy import text

from beredskap.domain.attempt import AttemptStatus
from beredskap.domain.incident import IncidentMode, IncidentStatus
from beredskap.domain.log import LogKind
from beredskap.errors import EngineError, NotFoundError, RefusedError
from tests.desk.conftest import Office
from tests.desk.happening import learn, release, send
from tests.desk.workspace import write_people


def _cascade(office: Office) -> str:
    status: str = office.rows("SELECT status FROM cascade")[0][0]
    return status


def test_a_stop_during_the_hold_means_that_nothing_was_sent(office: Office) -> None:
    launched = office.launch()
    stopped = office.desk.stop(office.actor(), launched.incident, "fel scenario")
    assert stopped.nothing_was_sent
    assert (stopped.cancelled, stopped.still_sending) == (8, 0)
    assert _cascade(office) == "stood_down"
    (entry,) = office.entries(launched.incident, LogKind.CASCADE_STOOD_DOWN)
    assert entry.codes["nothing_sent"] is True
    assert "fel scenario. Nothing had been sent" in _told(office, launched.incident)
    assert send(office, launched.cascade_id) == ()


def _told(office: Office, incident: str) -> str:
    return "\n".join(line.text for line in office.desk.log(incident, lang="en"))


def test_a_stop_while_running_cancels_what_is_open_and_keeps_what_is_on_the_wire(
    office: Office,
) -> None:
    launched = office.launch()
    release(office, launched.cascade_id)
    on_the_wire = send(office, launched.cascade_id, most=1)
    stopped = office.desk.stop(office.actor(), launched.incident)
    assert not stopped.nothing_was_sent
    assert (stopped.cancelled, stopped.still_sending) == (7, 1)
    assert office.rows("SELECT DISTINCT status FROM wave") == [("cancelled",)]
    assert office.rows("SELECT status FROM attempt") == [("sending",)]
    assert send(office, launched.cascade_id) == ()
    learn(office, on_the_wire, AttemptStatus.ACCEPTED)
    assert office.rows("SELECT status FROM attempt") == [("accepted",)]


def test_a_stop_of_thousands_goes_in_short_transactions(office: Office) -> None:
    write_people(office.workspace, 2_500)
    launched = office.launch()
    stopped = office.desk.stop(office.actor(), launched.incident)
    assert stopped.cancelled == 2_508
    left = "SELECT count(*) FROM delivery WHERE status NOT IN ('cancelled', 'skipped')"
    assert office.rows(left) == [(0,)]
    moved = office.entries(launched.incident, LogKind.DELIVERY_MOVED)
    assert len(moved) == 2_508


def test_stopping_twice_is_refused_and_changes_nothing(office: Office) -> None:
    launched = office.launch()
    office.desk.stop(office.actor(), launched.incident)
    before = office.rows("SELECT count(*) FROM log_entry")
    with pytest.raises(RefusedError, match="has ended"):
        office.desk.stop(office.actor(), launched.incident)
    assert office.rows("SELECT count(*) FROM log_entry") == before
    values = office.rows("SELECT count(*) FROM personal_value")
    with pytest.raises(RefusedError):
        office.desk.pause(office.actor(), launched.incident, "varför")
    assert office.rows("SELECT count(*) FROM personal_value") == values


@pytest.mark.parametrize("officer", ["anna", "bo", "cia"])
def test_everybody_who_leads_or_approves_may_stop_a_drill(office: Office, officer: str) -> None:
    launched = office.launch()
    assert office.desk.stop(office.actor(officer), launched.incident).nothing_was_sent


@pytest.mark.parametrize(("officer", "may"), [("anna", True), ("cia", True), ("bo", False)])
def test_a_live_alert_is_stopped_by_who_launches_or_approves(
    office: Office, officer: str, may: bool
) -> None:
    launched = office.launch("generisk", IncidentMode.LIVE)
    if may:
        office.desk.stop(office.actor(officer), launched.incident)
    else:
        with pytest.raises(RefusedError, match="Anna Berg, Cia Dahl may"):
            office.desk.stop(office.actor(officer), launched.incident)
    assert _cascade(office) == ("stood_down" if may else "held")


def test_paused_sends_nothing_until_it_is_resumed(office: Office) -> None:
    launched = office.launch()
    release(office, launched.cascade_id)
    office.desk.pause(office.actor(), launched.incident, "oklart läge")
    assert _cascade(office) == "paused"
    assert send(office, launched.cascade_id) == ()
    figures = office.desk.show(launched.incident)
    assert figures.cascades[0].pause_reason == "officer"
    asked = office.starter.asked
    office.desk.resume(office.actor(), launched.incident)
    assert _cascade(office) == "running"
    assert office.starter.asked == asked + 1
    assert len(send(office, launched.cascade_id)) == 2
    assert "Anna Berg paused sending: oklart läge." in _told(office, launched.incident)


def test_the_reason_of_a_pause_is_not_in_the_log_in_clear(office: Office) -> None:
    launched = office.launch()
    office.desk.pause(office.actor(), launched.incident, "Eva är skadad")
    assert "skadad" not in "\n".join(office.desk.export_log(launched.incident))


def test_pausing_twice_or_resuming_what_runs_is_refused(office: Office) -> None:
    launched = office.launch()
    with pytest.raises(RefusedError, match="paused"):
        office.desk.resume(office.actor(), launched.incident)
    office.desk.pause(office.actor(), launched.incident)
    with pytest.raises(RefusedError, match="held or running"):
        office.desk.pause(office.actor(), launched.incident)


def test_a_resume_stands_even_when_no_engine_starts(office: Office) -> None:
    launched = office.launch()
    office.desk.pause(office.actor(), launched.incident)
    office.starter.fault = "No engine."
    with pytest.raises(EngineError):
        office.desk.resume(office.actor(), launched.incident)
    assert _cascade(office) == "running"


def test_an_approver_may_halt_but_not_lead(office: Office) -> None:
    launched = office.launch()
    office.desk.pause(office.actor("cia"), launched.incident)
    with pytest.raises(RefusedError, match="may not lead"):
        office.desk.resume(office.actor("cia"), launched.incident)


def test_closing_waits_for_every_alert(office: Office) -> None:
    launched = office.launch()
    with pytest.raises(RefusedError, match="still has an open alert"):
        office.desk.close(office.actor(), launched.incident)
    office.desk.stop(office.actor(), launched.incident)
    closed = office.desk.close(office.actor(), launched.incident)
    assert (closed.status, closed.closed_at) == (IncidentStatus.CLOSED, office.clock.now())
    with pytest.raises(RefusedError):
        office.desk.close(office.actor(), launched.incident)


def test_closing_seals_the_whole_log(office: Office) -> None:
    launched = office.launch()
    office.desk.stop(office.actor(), launched.incident)
    office.desk.close(office.actor(), launched.incident)
    entries = office.rows("SELECT count(*) FROM log_entry")
    assert office.rows("SELECT count(*) FROM log_seal") == entries


def test_an_incident_is_found_by_id_letter_and_last(office: Office) -> None:
    launched = office.launch()
    for name in (launched.incident, launched.letter, launched.letter.lower(), "last"):
        assert office.desk.show(name).incident == launched.incident
    with pytest.raises(NotFoundError):
        office.desk.stop(office.actor(), "Q")


def test_incidents_are_listed_oldest_first(office: Office) -> None:
    first, second = office.launch(), office.launch()
    found = [incident.id for incident in office.desk.list_incidents()]
    assert found == [first.incident, second.incident]
    assert first.letter != second.letter


def test_a_stop_obeys_what_the_database_refuses(office: Office) -> None:
    """If the first step cannot be written, nothing of the stop is."""
    launched = office.launch()
    with office.ledger.write() as tx:
        tx.execute(
            text(
                "CREATE TRIGGER refuse BEFORE UPDATE ON wave "
                "BEGIN SELECT RAISE(ABORT, 'refused'); END"
            )
        )
    with pytest.raises(Exception, match="refused"):
        office.desk.stop(office.actor(), launched.incident)
    assert _cascade(office) == "held"
