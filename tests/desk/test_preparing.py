from __future__ import annotations

import json
from typing import Any

import pytest

from beredskap.desk.preparing import opens_code, rule_code
from beredskap.domain.channel import Channel
from beredskap.domain.delivery import Reason
from beredskap.domain.incident import IncidentMode
from beredskap.domain.scenario import AcknowledgementRule, Opening, OpensWhen, RuleKind
from beredskap.domain.sms import carries_drill_marks
from beredskap.errors import ContentError, NotFoundError, UsageError
from tests.desk.conftest import FACTS, Office


def test_the_preview_has_the_keys_promised(office: Office) -> None:
    told = json.loads(json.dumps(office.prepare().to_json()))
    assert list(told) == [
        "scenario",
        "mode",
        "persons",
        "waves",
        "messages",
        "unreachable",
        "duplicates",
        "estimate",
    ]
    assert told["waves"][0] == {
        "id": "ledning",
        "persons": 3,
        "opens": "release+0",
        "rule": "everyone",
    }
    assert set(told["messages"][0]) == {
        "channel",
        "language",
        "text",
        "encoding",
        "segments",
        "lix",
    }
    assert set(told["estimate"]) == {"segments", "cost", "seconds_by_wave"}
    assert (told["persons"], told["duplicates"]) == (9, 1)


def test_nobody_is_left_out_in_silence(office: Office) -> None:
    prepared = office.prepare()
    assert {(row.person, row.reason) for row in prepared.unreachable} == {
        ("dan", Reason.NO_ADDRESS),
        ("eva", Reason.ON_LEAVE),
        ("fia", Reason.OPTED_OUT),
        ("skyddad person 2", Reason.PROTECTED),
    }
    told = {d.person for w in prepared.plan.waves for d in w.deliveries if d.reason is None}
    assert len(told) + len(prepared.unreachable) == prepared.persons


def test_a_protected_person_is_never_named(office: Office) -> None:
    prepared = office.prepare(exclusions={"hal": "finns ej"})
    shown = json.dumps(prepared.to_json()) + repr(prepared.left_out)
    assert not any(word in shown for word in ("Gun", "Hal", "gun", "hal'"))


def test_people_on_leave_are_informed_live_and_never_drilled(office: Office) -> None:
    live = office.prepare(mode=IncidentMode.LIVE)
    assert "eva" not in {row.person for row in live.left_out}
    assert "eva" in {row.person for row in office.prepare().left_out}


def test_every_text_outside_a_live_incident_is_marked(office: Office) -> None:
    for mode in IncidentMode:
        for message in office.prepare(mode=mode).messages:
            marked = carries_drill_marks(message.body.text)
            assert marked is mode.needs_marks


def test_only_sms_is_measured_in_parts(office: Office) -> None:
    for message in office.prepare().messages:
        is_sms = message.body.channel is Channel.SMS
        assert (message.encoding is not None, message.segments is not None) == (is_sms, is_sms)


def test_the_estimate_counts_first_messages(office: Office) -> None:
    live = office.prepare("brand", IncidentMode.LIVE)
    of_first_wave = [d.points[0].channel for d in live.plan.waves[0].deliveries]
    assert of_first_wave.count(Channel.SMS) == 2
    assert live.estimate.segments == 2 + 4
    assert live.estimate.cost is None


def test_the_same_content_gives_the_same_plan(office: Office) -> None:
    assert office.prepare().plan_digest == office.prepare().plan_digest
    assert office.prepare().plan_digest != office.prepare(additions=("lea",)).plan_digest


def test_preparing_writes_nothing(office: Office) -> None:
    office.prepare()
    assert office.rows("SELECT count(*) FROM incident") == [(0,)]
    assert office.rows("SELECT count(*) FROM personal_value") == [(0,)]


def test_an_unknown_scenario_is_not_found(office: Office) -> None:
    with pytest.raises(NotFoundError, match="scenario list"):
        office.prepare("finns-inte")


def test_a_missing_fact_is_a_usage_error(office: Office) -> None:
    with pytest.raises(UsageError, match="plats"):
        office.desk.prepare("brand", {}, mode=IncidentMode.LIVE)


@pytest.mark.parametrize("options", [{"exclusions": {"x": "y"}}, {"additions": ("x",)}])
def test_an_unknown_person_is_not_found(office: Office, options: dict[str, Any]) -> None:
    with pytest.raises(NotFoundError, match="'x'"):
        office.prepare(**options)


def test_an_error_in_what_the_alert_needs_stops_it_with_its_problems(office: Office) -> None:
    with pytest.raises(ContentError, match="saknas") as caught:
        office.prepare("fel")
    assert [problem.rule for problem in caught.value.problems] == ["scenario.unknown_template"]


def test_an_error_elsewhere_stops_nothing(office: Office) -> None:
    (office.workspace / "scenarios" / "annan.yaml").write_text("title: [", encoding="utf-8")
    prepared = office.prepare()
    assert "scenarios/annan.yaml" in {problem.file for problem in prepared.problems}


def test_a_broken_text_that_nobody_reads_stops_nothing(office: Office) -> None:
    path = office.workspace / "message_templates" / "info" / "sms.fi.j2"
    path.write_text("{{ fact.finns_inte }}", encoding="utf-8")
    prepared = office.prepare()
    assert "template.unusable_text" in {problem.rule for problem in prepared.problems}
    assert office.launch().incident


def test_a_broken_text_that_somebody_reads_stops_the_alert(office: Office) -> None:
    path = office.workspace / "message_templates" / "info" / "sms.sv.j2"
    path.write_text("{{ fact.finns_inte }}", encoding="utf-8")
    with pytest.raises(ContentError, match=r"info/sms\.sv\.j2"):
        office.prepare()


def test_a_bad_row_is_an_unreachable_person(office: Office) -> None:
    path = office.workspace / "contact_lists" / "people.csv"
    path.write_text(path.read_text().replace("0701740605;anna@norr.example", "07;"))
    rows = {row.person: row.reason for row in office.prepare().unreachable}
    assert rows["anna"] is Reason.BAD_NUMBER


def test_a_file_that_was_changed_is_read_again(office: Office) -> None:
    before = office.prepare().content_digests
    path = office.workspace / "message_templates" / "larm" / "sms.sv.j2"
    path.write_text("Annan text {{ fact.plats }}.", encoding="utf-8")
    after = office.prepare()
    assert any("Annan text" in message.body.text for message in after.messages)
    assert after.content_digests != before


def test_facts_are_filled_into_the_texts(office: Office) -> None:
    texts = [message.body.text for message in office.prepare().messages]
    assert all(FACTS["plats"] in text for text in texts)


@pytest.mark.parametrize(
    ("opening", "code"),
    [
        (Opening(), "release+0"),
        (Opening(after_seconds=300), "release+300"),
        (Opening(when=OpensWhen.FINAL, wave="ledning"), "final:ledning+0"),
    ],
)
def test_an_opening_is_one_word(opening: Opening, code: str) -> None:
    assert opens_code(opening) == code


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (AcknowledgementRule(), "none"),
        (AcknowledgementRule(kind=RuleKind.QUORUM, quorum=3), "quorum:3"),
        (AcknowledgementRule(kind=RuleKind.ROLES, roles=("a", "b")), "roles:a,b"),
        (AcknowledgementRule(kind=RuleKind.EVERYONE), "everyone"),
    ],
)
def test_a_rule_is_one_word(rule: AcknowledgementRule, code: str) -> None:
    assert rule_code(rule) == code
