"""What the desk needs from outside, and what all its verbs work with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from beredskap.clock import Clock, SystemClock
from beredskap.store.ledger import Ledger


class EngineStarter(Protocol):
    """Sees to it that an engine carries out what the desk wrote down."""

    def ensure_running(self) -> None:
        """Return once an engine is ready, starting one if there is none.

        Raises:
            EngineError: none became ready.
        """
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How fast messages can leave; only the preview's estimate is made from it."""

    segments_per_second: float = 10.0
    mails_per_second: float = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Means:
    """What every verb works with."""

    ledger: Ledger
    workspace: Path
    clock: Clock
    """Judges everything that falls due."""
    starter: EngineStarter
    pace: Pace
    actor_key: bytes
    """Makes an officer's reference in an incident the same each time and useless outside it."""


REAL = SystemClock()
"""The machine's own time: when something was recorded, whatever clock judges the incident."""
