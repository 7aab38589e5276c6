from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from beredskap.desk import Launched
from beredskap.dispatch.conducting import take_turn
from beredskap.domain.approval import LETTERS, OPEN_FOR, spelled
from beredskap.domain.cascade import CascadeStatus
from beredskap.domain.incident import IncidentMode
from beredskap.domain.log import LogKind
from beredskap.errors import NotFoundError, RefusedError, UsageError
from tests.desk.conftest import Office
from tests.desk.happening import send

ANNA, CIA = "anna", "cia"
"""Anna may launch and approve; Cia may approve only."""


@pytest.fixture
def asked(office: Office) -> Launched:
    """Return a live alert that takes two persons, launched by Anna."""
    office.desk.adopt(office.actor(), "tva")
    return office.launch("tva", IncidentMode.LIVE)


def code_of(launched: Launched) -> str:
    assert launched.approval is not None
    return launched.approval.code


def status(office: Office, launched: Launched) -> CascadeStatus:
    return office.desk.show(launched.incident).cascades[0].status


def count(office: Office, launched: Launched) -> int:
    return office.desk.show(launched.incident).cascades[0].persons


def test_it_waits_and_nothing_of_it_can_be_sent(office: Office, asked: Launched) -> None:
    assert status(office, asked) is CascadeStatus.AWAITING_APPROVAL
    assert asked.release_at is None
    assert len(code_of(asked)) == 6
    assert set(code_of(asked)) <= set(LETTERS)
    office.clock.advance(minutes=5)
    take_turn(office.ledger, office.clock.now(), office.clock.now())
    assert status(office, asked) is CascadeStatus.AWAITING_APPROVAL
    assert send(office, asked.cascade_id) == ()
    assert office.starter.asked == 0


def test_another_officer_approves_and_the_hold_begins(office: Office, asked: Launched) -> None:
    written = spelled(code_of(asked)).lower()
    given = office.desk.approve(office.actor(CIA), written, confirm_count=count(office, asked))
    assert given.release_at == office.clock.now() + timedelta(seconds=8)
    assert status(office, asked) is CascadeStatus.HELD
    assert office.starter.asked == 1
    kinds = office.kinds(asked.incident)
    assert kinds.index(LogKind.APPROVAL_ASKED) < kinds.index(LogKind.APPROVAL_GIVEN)
    said = [line.text for line in office.desk.log(asked.incident, lang="en")]
    assert any(line.startswith("Cia Dahl approved sending to") for line in said)


def test_the_second_person_sees_the_facts_and_the_words(office: Office, asked: Launched) -> None:
    facts, script = office.desk.words_of_launch(asked.incident)
    assert facts["plats"] == "Odenplan"
    assert "Odenplan" in script


def test_nobody_approves_their_own_alert(office: Office, asked: Launched) -> None:
    with pytest.raises(RefusedError, match=r"asked for the approval .* yourself"):
        office.desk.approve(office.actor(ANNA), code_of(asked), confirm_count=count(office, asked))
    assert status(office, asked) is CascadeStatus.AWAITING_APPROVAL


def test_without_the_right_nobody_approves(office: Office, asked: Launched) -> None:
    with pytest.raises(RefusedError, match="'approve'"):
        office.desk.approve(office.actor("bo"), code_of(asked), confirm_count=count(office, asked))


def test_a_wrong_count_approves_nothing(office: Office, asked: Launched) -> None:
    with pytest.raises(RefusedError, match="confirm the number it shows"):
        office.desk.approve(office.actor(CIA), code_of(asked), confirm_count=1)
    assert status(office, asked) is CascadeStatus.AWAITING_APPROVAL


def test_an_unknown_code_is_not_found(office: Office, asked: Launched) -> None:
    with pytest.raises(NotFoundError, match="no approval 'XXXXXX'"):
        office.desk.approve(office.actor(CIA), "xxx-xxx", confirm_count=1)


def test_after_its_time_it_is_refused_and_stood_down(office: Office, asked: Launched) -> None:
    office.clock.advance(seconds=OPEN_FOR.total_seconds())
    with pytest.raises(RefusedError, match="not given in time"):
        office.desk.approve(office.actor(CIA), code_of(asked), confirm_count=count(office, asked))
    assert status(office, asked) is CascadeStatus.STOOD_DOWN
    said = [line.text for line in office.desk.log(asked.incident, lang="en")]
    assert any("nobody approved in time. Nothing had been sent." in line for line in said)


def test_what_is_never_approved_is_swept(office: Office, asked: Launched) -> None:
    assert office.desk.sweep_abandoned(office.clock.now()) == 0
    assert [a.code for a in office.desk.waiting_approvals()] == [code_of(asked)]
    office.clock.advance(seconds=OPEN_FOR.total_seconds())
    assert office.desk.sweep_abandoned(office.clock.now()) == 1
    assert office.desk.waiting_approvals() == ()
    assert status(office, asked) is CascadeStatus.STOOD_DOWN


def test_a_refusal_ends_it_with_its_reason(office: Office, asked: Launched) -> None:
    office.desk.refuse_approval(office.actor(CIA), code_of(asked), "Fel enhet")
    assert status(office, asked) is CascadeStatus.STOOD_DOWN
    said = [line.text for line in office.desk.log(asked.incident, lang="sv")]
    assert "Cia Dahl godkände inte utskicket: Fel enhet." in said
    assert "Fel enhet" not in "\n".join(office.desk.export_log(asked.incident))
    with pytest.raises(RefusedError, match="no longer waits"):
        office.desk.approve(office.actor(CIA), code_of(asked), confirm_count=count(office, asked))


def test_stopping_while_it_waits_sends_nothing(office: Office, asked: Launched) -> None:
    assert office.desk.stop(office.actor(), asked.incident).nothing_was_sent
    with pytest.raises(RefusedError, match="no longer waits"):
        office.desk.approve(office.actor(CIA), code_of(asked), confirm_count=count(office, asked))


def test_an_altered_plan_is_not_what_was_asked_for(office: Office, asked: Launched) -> None:
    office.do("UPDATE cascade SET plan_digest = 'another'")
    with pytest.raises(RefusedError, match="not the one that was asked for"):
        office.desk.approve(office.actor(CIA), code_of(asked), confirm_count=count(office, asked))
    with pytest.raises(IntegrityError, match="guard_approval_never_updated"):
        office.do("UPDATE approval SET plan_digest = 'another'")


def test_glass_is_broken_alone_slowly_and_with_a_reason(office: Office) -> None:
    office.desk.adopt(office.actor(), "tva")
    prepared = office.prepare("tva", IncidentMode.LIVE)
    with pytest.raises(UsageError, match="why you act alone"):
        office.desk.launch(
            office.actor(), prepared, confirm_count=prepared.persons, break_glass=" "
        )
    launched = office.desk.launch(
        office.actor(),
        prepared,
        confirm_count=prepared.persons,
        break_glass="Ingen svarar",
        hold_seconds=0,
    )
    assert launched.release_at == office.clock.now() + timedelta(seconds=90)
    said = [line.text for line in office.desk.log(launched.incident, lang="sv")]
    assert "Anna Berg startade ENSAM utan den andra personen: Ingen svarar." in said


def test_there_is_no_glass_where_one_person_is_enough(office: Office) -> None:
    with pytest.raises(RefusedError, match="no glass to break"):
        prepared = office.prepare("tva")
        office.desk.launch(
            office.actor(), prepared, confirm_count=prepared.persons, break_glass="Övning"
        )


def test_a_drill_takes_no_second_person(office: Office) -> None:
    launched = office.launch("tva")
    assert launched.approval is None
    assert status(office, launched) is CascadeStatus.HELD
