"""What the audit finds when the log shows something else than the plan required."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from beredskap.domain.log import Code, LogEntry, LogKind
from beredskap.domain.reach import ReachClass
from beredskap.review.audit import DifferenceKind, audit

START = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)
ANNA, BO, CIA = "p_anna", "p_bo", "p_cia"
REACH = {ReachClass.ACKNOWLEDGED: 1, ReachClass.HANDED_OVER: 1}

Log = list[LogEntry]
Change = Callable[[Log], Log]


def entry(what: LogKind, subject: str | None = None, /, **codes: Code) -> LogEntry:
    return LogEntry(
        incident_id="20261123-1",
        kind=what,
        happened_at=START + timedelta(seconds=1),
        actor="engine",
        subject=subject,
        codes={"cascade": 1, **codes},
    )


def started(number: int = 1, *people: str, **codes: Code) -> LogEntry:
    """Return that messages began to leave."""
    told: dict[str, Code] = {"wave": "alla", "repeats": [], **codes}
    return entry(LogKind.ATTEMPTS_STARTED, attempts=dict.fromkeys(people, number), **told)


def news(status: str, number: int, *people: str, **codes: Code) -> LogEntry:
    """Return what became of messages."""
    deliveries = {ANNA: 11, BO: 12, CIA: 13}
    told: dict[str, Code] = {"status": status, **codes}
    return entry(
        LogKind.ATTEMPT_NEWS,
        attempts=dict.fromkeys(people, number),
        deliveries={person: deliveries[person] for person in people},
        **told,
    )


def moved(person: str, to: str) -> LogEntry:
    delivery = {ANNA: 11, BO: 12, CIA: 13}[person]
    return entry(LogKind.DELIVERY_MOVED, person, delivery=delivery, to=to)


PREPARED = entry(LogKind.CASCADE_PREPARED, kind="alert", persons=2)
PLANNED = entry(LogKind.PEOPLE_PLANNED, wave="alla", people=[ANNA, BO])
RELEASED = entry(LogKind.CASCADE_RELEASED)
OPENED = entry(LogKind.WAVE_OPENED, wave="alla")
FIRST = started(1, ANNA, BO)
ACCEPTED = news("accepted", 1, ANNA, BO)
ANSWERED = entry(LogKind.ACKNOWLEDGED, ANNA, delivery=11)
SETTLED = moved(ANNA, "acknowledged")
UNREACHED = moved(BO, "unreached")
EXPIRED = entry(LogKind.WAVE_EXPIRED, wave="alla")
COMPLETED = entry(LogKind.CASCADE_COMPLETED)
WHOLE = [
    PREPARED, PLANNED, RELEASED, OPENED, FIRST, ACCEPTED, ANSWERED, SETTLED, UNREACHED, EXPIRED,
    COMPLETED,
]  # fmt: skip
CORRECTION = [
    entry(LogKind.CASCADE_PREPARED, cascade=2, kind="false_alarm", persons=2),
    entry(LogKind.PEOPLE_PLANNED, cascade=2, wave="sms", people=[ANNA, BO]),
    entry(LogKind.CASCADE_RELEASED, cascade=2),
]


def kinds(log: Log, reach: dict[ReachClass, int] | None = None) -> set[DifferenceKind]:
    return {one.kind for one in audit(log, REACH if reach is None else reach)}


def test_a_log_that_shows_what_the_plan_required_has_no_difference() -> None:
    assert audit(WHOLE, REACH) == ()
    assert audit([*WHOLE[:-1], *CORRECTION], REACH) == ()


def without(*gone: LogEntry) -> Change:
    return lambda log: [one for one in log if one not in gone]


def after(place: LogEntry, *new: LogEntry) -> Change:
    def _change(log: Log) -> Log:
        at = log.index(place) + 1
        return [*log[:at], *new, *log[at:]]

    return _change


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda log: [entry(LogKind.CASCADE_PREPARED, kind="alert", persons=3), *log[1:]],
         {DifferenceKind.COUNT}),
        (after(FIRST, started(1, CIA)), {DifferenceKind.UNPLANNED}),
        (without(RELEASED), {DifferenceKind.NOT_RUNNING}),
        (after(OPENED, entry(LogKind.CASCADE_PAUSED)), {DifferenceKind.NOT_RUNNING}),
        (after(COMPLETED, started(2, BO)),
         {DifferenceKind.NOT_RUNNING, DifferenceKind.WAVE_CLOSED}),
        (without(OPENED), {DifferenceKind.WAVE_CLOSED}),
        (after(ACCEPTED, *CORRECTION, started(2, BO)), {DifferenceKind.OVERTAKEN}),
        (after(ACCEPTED, started(2, BO), news("accepted", 2, BO)), {DifferenceKind.TWICE}),
        (without(UNREACHED), {DifferenceKind.UNTOLD}),
        (without(FIRST, ACCEPTED), {DifferenceKind.TOTALS}),
        (
            after(
                ACCEPTED,
                CORRECTION[0],
                entry(LogKind.PEOPLE_PLANNED, cascade=2, wave="sms", people=[ANNA]),
                CORRECTION[2],
            ),
            {DifferenceKind.UNCORRECTED},
        ),
    ],
)  # fmt: skip
def test_each_way_to_differ_is_found_and_no_other(
    change: Change, found: set[DifferenceKind]
) -> None:
    assert kinds(change(WHOLE)) == found


@pytest.mark.parametrize(
    "cause",
    [
        [moved(BO, "waiting"), started(2, BO)],
        [started(2, BO, repeats=[BO])],
        [news("failed_permanent", 1, BO), started(2, BO)],
        [entry(LogKind.ATTEMPT_DECIDED, BO), started(2, BO)],
    ],
)
def test_a_second_message_with_its_cause_in_the_log_is_no_difference(cause: Log) -> None:
    assert kinds(after(ACCEPTED, *cause, news("accepted", 2, BO))(WHOLE)) == set()


def test_a_cause_explains_one_message_and_not_two() -> None:
    log = after(
        ACCEPTED,
        moved(BO, "waiting"),
        started(2, BO),
        news("accepted", 2, BO),
        started(3, BO),
        news("accepted", 3, BO),
    )(WHOLE)
    assert kinds(log) == {DifferenceKind.TWICE}


def test_nobody_needs_a_correction_of_what_is_proven_not_to_have_left() -> None:
    unsent = news("failed_permanent", 1, BO, unsent=True)
    log = [
        PREPARED, PLANNED, RELEASED, OPENED, FIRST, news("accepted", 1, ANNA), unsent,
        ANSWERED, SETTLED, UNREACHED,
        CORRECTION[0],
        entry(LogKind.PEOPLE_PLANNED, cascade=2, wave="sms", people=[ANNA]),
        CORRECTION[2],
    ]  # fmt: skip
    assert kinds(log, {ReachClass.ACKNOWLEDGED: 1, ReachClass.NOT_REACHED: 1}) == set()


def test_a_deputy_and_a_person_added_have_duties_of_their_own() -> None:
    promoted = entry(LogKind.DEPUTY_PROMOTED, CIA, delivery=12)
    log = after(ACCEPTED, promoted, started(1, CIA), news("accepted", 1, CIA))(WHOLE)
    reach = {**REACH, ReachClass.HANDED_OVER: 2}
    assert kinds(log, reach) == {DifferenceKind.UNTOLD}
    assert kinds(after(ACCEPTED, moved(CIA, "unreached"))(log), reach) == set()
