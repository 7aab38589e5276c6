"""What Twilio's statuses and error codes mean: one table each, and a safe reading of the rest."""

from __future__ import annotations

from collections.abc import Mapping

from beredskap.domain.attempt import AttemptStatus, FailureClass
from beredskap.domain.envelope import SendResult

_A, _O, _R = FailureClass.ADDRESS, FailureClass.OPT_OUT, FailureClass.RETRY
_C, _X, _B = FailureClass.ROUTE, FailureClass.EXPIRED, FailureClass.BUSY

STATUSES: Mapping[str, AttemptStatus] = {
    "accepted": AttemptStatus.ACCEPTED,
    "scheduled": AttemptStatus.ACCEPTED,
    "queued": AttemptStatus.ACCEPTED,
    "sending": AttemptStatus.ACCEPTED,
    "sent": AttemptStatus.SENT,
    "partially_delivered": AttemptStatus.SENT,
    "delivered": AttemptStatus.DELIVERED,
    "read": AttemptStatus.DELIVERED,
    "undelivered": AttemptStatus.FAILED_PERMANENT,
    "failed": AttemptStatus.FAILED_PERMANENT,
    "canceled": AttemptStatus.CANCELLED,
}
"""Twilio's message status → what is known (channels 1.1); an unknown one counts as accepted."""

NEVER_SENT = frozenset({"failed", "canceled"})
"""The statuses in which Twilio says that it did not send."""

CODES: Mapping[int, FailureClass] = {
    20003: _C, 20404: _C, 20429: _B,
    21211: _A, 21212: _C, 21408: _C, 21606: _C, 21608: _C, 21610: _O, 21611: _R, 21612: _A,
    21614: _A, 21617: _C, 21659: _C, 21660: _C, 21663: _C, 21668: _C, 21670: _C,
    30001: _R, 30002: _C, 30003: _R, 30004: _A, 30005: _A, 30006: _A, 30007: _C, 30008: _R,
    30034: _C, 30036: _X, 30410: _R, 30500: _R, 63038: _C,
}  # fmt: skip
"""Twilio's error code → where the fault lies (channels 1.2)."""


def outcome(status: str, error_code: object) -> SendResult:
    """Return what a message's status and error code say of it, without its id."""
    code = as_code(error_code)
    known = STATUSES.get(status, AttemptStatus.ACCEPTED)
    failure = None
    if known is AttemptStatus.FAILED_PERMANENT:
        # Without a code nothing says that the address is at fault.
        failure = _R if code is None else _meaning(code)
        known = _status_of(failure)
    return SendResult(
        status=known,
        provider_status=status,
        code=str(code) if code else None,
        failure=failure,
        unsent=status in NEVER_SENT,
    )


def refusal(http_status: int, error_code: object, retry_after: float | None = None) -> SendResult:
    """Return what an error answer to a create means; after a server's own fault nobody knows.

    An answer without one of Twilio's codes comes from something in between, such as a proxy or a
    login page: it says nothing of the address, and the route is at fault.
    """
    code = as_code(error_code)
    shown = str(code or http_status)
    if http_status >= 500 or http_status == 408:
        return SendResult(status=AttemptStatus.UNCERTAIN, code=shown)
    failure = _B if code is None and http_status == 429 else _C if code is None else _meaning(code)
    return SendResult(
        status=_status_of(failure),
        failure=failure,
        unsent=True,
        code=shown,
        retry_after_seconds=retry_after if failure is _B else None,
        detail=_detail(failure, code, shown),
    )


def as_code(held: object) -> int | None:
    """Return one of Twilio's error codes, which have five digits, or None for anything else."""
    try:
        code = int(str(held))
    except ValueError:
        return None
    return code if code >= 10_000 else None


def _meaning(code: int) -> FailureClass:
    """Return where the fault lies; of unknown codes, 20xxx are ours and 30xxx may pass."""
    known = CODES.get(code)
    if known is not None:
        return known
    return {20: _C, 30: _R}.get(code // 1_000, _A)


def _status_of(failure: FailureClass) -> AttemptStatus:
    if failure in (_R, _B):
        return AttemptStatus.FAILED_RETRYABLE
    return AttemptStatus.EXPIRED if failure is _X else AttemptStatus.FAILED_PERMANENT


def _detail(failure: FailureClass, code: int | None, shown: str) -> str:
    if failure is _B:
        return "The SMS provider asks us to wait."
    if failure is not _C:
        return f"The SMS provider refused the message with {shown}."
    if code == 20003 or shown == "401":
        return (
            f"The SMS provider refuses our login ({shown}); correct BEREDSKAP_TWILIO__ACCOUNT_SID "
            "and its key."
        )
    if code is None:
        return (
            f"Something between us and the SMS provider answered {shown}; check the network, its "
            "proxy and BEREDSKAP_TWILIO__BASE_URL."
        )
    return f"The SMS provider refused our account, number or text ({shown}); see its error list."
