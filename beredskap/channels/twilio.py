"""SMS over Twilio, or any server that speaks as Twilio does: create, sweep statuses, poll replies.

Creating a message has no idempotency: a time-out, a lost line or a 5xx after the request left is
uncertain and is looked up before anything is sent again. There is no retry below this module.
"""

from __future__ import annotations

import base64
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from beredskap.channels.marks import refuse_unmarked
from beredskap.channels.sender import Route
from beredskap.domain.attempt import AttemptStatus, FailureClass
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import (
    Envelope,
    InboundMessage,
    LookUp,
    ProviderReport,
    RouteHealth,
    SendResult,
)

# At INFO these write recipients' numbers (channels 0.7).
for _name in ("twilio.http_client", "twilio.async_http_client"):
    logging.getLogger(_name).setLevel(logging.WARNING)

_TOTAL_SECONDS, _CONNECT_SECONDS = 15.0, 5.0
_PAGE = 1_000
_MOST_PAGES = 200
_LONGEST_VALIDITY = 36_000
_BEFORE_START = timedelta(seconds=60)
_A, _O, _R = FailureClass.ADDRESS, FailureClass.OPT_OUT, FailureClass.RETRY
_C, _X = FailureClass.ROUTE, FailureClass.EXPIRED

STATUSES: Mapping[str, AttemptStatus] = {
    "accepted": AttemptStatus.ACCEPTED,
    "scheduled": AttemptStatus.ACCEPTED,
    "queued": AttemptStatus.ACCEPTED,
    "sending": AttemptStatus.ACCEPTED,
    "sent": AttemptStatus.SENT,
    "partially_delivered": AttemptStatus.SENT,
    "delivered": AttemptStatus.DELIVERED,
    "read": AttemptStatus.DELIVERED,
    "undelivered": AttemptStatus.FAILED_PERMANENT,
    "failed": AttemptStatus.FAILED_PERMANENT,
    "canceled": AttemptStatus.CANCELLED,
}
"""Twilio's message status → what is known (channels 1.1); an unknown one counts as accepted."""

CODES: Mapping[int, FailureClass] = {
    20003: _C, 20404: _C, 20429: FailureClass.BUSY,
    21211: _A, 21212: _C, 21408: _C, 21606: _C, 21608: _C, 21610: _O, 21611: _R, 21612: _A,
    21614: _A, 21617: _C, 21659: _C, 21660: _C, 21663: _C, 21668: _C, 21670: _C,
    30001: _R, 30002: _C, 30003: _R, 30004: _A, 30005: _A, 30006: _A, 30007: _C, 30008: _R,
    30034: _C, 30036: _X, 30410: _R, 30500: _R, 63038: _C,
}  # fmt: skip
"""Twilio's error code → where the fault lies (channels 1.2)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TwilioOptions:
    """How to reach the account, and which number messages come from."""

    account_sid: str
    auth_token: str | None = field(default=None, repr=False)
    api_key: str | None = None
    api_secret: str | None = field(default=None, repr=False)
    from_number: str
    base_url: str | None = None
    max_in_flight: int = 50
    ca_file: Path | None = None
    total_seconds: float = _TOTAL_SECONDS


class RateLimitedError(Exception):
    """Says that the provider did not process a request, and when to ask again."""

    def __init__(self, retry_after_seconds: float | None) -> None:
        """Keep how long to wait, where the provider said so."""
        super().__init__("rate limited")
        self.retry_after_seconds = retry_after_seconds


class NotConnectedError(Exception):
    """Says that no request left: the connection could not be made."""


class LeanHttpClient(AsyncHttpClient):
    """Is the library's HTTP client with a real time-out, without retries, on one kept session.

    The library's own has no time-out at all, and its retries send an SMS again (channels 0.1, 0.2).
    """

    def __init__(self, options: TwilioOptions) -> None:
        """Take the options; the session is made inside the loop that uses it."""
        super().__init__(logger=logging.getLogger("twilio.async_http_client"), is_async=True)
        user = options.api_key or options.account_sid
        secret = (options.api_secret if options.api_key else options.auth_token) or ""
        login = base64.b64encode(f"{user}:{secret}".encode()).decode()
        self._headers = {"Authorization": f"Basic {login}"}
        self._options = options
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Make one request and return its answer.

        Raises:
            RateLimitedError: the provider answered 429.
            NotConnectedError: the connection could not be made, so nothing left.
        """
        session = self._open_session()
        body = urlencode(data, doseq=True) if isinstance(data, Mapping) else None
        sent = {**(headers or {}), **self._headers}
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            async with session.request(
                method.upper(),
                uri,
                params={k: str(v) for k, v in (params or {}).items()},
                data=body,
                headers=sent,
                allow_redirects=allow_redirects,
            ) as answer:
                text = await answer.text()
                if answer.status == 429:
                    raise RateLimitedError(_seconds(answer.headers.get("Retry-After")))
                return Response(answer.status, text, answer.headers)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotConnectedError(type(error).__name__) from error

    async def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            context: ssl.SSLContext | bool = True
            if self._options.ca_file is not None:
                context = ssl.create_default_context()
                context.load_verify_locations(self._options.ca_file)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._options.max_in_flight, ssl=context),
                timeout=aiohttp.ClientTimeout(
                    total=self._options.total_seconds, sock_connect=_CONNECT_SECONDS
                ),
                trust_env=True,
            )
        return self._session


class TwilioSender:
    """Sends SMS from one number of one account."""

    def __init__(self, options: TwilioOptions) -> None:
        """Take the options; nothing is asked of the provider yet."""
        self.route = Route(
            name="twilio",
            channel=Channel.SMS,
            max_in_flight=options.max_in_flight,
            chunk=20,
            can_report=True,
            can_reply=True,
        )
        self._options = options
        self._http = LeanHttpClient(options)
        self._client = Client(
            options.api_key or options.account_sid,
            (options.api_secret if options.api_key else options.auth_token) or "-",
            account_sid=options.account_sid,
            http_client=self._http,
        )
        if options.base_url:
            self._client.api.base_url = options.base_url.rstrip("/")

    async def open(self) -> None:
        """Open nothing yet: the session is made with the first request."""

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def send(self, envelope: Envelope) -> SendResult:
        """Create one message."""
        refused = refuse_unmarked(envelope)
        if refused is not None:
            return refused
        try:
            message = await self._client.messages.create_async(
                to=envelope.address,
                from_=self._options.from_number,
                body=envelope.body.text,
                **_validity(envelope),
            )
        except RateLimitedError as busy:
            return SendResult(
                status=AttemptStatus.FAILED_RETRYABLE,
                failure=FailureClass.BUSY,
                unsent=True,
                code="20429",
                retry_after_seconds=busy.retry_after_seconds,
            )
        except NotConnectedError as error:
            return SendResult(
                status=AttemptStatus.FAILED_RETRYABLE,
                failure=FailureClass.RETRY,
                unsent=True,
                code=str(error),
            )
        except TwilioRestException as error:
            return _refusal(error)
        except (TwilioException, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return SendResult(status=AttemptStatus.UNCERTAIN, code=type(error).__name__)
        return _known(message)

    async def statuses(self, since: datetime) -> list[ProviderReport]:
        """Return the state of every message from our number since a time.

        A sweep proves nothing of what it does not list: queued messages have no date yet.
        """
        listed, _ = await self._list(from_=self._options.from_number, date_sent_after=_day(since))
        return [
            _report(message)
            for message in listed
            if message.direction != "inbound" and _at(message) >= since
        ]

    async def inbound(self, since: datetime) -> list[InboundMessage]:
        """Return what was sent to our number since a time."""
        listed, _ = await self._list(to=self._options.from_number, date_sent_after=_day(since))
        return [
            InboundMessage(
                provider=self.route.name,
                provider_id=message.sid,
                channel=Channel.SMS,
                sender=message.from_,
                text=message.body or "",
                at=_at(message),
            )
            for message in listed
            if message.direction == "inbound" and _at(message) >= since
        ]

    async def look_up(self, envelope: Envelope, started_at: datetime) -> LookUp:
        """Look for a message by number, exact text and time (channels 1.6)."""
        listed, is_complete = await self._list(to=envelope.address)
        since = started_at - _BEFORE_START
        candidates = tuple(
            _known(message)
            for message in listed
            if message.direction != "inbound"
            and message.body == envelope.body.text
            and _created(message) >= since
        )
        return LookUp(is_complete=is_complete, candidates=candidates)

    async def cancel(self, provider_id: str) -> bool:
        """Ask for a queued message to be dropped; whether it was shows in a later status."""
        try:
            await self._client.messages(provider_id).update_async(status="canceled")
        except (TwilioException, aiohttp.ClientError, TimeoutError, OSError):
            return False
        except (RateLimitedError, NotConnectedError):
            return False
        return True

    async def check(self) -> RouteHealth:
        """Fetch the account; nothing is sent."""
        try:
            account = await self._client.api.accounts(self._options.account_sid).fetch_async()
        except TwilioRestException as error:
            fault = "it refuses our login" if error.status == 401 else f"it answers {error.status}"
            text = f"The SMS provider: {fault}; correct BEREDSKAP_TWILIO__ACCOUNT_SID and its key."
            return RouteHealth(route=self.route.name, is_ready=False, text=text)
        except (RateLimitedError, TwilioException, aiohttp.ClientError, TimeoutError, OSError):
            text = "The SMS provider did not answer as it should; try again."
            return RouteHealth(route=self.route.name, is_ready=False, text=text)
        except NotConnectedError:
            text = "The SMS provider cannot be reached; check the network and BASE_URL."
            return RouteHealth(route=self.route.name, is_ready=False, text=text)
        is_active = account.status == "active"
        text = f"The SMS provider takes our login; the account is {account.status}."
        return RouteHealth(route=self.route.name, is_ready=is_active, text=text)

    async def _list(self, **filters: Any) -> tuple[list[Any], bool]:
        """Return messages, newest first as the provider lists them, and whether that was all."""
        found: list[Any] = []
        try:
            page = await self._client.messages.page_async(page_size=_PAGE, **filters)
            for _ in range(_MOST_PAGES):
                found += list(page)
                following = await page.next_page_async()
                if following is None:
                    return found, True
                page = following
        except (TwilioException, aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return found, False
        except (RateLimitedError, NotConnectedError):
            return found, False
        return found, False


def _validity(envelope: Envelope) -> dict[str, int]:
    """Return for how long the message is of use, as the provider takes it (1 to 36,000 s)."""
    if envelope.expires_at is None:
        return {}
    left = int((envelope.expires_at - datetime.now(UTC)).total_seconds())
    return {"validity_period": min(max(left, 1), _LONGEST_VALIDITY)}


def _known(message: Any) -> SendResult:
    status = STATUSES.get(str(message.status), AttemptStatus.ACCEPTED)
    code = int(message.error_code) if message.error_code else None
    failure = _failure(status, code)
    return SendResult(
        status=_status(status, failure),
        provider_id=message.sid,
        provider_status=str(message.status),
        code=str(code) if code else None,
        failure=failure,
        unsent=str(message.status) == "failed",
    )


def _report(message: Any) -> ProviderReport:
    known = _known(message)
    return ProviderReport(
        provider="twilio",
        provider_id=message.sid,
        status=known.status,
        provider_status=known.provider_status or "",
        code=known.code,
        failure=known.failure,
        unsent=known.unsent,
    )


def _failure(status: AttemptStatus, code: int | None) -> FailureClass | None:
    """Return where the fault of a failed message lies; an unknown 30xxx may pass once more."""
    if status is not AttemptStatus.FAILED_PERMANENT:
        return None
    if code is None:
        return _R
    return CODES.get(code, _R if 30_000 <= code < 31_000 else _A)


def _status(status: AttemptStatus, failure: FailureClass | None) -> AttemptStatus:
    if failure is _R:
        return AttemptStatus.FAILED_RETRYABLE
    return AttemptStatus.EXPIRED if failure is _X else status


def _refusal(error: TwilioRestException) -> SendResult:
    """Return what an error answer to a create means; after a 5xx nobody knows."""
    code = int(error.code) if error.code else None
    if error.status >= 500:
        return SendResult(
            status=AttemptStatus.UNCERTAIN, code=str(code or error.status), provider_status="5xx"
        )
    failure = CODES.get(code or 0)
    if failure is None:
        failure = _C if error.status in (401, 403, 404) else _A
    if failure is FailureClass.BUSY or error.status == 429:
        return SendResult(
            status=AttemptStatus.FAILED_RETRYABLE,
            failure=FailureClass.BUSY,
            unsent=True,
            code=str(code or error.status),
        )
    status = AttemptStatus.FAILED_RETRYABLE if failure is _R else AttemptStatus.FAILED_PERMANENT
    return SendResult(
        status=status,
        failure=failure,
        unsent=True,
        code=str(code or error.status),
        detail=_detail(failure, code or error.status),
    )


def _detail(failure: FailureClass, code: int) -> str:
    if failure is not FailureClass.ROUTE:
        return f"The SMS provider refused the message with {code}."
    if code in (20003, 401):
        return (
            f"The SMS provider refuses our login ({code}); correct BEREDSKAP_TWILIO__ACCOUNT_SID "
            "and its key."
        )
    return f"The SMS provider refuses our account, number or text ({code}); see its error list."


def _at(message: Any) -> datetime:
    """Return when a message was sent or came in; before that, when it was created."""
    return _aware(message.date_sent) or _created(message)


def _created(message: Any) -> datetime:
    return _aware(message.date_created) or datetime.now(UTC)


def _aware(at: datetime | None) -> datetime | None:
    if at is None:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _day(since: datetime) -> datetime:
    """Return the start of the day: filters promise no finer grain, so more is asked for."""
    return since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _seconds(header: str | None) -> float | None:
    """Return Retry-After in seconds (RFC 9110 10.2.3), bounded to half a minute."""
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(max(seconds, 0.0), 30.0)
