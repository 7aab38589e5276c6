"""Mail over SMTP: kept connections, one recipient a transaction, and what each refusal means.

Before the final dot nothing has been handed over, so a failure there is proven unsent; after it,
until the server has answered, nobody knows.
"""

from __future__ import annotations

import logging
import re
import ssl
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiosmtplib
from aiosmtplib.errors import SMTPException, SMTPResponseException

from beredskap.channels.mail_form import Letterhead, MailForm, build_form
from beredskap.channels.marks import refuse_unmarked
from beredskap.channels.sender import Route
from beredskap.domain.attempt import AttemptStatus, FailureClass
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import Envelope, RouteHealth, SendResult
from beredskap.domain.incident import IncidentMode

logging.getLogger("mail.log").setLevel(logging.WARNING)
_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_RETRY, _ADDRESS, _ROUTE = FailureClass.RETRY, FailureClass.ADDRESS, FailureClass.ROUTE
_CHUNK = 50

_BY_ENHANCED: dict[str, FailureClass] = {
    "5.1.1": _ADDRESS,
    "5.1.2": _ADDRESS,
    "5.1.3": _ADDRESS,
    "5.1.6": _ADDRESS,
    "5.1.10": _ADDRESS,
    "5.2.1": _ADDRESS,
    "5.2.2": _ADDRESS,
    "5.2.0": _ROUTE,
    "5.3.4": _ROUTE,
    "5.4.5": _ROUTE,
    "5.7.0": _ROUTE,
    "5.7.1": _ROUTE,
    "5.7.8": _ROUTE,
    "5.7.9": _ROUTE,
    "5.7.26": _ROUTE,
}
"""Enhanced status (RFC 3463) → where the fault lies (channels 3.2)."""
_BY_CODE: dict[int, FailureClass] = {
    501: _ROUTE,
    503: _ROUTE,
    530: _ROUTE,
    535: _ROUTE,
    538: _ROUTE,
    550: _ADDRESS,
    551: _ADDRESS,
    552: _ADDRESS,
    553: _ADDRESS,
    555: _ROUTE,
}
"""Reply code (RFC 5321) → where the fault lies, when no enhanced status says more."""


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
    sender: str
    sender_name: str = ""
    reply_to: str | None = None
    ca_file: Path | None = None
    timeout_seconds: float = 15.0


class _UnsentError(Exception):
    """Says that a transaction ended before the final dot."""

    def __init__(self, result: SendResult) -> None:
        super().__init__(result.code)
        self.result = result


class SmtpSender:
    """Hands mails to one server over a few kept connections."""

    def __init__(self, options: SmtpOptions) -> None:
        """Take the options; no connection is made yet."""
        self.route = Route(
            name="smtp",
            channel=Channel.EMAIL,
            max_in_flight=options.connections,
            chunk=_CHUNK,
        )
        self._options = options
        self._head = Letterhead(
            sender=options.sender, sender_name=options.sender_name, reply_to=options.reply_to
        )
        self._domain = options.sender.rpartition("@")[2] or "localhost"
        self._idle: deque[aiosmtplib.SMTP] = deque()
        self._forms: dict[tuple[str, IncidentMode], MailForm] = {}

    async def open(self) -> None:
        """Make no connection yet: each is made when it is first needed, and kept."""

    async def close(self) -> None:
        """Say goodbye on every kept connection."""
        while self._idle:
            await _quit(self._idle.popleft())

    async def send(self, envelope: Envelope) -> SendResult:
        """Hand one mail over in a transaction of its own."""
        refused = refuse_unmarked(envelope)
        if refused is not None:
            return refused
        message_id = f"<{envelope.client_ref}@{self._domain}>"
        try:
            wire = self._form(envelope).fill(
                to=envelope.address, message_id=message_id, date=datetime.now(UTC)
            )
        except ValueError:
            return SendResult(
                status=AttemptStatus.FAILED_PERMANENT,
                failure=_ADDRESS,
                unsent=True,
                code="address-form",
            )
        try:
            connection = await self._connection()
        except _UnsentError as unsent:
            return unsent.result
        return await self._transact(connection, envelope.address, wire, message_id)

    async def check(self) -> RouteHealth:
        """Connect, secure, log in and say goodbye; nothing is sent."""
        where = f"{self._options.host}:{self._options.port}"
        try:
            connection = await self._connect()
        except _UnsentError as unsent:
            return RouteHealth(
                route=self.route.name,
                is_ready=False,
                text=f"The mail server {where}: {unsent.result.detail}",
            )
        await _quit(connection)
        return RouteHealth(
            route=self.route.name, is_ready=True, text=f"The mail server {where} takes our login."
        )

    def _form(self, envelope: Envelope) -> MailForm:
        key = (envelope.body.digest, envelope.mode)
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = build_form(envelope.body, self._head, envelope.mode)
        return form

    async def _connection(self) -> aiosmtplib.SMTP:
        while self._idle:
            kept = self._idle.popleft()
            if kept.is_connected:
                return kept
        return await self._connect()

    async def _connect(self) -> aiosmtplib.SMTP:
        """Return a new connection, secured and logged in.

        Raises:
            _UnsentError: it could not be made; nothing has left.
        """
        options = self._options
        connection = aiosmtplib.SMTP(
            hostname=options.host,
            port=options.port,
            timeout=options.timeout_seconds,
            use_tls=options.security == "tls",
            start_tls=options.security == "starttls",
            tls_context=self._tls_context(),
            local_hostname="localhost",
        )
        try:
            await connection.connect()
            if connection.is_ehlo_or_helo_needed:
                await connection.ehlo()
            if options.username is not None:
                await connection.login(options.username, options.password or "")
        except SMTPResponseException as error:
            connection.close()
            raise _UnsentError(_connect_refusal(error)) from error
        except aiosmtplib.SMTPNotSupported as error:
            connection.close()
            raise _UnsentError(_NOT_OFFERED) from error
        except (SMTPException, OSError, ValueError) as error:
            connection.close()
            raise _UnsentError(_unreachable(error)) from error
        return connection

    def _tls_context(self) -> ssl.SSLContext | None:
        if self._options.security == "none":
            return None
        context = ssl.create_default_context()
        if self._options.ca_file is not None:
            context.load_verify_locations(self._options.ca_file)
        return context

    async def _transact(
        self, connection: aiosmtplib.SMTP, address: str, wire: bytes, message_id: str
    ) -> SendResult:
        """Run MAIL, RCPT and DATA, and say on which side of the final dot it ended."""
        try:
            await self._announce(connection, address)
        except _UnsentError as unsent:
            return unsent.result
        try:
            reply = await _write_mail(connection, wire, self._options.timeout_seconds)
        except (SMTPException, OSError, TimeoutError) as error:
            connection.close()
            return SendResult(status=AttemptStatus.UNCERTAIN, code=type(error).__name__)
        await self._keep(connection)
        if reply.code != aiosmtplib.SMTPStatus.completed:
            return _refusal(reply.code, reply.message, at="the mail")
        return SendResult(
            status=AttemptStatus.ACCEPTED, provider_id=message_id, provider_status=str(reply.code)
        )

    async def _announce(self, connection: aiosmtplib.SMTP, address: str) -> None:
        """Name sender and recipient and ask to go on; whatever fails here is proven unsent.

        Raises:
            _UnsentError: the server refused, or the connection ended.
        """
        stage = "MAIL"
        try:
            await connection.mail(self._options.sender)
            stage = "RCPT"
            await connection.rcpt(address)
            stage = "DATA"
            reply = await connection.execute_command(b"DATA")
            if reply.code != aiosmtplib.SMTPStatus.start_input:
                raise SMTPResponseException(reply.code, reply.message)
        except SMTPResponseException as error:
            await self._reset(connection)
            raise _UnsentError(_refusal(error.code, error.message, at=stage)) from error
        except (SMTPException, OSError, TimeoutError) as error:
            connection.close()
            raise _UnsentError(_dropped(error)) from error

    async def _reset(self, connection: aiosmtplib.SMTP) -> None:
        """Clear a refused transaction and keep the connection, if the server still listens."""
        try:
            await connection.rset()
        except (TimeoutError, SMTPException, OSError):
            connection.close()
            return
        await self._keep(connection)

    async def _keep(self, connection: aiosmtplib.SMTP) -> None:
        if connection.is_connected and len(self._idle) < self._options.connections:
            self._idle.append(connection)
        else:
            await _quit(connection)


async def _write_mail(
    connection: aiosmtplib.SMTP, wire: bytes, timeout_seconds: float
) -> aiosmtplib.SMTPResponse:
    """Write a mail after the server said 354, and return what it answers to the final dot.

    The library's own call does not tell a connection lost before the mail from one lost after it,
    and that is all the difference between "not sent" and "nobody knows".
    """
    protocol = connection.protocol
    if protocol is None or protocol._command_lock is None:
        raise aiosmtplib.SMTPServerDisconnected("Connection lost")
    async with protocol._command_lock:
        protocol._response_pending = True
        protocol.write(wire)
        return await protocol.read_response(timeout=timeout_seconds)


async def _quit(connection: aiosmtplib.SMTP) -> None:
    try:
        await connection.quit()
    except (TimeoutError, SMTPException, OSError):
        connection.close()


def _refusal(code: int, message: str, *, at: str) -> SendResult:
    """Return what a refusal means; only codes are kept, since texts may repeat the address."""
    enhanced = _ENHANCED.search(message)
    shown = f"{code} {enhanced[0]}" if enhanced else str(code)
    if 400 <= code < 500 or (enhanced and enhanced[1] == "4"):
        return _failed(AttemptStatus.FAILED_RETRYABLE, _RETRY, shown, at)
    failure = _BY_ENHANCED.get(enhanced[0]) if enhanced else None
    if failure is None and enhanced and enhanced[2] == "1":
        failure = _ADDRESS
    if failure is None:
        failure = _BY_CODE.get(code, _ADDRESS if at == "RCPT" else _ROUTE)
    return _failed(AttemptStatus.FAILED_PERMANENT, failure, shown, at)


def _failed(status: AttemptStatus, failure: FailureClass, code: str, at: str) -> SendResult:
    return SendResult(
        status=status,
        failure=failure,
        unsent=True,
        code=code,
        detail=f"The mail server refused {at} with {code}.",
    )


def _connect_refusal(error: SMTPResponseException) -> SendResult:
    """Return what a refusal before any transaction means: it always concerns the route."""
    result = _refusal(error.code, error.message, at="the connection")
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return SendResult(
            status=AttemptStatus.FAILED_PERMANENT,
            failure=_ROUTE,
            unsent=True,
            code=result.code,
            detail=f"it refuses our login ({result.code}); correct BEREDSKAP_SMTP__USERNAME and "
            "BEREDSKAP_SMTP__PASSWORD.",
        )
    if result.failure is _RETRY:
        return result
    return SendResult(
        status=AttemptStatus.FAILED_PERMANENT,
        failure=_ROUTE,
        unsent=True,
        code=result.code,
        detail=f"it refuses our connection ({result.code}).",
    )


_NOT_OFFERED = SendResult(
    status=AttemptStatus.FAILED_PERMANENT,
    failure=_ROUTE,
    unsent=True,
    code="not-offered",
    detail="it does not offer the login or the protection asked for; correct "
    "BEREDSKAP_SMTP__SECURITY, BEREDSKAP_SMTP__USERNAME and BEREDSKAP_SMTP__PASSWORD.",
)
"""A server that lacks what we insist on is never used with less."""


def _unreachable(error: Exception) -> SendResult:
    return SendResult(
        status=AttemptStatus.FAILED_RETRYABLE,
        failure=_RETRY,
        unsent=True,
        code=type(error).__name__,
        detail=f"it cannot be reached ({type(error).__name__}); check BEREDSKAP_SMTP__HOST, "
        "BEREDSKAP_SMTP__PORT and BEREDSKAP_SMTP__SECURITY.",
    )


def _dropped(error: Exception) -> SendResult:
    return SendResult(
        status=AttemptStatus.FAILED_RETRYABLE,
        failure=_RETRY,
        unsent=True,
        code=type(error).__name__,
        detail="The connection ended before the mail was handed over.",
    )
