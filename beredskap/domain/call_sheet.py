"""A list to call from when nothing else goes, with a short code for each person."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from beredskap.domain.reach import ReachClass

_CHECKS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters that are not mistaken for a digit when they are read out or written by hand."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CallRow:
    """One person to call."""

    code: str
    """What is written back: the person's number in the incident and a letter that checks it."""
    person: str
    """The person's id, or `skyddad person N`."""
    name: str
    numbers: tuple[str, ...]
    mails: tuple[str, ...]
    reach: ReachClass
    answer: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CallSheet:
    """Everybody of an incident who has not answered, with what to say."""

    incident: str
    title: str
    rows: tuple[CallRow, ...]
    script: str
    """The frozen words of the first message, to be read out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetLine:
    """One line of a sheet that came back."""

    number: int
    code: str
    answer: str


def code_of(incident_id: str, number: int) -> str:
    """Return the code of a person: a wrong digit or a sheet of another incident does not fit it."""
    digest = hashlib.sha256(f"{incident_id}\x00{number}".encode()).digest()
    return f"{number}{_CHECKS[digest[0] % len(_CHECKS)]}"


def read_lines(text: str) -> tuple[SheetLine, ...]:
    """Return the answers written on a sheet: a code and, after it, what the person said.

    Empty lines, lines that begin with `#`, and codes without an answer are passed over.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        code, _, answer = line.strip().partition(" ")
        if code and not code.startswith("#") and answer.strip():
            found.append(SheetLine(number=number, code=code.upper(), answer=answer.strip()))
    return tuple(found)
