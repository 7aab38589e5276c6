"""Building a mail once per text, and filling it for each person by replacing fixed markers.

Building a message object per person costs some hundred times more than the replacing (channels
3.1). Header markers are ASCII words on lines that no encoding folds; body markers stand on lines
of their own within the quoted-printable text; every value put in is checked to be plain.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime, formataddr

from beredskap.channels.markers import MARKER, filled
from beredskap.domain.incident import IncidentMode
from beredskap.domain.message import Body

_TO = b"marker-to@marker.example"
_MESSAGE_ID = b"<marker-id@marker.example>"
_DATE = b"Thu, 01 Jan 1970 00:00:00 +0000"
_MARKER_BYTES = re.compile(MARKER.pattern.encode())
_BROKEN_MARKER = re.compile(r"@(?:=\n)?@(?:=\n)?((?:[A-Z](?:=\n)?)+)@(?:=\n)?@")
_LEADING_DOT = re.compile(rb"(?m)^\.")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}\Z", re.ASCII)
"""One mailbox and nothing else: no comma, bracket, quote, space or line end."""
_MESSAGE_ID_FORM = re.compile(r"<[\w.~-]{1,200}@[A-Za-z0-9.-]{1,253}>\Z", re.ASCII)
_VALUE = re.compile(r"[\w.~/:?&-]{0,70}\Z", re.ASCII)
"""What may stand in a line of quoted-printable as it is, and within its 76 characters."""


def is_one_mailbox(address: str) -> bool:
    """Say whether a text is one plain mail address, which can break neither header nor command."""
    return _ADDRESS.match(address) is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class Letterhead:
    """What every mail of a route carries."""

    sender: str
    sender_name: str = ""
    reply_to: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MailForm:
    """A mail with markers in place of what differs between people."""

    head: bytes
    """The headers, ours that are filled first of all."""
    content: bytes
    """Everything after the headers, final dot included."""
    has_markers: bool

    def fill(
        self,
        *,
        to: str,
        message_id: str,
        date: datetime,
        markers: Mapping[str, str] | None = None,
    ) -> bytes:
        """Return the mail for one person, as DATA sends it, final dot included.

        Raises:
            ValueError: an address or value could break the mail.
        """
        if not is_one_mailbox(to) or not _MESSAGE_ID_FORM.match(message_id):
            raise ValueError("an address or id is not one plain word")
        head = (
            self.head.replace(_TO, to.encode("ascii"), 1)
            .replace(_MESSAGE_ID, message_id.encode("ascii"), 1)
            .replace(_DATE, format_datetime(date).encode("ascii"), 1)
        )
        return head + (self._filled_content(markers or {}) if self.has_markers else self.content)

    def _filled_content(self, markers: Mapping[str, str]) -> bytes:
        values = {name.encode(): _checked(value) for name, value in markers.items()}
        return _MARKER_BYTES.sub(lambda found: values.get(found[1], b""), self.content)


def build_form(body: Body, head: Letterhead, mode: IncidentMode) -> MailForm:
    """Return the form of a text; headers as in RFC 3834 and RFC 5322."""
    mail = EmailMessage(policy=WIRE.clone(max_line_length=76))
    mail["To"] = _TO.decode()
    mail["Message-ID"] = _MESSAGE_ID.decode()
    mail["Date"] = _DATE.decode()
    mail["From"] = formataddr((head.sender_name, head.sender))
    mail["Subject"] = _one_line(filled(body.subject, {}))
    if head.reply_to:
        mail["Reply-To"] = head.reply_to
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if mode is IncidentMode.LIVE:
        mail["Importance"] = "high"
        mail["X-Priority"] = "1"
    mail.set_content(body.text, cte="quoted-printable")
    if body.html:
        html = f'<!doctype html><html lang="{body.language}"><body>{body.html}</body></html>'
        mail.add_alternative(html, subtype="html", cte="quoted-printable")
    # Setting the content takes every header away whose name begins with Content.
    mail["Content-Language"] = body.language
    for part in mail.walk():
        if not part.is_multipart():
            part.set_payload(_whole_markers(str(part.get_payload())))
    headers, end, content = bytes(mail).partition(b"\r\n\r\n")
    return MailForm(
        head=headers + end,
        content=_as_data(content),
        has_markers=_MARKER_BYTES.search(content) is not None,
    )


def _one_line(subject: str) -> str:
    """Return a subject without line ends and control characters, which a header cannot hold."""
    return " ".join("".join(c if c.isprintable() else " " for c in subject).split())


def _whole_markers(encoded: str) -> str:
    """Give each marker of a quoted-printable text a line of its own, soft breaks around it.

    Quoted-printable breaks a line wherever it is full, also within a marker; and a value longer
    than its marker would make the line too long.
    """
    return _BROKEN_MARKER.sub(
        lambda found: "=\n@@" + found[1].replace("=\n", "") + "@@=\n", encoded
    )


def _checked(value: str) -> bytes:
    if not _VALUE.match(value):
        raise ValueError("the value of a marker is not one plain word")
    return value.encode("ascii")


def _as_data(content: bytes) -> bytes:
    """Return a mail's content as DATA sends it (RFC 5321 4.5.2): dots doubled, the final dot."""
    ended = content if content.endswith(b"\r\n") else content + b"\r\n"
    return _LEADING_DOT.sub(b"..", ended) + b".\r\n"
