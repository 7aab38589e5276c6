"""A real SMTP server on the loopback that keeps its own record and refuses as it is told.

As a process of its own it writes one JSON line per mail, flushed to the disk before it answers 250,
so that a sender that was killed can be held against what the server really has:

    python -m tests.fakes.smtp_server --port-file F --record F [--delay-ms N]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

logging.getLogger("mail.log").setLevel(logging.WARNING)


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail the server took."""

    recipients: tuple[str, ...]
    content: bytes
    sender: str = ""
    """Where bounces go."""

    @property
    def message(self) -> EmailMessage:
        """Return the mail parsed."""
        parsed = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def text(self) -> str:
        """Return the plain text."""
        part = self.message.get_body(("plain",))
        assert part is not None
        return "\n".join(str(part.get_content()).strip().splitlines())


@dataclass
class MailRecord:
    """What the server took, and what it was told to refuse."""

    mails: list[Mail] = field(default_factory=list)
    refusals: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """(`RCPT` or `DATA`, recipient) → replies to give, one each time; `DROP` ends the line."""
    connections: int = 0
    delay_seconds: float = 0.0
    on_mail: Callable[[Mail], None] = lambda mail: None

    def refuse(self, stage: str, recipient: str, *replies: str) -> None:
        """Tell the server what to answer instead of taking."""
        self.refusals.setdefault((stage, recipient), []).extend(replies)

    def to(self, recipient: str) -> list[Mail]:
        """Return the mails taken for a recipient."""
        return [mail for mail in self.mails if recipient in mail.recipients]


class _Handler:
    def __init__(self, record: MailRecord) -> None:
        self.record = record

    def _told(self, stage: str, recipient: str) -> str | None:
        told = self.record.refusals.get((stage, recipient))
        return told.pop(0) if told else None

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        told = self._told("MAIL", address)
        if told == "DROP":
            return await _drop(server)
        if told is not None:
            return told
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        told = self._told("RCPT", address)
        if told == "DROP":
            return await _drop(server)
        if told is not None:
            return told
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.original_content or b""
        mail = Mail(
            recipients=tuple(envelope.rcpt_tos),
            content=content,
            sender=envelope.mail_from or "",
        )
        told = self._told("DATA", envelope.rcpt_tos[0])
        if told == "DROP":
            return await _drop(server)
        if told is not None and told != "TAKE-AND-DROP":
            return told
        if self.record.delay_seconds:
            await asyncio.sleep(self.record.delay_seconds)
        self.record.mails.append(mail)
        self.record.on_mail(mail)
        if told == "TAKE-AND-DROP":
            return await _drop(server)
        return "250 2.0.0 taken"


async def _drop(server: SMTP) -> str:
    transport = server.transport
    assert isinstance(transport, asyncio.Transport)
    transport.abort()
    return "421 gone"


def _refuse_login(*_: Any) -> AuthResult:
    return AuthResult(success=False, handled=False)


class MailServer:
    """The server, used with `with`; `record` holds what it took."""

    def __init__(
        self,
        *,
        refuses_login: bool = False,
        login: tuple[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Take how logins are treated, and what STARTTLS is made with; neither is so otherwise."""
        self.record = MailRecord()
        self._options: dict[str, Any] = {}
        if refuses_login:
            self._options = {
                "authenticator": _refuse_login,
                "auth_required": True,
                "auth_require_tls": False,
            }
        elif login is not None:
            self._options = {
                "authenticator": self._accept(login),
                "auth_required": True,
                "auth_require_tls": False,
            }
        if tls is not None:
            self._options |= {"tls_context": tls, "require_starttls": True}

    @staticmethod
    def _accept(login: tuple[str, str]) -> Callable[..., AuthResult]:
        def _authenticate(
            server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
        ) -> AuthResult:
            given = data if isinstance(data, LoginPassword) else None
            fits = given == LoginPassword(login[0].encode(), login[1].encode())
            return AuthResult(success=fits, handled=False)

        return _authenticate

    def __enter__(self) -> MailServer:
        """Start the server on a free port."""
        handler = _Handler(self.record)
        self._controller = _Controller(handler, hostname="127.0.0.1", port=0, **self._options)
        self._controller.record = self.record
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the server."""
        self._controller.stop()

    @property
    def port(self) -> int:
        """Return the port it listens on."""
        return int(self._controller.port)


class _Controller(Controller):
    record: MailRecord

    def factory(self) -> SMTP:
        self.record.connections += 1
        return super().factory()  # type: ignore[no-any-return,no-untyped-call]

    def _trigger_server(self) -> None:
        """Tell the base class's probe which free port was taken."""
        server = self.server
        assert isinstance(server, asyncio.Server)
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]
        self.record.connections = 0


def _serve(port_file: Path, record_file: Path, delay_ms: int, *, refuses_login: bool) -> None:
    with record_file.open("a", encoding="utf-8") as kept:

        def _keep(mail: Mail) -> None:
            line = {"to": mail.recipients, "message_id": mail.message["Message-ID"]}
            kept.write(json.dumps(line) + "\n")
            kept.flush()
            os.fsync(kept.fileno())

        with MailServer(refuses_login=refuses_login) as server:
            server.record.on_mail = _keep
            server.record.delay_seconds = delay_ms / 1000
            port_file.write_text(str(server.port))
            signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    parser = argparse.ArgumentParser()
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument("--record", type=Path, required=True)
    parser.add_argument("--delay-ms", type=int, default=0)
    parser.add_argument("--refuses-login", action="store_true")
    given = parser.parse_args()
    _serve(given.port_file, given.record, given.delay_ms, refuses_login=given.refuses_login)
