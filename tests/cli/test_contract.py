"""What every command promises, asked of the program itself: help, one JSON object, pure stdout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import typer

from beredskap.library import copy_shipped
from tests.cli.test_command_line import COMMANDS

OFFICER = "lars-forsgren"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program as an officer."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BEREDSKAP_")}
    return subprocess.run(
        [sys.executable, "-m", "beredskap.cli", *arguments],
        env={**kept, "BEREDSKAP_OFFICER": OFFICER},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a shipped workspace with one open incident."""
    folder = tmp_path_factory.mktemp("contract") / "w"
    copy_shipped(folder)
    assert run("--data", str(folder), "incident", "open", "Prov").returncode == 0
    return str(folder)


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


def every_command() -> list[tuple[str, ...]]:
    """Return the words of every command the program has."""
    from beredskap.cli.commands import app

    return list(commands(typer.main.get_command(app)))


def test_no_command_is_forgotten_by_the_tests() -> None:
    assert sorted(every_command()) == sorted(tuple(words) for words in COMMANDS if words)


@pytest.mark.slow
def test_the_program_helps_with_every_command() -> None:
    asked = [(), *every_command()]
    with ThreadPoolExecutor(max_workers=4) as pool:
        told = list(pool.map(lambda words: run(*words, "--help"), asked))
    for words, ended in zip(asked, told, strict=True):
        assert (ended.returncode, ended.stderr) == (0, ""), words
        assert ended.stdout.startswith(f"Usage: {' '.join(['beredskap', *words])} "), words


def test_the_version_is_told_wherever_it_is_asked_for() -> None:
    for words in (["--version"], ["--lang", "sv", "--version"], ["check", "--version"]):
        ended = run(*words)
        assert (ended.returncode, ended.stderr) == (0, "")
        assert ended.stdout.startswith("beredskap ")


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("", {"running"}),
        ("check", {"problems", "counts"}),
        ("policy", {"rows", "counts", "caution"}),
        ("policy --row P5-20", {"rows", "counts", "caution"}),
        ("policy --row P9-99", None),
        ("doctor", {"ledger", "engine", "routes"}),
        ("preview elavbrott --fact x=1", None),
        ("alert list", {"incidents"}),
        ("alert show last", {"incident", "reach", "people"}),
        ("review last", {"incident", "reach", "people"}),
        ("review last --format json", {"incident", "reach", "people"}),
        ("log last", {"entries"}),
        ("log verify last", {"verdict", "count", "head"}),
        ("incident diary last 1/2026", {"done"}),
        ("note last Prov", {"done"}),
        ("db check", {"done"}),
        ("db upgrade", {"done"}),
        ("scenario list", {"scenarios"}),
        ("scenario show generisk", {"id", "title"}),
        ("contact list", {"people"}),
        ("contact show lars-forsgren", {"id", "name"}),
        ("template list", {"templates"}),
        ("template show generisk-personal", {"id", "sources"}),
        ("template measure Hej", {"encoding", "segments", "units", "lix"}),
        ("engine status", {"running", "pid"}),
        ("engine stop", {"stopped"}),
        ("alert show ingen", None),
        ("sheet last", {"incident", "people", "script"}),
        ("ack last", None),
        ("alert update last", None),
        ("approve ABC-DEF", None),
        ("alert false-alarm last --confirm-count 1", None),
        ("alert all-clear ingen", None),
        ("alert start generisk --confirm-count 1", None),
        ("scenario adopt generisk", None),
        ("scenario restore ingen", None),
        ("privacy erase ingen --incident last", None),
        ("check --fel", None),
    ],
)
def test_json_is_one_object_and_errors_leave_stdout_empty(
    workspace: str, words: str, keys: set[str] | None
) -> None:
    ended = run("--data", workspace, *words.split(), "--json")
    assert "Traceback" not in ended.stderr
    if keys is None:
        assert ended.returncode in range(2, 7)
        assert ended.stdout == ""
        (sentence,) = ended.stderr.splitlines()
        assert sentence.endswith(".")
    else:
        assert (ended.returncode, ended.stderr) == (0, "")
        assert keys <= set(json.loads(ended.stdout))


def test_options_may_stand_before_and_after_the_command(workspace: str) -> None:
    before = run("--json", "--lang", "en", "--data", workspace, "log", "last")
    after = run("log", "last", f"--data={workspace}", "--lang=en", "--json")
    between = run("--data", workspace, "log", "--lang", "en", "last", "--json")
    assert before.returncode == 0
    assert before.stdout == after.stdout == between.stdout
    swedish = run("log", "last", "--data", workspace, "--lang", "sv", "--json")
    assert json.loads(swedish.stdout) != json.loads(before.stdout)


def test_quiet_says_nothing_and_a_name_after_two_dashes_is_a_name(workspace: str) -> None:
    assert run("--data", workspace, "db", "check", "--quiet").stdout == ""
    noted = run("--data", workspace, "note", "last", "--", "--json")
    assert (noted.returncode, noted.stdout.strip()) == (0, "Klart.")


def test_the_workspace_is_the_folder_one_stands_in(workspace: str) -> None:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BEREDSKAP_")}
    ended = subprocess.run(
        [sys.executable, "-m", "beredskap.cli", "alert", "list", "--json"],
        cwd=Path(workspace),
        env=kept,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert len(json.loads(ended.stdout)["incidents"]) == 1


def test_check_counts_what_is_silenced_and_is_strict_where_asked(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    copy_shipped(folder)
    clean = run("--data", str(folder), "check", "--strict", "--json")
    assert clean.returncode == 0
    assert json.loads(clean.stdout)["counts"] == {"errors": 0, "warnings": 0, "silenced": 0}
    assert not (folder / ".beredskap").exists(), "looking at files makes no ledger"
    form = folder / "message_templates/generisk-personal/template.yaml"
    sms = folder / "message_templates/generisk-personal/sms.sv.j2"
    sms.write_text(sms.read_text(encoding="utf-8").replace("Svara", "Eventuellt svara"), "utf-8")
    assert run("--data", str(folder), "check").returncode == 0
    assert run("--data", str(folder), "check", "--strict").returncode == 1
    held = form.read_text(encoding="utf-8")
    form.write_text(
        f"{held}silenced: {{L08: Ordet är avsett, template.sms_parts: Det får kosta.}}\n"
    )
    told = run("--data", str(folder), "check", "--strict", "--json")
    assert told.returncode == 0, told.stdout
    assert json.loads(told.stdout)["counts"]["silenced"] >= 1
