"""Claims: whose a delivery is, said by one statement, whoever else asks at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from beredskap.dispatch.conducting import take_turn
from beredskap.domain.cascade import CascadeStatus, move_cascade
from beredskap.domain.channel import Channel
from beredskap.store.cases import lock_cascade, read_waves, save_cascade
from beredskap.store.claims import Claimed, ClaimOrder, claim
from beredskap.store.ledger import Ledger
from tests.dispatch.staged import (
    NO_ANSWER,
    START,
    PersonSpec,
    Stage,
    WaveSpec,
    stage,
    stage_correction,
)

PEOPLE = 60
_NUMBERS = 50
"""Fewer numbers than people, so that some share one."""


@pytest.fixture
def staged(ledger: Ledger, tmp_path: Path) -> Stage:
    """Return a drill of sixty people whose only wave is open."""
    people = [
        PersonSpec(name=f"p{n}", sms=f"+467017406{n % _NUMBERS + 5:02d}") for n in range(PEOPLE)
    ]
    wave = WaveSpec(id="alla", people=tuple(p.name for p in people), rule=NO_ANSWER)
    made = stage(ledger, tmp_path / "ledger.sqlite3", people, [wave])
    take_turn(ledger, START, START)
    return made


def order(staged: Stage, token: str, most: int = 7, channel: Channel = Channel.SMS) -> ClaimOrder:
    """Return an order to claim from the wave."""
    with staged.ledger.read() as tx:
        (running,) = read_waves(tx, staged.cascade.id)
    return ClaimOrder(
        wave=running.wave,
        channel=channel,
        route="prov",
        engine_id=token,
        token=token,
        most=most,
        now=START,
        real_now=START,
        client_ref_prefix="abc",
        hash_key=b"k" * 32,
    )


def claimed_by(staged: Stage, token: str) -> list[Claimed]:
    """Claim chunk after chunk until nothing is due."""
    mine: list[Claimed] = []
    while True:
        with staged.ledger.write() as tx:
            chunk = claim(tx, order(staged, token))
        if not chunk:
            return mine
        mine += chunk


def test_two_claimers_share_everything_and_nothing_twice(staged: Stage) -> None:
    with ThreadPoolExecutor(max_workers=2) as pool:
        found = [pool.submit(claimed_by, staged, token) for token in ("one", "two")]
        claimed = [one.delivery.recipient for future in found for one in future.result()]
    assert sorted(claimed) == sorted(f"p{n}" for n in range(PEOPLE))


def test_an_attempt_is_born_with_its_claim(staged: Stage) -> None:
    with staged.ledger.write() as tx:
        chunk = claim(tx, order(staged, "one"))
    assert len(chunk) == 7
    assert {one.number for one in chunk} == {1}
    assert len({one.client_ref for one in chunk}) == 7
    assert {one.point.address for one in chunk if one.point} <= {
        f"+467017406{n:02d}" for n in range(5, 100)
    }


def test_a_claim_that_is_not_committed_claims_nothing(staged: Stage) -> None:
    with pytest.raises(RuntimeError), staged.ledger.write() as tx:
        claim(tx, order(staged, "one"))
        raise RuntimeError
    assert len(claimed_by(staged, "two")) == PEOPLE


@pytest.mark.parametrize("to", [CascadeStatus.PAUSED, CascadeStatus.STOOD_DOWN])
def test_nothing_is_claimed_from_a_halted_cascade(staged: Stage, to: CascadeStatus) -> None:
    with staged.ledger.write() as tx:
        current = lock_cascade(tx, staged.cascade.id)
        save_cascade(tx, move_cascade(current, to, START), START, was=current.status)
    assert claimed_by(staged, "one") == []


def test_nothing_is_claimed_on_another_channel_or_before_it_is_due(staged: Stage) -> None:
    with staged.ledger.write() as tx:
        assert claim(tx, order(staged, "one", channel=Channel.EMAIL)) == ()
        tx.exec_driver_sql(
            "UPDATE delivery SET due_at = 9000000000000000"  # the year 2255
        )
        assert claim(tx, order(staged, "one")) == ()


def test_a_correction_waits_for_an_older_try_at_the_same_address_and_for_no_other(
    staged: Stage,
) -> None:
    with staged.ledger.write() as tx:
        older = {one.delivery.recipient for one in claim(tx, order(staged, "one"))}
    everybody = [f"p{n}" for n in (*range(20), *range(50, PEOPLE))]
    correction = stage_correction(staged, everybody)
    take_turn(staged.ledger, START, START)
    first = _told(staged, correction.id, START)
    numbers = {f"p{n}": n % _NUMBERS for n in range(PEOPLE)}
    busy = {numbers[person] for person in older}
    assert first == {person for person in everybody if numbers[person] not in busy}
    later = START + timedelta(seconds=2)
    assert _told(staged, correction.id, later) == set()
    with staged.ledger.write() as tx:
        tx.exec_driver_sql("UPDATE attempt SET status = 'accepted' WHERE cascade_id = 1")
    assert _told(staged, correction.id, later + timedelta(seconds=2)) == set(everybody) - first


def _told(staged: Stage, cascade_id: int, now: datetime) -> set[str]:
    """Claim everything of a cascade that may leave at a time."""
    with staged.ledger.read() as tx:
        (running,) = read_waves(tx, cascade_id)
    told: set[str] = set()
    while True:
        wanted = replace(order(staged, f"t{now}"), wave=running.wave, now=now, most=50)
        with staged.ledger.write() as tx:
            chunk = claim(tx, wanted)
        if not chunk:
            return told
        assert not told & {one.delivery.recipient for one in chunk}
        told |= {one.delivery.recipient for one in chunk}


def test_all_claimers_together_keep_to_the_rate_of_the_route(staged: Stage) -> None:
    assert _paced(staged, "one", START) == 5
    assert _paced(staged, "two", START) == 0
    assert _paced(staged, "two", START + timedelta(seconds=0.4)) == 2
    assert _paced(staged, "one", START + timedelta(seconds=0.4)) == 0
    assert _paced(staged, "one", START + timedelta(seconds=60)) == 5


def test_a_refused_transaction_gives_its_allowance_back(staged: Stage) -> None:
    with pytest.raises(RuntimeError), staged.ledger.write() as tx:
        claim(tx, replace(order(staged, "one", most=50), units_per_second=5.0))
        raise RuntimeError
    assert _paced(staged, "two", START) == 5


def _paced(staged: Stage, token: str, real_now: datetime) -> int:
    """Claim as much as five messages a second allow and return how many that was."""
    wanted = replace(order(staged, token, most=50), units_per_second=5.0, real_now=real_now)
    with staged.ledger.write() as tx:
        return len(claim(tx, wanted))
