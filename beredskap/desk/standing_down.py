"""Ending a cascade: first nothing more can leave, then what was open is told off person by person.

Used for a stop by order and for what a failed or crashed launch left behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from beredskap.desk.ports import REAL
from beredskap.desk.signing import Signature, signed
from beredskap.domain.cascade import Cascade, CascadeStatus, move_cascade
from beredskap.domain.delivery import DeliveryStatus, end
from beredskap.domain.log import Code
from beredskap.domain.wave import WaveStatus, move_wave
from beredskap.store.cases import lock_cascade, read_waves, save_cascade, save_wave
from beredskap.store.deliveries import save_deliveries
from beredskap.store.ledger import Ledger, Transaction
from beredskap.store.people import count_claimed, lock_open_deliveries

_AT_ONCE = 1_000
"""Deliveries ended in one transaction, so that no write lock is held long."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """What ending a cascade came to."""

    was: CascadeStatus
    cancelled: int = 0
    """People whose duty was open and is now cancelled."""
    still_sending: int = 0
    """Attempts on the wire whose result is still to come; they cannot be called back."""


def close_gate(
    tx: Transaction,
    cascade_id: int,
    now: datetime,
    signature: Signature,
    codes: Mapping[str, Code] | None = None,
) -> CascadeStatus | None:
    """Stand a cascade down and cancel its waves; return what it was, or None if it had ended.

    Once this is committed no engine claims anything more of it.
    """
    current = lock_cascade(tx, cascade_id)
    if current.status.is_final:
        return None
    nothing_sent = {"nothing_sent": True} if current.released_at is None else {}
    transition = move_cascade(
        current,
        CascadeStatus.STOOD_DOWN,
        now,
        actor=signature.ref,
        codes={**(codes or {}), **nothing_sent},
    )
    save_cascade(tx, signed(transition, signature), REAL.now(), was=current.status)
    for running in read_waves(tx, cascade_id):
        if not running.wave.status.is_final:
            moved = move_wave(running.wave, WaveStatus.CANCELLED, now, actor=signature.ref)
            save_wave(tx, moved, now, REAL.now())
    return current.status


def cancel_open(ledger: Ledger, cascade: Cascade, now: datetime, actor: str) -> tuple[int, int]:
    """Cancel the open deliveries of an ended cascade; return how many, and how many are sending.

    An attempt under way keeps its delivery until its result is known.
    """
    cancelled = 0
    while True:
        with ledger.write() as tx:
            left = lock_open_deliveries(tx, cascade.id, _AT_ONCE)
            if not left:
                return cancelled, count_claimed(tx, cascade.id)
            steps = [
                end(delivery, DeliveryStatus.CANCELLED, now, reason=delivery.reason, actor=actor)
                for delivery in left
            ]
            entries = [entry for step in steps for entry in step.entries]
            save_deliveries(tx, [step.value for step in steps], entries, REAL.now())
        cancelled += len(left)
