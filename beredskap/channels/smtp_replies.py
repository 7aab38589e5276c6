"""What a mail server's refusal means: one table, and where it leaves doubt.

The first digit decides, the enhanced status refines it, the text is never read for more, and never
kept, since it may repeat the address (channels 3.2).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from beredskap.domain.attempt import AttemptStatus, FailureClass
from beredskap.domain.envelope import SendResult

_ENHANCED = re.compile(r"#?([245])\.([0-9]{1,3})\.([0-9]{1,3})(?![.0-9])")
"""RFC 2034 puts it first in the text; anywhere else it may be an IP address. Some add a `#`."""
_RETRY, _ADDRESS, _ROUTE = FailureClass.RETRY, FailureClass.ADDRESS, FailureClass.ROUTE


class Stage(StrEnum):
    """Where in a conversation a server refuses."""

    CONNECT = "the connection"
    """Greeting, EHLO, TLS and login."""
    MAIL = "the sender"
    RCPT = "the recipient"
    DATA = "the mail"
    """The DATA command, or the final dot."""


BY_ENHANCED: dict[str, FailureClass] = {
    "5.1.7": _ROUTE,
    "5.1.8": _ROUTE,
    "5.2.0": _ROUTE,
    "5.4.5": _ROUTE,
    "5.7.0": _ROUTE,
    "5.7.8": _ROUTE,
    "5.7.9": _ROUTE,
    "5.7.23": _ROUTE,
    "5.7.25": _ROUTE,
    "5.7.26": _ROUTE,
    "5.7.27": _ROUTE,
}
"""Enhanced status (RFC 3463) → where the fault lies, where that differs from its subject."""
BY_SUBJECT: dict[str, FailureClass] = {
    "1": _ADDRESS,
    "2": _ADDRESS,
    "3": _ROUTE,
    "4": _ADDRESS,
    "5": _ROUTE,
    "6": _ROUTE,
}
"""Subject of an enhanced status: address, mailbox, system, way there, protocol, content."""
ROUTE_CODES = frozenset({503, 530, 534, 535, 538, 555})
"""Reply codes (RFC 5321, RFC 4954) about our login or our commands, whatever else is said."""
ADDRESS_CODES = frozenset({550, 551, 552, 553})
"""Reply codes that concern the recipient, when given to RCPT and nothing more is said."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """A refusal, judged as far as one refusal can be."""

    failure: FailureClass
    code: str
    """Reply code and enhanced status."""
    stage: Stage
    is_doubtful: bool = False
    """True where only its repeating tells whether it is about this recipient or about us."""

    @property
    def is_login(self) -> bool:
        """Say whether the server wants a login, or another one."""
        return self.code[:3] in ("530", "534", "535", "538")

    def result(self, failure: FailureClass | None = None) -> SendResult:
        """Return what a sender answers; the server has taken nothing."""
        judged = failure or self.failure
        passes = judged is _RETRY
        return SendResult(
            status=AttemptStatus.FAILED_RETRYABLE if passes else AttemptStatus.FAILED_PERMANENT,
            failure=judged,
            unsent=True,
            code=self.code,
            detail=f"The mail server refused {self.stage.value} with {self.code}.",
        )


def judge(code: int, message: str, stage: Stage) -> Refusal:
    """Return what a reply of 400 or more means."""
    found = _ENHANCED.match(message)
    enhanced = found[0].lstrip("#") if found and found[1] == str(code)[0] else ""
    shown = f"{code} {enhanced}".rstrip()
    if code < 500:
        return Refusal(failure=_RETRY, code=shown, stage=stage)
    if stage in (Stage.CONNECT, Stage.MAIL):
        return Refusal(failure=_ROUTE, code=shown, stage=stage)
    if code in ROUTE_CODES:
        return Refusal(failure=_ROUTE, code=shown, stage=stage)
    known = BY_ENHANCED.get(enhanced) or BY_SUBJECT.get(enhanced[2:3])
    if known is None and not enhanced and stage is Stage.RCPT and code in ADDRESS_CODES:
        known = _ADDRESS
    return Refusal(failure=known or _ADDRESS, code=shown, stage=stage, is_doubtful=known is None)
