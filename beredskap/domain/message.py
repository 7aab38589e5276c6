"""Texts: the templates people write, and the bodies frozen from them at launch."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from beredskap.domain.channel import Channel

TOKEN_MARKER = "@@TOKEN@@"
"""Stands in a body for the person's own answer token."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    """Who approved a text, when, and the digest of what they approved."""

    role: str
    officer: str
    on: date
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerMeaning:
    """What an answer to a message means."""

    key: str
    """What the person writes, for instance `1`."""
    meaning: str
    """The word it stands for, such as `coming`."""
    is_yes: bool = True
    """False when the answer is a "no", which calls in the deputy."""
    is_help: bool = False
    """True when the person asks for help."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageTemplate:
    """A prewritten text with slots, one source per channel and language."""

    id: str
    purpose: str
    audience_kind: str
    """`internal`, `external` or `partner`."""
    slots: tuple[str, ...] = ()
    answers: tuple[AnswerMeaning, ...] = ()
    approvals: tuple[Approval, ...] = ()
    sources: dict[tuple[Channel, str], str] = field(default_factory=dict)
    """(channel, language) → Jinja2 source; mail may have an HTML source under `html_sources`."""
    html_sources: dict[str, str] = field(default_factory=dict)
    """language → Jinja2 source of the HTML copy of the mail."""

    def languages(self, channel: Channel) -> tuple[str, ...]:
        """Return the languages this template has on a channel."""
        return tuple(sorted(language for kind, language in self.sources if kind is channel))


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """A rendered text, frozen at launch; the same for everybody but for its markers."""

    channel: Channel
    language: str
    text: str
    subject: str = ""
    html: str = ""

    def to_bytes(self) -> bytes:
        """Return the frozen bytes that the digest covers."""
        return json.dumps(
            {
                "channel": self.channel.value,
                "language": self.language,
                "subject": self.subject,
                "text": self.text,
                "html": self.html,
            },
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        ).encode()

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the frozen bytes, in hex."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @classmethod
    def from_bytes(cls, frozen: bytes) -> Self:
        """Return the body that was frozen into these bytes."""
        held = json.loads(frozen)
        return cls(
            channel=Channel(held["channel"]),
            language=held["language"],
            subject=held["subject"],
            text=held["text"],
            html=held["html"],
        )
