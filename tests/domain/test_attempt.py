"""An attempt's status follows from the set of what was learned, whatever came first or twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from beredskap.domain.attempt import (
    CLOSED_BY_PROVIDER,
    EXPECTED_NEXT,
    FAILED,
    RANK,
    TAKEN,
    AttemptEvent,
    AttemptStatus,
    Folded,
    fold,
    higher,
    is_expected,
    may_have_arrived,
)

Refute = Callable[[SearchStrategy[Any], Callable[[Any], None]], None]
Fold = Callable[[Iterable[AttemptEvent]], Folded]
Events = Sequence[AttemptEvent]

START = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)
BY_RANK = [
    "planned",
    "sending",
    "uncertain",
    "accepted",
    "sent",
    "delivery_unknown",
    "expired",
    "cancelled",
    "delivered",
    "failed_retryable",
    "failed_permanent",
    "acknowledged",
]

statuses = st.sampled_from(AttemptStatus)
provider_words = st.none() | st.sampled_from(
    ["queued", "sent", "delivered", "undelivered", "read", "opened", "clicked", "acknowledged"]
)
events = st.builds(
    AttemptEvent,
    status=statuses,
    at=st.integers(0, 600).map(lambda seconds: START + timedelta(seconds=seconds)),
    provider_status=provider_words | st.text(max_size=8),
    code=st.none() | st.sampled_from(["30003", "30007", "250", "5.1.1"]) | st.text(max_size=5),
    unsent=st.booleans(),
)
histories = st.lists(events, max_size=8)
two_orders = histories.flatmap(lambda told: st.tuples(st.just(told), st.permutations(told)))
history_and_repeats = st.lists(events, min_size=1, max_size=6).flatmap(
    lambda told: st.tuples(st.just(told), st.lists(st.sampled_from(told), max_size=6))
)
history_and_news = st.tuples(histories, events)


def fold_last_to_arrive(told: Iterable[AttemptEvent]) -> Folded:
    """Believe whatever arrived last: wrong, since receipts overtake each other."""
    status = AttemptStatus.PLANNED
    for event in told:
        status = event.status
    return Folded(status=status, is_conflict=False)


def fold_newest_by_time(told: Iterable[AttemptEvent]) -> Folded:
    """Believe the newest time: wrong, since a late receipt would take back an answer."""
    newest = max(told, key=lambda event: (event.at, RANK[event.status]), default=None)
    status = newest.status if newest is not None else AttemptStatus.PLANNED
    return Folded(status=status, is_conflict=False)


def fold_counting_receipts(told: Iterable[AttemptEvent]) -> Folded:
    """Call two closing receipts a conflict: wrong when it is the same one twice."""
    told = list(told)
    closing = [event for event in told if event.status in CLOSED_BY_PROVIDER]
    return Folded(status=fold(told).status, is_conflict=len(closing) > 1)


def fold_believing_words(told: Iterable[AttemptEvent]) -> Folded:
    """Believe the provider's own word: wrong, since a mail scanner "reads" too."""
    told = list(told)
    if any(event.provider_status in ("read", "opened") for event in told):
        return Folded(status=AttemptStatus.ACKNOWLEDGED, is_conflict=False)
    return fold(told)


def order_does_not_matter(rule: Fold) -> Callable[[tuple[Events, Events]], None]:
    def promise(orders: tuple[Events, Events]) -> None:
        assert rule(orders[0]) == rule(orders[1])

    return promise


def twice_is_once(rule: Fold) -> Callable[[tuple[Events, Events]], None]:
    def promise(told: tuple[Events, Events]) -> None:
        once, again = told
        later = [replace(event, at=event.at + timedelta(hours=1)) for event in again]
        assert rule([*once, *later]) == rule(once)

    return promise


def news_never_lowers(rule: Fold) -> Callable[[tuple[Events, AttemptEvent]], None]:
    def promise(told: tuple[Events, AttemptEvent]) -> None:
        before, news = told
        now_at, then = rule([*before, news]).status, rule(before).status
        assert RANK[now_at] >= RANK[then]
        if then is AttemptStatus.ACKNOWLEDGED:
            assert now_at is AttemptStatus.ACKNOWLEDGED

    return promise


def a_status_was_told(rule: Fold) -> Callable[[Events], None]:
    def promise(told: Events) -> None:
        assert rule(told).status in {event.status for event in told} | {AttemptStatus.PLANNED}

    return promise


def raw_words_change_nothing(rule: Fold) -> Callable[[tuple[Events, str]], None]:
    def promise(told: tuple[Events, str]) -> None:
        history, word = told
        reworded = [replace(event, provider_status=word, code=word) for event in history]
        silent = [replace(event, provider_status=None, code=None) for event in history]
        assert rule(reworded).status is rule(silent).status

    return promise


@given(two_orders)
def test_the_order_of_arrival_does_not_matter(orders: tuple[Events, Events]) -> None:
    order_does_not_matter(fold)(orders)


def test_believing_the_last_to_arrive_would_be_found_out(refute: Refute) -> None:
    refute(two_orders, order_does_not_matter(fold_last_to_arrive))


@given(history_and_repeats)
def test_an_event_told_twice_counts_once(told: tuple[Events, Events]) -> None:
    twice_is_once(fold)(told)


def test_counting_receipts_instead_of_kinds_would_be_found_out(refute: Refute) -> None:
    refute(history_and_repeats, twice_is_once(fold_counting_receipts))


@given(history_and_news)
def test_no_event_lowers_a_status_and_an_answer_stays(told: tuple[Events, AttemptEvent]) -> None:
    news_never_lowers(fold)(told)


def test_believing_the_newest_time_would_be_found_out(refute: Refute) -> None:
    refute(history_and_news, news_never_lowers(fold_newest_by_time))


@given(histories)
def test_nothing_becomes_an_answer_unless_an_answer_was_recorded(told: Events) -> None:
    """Out-of-office notes, receipts, opened links and read marks have no such event."""
    a_status_was_told(fold)(told)


def test_taking_a_read_mark_for_an_answer_would_be_found_out(refute: Refute) -> None:
    refute(histories, a_status_was_told(fold_believing_words))


@given(st.tuples(histories, provider_words.filter(bool) | st.text()))
def test_a_word_nobody_knows_changes_nothing(told: tuple[Events, str]) -> None:
    raw_words_change_nothing(fold)(told)


def test_trusting_a_provider_s_word_would_be_found_out(refute: Refute) -> None:
    told = st.tuples(histories, provider_words.filter(bool) | st.text())
    refute(told, raw_words_change_nothing(fold_believing_words))


@given(histories)
def test_folding_one_by_one_comes_to_the_same_status(told: Events) -> None:
    stepwise = reduce(higher, (event.status for event in told), AttemptStatus.PLANNED)
    assert stepwise is fold(told).status


@given(histories)
def test_events_with_the_same_key_are_the_same_event(told: Events) -> None:
    assert fold({event.key: event for event in told}.values()) == fold(told)


def test_the_ranks_are_the_agreed_twelve() -> None:
    assert [status.value for status in sorted(AttemptStatus, key=RANK.__getitem__)] == BY_RANK


def told(*words: str) -> list[AttemptEvent]:
    """Return events with these statuses, a second apart."""
    return [
        AttemptEvent(status=AttemptStatus(word), at=START + timedelta(seconds=second))
        for second, word in enumerate(words)
    ]


@pytest.mark.parametrize(
    ("words", "is_conflict"),
    [
        ("", False),
        ("sending accepted sent delivered", False),
        ("delivered delivered", False),
        ("delivered failed_permanent", True),
        ("failed_retryable delivered", True),
        ("failed_retryable failed_permanent", False),
        ("failed_retryable failed_permanent delivered", True),
        ("expired delivered", True),
        ("cancelled delivered", True),
        ("delivered acknowledged", False),
    ],
)
def test_contradicting_receipts_are_a_conflict(words: str, is_conflict: bool) -> None:
    assert fold(told(*words.split())).is_conflict is is_conflict


def test_a_bounce_after_delivery_is_read_cautiously() -> None:
    folded = fold(told("accepted", "delivered", "failed_permanent"))
    assert folded == Folded(status=AttemptStatus.FAILED_PERMANENT, is_conflict=True)


def test_what_is_expected_next_only_ever_raises_the_rank() -> None:
    assert set(EXPECTED_NEXT) == set(AttemptStatus)
    for status, following in EXPECTED_NEXT.items():
        assert all(RANK[after] > RANK[status] for after in following)


EXPECTED_ROWS = """
planned: sending cancelled expired
sending: uncertain accepted sent delivered failed_retryable failed_permanent
uncertain: accepted sent delivered failed_retryable failed_permanent expired
accepted: sent delivery_unknown expired cancelled delivered failed_retryable failed_permanent
sent: delivery_unknown delivered failed_retryable failed_permanent
delivery_unknown: delivered failed_retryable failed_permanent
expired: delivered failed_permanent
cancelled: delivered failed_permanent
delivered: failed_permanent
failed_retryable: failed_permanent
failed_permanent:
acknowledged:
"""


@pytest.mark.parametrize("row", EXPECTED_ROWS.split("\n")[1:-1])
def test_what_may_follow_a_status_is_what_providers_are_known_to_tell(row: str) -> None:
    status, following = row.split(":")
    assert set(map(str, EXPECTED_NEXT[AttemptStatus(status)])) == set(following.split())


@given(statuses)
def test_an_answer_is_never_unexpected(status: AttemptStatus) -> None:
    assert is_expected(status, AttemptStatus.ACKNOWLEDGED)


@pytest.mark.parametrize(
    ("words", "is_proven_unsent", "expected"),
    [
        ("", False, False),
        ("planned", False, False),
        ("sending", False, True),
        ("sending uncertain", False, True),
        ("sending accepted", False, True),
        ("sending accepted failed_permanent", False, True),
        ("sending failed_retryable", True, False),
        ("sending cancelled", True, False),
        ("sending failed_retryable accepted", True, True),
        ("sending failed_retryable delivered", True, True),
        ("sending failed_retryable acknowledged", True, True),
    ],
)
def test_a_correction_goes_to_whoever_may_have_the_message(
    words: str, is_proven_unsent: bool, expected: bool
) -> None:
    history = told(*words.split())
    if is_proven_unsent:
        history = [replace(event, unsent=event.status in FAILED) for event in history]
    assert may_have_arrived(history) is expected


def arrived_messages_are_corrected(
    rule: Callable[[Iterable[AttemptEvent]], bool],
) -> Callable[[Events], None]:
    def promise(history: Events) -> None:
        had_it = {*TAKEN, AttemptStatus.DELIVERED, AttemptStatus.ACKNOWLEDGED}
        if any(event.status in had_it for event in history):
            assert rule(history)
        if all(event.status is AttemptStatus.PLANNED for event in history):
            assert not rule(history)
        if any(event.status is AttemptStatus.UNCERTAIN for event in history) and not any(
            event.unsent for event in history
        ):
            assert rule(history)

    return promise


@given(histories)
def test_nobody_who_may_have_it_goes_without_a_correction(history: Events) -> None:
    arrived_messages_are_corrected(may_have_arrived)(history)


def test_correcting_only_the_delivered_would_be_found_out(refute: Refute) -> None:
    def only_delivered(history: Iterable[AttemptEvent]) -> bool:
        return fold(history).status is AttemptStatus.DELIVERED

    refute(histories, arrived_messages_are_corrected(only_delivered))
