"""Deliveries per second of ledger and runner with a sender that takes no time; run by hand.

    .venv/bin/python -m tests.benchmarks.ledger_throughput [1000 10000 100000]

Prints a table: staging, first to last hand-over, sealing included, and the time from release to the
first message. `ledger_floor` puts the bare database driver beside it, so that figures from
different machines can be compared.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from beredskap.channels.sender import Route, Sender
from beredskap.clock import SystemClock
from beredskap.dispatch.engine import Engine, EngineOptions
from beredskap.domain.attempt import AttemptStatus
from beredskap.domain.cascade import Cascade, CascadeKind, CascadeStatus, move_cascade
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import Envelope, SendResult
from beredskap.domain.incident import Incident, IncidentMode
from beredskap.domain.message import Body
from beredskap.domain.plan import PlannedPoint
from beredskap.domain.scenario import PlaybookWave, WaveTerms
from beredskap.domain.sms import mark_drill
from beredskap.domain.stakeholder import Audience
from beredskap.store.cases import counts_by_status, save_cascade
from beredskap.store.ledger import Ledger, open_ledger, sqlite_url
from beredskap.store.personal import KnownPerson, new_ref
from beredskap.store.reading import count_attempts
from beredskap.store.staging import (
    StagedDelivery,
    StagedPerson,
    open_incident,
    set_hold,
    stage_bodies,
    stage_cascade,
    stage_deliveries,
    stage_people,
    stage_wave,
)
from beredskap.store.upgrade import upgrade

_STAGED_AT_ONCE = 5_000


class InstantSender:
    """Takes every message at once and notes when the first and the last came."""

    route = Route(name="instant", channel=Channel.EMAIL, max_in_flight=16, chunk=250)

    def __init__(self) -> None:
        """Start with nothing taken."""
        self.taken = 0
        self.first_at = self.last_at = 0.0

    async def open(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to close."""

    async def send(self, envelope: Envelope) -> SendResult:
        """Take the message."""
        self.last_at = time.perf_counter()
        self.first_at = self.first_at or self.last_at
        self.taken += 1
        return SendResult(status=AttemptStatus.ACCEPTED, provider_id=envelope.client_ref)


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """What one run measured."""

    people: int
    staged_per_second: float
    sent_per_second: float
    first_after_seconds: float
    whole_seconds: float
    peak_megabytes: float


def stage_people_at(
    ledger: Ledger, people: int, channel: Channel = Channel.EMAIL
) -> tuple[Incident, Cascade, float]:
    """Stage a one-wave drill without answers and return it with the seconds it took."""
    now = SystemClock().now()
    with ledger.write() as tx:
        incident = open_incident(
            tx,
            mode=IncidentMode.DRILL,
            scenario_id="benchmark",
            title="Benchmark",
            locale="sv",
            content_digests={},
            now=now,
        )
        cascade = stage_cascade(
            tx, incident, kind=CascadeKind.ALERT, persons=people, plan_digest="", now=now
        )
        wave = PlaybookWave(id="all", title="All", audience=Audience(), template="t")
        wave_id = stage_wave(tx, cascade, wave, ordinal=0, terms=WaveTerms(), answers=(), now=now)
        marked = mark_drill("Hej")
        body = Body(channel=channel, language="sv", text=marked, subject=marked)
        stage_bodies(tx, wave_id, {(channel, "sv"): body})
    began = time.perf_counter()
    for start in range(0, people, _STAGED_AT_ONCE):
        known = [_person(n, channel) for n in range(start, min(people, start + _STAGED_AT_ONCE))]
        with ledger.write() as tx:
            stage_people(tx, incident.id, [StagedPerson(known=one) for one in known])
            deliveries = [
                StagedDelivery(wave_id=wave_id, recipient=one.ref, points=one.points)
                for one in known
            ]
            stage_deliveries(tx, cascade, deliveries)
    return incident, cascade, time.perf_counter() - began


def _person(number: int, channel: Channel) -> KnownPerson:
    address = f"person{number}@norrmalm.example"
    if channel is Channel.SMS:
        address = f"+46701740{605 + number % 95}"
    point = PlannedPoint(channel=channel, address=address, language="sv")
    return KnownPerson(ref=new_ref("p"), id=f"p{number}", name=f"P {number}", points=(point,))


async def run_engine(
    ledger: Ledger,
    file: Path,
    incident: Incident,
    cascade: Cascade,
    sender: Sender,
    channel: Channel = Channel.EMAIL,
) -> tuple[float, float]:
    """Release the cascade, run the engine to its end; return release and end, in perf seconds."""
    clock = SystemClock()
    engine = Engine(
        ledger=ledger,
        clock=clock,
        senders={IncidentMode.DRILL: {channel: sender}},
        options=EngineOptions(
            id="benchmark",
            host="here",
            pid=0,
            build="benchmark",
            schema_version="",
            database_file=file,
            poll_seconds=3600,
        ),
    )
    stop = asyncio.Event()
    running = asyncio.create_task(engine.run(stop))
    hold = timedelta(seconds=1)
    with ledger.write() as tx:
        now = clock.now()
        set_hold(tx, cascade.id, now + hold)
        held = move_cascade(cascade, CascadeStatus.HELD, now, actor="o_benchmark")
        save_cascade(tx, held, now, was=CascadeStatus.PREPARING)
    released = time.perf_counter() + hold.total_seconds()
    while not await asyncio.to_thread(_is_done, ledger, incident, cascade):
        await asyncio.sleep(0.25)
    ended = time.perf_counter()
    stop.set()
    await running
    return released, ended


def _is_done(ledger: Ledger, incident: Incident, cascade: Cascade) -> bool:
    """Say whether nothing waits and every result is recorded."""
    with ledger.read() as tx:
        waiting = counts_by_status(tx, cascade.id).get("waiting", 0)
        attempts = count_attempts(tx, incident.id)
    return not waiting and bool(attempts) and not attempts.get("sending", 0)


def measure(people: int) -> Figures:
    """Stage and send one cascade on a fresh ledger and return its figures."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.sqlite3"
        ledger = open_ledger(sqlite_url(file))
        upgrade(ledger)
        incident, cascade, staging = stage_people_at(ledger, people)
        sender = InstantSender()
        released, ended = asyncio.run(run_engine(ledger, file, incident, cascade, sender))
        ledger.close()
    if sender.taken != people:
        raise SystemExit(f"{sender.taken} of {people} messages were sent")
    return Figures(
        people=people,
        staged_per_second=people / staging,
        sent_per_second=people / (sender.last_at - sender.first_at),
        first_after_seconds=sender.first_at - released,
        whole_seconds=ended - released,
        peak_megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def main() -> None:
    """Measure each size given, or the three of the budget."""
    sizes = [int(size) for size in sys.argv[1:]] or [1_000, 10_000, 100_000]
    print("people    staged/s  sent/s  first after s  whole s  peak MB")
    for size in sizes:
        found = measure(size)
        print(
            f"{found.people:>7} {found.staged_per_second:>10.0f} {found.sent_per_second:>7.0f} "
            f"{found.first_after_seconds:>14.2f} {found.whole_seconds:>8.1f} "
            f"{found.peak_megabytes:>8.0f}"
        )


if __name__ == "__main__":
    main()
