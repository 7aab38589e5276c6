"""One try at one contact point, and what is known of it.

An attempt's status is the highest rank in the *set* of its events, so neither order nor
duplicates can change it. What a provider reports is never refused; it is folded, and flagged when
it surprises.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from beredskap.domain.channel import Channel


class AttemptStatus(StrEnum):
    """What is known of one attempt, in rising rank."""

    PLANNED = "planned"
    """A row exists; nothing has left."""
    SENDING = "sending"
    """The request may be on the wire."""
    UNCERTAIN = "uncertain"
    """It may or may not have left; it is never silently sent again."""
    ACCEPTED = "accepted"
    """The provider has taken it; nothing is known of the person."""
    SENT = "sent"
    """The carrier or the next server has taken it; nothing is known of the person."""
    DELIVERY_UNKNOWN = "delivery_unknown"
    """No receipt came within the time allowed; it may still arrive."""
    EXPIRED = "expired"
    """Its time ran out before it left us, or in the provider's queue."""
    CANCELLED = "cancelled"
    """It never left us, or the provider confirmed the cancellation."""
    DELIVERED = "delivered"
    """The carrier or the mailbox says that it arrived; nothing is known of the person."""
    FAILED_RETRYABLE = "failed_retryable"
    """It failed for now; a new attempt may succeed."""
    FAILED_PERMANENT = "failed_permanent"
    """This address will not work."""
    ACKNOWLEDGED = "acknowledged"
    """A person answered."""


RANK = {status: rank for rank, status in enumerate(AttemptStatus)}
"""The rank of each status; the fold takes the highest."""

EXPECTED_NEXT: dict[AttemptStatus, frozenset[AttemptStatus]] = {
    AttemptStatus.PLANNED: frozenset(
        {AttemptStatus.SENDING, AttemptStatus.CANCELLED, AttemptStatus.EXPIRED}
    ),
    AttemptStatus.SENDING: frozenset(
        {
            AttemptStatus.UNCERTAIN,
            AttemptStatus.ACCEPTED,
            AttemptStatus.SENT,
            AttemptStatus.DELIVERED,
            AttemptStatus.FAILED_RETRYABLE,
            AttemptStatus.FAILED_PERMANENT,
        }
    ),
    AttemptStatus.UNCERTAIN: frozenset(
        {
            AttemptStatus.ACCEPTED,
            AttemptStatus.SENT,
            AttemptStatus.DELIVERED,
            AttemptStatus.FAILED_RETRYABLE,
            AttemptStatus.FAILED_PERMANENT,
            AttemptStatus.EXPIRED,
        }
    ),
    AttemptStatus.ACCEPTED: frozenset(
        {
            AttemptStatus.SENT,
            AttemptStatus.DELIVERY_UNKNOWN,
            AttemptStatus.EXPIRED,
            AttemptStatus.CANCELLED,
            AttemptStatus.DELIVERED,
            AttemptStatus.FAILED_RETRYABLE,
            AttemptStatus.FAILED_PERMANENT,
        }
    ),
    AttemptStatus.SENT: frozenset(
        {
            AttemptStatus.DELIVERY_UNKNOWN,
            AttemptStatus.DELIVERED,
            AttemptStatus.FAILED_RETRYABLE,
            AttemptStatus.FAILED_PERMANENT,
        }
    ),
    AttemptStatus.DELIVERY_UNKNOWN: frozenset(
        {
            AttemptStatus.DELIVERED,
            AttemptStatus.FAILED_RETRYABLE,
            AttemptStatus.FAILED_PERMANENT,
        }
    ),
    AttemptStatus.EXPIRED: frozenset({AttemptStatus.DELIVERED, AttemptStatus.FAILED_PERMANENT}),
    AttemptStatus.CANCELLED: frozenset({AttemptStatus.DELIVERED, AttemptStatus.FAILED_PERMANENT}),
    AttemptStatus.DELIVERED: frozenset({AttemptStatus.FAILED_PERMANENT}),
    AttemptStatus.FAILED_RETRYABLE: frozenset({AttemptStatus.FAILED_PERMANENT}),
    AttemptStatus.FAILED_PERMANENT: frozenset(),
    AttemptStatus.ACKNOWLEDGED: frozenset(),
}
"""What may be expected after each status; `acknowledged` may follow any. Others are applied too."""

CLOSED_BY_PROVIDER = frozenset(
    {
        AttemptStatus.EXPIRED,
        AttemptStatus.CANCELLED,
        AttemptStatus.DELIVERED,
        AttemptStatus.FAILED_RETRYABLE,
        AttemptStatus.FAILED_PERMANENT,
    }
)

TAKEN = frozenset({AttemptStatus.ACCEPTED, AttemptStatus.SENT, AttemptStatus.DELIVERY_UNKNOWN})
"""The statuses in which a provider has the message and nobody has said that it arrived."""

FAILED = frozenset(
    {
        AttemptStatus.FAILED_RETRYABLE,
        AttemptStatus.FAILED_PERMANENT,
        AttemptStatus.EXPIRED,
        AttemptStatus.CANCELLED,
    }
)


class FailureClass(StrEnum):
    """What a failure says about where the fault lies."""

    ADDRESS = "address"
    """This address will never work: next contact point, and mend the list."""
    OPT_OUT = "opt_out"
    """The person has declined this channel: next contact point, shown by name."""
    RETRY = "retry"
    """The same may work in a while."""
    BUSY = "busy"
    """The provider did not process the request at all: wait, the same attempt goes again."""
    ROUTE = "route"
    """Our account, settings or text: stop the route and alarm, never burn through the list."""
    EXPIRED = "expired"
    """Its time ran out in the provider's queue."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AttemptEvent:
    """One thing learned about an attempt; events are inserted, never changed."""

    status: AttemptStatus
    at: datetime
    provider_status: str | None = None
    """The provider's own word, kept raw."""
    code: str | None = None
    """The provider's own code, kept raw."""
    unsent: bool = False
    """True when this proves that nothing left for the person."""

    @property
    def key(self) -> tuple[AttemptStatus, str | None, str | None]:
        """Return what makes two events the same one."""
        return (self.status, self.provider_status, self.code)


@dataclass(frozen=True, kw_only=True, slots=True)
class Folded:
    """What a set of events amounts to."""

    status: AttemptStatus
    is_conflict: bool
    """True when final receipts contradict each other; the cautious reading won."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One try at one contact point."""

    id: int
    delivery_id: int
    number: int
    """1 for the first attempt of the delivery."""
    channel: Channel
    point: int
    """Which of the person's contact points, from 0."""
    route: str
    status: AttemptStatus
    client_ref: str
    """Our own reference, given to providers that take one."""
    body_digest: str
    claimed_at: datetime
    provider_id: str | None = None
    superseded_by: int | None = None
    """The attempt that was sent again for this uncertain one."""
    possible_duplicate: bool = False


def fold(events: Iterable[AttemptEvent]) -> Folded:
    """Return the status of highest rank among the events, and whether receipts contradict.

    `planned` stands for no event at all.
    """
    status, closing = AttemptStatus.PLANNED, set[AttemptStatus]()
    for event in events:
        if RANK[event.status] > RANK[status]:
            status = event.status
        if event.status in CLOSED_BY_PROVIDER:
            closing.add(event.status)
    closing.discard(
        AttemptStatus.FAILED_RETRYABLE
    ) if AttemptStatus.FAILED_PERMANENT in closing else None
    return Folded(status=status, is_conflict=len(closing) > 1)


def higher(now_at: AttemptStatus, learned: AttemptStatus) -> AttemptStatus:
    """Return the status after one more event: the higher rank of the two."""
    return learned if RANK[learned] > RANK[now_at] else now_at


def is_expected(now_at: AttemptStatus, learned: AttemptStatus) -> bool:
    """Say whether an event that raises the rank was to be expected here."""
    return learned is AttemptStatus.ACKNOWLEDGED or learned in EXPECTED_NEXT[now_at]


def may_have_arrived(events: Iterable[AttemptEvent]) -> bool:
    """Say whether the person may have it: it entered `sending` and nothing proves it unsent.

    This alone decides who a correction goes to.
    """
    entered, proven_unsent, taken = False, False, False
    for event in events:
        entered = entered or event.status is not AttemptStatus.PLANNED
        proven_unsent = proven_unsent or event.unsent
        taken = (
            taken
            or event.status in TAKEN
            or event.status
            in (
                AttemptStatus.DELIVERED,
                AttemptStatus.ACKNOWLEDGED,
            )
        )
    return entered and (taken or not proven_unsent)
