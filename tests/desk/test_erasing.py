from __future__ import annotations

import json

import pytest

from beredskap.domain.attempt import AttemptStatus
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import InboundMessage
from beredskap.domain.log import LogKind
from beredskap.domain.reach import ReachClass
from beredskap.errors import NotFoundError, RefusedError
from beredskap.store.answers import keep_inbound
from tests.desk.conftest import Office
from tests.desk.happening import learn, release, send


@pytest.fixture
def incident(office: Office) -> str:
    """Return a drill in which Jon was told, excluded and wrote back."""
    launched = office.launch()
    release(office, launched.cascade_id)
    learn(office, send(office, launched.cascade_id), AttemptStatus.ACCEPTED)
    office.desk.acknowledge(office.actor(), launched.incident, "jon", "ligger hemma", by="Åke")
    office.desk.note(office.actor(), launched.incident, "ringt 112")
    return launched.incident


def _clear(office: Office) -> str:
    values = office.rows("SELECT value FROM personal_value")
    return " ".join(value for (value,) in values)


def test_without_a_decision_nothing_is_erased(office: Office, incident: str) -> None:
    before = office.rows("SELECT count(*) FROM personal_value")
    listed = office.desk.erase(office.actor(), incident, "jon", None)
    assert not listed.is_done and len(listed.refs) == 3
    assert office.rows("SELECT count(*) FROM personal_value") == before


def test_everything_about_the_person_goes_and_the_chain_stays_whole(
    office: Office, incident: str
) -> None:
    head = json.loads(list(office.desk.export_log(incident))[-1])["head"]
    for word in ("Jon Kvist", "jon@norr.example", "+46701740611", "ligger hemma", "Åke"):
        assert word in _clear(office)
    erased = office.desk.erase(office.actor(), incident, "jon", "NOR 2026/17")
    assert erased.is_done
    for word in ("Jon Kvist", "jon@norr.example", "+46701740611", "ligger hemma", "Åke"):
        assert word not in _clear(office)
    assert "Anna Berg" in _clear(office) and "ringt 112" in _clear(office)
    assert office.rows("SELECT count(*) FROM recipient WHERE person_key = 'jon'") == [(0,)]
    found = office.desk.verify_log(incident, head, lang="en")
    assert found.verdict.value == "redacted"
    assert "NOR 2026/17" in found.text and "whole up to entry" in found.text
    assert office.kinds(incident)[-1] is LogKind.VALUE_ERASED


def test_the_figures_still_add_up(office: Office, incident: str) -> None:
    before = office.desk.show(incident)
    office.desk.erase(office.actor(), incident, "jon", "NOR 2026/17")
    after = office.desk.show(incident)
    assert (after.reach, after.persons) == (before.reach, before.persons)
    gone = [person for person in after.people if person.name == "(raderad/erased)"]
    assert [person.reach for person in gone] == [ReachClass.ACKNOWLEDGED]


def test_a_reply_and_its_sender_go_too(office: Office, incident: str) -> None:
    jon = office.rows("SELECT ref FROM recipient WHERE person_key = 'jon'")[0][0]
    inbound = InboundMessage(
        provider="p",
        provider_id="1",
        channel=Channel.SMS,
        sender="+46701740611",
        text="hemligt",
        at=office.clock.now(),
    )
    with office.ledger.write() as tx:
        text_ref, _ = keep_inbound(
            tx,
            inbound,
            state="matched",
            incident_id=incident,
            recorded_at=office.clock.now(),
        )
    office.do(f"UPDATE acknowledgement SET answer_ref = '{text_ref}' WHERE recipient = '{jon}'")
    assert "hemligt" in _clear(office)
    office.desk.erase(office.actor(), incident, "jon", "NOR 2026/17")
    assert "hemligt" not in _clear(office) and "+46701740611" not in _clear(office)


def test_an_erased_person_cannot_be_found_again(office: Office, incident: str) -> None:
    office.desk.erase(office.actor(), incident, "jon", "NOR 2026/17")
    with pytest.raises(NotFoundError):
        office.desk.erase(office.actor(), incident, "jon", "NOR 2026/17")


def test_a_protected_person_can_be_erased_by_number(office: Office, incident: str) -> None:
    erased = office.desk.erase(office.actor(), incident, "skyddad person 1", "NOR 2026/18")
    assert erased.is_done
    assert office.desk.verify_log(incident).verdict.value == "redacted"


def test_erasing_takes_a_right(office: Office, incident: str) -> None:
    with pytest.raises(RefusedError, match="may not erase"):
        office.desk.erase(office.actor("cia"), incident, "jon", "NOR 2026/17")
    assert "Jon Kvist" in _clear(office)


def test_a_new_alert_knows_an_erased_person_only_from_the_lists(
    office: Office, incident: str
) -> None:
    office.desk.erase(office.actor(), incident, "jon", "NOR 2026/17")
    office.launch(incident=incident)
    figures = office.desk.show(incident)
    assert figures.persons == 10
    assert office.desk.verify_log(incident).verdict.value == "redacted"
