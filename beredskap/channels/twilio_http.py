"""The HTTP client under the Twilio sender: a real time-out, no retries, one kept session.

The library's own has no time-out at all, and its retries send an SMS again (channels 0.1, 0.2).
"""

from __future__ import annotations

import base64
import json
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from twilio.base.exceptions import TwilioException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

# At INFO these write recipients' numbers (channels 0.7).
for _name in ("twilio.http_client", "twilio.async_http_client"):
    logging.getLogger(_name).setLevel(logging.WARNING)

_TOTAL_SECONDS, _CONNECT_SECONDS = 15.0, 5.0
_LONGEST_WAIT_SECONDS = 30.0


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
    segments_per_second: float | None = None
    ca_file: Path | None = None
    total_seconds: float = _TOTAL_SECONDS


class RateLimitedError(Exception):
    """Says that the provider did not process a request, and when to ask again."""

    def __init__(self, retry_after_seconds: float | None, code: object = None) -> None:
        """Keep how long to wait, and the provider's own code, where it said so."""
        super().__init__("rate limited")
        self.retry_after_seconds, self.code = retry_after_seconds, code


class NotConnectedError(Exception):
    """Says that no request left: the connection could not be made."""


NO_ANSWER = (
    RateLimitedError,
    NotConnectedError,
    TwilioException,
    aiohttp.ClientError,
    OSError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
)
"""What reading an answer can raise: no line, too slow, or not the JSON that was promised."""


_NOT_CONNECTED = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
)
"""What ends a request before any of it has left."""


class LeanHttpClient(AsyncHttpClient):  # type: ignore[misc]  # the library has no types
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
        self._proxies: dict[tuple[str, str], str | None] = {}

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
                proxy=self._proxy_to(uri),
            ) as answer:
                text = await answer.text(errors="replace")
        except _NOT_CONNECTED as error:
            raise NotConnectedError(type(error).__name__) from error
        if answer.status == 429:
            raise RateLimitedError(_seconds(answer.headers.get("Retry-After")), _code_in(text))
        return Response(answer.status, text, answer.headers)

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
                    total=self._options.total_seconds,
                    connect=2 * _CONNECT_SECONDS,
                    sock_connect=_CONNECT_SECONDS,
                ),
            )
        return self._session

    def _proxy_to(self, uri: str) -> str | None:
        """Return the proxy that the environment names for a server, looked up once.

        The library's `trust_env` would read it and the user's netrc anew for every request, and a
        login found there collides with ours, so that no message could leave.
        """
        server = urlsplit(uri)
        key = (server.scheme, server.hostname or "")
        if key not in self._proxies:
            is_direct = proxy_bypass(key[1])
            self._proxies[key] = None if is_direct else getproxies().get(key[0])
        return self._proxies[key]


def _code_in(answer: str) -> object:
    """Return the error code in an answer that may be anything."""
    try:
        return json.loads(answer)["code"]
    except (ValueError, LookupError, TypeError):
        return None


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
    return min(max(seconds, 0.0), _LONGEST_WAIT_SECONDS)
