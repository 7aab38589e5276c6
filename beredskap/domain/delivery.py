"""The duty to reach one person in one wave, and what follows from each thing learned."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from beredskap.domain.attempt import TAKEN, AttemptStatus, FailureClass
from beredskap.domain.channel import Channel
from beredskap.domain.log import ENGINE, Code, LogEntry, LogKind
from beredskap.domain.scenario import Rung, RungAction, UncertainPolicy, WaveTerms
from beredskap.domain.transition import move

MAX_TRIES = 3
"""Tries at one contact point when it fails for now (channels: error classes R)."""
BACKOFF_SECONDS = (20.0, 60.0, 180.0)
ROUTE_WAIT = timedelta(seconds=60)
"""How long a person waits for a stopped route before it is asked again."""
RECEIPT_WAIT = timedelta(minutes=15)
"""After this long without a receipt a message counts as delivery_unknown."""


class DeliveryStatus(StrEnum):
    """Where the duty to reach one person stands."""

    WAITING = "waiting"
    """Nothing is on its way; the next attempt is due at a known time."""
    IN_PROGRESS = "in_progress"
    """An attempt is on its way and nothing final is known of it."""
    AWAITING_ACKNOWLEDGEMENT = "awaiting_acknowledgement"
    """A provider has the message; the person has not answered."""
    ACKNOWLEDGED = "acknowledged"
    """The person answered, or an officer noted the answer."""
    INFORMED = "informed"
    """The message was handed over and no answer was asked for."""
    UNREACHED = "unreached"
    """Everything allowed was tried, or time ran out, without an answer."""
    SKIPPED = "skipped"
    """Nothing will be sent to this person here, for a stated reason."""
    CANCELLED = "cancelled"
    """The cascade or wave ended before this was done."""

    @property
    def is_final(self) -> bool:
        """Say whether the status can no longer change."""
        return not DELIVERY_MOVES[self]


_OPEN = {
    DeliveryStatus.ACKNOWLEDGED,
    DeliveryStatus.UNREACHED,
    DeliveryStatus.SKIPPED,
    DeliveryStatus.CANCELLED,
}
DELIVERY_MOVES: dict[DeliveryStatus, frozenset[DeliveryStatus]] = {
    DeliveryStatus.WAITING: frozenset({DeliveryStatus.IN_PROGRESS, *_OPEN}),
    DeliveryStatus.IN_PROGRESS: frozenset(
        {
            DeliveryStatus.WAITING,
            DeliveryStatus.AWAITING_ACKNOWLEDGEMENT,
            DeliveryStatus.INFORMED,
            *_OPEN,
        }
    ),
    DeliveryStatus.AWAITING_ACKNOWLEDGEMENT: frozenset(
        {DeliveryStatus.WAITING, DeliveryStatus.IN_PROGRESS, *_OPEN}
    ),
    DeliveryStatus.ACKNOWLEDGED: frozenset(),
    DeliveryStatus.INFORMED: frozenset(),
    DeliveryStatus.UNREACHED: frozenset(),
    DeliveryStatus.SKIPPED: frozenset(),
    DeliveryStatus.CANCELLED: frozenset(),
}


class Reason(StrEnum):
    """Why a person is not sent to, or was not reached."""

    NO_ADDRESS = "no_address"
    """The lists hold no address for the person."""
    BAD_NUMBER = "bad_number"
    """The number in the lists cannot be one."""
    BAD_EMAIL = "bad_email"
    """The mail address in the lists cannot be one."""
    OPTED_OUT = "opted_out"
    """The person has declined messages."""
    ON_LEAVE = "on_leave"
    """The person is on leave and the wave asks for work."""
    DUPLICATE = "duplicate"
    """The person is already told in another wave, or twice by one address."""
    EXCLUDED = "excluded"
    """An officer or the playbook excluded the person."""
    PROTECTED = "protected"
    """Protected personal data and no go-between: nobody can be told of the person."""
    DEAD_ADDRESSES = "dead_addresses"
    """Every address failed for good."""
    NO_ANSWER = "no_answer"
    """Time ran out without an answer."""
    NOT_SENT_IN_TIME = "not_sent_in_time"
    """Time ran out before anything could be sent."""
    ROUTE_STOPPED = "route_stopped"
    """The only route refuses our work."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """The duty to reach one person in one wave."""

    id: int
    incident_id: str
    cascade_id: int
    wave_id: int
    recipient: str
    """Reference of the person."""
    status: DeliveryStatus
    channels: tuple[Channel, ...] = ()
    """The channel of each contact point, in the order they are to be used."""
    point: int = 0
    rung: int = 0
    """How many rungs of the ladder are climbed."""
    tries: int = 0
    """Tries at the present contact point that failed for now."""
    attempts: int = 0
    due_at: datetime | None = None
    reason: Reason | None = None
    deputy: str | None = None
    """Reference of the deputy who can be called in; None once called or where there is none."""
    stands_in_for: int | None = None
    """The delivery this one is the deputy's of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryStep:
    """What follows for a delivery, and whom to call in beside."""

    value: Delivery
    was: DeliveryStatus
    """The status before."""
    at: datetime
    actor: str = ENGINE
    call_in: str | None = None
    """Reference or id of the person to call in now: the deputy, or the last rung."""

    @property
    def entries(self) -> tuple[LogEntry, ...]:
        """Return the log entry of the move; none where the status stayed.

        Made when it is asked for: what follows an attempt is told with the attempt's own news.
        """
        now = self.value
        if now.status is self.was:
            return ()
        codes: dict[str, Code] = {
            "from": self.was.value,
            "to": now.status.value,
            "delivery": now.id,
            "cascade": now.cascade_id,
        }
        if now.reason is not None:
            codes["reason"] = now.reason.value
        entry = LogEntry(
            incident_id=now.incident_id,
            kind=LogKind.DELIVERY_MOVED,
            happened_at=self.at,
            actor=self.actor,
            subject=now.recipient,
            codes=codes,
        )
        return (entry,)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What was learned of a delivery's newest attempt."""

    status: AttemptStatus
    failure: FailureClass | None = None
    retry_after_seconds: float | None = None
    expects_report: bool = False
    """True when the route will tell later whether the message arrived."""


_NOT_YET_SENT = frozenset({AttemptStatus.PLANNED, AttemptStatus.SENDING})
_ON_ITS_WAY = TAKEN | {AttemptStatus.UNCERTAIN, AttemptStatus.DELIVERED}


def after_attempt(
    delivery: Delivery, outcome: Outcome, terms: WaveTerms, now: datetime, *, jitter: float = 0.5
) -> DeliveryStep:
    """Return what follows for a delivery when something is learned of its newest attempt.

    A final delivery stays as it is. `jitter` from 0 to 1 spreads the waiting times of many.
    """
    if delivery.status.is_final or outcome.status in _NOT_YET_SENT:
        return _step(delivery, now)
    if delivery.status is DeliveryStatus.WAITING and outcome.status in _ON_ITS_WAY:
        # A rung or a decision has set the next attempt; a late report of this one does not undo it.
        return _step(delivery, now)
    match outcome.status:
        case AttemptStatus.FAILED_RETRYABLE if outcome.failure is not FailureClass.ROUTE:
            return _after_passing_failure(delivery, outcome, terms, now, jitter)
        case AttemptStatus.FAILED_RETRYABLE | AttemptStatus.FAILED_PERMANENT:
            return _after_lasting_failure(delivery, outcome, now)
        case AttemptStatus.EXPIRED | AttemptStatus.CANCELLED:
            return _after_lasting_failure(delivery, outcome, now)
        case AttemptStatus.UNCERTAIN:
            return _after_uncertain(delivery, terms, now)
        case AttemptStatus.ACKNOWLEDGED:
            return _moved(delivery, DeliveryStatus.ACKNOWLEDGED, now, due_at=None)
        case _:
            return _after_handover(delivery, outcome, terms, now)


def _after_passing_failure(
    delivery: Delivery, outcome: Outcome, terms: WaveTerms, now: datetime, jitter: float
) -> DeliveryStep:
    if outcome.failure is FailureClass.BUSY:
        wait = max(outcome.retry_after_seconds or 0.0, 1.0)
        return _moved(delivery, DeliveryStatus.WAITING, now, due_at=now + timedelta(seconds=wait))
    tries = delivery.tries + 1
    if tries >= MAX_TRIES:
        return _after_lasting_failure(delivery, outcome, now)
    base = BACKOFF_SECONDS[min(tries - 1, len(BACKOFF_SECONDS) - 1)]
    wait = max(outcome.retry_after_seconds or 0.0, base * (0.5 + jitter))
    return _moved(
        delivery,
        DeliveryStatus.WAITING,
        now,
        tries=tries,
        due_at=now + timedelta(seconds=wait),
    )


def _after_lasting_failure(delivery: Delivery, outcome: Outcome, now: datetime) -> DeliveryStep:
    """Go to the next contact point at once; call in the deputy when there is none left."""
    point: int | None = delivery.point + 1
    if outcome.failure is FailureClass.ROUTE:
        point = _next_channel_point(delivery)
        if point is None:
            return _moved(
                delivery,
                DeliveryStatus.WAITING,
                now,
                due_at=now + ROUTE_WAIT,
                reason=Reason.ROUTE_STOPPED,
            )
    if point is not None and point < len(delivery.channels):
        return _moved(
            delivery, DeliveryStatus.WAITING, now, point=point, tries=0, due_at=now, reason=None
        )
    return _moved(
        delivery,
        DeliveryStatus.UNREACHED,
        now,
        due_at=None,
        reason=Reason.DEAD_ADDRESSES,
        call_in=delivery.deputy,
    )


def _after_uncertain(delivery: Delivery, terms: WaveTerms, now: datetime) -> DeliveryStep:
    """Keep the delivery open; the ladder goes on where an answer is asked for."""
    if not terms.rule.asks:
        return _moved(delivery, DeliveryStatus.IN_PROGRESS, now, due_at=None)
    return _moved(
        delivery,
        DeliveryStatus.AWAITING_ACKNOWLEDGEMENT,
        now,
        due_at=_rung_due(delivery.rung, terms, now),
    )


def _after_handover(
    delivery: Delivery, outcome: Outcome, terms: WaveTerms, now: datetime
) -> DeliveryStep:
    if terms.rule.asks:
        if delivery.status is DeliveryStatus.AWAITING_ACKNOWLEDGEMENT:
            return _step(delivery, now)
        return _moved(
            delivery,
            DeliveryStatus.AWAITING_ACKNOWLEDGEMENT,
            now,
            due_at=_rung_due(delivery.rung, terms, now),
        )
    is_settled = outcome.status in (AttemptStatus.DELIVERED, AttemptStatus.DELIVERY_UNKNOWN)
    if is_settled or not outcome.expects_report:
        return _moved(delivery, DeliveryStatus.INFORMED, now, due_at=None)
    due = delivery.due_at if delivery.due_at is not None else now + RECEIPT_WAIT
    return _moved(delivery, DeliveryStatus.IN_PROGRESS, now, due_at=due)


def without_route(delivery: Delivery, now: datetime) -> DeliveryStep:
    """Return what follows when no route serves the next contact point's channel.

    Another channel is used at once; without one the person waits, visibly, and is asked again.
    """
    if delivery.status is not DeliveryStatus.WAITING:
        return _step(delivery, now)
    point = _next_channel_point(delivery)
    if point is None:
        return _step(replace(delivery, due_at=now + ROUTE_WAIT, reason=Reason.ROUTE_STOPPED), now)
    return _step(replace(delivery, point=point, tries=0, due_at=now), now)


def after_reconciliation(
    delivery: Delivery, terms: WaveTerms, now: datetime, *, proven_unsent: bool
) -> DeliveryStep:
    """Return what follows when an uncertain attempt could not be found at the provider.

    A complete list without the message is not yet proof; `proven_unsent` says that it is. Without
    proof the cascade's policy decides: send again (a possible duplicate) or leave it to an officer.
    """
    if delivery.status.is_final:
        return _step(delivery, now)
    if proven_unsent or terms.uncertain is UncertainPolicy.RESEND:
        return _moved(delivery, DeliveryStatus.WAITING, now, due_at=now)
    return _step(delivery, now)


def climb(
    delivery: Delivery, terms: WaveTerms, now: datetime, *, last: AttemptStatus
) -> DeliveryStep:
    """Return what follows when the waiting time of a person ran out: the next rung.

    A rung that cannot be used is passed over at once. An uncertain attempt is never sent again by
    a retry rung unless the policy is to resend.
    """
    if delivery.status is DeliveryStatus.IN_PROGRESS and not terms.rule.asks:
        return _moved(delivery, DeliveryStatus.INFORMED, now, due_at=None)
    if delivery.status is not DeliveryStatus.AWAITING_ACKNOWLEDGEMENT:
        return _step(delivery, now)
    for rung_number in range(delivery.rung, len(terms.ladder)):
        climbed = _use_rung(
            replace(delivery, rung=rung_number + 1), terms.ladder[rung_number], terms, now, last
        )
        if climbed is not None:
            return climbed
    return _step(replace(delivery, rung=len(terms.ladder), due_at=None), now)


def _use_rung(
    delivery: Delivery, rung: Rung, terms: WaveTerms, now: datetime, last: AttemptStatus
) -> DeliveryStep | None:
    match rung.action:
        case RungAction.RETRY:
            if last is AttemptStatus.UNCERTAIN and terms.uncertain is UncertainPolicy.ASK:
                return None
            return _moved(delivery, DeliveryStatus.WAITING, now, due_at=now, tries=0)
        case RungAction.NEXT_CHANNEL:
            point = _next_channel_point(delivery)
            if point is None:
                return None
            return _moved(delivery, DeliveryStatus.WAITING, now, due_at=now, point=point, tries=0)
        case RungAction.DEPUTY:
            if delivery.deputy is None:
                return None
            called = delivery.deputy
            waiting = replace(delivery, deputy=None, due_at=_rung_due(delivery.rung, terms, now))
            return _step(waiting, now, call_in=called)
        case RungAction.LAST_RUNG:
            if rung.person is None:
                return None
            waiting = replace(delivery, due_at=_rung_due(delivery.rung, terms, now))
            return _step(waiting, now, call_in=rung.person)


def acknowledge(delivery: Delivery, now: datetime, *, actor: str, is_yes: bool) -> DeliveryStep:
    """Return what follows when the person answered; a "no" calls in the deputy at once.

    A final delivery keeps its status: a late answer is logged by the caller, never undone.
    """
    call_in = None if is_yes else delivery.deputy
    if delivery.status.is_final:
        return _step(delivery, now)
    return _moved(
        delivery, DeliveryStatus.ACKNOWLEDGED, now, due_at=None, actor=actor, call_in=call_in
    )


def hasten(delivery: Delivery, now: datetime) -> DeliveryStep:
    """Return the delivery with its waiting time over: the person is known not to read it now."""
    is_waiting = delivery.status is DeliveryStatus.AWAITING_ACKNOWLEDGEMENT
    if not is_waiting or delivery.due_at is None or delivery.due_at <= now:
        return _step(delivery, now)
    return _step(replace(delivery, due_at=now), now)


def end(
    delivery: Delivery, to: DeliveryStatus, now: datetime, *, reason: Reason | None, actor: str
) -> DeliveryStep:
    """Return the delivery ended from outside: wave closed, cascade stopped, person excluded."""
    if delivery.status.is_final:
        return _step(delivery, now)
    return _moved(delivery, to, now, due_at=None, reason=reason, actor=actor)


def reason_when_closed(delivery: Delivery) -> Reason:
    """Return why a delivery that is still open when its wave closes was not reached."""
    if delivery.reason is Reason.ROUTE_STOPPED:
        return Reason.ROUTE_STOPPED
    return Reason.NO_ANSWER if delivery.attempts else Reason.NOT_SENT_IN_TIME


def _next_channel_point(delivery: Delivery) -> int | None:
    here = delivery.channels[delivery.point] if delivery.channels else None
    for point in range(delivery.point + 1, len(delivery.channels)):
        if delivery.channels[point] is not here:
            return point
    return None


def _rung_due(rung: int, terms: WaveTerms, now: datetime) -> datetime | None:
    if rung >= len(terms.ladder):
        return None
    return now + timedelta(seconds=terms.ladder[rung].after_seconds)


def _step(delivery: Delivery, now: datetime, *, call_in: str | None = None) -> DeliveryStep:
    return DeliveryStep(value=delivery, was=delivery.status, at=now, call_in=call_in)


def _moved(
    delivery: Delivery,
    to: DeliveryStatus,
    now: datetime,
    *,
    actor: str = ENGINE,
    call_in: str | None = None,
    **changes: object,
) -> DeliveryStep:
    """Return the delivery in its new status; a move the table does not list is refused."""
    if call_in is not None and call_in == delivery.deputy:
        changes["deputy"] = None
    if delivery.reason is Reason.ROUTE_STOPPED and to is not DeliveryStatus.WAITING:
        changes.setdefault("reason", None)  # the route works again, or another was used
    if to is not delivery.status:
        move(DELIVERY_MOVES, delivery.status, to)
    moved = replace(delivery, status=to, **changes)  # type: ignore[arg-type]
    return DeliveryStep(value=moved, was=delivery.status, at=now, actor=actor, call_in=call_in)
