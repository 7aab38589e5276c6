"""The real program as a process, in a workspace of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fakes.processes import REPOSITORY


@dataclass(frozen=True, kw_only=True)
class Ended:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return the one JSON object on stdout."""
        return json.loads(self.out)


@dataclass
class Program:
    """The program in a workspace, with its settings in the environment."""

    workspace: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, **settings: str) -> Ended:
        """Run a command to its end."""
        return self._run(None, arguments, settings)

    def answers(self, given: str, *arguments: str, **settings: str) -> Ended:
        """Run a command to its end with lines on its standard input."""
        return self._run(given, arguments, settings)

    def _run(
        self, given: str | None, arguments: tuple[str, ...], settings: Mapping[str, str]
    ) -> Ended:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("BEREDSKAP_")}
        ended = subprocess.run(
            [sys.executable, "-m", "beredskap.cli", "--data", str(self.workspace), *arguments],
            env={**kept, "PYTHONPATH": str(REPOSITORY), **self.settings, **settings},
            stdin=subprocess.DEVNULL if given is None else None,
            input=given,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        return Ended(code=ended.returncode, out=ended.stdout, err=ended.stderr)
