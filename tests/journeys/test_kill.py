"""The engine is killed at seeded points; the servers' own records say what really happened.

Nobody is lost, nobody is sent to twice in silence, and what cannot be known is shown as uncertain.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from beredskap.domain.incident import IncidentMode
from beredskap.domain.reach import ReachClass
from beredskap.store.cases import counts_by_status, read_cascades
from beredskap.store.reading import count_attempts, read_uncertain_addresses
from beredskap.wiring import House, engine_of, open_house, stop_engine_of
from tests.fakes.processes import Provider, running_provider
from tests.journeys.provstad import ADOPTER, live_environment, make_workspace

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
POINTS = 20
_PATIENCE_SECONDS = 60.0


@pytest.fixture
def providers(tmp_path: Path) -> Iterator[tuple[Provider, Provider]]:
    """Return a mail server and an SMS gateway that each take their time."""
    with (
        running_provider("smtp_server", tmp_path, delay_ms=15) as smtp,
        running_provider("sms_gateway", tmp_path, delay_ms=15) as sms,
    ):
        yield smtp, sms


def people_with_both(workspace: Path) -> list[str]:
    """Return forty people who have a number and an address and are told of anything."""
    directory = open_house(workspace).content().directory
    return [
        person.id
        for person in directory.people.values()
        if len(person.contact_points) == 2
        and not person.status.is_on_leave
        and not person.has_opted_out
        and not person.id.endswith("-2")
    ][:40]


def awaited(what: str, is_so: Callable[[], bool]) -> None:
    """Wait until something is so, bounded."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.005)


def launch(house: House) -> str:
    """Launch the trial without a hold and return its incident."""
    preparation = house.desk.prepare("prov", {}, mode=IncidentMode.LIVE)
    launched = house.desk.launch(
        house.actor(), preparation, confirm_count=preparation.persons, hold_seconds=0
    )
    return launched.incident


def sending_and_known(house: House, incident: str) -> tuple[int, int]:
    """Return how many attempts are on the wire, and how many have a result."""
    with house.ledger.read() as tx:
        counts = count_attempts(tx, incident)
    sending = counts.pop("sending", 0)
    return sending, sum(counts.values())


def kill_when(house: House, incident: str, results: int) -> int:
    """Kill the engine once so many results are recorded; return what was on the wire then."""
    engine = engine_of(house)
    assert engine is not None
    awaited("results", lambda: sending_and_known(house, incident)[1] >= results)
    os.kill(engine[0], signal.SIGKILL)
    awaited("the engine's end", lambda: engine_of(house) is None)
    return sending_and_known(house, incident)[0]


def is_settled(house: House, incident: str) -> bool:
    """Say whether nothing waits and nothing is on the wire."""
    with house.ledger.read() as tx:
        (cascade,) = read_cascades(tx, incident)
        waiting = counts_by_status(tx, cascade.id).get("waiting", 0)
        return not waiting and not count_attempts(tx, incident).get("sending", 0)


def messages_to(providers: tuple[Provider, Provider], since: tuple[int, int]) -> Counter[str]:
    """Return how many messages each address got since a point of the records."""
    mails, texts = providers[0].taken()[since[0] :], providers[1].taken()[since[1] :]
    return Counter([*(mail["to"][0] for mail in mails), *(text["to"] for text in texts)])


def addresses_of(house: House, people: list[str]) -> dict[str, list[str]]:
    """Return each person's addresses."""
    directory = house.content().directory
    return {p: [point.address for point in directory.people[p].contact_points] for p in people}


def test_killed_at_twenty_points_nobody_is_lost_or_told_twice(
    tmp_path: Path, providers: tuple[Provider, Provider], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = make_workspace(tmp_path / "w", [], uncertain="ask")
    people = people_with_both(workspace)
    prov = workspace / "scenarios" / "prov.yaml"
    prov.write_text(prov.read_text().replace("people: []", f"people: [{', '.join(people)}]"))
    for name, value in live_environment(providers[0].address, providers[1].address).items():
        monkeypatch.setenv(name, value)
    house = open_house(workspace)
    house.desk.adopt(house.desk.who_is(ADOPTER, ""), "prov")
    addresses = addresses_of(house, people)
    chance = random.Random(20261123)
    caught_on_the_wire = 0
    try:
        for point in range(POINTS):
            since = (len(providers[0].taken()), len(providers[1].taken()))
            house.start_engine()
            incident = launch(house)
            results = chance.randrange(0, 2 * len(people))
            on_the_wire = kill_when(house, incident, results)
            caught_on_the_wire += on_the_wire > 0
            house.start_engine()
            awaited("the rest", lambda incident=incident: is_settled(house, incident))  # type: ignore[misc]
            stop_engine_of(house)
            _hold_against_the_servers(house, incident, addresses, messages_to(providers, since))
            house.desk.stop(house.actor(), incident, f"point {point}")
            house.desk.close(house.actor(), incident)
            assert house.desk.audit(incident, lang="en") == ()
    finally:
        stop_engine_of(house)
    assert caught_on_the_wire >= 5


def _hold_against_the_servers(
    house: House, incident: str, addresses: dict[str, list[str]], got: Counter[str]
) -> None:
    """Every step of every person is at its server exactly once, or shown as uncertain."""
    figures = house.desk.show(incident)
    assert sum(figures.reach.values()) == figures.persons == len(addresses)
    known = {ReachClass.HANDED_OVER, ReachClass.DELIVERED, ReachClass.UNCERTAIN}
    assert {row.reach for row in figures.people} <= known
    assert max(got.values(), default=0) == 1
    with house.ledger.read() as tx:
        uncertain = read_uncertain_addresses(tx, incident)
    for own in addresses.values():
        for address in own:
            assert got[address] == 1 or address in uncertain
    expected = {address for own in addresses.values() for address in own}
    assert set(got) <= expected
