"""Mail over SMTP: one recipient a transaction, and on which side of the final dot it ended.

Before the final dot nothing has been handed over, so a failure there is proven unsent; after it,
until the server has answered, nobody knows.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

import aiosmtplib
from aiosmtplib.errors import SMTPException

from beredskap.channels.mail_form import Letterhead, MailForm, build_form, is_one_mailbox
from beredskap.channels.marks import refuse_unmarked
from beredskap.channels.sender import Route
from beredskap.channels.smtp_connections import Connections, Line, SmtpOptions, UnsentError
from beredskap.channels.smtp_replies import Refusal, Stage, judge
from beredskap.domain.attempt import AttemptStatus, FailureClass
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import Envelope, RouteHealth, SendResult
from beredskap.domain.incident import IncidentMode

__all__ = ["SmtpOptions", "SmtpSender"]

_CHUNK = 50
_DOUBTFUL_IN_A_ROW = 3
"""So many doubtful refusals without a mail taken between them are about us, not about people."""
_WRITTEN_AT_ONCE = 64 * 1024
"""A longer mail is written first, and its final dot only when the server has read most of it."""


class LostLineError(Exception):
    """Says that a connection ended before the final dot was written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Letter:
    """One mail ready for the wire."""

    sender: bytes
    address: bytes
    reference: bytes
    message_id: str
    wire: bytes


class SmtpSender:
    """Hands mails to one server over a few kept connections."""

    def __init__(self, options: SmtpOptions) -> None:
        """Take the options; no connection is made yet."""
        self.route = Route(
            name="smtp",
            channel=Channel.EMAIL,
            max_in_flight=options.connections,
            chunk=_CHUNK,
            units_per_second=options.mails_per_second,
        )
        self._options = options
        self._head = Letterhead(
            sender=options.sender, sender_name=options.sender_name, reply_to=options.reply_to
        )
        self.domain = options.sender.rpartition("@")[2] or "localhost"
        """That of our Message-IDs."""
        self._connections = Connections(options)
        self._forms: dict[tuple[str, IncidentMode], MailForm] = {}
        self._asks_for_bounces = True
        self._doubtful = 0

    async def open(self) -> None:
        """Make no connection yet: each is made when it is first needed, and kept."""

    async def close(self) -> None:
        """Say goodbye on every kept connection."""
        await self._connections.close()

    async def send(self, envelope: Envelope) -> SendResult:
        """Hand one mail over in a transaction of its own."""
        refused = refuse_unmarked(envelope)
        if refused is not None:
            return refused
        if not is_one_mailbox(envelope.address):
            return _unfit(FailureClass.ADDRESS, "address-form", "The address is not one mailbox.")
        try:
            letter = self._letter(envelope)
        except ValueError:
            return _unfit(
                FailureClass.ROUTE,
                "mail-form",
                "The mail cannot be written as one; mend its text, its markers or the sender.",
            )
        try:
            return await self._hand_over(letter)
        except UnsentError as unsent:
            return unsent.result

    async def check(self) -> RouteHealth:
        """Connect, secure, log in and say goodbye; nothing is sent."""
        try:
            line = await self._connections.connect()
        except UnsentError as unsent:
            return RouteHealth(route=self.route.name, is_ready=False, text=unsent.result.detail)
        await self._connections.say_goodbye(line)
        where = f"{self._options.host}:{self._options.port}"
        return RouteHealth(
            route=self.route.name, is_ready=True, text=f"The mail server {where} takes our login."
        )

    def _letter(self, envelope: Envelope) -> _Letter:
        """Return the mail of an envelope.

        Raises:
            ValueError: the text, a marker or the sender's address cannot be written.
        """
        message_id = f"<{envelope.client_ref}@{self.domain}>"
        wire = self._form(envelope).fill(
            to=envelope.address,
            message_id=message_id,
            date=datetime.now(UTC),
            markers=envelope.markers,
        )
        return _Letter(
            sender=self._envelope_sender(envelope).encode("ascii"),
            address=envelope.address.encode("ascii"),
            reference=envelope.client_ref.encode("ascii"),
            message_id=message_id,
            wire=wire,
        )

    def _envelope_sender(self, envelope: Envelope) -> str:
        """Return where bounces go; with our reference in it they are matched by it (VERP)."""
        if self._options.bounces_to is None:
            return self._options.sender
        name, _, domain = self._options.bounces_to.rpartition("@")
        return f"{name}+{envelope.client_ref}@{domain}"

    def _form(self, envelope: Envelope) -> MailForm:
        key = (envelope.body.digest, envelope.mode)
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = build_form(envelope.body, self._head, envelope.mode)
        return form

    async def _hand_over(self, letter: _Letter) -> SendResult:
        """Run a transaction; a kept connection that turns out to be dead is replaced once."""
        line = await self._connections.take()
        was_kept = line.was_kept
        try:
            return await self._transact(line, letter)
        except LostLineError as error:
            if not was_kept:
                return _dropped(error)
        try:
            return await self._transact(await self._connections.take(fresh=True), letter)
        except LostLineError as error:
            return _dropped(error)

    async def _transact(self, line: Line, letter: _Letter) -> SendResult:
        """Run MAIL, RCPT and DATA, and say on which side of the final dot it ended.

        Raises:
            LostLineError: the connection ended before the final dot.
        """
        try:
            refusal = await self._announce(line, letter)
            if refusal is not None:
                return self._judged(refusal)
            return await self._write(line, letter)
        except BaseException:
            line.smtp.close()
            raise
        finally:
            self._connections.give_back(line)

    async def _announce(self, line: Line, letter: _Letter) -> Refusal | None:
        """Name sender and recipient and ask to go on; return a refusal, if there is one."""
        refusal = await self._ask(line, letter, self._wants_reports(line))
        if refusal is None:
            return None
        is_about_reports = self._wants_reports(line) and refusal.code[:3] in ("501", "555")
        await self._reset(line)
        if is_about_reports and line.smtp.is_connected:
            self._asks_for_bounces = False
            return await self._announce(line, letter)
        if refusal.code.startswith("421") and line.was_kept:
            raise LostLineError("421")
        return refusal

    def _wants_reports(self, line: Line) -> bool:
        return line.offers_dsn and self._asks_for_bounces

    async def _ask(self, line: Line, letter: _Letter, wants_reports: bool) -> Refusal | None:
        of_sender, of_recipient = _report_options(letter) if wants_reports else ((), ())
        for stage, expected, command in (
            (Stage.MAIL, 2, (b"MAIL", b"FROM:<" + letter.sender + b">", *of_sender)),
            (Stage.RCPT, 2, (b"RCPT", b"TO:<" + letter.address + b">", *of_recipient)),
            (Stage.DATA, 3, (b"DATA",)),
        ):
            try:
                reply = await line.smtp.execute_command(*command)
            except (SMTPException, OSError) as error:
                raise LostLineError(type(error).__name__) from error
            if reply.code >= 400:
                return judge(reply.code, reply.message, stage)
            if reply.code // 100 != expected:
                raise LostLineError(str(reply.code))
        return None

    async def _reset(self, line: Line) -> None:
        """Clear a refused transaction, if the server still listens."""
        try:
            await line.smtp.rset()
        except (SMTPException, OSError):
            line.smtp.close()

    async def _write(self, line: Line, letter: _Letter) -> SendResult:
        try:
            reply = await _write_mail(line.smtp, letter.wire, self._options.timeout_seconds)
        except (SMTPException, OSError) as error:
            line.smtp.close()
            return SendResult(status=AttemptStatus.UNCERTAIN, code=type(error).__name__)
        if reply.code >= 400:
            return self._judged(judge(reply.code, reply.message, Stage.DATA))
        if reply.code // 100 != 2:
            line.smtp.close()
            return SendResult(status=AttemptStatus.UNCERTAIN, code=str(reply.code))
        self._doubtful = 0
        return SendResult(
            status=AttemptStatus.ACCEPTED,
            provider_id=letter.message_id,
            provider_status=str(reply.code),
        )

    def _judged(self, refusal: Refusal) -> SendResult:
        """Return what a refusal means among those before it: alone a person's, repeated ours."""
        if not refusal.is_doubtful:
            return refusal.result()
        self._doubtful += 1
        is_ours = self._doubtful >= _DOUBTFUL_IN_A_ROW
        return refusal.result(FailureClass.ROUTE if is_ours else None)


async def _write_mail(
    smtp: aiosmtplib.SMTP, wire: bytes, timeout_seconds: float
) -> aiosmtplib.SMTPResponse:
    """Write a mail after the server said 354, and return what it answers to the final dot.

    The library's own call does not tell a connection lost before the mail from one lost after it,
    and that is all the difference between "not sent" and "nobody knows".

    Raises:
        LostLineError: the connection ended before the final dot was written.
    """
    protocol = smtp.protocol
    if protocol is None or protocol._command_lock is None or not protocol.is_connected:
        raise LostLineError("SMTPServerDisconnected")
    async with protocol._command_lock:
        protocol._response_pending = True
        if len(wire) > _WRITTEN_AT_ONCE:
            try:
                protocol.write(wire[:-3])
                await asyncio.wait_for(protocol._drain_helper(), timeout_seconds)
            except (SMTPException, OSError) as error:
                raise LostLineError(type(error).__name__) from error
            if not protocol.is_connected:
                raise LostLineError("SMTPServerDisconnected")
            wire = wire[-3:]
        protocol.write(wire)
        return await protocol.read_response(timeout=timeout_seconds)


def _report_options(letter: _Letter) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Return what asks for bounces and notes of delay that name our reference (RFC 3461)."""
    original = letter.address.replace(b"+", b"+2B").replace(b"=", b"+3D")
    return (
        (b"RET=HDRS", b"ENVID=" + letter.reference),
        (b"NOTIFY=FAILURE,DELAY", b"ORCPT=rfc822;" + original),
    )


def _unfit(failure: FailureClass, code: str, text: str) -> SendResult:
    return SendResult(
        status=AttemptStatus.FAILED_PERMANENT, failure=failure, unsent=True, code=code, detail=text
    )


def _dropped(error: LostLineError) -> SendResult:
    return SendResult(
        status=AttemptStatus.FAILED_RETRYABLE,
        failure=FailureClass.RETRY,
        unsent=True,
        code=str(error),
        detail="The connection ended before the mail was handed over.",
    )
