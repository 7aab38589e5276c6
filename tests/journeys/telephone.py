"""The program on a terminal of a telephone: 40 columns, 20 lines, lines in and lines out."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fakes.processes import REPOSITORY

COLUMNS, LINES = 40, 20
_PATIENCE_SECONDS = 40.0
CTRL_D = b"\x04"


class Terminal:
    """Types answers and reads what is written."""

    def __init__(self, process: subprocess.Popen[bytes], number: int) -> None:
        """Take the running program and our end of its terminal."""
        self._process, self._number = process, number
        self._came = b""
        self._read_to = 0

    @property
    def text(self) -> str:
        """Return everything written so far."""
        return self._came.decode("utf-8", errors="replace").replace("\r\n", "\n")

    def reads(self, *words: str) -> str:
        """Wait until every one of the words stands in what is new, in order; return what is new."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while (end := self._end_of(words)) is None:
            assert time.monotonic() < deadline, f"{words} never came:\n{self._new()}"
            assert self._take(0.1), f"the program ended before {words}:\n{self._new()}"
        new = self._new()[:end]
        self._read_to += end
        return new

    def reads_any(self, *words: str) -> str:
        """Wait until one of the words stands in what is new; return the one that came first."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not any(word in self._new() for word in words):
            assert time.monotonic() < deadline, f"{words} never came:\n{self._new()}"
            assert self._take(0.1), f"the program ended before {words}:\n{self._new()}"
        new = self._new()
        first = min((word for word in words if word in new), key=new.index)
        self._read_to += new.index(first) + len(first)
        return first

    def types(self, *answers: str) -> None:
        """Type answers, each with Enter."""
        for answer in answers:
            os.write(self._number, f"{answer}\n".encode())

    def presses(self, key: bytes) -> None:
        """Press one key without Enter."""
        os.write(self._number, key)

    def interrupts(self) -> None:
        """Press Ctrl-C."""
        self._process.send_signal(signal.SIGINT)

    def ends(self) -> int:
        """Wait until the program has ended; return its exit code."""
        while self._take(0.5):
            pass
        return self._process.wait(timeout=_PATIENCE_SECONDS)

    def _new(self) -> str:
        return " ".join(self.text.split())[self._read_to :]

    def _end_of(self, words: tuple[str, ...]) -> int | None:
        new, end = self._new(), 0
        for word in words:
            place = new.find(word, end)
            if place < 0:
                return None
            end = place + len(word)
        return end

    def _take(self, seconds: float) -> bool:
        """Take what was written; say whether more can come."""
        if not select.select([self._number], [], [], seconds)[0]:
            return self._process.poll() is None
        try:
            came = os.read(self._number, 65536)
        except OSError:
            return False
        self._came += came
        return bool(came)


@contextmanager
def running_terminal(workspace: Path, *arguments: str, **settings: str) -> Iterator[Terminal]:
    """Run the program on a terminal until the block ends; it is ended there if it still runs."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("BEREDSKAP_", "COLUMNS"))}
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (LINES, COLUMNS))
    modes = termios.tcgetattr(theirs)
    modes[3] &= ~termios.ECHO
    termios.tcsetattr(theirs, termios.TCSANOW, modes)
    process = subprocess.Popen(
        [sys.executable, "-m", "beredskap.cli", "--data", str(workspace), *arguments],
        env={**kept, "PYTHONPATH": str(REPOSITORY), **settings},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(timeout=20)
        os.close(ours)
