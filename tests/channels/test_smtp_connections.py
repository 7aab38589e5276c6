"""Kept connections against servers that drop, refuse and fall silent at every stage."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from beredskap.channels import smtp_connections
from beredskap.channels.smtp import SmtpOptions, SmtpSender
from beredskap.domain.attempt import AttemptStatus, FailureClass
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import Envelope, SendResult
from beredskap.domain.incident import IncidentMode
from beredskap.domain.message import TOKEN_MARKER, Body
from beredskap.errors import ConfigurationError
from tests.fakes.scripted_mail_server import ScriptedMailServer
from tests.fakes.smtp_server import MailServer

SENDER, KARI, OVE = "larm@norrmalm.example", "kari@norrmalm.example", "ove@norrmalm.example"
ACCEPTED, UNCERTAIN = AttemptStatus.ACCEPTED, AttemptStatus.UNCERTAIN
RETRYABLE, PERMANENT = AttemptStatus.FAILED_RETRYABLE, AttemptStatus.FAILED_PERMANENT


def mail_to(address: str = KARI, *, text: str = "Brand på Åsögatan.", ref: int = 1) -> Envelope:
    """Return a live mail."""
    body = Body(channel=Channel.EMAIL, language="sv", text=text, subject="Brand")
    return Envelope(
        attempt_id=ref,
        client_ref=f"abcd1234.{ref}.1",
        mode=IncidentMode.LIVE,
        channel=Channel.EMAIL,
        address=address,
        body=body,
    )


@pytest.fixture
async def server() -> AsyncIterator[ScriptedMailServer]:
    """Return a server that does as it is told."""
    async with ScriptedMailServer() as running:
        yield running


def options_for(port: int, **more: object) -> SmtpOptions:
    """Return how to reach a server on the loopback."""
    plain = SmtpOptions(
        host="127.0.0.1", port=port, security="none", sender=SENDER, timeout_seconds=5
    )
    return replace(plain, **more)  # type: ignore[arg-type]


@pytest.fixture
async def sender(server: ScriptedMailServer) -> AsyncIterator[SmtpSender]:
    """Return a sender with one connection to the server."""
    made = SmtpSender(options_for(server.port, connections=1))
    yield made
    await made.close()


@pytest.mark.parametrize("stage", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_line_lost_before_the_final_dot_is_proven_unsent(
    server: ScriptedMailServer, sender: SmtpSender, stage: str
) -> None:
    server.told[stage] = ["DROP"]
    result = await sender.send(mail_to())
    assert (result.status, result.unsent) == (RETRYABLE, True)
    assert result.failure is FailureClass.RETRY
    assert (await sender.send(mail_to())).status is ACCEPTED


@pytest.mark.parametrize("stage", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
async def test_silence_before_the_final_dot_is_proven_unsent(
    server: ScriptedMailServer, stage: str
) -> None:
    server.told[stage] = ["HANG"]
    sender = SmtpSender(options_for(server.port, timeout_seconds=0.2))
    result = await sender.send(mail_to())
    assert (result.status, result.unsent, server.mails) == (RETRYABLE, True, [])


@pytest.mark.parametrize("said", ["DROP", "HANG", "what?", "354 more", "100 odd"])
async def test_no_clear_answer_to_the_final_dot_is_uncertain(
    server: ScriptedMailServer, said: str
) -> None:
    server.told["MAIL BODY"] = [said]
    sender = SmtpSender(options_for(server.port, timeout_seconds=0.5))
    result = await sender.send(mail_to())
    assert (result.status, result.unsent, result.failure) == (UNCERTAIN, False, None)
    assert len(server.mails) == 1
    assert (await sender.send(mail_to())).status is ACCEPTED
    assert server.connections == 2
    await sender.close()


@pytest.mark.parametrize("said", ["250 ok", "251 forwarded", "252 probably"])
async def test_every_positive_answer_is_a_mail_taken(
    server: ScriptedMailServer, sender: SmtpSender, said: str
) -> None:
    server.told["MAIL BODY"] = [said]
    assert (await sender.send(mail_to())).status is ACCEPTED


@pytest.mark.parametrize(
    ("stage", "said"), [("MAIL", "what?"), ("RCPT", "999 odd\x00"), ("DATA", "250 go on")]
)
async def test_nonsense_before_the_final_dot_passes_and_burns_no_address(
    server: ScriptedMailServer, sender: SmtpSender, stage: str, said: str
) -> None:
    server.told[stage] = [said]
    result = await sender.send(mail_to())
    assert result.unsent
    assert (result.failure is FailureClass.ADDRESS) is said.startswith("999")
    assert (await sender.send(mail_to())).status is ACCEPTED


async def test_a_long_mail_that_is_not_read_to_its_end_is_proven_unsent(
    server: ScriptedMailServer, sender: SmtpSender
) -> None:
    """The final dot waits until the server has read the rest, so a line lost before proves it.

    The mail is longer than what two kernels keep of it for a server that does not read.
    """
    server.told["DATA"] = ["STOP READING"]
    sending = asyncio.create_task(sender.send(mail_to(text="a" * 12_000_000)))
    await server.has_stopped_reading.wait()
    server.drop_all()
    result = await sending
    assert (result.status, result.unsent) == (RETRYABLE, True)


async def test_a_long_mail_arrives_whole(server: ScriptedMailServer, sender: SmtpSender) -> None:
    lines = 20_000
    text = "".join(f".rad {number}\n" for number in range(lines))
    assert (await sender.send(mail_to(text=text))).status is ACCEPTED
    assert server.mails[0].count(b"\r\n..rad ") == lines


async def test_connections_that_the_server_ended_meanwhile_cost_nobody_an_attempt(
    server: ScriptedMailServer,
) -> None:
    sender = SmtpSender(options_for(server.port, connections=3))
    first = [sender.send(mail_to(ref=number)) for number in range(3)]
    assert {result.status for result in await asyncio.gather(*first)} == {ACCEPTED}
    server.drop_all()
    second = [sender.send(mail_to(ref=number)) for number in range(3, 6)]
    assert {result.status for result in await asyncio.gather(*second)} == {ACCEPTED}
    assert len(server.mails) == 6
    await sender.close()


@pytest.mark.parametrize("said", ["421 4.4.2 too long idle", "DROP"])
async def test_a_kept_connection_that_is_closed_on_use_is_replaced_at_once(
    server: ScriptedMailServer, sender: SmtpSender, said: str
) -> None:
    assert (await sender.send(mail_to(ref=1))).status is ACCEPTED
    server.told["MAIL"] = [said]
    assert (await sender.send(mail_to(ref=2))).status is ACCEPTED
    assert (len(server.mails), server.connections) == (2, 2)


async def test_a_fresh_connection_that_is_closed_on_use_is_not_tried_for_ever(
    server: ScriptedMailServer, sender: SmtpSender
) -> None:
    server.told["MAIL"] = ["421 4.3.2 shutting down"] * 9
    result = await sender.send(mail_to())
    assert (result.status, result.unsent, result.code) == (RETRYABLE, True, "421 4.3.2")
    assert server.connections == 1


async def test_a_connection_long_idle_is_asked_before_a_mail_is_trusted_to_it(
    server: ScriptedMailServer, sender: SmtpSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await sender.send(mail_to(ref=1))).status is ACCEPTED
    monkeypatch.setattr(smtp_connections, "_IDLE_SECONDS", -1.0)
    assert (await sender.send(mail_to(ref=2))).status is ACCEPTED
    assert (server.connections, server.commands.count("NOOP")) == (1, 1)
    server.told["NOOP"] = ["DROP"]
    assert (await sender.send(mail_to(ref=3))).status is ACCEPTED
    assert server.connections == 2


async def test_a_server_with_room_for_fewer_connections_gets_fewer(
    server: ScriptedMailServer,
) -> None:
    """432 4.3.2 at the third connection means two connections, not a third of the mails lost."""
    server.told["CONNECT"] = ["220 one", "220 two", "432 4.3.2 too many"]
    sender = SmtpSender(options_for(server.port, connections=3))
    results = await asyncio.gather(*(sender.send(mail_to(ref=number)) for number in range(30)))
    assert {result.status for result in results} == {ACCEPTED}
    assert server.connections == 3
    assert len(server.mails) == 30
    await sender.close()


async def test_a_server_with_room_for_none_is_told_plainly(
    server: ScriptedMailServer, sender: SmtpSender
) -> None:
    server.told["CONNECT"] = ["421 4.3.2 too many", "421 4.3.2 too many", "554 no service"]
    result, health = await sender.send(mail_to()), await sender.check()
    assert (result.failure, result.unsent) == (FailureClass.RETRY, True)
    assert "421 4.3.2" in health.text
    refused = await sender.send(mail_to())
    assert (refused.status, refused.failure) == (PERMANENT, FailureClass.ROUTE)


async def test_no_two_mails_share_a_connection_at_a_time(server: ScriptedMailServer) -> None:
    sender = SmtpSender(options_for(server.port, connections=2))
    results = await asyncio.gather(*(sender.send(mail_to(ref=number)) for number in range(20)))
    assert {result.status for result in results} == {ACCEPTED}
    assert server.connections == 2
    await sender.close()


async def test_a_send_that_is_given_up_keeps_no_half_used_connection(
    server: ScriptedMailServer, sender: SmtpSender
) -> None:
    server.told["MAIL BODY"] = ["HANG"]
    sending = asyncio.create_task(sender.send(mail_to(ref=1)))
    while not server.mails:
        await asyncio.sleep(0)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert (await sender.send(mail_to(ref=2))).status is ACCEPTED
    assert server.connections == 2


async def doubtful(sender: SmtpSender, server: ScriptedMailServer, times: int) -> list[SendResult]:
    """Return the results of mails that the server refuses without saying whose fault it is."""
    server.told["RCPT"] = ["550 5.7.1 no"] * times
    return [await sender.send(mail_to(ref=number)) for number in range(times)]


async def test_one_policy_refusal_is_about_the_person_and_repeated_ones_about_us(
    server: ScriptedMailServer, sender: SmtpSender
) -> None:
    """One closed mailbox stops no alert, and a refused relay does not burn through the list."""
    results = await doubtful(sender, server, 4)
    address, route = FailureClass.ADDRESS, FailureClass.ROUTE
    assert [result.failure for result in results] == [address, address, route, route]
    assert all(result.unsent for result in results)


async def test_a_mail_taken_in_between_clears_the_doubt(
    server: ScriptedMailServer, sender: SmtpSender
) -> None:
    for _ in range(3):
        results = await doubtful(sender, server, 2)
        assert {result.failure for result in results} == {FailureClass.ADDRESS}
        assert (await sender.send(mail_to())).status is ACCEPTED


async def test_reports_are_asked_for_where_they_are_offered(
    server: ScriptedMailServer, sender: SmtpSender
) -> None:
    server.told["EHLO"] = ["250-scripted\r\n250-SIZE 1000000\r\n250 DSN"]
    await sender.send(mail_to("kari+larm@norrmalm.example"))
    assert f"MAIL FROM:<{SENDER}> RET=HDRS ENVID=abcd1234.1.1" in server.commands
    assert (
        "RCPT TO:<kari+larm@norrmalm.example> NOTIFY=FAILURE,DELAY "
        "ORCPT=rfc822;kari+2Blarm@norrmalm.example"
    ) in server.commands


async def test_reports_are_not_asked_for_where_they_are_not_offered(
    server: ScriptedMailServer, sender: SmtpSender
) -> None:
    await sender.send(mail_to())
    assert {f"MAIL FROM:<{SENDER}>", f"RCPT TO:<{KARI}>"} <= set(server.commands)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT"])
@pytest.mark.parametrize("said", ["501 5.5.4 parameters", "555 parameters"])
async def test_a_server_that_offers_reports_and_refuses_them_gets_the_mail_without(
    server: ScriptedMailServer, sender: SmtpSender, stage: str, said: str
) -> None:
    server.told |= {"EHLO": ["250-scripted\r\n250 DSN"], stage: [said]}
    assert (await sender.send(mail_to(ref=1))).status is ACCEPTED
    assert (await sender.send(mail_to(ref=2))).status is ACCEPTED
    assert server.commands[-3:] == [f"MAIL FROM:<{SENDER}>", f"RCPT TO:<{KARI}>", "DATA"]


async def test_bounces_come_back_with_our_reference(server: ScriptedMailServer) -> None:
    sender = SmtpSender(options_for(server.port, bounces_to="studs@norrmalm.example"))
    await sender.send(mail_to())
    await sender.close()
    assert "MAIL FROM:<studs+abcd1234.1.1@norrmalm.example>" in server.commands


async def test_a_persons_own_token_is_in_their_own_mail(
    server: ScriptedMailServer, sender: SmtpSender
) -> None:
    text = f"Svara på https://norrmalm.example/k/{TOKEN_MARKER}"
    for address, token in ((KARI, "k1k1"), (OVE, "o2o2")):
        envelope = replace(mail_to(address, text=text), markers={"TOKEN": token})
        assert (await sender.send(envelope)).status is ACCEPTED
    to_kari, to_ove = server.mails
    assert b"k1k1" in to_kari
    assert b"o2o2" not in to_kari
    assert b"o2o2" in to_ove
    assert b"@@" not in to_kari + to_ove


@pytest.mark.parametrize(
    ("changed", "options"),
    [({"markers": {"TOKEN": "a b"}}, {}), ({}, {"sender": "lårm@norrmalm.example"})],
)
async def test_a_mail_that_cannot_be_written_is_our_fault_and_no_address_is(
    server: ScriptedMailServer, changed: dict[str, object], options: dict[str, object]
) -> None:
    sender = SmtpSender(options_for(server.port, **options))
    envelope = replace(mail_to(text=f"Hej {TOKEN_MARKER}"), **changed)  # type: ignore[arg-type]
    result = await sender.send(envelope)
    assert (result.failure, result.code, result.unsent) == (FailureClass.ROUTE, "mail-form", True)
    assert server.connections == 0


def test_an_unknown_protection_is_refused_and_not_taken_for_none() -> None:
    with pytest.raises(ConfigurationError, match="BEREDSKAP_SMTP__SECURITY"):
        SmtpOptions(host="smtp.norrmalm.example", security="ssl", sender=SENDER)


async def test_a_server_without_logins_is_a_fault_of_the_route(
    server: ScriptedMailServer,
) -> None:
    sender = SmtpSender(options_for(server.port, username="larm", password="hemligt"))
    result = await sender.send(mail_to())
    assert (result.failure, result.unsent) == (FailureClass.ROUTE, True)
    assert "BEREDSKAP_SMTP__USERNAME" in (await sender.check()).text
    assert "hemligt" not in " ".join(server.commands)


async def test_a_login_that_is_refused_for_now_passes(server: ScriptedMailServer) -> None:
    server.told |= {"EHLO": ["250-scripted\r\n250 AUTH PLAIN"], "AUTH": ["454 4.7.0 later"]}
    sender = SmtpSender(options_for(server.port, username="larm", password="hemligt"))
    result = await sender.send(mail_to())
    assert (result.status, result.failure) == (RETRYABLE, FailureClass.RETRY)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a certificate of our own for the loopback, its key in the same file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not there to make a certificate with")
    folder = tmp_path_factory.mktemp("certificate")
    key, made = folder / "key.pem", folder / "made.pem"
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(made)),
        ],
        check=True,
        capture_output=True,
    )
    whole = folder / "whole.pem"
    whole.write_text(made.read_text() + key.read_text())
    return whole


@pytest.fixture
def secured(certificate: Path) -> Iterator[MailServer]:
    """Return a server that takes mail after STARTTLS only."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with MailServer(tls=context) as running:
        yield running


async def test_mail_goes_over_tls_that_is_trusted(secured: MailServer, certificate: Path) -> None:
    trusted = options_for(secured.port, security="starttls", ca_file=certificate)
    sender = SmtpSender(trusted)
    assert (await sender.check()).is_ready
    assert (await sender.send(mail_to())).status is ACCEPTED
    await sender.close()


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_nobody_vouches_for_is_not_trusted(
    secured: MailServer, security: str
) -> None:
    sender = SmtpSender(options_for(secured.port, security=security))
    result = await sender.send(mail_to())
    assert result.unsent
    assert not (await sender.check()).is_ready
    assert secured.record.mails == []
