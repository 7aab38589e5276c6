"""An exercise: objectives, scripted events, and what was seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Rating(StrEnum):
    """How an objective was performed (HSEEP P/S/M/U)."""

    PERFORMED = "P"
    """Performed without challenges."""
    SOME_CHALLENGES = "S"
    """Performed with some challenges."""
    MAJOR_CHALLENGES = "M"
    """Performed with major challenges."""
    UNABLE = "U"
    """Could not be performed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Inject:
    """A scripted event at an offset from the start of an exercise."""

    number: int
    offset_seconds: int
    text: str
    recipient_role: str = ""
    channel: str = ""
    expected_action: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """What an evaluator saw."""

    evaluator: str
    at: datetime
    goal: str
    fact: str
    is_strength: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Drill:
    """An exercise of a scenario."""

    id: str
    scenario_id: str
    title: str
    objectives: tuple[str, ...]
    injects: tuple[Inject, ...] = ()
    longest_minutes: int = 60
