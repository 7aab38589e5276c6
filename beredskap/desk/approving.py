"""The second person: asking for an approval, giving it, refusing it, and letting it run out.

A launch that takes more than one person is staged whole and waits; nothing of it can be claimed
before the others have approved exactly what was staged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from beredskap.desk.ports import REAL, Means
from beredskap.desk.signing import Signature, sign, sign_entry, signed
from beredskap.desk.standing_down import cancel_open, close_gate
from beredskap.domain.approval import OPEN_FOR, Approval, check_approver, normalised, spelled
from beredskap.domain.cascade import Cascade, CascadeStatus, move_cascade
from beredskap.domain.log import ENGINE, Code, LogEntry, LogKind
from beredskap.domain.officer import Actor
from beredskap.errors import RefusedError, UsageError
from beredskap.store.approvals import (
    give_approval,
    keep_approval,
    new_code,
    read_approval,
    read_waiting_approvals,
)
from beredskap.store.cases import lock_cascade, save_cascade
from beredskap.store.ledger import Ledger, Transaction
from beredskap.store.log_book import append
from beredskap.store.staging import set_hold

_LONGEST = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Approved:
    """What an approval came to."""

    approval: Approval
    release_at: datetime | None
    """When sending starts unless it is stopped; None while more persons must approve."""


def ask(
    tx: Transaction,
    current: Cascade,
    actor: Actor,
    signature: Signature,
    *,
    needed: int,
    hold_seconds: int,
    now: datetime,
) -> Approval:
    """Let a staged cascade wait for other persons, and return what is asked of them."""
    approval = Approval(
        code=new_code(),
        incident_id=current.incident_id,
        cascade_id=current.id,
        plan_digest=current.plan_digest,
        persons=current.persons,
        needed=needed,
        asked_by=actor.officer.id,
        asked_at=now,
        expires_at=now + OPEN_FOR,
        hold_seconds=hold_seconds,
    )
    keep_approval(tx, approval)
    codes: dict[str, Code] = {
        "persons": current.persons,
        "plan_digest": current.plan_digest,
        "needed": needed,
        "until": approval.expires_at.isoformat(),
    }
    transition = move_cascade(
        current, CascadeStatus.AWAITING_APPROVAL, now, actor=signature.ref, codes=codes
    )
    save_cascade(tx, signed(transition, signature), REAL.now(), was=current.status)
    return approval


def approve(means: Means, actor: Actor, code: str, confirm_count: int) -> Approved:
    """Approve exactly what was staged; the last approval that is needed begins the hold.

    Raises:
        NotFoundError: there is no such code.
        RefusedError: the count is wrong, the officer may not, or it no longer waits.
    """
    approval = _current(means, actor, code)
    if confirm_count != approval.persons:
        raise RefusedError(
            f"You confirmed {confirm_count} persons and the alert has {approval.persons}; look at "
            f"'beredskap approve {spelled(approval.code)}' and confirm the number it shows."
        )
    now = means.clock.now()
    with means.ledger.write() as tx:
        current = _lock(tx, approval)
        fresh = read_approval(tx, approval.code)
        check_approver(fresh, actor.officer.id, now)
        signature = sign(tx, approval.incident_id, actor, means.actor_key)
        give_approval(tx, approval.code, actor.officer.id, now)
        given = read_approval(tx, approval.code)
        append(tx, [_entry(given, LogKind.APPROVAL_GIVEN, signature, now)], REAL.now())
        release_at = _begin_hold(tx, current, given, signature, now) if not given.missing else None
    if release_at is not None:
        means.starter.ensure_running()
    return Approved(approval=given, release_at=release_at)


def refuse(means: Means, actor: Actor, code: str, reason: str) -> Approval:
    """Refuse a launch: it is stood down, and nothing was sent.

    Raises:
        UsageError: no reason is given.
        NotFoundError: there is no such code.
        RefusedError: it no longer waits, or the officer may not.
    """
    why = reason.strip()
    if not why or len(why) > _LONGEST:
        raise UsageError(f"Write why it is refused, in 1 to {_LONGEST} characters.")
    approval = _current(means, actor, code)
    now = means.clock.now()
    with means.ledger.write() as tx:
        current = _lock(tx, approval)
        signature = sign(tx, approval.incident_id, actor, means.actor_key, text=why)
        append(tx, [_entry(approval, LogKind.APPROVAL_REFUSED, signature, now)], REAL.now())
        close_gate(tx, current.id, now, signature)
    cancel_open(means.ledger, current, now, signature.ref)
    return approval


def sweep_expired(ledger: Ledger, now: datetime) -> int:
    """Stand down every launch whose approval was not given in time and return how many."""
    with ledger.read() as tx:
        waiting = read_waiting_approvals(tx)
    expired = [approval for approval in waiting if now >= approval.expires_at]
    for approval in expired:
        _expire(ledger, approval, now)
    return len(expired)


def _current(means: Means, actor: Actor, code: str) -> Approval:
    """Return an approval that still waits, and that this officer may answer."""
    with means.ledger.read() as tx:
        approval = read_approval(tx, normalised(code))
    now = means.clock.now()
    if now >= approval.expires_at:
        _expire(means.ledger, approval, now)
    check_approver(approval, actor.officer.id, now)
    return approval


def _expire(ledger: Ledger, approval: Approval, now: datetime) -> None:
    by_itself = Signature(ref=ENGINE)
    with ledger.write() as tx:
        current = lock_cascade(tx, approval.cascade_id)
        if current.status is not CascadeStatus.AWAITING_APPROVAL:
            return
        close_gate(tx, current.id, now, by_itself, {"reason": "approval_expired"})
    cancel_open(ledger, current, now, ENGINE)


def _lock(tx: Transaction, approval: Approval) -> Cascade:
    current = lock_cascade(tx, approval.cascade_id)
    if current.status is not CascadeStatus.AWAITING_APPROVAL:
        raise RefusedError(
            f"The alert of approval {spelled(approval.code)} no longer waits; "
            f"'beredskap alert show {approval.incident_id}' says how it stands."
        )
    if current.plan_digest != approval.plan_digest:
        raise RefusedError(
            f"The alert of approval {spelled(approval.code)} is not the one that was asked for; "
            "nothing was sent. Prepare and start it again."
        )
    return current


def _begin_hold(
    tx: Transaction, current: Cascade, approval: Approval, signature: Signature, now: datetime
) -> datetime:
    release_at = now + timedelta(seconds=approval.hold_seconds)
    set_hold(tx, current.id, release_at)
    codes: dict[str, Code] = {
        "hold": approval.hold_seconds,
        "persons": approval.persons,
        "plan_digest": approval.plan_digest,
    }
    transition = move_cascade(current, CascadeStatus.HELD, now, actor=signature.ref, codes=codes)
    save_cascade(tx, signed(transition, signature), REAL.now(), was=current.status)
    return release_at


def _entry(approval: Approval, kind: LogKind, signature: Signature, now: datetime) -> LogEntry:
    codes: Mapping[str, Code] = {
        "cascade": approval.cascade_id,
        "plan_digest": approval.plan_digest,
        "persons": approval.persons,
        "missing": approval.missing,
    }
    return sign_entry(
        LogEntry(
            incident_id=approval.incident_id,
            kind=kind,
            happened_at=now,
            actor=signature.ref,
            codes=codes,
        ),
        signature,
    )
