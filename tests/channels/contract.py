"""What every sender promises, as tests that the real ones and the fakes all pass."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from beredskap.channels.sender import (
    Cancellable,
    Checkable,
    InboundSource,
    Reconcilable,
    Sender,
    StatusSource,
)
from beredskap.clock import SystemClock
from beredskap.domain.attempt import AttemptStatus, FailureClass
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import Envelope
from beredskap.domain.incident import IncidentMode
from beredskap.domain.message import Body
from beredskap.domain.sms import mark_drill

TEXT = "Norrmalms sdf: Brand på Åsögatan. Svara 1."
MARKED_MODES = [mode for mode in IncidentMode if mode.needs_marks]


@dataclass
class Judged:
    """A sender with a way to see what it really handed over."""

    sender: Sender
    addresses: list[str]
    """At least twenty addresses that work."""
    taken: Callable[[], list[tuple[str, str]]]
    """(address, text) of everything that the other side has."""
    modes: list[IncidentMode] = field(default_factory=lambda: list(IncidentMode))
    """The modes it may be used in."""

    def envelope(self, address: str, mode: IncidentMode, *, marked: bool = True) -> Envelope:
        """Return a message for an address; drill marks stand where they are needed, or not."""
        with_marks = marked and mode.needs_marks
        text = mark_drill(TEXT) if with_marks else TEXT
        channel = self.sender.route.channel
        subject = mark_drill("Brand") if with_marks else "Brand"
        number = self.addresses.index(address)
        return Envelope(
            attempt_id=number,
            client_ref=f"abcd1234.{number}.1",
            mode=mode,
            channel=channel,
            address=address,
            body=Body(
                channel=channel,
                language="sv",
                text=text,
                subject=subject if channel is Channel.EMAIL else "",
            ),
            person=f"p{number}",
        )


class SenderContract:
    """Inherited by one class for each sender, which gives the fixture `judged`."""

    async def test_its_route_says_what_it_can(self, judged: Judged) -> None:
        sender, route = judged.sender, judged.sender.route
        assert isinstance(sender, Sender)
        assert route.channel.reaches_a_person
        assert route.name
        assert min(route.max_in_flight, route.chunk) >= 1
        assert route.can_report == isinstance(sender, StatusSource)
        assert not route.can_reply or isinstance(sender, InboundSource)

    async def test_a_message_arrives_with_its_own_text_and_an_id(self, judged: Judged) -> None:
        for mode in judged.modes:
            address = judged.addresses[judged.modes.index(mode)]
            envelope = judged.envelope(address, mode)
            result = await judged.sender.send(envelope)
            assert (result.status, result.failure) == (AttemptStatus.ACCEPTED, None)
            assert result.provider_id
            assert not result.unsent
            assert (address, envelope.body.text) in judged.taken()

    @pytest.mark.parametrize("mode", MARKED_MODES)
    async def test_an_unmarked_text_never_leaves_outside_a_live_incident(
        self, judged: Judged, mode: IncidentMode
    ) -> None:
        unmarked = judged.envelope(judged.addresses[0], mode, marked=False)
        result = await judged.sender.send(unmarked)
        assert result.status is AttemptStatus.FAILED_PERMANENT
        assert (result.failure, result.code) == (FailureClass.ROUTE, "unmarked")
        assert result.unsent
        assert judged.taken() == []

    async def test_many_at_once_arrive_once_each(self, judged: Judged) -> None:
        mode = judged.modes[-1]
        envelopes = [judged.envelope(address, mode) for address in judged.addresses]
        results = await asyncio.gather(*(judged.sender.send(one) for one in envelopes))
        assert {result.status for result in results} == {AttemptStatus.ACCEPTED}
        assert len({result.provider_id for result in results}) == len(envelopes)
        assert sorted(address for address, _ in judged.taken()) == sorted(judged.addresses)

    async def test_it_opens_and_closes_as_often_as_asked(self, judged: Judged) -> None:
        sender, mode = judged.sender, judged.modes[-1]
        await sender.close()
        await sender.open()
        await sender.open()
        first = await sender.send(judged.envelope(judged.addresses[0], mode))
        await sender.close()
        await sender.close()
        second = await sender.send(judged.envelope(judged.addresses[1], mode))
        assert {first.status, second.status} == {AttemptStatus.ACCEPTED}

    async def test_a_check_sends_nothing(self, judged: Judged) -> None:
        assert isinstance(judged.sender, Checkable)
        health = await judged.sender.check()
        assert health.is_ready
        assert health.route == judged.sender.route.name
        assert health.text.endswith(".")
        assert judged.taken() == []

    async def test_what_can_be_looked_up_is_found_and_nothing_else(self, judged: Judged) -> None:
        sender, mode = judged.sender, judged.modes[-1]
        if not isinstance(sender, Reconcilable):
            return
        sent, other = (judged.envelope(address, mode) for address in judged.addresses[:2])
        began = SystemClock().now()
        result = await sender.send(sent)
        found, missing = await sender.look_up(sent, began), await sender.look_up(other, began)
        assert found.is_complete
        assert [candidate.provider_id for candidate in found.candidates] == [result.provider_id]
        assert (missing.is_complete, missing.candidates) == (True, ())

    async def test_what_cannot_be_cancelled_is_said_so(self, judged: Judged) -> None:
        if isinstance(judged.sender, Cancellable):
            assert not await judged.sender.cancel("no-such-message")

    async def test_no_address_or_text_is_logged(
        self, judged: Judged, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        for address in judged.addresses[:3]:
            await judged.sender.send(judged.envelope(address, judged.modes[-1]))
        told = [record.getMessage() for record in caplog.records]
        secrets = [*judged.addresses[:3], "Åsögatan", "%C3%85s"]
        assert not [line for line in told for secret in secrets if secret in line]
