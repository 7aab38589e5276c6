"""Mails and SMS beside the bare libraries, with the ledger included; run by hand.

    .venv/bin/python -m tests.benchmarks.providers mail [MAILS]
    .venv/bin/python -m tests.benchmarks.providers sms [MESSAGES]

`mail` needs smtp-sink (Debian package postfix) and compares with a bare aiosmtplib loop on
prebuilt bytes over as many connections; `sms` compares with twilio's own asynchronous client
against the same server in a process of its own, at answers of 100 ms and of 0 ms. Both print the
ratio of ours to the bare loop, taken in turns in one run.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiosmtplib

from beredskap.channels.mail_form import Letterhead, build_form
from beredskap.channels.sender import Sender
from beredskap.channels.smtp import SmtpOptions, SmtpSender
from beredskap.channels.twilio import TwilioOptions, TwilioSender
from beredskap.clock import SystemClock
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import Envelope, SendResult
from beredskap.domain.incident import IncidentMode
from beredskap.domain.message import Body
from beredskap.domain.sms import mark_drill
from beredskap.store.ledger import open_ledger, sqlite_url
from beredskap.store.upgrade import upgrade
from tests.benchmarks.ledger_throughput import run_engine, stage_people_at
from tests.fakes.processes import running_provider
from tests.fakes.sms_gateway import ACCOUNT, NUMBER, TOKEN

_CONNECTIONS = 3
_PORT = 12525
_ROUNDS = 3
_IN_FLIGHT = 50


class Timed:
    """A sender that notes when its first message began and its last one ended."""

    def __init__(self, sender: Sender) -> None:
        """Take the sender that does the work."""
        self._sender, self.route = sender, sender.route
        self.taken, self.first_at, self.last_at = 0, 0.0, 0.0

    async def open(self) -> None:
        """Open the sender."""
        await self._sender.open()

    async def close(self) -> None:
        """Close the sender."""
        await self._sender.close()

    async def send(self, envelope: Envelope) -> SendResult:
        """Send and note the time."""
        self.first_at = self.first_at or time.perf_counter()
        result = await self._sender.send(envelope)
        if result.status.value != "accepted":
            raise SystemExit(f"the server refused: {result}")
        self.taken, self.last_at = self.taken + 1, time.perf_counter()
        return result


def ours(make: Callable[[], Sender], channel: Channel, messages: int) -> float:
    """Return messages per second through ledger, runner and sender."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.sqlite3"
        ledger = open_ledger(sqlite_url(file))
        upgrade(ledger)
        incident, cascade, _ = stage_people_at(ledger, messages, channel)
        timed = Timed(make())
        asyncio.run(run_engine(ledger, file, incident, cascade, timed, channel))
        ledger.close()
    if timed.taken != messages:
        raise SystemExit(f"{timed.taken} of {messages} messages were sent")
    return messages / (timed.last_at - timed.first_at)


async def _in_turns(work: list[Callable[[], Awaitable[object]]], lanes: int) -> float:
    """Run pieces of work over some lanes and return how many were done per second."""
    began = time.perf_counter()
    queue = iter(work)

    async def _lane() -> None:
        for piece in queue:
            await piece()

    await asyncio.gather(*(_lane() for _ in range(lanes)))
    return len(work) / (time.perf_counter() - began)


async def bare_mail(mails: int) -> float:
    """Return mails per second of a bare aiosmtplib loop on prebuilt bytes."""
    marked = mark_drill("Hej")
    body = Body(channel=Channel.EMAIL, language="sv", text=marked, subject=marked)
    form = build_form(body, Letterhead(sender="larm@norrmalm.example"), IncidentMode.DRILL)
    now = SystemClock().now()
    built = [
        form.fill(to=f"p{n}@norrmalm.example", message_id=f"<b.{n}@norrmalm.example>", date=now)
        for n in range(mails)
    ]
    idle: asyncio.Queue[aiosmtplib.SMTP] = asyncio.Queue()
    for _ in range(_CONNECTIONS):
        connection = aiosmtplib.SMTP(hostname="127.0.0.1", port=_PORT, start_tls=False)
        await connection.connect()
        idle.put_nowait(connection)

    async def _send(number: int) -> None:
        connection = await idle.get()
        recipient = f"p{number}@norrmalm.example"
        await connection.sendmail("larm@norrmalm.example", [recipient], built[number][:-3])
        idle.put_nowait(connection)

    rate = await _in_turns([lambda n=n: _send(n) for n in range(mails)], _CONNECTIONS)  # type: ignore[misc]
    while not idle.empty():
        await idle.get_nowait().quit()
    return rate


async def bare_sms(url: str, messages: int) -> float:
    """Return creates per second of twilio's own asynchronous client."""
    from twilio.http.async_http_client import AsyncTwilioHttpClient
    from twilio.rest import Client

    http = AsyncTwilioHttpClient()
    client = Client(ACCOUNT, TOKEN, http_client=http)
    client.api.base_url = url
    text = mark_drill("Hej")

    async def _create(number: int) -> None:
        await client.messages.create_async(
            to=f"+46701740{605 + number % 95}", from_=NUMBER, body=text
        )

    rate = await _in_turns([lambda n=n: _create(n) for n in range(messages)], _IN_FLIGHT)  # type: ignore[misc]
    await http.close()
    return rate


def compare(what: str, bare: Callable[[], float], mine: Callable[[], float]) -> None:
    """Measure both in turns and print the rates and the middle ratio."""
    pairs = [(bare(), mine()) for _ in range(_ROUNDS)]
    ratios = sorted(mine / bare for bare, mine in pairs)
    print(f"{what:<14} {'bare/s':>8} {'ours/s':>8} {'ratio':>6}")
    for bare_rate, our_rate in pairs:
        print(f"{'':<14} {bare_rate:>8.0f} {our_rate:>8.0f} {our_rate / bare_rate:>6.2f}")
    print(f"{'middle ratio':<14} {'':>8} {'':>8} {ratios[len(ratios) // 2]:>6.2f}")


def mail(mails: int) -> None:
    """Compare mails to smtp-sink."""
    command = ["/usr/sbin/smtp-sink", "-u", "nobody", f"127.0.0.1:{_PORT}", "100"]
    sink = subprocess.Popen(command)
    try:
        time.sleep(1)
        options = SmtpOptions(
            host="127.0.0.1",
            port=_PORT,
            security="none",
            connections=_CONNECTIONS,
            sender="larm@norrmalm.example",
        )
        compare(
            f"{mails} mails",
            lambda: asyncio.run(bare_mail(mails)),
            lambda: ours(lambda: SmtpSender(options), Channel.EMAIL, mails),
        )
    finally:
        sink.terminate()
        sink.wait()


def sms(messages: int) -> None:
    """Compare creates at answers of 100 ms and of 0 ms."""
    for delay in (100, 0):
        with tempfile.TemporaryDirectory() as folder:
            options = {"delay_ms": delay}
            with running_provider("sms_gateway", Path(folder), **options) as gateway:
                twilio = TwilioOptions(
                    account_sid=ACCOUNT,
                    auth_token=TOKEN,
                    from_number=NUMBER,
                    base_url=gateway.address,
                    max_in_flight=_IN_FLIGHT,
                )
                url = gateway.address
                compare(
                    f"SMS at {delay} ms",
                    lambda url=url: asyncio.run(bare_sms(url, messages)),  # type: ignore[misc]
                    lambda t=twilio: ours(lambda: TwilioSender(t), Channel.SMS, messages),  # type: ignore[misc]
                )


if __name__ == "__main__":
    given = int(sys.argv[2]) if len(sys.argv) > 2 else 5_000
    {"mail": mail, "sms": sms}[sys.argv[1]](given)
