from __future__ import annotations

import subprocess
import sys

import pytest

FORBIDDEN = ("twilio", "aiosmtplib", "dbos", "imap_tools", "textual", "typer")


@pytest.mark.parametrize("room", ["beredskap.desk", "beredskap.review"])
def test_a_fresh_interpreter_reaches_no_provider_and_no_terminal(room: str) -> None:
    """The floors are checked on paper elsewhere; this looks at what was really imported."""
    script = f"import {room}, sys; print(' '.join(sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    imported = set(run.stdout.split())
    assert not imported & set(FORBIDDEN)
    assert not any(name.startswith("beredskap.dispatch") for name in imported)
    assert not any(name.startswith("beredskap.channels") for name in imported)
