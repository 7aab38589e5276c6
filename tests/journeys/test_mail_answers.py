"""An alert by mail, answered by mail: a real mail server out, a real mailbox in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.imap_server import PASSWORD, USER, Mailbox, running_dovecot
from tests.fakes.smtp_server import Mail, MailServer
from tests.journeys.program import Program
from tests.journeys.provstad import ADOPTER, live_environment, make_workspace

pytestmark = [pytest.mark.slow, pytest.mark.outside]
_PATIENCE_SECONDS = 40.0
_ASKING = """\
purpose: Prov
audience: internal
answers:
  - {key: "1", meaning: kommer}
  - {key: "2", meaning: kan inte, yes: false}
"""


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """Return a mailbox on a real server."""
    with running_dovecot() as box:
        yield box


def answer(mail: Mail, text: str, **headers: str) -> EmailMessage:
    """Return a reply as a person's mail program writes it."""
    ours = mail.message
    reply = EmailMessage()
    reply["From"], reply["To"] = mail.recipients[0], USER
    reply["Subject"] = f"Sv: {ours['Subject']}"
    reply["In-Reply-To"] = reply["References"] = ours["Message-ID"]
    reply["Received"] = f"from a by b; {format_datetime(datetime.now(UTC))}"
    for name, value in headers.items():
        reply[name.replace("_", "-")] = value
    quoted = "".join(f"> {line}\n" for line in mail.text.splitlines())
    reply.set_content(f"{text}\n\nDen 23 nov. 2026 skrev Larm:\n{quoted}")
    return reply


def people(program: Program, incident: str, wanted: dict[str, str]) -> dict[str, Any]:
    """Return the people as the review shows them, once these classes have come."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        shown = program("alert", "show", incident, "--json").json
        found = {row["person"]: row for row in shown["people"]}
        if all(found[person]["class"] == reach for person, reach in wanted.items()):
            return found
        assert time.monotonic() < deadline, {p: row["class"] for p, row in found.items()}
        time.sleep(0.5)


def test_a_mail_answered_by_its_reader_is_reached_and_one_answered_by_a_machine_is_not(
    tmp_path: Path, mailbox: Mailbox
) -> None:
    asked = ["lars-forsgren", "karin-sjoholm", "nadia-haddad"]
    workspace = make_workspace(tmp_path / "w", asked, channels=("email",), uncertain="ask")
    own = workspace / "scenarios" / "prov.yaml"
    own.write_text(own.read_text().replace("{rule: none}", "{rule: everyone}"))
    (workspace / "message_templates" / "prov-email" / "template.yaml").write_text(_ASKING)
    with MailServer() as server:
        program = Program(
            workspace,
            {
                **live_environment(str(server.port), "http://127.0.0.1:9"),
                "BEREDSKAP_IMAP__HOST": "127.0.0.1",
                "BEREDSKAP_IMAP__PORT": str(mailbox.port),
                "BEREDSKAP_IMAP__USERNAME": USER,
                "BEREDSKAP_IMAP__PASSWORD": PASSWORD,
                "BEREDSKAP_IMAP__SECURITY": "none",
            },
        )
        assert "Svar läses" in program("doctor").out or "Replies are read" in program("doctor").out
        assert program("scenario", "adopt", "prov", BEREDSKAP_OFFICER=ADOPTER).code == 0
        started = program("alert", "start", "prov", "--confirm-count", "3", "--hold", "0", "--json")
        assert started.code == 0, started.err
        incident = started.json["incident"]
        try:
            people(program, incident, dict.fromkeys(asked, "handed_over"))
            first, second, third = server.record.mails
            mailbox.put(answer(first, "1"))
            mailbox.put(answer(second, "1", Auto_Submitted="auto-replied"))
            mailbox.put(answer(third, "Vad menas?"))
            who = {row["person"]: row for row in _by_mail(workspace, first)}
            (answered,) = who
            found = people(program, incident, {answered: "acknowledged"})
            assert found[answered]["answer"]
            others = [row["class"] for person, row in found.items() if person != answered]
            assert others == ["handed_over", "handed_over"]
            log = program("log", incident).out
            assert "Vad menas?" in log
        finally:
            program("engine", "stop")


def _by_mail(workspace: Path, mail: Mail) -> list[dict[str, str]]:
    """Return the person of the lists whose address a mail went to."""
    from beredskap.library import read_workspace

    return [
        {"person": person.id}
        for person in read_workspace(workspace).directory.people.values()
        if mail.recipients[0] in [point.address for point in person.contact_points]
    ]
