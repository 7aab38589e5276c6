"""The SMTP sender against a real server: what each answer means, on each side of the final dot."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable

import pytest

from beredskap.channels.smtp import SmtpOptions, SmtpSender
from beredskap.domain.attempt import AttemptStatus, FailureClass
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import Envelope
from beredskap.domain.incident import IncidentMode
from beredskap.domain.message import Body
from beredskap.domain.sms import mark_drill
from tests.fakes.smtp_server import MailServer

SENDER = "larm@norrmalm.example"
KARI, OVE = "kari@norrmalm.example", "ove@norrmalm.example"
TEXT = "Räddningstjänsten är på väg.\n.punkt först på raden\nÅ ä ö – och en lång rad " + "ö" * 200


def mail_to(
    address: str,
    *,
    mode: IncidentMode = IncidentMode.LIVE,
    text: str = TEXT,
    html: str = "",
    ref: str = "abc.1.1",
) -> Envelope:
    """Return a mail for an address."""
    body = Body(
        channel=Channel.EMAIL, language="sv", text=text, subject="Brand på Åsögatan", html=html
    )
    return Envelope(
        attempt_id=1, client_ref=ref, mode=mode, channel=Channel.EMAIL, address=address, body=body
    )


@pytest.fixture
def sender() -> Callable[[MailServer], SmtpSender]:
    """Return a function that makes a sender for a server."""

    def _make(server: MailServer, **options: object) -> SmtpSender:
        return SmtpSender(
            SmtpOptions(
                host="127.0.0.1",
                port=server.port,
                security="none",
                sender=SENDER,
                sender_name="Norrmalms sdf",
                timeout_seconds=5,
                **options,  # type: ignore[arg-type]
            )
        )

    return _make


MakeSender = Callable[..., SmtpSender]


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    """Return a running server."""
    with MailServer() as running:
        yield running


async def test_a_mail_arrives_whole_with_its_headers(
    server: MailServer, sender: MakeSender
) -> None:
    smtp = sender(server)
    result = await smtp.send(mail_to(KARI, html="<p>Räddningstjänsten</p>"))
    await smtp.close()
    assert result.status is AttemptStatus.ACCEPTED
    (mail,) = server.record.mails
    assert mail.recipients == (KARI,)
    assert mail.text == TEXT
    assert mail.message["To"] == KARI
    assert mail.message["Subject"] == "Brand på Åsögatan"
    assert mail.message["From"] == f"Norrmalms sdf <{SENDER}>"
    assert mail.message["Message-ID"] == "<abc.1.1@norrmalm.example>" == result.provider_id
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["Importance"] == "high"
    assert b"marker" not in mail.content


async def test_a_drill_is_never_marked_important(server: MailServer, sender: MakeSender) -> None:
    smtp = sender(server)
    envelope = mail_to(KARI, mode=IncidentMode.DRILL, text=mark_drill("Hej"))
    marked = Body(
        channel=Channel.EMAIL, language="sv", text=envelope.body.text, subject=mark_drill("Brand")
    )
    drill = Envelope(
        attempt_id=1,
        client_ref="d.1.1",
        mode=IncidentMode.DRILL,
        channel=Channel.EMAIL,
        address=KARI,
        body=marked,
    )
    await smtp.send(drill)
    await smtp.close()
    assert server.record.mails[0].message["Importance"] is None


@pytest.mark.parametrize("mode", [m for m in IncidentMode if m is not IncidentMode.LIVE])
async def test_an_unmarked_drill_text_never_leaves(
    server: MailServer, sender: MakeSender, mode: IncidentMode
) -> None:
    result = await sender(server).send(mail_to(KARI, mode=mode))
    assert (result.code, result.unsent, server.record.connections) == ("unmarked", True, 0)


async def test_each_person_has_a_transaction_of_their_own_on_a_kept_connection(
    server: MailServer, sender: MakeSender
) -> None:
    smtp = sender(server, connections=1)
    for number, address in enumerate([KARI, OVE, KARI]):
        await smtp.send(mail_to(address, ref=f"abc.{number}.1"))
    await smtp.close()
    assert [mail.recipients for mail in server.record.mails] == [(KARI,), (OVE,), (KARI,)]
    assert server.record.connections == 1


RETRY, ADDRESS, ROUTE = FailureClass.RETRY, FailureClass.ADDRESS, FailureClass.ROUTE


@pytest.mark.parametrize(
    ("stage", "reply", "failure"),
    [
        ("RCPT", "450 4.2.0 greylisted", RETRY),
        ("RCPT", "451 4.7.1 try later", RETRY),
        ("RCPT", "452 4.3.1 no space", RETRY),
        ("RCPT", "550 5.1.1 no such user", ADDRESS),
        ("RCPT", "550 5.1.10 no such user", ADDRESS),
        ("RCPT", "550 unknown", ADDRESS),
        ("RCPT", "553 5.1.3 bad address", ADDRESS),
        ("RCPT", "552 5.2.2 mailbox full", ADDRESS),
        ("RCPT", "550 5.7.1 only from inside", ADDRESS),
        ("RCPT", "550 5.4.5 daily quota", ROUTE),
        ("RCPT", "530 5.7.0 authentication required", ROUTE),
        ("DATA", "452 4.3.1 no space", RETRY),
        ("DATA", "550 5.7.26 unauthenticated", ROUTE),
        ("DATA", "552 5.3.4 too big", ROUTE),
        ("DATA", "554 5.2.0 quota", ROUTE),
        ("DATA", "554 refused", ADDRESS),
    ],
)
async def test_what_a_refusal_means(
    server: MailServer, sender: MakeSender, stage: str, reply: str, failure: FailureClass
) -> None:
    server.record.refuse(stage, KARI, reply)
    smtp = sender(server, connections=1)
    result = await smtp.send(mail_to(KARI))
    again = await smtp.send(mail_to(OVE))
    await smtp.close()
    expected = (
        AttemptStatus.FAILED_RETRYABLE if failure is RETRY else AttemptStatus.FAILED_PERMANENT
    )
    assert (result.status, result.failure, result.unsent) == (expected, failure, True)
    assert again.status is AttemptStatus.ACCEPTED
    assert server.record.connections == 1


@pytest.mark.parametrize("stage", ["RCPT"])
async def test_a_line_lost_before_the_mail_is_proven_unsent(
    server: MailServer, sender: MakeSender, stage: str
) -> None:
    server.record.refuse(stage, KARI, "DROP")
    smtp = sender(server)
    result = await smtp.send(mail_to(KARI))
    assert (result.status, result.unsent) == (AttemptStatus.FAILED_RETRYABLE, True)
    assert (await smtp.send(mail_to(KARI))).status is AttemptStatus.ACCEPTED
    await smtp.close()


@pytest.mark.parametrize("told", ["DROP", "TAKE-AND-DROP"])
async def test_a_line_lost_after_the_final_dot_is_uncertain(
    server: MailServer, sender: MakeSender, told: str
) -> None:
    server.record.refuse("DATA", KARI, told)
    smtp = sender(server)
    result = await smtp.send(mail_to(KARI))
    assert (result.status, result.unsent) == (AttemptStatus.UNCERTAIN, False)
    assert (await smtp.send(mail_to(OVE))).status is AttemptStatus.ACCEPTED
    await smtp.close()


async def test_silence_after_the_final_dot_is_uncertain(server: MailServer) -> None:
    server.record.delay_seconds = 30
    smtp = SmtpSender(
        SmtpOptions(
            host="127.0.0.1",
            port=server.port,
            security="none",
            sender=SENDER,
            timeout_seconds=0.3,
        )
    )
    assert (await smtp.send(mail_to(KARI))).status is AttemptStatus.UNCERTAIN


async def test_nobody_listening_is_proven_unsent() -> None:
    with MailServer() as gone:
        port = gone.port
    smtp = SmtpSender(SmtpOptions(host="127.0.0.1", port=port, security="none", sender=SENDER))
    result = await smtp.send(mail_to(KARI))
    assert (result.status, result.unsent) == (AttemptStatus.FAILED_RETRYABLE, True)
    health = await smtp.check()
    assert not health.is_ready
    assert "BEREDSKAP_SMTP__HOST" in health.text


async def test_a_refused_login_concerns_the_route(sender: MakeSender) -> None:
    with MailServer(refuses_login=True) as server:
        smtp = sender(server, username="larm", password="wrong")
        result = await smtp.send(mail_to(KARI))
        health = await smtp.check()
    assert (result.failure, result.unsent) == (ROUTE, True)
    assert "wrong" not in repr(smtp._options)
    assert not health.is_ready
    assert "login" in health.text


async def test_a_right_login_is_taken(sender: MakeSender) -> None:
    with MailServer(login=("larm", "right")) as server:
        smtp = sender(server, username="larm", password="right")
        assert (await smtp.send(mail_to(KARI))).status is AttemptStatus.ACCEPTED
        assert (await smtp.check()).is_ready
        await smtp.close()


async def test_a_server_without_tls_is_not_used_when_tls_is_asked_for(
    server: MailServer,
) -> None:
    smtp = SmtpSender(
        SmtpOptions(host="127.0.0.1", port=server.port, security="starttls", sender=SENDER)
    )
    result = await smtp.send(mail_to(KARI))
    assert result.unsent
    assert server.record.mails == []


@pytest.mark.parametrize(
    "address", ["a@b.example\r\nBcc: x@y.example", "a b@c.example", "å@b.example"]
)
async def test_an_address_that_could_break_a_header_never_leaves(
    server: MailServer, sender: MakeSender, address: str
) -> None:
    result = await sender(server).send(mail_to(address))
    assert (result.failure, result.unsent) == (ADDRESS, True)
    assert server.record.mails == []


async def test_no_address_is_logged(
    server: MailServer, sender: MakeSender, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.record.refuse("RCPT", KARI, f"550 5.1.1 <{KARI}> no such user")
    smtp = sender(server)
    result = await smtp.send(mail_to(KARI))
    await smtp.close()
    ours = [r for r in caplog.records if not r.name.startswith(("mail", "asyncio"))]
    assert KARI not in result.detail + str(result.code)
    assert all(KARI not in record.getMessage() for record in ours)
