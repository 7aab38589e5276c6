from __future__ import annotations

import pytest

from beredskap.domain.attempt import AttemptStatus
from beredskap.domain.channel import Channel
from beredskap.domain.log import LogKind
from beredskap.domain.reach import ReachClass
from beredskap.errors import NotFoundError, RefusedError, UsageError
from tests.desk.conftest import Office
from tests.desk.happening import learn, release, send


@pytest.fixture
def incident(office: Office) -> str:
    """Return a drill whose first wave is open."""
    launched = office.launch()
    release(office, launched.cascade_id)
    return launched.incident


def _told(office: Office, **options: object) -> set[str]:
    names = dict(office.rows("SELECT ref, coalesce(person_key, 'protected') FROM recipient"))
    return {names[one.delivery.recipient] for one in send(office, 1, **options)}  # type: ignore[arg-type]


def test_an_excluded_person_is_told_nothing_more_and_stays_a_row(
    office: Office, incident: str
) -> None:
    office.desk.exclude(office.actor(), incident, "jon", "är på plats")
    assert _told(office) == {"anna"}
    jon = next(p for p in office.desk.show(incident).people if p.person == "jon")
    assert (jon.reach, jon.reason) == (ReachClass.NOT_REACHED, "excluded")
    assert office.desk.show(incident).persons == 9
    line = next(
        line
        for line in office.desk.log(incident, lang="en")
        if line.kind is LogKind.PERSON_EXCLUDED
    )
    assert line.text == "Anna Berg excluded Jon Kvist: är på plats."
    assert "är på plats" not in "\n".join(office.desk.export_log(incident))


def test_what_was_handed_over_before_is_not_forgotten(office: Office, incident: str) -> None:
    learn(office, send(office, 1), AttemptStatus.ACCEPTED)
    office.desk.exclude(office.actor(), incident, "jon", "fel person")
    jon = next(p for p in office.desk.show(incident).people if p.person == "jon")
    assert jon.reach is ReachClass.HANDED_OVER


def test_an_excluded_deputy_is_not_called_in(office: Office, incident: str) -> None:
    office.desk.exclude(office.actor(), incident, "bo", "sjuk")
    office.desk.acknowledge(office.actor(), incident, "anna", "2")
    assert office.entries(incident, LogKind.DEPUTY_PROMOTED) == []


def test_an_excluded_last_rung_is_taken_off_the_ladder(office: Office, incident: str) -> None:
    kim = office.rows("SELECT ref FROM recipient WHERE person_key = 'kim'")[0][0]
    assert office.rows(f"SELECT count(*) FROM wave WHERE terms LIKE '%{kim}%'") == [(1,)]
    office.desk.exclude(office.actor(), incident, "kim", "på resa")
    assert office.rows(f"SELECT count(*) FROM wave WHERE terms LIKE '%{kim}%'") == [(0,)]


def test_excluding_twice_is_refused(office: Office, incident: str) -> None:
    office.desk.exclude(office.actor(), incident, "jon", "x")
    with pytest.raises(RefusedError, match="Nothing more"):
        office.desk.exclude(office.actor(), incident, "jon", "x")
    assert len(office.entries(incident, LogKind.PERSON_EXCLUDED)) == 1


def test_excluding_needs_a_reason_and_a_person(office: Office, incident: str) -> None:
    with pytest.raises(UsageError, match="why"):
        office.desk.exclude(office.actor(), incident, "jon", " ")
    with pytest.raises(NotFoundError):
        office.desk.exclude(office.actor(), incident, "nils", "x")


def test_an_added_person_is_told_in_the_open_wave(office: Office, incident: str) -> None:
    office.desk.add(office.actor(), incident, "lea")
    assert office.desk.show(incident).persons == 10
    assert _told(office) == {"anna", "jon", "lea"}
    (entry,) = office.entries(incident, LogKind.PERSON_ADDED)
    assert entry.codes["wave"] == "ledning"
    assert office.desk.verify_log(incident).verdict.value == "consistent"


def test_an_added_persons_deputy_stands_by(office: Office, incident: str) -> None:
    office.desk.add(office.actor(), incident, "lea")
    office.desk.acknowledge(office.actor(), incident, "lea", "2")
    (entry,) = office.entries(incident, LogKind.DEPUTY_PROMOTED)
    kim = office.rows("SELECT ref FROM recipient WHERE person_key = 'kim'")
    assert kim == [(entry.subject,)]


def test_a_person_of_a_later_wave_can_be_added_to_the_open_one(
    office: Office, incident: str
) -> None:
    office.desk.add(office.actor(), incident, "bo")
    assert office.desk.show(incident).persons == 9
    assert "bo" in _told(office)


def test_a_standby_who_is_added_no_longer_only_stands_by(office: Office, incident: str) -> None:
    office.desk.add(office.actor(), incident, "kim")
    assert office.rows("SELECT count(*) FROM recipient WHERE is_standby") == [(0,)]


def test_before_release_the_first_wave_takes_the_person(office: Office) -> None:
    launched = office.launch()
    office.desk.add(office.actor(), launched.incident, "lea")
    release(office, launched.cascade_id)
    assert "lea" in _told(office)


def test_the_frozen_texts_decide_the_language(office: Office, incident: str) -> None:
    """Lea's mail has no frozen text in English; a changed list does not invent one."""
    path = office.workspace / "contact_lists" / "people.csv"
    row = "lea;Lea Mo;;;;kim;tillsvidare;i_tjänst;"
    path.write_text(path.read_text().replace(f"{row}sv", f"{row}en"), encoding="utf-8")
    office.desk.add(office.actor(), incident, "lea")
    found = office.rows(
        "SELECT d.channels, d.languages FROM delivery d "
        "JOIN recipient r ON r.ref = d.recipient WHERE r.person_key = 'lea'"
    )
    assert found == [("sms,email", "en,sv")]


@pytest.mark.parametrize(
    ("person", "why"),
    [
        ("jon", "already"),
        ("dan", "no address"),
        ("eva", "leave"),
        ("fia", "declined"),
        ("hal", "protected"),
    ],
)
def test_who_cannot_be_added_is_refused_with_the_reason(
    office: Office, incident: str, person: str, why: str
) -> None:
    with pytest.raises(RefusedError, match=why):
        office.desk.add(office.actor(), incident, person)
    assert office.entries(incident, LogKind.PERSON_ADDED) == []


def test_nobody_can_be_added_where_nothing_runs(office: Office, incident: str) -> None:
    with pytest.raises(NotFoundError, match="contact list"):
        office.desk.add(office.actor(), incident, "nils")
    office.desk.stop(office.actor(), incident)
    with pytest.raises(RefusedError, match="--incident"):
        office.desk.add(office.actor(), incident, "lea")


def test_only_who_leads_changes_the_audience(office: Office, incident: str) -> None:
    with pytest.raises(RefusedError, match="may not lead"):
        office.desk.add(office.actor("cia"), incident, "lea")
    with pytest.raises(RefusedError, match="may not lead"):
        office.desk.exclude(office.actor("cia"), incident, "jon", "x")


def test_the_second_wave_is_told_by_mail_where_that_is_preferred(
    office: Office, incident: str
) -> None:
    del incident
    office.do("UPDATE wave SET status = 'open' WHERE key = 'alla'")
    claimed = send(office, 1, wave=1, channel=Channel.EMAIL)
    told = {one.point.address for one in claimed if one.point is not None}
    assert told == {"cia@norr.example", "jon@norr.example"}
    assert all(one.body_digest for one in claimed)
