"""Times as the screens show them: in the organisation's zone."""

from __future__ import annotations

from datetime import datetime

import pendulum


def clock_of(at: datetime, zone: str) -> str:
    """Return the time of day with its offset, such as `03:12:09 +01:00`."""
    return pendulum.instance(at).in_timezone(zone).format("HH:mm:ss Z")


def time_of(at: datetime | None, zone: str) -> str:
    """Return the time of day, such as `03:12:09`; nothing where there is none."""
    return pendulum.instance(at).in_timezone(zone).format("HH:mm:ss") if at is not None else ""


def passed(seconds: float) -> str:
    """Return a duration as `m:ss`, or `h:mm:ss` from an hour on."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"
