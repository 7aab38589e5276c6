"""Six classes that always add up to the persons, and only an answer is called reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from beredskap.domain.attempt import FAILED, AttemptEvent, AttemptStatus, fold
from beredskap.domain.reach import PersonReach, ReachClass, classify, count_classes, problems_first

Refute = Callable[[SearchStrategy[Any], Callable[[Any], None]], None]
Tries = Sequence[AttemptStatus]
Person = tuple[Tries, bool]
Count = Callable[[Iterable[Person]], dict[ReachClass, int]]
Classify = Callable[[Tries, bool], ReachClass]

BEST_FIRST = list(ReachClass)

tries = st.lists(st.sampled_from(AttemptStatus), max_size=5)
persons = st.tuples(tries, st.booleans())
populations = st.lists(persons, max_size=30)


def class_of(attempts: Tries, is_open: bool) -> ReachClass:
    return classify(attempts, is_open=is_open)


def count_persons(population: Iterable[Person]) -> dict[ReachClass, int]:
    return count_classes(class_of(*person) for person in population)


def totals_add_up(count: Count) -> Callable[[list[Person]], None]:
    def promise(population: list[Person]) -> None:
        totals = count(population)
        assert sum(totals.values()) == len(population)
        assert set(totals) == set(ReachClass)
        recounted = Counter(class_of(*person) for person in population)
        assert all(totals[reach] == recounted[reach] for reach in ReachClass)

    return promise


@given(populations)
def test_the_classes_always_add_up_to_the_persons(population: list[Person]) -> None:
    totals_add_up(count_persons)(population)


def test_counting_attempts_instead_of_persons_would_be_found_out(refute: Refute) -> None:
    def count_attempts(population: Iterable[Person]) -> dict[ReachClass, int]:
        people = list(population)
        return count_classes(class_of([status], is_open) for t, is_open in people for status in t)

    refute(populations, totals_add_up(count_attempts))


def test_leaving_out_the_unreached_would_be_found_out(refute: Refute) -> None:
    def count_the_tried(population: Iterable[Person]) -> dict[ReachClass, int]:
        return count_persons(person for person in population if person[0])

    refute(populations, totals_add_up(count_the_tried))


def best_evidence_counts(rule: Classify) -> Callable[[tuple[Person, AttemptStatus]], None]:
    def promise(example: tuple[Person, AttemptStatus]) -> None:
        (attempts, is_open), one_more = example
        reach = rule(attempts, is_open)
        assert (reach is ReachClass.ACKNOWLEDGED) == (AttemptStatus.ACKNOWLEDGED in attempts)
        if reach is ReachClass.DELIVERED:
            assert AttemptStatus.DELIVERED in attempts
        if reach is ReachClass.NOT_REACHED:
            assert not is_open
            assert set(attempts) <= FAILED | {AttemptStatus.PLANNED}
        better = rule([*attempts, one_more], is_open)
        assert BEST_FIRST.index(better) <= BEST_FIRST.index(reach)

    return promise


@given(st.tuples(persons, st.sampled_from(AttemptStatus)))
def test_the_best_evidence_decides_and_more_evidence_never_hurts(
    example: tuple[Person, AttemptStatus],
) -> None:
    best_evidence_counts(class_of)(example)


def test_judging_by_the_newest_attempt_would_be_found_out(refute: Refute) -> None:
    def by_newest(attempts: Tries, is_open: bool) -> ReachClass:
        return class_of(attempts[-1:], is_open)

    refute(st.tuples(persons, st.sampled_from(AttemptStatus)), best_evidence_counts(by_newest))


def test_calling_the_delivered_reached_would_be_found_out(refute: Refute) -> None:
    def generous(attempts: Tries, is_open: bool) -> ReachClass:
        reach = class_of(attempts, is_open)
        return ReachClass.ACKNOWLEDGED if reach is ReachClass.DELIVERED else reach

    refute(st.tuples(persons, st.sampled_from(AttemptStatus)), best_evidence_counts(generous))


def test_hiding_the_uncertain_would_be_found_out(refute: Refute) -> None:
    def without_uncertain(attempts: Tries, is_open: bool) -> ReachClass:
        reach = class_of(attempts, is_open)
        return ReachClass.NOT_REACHED if reach is ReachClass.UNCERTAIN else reach

    refute(
        st.tuples(persons, st.sampled_from(AttemptStatus)), best_evidence_counts(without_uncertain)
    )


@pytest.mark.parametrize(
    ("statuses", "is_open", "reach"),
    [
        ("", False, "not_reached"),
        ("", True, "in_progress"),
        ("planned", False, "not_reached"),
        ("sending", False, "in_progress"),
        ("uncertain", True, "uncertain"),
        ("accepted", True, "handed_over"),
        ("sent", False, "handed_over"),
        ("delivery_unknown", False, "handed_over"),
        ("delivered", True, "delivered"),
        ("expired", False, "not_reached"),
        ("cancelled", False, "not_reached"),
        ("failed_retryable", True, "in_progress"),
        ("failed_permanent", False, "not_reached"),
        ("acknowledged", True, "acknowledged"),
        ("failed_permanent delivered", False, "delivered"),
        ("delivered acknowledged failed_permanent", False, "acknowledged"),
        ("uncertain failed_permanent", False, "uncertain"),
        ("uncertain accepted", False, "handed_over"),
    ],
)
def test_each_status_alone_and_together_has_its_class(
    statuses: str, is_open: bool, reach: str
) -> None:
    attempts = [AttemptStatus(word) for word in statuses.split()]
    assert classify(attempts, is_open=is_open) == reach


@given(
    st.lists(
        st.lists(
            st.builds(AttemptEvent, status=st.sampled_from(AttemptStatus), at=st.datetimes()),
            max_size=4,
        ),
        max_size=4,
    ),
    st.booleans(),
)
def test_stored_statuses_and_events_give_the_same_class(
    attempts: list[list[AttemptEvent]], is_open: bool
) -> None:
    """Neither the order of attempts nor that of their events changes anybody's class."""
    stored = [fold(events).status for events in attempts]
    recomputed = [fold(reversed(events)).status for events in reversed(attempts)]
    assert class_of(stored, is_open) is class_of(recomputed, is_open)


def test_problems_stand_first_and_a_call_for_help_before_them() -> None:
    found = [
        PersonReach(person="a", name="Ada", reach=ReachClass.ACKNOWLEDGED),
        PersonReach(person="b", name="bo", reach=ReachClass.NOT_REACHED),
        PersonReach(person="c", name="Cia", reach=ReachClass.ACKNOWLEDGED, needs_help=True),
        PersonReach(person="d", name="Dan", reach=ReachClass.UNCERTAIN),
        PersonReach(person="e", name="Ale", reach=ReachClass.NOT_REACHED),
        PersonReach(person="f", name="Fia", reach=ReachClass.IN_PROGRESS),
    ]
    assert "".join(one.person for one in problems_first(found)) == "cebdfa"
