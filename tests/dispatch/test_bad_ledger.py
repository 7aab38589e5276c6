"""The engine over a ledger that is away for a while, or refuses what it is given."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text

from beredskap.clock import SystemClock
from beredskap.dispatch.reconciling import give_back_forgotten
from beredskap.domain.reach import ReachClass
from beredskap.errors import EngineError, LedgerError
from beredskap.store.ledger import Ledger, Transaction
from tests.dispatch.staged import NO_ANSWER, PersonSpec, Stage, WaveSpec

MakeStage = Callable[..., Stage]
PEOPLE = [PersonSpec(name=f"p{n}", sms=f"+467017406{n:02d}") for n in range(10, 20)]
NAMES = tuple(person.name for person in PEOPLE)
AWAY = "ALTER TABLE attempt_event RENAME TO away"
BACK = "ALTER TABLE away RENAME TO attempt_event"


class FirstError(logging.Handler):
    """Tells when the first error has been logged."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.is_told = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.is_told.set()


async def test_what_was_sent_while_the_ledger_was_away_is_recorded_when_it_is_back(
    staged: MakeStage,
) -> None:
    s = staged(PEOPLE, [WaveSpec(id="alarm", people=NAMES, rule=NO_ANSWER)])
    _before_the_first_send(s, AWAY)
    first_error = FirstError()
    logger = logging.getLogger("beredskap.dispatch")
    logger.addHandler(first_error)
    try:
        settling = asyncio.ensure_future(s.settle())
        await asyncio.wait_for(first_error.is_told.wait(), 20)
        _execute(s.ledger, BACK)
        await asyncio.wait_for(settling, 20)
    finally:
        logger.removeHandler(first_error)
    assert sorted(s.sms.people_sent()) == sorted(NAMES)
    attempts = _column(s.ledger, "SELECT DISTINCT status FROM attempt")
    assert attempts == ["accepted"]


async def test_a_fault_in_recording_ends_the_engine_and_the_next_one_shows_what_is_uncertain(
    staged: MakeStage,
) -> None:
    s = staged(PEOPLE, [WaveSpec(id="alarm", people=NAMES, rule=NO_ANSWER)])
    refuse, allow = _refusal(s.ledger)
    for statement in refuse:
        _execute(s.ledger, statement)
    with pytest.raises(EngineError, match="fault in the program"):
        await asyncio.wait_for(s.engine.run(asyncio.Event()), 20)
    for statement in allow:
        _execute(s.ledger, statement)
    told = set(s.sms.people_sent())
    assert told
    await s.restart()
    await s.settle()
    reach = s.reach()
    assert set(reach) == set(NAMES)
    assert {name for name, found in reach.items() if found is ReachClass.UNCERTAIN} >= told
    assert len(s.sms.people_sent()) == len(set(s.sms.people_sent()))


def _before_the_first_send(s: Stage, statement: str) -> None:
    def act(_envelope: object) -> None:
        s.sms.before_send = lambda _later: None
        _execute(s.ledger, statement)

    s.sms.before_send = act


def _refusal(ledger: Ledger) -> tuple[list[str], list[str]]:
    """Return the statements after which no event is taken, and those that undo them."""
    if ledger.is_sqlite:
        seeded = (
            "CREATE TRIGGER seeded BEFORE INSERT ON attempt_event "
            "BEGIN SELECT RAISE(ABORT, 'seeded'); END"
        )
        return [seeded], ["DROP TRIGGER seeded"]
    return (
        ["ALTER TABLE attempt_event ADD CONSTRAINT seeded CHECK (false) NOT VALID"],
        ["ALTER TABLE attempt_event DROP CONSTRAINT seeded"],
    )


def _execute(ledger: Ledger, statement: str) -> None:
    with ledger.write() as tx:
        tx.execute(text(statement))


def _column(ledger: Ledger, statement: str) -> list[str]:
    with ledger.read() as tx:
        return [row[0] for row in tx.execute(text(statement))]


class LosesAnAnswer(Ledger):
    """A ledger whose answer to one commit that claimed something is lost on the way."""

    is_armed = True

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Commit, and then say that it could not be done."""
        with super().write() as tx:
            yield tx
        if self.is_armed and _column(self, "SELECT status FROM attempt WHERE status = 'sending'"):
            self.is_armed = False
            raise LedgerError("The connection was lost.")


async def test_a_claim_whose_answer_is_lost_is_given_back_and_sent_once(
    staged: MakeStage,
) -> None:
    s = staged(PEOPLE, [WaveSpec(id="alarm", people=NAMES, rule=NO_ANSWER)])
    whole = s.ledger
    s.ledger = LosesAnAnswer(whole._engine)
    await s.restart()
    await s.settle()
    lost = _column(whole, "SELECT recipient FROM attempt WHERE status = 'sending'")
    assert lost
    assert not set(lost) & set(s.sms.people_sent())
    held = await _given_back(s, whole)
    assert held == len(lost)
    await s.advance(seconds=5)
    assert sorted(s.sms.people_sent()) == sorted(NAMES)


async def _given_back(s: Stage, ledger: Ledger) -> int:
    now = SystemClock().now()
    return give_back_forgotten(
        ledger,
        f"engine-{s.engines_started}",
        s.engine._runner.held,
        s.clock.now(),
        now,
        older_than=timedelta(0),
    )
