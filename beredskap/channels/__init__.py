"""How a message leaves and how replies come in: SMS routes, SMTP, IMAP, simulated people.

Promises: a sender never raises for what the network said; what cannot be known is uncertain; no
text without its drill marks leaves outside a live incident. Must not enter: waves, ladders, the
ledger, and any decision about what happens next.
"""

from beredskap.channels.sender import (
    Cancellable,
    Checkable,
    InboundSource,
    Reconcilable,
    Route,
    Sender,
    StatusSource,
)
from beredskap.domain.envelope import (
    Envelope,
    InboundMessage,
    LookUp,
    ProviderReport,
    RouteHealth,
    SendResult,
)

__all__ = [
    "Cancellable",
    "Checkable",
    "Envelope",
    "InboundMessage",
    "InboundSource",
    "LookUp",
    "ProviderReport",
    "Reconcilable",
    "Route",
    "RouteHealth",
    "SendResult",
    "Sender",
    "StatusSource",
]
