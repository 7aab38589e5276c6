"""What a batch of results says in the log: one entry for all attempts that came to the same end.

A thousand messages taken by one mail server are a few lines to read and to seal, not a thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from beredskap.domain.attempt import AttemptStatus, is_expected
from beredskap.domain.envelope import SendResult
from beredskap.domain.log import Code, LogEntry, LogKind
from beredskap.store.results import Learned

_Key = tuple[object, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """An attempt whose status changed, by whose word and when."""

    learned: Learned
    result: SendResult
    at: datetime
    actor: str


@dataclass(slots=True)
class _Group:
    """Attempts that came to the same end within one second."""

    first: Change
    last_at: datetime
    attempts: dict[str, int] = field(default_factory=dict)
    deliveries: dict[str, int] = field(default_factory=dict)


def tell(changes: Sequence[Change]) -> list[LogEntry]:
    """Return the entries of a batch, in order; what is said of one person keeps its order."""
    groups: dict[_Key, _Group] = {}
    seen: set[str] = set()
    round_ = 0
    for change in changes:
        delivery = change.learned.attempt.delivery
        if delivery.recipient in seen:
            seen, round_ = set(), round_ + 1
        seen.add(delivery.recipient)
        key = (round_, *_said(change))
        group = groups.get(key)
        if group is None:
            group = groups[key] = _Group(first=change, last_at=change.at)
        group.last_at = max(group.last_at, change.at)
        group.attempts[delivery.recipient] = change.learned.attempt.number
        group.deliveries[delivery.recipient] = delivery.id
    return [_entry(group) for group in groups.values()]


def _said(change: Change) -> _Key:
    """Return everything two attempts must agree on to stand in one entry."""
    attempt, after = change.learned.attempt, change.learned.delivery
    before = attempt.delivery
    return (
        before.cascade_id,
        change.actor,
        change.at.replace(microsecond=0),
        attempt.channel,
        attempt.route,
        attempt.status,
        change.learned.status,
        change.result.code,
        change.result.unsent,
        before.status,
        after.status,
        after.reason,
    )


def _entry(group: _Group) -> LogEntry:
    first = group.first
    attempt, after, status = first.learned.attempt, first.learned.delivery, first.learned.status
    alone = attempt.delivery.recipient if len(group.attempts) == 1 else None
    codes: dict[str, Code] = {
        "cascade": attempt.delivery.cascade_id,
        "attempts": group.attempts,
        "deliveries": group.deliveries,
        "channel": attempt.channel.value,
        "route": attempt.route,
        "status": status.value,
        **_details(first, attempt.status, status),
        **_move(first),
    }
    if after.reason is not None:
        codes["reason"] = after.reason.value
    return LogEntry(
        incident_id=attempt.delivery.incident_id,
        kind=LogKind.ATTEMPT_NEWS,
        happened_at=group.last_at,
        actor=first.actor,
        subject=alone,
        codes=codes,
    )


def _details(change: Change, before: AttemptStatus, status: AttemptStatus) -> dict[str, Code]:
    codes: dict[str, Code] = {}
    if change.result.code:
        codes["code"] = change.result.code
    if change.result.unsent:
        codes["unsent"] = True
    if not is_expected(before, status):
        codes["unexpected"] = True
    return codes


def _move(change: Change) -> dict[str, Code]:
    before, after = change.learned.attempt.delivery.status, change.learned.delivery.status
    return {} if before is after else {"from": before.value, "to": after.value}
