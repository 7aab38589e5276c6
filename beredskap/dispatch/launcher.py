"""Starting an engine by need, detached from the terminal; standard library only.

A face calls `EngineLauncher.ensure_running`; the engine is a process of its own session, so closing
the terminal never ends it. One engine per ledger and machine is held by a lock on `engine.lock`.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import beredskap
from beredskap.errors import EngineError

LOCK_FILE = "engine.lock"
OUTPUT_FILE = "engine.log"
_READY = "ready"
_START_SECONDS = 5.0
_LOOK_SECONDS = 0.05
_STOP_SECONDS = 60.0


class EngineLock:
    """Is held by the one engine of a ledger on this machine, and says when it is ready."""

    def __init__(self, state_folder: Path) -> None:
        """Take the folder of the ledger; nothing is locked yet."""
        self._path = state_folder / LOCK_FILE
        self._file: IO[str] | None = None

    def take(self) -> bool:
        """Take the lock; say whether it is ours now. It ends with this process at the latest."""
        held = self._path.open("a+", encoding="ascii")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.close()
            return False
        self._file = held
        self._write(f"{os.getpid()} starting\n")
        return True

    def say_ready(self) -> None:
        """Note that the engine has beaten once and takes work."""
        self._write(f"{os.getpid()} {_READY}\n")

    def release(self) -> None:
        """Let the lock go."""
        if self._file is not None:
            self._write("")
            self._file.close()
            self._file = None

    def _write(self, text: str) -> None:
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
            self._file.write(text)
            self._file.flush()


def running_engine(state_folder: Path) -> tuple[int, bool] | None:
    """Return process id and readiness of the engine that holds the lock, or None."""
    path = state_folder / LOCK_FILE
    try:
        with path.open("r", encoding="ascii") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                words = held.read().split()
                return (int(words[0]), words[1:] == [_READY]) if words else (0, False)
    except FileNotFoundError:
        return None
    return None


class EngineLauncher:
    """Starts an engine for a workspace when none runs on this machine."""

    def __init__(self, workspace: Path, state_folder: Path, arguments: Sequence[str] = ()) -> None:
        """Take the workspace, where its lock lies, and more arguments for `engine run`."""
        self._workspace, self._state_folder = workspace, state_folder
        self._arguments = tuple(arguments)

    def ensure_running(self) -> None:
        """Return once an engine is ready; start one if there is none.

        Raises:
            EngineError: none became ready within five seconds.
        """
        if self._is_ready():
            return
        output = self._state_folder / OUTPUT_FILE
        with _appended(output) as written:
            process = subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=written,
                start_new_session=True,
                close_fds=True,
                cwd=self._workspace,
                env=_environment(),
            )
        self._await_ready(process, output)

    def _command(self) -> list[str]:
        return [
            sys.executable,
            "-m",
            "beredskap.cli",
            "--data",
            str(self._workspace),
            "engine",
            "run",
            *self._arguments,
        ]

    def _is_ready(self) -> bool:
        engine = running_engine(self._state_folder)
        return engine is not None and engine[1]

    def _await_ready(self, process: subprocess.Popen[bytes], output: Path) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self._is_ready():
                return
            if process.poll() not in (None, 0):
                raise EngineError(
                    f"The engine could not start: {_last_line(output)}; "
                    "run 'beredskap engine run' to see more."
                )
            time.sleep(_LOOK_SECONDS)
        raise EngineError(
            "No engine became ready within 5 seconds, so nothing is sent yet; "
            f"look at {output} and run 'beredskap engine run'."
        )


def stop_engine(state_folder: Path) -> bool:
    """Ask the engine to end and wait until it has; say whether one ran.

    Raises:
        EngineError: it did not end within a minute.
    """
    engine = running_engine(state_folder)
    if engine is None or not engine[0]:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(engine[0], signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < deadline:
        if running_engine(state_folder) is None:
            return True
        time.sleep(_LOOK_SECONDS)
    raise EngineError(
        f"The engine (process {engine[0]}) did not end within a minute; "
        "it may still be waiting for a provider."
    )


def _environment() -> dict[str, str]:
    """Return our environment, in which the engine finds this very program, installed or not."""
    home = str(Path(beredskap.__file__).parent.parent)
    paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


@contextlib.contextmanager
def _appended(path: Path) -> Iterator[IO[bytes]]:
    try:
        with path.open("ab") as output:
            yield output
    except OSError as error:
        raise EngineError(
            f"The engine's log {path} cannot be written ({error.strerror}); "
            "give this user the right to write there."
        ) from error


def _last_line(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        return "its log cannot be read"
    return lines[-1].rstrip(".;") if lines else "it said nothing"
