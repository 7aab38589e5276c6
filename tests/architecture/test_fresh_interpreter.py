"""What a fresh interpreter has really imported, which no static check can promise."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from beredskap.library import copy_shipped
from beredskap.settings import STATE_FOLDER
from tests.architecture.checkout import REPOSITORY

HEAVY = {"textual", "twilio", "dbos", "sqlmodel", "pydantic"}
PROVIDERS = {"dbos", "twilio", "aiosmtplib", "imap_tools"}

RUN_COMMAND = """
import sys
sys.argv = ["beredskap", {option!r}]
from beredskap.cli.__main__ import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""

IMPORT_WHOLE_ROOM = """
import importlib, pkgutil
room = importlib.import_module("beredskap.{room}")
for module in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
    if not module.name.endswith(".__main__"):
        importlib.import_module(module.name)
"""

TELL_IMPORTED = """
import sys
print("imported:", *sys.modules)
"""


def imported_by(program: str, folder: Path) -> set[str]:
    """Return the top-level packages that a fresh interpreter has imported after a program."""
    told = subprocess.run(
        [sys.executable, "-c", program + TELL_IMPORTED],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    names = told.stdout.splitlines()[-1].removeprefix("imported: ").split()
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_a_question_about_the_program_pays_for_nothing_heavy(option: str, tmp_path: Path) -> None:
    assert not imported_by(RUN_COMMAND.format(option=option), tmp_path) & HEAVY


def test_the_package_itself_imports_nothing_outside_the_standard_library(tmp_path: Path) -> None:
    of_the_package = imported_by("import beredskap", tmp_path) - imported_by("", tmp_path)
    assert of_the_package - set(sys.stdlib_module_names) == {"beredskap"}


def test_the_screens_show_their_first_text_before_the_ledger_is_imported(tmp_path: Path) -> None:
    assert "sqlmodel" not in imported_by("import beredskap.tui", tmp_path)


@pytest.mark.parametrize("words", [["check"], ["scenario", "list"], ["template", "list"]])
def test_a_question_about_the_files_alone_does_not_wait_for_the_ledger(
    words: list[str], tmp_path: Path
) -> None:
    workspace = tmp_path / "workspace"
    copy_shipped(workspace)
    program = RUN_COMMAND.format(option="?").replace("'?'", ", ".join(map(repr, words)))
    assert "sqlmodel" not in imported_by(program, workspace)
    assert not (workspace / STATE_FOLDER).exists()


@pytest.mark.parametrize("room", ["tui", "desk", "library", "drills", "review", "readiness"])
def test_no_module_of_the_room_reaches_a_provider(room: str, tmp_path: Path) -> None:
    assert not imported_by(IMPORT_WHOLE_ROOM.format(room=room), tmp_path) & PROVIDERS


def test_the_package_under_test_is_the_checkout_in_child_interpreters_too(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import beredskap; print(beredskap.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(told.stdout.strip()).parent.parent == REPOSITORY
