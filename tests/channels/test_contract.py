"""The senders and the fakes held against one contract."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from beredskap.channels.people import Behaviour, Crowd, SimulatedRoute
from beredskap.channels.smtp import SmtpOptions, SmtpSender
from beredskap.channels.twilio import TwilioOptions, TwilioSender
from beredskap.clock import HeldClock
from beredskap.domain.channel import Channel
from beredskap.domain.incident import IncidentMode
from tests.channels.contract import Judged, SenderContract
from tests.fakes.recording_sender import RecordingSender
from tests.fakes.sms_gateway import ACCOUNT, NUMBER, TOKEN, RunningGateway
from tests.fakes.smtp_server import MailServer

NUMBERS = [f"+46701740{number}" for number in range(605, 630)]
MAILBOXES = [f"person{number}@norrmalm.example" for number in range(25)]


class TestTwilio(SenderContract):
    @pytest.fixture
    async def judged(self) -> AsyncIterator[Judged]:
        async with RunningGateway() as running:
            options = TwilioOptions(
                account_sid=ACCOUNT, auth_token=TOKEN, from_number=NUMBER, base_url=running.url
            )
            sender = TwilioSender(options)
            messages = running.gateway.messages
            yield Judged(sender, NUMBERS, lambda: [(m.to, m.body) for m in messages.values()])
            await sender.close()


class TestSmtp(SenderContract):
    @pytest.fixture
    async def judged(self) -> AsyncIterator[Judged]:
        with MailServer() as server:
            options = SmtpOptions(
                host="127.0.0.1", port=server.port, security="none", sender="larm@norrmalm.example"
            )
            sender = SmtpSender(options)
            mails = server.record.mails
            yield Judged(sender, MAILBOXES, lambda: [(m.recipients[0], m.text) for m in mails])
            await sender.close()


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL])
class TestSimulatedPeople(SenderContract):
    @pytest.fixture
    def judged(self, channel: Channel) -> Judged:
        addresses = NUMBERS if channel is Channel.SMS else MAILBOXES
        crowd = Crowd(
            seed=1,
            clock=HeldClock(datetime(2026, 11, 23, 9, tzinfo=UTC)),
            assigned={f"p{number}": Behaviour.ANSWERS for number in range(len(addresses))},
        )
        return Judged(
            SimulatedRoute(crowd, channel),
            addresses,
            lambda: [(got.envelope.address, got.envelope.body.text) for got in crowd.got],
            modes=[IncidentMode.DRILL, IncidentMode.REHEARSAL],
        )


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL])
class TestRecordingSender(SenderContract):
    @pytest.fixture
    def judged(self, channel: Channel) -> Judged:
        sender = RecordingSender(channel)
        addresses = NUMBERS if channel is Channel.SMS else MAILBOXES
        return Judged(
            sender, addresses, lambda: [(one.address, one.body.text) for one in sender.taken]
        )
