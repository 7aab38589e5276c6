"""The floors of the house, as import-linter sees them."""

from __future__ import annotations

import subprocess
import sys

from tests.architecture.checkout import REPOSITORY


def test_every_room_imports_only_what_its_floor_allows() -> None:
    linted = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
            "--no-logo",
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert "0 broken" in linted.stdout
