"""`beredskap policy`: 92 rows, one row alone, both languages, and nothing opened or written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from beredskap.library import copy_shipped
from tests.cli.test_contract import run

ROW = re.compile(r"^P\d-\d\d  ", re.MULTILINE)
SWEDISH = re.compile(r"[åäö]")


@pytest.fixture(scope="module")
def unopened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a shipped workspace in which nothing has been done."""
    folder = tmp_path_factory.mktemp("policy") / "w"
    copy_shipped(folder)
    return folder


def test_the_sheet_shows_92_rows_and_says_what_a_pass_does_not_show(unopened: Path) -> None:
    told = run("--data", str(unopened), "policy")
    assert (told.returncode, told.stderr) == (0, "")
    assert len(ROW.findall(told.stdout)) == 92
    assert "92 rader: " in told.stdout
    assert told.stdout.splitlines()[-1].startswith("Att en rad är godkänd visar inte att policyn")
    assert not (unopened / ".beredskap").exists()


def test_the_sheet_is_english_throughout_when_asked_for(unopened: Path) -> None:
    told = run("--data", str(unopened), "policy", "--lang", "en", "--json")
    for row in json.loads(told.stdout)["rows"]:
        for key in ("section", "sentence", "question", "measure"):
            assert not SWEDISH.search(row[key] or ""), row
        if not row["lacking"]:
            assert not SWEDISH.search(row["evidence"]), row
    caution = run("--data", str(unopened), "policy", "--lang", "en").stdout.splitlines()[-1]
    assert caution.startswith("That a row passes does not show that the policy is met")


def test_the_rows_as_json_have_the_keys_and_values_of_the_contract(unopened: Path) -> None:
    rows = json.loads(run("--data", str(unopened), "policy", "--json").stdout)["rows"]
    assert len(rows) == 92
    results = {"pass", "fail", "manual", "measured", "unproven"}
    for row in rows:
        assert {"row", "section", "type", "result", "evidence"} <= set(row)
        assert row["result"] in results
        assert not ("C" in row["type"] and row["result"] == "manual")
        assert ("Q" in row["type"]) == bool(row["question"])


def test_one_row_is_told_whole_and_in_any_letter_case(unopened: Path) -> None:
    told = run("--data", str(unopened), "policy", "--row", "p5-20", "--lang", "en")
    assert ROW.findall(told.stdout) == ["P5-20  "]
    assert "Place in the policy: 5 Channels (C)" in told.stdout
    as_json = json.loads(run("--data", str(unopened), "policy", "--row=P5-20", "--json").stdout)
    assert [row["row"] for row in as_json["rows"]] == ["P5-20"]


def test_a_row_the_policy_does_not_have_is_not_found(unopened: Path) -> None:
    told = run("--data", str(unopened), "policy", "--row", "P9-01")
    assert (told.returncode, told.stdout) == (6, "")
    assert "P9-01" in told.stderr


def test_a_ledger_that_is_there_is_measured_and_a_bad_one_does_not_stop_the_sheet(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "w"
    copy_shipped(folder)
    assert run("--data", str(folder), "incident", "open", "Prov").returncode == 0
    told = run("--data", str(folder), "policy", "--row", "P1-19", "--json")
    (row,) = json.loads(told.stdout)["rows"]
    assert (row["result"], told.stderr) == ("measured", "")
    assert row["evidence"].startswith("Övningar i liggaren: 0, skarpa händelser: 1")
    (folder / ".beredskap" / "ledger.sqlite3").write_bytes(b"no database" * 1000)
    told = run("--data", str(folder), "policy", "--row", "P1-19", "--json")
    (row,) = json.loads(told.stdout)["rows"]
    assert (told.returncode, row["result"]) == (0, "unproven")
    assert told.stderr.count("\n") == 1
