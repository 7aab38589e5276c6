"""Who was reached: six classes that are counted apart and always add up to the persons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from beredskap.domain.attempt import TAKEN, AttemptStatus


class ReachClass(StrEnum):
    """What is known of one person, best evidence first; only the first is called "reached"."""

    ACKNOWLEDGED = "acknowledged"
    """The person answered, or an officer noted the answer: reached."""
    DELIVERED = "delivered"
    """The carrier or mailbox says that a message arrived; the person has not answered."""
    HANDED_OVER = "handed_over"
    """A provider has a message; whether it arrived is not known."""
    UNCERTAIN = "uncertain"
    """A message may or may not have left."""
    IN_PROGRESS = "in_progress"
    """Something is still being tried."""
    NOT_REACHED = "not_reached"
    """Nothing got through, or nothing could be sent, for a stated reason."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonReach:
    """What the log says of one person."""

    person: str
    """The person's id, or `skyddad person N`."""
    name: str
    reach: ReachClass
    channel: str | None = None
    at: datetime | None = None
    attempts: int = 0
    reason: str | None = None
    answer: str | None = None
    stands_in_for: str | None = None
    needs_help: bool = False
    """True when the person has asked for help."""


def classify(statuses: Iterable[AttemptStatus], *, is_open: bool) -> ReachClass:
    """Return the class of a person from the statuses of all attempts at them.

    `is_open` says whether any duty to reach the person is not final.
    """
    seen = set(statuses)
    if AttemptStatus.ACKNOWLEDGED in seen:
        return ReachClass.ACKNOWLEDGED
    if AttemptStatus.DELIVERED in seen:
        return ReachClass.DELIVERED
    if seen & TAKEN:
        return ReachClass.HANDED_OVER
    if AttemptStatus.UNCERTAIN in seen:
        return ReachClass.UNCERTAIN
    if is_open or AttemptStatus.SENDING in seen:
        return ReachClass.IN_PROGRESS
    return ReachClass.NOT_REACHED


_PROBLEMS_FIRST = (
    ReachClass.NOT_REACHED,
    ReachClass.UNCERTAIN,
    ReachClass.IN_PROGRESS,
    ReachClass.HANDED_OVER,
    ReachClass.DELIVERED,
    ReachClass.ACKNOWLEDGED,
)


def problems_first(people: Iterable[PersonReach]) -> list[PersonReach]:
    """Return people with problems first: help, then what did not get through."""
    rank = {reach: place for place, reach in enumerate(_PROBLEMS_FIRST)}
    return sorted(
        people, key=lambda one: (-1 if one.needs_help else rank[one.reach], one.name.casefold())
    )


def count_classes(classes: Iterable[ReachClass]) -> dict[ReachClass, int]:
    """Return the number of persons in each class, every class named."""
    counts = dict.fromkeys(ReachClass, 0)
    for reach in classes:
        counts[reach] += 1
    return counts
