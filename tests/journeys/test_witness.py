"""A live alert from launch to close, witnessed by a mailbox on a real mail server."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from tests.fakes.smtp_server import MailServer
from tests.journeys.program import Program
from tests.journeys.provstad import ADOPTER, live_environment, make_workspace

pytestmark = pytest.mark.slow
MAILBOX = "loggbevis@arkivet.example"
_PATIENCE_SECONDS = 40.0


def heads(mail: MailServer, wanted: int) -> list[str]:
    """Return the chain heads the mailbox was told, once there are so many."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while len(mail.record.to(MAILBOX)) < wanted:
        assert time.monotonic() < deadline, "the witness was not told"
        time.sleep(0.2)
    found = [re.search(r"Kedjehuvud: ([0-9a-f]{64})", one.text) for one in mail.record.to(MAILBOX)]
    return [match[1] for match in found if match]


def test_the_head_in_the_last_mail_shows_that_the_exported_log_is_whole(tmp_path: Path) -> None:
    workspace = make_workspace(
        tmp_path / "w", ["lars-forsgren"], channels=("email",), uncertain="ask"
    )
    with MailServer() as mail:
        settings = live_environment(str(mail.port), "http://127.0.0.1:9")
        program = Program(workspace, {**settings, "BEREDSKAP_WITNESS_TO": MAILBOX})
        assert program("scenario", "adopt", "prov", BEREDSKAP_OFFICER=ADOPTER).code == 0
        started = program("alert", "start", "prov", "--confirm-count", "1", "--hold", "0", "--json")
        assert started.code == 0, started.err
        incident = started.json["incident"]
        try:
            (first,) = heads(mail, 1)
            program("alert", "stop", incident, "--reason", "provet är slut")
            assert program("alert", "close", incident).code == 0
            last = heads(mail, 2)[-1]
            log = tmp_path / "log.jsonl"
            log.write_text(program("log", "export", incident).out, encoding="utf-8")
            whole = program("log", "verify", str(log), "--head", last, "--json").json
            assert whole["verdict"] == "whole"
            earlier = program("log", "verify", str(log), "--head", first, "--json").json
            assert earlier["verdict"] == "consistent"
        finally:
            program("engine", "stop")
