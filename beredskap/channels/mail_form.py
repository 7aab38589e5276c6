"""Building a mail once per text, and filling it for each person by replacing fixed markers.

Building a message object per person costs some hundred times more than the replacing (channels
3.1). The markers are ASCII words that no encoding touches, since the text around them is
quoted-printable and every value put in is checked to be one plain line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime, formataddr

from beredskap.domain.incident import IncidentMode
from beredskap.domain.message import TOKEN_MARKER, Body

_TO = b"marker-to@marker.example"
_MESSAGE_ID = b"<marker-id@marker.example>"
_DATE = b"Thu, 01 Jan 1970 00:00:00 +0000"
_TOKEN = TOKEN_MARKER.encode()
_LEADING_DOT = re.compile(rb"(?m)^\.")
_ONE_PLAIN_LINE = re.compile(r"[\x21-\x7e]{1,320}\Z")


@dataclass(frozen=True, kw_only=True, slots=True)
class Letterhead:
    """What every mail of a route carries."""

    sender: str
    sender_name: str = ""
    reply_to: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MailForm:
    """A mail with markers in place of what differs between people."""

    wire: bytes

    def fill(self, *, to: str, message_id: str, date: datetime, token: str = "") -> bytes:
        """Return the mail for one person, final dot included.

        Raises:
            ValueError: the address could break a header.
        """
        for value in (to, message_id):
            if not _ONE_PLAIN_LINE.match(value):
                raise ValueError("an address or id is not one plain line")
        return (
            self.wire.replace(_TO, to.encode("ascii"))
            .replace(_MESSAGE_ID, message_id.encode("ascii"))
            .replace(_DATE, format_datetime(date).encode("ascii"))
            .replace(_TOKEN, token.encode("ascii"))
        )


def build_form(body: Body, head: Letterhead, mode: IncidentMode) -> MailForm:
    """Return the form of a text; headers as in RFC 3834 and RFC 5322."""
    mail = EmailMessage(policy=WIRE.clone(max_line_length=76))
    mail["From"] = formataddr((head.sender_name, head.sender))
    mail["To"] = _TO.decode()
    mail["Subject"] = body.subject
    mail["Date"] = _DATE.decode()
    mail["Message-ID"] = _MESSAGE_ID.decode()
    if head.reply_to:
        mail["Reply-To"] = head.reply_to
    mail["Content-Language"] = body.language
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if mode is IncidentMode.LIVE:
        mail["Importance"] = "high"
        mail["X-Priority"] = "1"
    mail.set_content(body.text, cte="quoted-printable")
    if body.html:
        html = f'<!doctype html><html lang="{body.language}"><body>{body.html}</body></html>'
        mail.add_alternative(html, subtype="html", cte="quoted-printable")
    return MailForm(wire=_as_data(bytes(mail)))


def _as_data(mail: bytes) -> bytes:
    """Return a mail as DATA sends it (RFC 5321 4.5.2): dots doubled, and the final dot."""
    ended = mail if mail.endswith(b"\r\n") else mail + b"\r\n"
    return _LEADING_DOT.sub(b"..", ended) + b".\r\n"
