"""Times and durations as people read them: in the organisation's zone and their own language."""

from __future__ import annotations

from datetime import datetime

import pendulum

_LOCALES = {"sv": "sv"}


def shown(at: datetime | None, zone: str, lang: str) -> str:
    """Return a day and time of day, such as `24 november 2026 03:12:09`; a dash where none is."""
    if at is None:
        return "–"
    local = pendulum.instance(at).in_timezone(zone)
    return local.format("D MMMM YYYY HH:mm:ss", locale=_LOCALES.get(lang, "en"))


def shown_clock(at: datetime, zone: str) -> str:
    """Return the day in figures and the time of day, such as `2026-11-24 03:12:09`."""
    return pendulum.instance(at).in_timezone(zone).format("YYYY-MM-DD HH:mm:ss")


def shown_seconds(seconds: float | None, lang: str) -> str | None:
    """Return a duration in words, such as `4 minuter 12 sekunder`."""
    if seconds is None:
        return None
    if seconds < 1:
        return "0 s"
    return pendulum.duration(seconds=round(seconds)).in_words(locale=_LOCALES.get(lang, "en"))
