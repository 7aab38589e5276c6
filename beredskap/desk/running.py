"""Leading what runs: pausing, resuming, stopping."""

from __future__ import annotations

from dataclasses import dataclass

from beredskap.desk.ports import REAL, Means
from beredskap.desk.signing import sign, signed
from beredskap.desk.standing_down import cancel_open, close_gate
from beredskap.domain.cascade import Cascade, CascadeStatus, move_cascade
from beredskap.domain.incident import Incident
from beredskap.domain.log import Code
from beredskap.domain.officer import Actor
from beredskap.errors import RefusedError
from beredskap.store.cases import lock_cascade, read_cascades, save_cascade
from beredskap.store.ledger import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class Stopped:
    """What a stop came to."""

    incident: str
    cascades: tuple[int, ...]
    nothing_was_sent: bool
    """True when every cascade was stopped before it was released."""
    cancelled: int
    still_sending: int
    """Attempts already on the wire; their results are recorded when they come."""


def pause(means: Means, actor: Actor, incident: Incident, reason: str | None) -> None:
    """Let nothing more leave until somebody resumes it.

    Raises:
        RefusedError: nothing is held or running.
    """
    _move_all(
        means,
        actor,
        incident,
        frozenset({CascadeStatus.HELD, CascadeStatus.RUNNING}),
        CascadeStatus.PAUSED,
        reason,
    )


def resume(means: Means, actor: Actor, incident: Incident, reason: str | None) -> None:
    """Go on with what was paused; an alert paused during its hold starts at once.

    Raises:
        RefusedError: nothing is paused.
        EngineError: it goes on as soon as an engine runs, and none could be started.
    """
    _move_all(
        means,
        actor,
        incident,
        frozenset({CascadeStatus.PAUSED}),
        CascadeStatus.RUNNING,
        reason,
    )
    means.starter.ensure_running()


def stop(means: Means, actor: Actor, incident: Incident, reason: str | None) -> Stopped:
    """Stand everything open down; what is on the wire stays until its result is known.

    Raises:
        RefusedError: nothing is open.
    """
    now = means.clock.now()
    ended: list[tuple[Cascade, CascadeStatus]] = []
    with means.ledger.write() as tx:
        signature = sign(tx, incident.id, actor, means.actor_key, text=reason)
        for cascade in _open_cascades(tx, incident.id):
            was = close_gate(tx, cascade.id, now, signature)
            if was is not None:
                ended.append((cascade, was))
        if not ended:
            raise RefusedError(
                f"Nothing runs in incident {incident.id} that could be stopped; it has ended."
            )
    counts = [cancel_open(means.ledger, cascade, now, signature.ref) for cascade, _ in ended]
    return Stopped(
        incident=incident.id,
        cascades=tuple(cascade.id for cascade, _ in ended),
        nothing_was_sent=all(cascade.released_at is None for cascade, _ in ended),
        cancelled=sum(cancelled for cancelled, _ in counts),
        still_sending=sum(sending for _, sending in counts),
    )


def _open_cascades(tx: Transaction, incident_id: str) -> tuple[Cascade, ...]:
    return tuple(c for c in read_cascades(tx, incident_id) if not c.status.is_final)


def _move_all(
    means: Means,
    actor: Actor,
    incident: Incident,
    movable: frozenset[CascadeStatus],
    to: CascadeStatus,
    reason: str | None,
) -> None:
    """Move every cascade of an incident that stands in one of these statuses.

    Raises:
        RefusedError: there is none.
    """
    now, moved = means.clock.now(), 0
    codes: dict[str, Code] = {"reason": "officer"} if to is CascadeStatus.PAUSED else {}
    with means.ledger.write() as tx:
        signature = sign(tx, incident.id, actor, means.actor_key, text=reason)
        for cascade in _open_cascades(tx, incident.id):
            current = lock_cascade(tx, cascade.id)
            if current.status not in movable:
                continue
            transition = move_cascade(current, to, now, actor=signature.ref, codes=codes)
            save_cascade(tx, signed(transition, signature), REAL.now(), was=current.status)
            moved += 1
        if not moved:
            named = " or ".join(sorted(status.value for status in movable))
            raise RefusedError(
                f"No alert of incident {incident.id} is {named}; "
                f"'beredskap alert show {incident.id}' says how it stands."
            )
