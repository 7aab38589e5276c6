from __future__ import annotations

import pytest

from beredskap.desk import Correction
from beredskap.domain.attempt import AttemptStatus
from beredskap.domain.cascade import CascadeKind, CascadeStatus
from beredskap.domain.channel import Channel
from beredskap.domain.delivery import DeliveryStatus
from beredskap.domain.reach import ReachClass
from beredskap.errors import RefusedError, UsageError
from tests.desk.conftest import Office
from tests.desk.happening import learn, release, send


@pytest.fixture
def incident(office: Office) -> str:
    """Return a drill whose first wave told Anna by SMS and Cia by mail; Jon's SMS waits."""
    launched = office.launch()
    release(office, launched.cascade_id)
    learn(office, send(office, launched.cascade_id, most=1), AttemptStatus.ACCEPTED)
    mails = send(office, launched.cascade_id, channel=Channel.EMAIL)
    learn(office, mails, AttemptStatus.ACCEPTED)
    return launched.incident


def correction(office: Office, incident: str, kind: CascadeKind, **facts: str) -> Correction:
    return office.desk.prepare_correction(incident, kind, facts)


def correct(office: Office, incident: str, kind: CascadeKind, **facts: str) -> int:
    prepared = correction(office, incident, kind, **facts)
    sent = office.desk.correct(office.actor(), prepared, confirm_count=prepared.persons)
    return sent.cascade_id


def placed(office: Office, cascade: int) -> list[tuple[str, str]]:
    """Return (person, wave) of every duty of a cascade."""
    return sorted(
        (row[0], row[1])
        for row in office.rows(
            "SELECT r.person_key, w.key FROM delivery d JOIN wave w ON w.id = d.wave_id "
            "JOIN recipient r ON r.ref = d.recipient WHERE d.cascade_id = :cascade",
            cascade=cascade,
        )
    )


def told(office: Office) -> list[tuple[str, str]]:
    """Return (person, channel) of everybody a message may have come to."""
    return sorted(
        (row[0], row[1])
        for row in office.rows(
            "SELECT r.person_key, a.channel FROM attempt a JOIN recipient r ON r.ref = a.recipient"
        )
    )


@pytest.mark.parametrize("kind", [CascadeKind.UPDATE, CascadeKind.FALSE_ALARM])
def test_it_goes_to_exactly_those_whom_something_may_have_reached(
    office: Office, incident: str, kind: CascadeKind
) -> None:
    before = told(office)
    assert before
    prepared = correction(office, incident, kind)
    assert prepared.persons == len({person for person, _ in before})
    assert prepared.untouched > 0
    assert placed(office, correct(office, incident, kind)) == before


def test_what_never_left_us_is_not_corrected(office: Office) -> None:
    launched = office.launch()
    release(office, launched.cascade_id)
    learn(office, send(office, launched.cascade_id), AttemptStatus.ACCEPTED)
    office.do("DROP TRIGGER guard_attempt_event_never_updated")
    office.do("UPDATE attempt SET status = 'failed_permanent'")
    office.do("UPDATE attempt_event SET status = 'failed_permanent', unsent = 1")
    assert correction(office, launched.incident, CascadeKind.UPDATE).persons == 0
    with pytest.raises(RefusedError, match=r"nothing to correct; 'beredskap alert stop"):
        correct(office, launched.incident, CascadeKind.UPDATE)


def test_somebody_told_twice_is_corrected_at_both_addresses(office: Office, incident: str) -> None:
    office.do("UPDATE delivery SET status = 'waiting', point = 1, channel = 'email', due_at = 0 "
              "WHERE status = 'awaiting_acknowledgement' AND channel = 'sms'")  # fmt: skip
    cascade = int(office.rows("SELECT max(id) FROM cascade")[0][0])
    learn(office, send(office, cascade, channel=Channel.EMAIL), AttemptStatus.ACCEPTED)
    both = {channel for person, channel in told(office) if person == "anna"}
    assert both == {"sms", "email"}
    sent = placed(office, correct(office, incident, CascadeKind.ALL_CLEAR))
    assert {wave for person, wave in sent if person == "anna"} == {"sms", "email"}


@pytest.mark.parametrize("kind", [CascadeKind.FALSE_ALARM, CascadeKind.ALL_CLEAR])
def test_a_false_alarm_and_an_all_clear_end_what_has_not_left(
    office: Office, incident: str, kind: CascadeKind
) -> None:
    correct(office, incident, kind)
    alert, later = office.desk.show(incident).cascades
    assert (alert.kind, alert.status) == (CascadeKind.ALERT, CascadeStatus.STOOD_DOWN)
    assert (later.kind, later.status) == (kind, CascadeStatus.HELD)
    left = office.rows(
        "SELECT DISTINCT status FROM delivery WHERE cascade_id = :id AND claim_token IS NULL",
        id=alert.id,
    )
    open_ones = {DeliveryStatus.WAITING, DeliveryStatus.IN_PROGRESS}
    assert not {status for (status,) in left} & {status.value for status in open_ones}
    release(office, later.id, opened=9)
    assert send(office, alert.id) == ()
    assert send(office, later.id)


def test_an_update_lets_the_alert_go_on(office: Office, incident: str) -> None:
    correct(office, incident, CascadeKind.UPDATE)
    alert, _ = office.desk.show(incident).cascades
    assert alert.status is CascadeStatus.RUNNING


def test_whoever_is_reached_while_it_is_prepared_is_corrected_too(
    office: Office, incident: str
) -> None:
    prepared = correction(office, incident, CascadeKind.FALSE_ALARM)
    cascade = int(office.rows("SELECT max(id) FROM cascade")[0][0])
    assert send(office, cascade)
    sent = office.desk.correct(office.actor(), prepared, confirm_count=prepared.persons)
    assert placed(office, sent.cascade_id) == told(office)
    alert, later = office.desk.show(incident).cascades
    assert later.persons == len({person for person, _ in told(office)}) > prepared.persons
    assert alert.status is CascadeStatus.STOOD_DOWN


def test_a_correction_does_not_lift_what_the_alert_reached(office: Office, incident: str) -> None:
    before = office.desk.show(incident)
    cascade = correct(office, incident, CascadeKind.UPDATE)
    release(office, cascade, opened=9)
    learn(office, send(office, cascade), AttemptStatus.DELIVERED)
    after = office.desk.show(incident)
    assert (after.persons, after.reach) == (before.persons, before.reach)
    own = after.cascades[-1].reach
    assert own is not None
    assert own[ReachClass.DELIVERED] > 0
    assert sum(own.values()) == after.cascades[-1].persons


def test_a_wrong_count_sends_nothing(office: Office, incident: str) -> None:
    office.desk.stop(office.actor(), incident)
    prepared = correction(office, incident, CascadeKind.FALSE_ALARM)
    for count in (prepared.persons - 1, prepared.persons + 1):
        with pytest.raises(RefusedError, match=rf"{prepared.persons} may have been reached"):
            office.desk.correct(office.actor(), prepared, confirm_count=count)
    assert len(office.desk.show(incident).cascades) == 1


def test_while_the_alert_is_sent_a_number_just_outrun_is_taken(
    office: Office, incident: str
) -> None:
    prepared = correction(office, incident, CascadeKind.FALSE_ALARM)
    with pytest.raises(RefusedError):
        office.desk.correct(office.actor(), prepared, confirm_count=prepared.persons + 1)
    office.desk.correct(office.actor(), prepared, confirm_count=prepared.persons - 1)


def test_the_facts_of_the_alert_stand_unless_new_ones_are_given(
    office: Office, incident: str
) -> None:
    assert correction(office, incident, CascadeKind.UPDATE).facts["plats"] == "Odenplan"
    changed = correction(office, incident, CascadeKind.UPDATE, plats="Vasaparken")
    assert changed.facts["plats"] == "Vasaparken"
    with pytest.raises(UsageError, match="not one of scenario"):
        correction(office, incident, CascadeKind.UPDATE, fel="x")


def test_in_a_drill_its_words_carry_the_marks(office: Office, incident: str) -> None:
    texts = correction(office, incident, CascadeKind.FALSE_ALARM).bodies.values()
    assert all(body.text.startswith("ÖVNING ÖVNING ÖVNING") for body in texts)
    assert all(body.text.rstrip().endswith("ÖVNING") for body in texts)


def test_without_the_right_and_in_a_closed_incident_it_is_refused(
    office: Office, incident: str
) -> None:
    prepared = correction(office, incident, CascadeKind.FALSE_ALARM)
    with pytest.raises(RefusedError, match="takes the right"):
        office.desk.correct(office.actor("dan"), prepared, confirm_count=prepared.persons)
    office.desk.stop(office.actor(), incident)
    learn_all(office)
    office.desk.close(office.actor(), incident)
    with pytest.raises(RefusedError, match="is closed"):
        correction(office, incident, CascadeKind.FALSE_ALARM)


def test_an_incident_without_an_alert_has_nothing_to_correct(office: Office) -> None:
    opened = office.desk.open_incident(office.actor(), "Rök", mode=office.prepare().mode)
    with pytest.raises(RefusedError, match="has had no alert"):
        correction(office, opened.id, CascadeKind.UPDATE)


def test_the_log_tells_of_it_in_words_and_holds_no_fact_in_clear(
    office: Office, incident: str
) -> None:
    correct(office, incident, CascadeKind.FALSE_ALARM, plats="Vasaparken")
    said = [line.text for line in office.desk.log(incident, lang="sv")]
    assert any("förberedde falskt larm till" in line for line in said)
    assert any("stoppade utskicket: falskt larm" in line for line in said)
    assert "Vasaparken" not in "\n".join(office.desk.export_log(incident))


def learn_all(office: Office) -> None:
    """End every claim that is still on the wire."""
    office.do("UPDATE delivery SET claim_token = NULL")
