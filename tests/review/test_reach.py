from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beredskap.domain.attempt import AttemptStatus
from beredskap.domain.cascade import CascadeStatus
from beredskap.domain.delivery import DeliveryStatus, Reason
from beredskap.domain.reach import ReachClass
from beredskap.errors import NotFoundError
from beredskap.review.reach import figures, share_answered_after
from beredskap.store.ledger import Ledger
from beredskap.store.people import erase_values, values_about
from tests.review.recorded import START, Recorded, State, record

_STATUSES = st.sampled_from(list(DeliveryStatus))
_ATTEMPTS = st.lists(
    st.sampled_from([s for s in AttemptStatus if s is not AttemptStatus.PLANNED]), max_size=3
)


@st.composite
def _states(draw: st.DrawFn) -> list[State]:
    states = []
    for number in range(draw(st.integers(0, 6))):
        status = draw(_STATUSES)
        attempts = [] if status is DeliveryStatus.SKIPPED else draw(_ATTEMPTS)
        states.append(
            State(
                name=f"P{number}",
                status=status,
                attempts=attempts,
                answered_after=draw(st.none() | st.floats(0, 3600)),
                reason=draw(st.none() | st.sampled_from(list(Reason))),
            )
        )
    return states


@given(states=_states())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_classes_always_add_up_to_the_persons(memory: Ledger, states: list[State]) -> None:
    recorded = record(memory, states)
    with memory.read() as tx:
        told = figures(tx, recorded.incident.id)
        counted = figures(tx, recorded.incident.id, with_people=False)
    assert told.persons == len(states)
    assert sum(told.reach.values()) == told.persons == len(told.people)
    assert set(told.reach) == set(ReachClass)
    for reach in ReachClass:
        assert told.reach[reach] == sum(person.reach is reach for person in told.people)
    assert (counted.reach, counted.persons, counted.times) == (told.reach, told.persons, told.times)
    assert told.reach[ReachClass.ACKNOWLEDGED] == sum(
        state.answered_after is not None or AttemptStatus.ACKNOWLEDGED in state.attempts
        for state in states
    )


def _figures_of(recorded: Recorded) -> dict[str, ReachClass]:
    with recorded.ledger.read() as tx:
        return {p.name: p.reach for p in figures(tx, recorded.incident.id).people}


def test_handed_over_is_never_called_reached(ledger: Ledger) -> None:
    recorded = record(
        ledger,
        [
            State(name="Anna", attempts=[AttemptStatus.ACCEPTED]),
            State(name="Bo", attempts=[AttemptStatus.DELIVERED]),
            State(name="Cia", attempts=[AttemptStatus.UNCERTAIN]),
            State(name="Dan", status=DeliveryStatus.SKIPPED, reason=Reason.NO_ADDRESS),
        ],
    )
    assert _figures_of(recorded) == {
        "Anna": ReachClass.HANDED_OVER,
        "Bo": ReachClass.DELIVERED,
        "Cia": ReachClass.UNCERTAIN,
        "Dan": ReachClass.NOT_REACHED,
    }


def test_a_person_left_out_is_a_row_with_its_reason(ledger: Ledger) -> None:
    recorded = record(
        ledger, [State(name="Dan", status=DeliveryStatus.SKIPPED, reason=Reason.NO_ADDRESS)]
    )
    with ledger.read() as tx:
        (dan,) = figures(tx, recorded.incident.id).people
    assert (dan.person, dan.reason, dan.attempts) == ("dan", "no_address", 0)


def test_a_protected_person_is_a_number_without_id(ledger: Ledger) -> None:
    recorded = record(ledger, [State(name="skyddad person 1", is_protected=True)])
    with ledger.read() as tx:
        (person,) = figures(tx, recorded.incident.id).people
    assert (person.person, person.name) == ("skyddad person 1", "skyddad person 1")


def test_a_deputys_answer_counts_for_the_deputy(ledger: Ledger) -> None:
    recorded = record(
        ledger,
        [
            State(name="Anna", attempts=[AttemptStatus.ACCEPTED]),
            State(name="Bo", stands_in_for="Anna", answered_after=60),
        ],
    )
    with ledger.read() as tx:
        anna, bo = figures(tx, recorded.incident.id).people
    assert (anna.reach, bo.reach) == (ReachClass.HANDED_OVER, ReachClass.ACKNOWLEDGED)
    assert bo.stands_in_for == "anna"


def test_an_answer_in_own_words_is_shown_until_it_is_erased(ledger: Ledger) -> None:
    recorded = record(
        ledger, [State(name="Anna", answered_after=5, how="officer", answer="står i kö på E4")]
    )
    with ledger.read() as tx:
        (anna,) = figures(tx, recorded.incident.id).people
    assert (anna.answer, anna.channel) == ("står i kö på E4", "officer")
    ref = recorded.refs["Anna"]
    with ledger.write() as tx:
        erase_values(tx, recorded.incident.id, ref, values_about(tx, recorded.incident.id, ref))
    with ledger.read() as tx:
        (anna,) = figures(tx, recorded.incident.id).people
    assert (anna.person, anna.name, anna.answer) == (ref, "(raderad/erased)", "free_text")
    assert anna.reach is ReachClass.ACKNOWLEDGED


def test_times_come_from_the_log_and_the_events(ledger: Ledger) -> None:
    recorded = record(
        ledger,
        [
            State(name="Anna", attempts=[AttemptStatus.ACCEPTED], answered_after=60),
            State(name="Bo", attempts=[AttemptStatus.ACCEPTED], answered_after=120),
            State(name="Cia", attempts=[AttemptStatus.ACCEPTED]),
        ],
    )
    recorded.move(CascadeStatus.HELD)
    recorded.move(CascadeStatus.RUNNING, seconds=8)
    with ledger.read() as tx:
        times = figures(tx, recorded.incident.id).times
    assert (times.launched, times.completed) == (START, None)
    assert times.first_send is not None and (times.first_send - START).total_seconds() == 10
    assert (times.p50_ack, times.p90_ack) == (120.0, None)
    recorded.move(CascadeStatus.COMPLETED, seconds=600)
    with ledger.read() as tx:
        completed = figures(tx, recorded.incident.id).times.completed
    assert completed is not None and (completed - START).total_seconds() == 600


@pytest.mark.parametrize(
    ("seconds", "persons", "share", "after"),
    [
        ([], 0, 0.5, None),
        ([], 3, 0.5, None),
        ([1.0], 1, 0.5, 1.0),
        ([1.0, 5.0], 4, 0.5, 5.0),
        ([1.0, 5.0], 5, 0.5, None),
        ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0], 10, 0.9, 9.0),
        ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], 10, 0.9, None),
    ],
)
def test_whoever_has_not_answered_counts_as_not_yet(
    seconds: list[float], persons: int, share: float, after: float | None
) -> None:
    assert share_answered_after(seconds, persons, share) == after


def test_an_unknown_incident_is_not_found(ledger: Ledger) -> None:
    with ledger.read() as tx, pytest.raises(NotFoundError, match="alert list"):
        figures(tx, "20260101-9")
