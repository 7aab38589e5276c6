"""Who acts: an officer, what they may do, and how the program knows it is they."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Right(StrEnum):
    """What an officer may do."""

    LAUNCH = "launch"
    """Start, pause, resume, stop, correct and close alerts."""
    APPROVE = "approve"
    """Be the second person."""
    DRILL = "drill"
    """Start, lead and end drills."""
    READ = "read"
    """Read logs and reviews."""
    ADOPT = "adopt"
    """Adopt scenarios for live use."""


class HowKnown(StrEnum):
    """How the program knows who is at the keyboard."""

    OS_LOGIN = "os_login"
    """The operating system's login is listed for the officer."""
    ENVIRONMENT = "environment"
    """BEREDSKAP_OFFICER named the officer; whoever sets it is believed."""
    DEMO = "demo"
    """The demonstration's own officer."""
    SCHEDULE = "schedule"
    """A schedule acts for the officer who made it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Officer:
    """A person who may act."""

    id: str
    name: str
    login: str | None = None
    rights: frozenset[Right] = frozenset()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """An officer together with how they are known; every verb of the desk takes one."""

    officer: Officer
    how_known: HowKnown

    def may(self, right: Right) -> bool:
        """Say whether the officer has the right."""
        return right in self.officer.rights
