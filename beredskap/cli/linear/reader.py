"""Where answers come from: whole lines of standard input, waited for no longer than asked."""

from __future__ import annotations

import os
import select
import stat
import termios
import time
import unicodedata
from typing import Protocol


class Reader(Protocol):
    """Gives one answered line after another."""

    @property
    def is_terminal(self) -> bool:
        """Say whether somebody sits there, who reads page by page."""
        ...

    def line(self, seconds: float | None) -> str | None:
        """Return the next line, or None when none came in time; None as time waits for ever.

        Raises:
            EOFError: no more lines will come.
        """
        ...

    def forget(self) -> None:
        """Drop what somebody typed before they could read the question; a script's lines stay."""
        ...


class InputLines:
    """Reads an open file by its number; only a line that Enter ended is an answer."""

    def __init__(self, number: int) -> None:
        """Take the number of the open file, 0 for standard input."""
        self._number = number
        self._held = b""
        self._has_ended = False

    @property
    def is_terminal(self) -> bool:
        """Say whether somebody sits there."""
        return os.isatty(self._number)

    def line(self, seconds: float | None) -> str | None:
        """Return the next line, or None when none came in time."""
        until = None if seconds is None else time.monotonic() + seconds
        while b"\n" not in self._held:
            if self._has_ended:
                raise EOFError
            left = None if until is None else max(until - time.monotonic(), 0.0)
            if not select.select([self._number], [], [], left)[0]:
                return None
            came = os.read(self._number, 4096)
            self._held += came
            self._has_ended = not came
        line, _, self._held = self._held.partition(b"\n")
        return read_as_text(line)

    def forget(self) -> None:
        """Drop what was typed ahead at a terminal."""
        if self.is_terminal:
            termios.tcflush(self._number, termios.TCIFLUSH)
            self._held = b""


def is_readable(number: int) -> bool:
    """Say whether answers can come from an open file: not when it is closed or the null device."""
    try:
        kind = os.fstat(number).st_mode
    except OSError:
        return False
    return os.isatty(number) or not stat.S_ISCHR(kind)


def read_as_text(line: bytes) -> str:
    """Return a line as text without control characters; an old terminal may not speak UTF-8."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        text = line.decode("latin-1")
    kept = (letter for letter in text if unicodedata.category(letter) != "Cc")
    return unicodedata.normalize("NFC", "".join(kept)).strip()
