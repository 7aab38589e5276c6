from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from beredskap.desk.notes import NOTE_KINDS
from beredskap.domain.incident import IncidentMode
from beredskap.domain.log import LogKind
from beredskap.errors import NotFoundError, RefusedError, UsageError
from tests.desk.conftest import START, Office


@pytest.fixture
def incident(office: Office) -> str:
    """Return an incident without an alert."""
    return office.desk.open_incident(office.actor(), "Rök i hallen", IncidentMode.LIVE).id


@pytest.mark.parametrize("kind", NOTE_KINDS)
def test_a_note_is_told_with_who_wrote_it(office: Office, incident: str, kind: str) -> None:
    office.desk.note(office.actor(), incident, "  ringt polisen  ", kind)
    line = office.desk.log(incident)[-1]
    assert line.kind is LogKind.NOTE
    assert line.text.startswith("Anna Berg, ") and line.text.endswith(": ringt polisen")
    assert "polisen" not in "\n".join(office.desk.export_log(incident))


def test_a_promise_has_a_time(office: Office, incident: str) -> None:
    due = START + timedelta(hours=2)
    office.desk.note(office.actor(), incident, "ringer", "promise", due=due)
    assert office.desk.log(incident, lang="en")[-1].text.endswith("(by 2026-11-23 06:12:00)")
    with pytest.raises(UsageError, match="time zone"):
        naive = datetime(2026, 1, 1)  # noqa: DTZ001
        office.desk.note(office.actor(), incident, "x", "promise", due=naive)


@pytest.mark.parametrize(
    ("text", "kind", "match"),
    [("", "note", "empty"), ("x" * 4_001, "note", "4000"), ("x", "saga", "one of note")],
)
def test_a_note_that_cannot_be_one_is_a_usage_error(
    office: Office, incident: str, text: str, kind: str, match: str
) -> None:
    with pytest.raises(UsageError, match=match):
        office.desk.note(office.actor(), incident, text, kind)


def test_a_closed_incident_can_still_be_noted_in(office: Office, incident: str) -> None:
    office.desk.close(office.actor(), incident)
    office.desk.note(office.actor(), incident, "efteråt")
    assert office.kinds(incident)[-2:] == [LogKind.INCIDENT_CLOSED, LogKind.NOTE]


def test_an_incident_can_be_opened_without_an_alert(office: Office, incident: str) -> None:
    figures = office.desk.show(incident)
    assert (figures.persons, figures.cascades, figures.mode) == (0, (), IncidentMode.LIVE)
    line = office.desk.log(incident, lang="en")[0]
    assert line.text == "Anna Berg opened the incident (LIVE): Rök i hallen."
    assert "hallen" not in "\n".join(office.desk.export_log(incident))


def test_an_alert_can_join_it(office: Office) -> None:
    incident = office.desk.open_incident(office.actor(), "Rök", IncidentMode.DRILL)
    launched = office.launch(incident=incident.id)
    assert launched.incident == incident.id


@pytest.mark.parametrize("title", ["", "  ", "x" * 201])
def test_a_title_must_say_something(office: Office, title: str) -> None:
    with pytest.raises(UsageError, match="title"):
        office.desk.open_incident(office.actor(), title, IncidentMode.DRILL)
    assert office.desk.list_incidents() == ()


def test_the_diary_number_is_kept_and_logged(office: Office, incident: str) -> None:
    office.desk.set_diary_number(office.actor("cia"), incident, "NOR 2026/17")
    assert office.desk.incident(incident).diary_number == "NOR 2026/17"
    assert "Cia Dahl set diary number NOR 2026/17." in office.desk.log(incident, lang="en")[-1].text
    office.desk.close(office.actor(), incident)
    office.desk.set_diary_number(office.actor(), incident, "NOR 2026/18")
    assert office.desk.incident(incident).diary_number == "NOR 2026/18"
    with pytest.raises(UsageError):
        office.desk.set_diary_number(office.actor(), incident, "")


@pytest.mark.parametrize("officer", ["bo", "dan"])
def test_a_live_log_is_written_by_who_may(office: Office, incident: str, officer: str) -> None:
    with pytest.raises(RefusedError, match="may not write in the log"):
        office.desk.note(office.actor(officer), incident, "x")
    with pytest.raises(RefusedError):
        office.desk.open_incident(office.actor(officer), "x", IncidentMode.LIVE)


def test_an_unknown_incident_is_not_found(office: Office) -> None:
    with pytest.raises(NotFoundError):
        office.desk.note(office.actor(), "20200101-1", "x")
    with pytest.raises(NotFoundError):
        office.desk.log("20200101-1")


def test_the_log_is_read_on_from_an_entry_or_from_the_end(office: Office, incident: str) -> None:
    for number in range(5):
        office.desk.note(office.actor(), incident, f"nr {number}")
    whole = office.desk.log(incident)
    assert len(whole) == 6
    assert office.desk.log(incident, whole[3].id) == whole[4:]
    assert office.desk.log(incident, None, most=2) == whole[-2:]
    assert office.desk.log(None, 0, most=3) == whole[:3]
