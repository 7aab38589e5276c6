"""One live alert from the command line to a real mail server and a Twilio-compatible server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.processes import Provider, running_provider
from tests.journeys.program import Program
from tests.journeys.provstad import ADOPTER, live_environment, make_workspace

pytestmark = pytest.mark.slow
PEOPLE = ["karin-sjoholm", "sara-nystrom", "lars-forsgren", "ulf-sandin", "ylva-nordin"]
KEYS = ["incident", "mode", "scenario", "status", "persons", "reach", "people", "cascades", "times"]


@pytest.fixture
def live(tmp_path: Path) -> Iterator[tuple[Program, Provider, Provider]]:
    """Return the program in a live workspace, its mail server and its gateway."""
    with (
        running_provider("smtp_server", tmp_path) as smtp,
        running_provider("sms_gateway", tmp_path) as sms,
    ):
        workspace = make_workspace(tmp_path / "w", PEOPLE, uncertain="ask")
        program = Program(workspace, live_environment(smtp.address, sms.address))
        try:
            yield program, smtp, sms
        finally:
            program("engine", "stop")


def addresses(program: Program) -> dict[str, dict[str, str]]:
    """Return each person's addresses by channel."""
    found = {}
    for person in PEOPLE:
        shown = program("contact", "show", person, "--json").json
        found[person] = {point["channel"]: point["address"] for point in shown["contact_points"]}
    return found


def test_every_planned_recipient_gets_each_step_exactly_once(
    live: tuple[Program, Provider, Provider],
) -> None:
    program, smtp, sms = live
    assert program("scenario", "adopt", "prov", BEREDSKAP_OFFICER=ADOPTER).code == 0
    preview = program("preview", "prov", "--json").json
    assert preview["persons"] == 5
    started = program("alert", "start", "prov", "--confirm-count", "5", "--hold", "0", "--json")
    assert started.code == 0, started.err
    incident = started.json["incident"]
    told = _awaited_handover(program, incident)
    assert list(told) == KEYS
    known = addresses(program)
    mails = Counter(address for mail in smtp.taken() for address in mail["to"])
    texts = Counter(text["to"] for text in sms.taken())
    assert mails == Counter(by["email"] for by in known.values() if "email" in by)
    assert texts == Counter(by["sms"] for by in known.values() if "sms" in by)
    assert {text["body"] for text in sms.taken()} == {
        message["text"] for message in preview["messages"] if message["channel"] == "sms"
    }
    assert sum(told["reach"].values()) == told["persons"] == 5
    (unreachable,) = [row for row in told["people"] if row["class"] == "not_reached"]
    assert (unreachable["person"], unreachable["reason"]) == ("ylva-nordin", "no_address")


def _awaited_handover(program: Program, incident: str) -> dict[str, Any]:
    """Look until nobody's message is still on its way to a provider, bounded."""
    for _ in range(60):
        told: dict[str, Any] = program("review", incident, "--format", "json").json
        reach = told["reach"]
        if reach["in_progress"] == 0:
            return told
    raise AssertionError("some messages never left")


def test_waiting_ends_with_the_alert_and_says_who_was_not_reached(
    live: tuple[Program, Provider, Provider],
) -> None:
    program, smtp, _ = live
    prov = program.workspace / "scenarios" / "prov.yaml"
    text = prov.read_text()
    head, _, rest = text.partition("  - id: sms")
    prov.write_text(head + rest[rest.index("  - id: email") :])
    program("scenario", "adopt", "prov", BEREDSKAP_OFFICER=ADOPTER)
    start = ("alert", "start", "prov", "--confirm-count", "5", "--hold", "0", "--wait")
    ended = program(*start, "--json")
    assert ended.code == 0, ended.err
    assert ended.json["reach"]["handed_over"] == 4
    assert len(smtp.taken()) == 4
    again = program(*start, "--fail-unreached", "--json")
    assert again.code == 1


def test_a_mail_server_that_refuses_us_is_told_in_a_sentence(
    live: tuple[Program, Provider, Provider], tmp_path: Path
) -> None:
    program, _, _ = live
    program("scenario", "adopt", "prov", BEREDSKAP_OFFICER=ADOPTER)
    prov = program.workspace / "scenarios" / "prov.yaml"
    head, _, rest = prov.read_text().partition("  - id: sms")
    prov.write_text(head + rest[rest.index("  - id: email") :])
    program("scenario", "adopt", "prov", BEREDSKAP_OFFICER=ADOPTER)
    start = ("alert", "start", "prov", "--confirm-count", "5", "--hold", "0", "--wait", "--quiet")
    (tmp_path / "refusing").mkdir()
    with running_provider("smtp_server", tmp_path / "refusing", "--refuses-login") as smtp:
        refused = {
            "BEREDSKAP_SMTP__PORT": smtp.address,
            "BEREDSKAP_SMTP__USERNAME": "larm",
            "BEREDSKAP_SMTP__PASSWORD": "a-wrong-secret",
        }
        doctor = program("doctor", **refused)
        ended = program(*start, **refused)
        assert smtp.taken() == []
    assert doctor.code == 5
    assert "BEREDSKAP_SMTP__PASSWORD" in doctor.out
    assert ended.code == 5, ended
    (sentence,) = ended.err.splitlines()
    assert "BEREDSKAP_SMTP__PASSWORD" in sentence
    assert "a-wrong-secret" not in doctor.out + ended.err
