"""Simulated people: the same seed gives the same drill, whatever the order of events."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from beredskap.channels.people import USUAL, Behaviour, Crowd, SimulatedRoute
from beredskap.clock import HeldClock, PacedClock
from beredskap.domain.attempt import AttemptStatus, FailureClass
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import Envelope
from beredskap.domain.incident import IncidentMode
from beredskap.domain.message import Body
from beredskap.domain.sms import mark_drill

BEGAN = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = timedelta(days=1)


def message(person: str, *, attempt: int = 1, channel: Channel = Channel.SMS) -> Envelope:
    """Return a marked message to a person."""
    text = mark_drill("Brand. Svara 1 eller 2.")
    subject = mark_drill("Brand") if channel is Channel.EMAIL else ""
    number = int(person.removeprefix("p"))
    return Envelope(
        attempt_id=number * 100 + attempt,
        client_ref=f"abcd1234.{number}.{attempt}",
        mode=IncidentMode.DRILL,
        channel=channel,
        address=f"+46701740{605 + number % 95}",
        body=Body(channel=channel, language="sv", text=text, subject=subject),
        person=person,
    )


@dataclass
class Drill:
    """Simulated people on a held clock."""

    assigned: dict[str, Behaviour] = field(default_factory=dict)
    seed: int = 7

    def __post_init__(self) -> None:
        self.clock = HeldClock(BEGAN)
        self.crowd = Crowd(seed=self.seed, clock=self.clock, assigned=self.assigned)
        self.sms = SimulatedRoute(self.crowd, Channel.SMS)
        self.mail = SimulatedRoute(self.crowd, Channel.EMAIL)


@pytest.mark.parametrize(
    ("behaviour", "status", "failure"),
    [
        (Behaviour.ANSWERS, AttemptStatus.ACCEPTED, None),
        (Behaviour.DECLINES, AttemptStatus.ACCEPTED, None),
        (Behaviour.SILENT, AttemptStatus.ACCEPTED, None),
        (Behaviour.NO_RECEIPT, AttemptStatus.ACCEPTED, None),
        (Behaviour.DEAD, AttemptStatus.FAILED_PERMANENT, FailureClass.ADDRESS),
        (Behaviour.FLAKY, AttemptStatus.FAILED_RETRYABLE, FailureClass.RETRY),
        (Behaviour.UNCERTAIN, AttemptStatus.UNCERTAIN, None),
        (Behaviour.BUSY, AttemptStatus.FAILED_RETRYABLE, FailureClass.BUSY),
    ],
)
async def test_what_each_behaviour_does_at_first(
    behaviour: Behaviour, status: AttemptStatus, failure: FailureClass | None
) -> None:
    result = await Drill({"p1": behaviour}).sms.send(message("p1"))
    assert (result.status, result.failure) == (status, failure)
    assert result.unsent is (failure is not None)


@pytest.mark.parametrize(
    ("behaviour", "delivered", "answer"),
    [
        (Behaviour.ANSWERS, 1, ["1"]),
        (Behaviour.DECLINES, 1, ["2"]),
        (Behaviour.SILENT, 1, []),
        (Behaviour.NO_RECEIPT, 0, []),
        (Behaviour.DEAD, 0, []),
        (Behaviour.UNCERTAIN, 0, []),
        (Behaviour.BUSY, 0, []),
    ],
)
async def test_what_is_heard_of_each_behaviour_later(
    behaviour: Behaviour, delivered: int, answer: list[str]
) -> None:
    drill = Drill({"p1": behaviour})
    await drill.sms.send(message("p1"))
    assert await drill.sms.inbound(BEGAN) == []
    assert await drill.sms.statuses(BEGAN) == []
    drill.clock.set(BEGAN + LATER)
    assert len(await drill.sms.statuses(BEGAN)) == delivered
    replies = await drill.sms.inbound(BEGAN)
    assert [reply.text for reply in replies] == answer
    assert all(BEGAN < reply.at < BEGAN + LATER for reply in replies)


async def test_a_flaky_first_attempt_succeeds_when_repeated_whatever_went_before() -> None:
    drill = Drill({"p1": Behaviour.FLAKY})
    statuses = [
        (await drill.sms.send(message("p1", attempt=attempt))).status for attempt in (2, 1, 3)
    ]
    assert statuses == [
        AttemptStatus.ACCEPTED,
        AttemptStatus.FAILED_RETRYABLE,
        AttemptStatus.ACCEPTED,
    ]


async def test_an_uncertain_message_cannot_be_found_again() -> None:
    drill = Drill({"p1": Behaviour.UNCERTAIN})
    await drill.sms.send(message("p1"))
    looked = await drill.sms.look_up(message("p1"), BEGAN)
    assert (looked.is_complete, looked.candidates) == (True, ())


async def course(seed: int, order: list[str]) -> list[tuple[str, str, datetime]]:
    """Return who answered what and when, of people told in an order."""
    drill = Drill(seed=seed)
    for person in order:
        await drill.sms.send(message(person, attempt=1))
    for person in order:
        await drill.sms.send(message(person, attempt=2))
    drill.clock.set(BEGAN + LATER)
    return sorted(
        (reply.in_reply_to or "", reply.text, reply.at) for reply in await drill.sms.inbound(BEGAN)
    )


async def test_the_same_seed_gives_the_same_drill_in_any_order() -> None:
    people = [f"p{number}" for number in range(200)]
    shuffled = random.Random(1).sample(people, len(people))
    assert await course(7, people) == await course(7, shuffled)
    assert await course(7, people) != await course(8, people)


def test_people_behave_in_about_the_usual_shares() -> None:
    crowd = Drill().crowd
    found = Counter(crowd.behaviour_of(f"p{number}") for number in range(10_000))
    assert sum(share for _, share in USUAL) == 100
    for behaviour, share in USUAL:
        assert abs(found[behaviour] / 100 - share) < 2


def test_half_of_the_answers_come_within_about_two_minutes() -> None:
    crowd = Drill().crowd
    seconds = sorted(crowd.answer_seconds(f"p{number}") for number in range(5_001))
    assert 105 < seconds[2_500] < 135
    assert seconds[250] < 40
    assert seconds[4_750] > 400


def test_those_assigned_are_known_by_what_people_call_them() -> None:
    crowd = Crowd(
        seed=7,
        clock=HeldClock(BEGAN),
        name_of={"ref1": "kari-nordin"}.__getitem__,
        assigned={"kari-nordin": Behaviour.DEAD},
    )
    assert crowd.behaviour_of("ref1") is Behaviour.DEAD


async def test_each_route_tells_only_of_its_own_channel() -> None:
    drill = Drill({"p1": Behaviour.ANSWERS})
    await drill.sms.send(message("p1"))
    drill.clock.set(BEGAN + LATER)
    assert len(await drill.sms.inbound(BEGAN)) == 1
    assert await drill.mail.inbound(BEGAN) == []
    assert await drill.mail.statuses(BEGAN) == []


async def test_only_what_is_newer_is_told_again() -> None:
    drill = Drill({"p1": Behaviour.ANSWERS})
    await drill.sms.send(message("p1"))
    drill.clock.set(BEGAN + LATER)
    (reply,) = await drill.sms.inbound(BEGAN)
    assert await drill.sms.inbound(reply.at) == [reply]
    assert await drill.sms.inbound(reply.at + timedelta(seconds=1)) == []


async def test_a_paced_clock_brings_answers_sooner() -> None:
    """A thousand days pass in a second, so an answer of minutes is there at once."""
    clock = PacedClock(60 * 60 * 24 * 1_000, datetime.now(UTC))
    crowd = Crowd(seed=7, clock=clock, assigned={"p1": Behaviour.ANSWERS})
    route = SimulatedRoute(crowd, Channel.SMS)
    began = clock.now()
    await route.send(message("p1"))
    while clock.now() < began + LATER:
        pass
    assert [reply.text for reply in await route.inbound(began)] == ["1"]


async def test_a_live_message_never_meets_simulated_people() -> None:
    drill = Drill({"p1": Behaviour.ANSWERS})
    live = Envelope(
        attempt_id=1,
        client_ref="abcd1234.1.1",
        mode=IncidentMode.LIVE,
        channel=Channel.SMS,
        address="+46701740605",
        body=Body(channel=Channel.SMS, language="sv", text="Brand."),
        person="p1",
    )
    result = await drill.sms.send(live)
    assert (result.failure, result.unsent) == (FailureClass.ROUTE, True)
    assert drill.crowd.got == []
