"""The second person: asked by a short code, bound to one plan, and only for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from beredskap.errors import RefusedError

OPEN_FOR = timedelta(minutes=30)
"""How long a second person may answer; a plan older than that is looked at anew."""
BREAK_GLASS_SECONDS = 90
"""The hold of whoever launches alone what takes two persons."""
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""What a code is made of: nothing that is read or heard as something else (no I, O, 0, 1)."""
CODE_LENGTH = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    """A launch that waits for other persons than the one who asked."""

    code: str
    incident_id: str
    cascade_id: int
    plan_digest: str
    persons: int
    needed: int
    """How many other persons must approve."""
    asked_by: str
    """Id of the officer who asked."""
    asked_at: datetime
    expires_at: datetime
    hold_seconds: int
    approved_by: tuple[str, ...] = ()
    """Ids of the officers who have approved."""

    @property
    def missing(self) -> int:
        """Return how many more must approve."""
        return max(self.needed - len(self.approved_by), 0)


def check_approver(approval: Approval, officer: str, now: datetime) -> None:
    """Let an officer approve or refuse, or say why not.

    Raises:
        RefusedError: the officer asked for it, has approved already, or the time is over.
    """
    if now >= approval.expires_at:
        raise RefusedError(
            f"The approval {approval.code} was not given in time, so nothing is sent; prepare and "
            "start the alert again."
        )
    if officer == approval.asked_by:
        raise RefusedError(
            f"You asked for the approval {approval.code} yourself; another officer with the right "
            "'approve' must give it."
        )
    if officer in approval.approved_by:
        raise RefusedError(
            f"You have given the approval {approval.code} already; {approval.missing} more must."
        )


def normalised(code: str) -> str:
    """Return a code as it is kept, however it was written down."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


def spelled(code: str) -> str:
    """Return a code in two groups, easy to read out."""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"
