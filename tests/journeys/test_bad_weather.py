"""What goes wrong is one clear sentence with the right exit code, and nothing is half done."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from beredskap.library import copy_shipped
from tests.fakes.processes import Provider, running_provider
from tests.fakes.sms_gateway import ACCOUNT, NUMBER
from tests.journeys.program import Ended, Program
from tests.journeys.provstad import ADOPTER, OFFICER, live_environment

pytestmark = pytest.mark.slow
FACTS = ("--fact", "enhet=eken", "--fact", "klockslag=14.05", "--fact", "nasta=15.00")
FIRE = (*FACTS, "--fact", "plats=Vasaparken", "--fact", "mote=14.30")
NOWHERE = "9"
"""A port that nothing listens on."""


@dataclass
class Watched(Program):
    """The program with live routes to servers that are watched."""

    providers: tuple[Provider, ...] = ()

    def __post_init__(self) -> None:
        """Note what the servers had before."""
        self._before = self._taken()

    def sent(self) -> int:
        """Return how many messages have left."""
        return self._taken() - self._before

    def _taken(self) -> int:
        return sum(len(provider.taken()) for provider in self.providers)


@pytest.fixture(scope="module")
def providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Provider, Provider]]:
    """Return a mail server and an SMS gateway for all tests of this file."""
    folder = tmp_path_factory.mktemp("servers")
    with (
        running_provider("smtp_server", folder) as smtp,
        running_provider("sms_gateway", folder) as sms,
    ):
        yield smtp, sms


@pytest.fixture
def program(tmp_path: Path, providers: tuple[Provider, Provider]) -> Iterator[Watched]:
    """Return the program in the shipped workspace, with an officer and live routes."""
    copy_shipped(tmp_path / "w")
    settings = live_environment(providers[0].address, providers[1].address)
    made = Watched(tmp_path / "w", {**settings, "BEREDSKAP_OFFICER": OFFICER}, providers)
    yield made
    made("engine", "stop")


def refused(ended: Ended, code: int, *words: str) -> None:
    """Fail unless a command ended with a code and one sentence that holds these words."""
    assert ended.code == code, ended
    assert ended.out == ""
    assert "Traceback" not in ended.err
    (sentence,) = ended.err.splitlines()
    assert sentence.endswith(".")
    for word in words:
        assert word in sentence, f"'{word}' is not in: {sentence}"


def nothing_was_done(program: Watched) -> None:
    """Fail if an incident was opened, an engine started, or anything has left."""
    assert program("alert", "list", "--json").json == {"incidents": []}
    assert program("engine", "status", "--json").json == {"running": False, "pid": None}
    assert program.sent() == 0


def sent_within(program: Watched, seconds: float) -> None:
    """Wait until something has left, bounded."""
    deadline = time.monotonic() + seconds
    while not program.sent():
        assert time.monotonic() < deadline, "nothing has left"
        time.sleep(0.1)


def start(program: Program, scenario: str, *more: str, count: int = 37, **settings: str) -> Ended:
    """Start an alert without a hold."""
    return program(
        "alert", "start", scenario, *more, "--confirm-count", str(count), "--hold", "0", **settings
    )


def test_a_wrong_count(program: Watched) -> None:
    program("scenario", "adopt", "brand-forskola", BEREDSKAP_OFFICER=ADOPTER)
    refused(start(program, "brand-forskola", *FIRE, count=36), 4, "36", "37", "preview")
    nothing_was_done(program)


def test_facts_that_are_missing_or_unknown(program: Watched) -> None:
    refused(start(program, "brand-forskola", "--fact", "enhet=eken"), 2, "klockslag", "missing")
    refused(start(program, "brand-forskola", *FIRE, "--fact", "x=1"), 2, "'x'")
    refused(start(program, "brand-forskola", *FIRE, "--fact", "y"), 2, "id=value")
    nothing_was_done(program)


def test_names_nobody_has(program: Watched) -> None:
    refused(start(program, "branden", *FIRE), 6, "branden")
    refused(program("preview", "branden"), 6, "branden")
    refused(program("alert", "stop", "20991231-1"), 6, "20991231-1")
    refused(program("alert", "show", "20991231-1"), 6, "20991231-1")
    refused(program("contact", "show", "ingen"), 6, "ingen")
    refused(program("template", "show", "ingen"), 6, "ingen")
    nothing_was_done(program)


def test_a_broken_file_stops_only_its_own_scenario(program: Watched) -> None:
    broken = program.workspace / "scenarios" / "elavbrott.yaml"
    broken.write_text(broken.read_text().replace("waves:", "waves: ["))
    refused(start(program, "elavbrott", count=1), 3, "scenarios/elavbrott.yaml")
    refused(program("preview", "elavbrott"), 3, "scenarios/elavbrott.yaml", "line")
    assert program("check").code == 1
    nothing_was_done(program)
    count = program("preview", "generisk", *FACTS, "--json").json["persons"]
    started = start(program, "generisk", *FACTS, count=count)
    assert (started.code, started.err) == (0, "")


def test_a_bad_number_in_the_list_stops_nothing_and_the_person_is_named(program: Watched) -> None:
    people = program.workspace / "contact_lists" / "people.csv"
    people.write_text(people.read_text().replace("+46701740642", "0701"))
    preview = program("preview", "generisk", *FACTS, "--json").json
    assert {"person": "emil-rydberg", "reason": "bad_number"} in preview["unreachable"]
    started = start(program, "generisk", *FACTS, "--json", count=preview["persons"])
    assert started.code == 0, started.err
    rows = {row["person"]: row["reason"] for row in started.json["people"]}
    assert rows["emil-rydberg"] == "bad_number"
    sent_within(program, 20.0)


def test_what_nobody_has_adopted_is_not_sent_live_but_generisk_may(program: Watched) -> None:
    refused(start(program, "brand-forskola", *FIRE), 4, "adopt", "generisk")
    nothing_was_done(program)
    count = program("preview", "generisk", *FACTS, "--json").json["persons"]
    assert start(program, "generisk", *FACTS, count=count).code == 0


def test_who_may_not(program: Watched) -> None:
    unknown = start(program, "generisk", *FACTS, BEREDSKAP_OFFICER="ingen")
    refused(unknown, 4, "ingen", "officers.yaml")
    unlisted = start(program, "generisk", *FACTS, count=46, BEREDSKAP_OFFICER=ADOPTER)
    refused(unlisted, 4, "launch")
    nothing_was_done(program)


@pytest.mark.parametrize(
    "words",
    [
        "alert",
        "alert start",
        "alert starta",
        "alert start generisk --confirm-count många",
        "alert start generisk --confirm-count 1 --okänd",
        "--okänd",
        "check --fel",
        "check --lang fi",
        "log verify --data",
    ],
)
def test_wrong_words_on_the_command_line(program: Watched, words: str) -> None:
    ended = program(*words.split())
    refused(ended, 2)


def test_settings_that_are_wrong(program: Watched) -> None:
    refused(program("doctor", BEREDSKAP_SMTP__PORT="tio"), 5, "BEREDSKAP_SMTP__PORT")
    (program.workspace / "beredskap.toml").write_text("okand = 1\n")
    refused(program("doctor"), 5, "okand", "beredskap.toml")
    (program.workspace / "beredskap.toml").write_text("[smtp\n")
    refused(program("doctor"), 5, "beredskap.toml")


def test_providers_nobody_answers_at(program: Watched) -> None:
    ready = program("doctor", "--json")
    assert (ready.code, [r["ready"] for r in ready.json["routes"]]) == (0, [True, True])
    for option, route in (
        ({"BEREDSKAP_SMTP__PORT": NOWHERE}, "smtp"),
        ({"BEREDSKAP_TWILIO__BASE_URL": f"http://127.0.0.1:{NOWHERE}"}, "twilio"),
    ):
        doctor = program("doctor", "--json", **option)
        assert (doctor.code, doctor.err) == (5, "")
        (bad,) = [row for row in doctor.json["routes"] if not row["ready"]]
        assert bad["route"].startswith(route)
        assert bad["text"].endswith(".")
        assert bad["text"] in program("doctor", **option).out
    assert program.sent() == 0


def test_an_account_without_its_secret(tmp_path: Path) -> None:
    copy_shipped(tmp_path / "w")
    half = Program(
        tmp_path / "w",
        {"BEREDSKAP_TWILIO__ACCOUNT_SID": ACCOUNT, "BEREDSKAP_TWILIO__FROM_NUMBER": NUMBER},
    )
    refused(half("doctor"), 5, "BEREDSKAP_TWILIO__AUTH_TOKEN")


def test_a_workspace_that_is_not_there(tmp_path: Path) -> None:
    refused(Program(tmp_path / "ingen")("alert", "list"), 5, "init")


def test_ledgers_that_cannot_be_used(program: Watched) -> None:
    assert program("alert", "list").code == 0
    ledger = program.workspace / ".beredskap" / "ledger.sqlite3"
    kept = ledger.read_bytes()
    ledger.write_bytes(b"this is not a database" * 1000)
    refused(program("alert", "list"), 5, "damaged")
    refused(start(program, "generisk", *FACTS), 5, "damaged")
    ledger.write_bytes(kept)
    for stale in ledger.parent.glob("ledger.sqlite3-*"):
        stale.unlink()
    with closing(sqlite3.connect(ledger)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for command in (["alert", "list"], ["db", "check"], ["db", "upgrade"], ["engine", "run"]):
        refused(program(*command), 5, "newer")


@contextmanager
def small_disk(folder: Path, options: str) -> Iterator[None]:
    """Mount a disk of its own on a folder until the block ends, or skip where that is not ours."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("a disk of its own can be mounted by root only")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk(program: Watched, tmp_path: Path) -> None:
    count = program("preview", "generisk", *FACTS, "--json").json["persons"]
    folder = tmp_path / "small"
    folder.mkdir()
    with small_disk(folder, "size=9m"):
        copy_shipped(folder / "w")
        full = Watched(folder / "w", program.settings, program.providers)
        assert full("alert", "list").code == 0
        left = os.statvfs(folder)
        (folder / "fyllning").write_bytes(b"x" * (left.f_bavail * left.f_frsize - 8192))
        ended = start(full, "generisk", *FACTS, count=count)
        refused(ended, 5, "full")
        (folder / "fyllning").unlink()
        nothing_was_done(full)


def test_a_workspace_that_cannot_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "fixed"
    folder.mkdir()
    with small_disk(folder, "size=9m"):
        copy_shipped(folder / "w")
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        fixed = Program(folder / "w", {"BEREDSKAP_OFFICER": OFFICER})
        refused(start(fixed, "generisk", *FACTS), 5, "write")
        assert fixed("check").code == 0
        assert fixed("template", "measure", "Hej").code == 0
