from __future__ import annotations

import pytest

from beredskap.domain.attempt import AttemptStatus
from beredskap.domain.channel import Channel
from beredskap.domain.log import LogKind
from beredskap.domain.reach import PersonReach, ReachClass
from beredskap.errors import EngineError, NotFoundError, RefusedError, UsageError
from tests.desk.conftest import Office
from tests.desk.happening import learn, release, send


@pytest.fixture
def incident(office: Office) -> str:
    """Return a drill whose first wave is with the providers."""
    launched = office.launch()
    release(office, launched.cascade_id)
    learn(office, send(office, launched.cascade_id), AttemptStatus.ACCEPTED)
    return launched.incident


def _person(office: Office, incident: str, person: str) -> PersonReach:
    return next(p for p in office.desk.show(incident).people if p.person == person)


def _deliveries(office: Office, person: str) -> list[tuple[str, str]]:
    return [
        (row[0], row[1])
        for row in office.rows(
            "SELECT w.key, d.status FROM delivery d JOIN wave w ON w.id = d.wave_id "
            f"JOIN recipient r ON r.ref = d.recipient WHERE r.person_key = '{person}' "
            "ORDER BY d.id"
        )
    ]


def test_an_answer_by_mouth_counts_as_reached_under_the_officers_name(
    office: Office, incident: str
) -> None:
    assert _person(office, incident, "jon").reach is ReachClass.HANDED_OVER
    office.desk.acknowledge(office.actor("cia"), incident, "jon", "1", by="Anna i växeln")
    jon = _person(office, incident, "jon")
    assert (jon.reach, jon.answer, jon.channel) == (ReachClass.ACKNOWLEDGED, "kommer", "officer")
    told = office.desk.log(incident, lang="en")
    said = [line.text for line in told if line.kind is LogKind.ACKNOWLEDGED]
    assert said[0] == (
        "Cia Dahl noted an answer from Jon Kvist: kommer (according to Anna i växeln)."
    )
    assert "växeln" not in "\n".join(office.desk.export_log(incident))


def test_it_answers_everything_the_person_was_asked(office: Office, incident: str) -> None:
    office.desk.acknowledge(office.actor(), incident, "jon", "1")
    assert _deliveries(office, "jon") == [("ledning", "acknowledged"), ("alla", "acknowledged")]


def test_a_no_calls_in_the_deputy_at_once(office: Office, incident: str) -> None:
    assert _deliveries(office, "bo") == [("alla", "waiting")]
    office.desk.acknowledge(office.actor(), incident, "anna", "nej, är bortrest")
    assert _person(office, incident, "anna").answer == "kan inte"
    assert ("ledning", "waiting") in _deliveries(office, "bo")
    promoted = office.entries(incident, LogKind.DEPUTY_PROMOTED)
    assert len(promoted) == 1
    assert promoted[0].actor.startswith("o_")


def test_an_answer_in_own_words_is_kept_as_said(office: Office, incident: str) -> None:
    office.desk.acknowledge(office.actor(), incident, "cia", "står i trapphuset")
    assert _person(office, incident, "cia").answer == "står i trapphuset"
    assert "trapphuset" not in "\n".join(office.desk.export_log(incident))


def test_a_plain_no_is_a_no_where_nothing_was_asked(office: Office, incident: str) -> None:
    office.desk.acknowledge(office.actor(), incident, "bo", "nej")
    entries = office.entries(incident, LogKind.ACKNOWLEDGED)
    assert entries[-1].codes["yes"] is False
    assert _person(office, incident, "bo").answer == "nej"


def test_a_late_answer_is_recorded_and_undoes_nothing(office: Office, incident: str) -> None:
    office.desk.stop(office.actor(), incident)
    before = _deliveries(office, "jon")
    office.desk.acknowledge(office.actor(), incident, "jon", "1")
    assert _deliveries(office, "jon") == before
    assert _person(office, incident, "jon").reach is ReachClass.ACKNOWLEDGED
    assert office.entries(incident, LogKind.ACKNOWLEDGED)[-1].codes["late"] is True


def test_a_late_no_calls_nobody_in(office: Office, incident: str) -> None:
    office.desk.stop(office.actor(), incident)
    office.desk.acknowledge(office.actor(), incident, "anna", "2")
    assert office.entries(incident, LogKind.DEPUTY_PROMOTED) == []


def test_a_protected_person_is_answered_for_by_number(office: Office, incident: str) -> None:
    office.desk.acknowledge(office.actor(), incident, "Skyddad person 1", "ja")
    person = _person(office, incident, "skyddad person 1")
    assert person.reach is ReachClass.ACKNOWLEDGED


def test_nobody_who_was_not_asked_can_have_answered(office: Office, incident: str) -> None:
    with pytest.raises(NotFoundError, match="alert show"):
        office.desk.acknowledge(office.actor(), incident, "lea", "1")
    with pytest.raises(RefusedError, match="alert add"):
        office.desk.acknowledge(office.actor(), incident, "kim", "1")
    assert office.entries(incident, LogKind.ACKNOWLEDGED) == []


@pytest.mark.parametrize("answer", ["", "  ", "x" * 501])
def test_an_answer_must_say_something(office: Office, incident: str, answer: str) -> None:
    with pytest.raises(UsageError, match="--answer"):
        office.desk.acknowledge(office.actor(), incident, "jon", answer)


def test_who_only_reads_writes_no_answers(office: Office, incident: str) -> None:
    with pytest.raises(RefusedError, match="may not write in the log"):
        office.desk.acknowledge(office.actor("dan"), incident, "jon", "1")


@pytest.fixture
def uncertain(office: Office) -> str:
    """Return a drill where nobody knows whether the first wave's SMS left."""
    launched = office.launch()
    release(office, launched.cascade_id)
    learn(office, send(office, launched.cascade_id), AttemptStatus.UNCERTAIN)
    return launched.incident


def test_an_uncertain_attempt_is_sent_again_only_by_decision(
    office: Office, uncertain: str
) -> None:
    assert send(office, 1) == ()
    decided = office.desk.decide(office.actor(), uncertain, "jon", "resend")
    assert len(decided) == 1
    (again,) = send(office, 1)
    assert again.repeats is not None
    assert office.rows("SELECT count(*) FROM attempt WHERE possible_duplicate") == [(1,)]
    (entry,) = office.entries(uncertain, LogKind.ATTEMPT_DECIDED)
    assert (entry.codes["decision"], entry.actor[:2]) == ("resend", "o_")
    with pytest.raises(RefusedError):
        office.desk.decide(office.actor(), uncertain, "jon", "resend")


def test_all_uncertain_attempts_are_decided_at_once(office: Office, uncertain: str) -> None:
    assert len(office.desk.decide(office.actor(), uncertain, None, "resend")) == 2
    assert len(send(office, 1)) == 2


def test_what_is_left_stays_uncertain(office: Office, uncertain: str) -> None:
    office.desk.decide(office.actor(), uncertain, None, "leave")
    assert send(office, 1) == ()
    assert _person(office, uncertain, "jon").reach is ReachClass.UNCERTAIN
    assert len(office.entries(uncertain, LogKind.ATTEMPT_DECIDED)) == 2


def test_a_decision_needs_something_to_decide(office: Office, incident: str) -> None:
    with pytest.raises(RefusedError, match="uncertain"):
        office.desk.decide(office.actor(), incident, None, "resend")
    with pytest.raises(UsageError, match="'resend' or 'leave'"):
        office.desk.decide(office.actor(), incident, None, "maybe")


def test_nothing_is_sent_again_after_a_stop(office: Office, uncertain: str) -> None:
    office.desk.stop(office.actor(), uncertain)
    with pytest.raises(RefusedError):
        office.desk.decide(office.actor(), uncertain, None, "resend")
    assert office.entries(uncertain, LogKind.ATTEMPT_DECIDED) == []


def test_a_decision_stands_even_when_no_engine_starts(office: Office, uncertain: str) -> None:
    office.starter.fault = "No engine."
    with pytest.raises(EngineError):
        office.desk.decide(office.actor(), uncertain, None, "resend")
    assert len(send(office, 1)) == 2


def test_an_answer_while_the_attempt_is_on_the_wire_stands(office: Office) -> None:
    launched = office.launch()
    release(office, launched.cascade_id)
    on_the_wire = send(office, launched.cascade_id)
    office.desk.acknowledge(office.actor(), launched.incident, "jon", "1")
    learn(office, on_the_wire, AttemptStatus.ACCEPTED)
    assert _deliveries(office, "jon")[0] == ("ledning", "acknowledged")


def test_an_answer_before_anything_was_sent_spares_the_person_the_message(office: Office) -> None:
    launched = office.launch()
    office.desk.acknowledge(office.actor(), launched.incident, "jon", "1")
    release(office, launched.cascade_id, opened=2)
    office.clock.advance(minutes=5)
    told = [
        one.delivery.recipient
        for wave in (0, 1)
        for channel in (Channel.SMS, Channel.EMAIL)
        for one in send(office, launched.cascade_id, wave=wave, channel=channel)
    ]
    jon = office.rows("SELECT ref FROM recipient WHERE person_key = 'jon'")[0][0]
    assert told and jon not in told
