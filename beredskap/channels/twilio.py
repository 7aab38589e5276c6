"""SMS over Twilio, or any server that speaks as Twilio does: create, sweep statuses, poll replies.

Creating a message has no idempotency: a time-out, a lost line or a 5xx after the request left is
uncertain and is looked up before anything is sent again. There is no retry below this module.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from twilio.base.exceptions import TwilioRestException, TwilioServiceException
from twilio.rest import Client

from beredskap.channels.markers import filled
from beredskap.channels.marks import refuse_unmarked
from beredskap.channels.sender import Route
from beredskap.channels.twilio_codes import outcome, refusal
from beredskap.channels.twilio_http import (
    NO_ANSWER,
    LeanHttpClient,
    NotConnectedError,
    RateLimitedError,
    TwilioOptions,
)
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

__all__ = ["TwilioOptions", "TwilioSender"]

_PAGE = 1_000
_MOST_PAGES = 200
_LONGEST_VALIDITY = 36_000
_BEFORE_START = timedelta(seconds=60)


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
            can_reply=not _is_a_name(options.from_number),
            units_per_second=options.segments_per_second,
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
                body=_text_of(envelope),
                **_validity(envelope),
            )
        except RateLimitedError as busy:
            return refusal(429, busy.code, busy.retry_after_seconds)
        except NotConnectedError as error:
            return SendResult(
                status=AttemptStatus.FAILED_RETRYABLE,
                failure=FailureClass.RETRY,
                unsent=True,
                code=str(error),
                detail="The SMS provider cannot be reached.",
            )
        except (TwilioRestException, TwilioServiceException) as error:
            return refusal(error.status, error.code)
        except NO_ANSWER as error:
            return SendResult(status=AttemptStatus.UNCERTAIN, code=type(error).__name__)
        if not message.sid:
            return SendResult(status=AttemptStatus.UNCERTAIN, code="no-id")
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
        """Return what was sent to our number since a time; nobody can write to a name."""
        if not self.route.can_reply:
            return []
        listed, _ = await self._list(to=self._options.from_number, date_sent_after=_day(since))
        return [
            InboundMessage(
                provider=self.route.name,
                provider_id=message.sid,
                channel=Channel.SMS,
                sender=message.from_ or "",
                text=message.body or "",
                at=_at(message),
            )
            for message in listed
            if message.direction == "inbound" and _at(message) >= since
        ]

    async def look_up(self, envelope: Envelope, started_at: datetime) -> LookUp:
        """Look for a message by number, exact text and time (channels 1.6)."""
        listed, is_complete = await self._list(to=envelope.address)
        since, text = started_at - _BEFORE_START, _text_of(envelope)
        senders = (self._options.from_number, None)
        candidates = tuple(
            _known(message)
            for message in listed
            if message.direction != "inbound"
            and message.sid
            and message.from_ in senders
            and message.body == text
            and _created(message) >= since
        )
        return LookUp(is_complete=is_complete, candidates=candidates)

    async def cancel(self, provider_id: str) -> bool:
        """Ask for a queued message to be dropped; whether it was shows in a later status."""
        try:
            await self._client.messages(provider_id).update_async(status="canceled")
        except NO_ANSWER:
            return False
        return True

    async def check(self) -> RouteHealth:
        """Fetch the account; nothing is sent."""
        try:
            account = await self._client.api.accounts(self._options.account_sid).fetch_async()
        except NotConnectedError:
            return self._unready(
                "The SMS provider cannot be reached; check the network and "
                "BEREDSKAP_TWILIO__BASE_URL."
            )
        except (TwilioRestException, TwilioServiceException) as error:
            text = refusal(error.status, error.code).detail
            return self._unready(text or f"The SMS provider answers {error.status}; try again.")
        except NO_ANSWER:
            return self._unready("The SMS provider did not answer as it should; try again.")
        is_active = account.status == "active"
        text = f"The SMS provider takes our login; the account is {account.status}."
        return RouteHealth(route=self.route.name, is_ready=is_active, text=text)

    def _unready(self, text: str) -> RouteHealth:
        return RouteHealth(route=self.route.name, is_ready=False, text=text)

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
        except NO_ANSWER:
            return found, False
        return found, False


def _is_a_name(sender: str) -> bool:
    """Say whether we send under a name, which nobody can answer (channels 0.8)."""
    return any(character.isalpha() for character in sender)


def _text_of(envelope: Envelope) -> str:
    return filled(envelope.body.text, envelope.markers)


def _validity(envelope: Envelope) -> dict[str, int]:
    """Return for how long the message is of use, as the provider takes it (1 to 36,000 s)."""
    if envelope.expires_at is None:
        return {}
    left = int((envelope.expires_at - datetime.now(UTC)).total_seconds())
    return {"validity_period": min(max(left, 1), _LONGEST_VALIDITY)}


def _known(message: Any) -> SendResult:
    known = outcome(str(message.status), message.error_code)
    return replace(known, provider_id=str(message.sid))


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
