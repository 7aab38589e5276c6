from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beredskap.domain.attempt import AttemptStatus
from beredskap.domain.call_sheet import code_of, read_lines
from beredskap.domain.cascade import CascadeKind
from beredskap.domain.log import LogKind
from beredskap.domain.reach import ReachClass
from beredskap.errors import RefusedError
from tests.desk.conftest import Office
from tests.desk.happening import learn, release, send


@pytest.fixture
def incident(office: Office) -> str:
    """Return a drill whose first wave is with the providers."""
    launched = office.launch()
    release(office, launched.cascade_id)
    learn(office, send(office, launched.cascade_id), AttemptStatus.ACCEPTED)
    return launched.incident


def reach(office: Office, incident: str) -> dict[str, ReachClass]:
    return {person.person: person.reach for person in office.desk.show(incident).people}


def test_everybody_who_has_not_answered_is_on_it_with_a_number(
    office: Office, incident: str
) -> None:
    office.desk.acknowledge(office.actor(), incident, "anna", "1")
    sheet = office.desk.call_sheet(office.actor(), incident)
    told = {person.person for person in office.desk.show(incident).people}
    assert {row.person for row in sheet.rows} == told - {"anna"}
    jon = next(row for row in sheet.rows if row.person == "jon")
    assert jon.numbers == ("+46701740611",)
    assert "Odenplan" in sheet.script
    protected = next(row for row in sheet.rows if row.name.startswith("skyddad"))
    assert "Gun" not in protected.name


def test_after_a_correction_it_says_the_correction_and_never_the_alert(
    office: Office, incident: str
) -> None:
    prepared = office.desk.prepare_correction(incident, CascadeKind.FALSE_ALARM, {})
    office.desk.correct(office.actor(), prepared, confirm_count=prepared.persons)
    script = office.desk.call_sheet(office.actor(), incident).script
    assert "Falskt larm." in script
    assert "Odenplan" not in script


def test_that_it_was_made_is_logged_without_its_numbers(office: Office, incident: str) -> None:
    office.desk.call_sheet(office.actor(), incident)
    assert office.kinds(incident)[-1] is LogKind.SHEET_MADE
    assert "+4670" not in "\n".join(office.desk.export_log(incident))
    with pytest.raises(RefusedError, match="takes the right"):
        office.desk.call_sheet(office.actor("dan"), incident)


def test_what_is_written_on_it_counts_under_the_officers_name(
    office: Office, incident: str
) -> None:
    sheet = office.desk.call_sheet(office.actor(), incident)
    code = {row.person: row.code for row in sheet.rows}
    text = f"# RINGLISTA\n{code['jon']} 1\n\n{code['cia'].lower()}   kommer om en timme\n99Z 1\n"
    taken = office.desk.take_sheet(office.actor(), incident, text)
    assert len(taken.recorded) == 2
    ((line, why),) = taken.left
    assert (line.number, line.code) == (5, "99Z")
    assert "has the code 99Z" in why
    found = reach(office, incident)
    assert found["jon"] is found["cia"] is ReachClass.ACKNOWLEDGED


def test_a_code_without_an_answer_is_nobodys_answer(office: Office, incident: str) -> None:
    sheet = office.desk.call_sheet(office.actor(), incident)
    text = "\n".join(f"{row.code} " for row in sheet.rows)
    assert office.desk.take_sheet(office.actor(), incident, text).recorded == ()


def test_an_answer_by_mouth_after_a_correction_still_counts_for_the_alert(
    office: Office, incident: str
) -> None:
    prepared = office.desk.prepare_correction(incident, CascadeKind.FALSE_ALARM, {})
    office.desk.correct(office.actor(), prepared, confirm_count=prepared.persons)
    assert reach(office, incident)["jon"] is not ReachClass.ACKNOWLEDGED
    office.desk.acknowledge(office.actor(), incident, "jon", "1")
    assert reach(office, incident)["jon"] is ReachClass.ACKNOWLEDGED


@given(st.integers(1, 5_000), st.integers(1, 5_000))
def test_codes_of_one_incident_are_all_different(one: int, other: int) -> None:
    assert (code_of("20261123-1", one) == code_of("20261123-1", other)) == (one == other)


@given(st.text(max_size=200))
def test_any_text_can_be_handed_in(text: str) -> None:
    assert all(line.code and line.answer for line in read_lines(text))
