"""Turning what a sender or provider said into saved state: events, statuses and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from beredskap.dispatch.telling import Change, tell
from beredskap.domain.attempt import (
    AttemptEvent,
    AttemptStatus,
    FailureClass,
    higher,
)
from beredskap.domain.delivery import (
    Delivery,
    DeliveryStatus,
    DeliveryStep,
    Outcome,
    after_attempt,
    end,
    reason_when_closed,
)
from beredskap.domain.envelope import SendResult
from beredskap.domain.log import ENGINE
from beredskap.domain.wave import Wave, WaveStatus
from beredskap.store.attempts import AttemptState
from beredskap.store.deputies import call_in
from beredskap.store.ledger import Transaction
from beredskap.store.results import Learned, save_learned


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """One thing said of one attempt."""

    attempt_id: int
    result: SendResult
    at: datetime
    actor: str = ENGINE
    expects_report: bool = False


def save_news(
    tx: Transaction,
    news: Sequence[News],
    states: Mapping[int, AttemptState],
    waves: Mapping[int, Wave],
    *,
    recorded_at: datetime,
) -> tuple[Learned, ...]:
    """Save what was learned of attempts and everything that follows from it.

    Several things said of one attempt are applied one after another. News that changes nothing is
    kept as an event only.
    """
    known = dict(states)
    learned: list[Learned] = []
    changes: list[Change] = []
    for said in news:
        state = known[said.attempt_id]
        one, step = _learn(said, state, waves[state.delivery.wave_id])
        if len(news) > len(states):  # something more may be said of the same attempt
            known[said.attempt_id] = replace(
                state, status=one.status, delivery=one.delivery, provider_id=one.provider_id
            )
        learned.append(one)
        if one.status is not state.status:
            changes.append(Change(learned=one, result=said.result, at=said.at, actor=said.actor))
        if step.call_in is not None:
            call_in(
                tx,
                state.delivery,
                step.call_in,
                now=said.at,
                recorded_at=recorded_at,
                actor=said.actor,
            )
    save_learned(tx, learned, tell(changes), recorded_at)
    return tuple(learned)


def _learn(said: News, state: AttemptState, wave: Wave) -> tuple[Learned, DeliveryStep]:
    result = said.result
    status = higher(state.status, result.status)
    step = DeliveryStep(value=state.delivery, was=state.delivery.status, at=said.at)
    if _is_newest(state) and (status is not state.status or state.holds_claim):
        step = _follow(said, state, wave)
    event = AttemptEvent(
        status=result.status,
        at=said.at,
        provider_status=result.provider_status,
        code=result.code,
        unsent=result.unsent,
    )
    learned = Learned(
        attempt=state,
        event=event,
        status=status,
        delivery=step.value,
        provider_id=result.provider_id or state.provider_id,
    )
    return learned, step


def _is_newest(state: AttemptState) -> bool:
    """Say whether this is the delivery's newest attempt; older ones change only themselves."""
    return state.number == state.delivery.attempts


def _follow(said: News, state: AttemptState, wave: Wave) -> DeliveryStep:
    outcome = Outcome(
        status=said.result.status,
        failure=said.result.failure,
        retry_after_seconds=said.result.retry_after_seconds,
        expects_report=said.expects_report,
    )
    step = after_attempt(state.delivery, outcome, wave.terms, said.at, jitter=_jitter(state.id))
    if wave.status.is_final and not step.value.status.is_final:
        return end_with_wave(step.value, wave, said.at, actor=said.actor)
    return step


def end_with_wave(delivery: Delivery, wave: Wave, now: datetime, *, actor: str) -> DeliveryStep:
    """Return a delivery ended because its wave has ended."""
    if wave.status is WaveStatus.EXPIRED:
        reason = reason_when_closed(delivery)
        return end(delivery, DeliveryStatus.UNREACHED, now, reason=reason, actor=actor)
    return end(delivery, DeliveryStatus.CANCELLED, now, reason=delivery.reason, actor=actor)


def unsent_result(code: str) -> SendResult:
    """Return the result of an attempt that we know never left us."""
    return SendResult(
        status=AttemptStatus.FAILED_RETRYABLE,
        failure=FailureClass.BUSY,
        unsent=True,
        code=code,
    )


def _jitter(attempt_id: int) -> float:
    """Return a number from 0 to 1 that spreads neighbouring attempts (Knuth's multiplier)."""
    return (attempt_id * 2_654_435_761 % 2**32) / 2**32
