"""A mail is built once and filled by replacing; whoever parses it reads what was written."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import pytest

from beredskap.channels.mail_form import Letterhead, build_form, is_one_mailbox
from beredskap.channels.markers import filled
from beredskap.domain.channel import Channel
from beredskap.domain.incident import IncidentMode
from beredskap.domain.message import TOKEN_MARKER, Body

HEAD = Letterhead(
    sender="larm@norrmalm.example",
    sender_name="Norrmalms stadsdelsförvaltning, krisledning",
    reply_to="svar@norrmalm.example",
)
KARI = "kari@norrmalm.example"
NOW = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)


def written(body: Body, mode: IncidentMode = IncidentMode.LIVE, token: str = "k7x2") -> bytes:
    """Return the bytes of a mail to Kari, as DATA sends them."""
    return build_form(body, HEAD, mode).fill(
        to=KARI, message_id="<abc.1.1@norrmalm.example>", date=NOW, markers={"TOKEN": token}
    )


def read(wire: bytes) -> EmailMessage:
    """Return the mail as a server takes it (RFC 5321 4.5.2) and a reader parses it."""
    lines = wire.split(b"\r\n")
    assert lines[-2:] == [b".", b""]
    assert b"." not in lines[:-2]
    taken = b"\r\n".join(line.removeprefix(b".") for line in lines[:-2])
    parsed = message_from_bytes(taken, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


def body_of(text: str, *, subject: str = "Brand på Åsögatan", html: str = "") -> Body:
    """Return a mail's text."""
    return Body(channel=Channel.EMAIL, language="sv", text=text, subject=subject, html=html)


def text_in(mail: EmailMessage, kind: str = "plain") -> str:
    """Return the text of one kind, with the line ends of this program."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n").rstrip("\n")


@pytest.mark.parametrize(
    "text",
    [
        "Räddningstjänsten är på plats.",
        "å" * 500 + " slut",
        "ett ord " * 200,
        "rad ett\n.rad två\n..rad tre\n.\nslut",
        "= är ett likhetstecken, =C3=A5 är inte å",
        "From början till slut\nFrom igen",
        "blanksteg sist \noch tabb\t\nslut",
        "emoji 🚒 och – ” ’ …",
        "<b>inte HTML</b> & så vidare",
    ],
)
def test_the_text_is_read_as_it_was_written(text: str) -> None:
    mail = read(written(body_of(text, html=f"<p>{len(text)} tecken på plats</p>")))
    assert text_in(mail) == text
    assert "tecken på plats" in text_in(mail, "html")
    assert str(mail["Subject"]) == "Brand på Åsögatan"


def test_the_headers_are_those_of_an_alert() -> None:
    mail = read(written(body_of("Hej")))
    assert mail["To"].addresses[0].addr_spec == KARI
    assert len(mail["To"].addresses) == 1
    assert mail["From"].addresses[0].display_name == HEAD.sender_name
    assert mail["From"].addresses[0].addr_spec == HEAD.sender
    assert mail["Reply-To"] == HEAD.reply_to
    assert mail["Message-ID"] == "<abc.1.1@norrmalm.example>"
    assert parsedate_to_datetime(mail["Date"]) == NOW
    assert mail["Content-Language"] == "sv"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert (mail["Importance"], mail["X-Priority"]) == ("high", "1")
    assert {mail["Cc"], mail["Bcc"], mail["Precedence"]} == {None}


@pytest.mark.parametrize("mode", [mode for mode in IncidentMode if mode.needs_marks])
def test_only_a_live_mail_is_important(mode: IncidentMode) -> None:
    mail = read(written(body_of("Hej"), mode))
    assert (mail["Importance"], mail["X-Priority"]) == (None, None)


def test_the_same_letter_is_the_same_bytes() -> None:
    one = build_form(body_of("Hej å"), HEAD, IncidentMode.LIVE)
    letters = {
        one.fill(to=KARI, message_id="<abc.1.1@norrmalm.example>", date=NOW) for _ in range(3)
    }
    assert len(letters) == 1


@pytest.mark.parametrize("before", range(80))
def test_a_marker_is_filled_wherever_a_line_breaks(before: int) -> None:
    text = "a" * before + f"{TOKEN_MARKER}, och sedan"
    html = "ö" * before + f'<a href="https://norrmalm.example/k?t={TOKEN_MARKER}">svara</a>'
    token = "k7x2" * 10
    wire = written(body_of(text, html=html), token=token)
    mail = read(wire)
    assert text_in(mail) == text.replace(TOKEN_MARKER, token)
    assert f"https://norrmalm.example/k?t={token}" in text_in(mail, "html")
    assert b"@@" not in wire
    assert max(map(len, wire.split(b"\r\n"))) <= 78


def test_a_marker_without_a_value_leaves_nothing() -> None:
    form = build_form(body_of(f"Svara på {TOKEN_MARKER}."), HEAD, IncidentMode.LIVE)
    wire = form.fill(to=KARI, message_id="<abc.1.1@norrmalm.example>", date=NOW)
    assert text_in(read(wire)) == "Svara på ." == filled(f"Svara på {TOKEN_MARKER}.", {})


@pytest.mark.parametrize("value", ["a b", "a=b", "a\r\n.\r\nMAIL", "å", "x" * 71, "<b>"])
def test_a_value_that_could_break_the_mail_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="marker"):
        written(body_of(f"Svara på {TOKEN_MARKER}."), token=value)


def test_what_looks_like_our_own_markers_is_left_alone() -> None:
    text = "Skriv till marker-to@marker.example eller <marker-id@marker.example> den dagen."
    mail = read(written(body_of(text, subject="marker-to@marker.example")))
    assert text_in(mail) == text
    assert mail["Subject"] == "marker-to@marker.example"


@pytest.mark.parametrize(
    "subject", ["Brand\r\nBcc: x@norrmalm.example", "Brand\nnu", "Brand\0nu", "Brand\u2028nu"]
)
def test_a_subject_is_one_line_and_no_other_header(subject: str) -> None:
    mail = read(written(body_of("Hej", subject=subject)))
    assert mail["Bcc"] is None
    assert str(mail["Subject"]).startswith("Brand")
    assert str(mail["Subject"]).isprintable()


def test_a_mail_is_plain_ascii_in_short_lines() -> None:
    """So that no server on the way has a reason to encode it anew."""
    wire = written(body_of("ö" * 3_000, html="<p>" + "ö" * 3_000 + "</p>"))
    assert wire.isascii()
    assert max(map(len, wire.split(b"\r\n"))) <= 78
    assert b"base64" not in wire


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        (KARI, True),
        ("kari.nordin+larm@post.norrmalm.example", True),
        ("kari@norrmalm.example,ove@norrmalm.example", False),
        ("kari@norrmalm.example>", False),
        ("<kari@norrmalm.example", False),
        ("kari@norrmalm.example NOTIFY=NEVER", False),
        ("kari@norrmalm.example\r\nRCPT TO:<ove@norrmalm.example>", False),
        ("kari@norrmalm.example\n", False),
        ("kåri@norrmalm.example", False),
        ('"kari ove"@norrmalm.example', False),
        ("kari", False),
        ("@norrmalm.example", False),
        ("", False),
    ],
)
def test_one_mailbox_and_nothing_else_is_an_address(address: str, is_one: bool) -> None:
    assert is_one_mailbox(address) is is_one
