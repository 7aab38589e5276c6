"""The sheet that is printed says its incident, so that it can be handed in by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from beredskap.cli.commands.answers import _named_in
from beredskap.cli.words import say
from tests.cli.test_contract import run, workspace

__all__ = ["workspace"]


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_head_of_a_sheet_names_its_incident(lang: str) -> None:
    head = say("sheet_head", lang, incident="20261123-1", title="Brand", count=3)
    assert _named_in(head) == "20261123-1"


def test_a_printed_sheet_can_be_handed_in_as_it_is(workspace: str, tmp_path: Path) -> None:
    printed = run("--data", workspace, "sheet", "last")
    assert (printed.returncode, printed.stderr) == (0, "")
    sheet = tmp_path / "lista.txt"
    sheet.write_text(printed.stdout, encoding="utf-8")
    taken = run("--data", workspace, "ack", "--sheet", str(sheet), "--lang", "en")
    assert (taken.returncode, taken.stderr) == (0, "")
    assert taken.stdout == "0 answers recorded.\n"


def test_a_line_with_a_wrong_code_is_named_and_the_answer_is_no(
    workspace: str, tmp_path: Path
) -> None:
    printed = run("--data", workspace, "sheet", "last").stdout
    sheet = tmp_path / "lista.txt"
    sheet.write_text(f"{printed}99Z kommer\n", encoding="utf-8")
    taken = run("--data", workspace, "ack", "--sheet", str(sheet))
    assert taken.returncode == 1
    assert "99Z" in taken.stderr


def test_a_sheet_that_is_no_text_or_of_no_incident_is_refused(
    workspace: str, tmp_path: Path
) -> None:
    binary = tmp_path / "lista.xlsx"
    binary.write_bytes(b"\xff\xfe\x00PK")
    assert run("--data", workspace, "ack", "--sheet", str(binary)).returncode == 2
    nameless = tmp_path / "lista.txt"
    nameless.write_text("1A kommer\n", encoding="utf-8")
    refused = run("--data", workspace, "ack", "--sheet", str(nameless))
    assert refused.returncode == 2
    assert "does not say its incident" in refused.stderr
