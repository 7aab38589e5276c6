"""Mail both ways as one route: out by SMTP, replies and bounces in from a mailbox."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from beredskap.channels.imap import KeptMail, MailStore
from beredskap.channels.mail_replies import read_bounce, read_reply
from beredskap.channels.smtp import SmtpSender
from beredskap.domain.envelope import (
    Envelope,
    InboundMessage,
    ProviderReport,
    RouteHealth,
    SendResult,
)

LOGGER = logging.getLogger(__name__)
_KEPT = timedelta(days=2)
"""How long what was read is told again at each poll; the ledger knows what it has."""


class MailRoute:
    """Sends by one server and reads what comes back to one mailbox."""

    def __init__(self, sender: SmtpSender, store: MailStore, domain: str) -> None:
        """Take both ends, and the domain of our own Message-IDs."""
        self.route = sender.route
        self._sender, self._store, self._domain = sender, store, domain
        self._replies: list[InboundMessage] = []
        self._bounces: list[ProviderReport] = []

    async def open(self) -> None:
        """Make ready; connections are made when they are needed."""
        await self._sender.open()

    async def close(self) -> None:
        """Say goodbye on both sides."""
        await self._sender.close()
        await self._store.close()

    async def send(self, envelope: Envelope) -> SendResult:
        """Hand one mail over."""
        return await self._sender.send(envelope)

    async def check(self) -> RouteHealth:
        """Try both ends without sending; a mailbox that is away does not stop what is sent."""
        health = await self._sender.check()
        fault = await self._store.check()
        told = fault or "Replies are read from the mailbox."
        return replace(health, text=f"{health.text} {told}")

    async def statuses(self, since: datetime) -> list[ProviderReport]:
        """Return the bounces read so far, after a look into the mailbox."""
        await self._look(since)
        return list(self._bounces)

    async def inbound(self, since: datetime) -> list[InboundMessage]:
        """Return the replies read so far, after a look into the mailbox."""
        await self._look(since)
        return [reply for reply in self._replies if reply.at >= since]

    async def _look(self, since: datetime) -> None:
        now = datetime.now(UTC)
        for mail in await self._store.fetch_new(since):
            self._take(mail, now)
        oldest = now - _KEPT
        self._replies = [reply for reply in self._replies if reply.at >= oldest]
        self._bounces = [one for one in self._bounces if one.at is None or one.at >= oldest]

    def _take(self, mail: KeptMail, now: datetime) -> None:
        """Read one mail; one that cannot be read at all is left to people."""
        try:
            reply = read_reply(mail.message, uid=mail.uid, domain=self._domain, now=now)
            bounce = read_bounce(mail.message, domain=self._domain, now=now)
        except Exception as error:  # what strangers write must never end the reading
            LOGGER.warning("a mail could not be read (%s)", type(error).__name__)
            return
        if reply is not None:
            self._replies.append(reply)
        if bounce is not None:
            self._bounces.append(bounce)
