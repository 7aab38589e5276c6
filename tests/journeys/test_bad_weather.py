"""What goes wrong is one clear sentence with the right exit code, and nothing is half done."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from beredskap.library import copy_shipped
from tests.journeys.program import Ended, Program
from tests.journeys.provstad import ADOPTER, OFFICER

pytestmark = pytest.mark.slow
FACTS = ("--fact", "enhet=eken", "--fact", "klockslag=14.05", "--fact", "nasta=15.00")
FIRE = (*FACTS, "--fact", "plats=Vasaparken", "--fact", "mote=14.30")
NOBODY = {
    "BEREDSKAP_SMTP__HOST": "127.0.0.1",
    "BEREDSKAP_SMTP__PORT": "9",
    "BEREDSKAP_SMTP__SECURITY": "none",
}


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    """Return the program in the shipped workspace, with an officer and no route out."""
    copy_shipped(tmp_path / "w")
    made = Program(tmp_path / "w", {"BEREDSKAP_OFFICER": OFFICER})
    yield made
    made("engine", "stop")


def refused(ended: Ended, code: int, *words: str) -> None:
    """Fail unless a command ended with a code and one sentence that holds these words."""
    assert ended.code == code, ended
    *problems, sentence = ended.err.splitlines()
    assert "Traceback" not in ended.err
    assert all(problem.count(":") for problem in problems)
    assert sentence.endswith((".", ")."))
    assert ended.out == ""
    for word in words:
        assert word in ended.err, f"'{word}' is not in: {ended.err}"


def nothing_was_done(program: Program) -> None:
    """Fail if an incident was opened."""
    assert program("alert", "list", "--json").json == {"incidents": []}


def start(program: Program, scenario: str, *more: str, count: int = 37, **settings: str) -> Ended:
    """Start an alert without a hold."""
    return program(
        "alert", "start", scenario, *more, "--confirm-count", str(count), "--hold", "0", **settings
    )


def test_a_wrong_count(program: Program) -> None:
    program("scenario", "adopt", "brand-forskola", BEREDSKAP_OFFICER=ADOPTER)
    refused(start(program, "brand-forskola", *FIRE, count=36), 4, "36", "37", "preview")
    nothing_was_done(program)


def test_facts_that_are_missing_or_unknown(program: Program) -> None:
    refused(start(program, "brand-forskola", "--fact", "enhet=eken"), 2, "klockslag", "missing")
    refused(start(program, "brand-forskola", *FIRE, "--fact", "x=1"), 2, "'x'")
    refused(start(program, "brand-forskola", *FIRE, "--fact", "y"), 2, "id=value")
    nothing_was_done(program)


def test_names_nobody_has(program: Program) -> None:
    refused(start(program, "branden", *FIRE), 6, "branden")
    refused(program("alert", "show", "20991231-1"), 6, "20991231-1")
    refused(program("contact", "show", "ingen"), 6, "ingen")
    refused(program("template", "show", "ingen"), 6, "ingen")


def test_a_broken_file_stops_only_its_own_scenario(program: Program) -> None:
    broken = program.workspace / "scenarios" / "elavbrott.yaml"
    broken.write_text(broken.read_text().replace("waves:", "waves: ["))
    refused(start(program, "elavbrott", count=1), 3, "scenarios/elavbrott.yaml")
    assert program("preview", "generisk", *FACTS, "--json").code == 0
    assert program("check").code == 1
    nothing_was_done(program)


def test_a_bad_number_in_the_list_stops_nothing_and_the_person_is_named(program: Program) -> None:
    people = program.workspace / "contact_lists" / "people.csv"
    people.write_text(people.read_text().replace("+46701740642", "0701"))
    preview = program("preview", "generisk", *FACTS, "--json").json
    assert {"person": "emil-rydberg", "reason": "bad_number"} in preview["unreachable"]
    started = start(program, "generisk", *FACTS, "--json", count=preview["persons"])
    assert started.code == 0, started.err
    rows = {row["person"]: row["reason"] for row in started.json["people"]}
    assert rows["emil-rydberg"] == "bad_number"


def test_what_nobody_has_adopted_is_not_sent_live_but_generisk_may(program: Program) -> None:
    refused(start(program, "brand-forskola", *FIRE), 4, "adopt", "generisk")
    nothing_was_done(program)
    count = program("preview", "generisk", *FACTS, "--json").json["persons"]
    assert start(program, "generisk", *FACTS, count=count).code == 0


def test_who_may_not(program: Program) -> None:
    unknown = start(program, "generisk", *FACTS, BEREDSKAP_OFFICER="ingen")
    refused(unknown, 4, "ingen", "officers.yaml")
    unlisted = start(program, "generisk", *FACTS, count=46, BEREDSKAP_OFFICER=ADOPTER)
    refused(unlisted, 4, "launch")
    nothing_was_done(program)


def test_wrong_words_on_the_command_line(program: Program) -> None:
    for words in (["alert", "start"], ["--okänd"], ["alert", "starta"], ["check", "--fel"]):
        ended = program(*words)
        assert ended.code == 2
        assert ended.out == ""
        assert "Traceback" not in ended.err
    refused(program("check", "--lang", "fi"), 2, "--lang")


def test_settings_that_are_wrong(program: Program) -> None:
    refused(program("check", BEREDSKAP_SMTP__PORT="tio"), 5, "BEREDSKAP_SMTP__PORT")
    (program.workspace / "beredskap.toml").write_text("okand = 1\n")
    refused(program("check"), 5, "okand", "beredskap.toml")
    (program.workspace / "beredskap.toml").write_text("[smtp\n")
    refused(program("check"), 5, "beredskap.toml")


def test_a_provider_nobody_answers_at(program: Program) -> None:
    doctor = program("doctor", **NOBODY)
    assert doctor.code == 5
    assert "BEREDSKAP_SMTP__HOST" in doctor.out


def test_a_workspace_that_is_not_there(tmp_path: Path) -> None:
    refused(Program(tmp_path / "ingen")("alert", "list"), 5, "init")


def test_ledgers_that_cannot_be_used(program: Program) -> None:
    assert program("alert", "list").code == 0
    ledger = program.workspace / ".beredskap" / "ledger.sqlite3"
    kept = ledger.read_bytes()
    ledger.write_bytes(b"this is not a database" * 1000)
    refused(program("alert", "list"), 5, "damaged")
    ledger.write_bytes(kept)
    for stale in ledger.parent.glob("ledger.sqlite3-*"):
        stale.unlink()
    import sqlite3

    with sqlite3.connect(ledger) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    refused(program("alert", "list"), 5, "newer")


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


def test_a_full_disk(program: Program, tmp_path: Path) -> None:
    count = program("preview", "generisk", *FACTS, "--json").json["persons"]
    folder = tmp_path / "small"
    folder.mkdir()
    with small_disk(folder, "size=3m"):
        copy_shipped(folder / "w")
        full = Program(folder / "w", program.settings)
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
