"""What the README's first command shows, and that its figures need not be believed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.processes import REPOSITORY
from tests.journeys.program import Program

pytestmark = pytest.mark.slow
CLASSES = ["acknowledged", "delivered", "handed_over", "uncertain", "in_progress", "not_reached"]


@pytest.fixture(scope="module")
def drilled(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """Return the workspace of a demonstration that has run."""
    folder = tmp_path_factory.mktemp("demo") / "drill"
    program = Program(folder)
    ended = Program(REPOSITORY)("demo", "--keep", str(folder), "--lang", "en")
    assert ended.code == 0, ended.err
    assert ended.out.startswith("DRILL: an exercise with simulated people")
    assert "The clock runs 60 times faster than life." in ended.out.splitlines()[0] + ended.out
    return program


def test_every_class_a_deputy_and_a_skipped_person_appear(drilled: Program) -> None:
    told = drilled("review", "last", "--format", "json").json
    assert list(told["reach"]) == CLASSES
    assert min(told["reach"].values()) >= 1
    assert sum(told["reach"].values()) == told["persons"] == len(told["people"])
    log = drilled("log", "last", "--json").out
    assert '"kind": "deputy_promoted"' in log
    skipped = [row for row in told["people"] if row["reason"] == "on_leave"]
    assert [row["class"] for row in skipped] == ["not_reached"]


def test_the_engine_it_started_is_stopped(drilled: Program) -> None:
    assert drilled("engine", "status", "--json").json == {"running": False, "pid": None}


def test_the_readmes_script_recomputes_the_review_from_the_log(
    drilled: Program, tmp_path: Path
) -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    script = tmp_path / "recompute.py"
    found = re.search(r"```python\n(.*?)```", readme, flags=re.DOTALL)
    assert found is not None
    script.write_text(found[1], encoding="utf-8")
    log = drilled("log", "export", "last").out
    ended = subprocess.run(
        [sys.executable, str(script)], input=log, capture_output=True, text=True, check=True
    )
    told = drilled("review", "last", "--format", "json").json
    assert ended.stdout == f"{_as_json({'persons': told['persons'], **told['reach']})}\n"


def _as_json(value: object) -> str:
    import json

    return json.dumps(value)


def test_the_exported_log_verifies_and_an_edited_one_does_not(
    drilled: Program, tmp_path: Path
) -> None:
    file = tmp_path / "log.jsonl"
    assert drilled("log", "export", "last", "--out", str(file)).code == 0
    told = drilled("log", "verify", str(file), "--json")
    assert (told.code, told.json["verdict"]) == (0, "consistent")
    whole = drilled("log", "verify", str(file), "--head", told.json["head"], "--json")
    assert (whole.code, whole.json["verdict"]) == (0, "whole")
    file.write_text(file.read_text().replace('"acknowledged"', '"delivered"', 1))
    broken = drilled("log", "verify", str(file), "--json")
    assert (broken.code, broken.json["verdict"]) == (1, "broken")
