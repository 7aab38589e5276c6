"""The shipped fire alert, live: what the servers took is held against the plan, person by person.

The ledger's clock runs some times faster than life, so that every wave opens within the test.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from beredskap.clock import SystemClock
from beredskap.domain.channel import Channel
from beredskap.domain.incident import IncidentMode
from beredskap.domain.message import TOKEN_MARKER
from beredskap.domain.plan import Plan, plan_waves
from beredskap.library import Content, check_facts, copy_shipped, freeze_bodies, read_workspace
from beredskap.wiring import open_house, set_pace
from tests.fakes.processes import Provider, running_provider
from tests.fakes.smtp_server import MailServer
from tests.journeys.program import Ended, Program
from tests.journeys.provstad import ADOPTER, live_environment

pytestmark = pytest.mark.slow
SCENARIO = "brand-forskola"
FACTS = {
    "enhet": "eken",
    "klockslag": "14.05",
    "plats": "Vasaparken",
    "mote": "14.30",
    "nasta": "15.00",
}
GIVEN = [word for name, value in FACTS.items() for word in ("--fact", f"{name}={value}")]
REVIEW_KEYS = [
    "incident", "mode", "scenario", "status", "persons", "reach", "people", "cascades", "times",
]  # fmt: skip
REACH_KEYS = [
    "acknowledged", "delivered", "handed_over", "uncertain", "in_progress", "not_reached",
]  # fmt: skip
PERSON_KEYS = ["person", "name", "class", "channel", "at", "attempts", "reason", "answer"]
TIMES_KEYS = ["launched", "first_send", "p50_ack", "p90_ack", "completed"]
PACE = 5
"""The last wave opens after 24 real seconds, the first reminder is due after 36."""
_PATIENCE_SECONDS = 34.0

Message = tuple[Channel, str, str]
"""Channel, address and text."""


@dataclass
class Alarmed:
    """A live workspace and the servers it sends to."""

    program: Program
    mail: MailServer
    sms: Provider

    @property
    def content(self) -> Content:
        """Return what lies in the workspace."""
        return read_workspace(self.program.workspace)

    def adopt(self, scenario: str) -> None:
        """Adopt a scenario."""
        adopted = self.program("scenario", "adopt", scenario, BEREDSKAP_OFFICER=ADOPTER)
        assert adopted.code == 0, adopted.err

    def taken(self) -> Counter[Message]:
        """Return every message the servers have, with how often they have it."""
        mails = [
            (Channel.EMAIL, to, mail.text)
            for mail in self.mail.record.mails
            for to in mail.recipients
        ]
        texts = [(Channel.SMS, text["to"], text["body"]) for text in self.sms.taken()]
        return Counter([*mails, *texts])


@pytest.fixture
def alarmed(tmp_path: Path) -> Iterator[Alarmed]:
    """Return a live workspace; its engine is stopped at the end."""
    copy_shipped(tmp_path / "w")
    with MailServer() as mail, running_provider("sms_gateway", tmp_path) as sms:
        program = Program(tmp_path / "w", live_environment(str(mail.port), sms.address))
        try:
            yield Alarmed(program, mail, sms)
        finally:
            program("engine", "stop")


def hasten(workspace: Path) -> None:
    """Let the ledger's clock run faster."""
    house = open_house(workspace)
    set_pace(house, PACE)
    house.ledger.close()


def planned(content: Content) -> tuple[Plan, Counter[Message]]:
    """Return the plan of the fire alert, and the first message of every delivery in it."""
    scenario, directory = content.scenarios[SCENARIO], content.directory
    facts = check_facts(scenario, directory, FACTS)
    live = IncidentMode.LIVE
    now = SystemClock().now()
    plan = plan_waves(scenario, directory, content.templates, facts, now, mode=live)
    expected: Counter[Message] = Counter()
    for wave in plan.waves:
        template = content.templates[wave.wave.template]
        bodies = freeze_bodies(template, scenario, directory, facts, live)
        for delivery in wave.deliveries:
            if delivery.points:
                point = delivery.points[0]
                body = bodies[point.channel, point.language]
                assert TOKEN_MARKER not in body.text
                text = "\n".join(body.text.strip().splitlines())
                expected[point.channel, point.address, text] += 1
    return plan, expected


def _go_betweens(content: Content) -> set[str]:
    """Return the addresses of those who also take the messages of a protected person."""
    people = content.directory.people
    between = [people[p.go_between] for p in people.values() if p.is_protected and p.go_between]
    return {point.address for person in between for point in person.contact_points}


def told_at_once(plan: Plan) -> list[str]:
    """Return whom the waves tell that open with the alert, once for each message."""
    opened = [wave for wave in plan.waves if not wave.wave.opening.after_seconds]
    return [d.person for wave in opened for d in wave.deliveries if d.points]


def awaited(alarmed: Alarmed, messages: int) -> None:
    """Wait until the servers have so many messages, bounded."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while alarmed.taken().total() < messages:
        assert time.monotonic() < deadline, f"{alarmed.taken().total()} of {messages} came"
        time.sleep(0.2)


def launch(alarmed: Alarmed) -> tuple[dict[str, Any], str]:
    """Preview and start the fire alert; return the preview and the incident."""
    alarmed.adopt(SCENARIO)
    preview = alarmed.program("preview", SCENARIO, *GIVEN, "--json").json
    started = alarmed.program(
        *("alert", "start", SCENARIO, *GIVEN, "--confirm-count", str(preview["persons"])),
        *("--hold", "0", "--json"),
    )
    assert started.code == 0, started.err
    return preview, started.json["incident"]


def test_every_wave_goes_to_everybody_planned_exactly_once_as_previewed(alarmed: Alarmed) -> None:
    hasten(alarmed.program.workspace)
    plan, expected = planned(alarmed.content)
    preview, incident = launch(alarmed)
    assert preview["persons"] == plan.persons == 37
    awaited(alarmed, expected.total())
    shown = alarmed.program("alert", "show", incident, "--json").json
    assert alarmed.program("alert", "stop", incident, "--reason", "provet är slut").code == 0
    taken = alarmed.taken()
    assert taken == expected
    repeated = {address for (_, address, _), count in taken.items() if count > 1}
    assert repeated <= _go_betweens(alarmed.content), "somebody was told twice"
    assert max(taken.values()) <= 2
    previewed = {
        (Channel(message["channel"]), "\n".join(message["text"].strip().splitlines()))
        for message in preview["messages"]
    }
    assert {(channel, text) for channel, _, text in taken} <= previewed
    told = {row["person"]: row for row in shown["people"]}
    for row in preview["unreachable"]:
        assert told[row["person"]]["class"] == "not_reached"
        assert told[row["person"]]["reason"] == row["reason"]
        assert told[row["person"]]["attempts"] == 0
    addressed = {d.person for w in plan.waves for d in w.deliveries if d.points}
    assert len(addressed) + len(preview["unreachable"]) == plan.persons


def test_the_review_has_its_keys_and_its_classes_add_up(alarmed: Alarmed) -> None:
    plan, _ = planned(alarmed.content)
    _, incident = launch(alarmed)
    awaited(alarmed, len(told_at_once(plan)))
    shown = _out_of_progress(alarmed, incident, set(told_at_once(plan)))
    for told in (
        shown,
        alarmed.program("review", incident, "--json").json,
        alarmed.program("--json", "review", "last").json,
    ):
        assert list(told) == REVIEW_KEYS
        assert list(told["reach"]) == REACH_KEYS
        assert list(told["times"]) == TIMES_KEYS
        assert all(list(row) == PERSON_KEYS for row in told["people"])
        assert sum(told["reach"].values()) == told["persons"] == plan.persons == 37
        classes = Counter(row["class"] for row in told["people"])
        assert classes == Counter({k: n for k, n in told["reach"].items() if n})
        assert (told["incident"], told["mode"], told["status"]) == (incident, "live", "open")


def _out_of_progress(alarmed: Alarmed, incident: str, people: set[str]) -> dict[str, Any]:
    """Look until what became of everybody whom an open wave tells is known, bounded."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        shown: dict[str, Any] = alarmed.program("alert", "show", incident, "--json").json
        moving = {row["person"] for row in shown["people"] if row["class"] == "in_progress"}
        if not moving & people:
            return shown
        assert time.monotonic() < deadline, f"in progress: {sorted(moving & people)}"


def test_the_log_is_exported_and_shows_what_was_changed(alarmed: Alarmed, tmp_path: Path) -> None:
    plan, _ = planned(alarmed.content)
    _, incident = launch(alarmed)
    awaited(alarmed, len(told_at_once(plan)))
    alarmed.program("alert", "stop", incident, "--reason", "provet är slut")
    file = tmp_path / "log.jsonl"
    program = alarmed.program
    assert program("log", "export", incident, "--out", str(file)).code == 0
    assert program("log", "export", incident).out == file.read_text(encoding="utf-8")
    assert "+4670" not in file.read_text(encoding="utf-8")
    alone = program("log", "verify", str(file), "--json")
    assert (alone.code, alone.json["verdict"]) == (0, "consistent")
    whole = program("log", "verify", str(file), "--head", alone.json["head"], "--json")
    assert (whole.code, whole.json["verdict"]) == (0, "whole")
    elsewhere = program("log", "verify", str(file), "--head", "0" * 64, "--json")
    assert (elsewhere.code, elsewhere.json["verdict"]) == (1, "broken")
    lines = file.read_bytes().splitlines(keepends=True)
    for spoilt in _spoilt(lines):
        file.write_bytes(b"".join(spoilt))
        broken = program("log", "verify", str(file), "--json")
        assert (broken.code, broken.json["verdict"]) == (1, "broken")
    file.write_bytes(b"".join(lines))
    assert _said(program("log", "verify", str(file)))


def _spoilt(lines: list[bytes]) -> Iterator[list[bytes]]:
    """Yield a log with one digit changed, with two lines swapped, and with one dropped."""
    middle = len(lines) // 2
    digit = re.compile(rb"\d")
    changed = digit.sub(lambda found: b"%d" % (9 - int(found[0])), lines[middle], count=1)
    yield [*lines[:middle], changed, *lines[middle + 1 :]]
    yield [*lines[:1], lines[2], lines[1], *lines[3:]]
    yield [*lines[:middle], *lines[middle + 1 :]]


def _said(ended: Ended) -> bool:
    """Say whether a command ended well, with a sentence and nothing on stderr."""
    return ended.code == 0 and ended.err == "" and ended.out.rstrip().endswith(".")


PROV = """\
title: Prov
purpose: Ett prov av vägen ut.
category: Other
level: grön
owner_role: stabschef
reviewed: 2026-11-01
review_interval_days: 3650
waves:
  - id: alla
    title: Tre personer
    template: prov
    audience: {people: [karin-sjoholm, sara-nystrom, lars-forsgren]}
    acknowledgement: {rule: none}
    minutes_allowed: 1
update: prov
false_alarm: prov
all_clear: prov
"""


def test_waiting_ends_at_once_when_everything_is_handed_over(alarmed: Alarmed) -> None:
    workspace = alarmed.program.workspace
    (workspace / "scenarios" / "prov.yaml").write_text(PROV, encoding="utf-8")
    template = workspace / "message_templates" / "prov"
    template.mkdir()
    (template / "template.yaml").write_text("purpose: Prov\naudience: internal\n", encoding="utf-8")
    (template / "email.sv.j2").write_text("Subject: Prov\n\nEtt prov.\n", encoding="utf-8")
    alarmed.adopt("prov")
    start = ("alert", "start", "prov", "--confirm-count", "3", "--hold", "0", "--wait", "--json")
    ended = alarmed.program(*start)
    assert (ended.code, ended.err) == (0, "")
    assert ended.json["reach"]["handed_over"] == ended.json["persons"] == 3
    assert ended.json["times"]["completed"] is not None
    assert sorted(to for _, to, _ in alarmed.taken()) == [
        "karin.sjoholm@norrmalm.example",
        "lars.forsgren@norrmalm.example",
        "sara.nystrom@norrmalm.example",
    ]
    again = alarmed.program(*start, "--fail-unreached")
    assert (again.code, again.err) == (1, "")
    assert again.json["reach"]["handed_over"] == 3
    assert alarmed.taken().total() == 6
