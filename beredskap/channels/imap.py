"""The mailbox that replies and bounces come to, read over IMAP and never written.

The library is synchronous, so it runs in a thread of its own. A mailbox that does not answer is
asked again after a while; what could not be fetched is simply missing until then.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from imaplib import IMAP4
from pathlib import Path
from typing import Literal, TypeVar

from imap_tools import AND, BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted, U
from imap_tools.errors import ImapToolsError

from beredskap.clock import lease_seconds

Returned = TypeVar("Returned")
LOGGER = logging.getLogger(__name__)
_FAULTS = (OSError, IMAP4.error, ImapToolsError, ssl.SSLError)
_LARGEST_BYTES = 1_000_000
"""Larger mails are nobody's answer and no bounce; they are left to people."""
_REST_SECONDS = 60.0
"""Between a refusal and the next login: more might lock the account."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImapOptions:
    """Where the mailbox is and how to open it."""

    host: str
    port: int = 993
    username: str = ""
    password: str = ""
    security: Literal["tls", "starttls", "none"] = "tls"
    folder: str = "INBOX"
    timeout_seconds: float = 15.0
    ca_file: Path | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptMail:
    """One mail of the mailbox."""

    uid: str
    """UIDVALIDITY and UID: names the mail for as long as the mailbox exists (RFC 3501, 2.3.1.1)."""
    message: EmailMessage


class MailStore:
    """Reads a mailbox; keeps its connection, and remembers how far it has read."""

    def __init__(self, options: ImapOptions) -> None:
        """Take the options; no connection is made yet."""
        self._options = options
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="imap")
        self._box: BaseMailBox | None = None
        self._validity, self._last_uid = 0, 0
        self._not_before = float("-inf")

    async def fetch_new(self, since: datetime) -> list[KeptMail]:
        """Return mails not returned before that came on or after a day; none while it is away."""
        if lease_seconds() < self._not_before:
            return []
        try:
            return await self._run(lambda: self._fetch(since.astimezone(UTC).date()))
        except _FAULTS as error:
            self._not_before = lease_seconds() + _REST_SECONDS
            self._drop()
            LOGGER.warning("the mailbox %s does not answer (%s)", self._where, _said(error))
            return []

    async def check(self) -> str | None:
        """Log in and open the folder; return what is wrong, or None."""
        try:
            await self._run(self._open)
        except _FAULTS as error:
            self._drop()
            return f"The mailbox {self._where} does not let us read replies ({_said(error)})."
        return None

    async def close(self) -> None:
        """Say goodbye."""
        box, self._box = self._box, None
        if box is not None:
            try:
                await self._run(lambda: _say_goodbye(box))
            except _FAULTS:
                LOGGER.debug("the mailbox was gone before the goodbye")
        self._thread.shutdown(wait=False)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="imap")

    def _drop(self) -> None:
        """Let a connection go that no longer works."""
        box, self._box = self._box, None
        if box is not None:
            _hang_up(box)

    @property
    def _where(self) -> str:
        return f"{self._options.host}:{self._options.port}"

    async def _run(self, work: Callable[[], Returned]) -> Returned:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _open(self) -> BaseMailBox:
        if self._box is None:
            box = self._connect()
            try:
                box.login(self._options.username, self._options.password, self._options.folder)
            except _FAULTS:
                _hang_up(box)
                raise
            self._box = box
        return self._box

    def _connect(self) -> BaseMailBox:
        options = self._options
        if options.security == "none":
            return MailBoxUnencrypted(options.host, options.port, options.timeout_seconds)
        tls = ssl.create_default_context()
        if options.ca_file is not None:
            tls.load_verify_locations(options.ca_file)
        kind = MailBox if options.security == "tls" else MailBoxStartTls
        return kind(options.host, options.port, options.timeout_seconds, ssl_context=tls)

    def _fetch(self, since: date) -> list[KeptMail]:
        box = self._open()
        box.folder.set(self._options.folder)  # what came since the last look is shown from here on
        validity = box.folder.status(self._options.folder, ["UIDVALIDITY"])["UIDVALIDITY"]
        if validity != self._validity:
            self._validity, self._last_uid = validity, 0
        wanted = AND(
            date_gte=since - timedelta(days=1),
            uid=U(str(self._last_uid + 1), "*"),
            size_lt=_LARGEST_BYTES,
        )
        # "*" is the newest mail even where its UID is lower than the first one asked for.
        found = [uid for uid in box.uids(wanted) if int(uid) > self._last_uid]
        if not found:
            return []
        kept = [
            KeptMail(uid=f"{validity}.{mail.uid}", message=_parsed(mail.obj.as_bytes()))
            for mail in box.fetch(AND(uid=found), mark_seen=False, bulk=50)
        ]
        self._last_uid = max(int(uid) for uid in found)
        return kept


def _parsed(content: bytes) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(content)


def _hang_up(box: BaseMailBox) -> None:
    with suppress(*_FAULTS):
        box.client.shutdown()


def _say_goodbye(box: BaseMailBox) -> None:
    box.logout()


def _said(error: Exception) -> str:
    """Return what went wrong without the user name, password or a mail's words."""
    text = str(error)
    if "AUTHENTICATIONFAILED" in text or "LOGIN" in text.upper():
        return "the login is refused"
    return type(error).__name__
