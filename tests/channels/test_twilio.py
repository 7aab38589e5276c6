"""The Twilio sender against a server that speaks as Twilio does."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from beredskap.channels.twilio import TwilioOptions, TwilioSender
from beredskap.channels.twilio_codes import CODES, STATUSES, outcome, refusal
from beredskap.channels.twilio_http import _seconds
from beredskap.domain.attempt import AttemptStatus, FailureClass
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import Envelope
from beredskap.domain.incident import IncidentMode
from beredskap.domain.message import TOKEN_MARKER, Body
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


def make_sender(url: str, *, token: str = TOKEN, sends_as: str = NUMBER) -> TwilioSender:
    """Return a sender for a server."""
    return TwilioSender(
        TwilioOptions(
            account_sid=ACCOUNT,
            auth_token=token,
            from_number=sends_as,
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


@pytest.mark.parametrize(
    ("status", "kind", "text"),
    [
        (201, "application/json", "[]"),
        (201, "application/json", "null"),
        (201, "application/json", "{}"),
        (201, "application/json", '"queued"'),
        (201, "application/json", ""),
        (200, "text/html", "<html>Welcome to the airport</html>"),
        (204, "text/plain", ""),
        (408, "text/html", "<html>Too slow</html>"),
        (503, "application/json", '{"code": 20503, "message": "no", "status": 503}'),
        (599, "text/plain", "what?"),
    ],
)
async def test_an_answer_that_says_nothing_is_uncertain_and_never_raises(
    gateway: Gateway, sender: TwilioSender, status: int, kind: str, text: str
) -> None:
    gateway.odd_answers = [(status, kind, text)]
    result = await sender.send(sms())
    assert (result.status, result.unsent) == (AttemptStatus.UNCERTAIN, False)
    looked = await sender.look_up(sms(), datetime.now(UTC))
    assert len(looked.candidates) == 1


@pytest.mark.parametrize("fault", ["login-page", "proxy-login"])
async def test_an_answer_from_something_in_between_is_the_routes_fault_and_no_numbers(
    gateway: Gateway, sender: TwilioSender, fault: str
) -> None:
    """A café's login page must not mark a whole list of numbers as dead."""
    gateway.faults = [fault]
    result = await sender.send(sms())
    assert (result.status, result.failure) == (PERMANENT, FailureClass.ROUTE)
    assert result.unsent
    assert "BEREDSKAP_TWILIO__BASE_URL" in result.detail
    assert gateway.messages == {}


async def test_the_accounts_daily_cap_is_not_waited_for(
    gateway: Gateway, sender: TwilioSender
) -> None:
    gateway.faults = ["daily-cap"]
    result = await sender.send(sms())
    assert (result.failure, result.code) == (FailureClass.ROUTE, "63038")
    assert result.unsent


async def test_a_problem_in_the_newer_form_of_errors_is_understood(
    gateway: Gateway, sender: TwilioSender
) -> None:
    gateway.faults = ["problem-json"]
    result = await sender.send(sms())
    assert (result.failure, result.code) == (FailureClass.ADDRESS, "21211")
    assert result.unsent


async def test_a_login_kept_for_other_programs_does_not_stop_ours(
    gateway: Gateway, sender: TwilioSender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A `default` line in the user's netrc file collided with our own login header."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert (await sender.send(sms())).status is AttemptStatus.ACCEPTED
    assert len(gateway.to(KARI)) == 1


async def test_the_proxy_of_the_environment_is_used(
    running: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gateway stands in for a proxy: a request to it bears the whole address asked for."""
    monkeypatch.setenv("http_proxy", running.url)
    monkeypatch.setenv("no_proxy", "")
    made = make_sender("http://sms.provider.example")
    result = await made.send(sms())
    await made.close()
    assert result.status is AttemptStatus.ACCEPTED
    assert len(running.gateway.to(KARI)) == 1


async def test_a_proxy_that_is_not_there_is_proven_unsent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with RunningGateway() as gone:
        monkeypatch.setenv("http_proxy", gone.url)
    monkeypatch.setenv("no_proxy", "")
    made = make_sender("http://sms.provider.example")
    result = await made.send(sms())
    await made.close()
    assert (result.status, result.unsent) == (RETRYABLE, True)


async def test_a_persons_own_marker_is_filled_and_found_again(
    gateway: Gateway, sender: TwilioSender
) -> None:
    body = Body(channel=Channel.SMS, language="sv", text=f"{TEXT} k/{TOKEN_MARKER}")
    personal = replace(sms(), body=body, markers={"TOKEN": "k7x2"})
    began = datetime.now(UTC)
    result = await sender.send(personal)
    assert gateway.to(KARI)[0].body == f"{TEXT} k/k7x2"
    looked = await sender.look_up(personal, began)
    assert [found.provider_id for found in looked.candidates] == [result.provider_id]
    other = replace(personal, markers={"TOKEN": "o2o2"})
    assert (await sender.look_up(other, began)).candidates == ()


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


async def test_one_odd_message_hides_none_of_the_others(
    gateway: Gateway, sender: TwilioSender
) -> None:
    for _ in range(3):
        await sender.send(sms())
    first, odd, last = gateway.to(KARI)
    for message in (first, odd, last):
        gateway.report(message.sid, "delivered")
    odd.status, odd.error_code = "a word of the future", "a code of the future"  # type: ignore[assignment]
    reports = await sender.statuses(datetime.now(UTC) - timedelta(minutes=10))
    assert {report.provider_id for report in reports} == {first.sid, odd.sid, last.sid}
    by_id = {report.provider_id: report.status for report in reports}
    assert by_id[odd.sid] is AttemptStatus.ACCEPTED


async def test_a_sweep_that_breaks_off_returns_what_it_has_and_never_raises(
    gateway: Gateway, sender: TwilioSender
) -> None:
    await sender.send(sms())
    gateway.list_is_broken = True
    yesterday = datetime.now(UTC) - timedelta(days=1)
    assert await sender.statuses(yesterday) == []
    assert await sender.inbound(yesterday) == []


async def test_a_message_that_is_not_sent_yet_is_missing_from_a_sweep_by_day(
    gateway: Gateway, sender: TwilioSender
) -> None:
    """Its absence proves nothing, and looking it up by number finds it (channels 1.5)."""
    began = datetime.now(UTC)
    await sender.send(sms())
    assert await sender.statuses(began - timedelta(days=1)) == []
    assert len((await sender.look_up(sms(), began)).candidates) == 1


async def test_a_message_of_another_sender_of_the_account_is_not_ours(
    gateway: Gateway, sender: TwilioSender
) -> None:
    began = datetime.now(UTC)
    await sender.send(sms())
    gateway.to(KARI)[0].from_ = "+46701740698"
    assert (await sender.look_up(sms(), began)).candidates == ()


@pytest.mark.parametrize(
    ("sends_as", "can_reply"), [(NUMBER, True), ("71234", True), ("Norrmalm", False)]
)
async def test_nobody_can_reply_to_a_name(
    running: RunningGateway, sends_as: str, can_reply: bool
) -> None:
    made = make_sender(running.url, sends_as=sends_as)
    assert made.route.can_reply is can_reply
    await made.inbound(datetime.now(UTC) - timedelta(days=1))
    await made.close()
    assert len(running.gateway.exchanges) == int(can_reply)


async def test_what_is_cancelled_was_never_sent(gateway: Gateway, sender: TwilioSender) -> None:
    await sender.send(sms())
    gateway.report(gateway.to(KARI)[0].sid, "canceled")
    (report,) = await sender.statuses(datetime.now(UTC) - timedelta(minutes=10))
    assert (report.status, report.unsent) == (AttemptStatus.CANCELLED, True)


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
    ("http", "code", "failure"),
    [
        (400, 20001, FailureClass.ROUTE),
        (400, 21999, FailureClass.ADDRESS),
        (400, 30999, FailureClass.RETRY),
        (400, 63999, FailureClass.ADDRESS),
        (400, None, FailureClass.ROUTE),
        (400, "odd", FailureClass.ROUTE),
        (400, 400, FailureClass.ROUTE),
        (429, None, FailureClass.BUSY),
        (429, 20429, FailureClass.BUSY),
        (400, 20429, FailureClass.BUSY),
        (302, 302, FailureClass.ROUTE),
    ],
)
def test_an_unknown_refusal_is_read_safely(http: int, code: object, failure: FailureClass) -> None:
    told = refusal(http, code, 7.0)
    assert (told.failure, told.unsent) == (failure, True)
    assert told.retry_after_seconds == (7.0 if failure is FailureClass.BUSY else None)


@pytest.mark.parametrize("code", CODES)
def test_every_known_code_means_the_same_in_a_refusal_and_in_a_status(code: int) -> None:
    assert refusal(400, code).failure is CODES[code]
    assert outcome("undelivered", code).failure is CODES[code]
    assert outcome("undelivered", str(code)).failure is CODES[code]
    assert outcome("delivered", code).failure is None


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
