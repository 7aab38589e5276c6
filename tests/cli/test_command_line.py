"""Options anywhere, one exit code for each kind of error, help for every command, pure JSON."""

from __future__ import annotations

import grp
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from beredskap import errors
from beredskap.cli.exit_codes import exit_code_of
from beredskap.cli.given import Given, OptionError, take_given

COMMANDS = [
    [], ["init"], ["check"], ["policy"], ["preview"], ["doctor"], ["db", "upgrade"],
    ["db", "check"],
    ["alert", "start"], ["alert", "list"], ["alert", "show"], ["alert", "pause"],
    ["alert", "resume"], ["alert", "stop"], ["alert", "close"], ["alert", "exclude"],
    ["alert", "add"], ["alert", "decide"], ["alert", "update"], ["alert", "false-alarm"],
    ["alert", "all-clear"], ["approve"], ["ack"], ["incident", "open"], ["incident", "diary"],
    ["note"], ["sheet"], ["privacy", "erase"], ["log"], ["review"], ["scenario", "list"],
    ["scenario", "show"], ["scenario", "adopt"], ["scenario", "restore"],
    ["contact", "list"], ["contact", "show"],
    ["template", "list"], ["template", "show"], ["template", "measure"], ["engine", "run"],
    ["engine", "status"], ["engine", "stop"], ["demo"],
]  # fmt: skip


def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run the program."""
    return subprocess.run(
        [sys.executable, "-m", "beredskap.cli", *arguments],
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help(command: list[str]) -> None:
    from typer.testing import CliRunner

    from beredskap.cli.commands import app

    told = CliRunner().invoke(app, [*command, "--help"])
    assert told.exit_code == 0
    assert "Usage: " in told.output


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UsageError, 2),
        (errors.ContentError, 3),
        (errors.RefusedError, 4),
        (errors.TransitionError, 4),
        (errors.ProviderError, 5),
        (errors.ConfigurationError, 5),
        (errors.EngineError, 5),
        (errors.LedgerError, 5),
        (errors.NotFoundError, 6),
    ],
)
def test_one_exit_code_for_each_kind_of_error(
    error: type[errors.BeredskapError], code: int
) -> None:
    assert exit_code_of(error("x")) == code


def test_options_stand_anywhere() -> None:
    wanted = Given(data=Path("w"), json=True, lang="en")
    for line in ("--data w --json --lang en check", "check --json --data=w --lang=en"):
        assert take_given(line.split()) == (wanted, ["check"])
    assert take_given(["note", "--", "--json"]) == (Given(), ["note", "--", "--json"])
    for line in ("--data", "--lang fi", "--lang"):
        with pytest.raises(OptionError):
            take_given(line.split())


def test_the_version_is_told_at_once() -> None:
    ended = run("--version")
    assert (ended.returncode, ended.stdout[:10], ended.stderr) == (0, "beredskap ", "")


def test_measuring_agrees_with_the_providers_own_calculator(shared_fixtures: Path) -> None:
    sample = shared_fixtures / "segments" / "twilio_segments_sample.jsonl"
    rows = [json.loads(line) for line in sample.read_text(encoding="utf-8").splitlines()]
    given = "".join(json.dumps(row["text"]) + "\n" for row in rows)
    told = [
        json.loads(line)
        for line in run("template", "measure", "--jsonl", given=given).stdout.splitlines()
    ]
    assert [(t["encoding"], t["segments"]) for t in told] == [
        (row["encoding"], row["segments"]) for row in rows
    ]
    assert {"encoding", "segments", "units", "lix"} <= set(told[0])


def test_json_stands_alone_on_stdout(tmp_path: Path) -> None:
    made = run("init", str(tmp_path / "w"), "--json")
    assert json.loads(made.stdout) == {"workspace": str(tmp_path / "w")}
    listed = run("--data", str(tmp_path / "w"), "alert", "list", "--json")
    assert (json.loads(listed.stdout), listed.stderr) == ({"incidents": []}, "")
    failed = run("--data", str(tmp_path / "w"), "alert", "show", "x9", "--json")
    assert (failed.returncode, failed.stdout) == (6, "")
    assert failed.stderr.count("\n") == 1


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    run("init", str(tmp_path / "w"))
    command = f"{sys.executable} -m beredskap.cli --data {tmp_path / 'w'} contact list | head -1"
    ended = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_shared_workspace_is_for_its_group_and_nobody_else(tmp_path: Path) -> None:
    group = grp.getgrgid(os.getegid()).gr_name
    assert run("init", str(tmp_path / "w"), "--group", group).returncode == 0
    assert run("--data", str(tmp_path / "w"), "alert", "list").returncode == 0
    folder = tmp_path / "w" / ".beredskap"
    assert oct(folder.stat().st_mode)[-4:] == "2770"
    assert oct((folder / "ledger.sqlite3").stat().st_mode)[-4:] == "0660"
    refused = run("init", str(tmp_path / "v"), "--group", "ingen-sadan-grupp")
    assert refused.returncode == 5


def test_a_workspace_of_ones_own_is_closed_to_others(tmp_path: Path) -> None:
    run("init", str(tmp_path / "w"))
    run("--data", str(tmp_path / "w"), "alert", "list")
    assert oct((tmp_path / "w" / ".beredskap").stat().st_mode)[-3:] == "700"
