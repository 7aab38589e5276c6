"""A mail server that says exactly what it is told, for what a well-behaved one never says.

It runs in the loop of the test. Each command takes the next reply told for its verb, and the usual
one when none is left. `DROP` ends the connection instead, `HANG` says nothing more on it, and
`STOP READING`, told for DATA, asks for the mail and never reads it.
"""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass, field

USUAL = {
    "CONNECT": "220 scripted",
    "EHLO": "250 scripted",
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go on",
    "MAIL BODY": "250 2.0.0 taken",
    "RSET": "250 ok",
    "NOOP": "250 ok",
    "QUIT": "221 bye",
}


_ROOM = 4_096
"""Bytes of its receive buffer."""


class _EndedError(Exception):
    """Says that this conversation is over."""


@dataclass
class ScriptedMailServer:
    """The server, used with `async with`."""

    told: dict[str, list[str]] = field(default_factory=dict)
    """Verb → replies, one each time; `CONNECT` is the greeting, `MAIL BODY` the final dot."""
    commands: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    has_stopped_reading: asyncio.Event = field(default_factory=asyncio.Event)
    _open: list[asyncio.StreamWriter] = field(default_factory=list)
    _conversations: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> ScriptedMailServer:
        """Start on a free port, with little room for what is not read."""
        listening = socket.create_server(("127.0.0.1", 0))
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)
        self._server = await asyncio.start_server(self._welcome, sock=listening, limit=2**20)
        self.port = listening.getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop, ending every conversation."""
        self.drop_all()
        for conversation in self._conversations:
            conversation.cancel()
        await asyncio.gather(*self._conversations, return_exceptions=True)
        self._server.close()
        await self._server.wait_closed()

    def drop_all(self) -> None:
        """End every connection without a word, as a restarted server does."""
        while self._open:
            self._open.pop().transport.abort()

    def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._conversations.add(asyncio.create_task(self._converse(reader, writer)))

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.append(writer)
        try:
            await self._say("CONNECT", writer)
            while line := await reader.readline():
                await self._obey(line.decode().rstrip("\r\n"), reader, writer)
        except (_EndedError, ConnectionError):
            pass
        finally:
            writer.transport.abort()

    async def _obey(
        self, command: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.commands.append(command)
        verb = command.partition(" ")[0].upper()
        said = await self._say(verb, writer)
        if verb == "DATA" and said.startswith("354"):
            self.mails.append(await reader.readuntil(b"\r\n.\r\n"))
            await self._say("MAIL BODY", writer)
        if verb == "QUIT":
            raise _EndedError

    async def _say(self, verb: str, writer: asyncio.StreamWriter) -> str:
        told = self.told.get(verb)
        reply = told.pop(0) if told else USUAL.get(verb, "502 what?")
        if reply == "DROP":
            raise _EndedError
        if reply == "HANG":
            await asyncio.Event().wait()
        if reply == "STOP READING":
            writer.write(b"354 go on\r\n")
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            self.has_stopped_reading.set()
            await asyncio.Event().wait()
        writer.write(reply.encode() + b"\r\n")
        await writer.drain()
        return reply
