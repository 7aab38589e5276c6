"""The ways a text can take, and which of them carry to one person."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """A way for a text: two that carry to one person, and the ones a person publishes by hand."""

    SMS = "sms"
    """A text message to one mobile number."""
    EMAIL = "email"
    """A mail to one address, one recipient per transaction."""
    WEB = "web"
    """A text for the web site, published by hand."""
    INTRANET = "intranet"
    """A text for the intranet, published by hand."""
    CALL = "call"
    """A script that a person reads out by telephone."""
    NOTICE = "notice"
    """A sheet for a door or a board."""

    @property
    def reaches_a_person(self) -> bool:
        """Say whether an engine can send on this channel to one person."""
        return self in (Channel.SMS, Channel.EMAIL)
