"""Time as something handed in: every due time is judged by one of these clocks.

A clock answers with an aware UTC time. Leases, heartbeats and provider timeouts use real time and
`lease_seconds`, never a paced or held clock.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells what time it is for everything that falls due."""

    @property
    def factor(self) -> float:
        """Say how many seconds pass here for each real second (0 where time is held)."""
        ...

    def now(self) -> datetime:
        """Return the present time, aware and in UTC."""
        ...


class SystemClock:
    """Is the machine's own clock."""

    factor = 1.0

    def now(self) -> datetime:
        """Return the machine's time in UTC."""
        return datetime.now(UTC)


class HeldClock:
    """Stands still until told to move; tests and rehearsals use it."""

    factor = 0.0

    def __init__(self, at: datetime) -> None:
        """Start at an aware time; a naive one is refused."""
        if at.tzinfo is None:
            raise ValueError("a held clock needs an aware time")
        self._now = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the time the clock was last set to."""
        return self._now

    def advance(self, *, minutes: float = 0, seconds: float = 0) -> None:
        """Move the clock forward."""
        self._now += timedelta(minutes=minutes, seconds=seconds)

    def set(self, at: datetime) -> None:
        """Set the clock to a later time; it never goes backwards."""
        if at < self._now:
            raise ValueError("a held clock never goes backwards")
        self._now = at.astimezone(UTC)


class PacedClock:
    """Runs faster than life from an anchor that several processes can share."""

    def __init__(self, factor: float, anchor: datetime) -> None:
        """Take the factor and the real time at which paced and real time were equal."""
        if factor <= 0:
            raise ValueError("a paced clock needs a factor above zero")
        self.factor = factor
        self.anchor = anchor.astimezone(UTC)

    def now(self) -> datetime:
        """Return the anchor plus the real time since, multiplied by the factor."""
        return self.anchor + (datetime.now(UTC) - self.anchor) * self.factor


def lease_seconds() -> float:
    """Return seconds on a clock that also counts while the machine sleeps.

    CLOCK_MONOTONIC stops while a laptop sleeps, so a lease measured on it would outlive its owner.
    """
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(boottime) if boottime is not None else time.monotonic()
