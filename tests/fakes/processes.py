"""The fake providers as processes of their own, so that they outlive whoever is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parent.parent.parent
_START_SECONDS = 20.0


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A provider that runs: where it listens, and what it has taken."""

    address: str
    record: Path
    process: subprocess.Popen[bytes]

    def taken(self) -> list[dict[str, Any]]:
        """Return every message it took, oldest first."""
        if not self.record.exists():
            return []
        lines = self.record.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]


@contextmanager
def running_provider(
    module: str, folder: Path, *flags: str, delay_ms: int = 0
) -> Iterator[Provider]:
    """Run `tests.fakes.MODULE` until the block ends."""
    address, record = folder / f"{module}.address", folder / f"{module}.record"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", f"tests.fakes.{module}"),
            *("--port-file", str(address), "--record", str(record)),
            *("--delay-ms", str(delay_ms), *flags),
        ],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    try:
        yield Provider(address=_awaited(address, process), record=record, process=process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def _awaited(address: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if address.exists() and (text := address.read_text().strip()):
            return text
        if process.poll() is not None:
            raise AssertionError(f"the provider ended with {process.returncode}")
        time.sleep(0.02)
    raise AssertionError("the provider did not start")
