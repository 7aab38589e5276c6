"""The last look before anything leaves: outside a live incident no text goes without its marks."""

from __future__ import annotations

from beredskap.domain.attempt import AttemptStatus, FailureClass
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import Envelope, SendResult
from beredskap.domain.sms import carries_drill_marks


def refuse_unmarked(envelope: Envelope) -> SendResult | None:
    """Return the refusal of a text without drill marks outside a live incident, or None."""
    if not envelope.mode.needs_marks:
        return None
    body = envelope.body
    parts = [body.text]
    if envelope.channel is Channel.EMAIL:
        parts += [body.subject, *([body.html] if body.html else [])]
    if all(carries_drill_marks(part) for part in parts):
        return None
    return SendResult(
        status=AttemptStatus.FAILED_PERMANENT,
        failure=FailureClass.ROUTE,
        unsent=True,
        code="unmarked",
        detail="A text of a drill lacks its drill marks, so nothing was sent; mend the program.",
    )
