"""What a sender is handed and what it answers.

A sender gets one `Envelope` for one contact point and answers with one `SendResult`; it does not
raise for what the network said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from beredskap.domain.attempt import AttemptStatus, FailureClass
from beredskap.domain.channel import Channel
from beredskap.domain.incident import IncidentMode
from beredskap.domain.message import Body


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """One message for one contact point, ready to leave."""

    attempt_id: int
    client_ref: str
    """Deterministic for the attempt: the local part of a Message-ID, or a provider's reference."""
    mode: IncidentMode
    channel: Channel
    address: str
    body: Body
    markers: Mapping[str, str] = field(default_factory=dict)
    """Marker name → value, filled into the body for this person."""
    expires_at: datetime | None = None
    """After this the message is of no use; a provider that can is told so."""
    is_urgent: bool = True
    person: str = ""
    """Reference of the person; simulated people answer by it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SendResult:
    """What is known after one try to hand a message over."""

    status: AttemptStatus
    provider_id: str | None = None
    provider_status: str | None = None
    code: str | None = None
    failure: FailureClass | None = None
    unsent: bool = False
    """True when it is proven that nothing left."""
    retry_after_seconds: float | None = None
    detail: str = ""
    """For developers and officers; holds no address, number or secret."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderReport:
    """A later report about a message the provider has taken."""

    provider: str
    provider_id: str
    status: AttemptStatus
    provider_status: str
    code: str | None = None
    failure: FailureClass | None = None
    unsent: bool = False
    at: datetime | None = None
    """The provider's own time for it, where it gives one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InboundMessage:
    """A message that somebody sent to us."""

    provider: str
    provider_id: str
    channel: Channel
    sender: str
    """The address or number it claims to come from."""
    text: str
    at: datetime
    in_reply_to: str | None = None
    """Our client reference, when the reply names it."""
    is_automatic: bool = False
    """True for out-of-office notes and other machines; never an acknowledgement."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LookUp:
    """What a provider's own list says of an attempt whose outcome is not known."""

    is_complete: bool
    """False when the list could not be read to its end; absence then proves nothing."""
    candidates: tuple[SendResult, ...] = ()
    """Messages to that address with that very text since the attempt began; another attempt of
    ours may be the owner of one of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteHealth:
    """What a check of a route found, without sending anything."""

    route: str
    is_ready: bool
    text: str
    """One sentence: what works, or what is wrong and what to do."""
