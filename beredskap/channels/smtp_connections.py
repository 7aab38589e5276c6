"""Connections to one mail server: secured, logged in, kept, and no more of them than it takes."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

import aiosmtplib
from aiosmtplib.errors import SMTPException, SMTPResponseException

from beredskap.channels.smtp_replies import Stage, judge
from beredskap.domain.attempt import AttemptStatus, FailureClass
from beredskap.domain.envelope import SendResult
from beredskap.errors import ConfigurationError

_IDLE_SECONDS = 30.0
"""After this a kept connection is asked whether it still lives before a mail is trusted to it."""
_ALIVE_SECONDS = 3.0
_SECURITIES = ("none", "starttls", "tls")


@dataclass(frozen=True, kw_only=True, slots=True)
class SmtpOptions:
    """How to reach the mail server, and whom mails come from."""

    host: str
    port: int = 25
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    security: str = "starttls"
    """`none`, `starttls` or `tls`; never weakened when the server offers less."""
    connections: int = 3
    mails_per_second: float | None = None
    sender: str
    sender_name: str = ""
    reply_to: str | None = None
    bounces_to: str | None = None
    """Where bounces go, our reference added to the name (VERP); the sender where not set."""
    ca_file: Path | None = None
    timeout_seconds: float = 15.0

    def __post_init__(self) -> None:
        """Refuse a protection that is not known, which would otherwise mean none.

        Raises:
            ConfigurationError: the word is not one of three.
        """
        if self.security not in _SECURITIES:
            raise ConfigurationError(
                "BEREDSKAP_SMTP__SECURITY is not one of none, starttls and tls; set one of them."
            )


class UnsentError(Exception):
    """Says that nothing was handed over, with the result that tells so."""

    def __init__(self, result: SendResult, *, is_full: bool = False) -> None:
        """Take the result, and whether the server only has no room for one more connection."""
        super().__init__(result.code)
        self.result, self.is_full = result, is_full


@dataclass(kw_only=True, slots=True)
class Line:
    """One connection, in use by one transaction at a time."""

    smtp: aiosmtplib.SMTP
    offers_dsn: bool
    """True where the server said that it reports on deliveries (RFC 3461)."""
    used_at: float
    was_kept: bool = False
    """True when it has lain idle, so that the other end may be gone."""


class Connections:
    """Hands out at most so many connections, the kept ones first."""

    def __init__(self, options: SmtpOptions) -> None:
        """Take the options; no connection is made yet."""
        self._options = options
        self._idle: deque[Line] = deque()
        self._slots = asyncio.Semaphore(options.connections)
        self._living, self._connecting, self._withheld = 0, 0, 0
        self._tls: ssl.SSLContext | None = None

    async def take(self, *, fresh: bool = False) -> Line:
        """Return a connection for one transaction; it is given back afterwards.

        Raises:
            UnsentError: none could be made; nothing has left.
        """
        if fresh:
            self._drop_idle()
        may_wait = True
        while True:
            await self._slots.acquire()
            try:
                return await self._kept() or await self._connected()
            except UnsentError as unsent:
                if may_wait and unsent.is_full and self._living + self._connecting:
                    # There is room for no more than the others, so one of them is waited for.
                    may_wait = False
                    self._withheld += 1
                    continue
                self._slots.release()
                if not self._living:
                    self._allow_all_again()
                raise
            except BaseException:
                self._slots.release()
                raise

    async def _connected(self) -> Line:
        self._connecting += 1
        try:
            return await self.connect()
        finally:
            self._connecting -= 1

    def give_back(self, line: Line) -> None:
        """Keep a connection for the next mail, or let it go where it has ended."""
        if line.smtp.is_connected:
            line.used_at, line.was_kept = _now(), True
            self._idle.append(line)
        else:
            self.forget(line)
        self._slots.release()

    def forget(self, line: Line) -> None:
        """Let a connection go at once."""
        line.smtp.close()
        self._living -= 1

    async def close(self) -> None:
        """Say goodbye on every kept connection; next time all may be tried again."""
        while self._idle:
            await self.say_goodbye(self._idle.pop())
        self._allow_all_again()

    def _allow_all_again(self) -> None:
        while self._withheld:
            self._withheld -= 1
            self._slots.release()

    async def say_goodbye(self, line: Line) -> None:
        """End a connection as the protocol wants it, or at once where nobody listens."""
        with contextlib.suppress(SMTPException, OSError):
            await line.smtp.quit(timeout=_ALIVE_SECONDS)
        self.forget(line)

    async def connect(self) -> Line:
        """Return a new connection, secured and logged in.

        Raises:
            UnsentError: it could not be made; nothing has left.
        """
        options = self._options
        smtp = aiosmtplib.SMTP(
            hostname=options.host,
            port=options.port,
            timeout=options.timeout_seconds,
            use_tls=options.security == "tls",
            start_tls=options.security == "starttls",
            tls_context=self._tls_context(),
            local_hostname="localhost",
        )
        try:
            await smtp.connect()
            if smtp.is_ehlo_or_helo_needed:
                await smtp.ehlo()
            if options.username is not None:
                await self._log_in(smtp, options.username)
        except BaseException as error:
            smtp.close()
            unsent = self._unsent(error)
            if unsent is None:
                raise
            raise unsent from error
        self._living += 1
        return Line(smtp=smtp, offers_dsn=smtp.supports_extension("dsn"), used_at=_now())

    async def _log_in(self, smtp: aiosmtplib.SMTP, username: str) -> None:
        if not smtp.supports_extension("auth"):
            raise aiosmtplib.SMTPNotSupported("no login offered")
        await smtp.login(username, self._options.password or "")

    async def _kept(self) -> Line | None:
        while self._idle:
            line = self._idle.pop()
            if await self._lives(line):
                return line
            self.forget(line)
        return None

    async def _lives(self, line: Line) -> bool:
        if not line.smtp.is_connected:
            return False
        if _now() - line.used_at < _IDLE_SECONDS:
            return True
        try:
            await line.smtp.noop(timeout=_ALIVE_SECONDS)
        except (SMTPException, OSError):
            return False
        return True

    def _drop_idle(self) -> None:
        while self._idle:
            self.forget(self._idle.pop())

    def _tls_context(self) -> ssl.SSLContext | None:
        if self._options.security == "none":
            return None
        if self._tls is None:
            self._tls = ssl.create_default_context()
            if self._options.ca_file is not None:
                self._tls.load_verify_locations(self._options.ca_file)
        return self._tls

    def _unsent(self, error: BaseException) -> UnsentError | None:
        """Return what a failed connection means, or None for what is no answer of the network."""
        where = f"The mail server {self._options.host}:{self._options.port}"
        match error:
            case SMTPResponseException() if error.code >= 400:
                return _refused(where, error)
            case aiosmtplib.SMTPNotSupported():
                # A server that lacks what we insist on is never used with less.
                text = (
                    f"{where} does not offer the login or the protection asked for; correct "
                    "BEREDSKAP_SMTP__SECURITY, BEREDSKAP_SMTP__USERNAME and "
                    "BEREDSKAP_SMTP__PASSWORD."
                )
                return UnsentError(_route_fault("not-offered", text))
            case SMTPException() | OSError() | ValueError():
                name = type(error).__name__
                text = (
                    f"{where} cannot be reached ({name}); check BEREDSKAP_SMTP__HOST, "
                    "BEREDSKAP_SMTP__PORT and BEREDSKAP_SMTP__SECURITY."
                )
                return UnsentError(_passing_fault(name, text))
        return None


def _refused(where: str, error: SMTPResponseException) -> UnsentError:
    """Return what a refusal before any mail means: it always concerns the route."""
    refusal = judge(error.code, error.message, Stage.CONNECT)
    if refusal.failure is FailureClass.RETRY:
        text = f"{where} cannot take us now ({refusal.code})."
        return UnsentError(_passing_fault(refusal.code, text), is_full=True)
    if isinstance(error, aiosmtplib.SMTPAuthenticationError) or refusal.is_login:
        text = (
            f"{where} refuses our login ({refusal.code}); correct BEREDSKAP_SMTP__USERNAME and "
            "BEREDSKAP_SMTP__PASSWORD."
        )
    else:
        text = f"{where} refuses our connection ({refusal.code}); ask whoever runs it."
    return UnsentError(_route_fault(refusal.code, text))


def _route_fault(code: str, text: str) -> SendResult:
    return SendResult(
        status=AttemptStatus.FAILED_PERMANENT,
        failure=FailureClass.ROUTE,
        unsent=True,
        code=code,
        detail=text,
    )


def _passing_fault(code: str, text: str) -> SendResult:
    return SendResult(
        status=AttemptStatus.FAILED_RETRYABLE,
        failure=FailureClass.RETRY,
        unsent=True,
        code=code,
        detail=text,
    )


def _now() -> float:
    return asyncio.get_running_loop().time()
