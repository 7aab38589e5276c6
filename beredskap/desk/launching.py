"""From a confirmed preparation to an alert on hold: staged out of sight, made real in one step.

Rows are staged in short transactions under a cascade in PREPARING that no engine sees; one short
transaction then makes it HELD. If anything fails before that, what was staged is stood down, so
nothing is ever half done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from beredskap.desk.abandoning import undone_on_failure
from beredskap.desk.approving import ask
from beredskap.desk.ports import REAL, EngineStarter, Means
from beredskap.desk.preparing import Preparation
from beredskap.desk.roll import Roll
from beredskap.desk.signing import sign_entry, signed
from beredskap.desk.staging import Staging, parts
from beredskap.domain.approval import Approval
from beredskap.domain.cascade import Cascade, CascadeStatus, move_cascade
from beredskap.domain.incident import Incident
from beredskap.domain.log import Code, LogEntry, LogKind
from beredskap.domain.officer import Actor
from beredskap.errors import EngineError, RefusedError
from beredskap.store.cases import lock_cascade, save_cascade
from beredskap.store.faults import told_as_refused
from beredskap.store.ledger import Transaction
from beredskap.store.log_book import append
from beredskap.store.personal import keep_values, new_ref
from beredskap.store.staging import set_hold

_AT_ONCE = 1_500
"""People staged in one transaction: three rows each at most, so below 5,000 rows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Launched:
    """An alert on hold."""

    incident: str
    """Id of the incident."""
    letter: str
    cascade_id: int
    release_at: datetime | None
    """When sending starts unless it is stopped; None while other persons must approve."""
    approval: Approval | None = None
    """What other persons must approve, where the scenario takes more than one."""


def launch(
    means: Means,
    actor: Actor,
    preparation: Preparation,
    *,
    hold_seconds: int,
    incident: Incident | None,
    approvers: int = 0,
    break_glass: str | None = None,
) -> Launched:
    """Stage a preparation and put it on hold; the safety rules have been judged already.

    With `approvers` it waits for that many other persons first; `break_glass` is why it does not.

    Raises:
        LedgerError: something could not be written; nothing will be sent.
        EngineError: the alert is on hold, and no engine could be started to send it.
    """
    starter = _EarlyStarter(means.starter)
    with told_as_refused("The alert could not be prepared and nothing was sent"):
        launched = _stage_and_hold(
            means,
            actor,
            preparation,
            _Confirmed(hold_seconds, approvers, break_glass),
            incident,
            starter,
        )
    if launched.approval is not None:
        return launched
    try:
        starter.ensure_running()
    except EngineError as error:
        raise EngineError(
            f"Alert {launched.incident} is confirmed and on hold, and nothing has been sent: "
            f"{error} It goes out as soon as an engine runs; 'beredskap alert stop "
            f"{launched.incident}' calls it off."
        ) from error
    return launched


class _EarlyStarter:
    """Starts the engine before the hold, so that the countdown is the officer's to see whole.

    What went wrong is told after the hold has been written: the alert then waits for an engine.
    """

    def __init__(self, starter: EngineStarter) -> None:
        self._starter = starter
        self._fault: EngineError | None = None

    def wake(self) -> None:
        """Start an engine, or remember why there is none."""
        try:
            self._starter.ensure_running()
        except EngineError as error:
            self._fault = error

    def ensure_running(self) -> None:
        """Raise what was remembered; else look once more, since staging may have taken long.

        Raises:
            EngineError: no engine runs.
        """
        if self._fault is not None:
            raise self._fault
        self._starter.ensure_running()


@dataclass(frozen=True, slots=True)
class _Confirmed:
    """How the officer confirmed."""

    hold_seconds: int
    approvers: int
    break_glass: str | None


def _stage_and_hold(
    means: Means,
    actor: Actor,
    preparation: Preparation,
    confirmed: _Confirmed,
    incident: Incident | None,
    starter: _EarlyStarter,
) -> Launched:
    ledger, incident_id = means.ledger, None if incident is None else incident.id
    with ledger.read() as tx:
        roll = Roll.for_incident(tx, incident_id, preparation.plan)
    staging = Staging(preparation, roll, means.clock.now())
    with ledger.write() as tx:
        staging.begin(tx, actor, means.actor_key, incident_id)
    with undone_on_failure(ledger, staging.cascade.id, means.clock.now()):
        for wave in preparation.plan.waves:
            for part in parts(wave.deliveries, _AT_ONCE):
                with ledger.write() as tx:
                    staging.stage_part(tx, wave.wave.id, part)
        for keys in parts(roll.standing_by(), _AT_ONCE):
            with ledger.write() as tx:
                staging.stage_standby(tx, keys)
        if not confirmed.approvers:
            starter.wake()
        release_at, approval = _hold(means, actor, staging, confirmed)
    return Launched(
        incident=staging.incident.id,
        letter=staging.incident.letter,
        cascade_id=staging.cascade.id,
        release_at=release_at,
        approval=approval,
    )


def _hold(
    means: Means, actor: Actor, staging: Staging, confirmed: _Confirmed
) -> tuple[datetime | None, Approval | None]:
    """Make the staged cascade real, in one short transaction: on hold, or waiting for others.

    Raises:
        RefusedError: it was called off while it was staged.
    """
    with means.ledger.write() as tx:
        current = lock_cascade(tx, staging.cascade.id)
        if current.status is not CascadeStatus.PREPARING:
            raise RefusedError(
                "The preparation was called off meanwhile and nothing was sent; prepare again."
            )
        now = means.clock.now()
        if confirmed.break_glass is not None:
            append(
                tx, [_broken_glass(tx, current, staging, confirmed.break_glass, now)], REAL.now()
            )
        elif confirmed.approvers:
            approval = ask(
                tx,
                current,
                actor,
                staging.signature,
                needed=confirmed.approvers,
                hold_seconds=confirmed.hold_seconds,
                now=now,
            )
            return None, approval
        release_at = now + timedelta(seconds=confirmed.hold_seconds)
        set_hold(tx, current.id, release_at)
        codes: dict[str, Code] = {
            "hold": confirmed.hold_seconds,
            "persons": current.persons,
            "plan_digest": current.plan_digest,
        }
        transition = move_cascade(
            current, CascadeStatus.HELD, now, actor=staging.signature.ref, codes=codes
        )
        save_cascade(tx, signed(transition, staging.signature), REAL.now(), was=current.status)
    return release_at, None


def _broken_glass(
    tx: Transaction, cascade: Cascade, staging: Staging, reason: str, now: datetime
) -> LogEntry:
    """Return the entry that says who launched alone, and why."""
    ref = new_ref("t")
    commitments = keep_values(tx, cascade.incident_id, {ref: reason})
    entry = LogEntry(
        incident_id=cascade.incident_id,
        kind=LogKind.GLASS_BROKEN,
        happened_at=now,
        actor=staging.signature.ref,
        codes={"cascade": cascade.id, "text": ref, "persons": cascade.persons},
        commitments=commitments,
    )
    return sign_entry(entry, staging.signature)
