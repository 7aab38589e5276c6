"""The Twilio sender against a server that speaks as Twilio does."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from beredskap.channels.twilio import CODES, STATUSES, TwilioOptions, TwilioSender, _seconds
from beredskap.domain.attempt import AttemptStatus, FailureClass
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import Envelope
from beredskap.domain.incident import IncidentMode
from beredskap.domain.message import Body
from tests.fakes.sms_gateway import ACCOUNT, NUMBER, TOKEN, Gateway, RunningGateway

KARI = "+46701740605"
TEXT = "Norrmalms sdf: Brand på Åsögatan kl 14.05. Svara 1=på väg."
PERMANENT, RETRYABLE = AttemptStatus.FAILED_PERMANENT, AttemptStatus.FAILED_RETRYABLE


def sms(number: str = KARI, *, mode: IncidentMode = IncidentMode.LIVE) -> Envelope:
    """Return an SMS for a number."""
    return Envelope(
        attempt_id=1,
        client_ref="abc.1.1",
        mode=mode,
        channel=Channel.SMS,
        address=number,
        body=Body(channel=Channel.SMS, language="sv", text=TEXT),
        expires_at=datetime.now(UTC) + timedelta(minutes=30),
    )


@pytest.fixture
async def running() -> AsyncIterator[RunningGateway]:
    """Return a gateway that listens."""
    async with RunningGateway() as gateway:
        yield gateway


@pytest.fixture
def gateway(running: RunningGateway) -> Gateway:
    """Return the gateway's state."""
    return running.gateway


@pytest.fixture
async def sender(running: RunningGateway) -> AsyncIterator[TwilioSender]:
    """Return a sender for the gateway, with a short time-out."""
    made = make_sender(running.url)
    yield made
    await made.close()


def make_sender(url: str, *, token: str = TOKEN) -> TwilioSender:
    """Return a sender for a server."""
    return TwilioSender(
        TwilioOptions(
            account_sid=ACCOUNT,
            auth_token=token,
            from_number=NUMBER,
            base_url=url,
            total_seconds=2,
        )
    )


async def test_a_message_is_created_once_with_its_text_and_validity(
    gateway: Gateway, sender: TwilioSender
) -> None:
    result = await sender.send(sms())
    (message,) = gateway.to(KARI)
    assert (result.status, result.provider_id) == (AttemptStatus.ACCEPTED, message.sid)
    assert (message.body, message.from_) == (TEXT, NUMBER)
    assert message.validity_period is not None
    assert 1700 < message.validity_period <= 1800


@pytest.mark.parametrize("fault", ["500-after", "html-502-after", "garbled-after", "drop-after"])
async def test_a_fault_after_the_request_left_is_uncertain_and_found_by_looking(
    gateway: Gateway, sender: TwilioSender, fault: str
) -> None:
    gateway.faults = [fault]
    started = datetime.now(UTC)
    result = await sender.send(sms())
    assert (result.status, result.unsent) == (AttemptStatus.UNCERTAIN, False)
    assert len(gateway.to(KARI)) == 1
    looked = await sender.look_up(sms(), started)
    assert looked.is_complete
    assert [found.provider_id for found in looked.candidates] == [gateway.to(KARI)[0].sid]


async def test_a_lost_line_before_the_answer_is_uncertain_even_if_nothing_was_taken(
    gateway: Gateway, sender: TwilioSender
) -> None:
    gateway.faults = ["drop-before"]
    result = await sender.send(sms("+46701740606"))
    assert result.status is AttemptStatus.UNCERTAIN


async def test_silence_is_given_up_in_time_and_uncertain(
    gateway: Gateway, sender: TwilioSender
) -> None:
    gateway.faults = ["hang"]
    result = await sender.send(sms())
    assert result.status is AttemptStatus.UNCERTAIN


async def test_a_list_that_cannot_be_read_is_not_complete(
    gateway: Gateway, sender: TwilioSender
) -> None:
    gateway.list_is_broken = True
    looked = await sender.look_up(sms(), datetime.now(UTC))
    assert (looked.is_complete, looked.candidates) == (False, ())


async def test_an_older_message_with_the_same_text_is_not_ours(
    gateway: Gateway, sender: TwilioSender
) -> None:
    await sender.send(sms())
    looked = await sender.look_up(sms(), datetime.now(UTC) + timedelta(minutes=5))
    assert looked.candidates == ()


@pytest.mark.parametrize(("fault", "wait"), [("busy", None), ("busy-retry-after", 0.0)])
async def test_too_many_requests_means_wait_and_nothing_was_sent(
    gateway: Gateway, sender: TwilioSender, fault: str, wait: float | None
) -> None:
    gateway.faults = [fault]
    result = await sender.send(sms())
    assert (result.failure, result.unsent) == (FailureClass.BUSY, True)
    assert result.retry_after_seconds == wait
    assert gateway.messages == {}


async def test_nobody_listening_is_proven_unsent() -> None:
    async with RunningGateway() as gone:
        url = gone.url
    made = make_sender(url)
    result = await made.send(sms())
    health = await made.check()
    await made.close()
    assert (result.status, result.unsent) == (RETRYABLE, True)
    assert not health.is_ready


@pytest.mark.parametrize(
    ("code", "http", "failure"),
    [(code, 400, failure) for code, failure in CODES.items() if 21_000 <= code < 22_000]
    + [
        (20003, 401, FailureClass.ROUTE),
        (20404, 404, FailureClass.ROUTE),
        (21999, 400, FailureClass.ADDRESS),
    ],
)
async def test_what_a_refused_create_means(
    gateway: Gateway, sender: TwilioSender, code: int, http: int, failure: FailureClass
) -> None:
    gateway.refusals[KARI] = (http, code)
    result = await sender.send(sms())
    expected = RETRYABLE if failure is FailureClass.RETRY else PERMANENT
    assert (result.status, result.failure, result.unsent) == (expected, failure, True)


@pytest.mark.parametrize(
    ("status", "code", "known", "failure"),
    [(word, None, known, None) for word, known in STATUSES.items() if known is not PERMANENT]
    + [
        ("undelivered", 30003, RETRYABLE, FailureClass.RETRY),
        ("undelivered", 30005, PERMANENT, FailureClass.ADDRESS),
        ("undelivered", 30007, PERMANENT, FailureClass.ROUTE),
        ("failed", 30036, AttemptStatus.EXPIRED, FailureClass.EXPIRED),
        ("undelivered", 30999, RETRYABLE, FailureClass.RETRY),
        ("undelivered", None, RETRYABLE, FailureClass.RETRY),
        ("a word of the future", None, AttemptStatus.ACCEPTED, None),
    ],
)
async def test_what_a_status_means(
    gateway: Gateway,
    sender: TwilioSender,
    status: str,
    code: int | None,
    known: AttemptStatus,
    failure: FailureClass | None,
) -> None:
    await sender.send(sms())
    gateway.report(gateway.to(KARI)[0].sid, status, code)
    (report,) = await sender.statuses(datetime.now(UTC) - timedelta(minutes=10))
    assert (report.status, report.failure, report.provider_status) == (known, failure, status)


async def test_replies_are_fetched_and_our_own_messages_are_not_among_them(
    gateway: Gateway, sender: TwilioSender
) -> None:
    await sender.send(sms())
    gateway.receive(KARI, "1 20")
    (reply,) = await sender.inbound(datetime.now(UTC) - timedelta(minutes=10))
    assert (reply.sender, reply.text) == (KARI, "1 20")


async def test_a_sweep_goes_through_every_page(gateway: Gateway, sender: TwilioSender) -> None:
    for _ in range(2_300):
        gateway.receive(KARI, "1")
    replies = await sender.inbound(datetime.now(UTC) - timedelta(minutes=10))
    assert len(replies) == len({reply.provider_id for reply in replies}) == 2_300


async def test_a_queued_message_can_be_cancelled(gateway: Gateway, sender: TwilioSender) -> None:
    result = await sender.send(sms())
    assert result.provider_id is not None
    assert await sender.cancel(result.provider_id)
    assert gateway.to(KARI)[0].status == "canceled"


async def test_a_wrong_key_is_told_plainly_and_never_shown(running: RunningGateway) -> None:
    made = make_sender(running.url, token="a-wrong-secret")
    result, health = await made.send(sms()), await made.check()
    await made.close()
    assert result.failure is FailureClass.ROUTE
    assert "login" in result.detail
    assert not health.is_ready
    assert "a-wrong-secret" not in repr(made._options) + health.text + result.detail


async def test_a_right_key_is_ready(sender: TwilioSender) -> None:
    assert (await sender.check()).is_ready


@pytest.mark.parametrize("mode", [m for m in IncidentMode if m is not IncidentMode.LIVE])
async def test_an_unmarked_drill_text_never_leaves(
    gateway: Gateway, sender: TwilioSender, mode: IncidentMode
) -> None:
    result = await sender.send(sms(mode=mode))
    assert (result.code, result.unsent, gateway.exchanges) == ("unmarked", True, [])


async def test_no_number_is_logged(
    gateway: Gateway, sender: TwilioSender, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await sender.send(sms())
    await sender.statuses(datetime.now(UTC) - timedelta(days=1))
    assert all(KARI not in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize(
    ("header", "seconds"), [(None, None), ("7", 7.0), ("3600", 30.0), ("-1", 0.0), ("soon", None)]
)
def test_retry_after_is_read_and_bounded(header: str | None, seconds: float | None) -> None:
    assert _seconds(header) == seconds


async def test_every_exchange_fits_the_providers_own_description(
    gateway: Gateway, sender: TwilioSender, shared_fixtures: Path
) -> None:
    """The gateway and the sender are held against Twilio's OpenAPI text."""
    described = json.loads(
        (shared_fixtures / "twilio" / "twilio_api_v2010.messaging.json").read_text()
    )
    await sender.check()
    await sender.send(sms())
    gateway.report(gateway.to(KARI)[0].sid, "delivered")
    gateway.receive(KARI, "1")
    await sender.statuses(datetime.now(UTC) - timedelta(days=1))
    await sender.look_up(sms(), datetime.now(UTC))
    await sender.cancel(gateway.to(KARI)[0].sid)
    assert len(gateway.exchanges) == 5
    for method, path, sent, status, answer in gateway.exchanges:
        operation = _operation(described, method, path)
        _check_parameters(described, operation, sent)
        schema = operation["responses"][str(status)]["content"]["application/json"]["schema"]
        _check_answer(described, schema, answer)


def _operation(described: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    for template, operations in described["paths"].items():
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", template.replace(".", r"\."))
        if re.fullmatch(pattern, path):
            return dict(operations[method.lower()])
    raise AssertionError(f"{method} {path} is not described")


def _check_parameters(
    described: dict[str, Any], operation: dict[str, Any], sent: dict[str, str]
) -> None:
    known = {p["name"] for p in operation.get("parameters", [])}
    form = operation.get("requestBody", {}).get("content", {})
    for content in form.values():
        known |= set(_resolved(described, content["schema"])["properties"])
    assert set(sent) <= known


def _check_answer(described: dict[str, Any], schema: dict[str, Any], answer: Any) -> None:
    import jsonschema

    document = json.loads(json.dumps({**schema, "components": described["components"]}))
    _allow_null(document)
    jsonschema.validate(answer, document)


def _resolved(described: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema = described["components"]["schemas"][name]
    return schema


def _allow_null(node: Any) -> None:
    """OpenAPI 3.0 says `nullable`; JSON Schema wants null among the types."""
    if isinstance(node, dict):
        if node.pop("nullable", False) and "type" in node:
            node["type"] = [node["type"], "null"]
            if "enum" in node:
                node["enum"] = [*node["enum"], None]
        for held in node.values():
            _allow_null(held)
    elif isinstance(node, list):
        for held in node:
            _allow_null(held)
