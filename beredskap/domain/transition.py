"""A change of status together with the log entries that tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from beredskap.errors import TransitionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beredskap.domain.log import LogEntry

Value = TypeVar("Value")
Status = TypeVar("Status", bound=StrEnum)


@dataclass(frozen=True, kw_only=True, slots=True)
class Transition(Generic[Value]):
    """The new value and its log entries; the store saves both or neither."""

    value: Value
    entries: tuple[LogEntry, ...]


def move(moves: Mapping[Status, frozenset[Status]], now_at: Status, to: Status) -> Status:
    """Return the status moved to, if the table of moves allows it.

    Raises:
        TransitionError: the table does not list the move.
    """
    if to not in moves[now_at]:
        raise TransitionError(
            f"{type(now_at).__name__} cannot go from '{now_at.value}' to '{to.value}'; "
            "nothing was changed."
        )
    return to
