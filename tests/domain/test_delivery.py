"""What follows for one person: nobody lost, nothing sent twice in silence, deputies called once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from beredskap.domain.attempt import FAILED, AttemptStatus, FailureClass
from beredskap.domain.channel import Channel
from beredskap.domain.delivery import (
    BACKOFF_SECONDS,
    DELIVERY_MOVES,
    MAX_TRIES,
    Delivery,
    DeliveryStatus,
    DeliveryStep,
    Outcome,
    Reason,
    acknowledge,
    after_attempt,
    after_reconciliation,
    climb,
    end,
    reason_when_closed,
    without_route,
)
from beredskap.domain.scenario import (
    AcknowledgementRule,
    RuleKind,
    Rung,
    RungAction,
    UncertainPolicy,
    WaveTerms,
)

Refute = Callable[[SearchStrategy[Any], Callable[[Any], None]], None]
AfterAttempt = Callable[[Delivery, Outcome, WaveTerms, datetime], DeliveryStep]
News = tuple[Delivery, Outcome, WaveTerms]

NOW = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)
SMS, MAIL = Channel.SMS, Channel.EMAIL
ASKS = WaveTerms(rule=AcknowledgementRule(kind=RuleKind.EVERYONE))
INFORMS = WaveTerms()
ON_ITS_WAY = (
    AttemptStatus.ACCEPTED,
    AttemptStatus.SENT,
    AttemptStatus.DELIVERY_UNKNOWN,
    AttemptStatus.DELIVERED,
)


def delivery(status: str = "in_progress", **changes: Any) -> Delivery:
    """Return a duty to reach one person by SMS, then by mail."""
    duty = Delivery(
        id=1,
        incident_id="A",
        cascade_id=1,
        wave_id=1,
        recipient="p1",
        status=DeliveryStatus(status),
        channels=(SMS, MAIL),
        attempts=1,
        deputy="p2",
    )
    return replace(duty, **changes)


def ladder(*rungs: Rung) -> WaveTerms:
    return replace(ASKS, ladder=rungs)


def rung(action: str, after_seconds: int = 300, person: str | None = None) -> Rung:
    return Rung(action=RungAction(action), after_seconds=after_seconds, person=person)


outcomes = st.builds(
    Outcome,
    status=st.sampled_from([s for s in AttemptStatus if s is not AttemptStatus.PLANNED]),
    failure=st.none() | st.sampled_from(FailureClass),
    retry_after_seconds=st.none() | st.floats(0, 600),
    expects_report=st.booleans(),
)
terms = st.builds(
    WaveTerms,
    rule=st.builds(AcknowledgementRule, kind=st.sampled_from([RuleKind.NONE, RuleKind.FIRST])),
    ladder=st.lists(
        st.builds(
            Rung,
            action=st.sampled_from(RungAction),
            after_seconds=st.integers(0, 600),
            person=st.none() | st.just("p9"),
        ),
        max_size=4,
    ).map(tuple),
    uncertain=st.sampled_from(UncertainPolicy),
)


@st.composite
def deliveries(draw: st.DrawFn) -> Delivery:
    """Draw a duty in any status, anywhere on its way through its contact points."""
    channels = tuple(draw(st.lists(st.sampled_from([SMS, MAIL]), min_size=1, max_size=3)))
    return delivery(
        draw(st.sampled_from([status.value for status in DeliveryStatus])),
        channels=channels,
        point=draw(st.integers(0, len(channels) - 1)),
        rung=draw(st.integers(0, 4)),
        tries=draw(st.integers(0, MAX_TRIES - 1)),
        attempts=draw(st.integers(0, 5)),
        deputy=draw(st.none() | st.just("p2")),
        due_at=draw(st.none() | st.just(NOW)),
    )


def possible(told: News) -> News:
    """Return the news of a duty that its wave's terms allow: nobody unasked is waited for."""
    duty, outcome, wave_terms = told
    if not wave_terms.rule.asks and duty.status is DeliveryStatus.AWAITING_ACKNOWLEDGEMENT:
        duty = replace(duty, status=DeliveryStatus.IN_PROGRESS)
    return duty, outcome, wave_terms


news = st.tuples(deliveries(), outcomes, terms).map(possible)


def tells_what_it_does(before: Delivery, step: DeliveryStep) -> None:
    """Check that a status changes by an allowed move with one entry of it, or not at all."""
    after = step.value
    if after.status is before.status:
        assert step.entries == ()
    else:
        assert after.status in DELIVERY_MOVES[before.status]
        assert len(step.entries) == 1
        entry = step.entries[0]
        assert entry.subject == before.recipient
        assert (entry.codes["from"], entry.codes["to"]) == (before.status, after.status)
    if before.status.is_final:
        assert after == before
    if after.status is DeliveryStatus.WAITING and before.status is not DeliveryStatus.WAITING:
        assert after.due_at is not None
    if after.status.is_final and not before.status.is_final:
        assert after.due_at is None
    assert after.point >= before.point
    assert after.rung >= before.rung
    if step.call_in is not None and step.call_in == before.deputy:
        assert after.deputy is None


def news_is_taken_as_it_is(rule: AfterAttempt) -> Callable[[News], None]:
    """Promise that news never raises, and never says more of a person than is known."""

    def promise(told: News) -> None:
        before, outcome, wave_terms = told
        step = rule(before, outcome, wave_terms, NOW)
        tells_what_it_does(before, step)
        after = step.value
        if after.status is not before.status:
            is_answer = outcome.status is AttemptStatus.ACKNOWLEDGED
            assert (after.status is DeliveryStatus.ACKNOWLEDGED) == is_answer
            if after.status is DeliveryStatus.INFORMED:
                assert outcome.status in ON_ITS_WAY
                assert not wave_terms.rule.asks
            if after.status is DeliveryStatus.UNREACHED:
                assert outcome.status in FAILED

    return promise


def uncertain_is_not_sent_again(rule: AfterAttempt) -> Callable[[News], None]:
    def promise(told: News) -> None:
        before, outcome, wave_terms = told
        unsure = replace(outcome, status=AttemptStatus.UNCERTAIN)
        in_flight = replace(before, status=DeliveryStatus.IN_PROGRESS)
        after = rule(in_flight, unsure, wave_terms, NOW).value
        assert after.status is not DeliveryStatus.WAITING
        assert not after.status.is_final

    return promise


def dead_addresses_are_left(rule: AfterAttempt) -> Callable[[News], None]:
    def promise(told: News) -> None:
        before, outcome, wave_terms = told
        dead = replace(outcome, status=AttemptStatus.FAILED_PERMANENT, failure=FailureClass.ADDRESS)
        in_flight = replace(before, status=DeliveryStatus.IN_PROGRESS)
        step = rule(in_flight, dead, wave_terms, NOW)
        if step.value.status is DeliveryStatus.UNREACHED:
            assert before.point == len(before.channels) - 1
            assert step.call_in == before.deputy
        else:
            assert step.value.point > before.point

    return promise


@given(news)
def test_whatever_is_reported_is_taken_and_told(told: News) -> None:
    news_is_taken_as_it_is(after_attempt)(told)


def test_calling_a_handover_an_answer_would_be_found_out(refute: Refute) -> None:
    def hopeful(
        before: Delivery, outcome: Outcome, wave_terms: WaveTerms, now: datetime
    ) -> DeliveryStep:
        if outcome.status is AttemptStatus.DELIVERED:
            outcome = replace(outcome, status=AttemptStatus.ACKNOWLEDGED)
        return after_attempt(before, outcome, wave_terms, now)

    refute(news, news_is_taken_as_it_is(hopeful))


def test_reopening_a_final_delivery_would_be_found_out(refute: Refute) -> None:
    def forgetful(
        before: Delivery, outcome: Outcome, wave_terms: WaveTerms, now: datetime
    ) -> DeliveryStep:
        reopened = replace(before, status=DeliveryStatus.IN_PROGRESS)
        return after_attempt(reopened, outcome, wave_terms, now)

    refute(news, news_is_taken_as_it_is(forgetful))


def test_moving_without_a_log_entry_would_be_found_out(refute: Refute) -> None:
    def silent(
        before: Delivery, outcome: Outcome, wave_terms: WaveTerms, now: datetime
    ) -> DeliveryStep:
        step = after_attempt(before, outcome, wave_terms, now)
        return replace(step, was=step.value.status)

    refute(news, news_is_taken_as_it_is(silent))


@given(news)
def test_an_uncertain_attempt_is_never_silently_sent_again(told: News) -> None:
    uncertain_is_not_sent_again(after_attempt)(told)


def test_taking_a_timeout_for_a_failure_would_be_found_out(refute: Refute) -> None:
    def impatient(
        before: Delivery, outcome: Outcome, wave_terms: WaveTerms, now: datetime
    ) -> DeliveryStep:
        if outcome.status is AttemptStatus.UNCERTAIN:
            outcome = replace(outcome, status=AttemptStatus.FAILED_RETRYABLE)
        return after_attempt(before, outcome, wave_terms, now)

    refute(news, uncertain_is_not_sent_again(impatient))


@given(news)
def test_a_dead_address_is_left_for_the_next_or_for_the_deputy(told: News) -> None:
    dead_addresses_are_left(after_attempt)(told)


def test_trying_a_dead_address_again_would_be_found_out(refute: Refute) -> None:
    def stubborn(
        before: Delivery, outcome: Outcome, wave_terms: WaveTerms, now: datetime
    ) -> DeliveryStep:
        again = replace(outcome, status=AttemptStatus.FAILED_RETRYABLE, failure=FailureClass.RETRY)
        return after_attempt(before, again, wave_terms, now)

    refute(news, dead_addresses_are_left(stubborn))


@given(st.sampled_from(ON_ITS_WAY), terms, st.booleans())
def test_news_of_an_attempt_that_is_already_to_be_repeated_changes_nothing(
    status: AttemptStatus, wave_terms: WaveTerms, expects_report: bool
) -> None:
    """A rung or a decision has set the next attempt; a late receipt does not undo it."""
    before = delivery("waiting", due_at=NOW)
    outcome = Outcome(status=status, expects_report=expects_report)
    assert after_attempt(before, outcome, wave_terms, NOW).value == before


@given(deliveries(), st.sampled_from(ON_ITS_WAY))
def test_nobody_who_was_asked_is_done_before_answering(
    before: Delivery, status: AttemptStatus
) -> None:
    in_flight = replace(before, status=DeliveryStatus.IN_PROGRESS)
    after = after_attempt(in_flight, Outcome(status=status), ASKS, NOW).value
    assert after.status is DeliveryStatus.AWAITING_ACKNOWLEDGEMENT


@pytest.mark.parametrize(
    ("status", "expects_report", "after"),
    [
        ("accepted", True, "in_progress"),
        ("accepted", False, "informed"),
        ("sent", True, "in_progress"),
        ("delivered", True, "informed"),
        ("delivery_unknown", True, "informed"),
        ("uncertain", False, "in_progress"),
        ("sending", False, "in_progress"),
    ],
)
def test_who_was_not_asked_is_informed_once_the_message_is_handed_over(
    status: str, expects_report: bool, after: str
) -> None:
    outcome = Outcome(status=AttemptStatus(status), expects_report=expects_report)
    assert after_attempt(delivery(), outcome, INFORMS, NOW).value.status == after


def test_a_passing_failure_is_tried_again_three_times_then_the_next_point_is_used() -> None:
    passing = Outcome(status=AttemptStatus.FAILED_RETRYABLE, failure=FailureClass.RETRY)
    duty, waits = delivery(), []
    for _ in range(MAX_TRIES - 1):
        duty = after_attempt(duty, passing, ASKS, NOW).value
        assert (duty.status, duty.point) == ("waiting", 0)
        assert duty.due_at is not None
        waits.append((duty.due_at - NOW).total_seconds())
        duty = replace(duty, status=DeliveryStatus.IN_PROGRESS)
    assert waits == list(BACKOFF_SECONDS[: MAX_TRIES - 1])
    duty = after_attempt(duty, passing, ASKS, NOW).value
    assert (duty.status, duty.point, duty.tries, duty.due_at) == ("waiting", 1, 0, NOW)


@given(st.integers(1, 50))
def test_a_busy_provider_never_uses_up_a_person_s_tries(times: int) -> None:
    busy = Outcome(
        status=AttemptStatus.FAILED_RETRYABLE, failure=FailureClass.BUSY, retry_after_seconds=5
    )
    duty = delivery()
    for _ in range(times):
        duty = after_attempt(duty, busy, ASKS, NOW).value
        assert (duty.status, duty.point, duty.tries) == ("waiting", 0, 0)
        assert duty.due_at == NOW + timedelta(seconds=5)
        duty = replace(duty, status=DeliveryStatus.IN_PROGRESS)


@given(st.floats(0, 1), st.floats(0, 1000))
def test_waiting_is_never_shorter_than_the_provider_asks(jitter: float, asked: float) -> None:
    passing = Outcome(
        status=AttemptStatus.FAILED_RETRYABLE,
        failure=FailureClass.RETRY,
        retry_after_seconds=asked,
    )
    after = after_attempt(delivery(), passing, ASKS, NOW, jitter=jitter).value
    assert after.due_at is not None
    assert after.due_at >= NOW + timedelta(seconds=asked)


def test_a_stopped_route_takes_another_channel_or_waits_with_its_reason() -> None:
    stopped = Outcome(status=AttemptStatus.FAILED_PERMANENT, failure=FailureClass.ROUTE)
    diverted = after_attempt(delivery(), stopped, ASKS, NOW).value
    assert (diverted.status, diverted.point) == ("waiting", 1)
    stuck = after_attempt(delivery(channels=(SMS, SMS)), stopped, ASKS, NOW).value
    assert (stuck.status, stuck.point, stuck.reason) == ("waiting", 0, Reason.ROUTE_STOPPED)
    assert stuck.due_at is not None
    assert stuck.due_at > NOW
    assert reason_when_closed(stuck) is Reason.ROUTE_STOPPED


def test_the_reason_of_a_stopped_route_goes_when_the_message_goes() -> None:
    stopped = Outcome(status=AttemptStatus.FAILED_PERMANENT, failure=FailureClass.ROUTE)
    stuck = after_attempt(delivery(channels=(SMS, SMS)), stopped, ASKS, NOW).value
    sent = after_attempt(
        replace(stuck, status=DeliveryStatus.IN_PROGRESS),
        Outcome(status=AttemptStatus.ACCEPTED),
        ASKS,
        NOW,
    ).value
    assert (sent.status, sent.reason) == ("awaiting_acknowledgement", None)
    assert reason_when_closed(replace(sent, attempts=2)) is Reason.NO_ANSWER


@given(deliveries())
def test_without_a_route_nobody_is_dropped(before: Delivery) -> None:
    step = without_route(before, NOW)
    tells_what_it_does(before, step)
    assert step.value.status is before.status
    if before.status is DeliveryStatus.WAITING:
        assert step.value.due_at is not None


@given(deliveries(), terms, st.booleans())
def test_reconciling_sends_again_only_on_proof_or_policy(
    before: Delivery, wave_terms: WaveTerms, is_proven: bool
) -> None:
    step = after_reconciliation(before, wave_terms, NOW, proven_unsent=is_proven)
    tells_what_it_does(before, step)
    may_resend = is_proven or wave_terms.uncertain is UncertainPolicy.RESEND
    if not may_resend:
        assert step.value == before
    elif not before.status.is_final:
        assert (step.value.status, step.value.due_at) == ("waiting", NOW)


@given(deliveries(), terms, st.sampled_from(AttemptStatus))
def test_climbing_never_raises_and_never_repeats_the_uncertain_unasked(
    before: Delivery, wave_terms: WaveTerms, last: AttemptStatus
) -> None:
    before = replace(before, rung=min(before.rung, len(wave_terms.ladder)))
    step = climb(before, wave_terms, NOW, last=last)
    tells_what_it_does(before, step)
    after = step.value
    asks_first = last is AttemptStatus.UNCERTAIN and wave_terms.uncertain is UncertainPolicy.ASK
    if asks_first and after.status is DeliveryStatus.WAITING and before != after:
        assert after.channels[after.point] is not before.channels[before.point]


@given(terms.filter(lambda wave_terms: wave_terms.rule.asks), st.sampled_from(AttemptStatus))
def test_a_ladder_ends_and_calls_each_stand_in_once(
    wave_terms: WaveTerms, last: AttemptStatus
) -> None:
    duty, called = delivery("awaiting_acknowledgement"), []
    for _ in range(len(wave_terms.ladder) + 1):
        step = climb(duty, wave_terms, NOW, last=last)
        called += [step.call_in] if step.call_in else []
        duty = replace(step.value, status=DeliveryStatus.AWAITING_ACKNOWLEDGEMENT)
    assert duty.rung == len(wave_terms.ladder)
    assert called.count("p2") <= 1
    assert climb(duty, wave_terms, NOW, last=last).call_in is None
    assert duty.due_at is None or duty.due_at >= NOW


def test_the_ladder_is_climbed_rung_by_rung() -> None:
    """A second SMS, the mail, the deputy, the last rung: each after its own time."""
    steps = ladder(
        rung("retry", 300),
        rung("next_channel", 300),
        rung("deputy", 240),
        rung("last_rung", 180, person="p9"),
    )
    asked = after_attempt(delivery(), Outcome(status=AttemptStatus.ACCEPTED), steps, NOW).value
    assert asked.due_at == NOW + timedelta(seconds=300)
    again = climb(asked, steps, NOW, last=AttemptStatus.ACCEPTED).value
    assert (again.status, again.point, again.rung) == ("waiting", 0, 1)
    asked = replace(again, status=DeliveryStatus.AWAITING_ACKNOWLEDGEMENT)
    mailed = climb(asked, steps, NOW, last=AttemptStatus.DELIVERED).value
    assert (mailed.status, mailed.point, mailed.rung) == ("waiting", 1, 2)
    asked = replace(mailed, status=DeliveryStatus.AWAITING_ACKNOWLEDGEMENT)
    called = climb(asked, steps, NOW, last=AttemptStatus.ACCEPTED)
    assert (called.call_in, called.value.deputy) == ("p2", None)
    assert called.value.due_at == NOW + timedelta(seconds=180)
    last = climb(called.value, steps, NOW, last=AttemptStatus.ACCEPTED)
    assert (last.call_in, last.value.rung, last.value.due_at) == ("p9", 4, None)


def test_rungs_that_cannot_be_used_are_passed_over_at_once() -> None:
    steps = ladder(rung("retry"), rung("next_channel"), rung("deputy"))
    alone = delivery("awaiting_acknowledgement", channels=(SMS,))
    passed = climb(alone, steps, NOW, last=AttemptStatus.UNCERTAIN)
    assert (passed.call_in, passed.value.rung) == ("p2", 3)


@given(deliveries(), st.booleans())
def test_an_answer_ends_the_duty_and_a_no_calls_the_deputy(before: Delivery, is_yes: bool) -> None:
    step = acknowledge(before, NOW, actor="p1", is_yes=is_yes)
    tells_what_it_does(before, step)
    if before.status.is_final:
        assert step.value == before
        assert step.call_in is None
    else:
        assert step.value.status is DeliveryStatus.ACKNOWLEDGED
        assert step.call_in == (None if is_yes else before.deputy)


@given(
    deliveries(),
    st.sampled_from([DeliveryStatus.UNREACHED, DeliveryStatus.SKIPPED, DeliveryStatus.CANCELLED]),
)
def test_whatever_is_open_can_be_ended_with_its_reason(
    before: Delivery, to: DeliveryStatus
) -> None:
    step = end(before, to, NOW, reason=Reason.NO_ANSWER, actor="engine")
    tells_what_it_does(before, step)
    if not before.status.is_final:
        assert (step.value.status, step.value.reason) == (to, Reason.NO_ANSWER)


def test_nobody_is_said_to_be_silent_who_was_never_sent_to() -> None:
    assert reason_when_closed(delivery(attempts=0)) is Reason.NOT_SENT_IN_TIME
    assert reason_when_closed(delivery(attempts=1)) is Reason.NO_ANSWER
