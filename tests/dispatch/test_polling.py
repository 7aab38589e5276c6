"""Fetching again what is known costs the ledger next to nothing, however much it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

from beredskap.domain.reach import ReachClass
from beredskap.store.ledger import Ledger
from tests.dispatch.staged import PersonSpec, Stage, WaveSpec

MakeStage = Callable[..., Stage]
PEOPLE = [PersonSpec(name=f"p{n}", sms=f"+467017406{n:02d}") for n in range(10, 40)]
NAMES = tuple(person.name for person in PEOPLE)


@contextmanager
def counting_writes(ledger: Ledger) -> Iterator[list[None]]:
    """Count the transactions that may write."""
    counted: list[None] = []

    def note(connection: object) -> None:
        options = connection.get_execution_options()  # type: ignore[attr-defined]
        if options.get("ledger_writes"):
            counted.append(None)

    engine: Engine = ledger._engine
    event.listen(engine, "begin", note)
    try:
        yield counted
    finally:
        event.remove(engine, "begin", note)


async def test_replies_fetched_again_by_the_same_or_another_engine_open_no_transactions(
    staged: MakeStage,
) -> None:
    s = staged(PEOPLE, [WaveSpec(id="alarm", people=NAMES)])
    await s.settle()
    for person in PEOPLE:
        s.sms.reply(person.sms or "", "1")
    await s.settle()
    assert set(s.reach().values()) == {ReachClass.ACKNOWLEDGED}
    with counting_writes(s.ledger) as by_the_same:
        await s.settle()
    await s.restart()
    with counting_writes(s.ledger) as by_another:
        await s.settle()
    assert len(by_the_same) < len(PEOPLE) / 2
    assert len(by_another) < len(PEOPLE) / 2
