"""A problem found in a file: where it is, which rule it breaks, and the sentence about it.

A silence says, in the file itself, why one rule does not apply to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem matters."""

    ERROR = "error"
    """Something that needs this file cannot be done."""
    WARNING = "warning"
    """It works, but somebody should mend it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One problem in one place of one file."""

    file: str
    """Path relative to the workspace, with forward slashes."""
    line: int
    """Line number from 1; 0 where the whole file is meant."""
    rule: str
    """Stable id of the rule, such as `people.bad_number`."""
    severity: Severity
    text: str
    """One sentence: what is wrong and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Silence:
    """One rule that does not apply to one file, with the reason somebody wrote for it."""

    file: str
    """Path of the file it stands in, relative to the workspace."""
    line: int
    """Line number from 1."""
    rule: str
    reason: str
    """Why the rule does not apply; empty where nothing was written, and then nothing is silent."""
