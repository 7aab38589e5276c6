"""The case around the alerts: opening it without one, its diary number, closing it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from beredskap.desk.ports import REAL, Means
from beredskap.desk.signing import Signature, sign, sign_entry, signed
from beredskap.domain.incident import Incident, IncidentMode, IncidentStatus, move_incident
from beredskap.domain.log import LogEntry, LogKind
from beredskap.domain.officer import Actor
from beredskap.domain.transition import Transition
from beredskap.errors import EngineError, RefusedError, UsageError
from beredskap.store import staging
from beredskap.store.cases import read_cascades, read_incident, save_incident
from beredskap.store.ledger import Transaction
from beredskap.store.log_book import append
from beredskap.store.sealing import seal_all

_LONGEST = 200


def open_incident(
    means: Means, actor: Actor, title: str, mode: IncidentMode, locale: str
) -> Incident:
    """Open an incident without an alert, to keep a log before or instead of one.

    Raises:
        UsageError: the title is empty or too long.
    """
    wanted = _stripped(title, "The title of the incident")
    now = means.clock.now()
    with means.ledger.write() as tx:
        incident = staging.open_incident(
            tx,
            mode=mode,
            scenario_id="",
            title=wanted,
            locale=locale,
            content_digests={},
            now=now,
        )
        signature = sign(tx, incident.id, actor, means.actor_key, title=wanted)
        append(tx, [opening_entry(incident, signature, by_launch=False)], REAL.now())
    return incident


def opening_entry(incident: Incident, signature: Signature, *, by_launch: bool) -> LogEntry:
    """Return the first entry of an incident's log; `by_launch` says that an alert needed it."""
    entry = LogEntry(
        incident_id=incident.id,
        kind=LogKind.INCIDENT_OPENED,
        happened_at=incident.opened_at,
        actor=signature.ref,
        codes={
            "mode": incident.mode.value,
            "scenario": incident.scenario_id,
            "letter": incident.letter,
            "by_launch": by_launch,
        },
    )
    return sign_entry(entry, signature)


def set_diary_number(means: Means, actor: Actor, incident: Incident, number: str) -> Incident:
    """Set the registrar's diary number, also of a closed incident.

    Raises:
        UsageError: the number is empty or too long.
    """
    wanted = _stripped(number, "The diary number")
    with means.ledger.write() as tx:
        current = read_incident(tx, incident.id)
        signature = sign(tx, incident.id, actor, means.actor_key)
        entry = LogEntry(
            incident_id=incident.id,
            kind=LogKind.DIARY_NUMBER,
            happened_at=means.clock.now(),
            actor=signature.ref,
            codes={"number": wanted},
        )
        numbered = Transition(value=replace(current, diary_number=wanted), entries=(entry,))
        save_incident(tx, signed(numbered, signature), REAL.now())
    return numbered.value


def close(means: Means, actor: Actor, incident: Incident) -> Incident:
    """Close an incident and seal its log.

    Raises:
        RefusedError: an alert of it is still open, or it is closed already.
    """
    with means.ledger.write() as tx:
        if any(not cascade.status.is_final for cascade in read_cascades(tx, incident.id)):
            raise RefusedError(
                f"Incident {incident.id} still has an open alert; let it end, or stop it with "
                f"'beredskap alert stop {incident.id}', and then close."
            )
        signature = sign(tx, incident.id, actor, means.actor_key)
        closed = close_within(tx, incident.id, means.clock.now(), signature)
    seal_all(means.ledger, incident.id)
    if incident.mode is IncidentMode.LIVE:
        with suppress(EngineError):  # an engine tells the witness; the next one does it otherwise
            means.starter.ensure_running()
    return closed


def close_within(
    tx: Transaction,
    incident_id: str,
    now: datetime,
    signature: Signature,
    reason: str | None = None,
) -> Incident:
    """Close an incident in an open transaction.

    Raises:
        TransitionError: it is closed already.
    """
    current = read_incident(tx, incident_id)
    status = move_incident(current.status, IncidentStatus.CLOSED)
    entry = LogEntry(
        incident_id=incident_id,
        kind=LogKind.INCIDENT_CLOSED,
        happened_at=now,
        actor=signature.ref,
        codes={} if reason is None else {"reason": reason},
    )
    closed = Transition(value=replace(current, status=status, closed_at=now), entries=(entry,))
    save_incident(tx, signed(closed, signature), REAL.now())
    return closed.value


def _stripped(text: str, what: str) -> str:
    stripped = text.strip()
    if not stripped:
        raise UsageError(f"{what} is empty; write it after the command.")
    if len(stripped) > _LONGEST:
        raise UsageError(f"{what} is longer than {_LONGEST} characters; shorten it.")
    return stripped
