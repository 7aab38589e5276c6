"""Reading a real mailbox: what is new, once, without marking it; and a mailbox that is away."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from beredskap.channels import imap
from beredskap.channels.imap import ImapOptions, MailStore
from tests.fakes.imap_server import PASSWORD, USER, Mailbox, running_dovecot

pytestmark = pytest.mark.outside


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    """Return a mailbox on a real server."""
    with running_dovecot() as box:
        yield box


def options(mailbox: Mailbox, password: str = PASSWORD) -> ImapOptions:
    """Return what opens it."""
    return ImapOptions(
        host="127.0.0.1", port=mailbox.port, username=USER, password=password, security="none"
    )


def letter(subject: str, size: int = 10) -> EmailMessage:
    """Return a mail."""
    message = EmailMessage()
    message["From"], message["To"] = "anna@norrmalm.example", USER
    message["Subject"] = subject
    message.set_content("x" * 70 + "\n" * (size // 71 + 1) + ("y" * 70 + "\n") * (size // 71))
    return message


def since() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


async def subjects(store: MailStore) -> list[str]:
    return [str(mail.message["Subject"]) for mail in await store.fetch_new(since())]


async def test_each_mail_is_given_once_and_left_unread(mailbox: Mailbox) -> None:
    store = MailStore(options(mailbox))
    try:
        await subjects(store)
        before = mailbox.unseen()
        for subject in ("ett", "två"):
            mailbox.put(letter(subject))
        assert await subjects(store) == ["ett", "två"]
        assert await subjects(store) == []
        mailbox.put(letter("tre"))
        assert await subjects(store) == ["tre"]
        assert mailbox.unseen() == before + 3
    finally:
        await store.close()


async def test_a_mail_too_large_for_an_answer_is_left_to_people(mailbox: Mailbox) -> None:
    store = MailStore(options(mailbox))
    try:
        await subjects(store)
        mailbox.put(letter("stor", size=1_200_000))
        mailbox.put(letter("liten"))
        assert await subjects(store) == ["liten"]
    finally:
        await store.close()


async def test_a_mailbox_made_anew_is_read_from_its_beginning(mailbox: Mailbox) -> None:
    mailbox.put(letter("före"))
    store = MailStore(options(mailbox))
    try:
        first = {mail.uid: str(mail.message["Subject"]) for mail in await store.fetch_new(since())}
        assert "före" in first.values()
        await store.close()
        mailbox.renew()
        again = {mail.uid: str(mail.message["Subject"]) for mail in await store.fetch_new(since())}
        assert "före" in again.values()
        assert not set(first) & set(again)
    finally:
        await store.close()


async def test_a_refused_login_is_one_sentence_and_not_tried_at_every_poll(
    mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    store = MailStore(options(mailbox, password="fel"))
    caplog.set_level(logging.WARNING, logger="beredskap")
    try:
        assert await subjects(store) == []
        assert await subjects(store) == []
        assert len(caplog.records) == 1
        assert "the login is refused" in caplog.text
        assert "fel" not in caplog.text.replace("felaktig", "")
        fault = await store.check()
        assert fault is not None
        assert "does not let us read replies" in fault
    finally:
        await store.close()


async def test_a_mailbox_that_was_away_is_read_when_it_is_back(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "_REST_SECONDS", 0.0)
    away = MailStore(
        ImapOptions(host="127.0.0.1", port=9, username=USER, password=PASSWORD, security="none")
    )
    try:
        assert await subjects(away) == []
        mailbox.put(letter("medan den var borta"))
        away._options = options(mailbox)
        assert "medan den var borta" in await subjects(away)
    finally:
        await away.close()
