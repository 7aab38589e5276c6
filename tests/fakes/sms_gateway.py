"""A server on the loopback that speaks as Twilio's message API does, with faults on demand.

As a process of its own it writes one JSON line per message it accepted, flushed to the disk before
it answers:

    python -m tests.fakes.sms_gateway --port-file F --record F [--delay-ms N]
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import itertools
import json
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from aiohttp import web

ACCOUNT = "AC" + "0" * 32
TOKEN = "t" * 32
NUMBER = "+46701740699"
_VERSION = "2010-04-01"


@dataclass
class Message:
    """A message as the gateway has it."""

    sid: str
    to: str
    from_: str
    body: str
    status: str
    direction: str
    created_at: datetime
    sent_at: datetime | None = None
    error_code: int | None = None
    validity_period: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the message as the API shows it."""
        uri = f"/{_VERSION}/Accounts/{ACCOUNT}/Messages/{self.sid}"
        return {
            "sid": self.sid,
            "account_sid": ACCOUNT,
            "messaging_service_sid": None,
            "to": self.to,
            "from": self.from_,
            "body": self.body,
            "status": self.status,
            "direction": self.direction,
            "num_segments": "1",
            "num_media": "0",
            "price": None,
            "price_unit": "USD",
            "error_code": self.error_code,
            "error_message": None,
            "api_version": _VERSION,
            "date_created": format_datetime(self.created_at),
            "date_updated": format_datetime(self.sent_at or self.created_at),
            "date_sent": format_datetime(self.sent_at) if self.sent_at else None,
            "uri": f"{uri}.json",
            "subresource_uris": {"media": f"{uri}/Media.json"},
        }


@dataclass
class Gateway:
    """The server's state: what it accepted, and what it was told to do wrong."""

    messages: dict[str, Message] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    """Faults of the next creates, one each: see `_before` and `_after`."""
    odd_answers: list[tuple[int, str, str]] = field(default_factory=list)
    """(HTTP status, content type, text) to answer the next creates with, after taking them."""
    refusals: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Number → (HTTP status, error code) to refuse its messages with."""
    initial_status: str = "queued"
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    delay_seconds: float = 0.0
    on_message: Callable[[Message], None] = lambda message: None
    list_is_broken: bool = False
    exchanges: list[tuple[str, str, dict[str, str], int, Any]] = field(default_factory=list)
    """(method, path, form or query, status, answer) of every request."""
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def to(self, number: str) -> list[Message]:
        """Return the messages to a number."""
        return [m for m in self.messages.values() if m.to == number]

    def receive(self, sender: str, text: str) -> Message:
        """Let somebody send a message to our number."""
        return self._add(to=NUMBER, from_=sender, body=text, status="received", inbound=True)

    def report(self, sid: str, status: str, error_code: int | None = None) -> None:
        """Let a message get on."""
        message = self.messages[sid]
        message.status, message.error_code = status, error_code
        message.sent_at = message.sent_at or self.now()

    def _add(
        self,
        *,
        to: str,
        from_: str,
        body: str,
        status: str,
        inbound: bool = False,
        validity: int | None = None,
    ) -> Message:
        sid = f"SM{next(self._numbers):032x}"
        now = self.now()
        message = Message(
            sid=sid,
            to=to,
            from_=from_,
            body=body,
            status=status,
            direction="inbound" if inbound else "outbound-api",
            created_at=now,
            sent_at=now if inbound else None,
            validity_period=validity,
        )
        self.messages[sid] = message
        return message

    def application(self) -> web.Application:
        """Return the web application of this gateway."""
        application = web.Application(middlewares=[self._watch])
        base = f"/{_VERSION}/Accounts"
        application.router.add_post(f"{base}/{{account}}/Messages.json", self._create)
        application.router.add_get(f"{base}/{{account}}/Messages.json", self._list)
        application.router.add_get(f"{base}/{{account}}/Messages/{{sid}}.json", self._fetch)
        application.router.add_post(f"{base}/{{account}}/Messages/{{sid}}.json", self._update)
        application.router.add_get(f"{base}/{{account}}.json", self._account)
        return application

    @web.middleware
    async def _watch(
        self, request: web.Request, handler: Callable[[web.Request], Any]
    ) -> web.StreamResponse:
        expected = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if request.headers.get("Authorization") != expected:
            return self._error(401, 20003, "Authenticate")
        answer: web.StreamResponse = await handler(request)
        sent = dict(await request.post()) if request.method == "POST" else dict(request.query)
        self.exchanges.append(
            (
                request.method,
                request.path,
                {k: str(v) for k, v in sent.items()},
                answer.status,
                _shown(answer),
            )
        )
        return answer

    async def _create(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        to, body = str(form["To"]), str(form["Body"])
        if self.delay_seconds:
            await asyncio.sleep(self.delay_seconds)
        if to in self.refusals:
            status, code = self.refusals[to]
            return self._error(status, code, "refused")
        fault = self.faults.pop(0) if self.faults else None
        refused = await self._before(fault, request)
        if refused is not None:
            return refused
        validity = form.get("ValidityPeriod")
        message = self._add(
            to=to,
            from_=str(form["From"]),
            body=body,
            status=self.initial_status,
            validity=int(str(validity)) if validity else None,
        )
        self.on_message(message)
        failed = await self._after(fault, request)
        return failed or web.json_response(message.to_json(), status=201)

    async def _before(self, fault: str | None, request: web.Request) -> web.StreamResponse | None:
        if fault == "busy":
            return self._error(429, 20429, "Too many requests")
        if fault == "busy-retry-after":
            return self._error(429, 20429, "Too many requests", {"Retry-After": "0"})
        if fault == "daily-cap":
            return self._error(429, 63038, "Account exceeded the daily messages limit")
        if fault == "login-page":
            return web.Response(status=302, headers={"Location": "http://portal.example/"})
        if fault == "proxy-login":
            return web.Response(status=407, text="<html>Proxy</html>", content_type="text/html")
        if fault == "problem-json":
            problem = {"type": "about:blank", "title": "Invalid", "status": 400, "code": 21211}
            return web.json_response(problem, status=400)
        if fault == "drop-before":
            assert request.transport is not None
            request.transport.abort()
        if fault == "hang":
            await asyncio.sleep(30)
        return None

    async def _after(self, fault: str | None, request: web.Request) -> web.StreamResponse | None:
        if self.odd_answers:
            status, content_type, text = self.odd_answers.pop(0)
            return web.Response(status=status, content_type=content_type, text=text)
        if fault == "500-after":
            return self._error(500, 20500, "Internal")
        if fault == "html-502-after":
            return web.Response(
                status=502, text="<html>Bad gateway</html>", content_type="text/html"
            )
        if fault == "garbled-after":
            return web.Response(status=201, text="not json", content_type="application/json")
        if fault == "drop-after":
            assert request.transport is not None
            request.transport.abort()
        return None

    async def _list(self, request: web.Request) -> web.Response:
        if self.list_is_broken:
            return self._error(503, 20503, "Unavailable")
        query = request.query
        found = [m for m in reversed(self.messages.values()) if _fits(m, query)]
        size, page = int(query.get("PageSize", 50)), int(query.get("Page", 0))
        shown = found[page * size : (page + 1) * size]
        more = len(found) > (page + 1) * size
        after = {**query, "Page": str(page + 1), "PageToken": "PA"}
        uri = f"{request.path}?" + "&".join(
            f"{k}={v.replace('+', '%2B')}" for k, v in after.items()
        )
        return web.json_response(
            {
                "messages": [m.to_json() for m in shown],
                "page": page,
                "page_size": size,
                "start": page * size,
                "end": page * size + len(shown) - 1,
                "uri": request.path_qs,
                "first_page_uri": request.path_qs,
                "previous_page_uri": None,
                "next_page_uri": uri if more else None,
            }
        )

    async def _fetch(self, request: web.Request) -> web.Response:
        message = self.messages.get(request.match_info["sid"])
        if message is None:
            return self._error(404, 20404, "not found")
        return web.json_response(message.to_json())

    async def _update(self, request: web.Request) -> web.Response:
        message = self.messages[request.match_info["sid"]]
        form = await request.post()
        if form.get("Status") == "canceled" and message.status in ("queued", "accepted"):
            message.status = "canceled"
        return web.json_response(message.to_json())

    async def _account(self, request: web.Request) -> web.Response:
        return web.json_response(
            {
                "sid": ACCOUNT,
                "auth_token": None,
                "date_created": format_datetime(self.now()),
                "date_updated": format_datetime(self.now()),
                "friendly_name": "Test",
                "owner_account_sid": ACCOUNT,
                "status": "active",
                "subresource_uris": {},
                "type": "Full",
                "uri": request.path,
            }
        )

    @staticmethod
    def _error(
        status: int, code: int, message: str, headers: dict[str, str] | None = None
    ) -> web.Response:
        told = {"code": code, "message": message, "more_info": "", "status": status}
        return web.json_response(told, status=status, headers=headers)


def _shown(answer: web.StreamResponse) -> Any:
    """Return the JSON of an answer, where it is JSON."""
    if not isinstance(answer, web.Response) or answer.content_type != "application/json":
        return None
    try:
        return json.loads(answer.text or "null")
    except json.JSONDecodeError:
        return None


def _fits(message: Message, query: Any) -> bool:
    if "To" in query and message.to != query["To"]:
        return False
    if "From" in query and message.from_ != query["From"]:
        return False
    return all(
        message.sent_at is not None and holds(message.sent_at, _time(query[name]))
        for name, holds in _DATE_FILTERS.items()
        if name in query
    )


_DATE_FILTERS: dict[str, Callable[[datetime, datetime], bool]] = {
    "DateSent": lambda sent, day: sent.date() == day.date(),
    "DateSent>": lambda sent, since: sent >= since,
    "DateSent<": lambda sent, until: sent <= until,
}
"""A message that has not been sent has no date, and so fits none of them (channels 1.5)."""


def _time(text: str) -> datetime:
    told = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return told if told.tzinfo else told.replace(tzinfo=UTC)


class RunningGateway:
    """The gateway listening on a free port; used with `async with`."""

    def __init__(self, gateway: Gateway | None = None) -> None:
        """Take a gateway, or make a new one."""
        self.gateway = gateway or Gateway()
        self.url = ""

    async def __aenter__(self) -> RunningGateway:
        """Start listening."""
        self._runner = web.AppRunner(
            self.gateway.application(), access_log=None, shutdown_timeout=0.1
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening."""
        await self._runner.cleanup()


async def _serve(port_file: Path, record_file: Path, delay_ms: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with record_file.open("a", encoding="utf-8") as kept:

        def _keep(message: Message) -> None:
            kept.write(
                json.dumps({"to": message.to, "body": message.body, "sid": message.sid}) + "\n"
            )
            kept.flush()
            os.fsync(kept.fileno())

        gateway = Gateway(delay_seconds=delay_ms / 1000, on_message=_keep)
        async with RunningGateway(gateway) as running:
            port_file.write_text(running.url)
            await stop.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument("--record", type=Path, required=True)
    parser.add_argument("--delay-ms", type=int, default=0)
    given = parser.parse_args()
    asyncio.run(_serve(given.port_file, given.record, given.delay_ms))
