"""Answers by mouth or paper, and decisions about attempts whose outcome nobody knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from beredskap.desk.ports import REAL, Means
from beredskap.desk.signing import Signature, sign, sign_entry
from beredskap.domain.answer import Answer, read_answer
from beredskap.domain.attempt import AttemptStatus
from beredskap.domain.cascade import CascadeKind
from beredskap.domain.delivery import Delivery, acknowledge, after_reconciliation
from beredskap.domain.incident import Incident
from beredskap.domain.log import Code, LogEntry, LogKind
from beredskap.domain.message import AnswerMeaning
from beredskap.domain.officer import Actor
from beredskap.domain.scenario import UncertainPolicy
from beredskap.errors import NotFoundError, RefusedError, UsageError
from beredskap.store.answers import Acknowledged, keep_acknowledgement
from beredskap.store.attempts import AttemptState, read_newest_attempts
from beredskap.store.cases import RunningWave, read_cascades, read_waves
from beredskap.store.deliveries import save_deliveries
from beredskap.store.deputies import call_in
from beredskap.store.ledger import Transaction
from beredskap.store.people import (
    FREE_TEXT,
    find_person,
    lock_deliveries,
    lock_deliveries_of,
)
from beredskap.store.uncertain import read_uncertain_deliveries

RESEND, LEAVE = "resend", "leave"
_LONGEST = 500
_PLAIN = (
    AnswerMeaning(key="ja", meaning=FREE_TEXT),
    AnswerMeaning(key="nej", meaning=FREE_TEXT, is_yes=False),
)
"""Reads a plain yes or no where the wave has no answers of its own; the words are kept as said."""
_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class _Noted:
    """An answer as the officer noted it."""

    text: str
    read: Answer
    """What it means where a wave has no answers of its own."""
    at: datetime
    signature: Signature


def acknowledge_by_mouth(
    means: Means, actor: Actor, incident: Incident, person: str, answer: str, by: str | None
) -> None:
    """Record a person's answer for everything they were asked, under the officer's name.

    `by` is who told the officer. A late answer is recorded as such and changes no ended duty.

    Raises:
        UsageError: the answer is empty or too long.
        NotFoundError: nobody in the incident is called that.
        RefusedError: the person was not asked anything.
    """
    text = answer.strip()
    if not text or len(text) > _LONGEST:
        raise UsageError(
            f"An answer has 1 to {_LONGEST} characters; write what the person said after --answer."
        )
    with means.ledger.write() as tx:
        recipient = find_or_refuse(tx, incident, person)
        asked = lock_deliveries_of(tx, incident.id, recipient)
        if not asked:
            raise RefusedError(
                f"{person} stands by as a deputy in incident {incident.id} and was not asked; "
                f"add them first with 'beredskap alert add {incident.id} {person}'."
            )
        signature = sign(tx, incident.id, actor, means.actor_key, text=text, by=by)
        waves = _waves_of(tx, asked)
        noted = _Noted(
            text=text,
            read=_read(text, [waves[delivery.wave_id] for delivery in asked]),
            at=means.clock.now(),
            signature=signature,
        )
        for delivery in _questions_of(tx, incident, asked):
            _answer(tx, delivery, waves[delivery.wave_id], noted)


def _questions_of(
    tx: Transaction, incident: Incident, asked: Sequence[Delivery]
) -> Sequence[Delivery]:
    """Return what an answer by mouth answers: everything open, and always one of an alert."""
    alerts = {c.id for c in read_cascades(tx, incident.id) if c.kind is CascadeKind.ALERT}
    open_ones = [delivery for delivery in asked if not delivery.status.is_final]
    of_alerts = [delivery for delivery in asked if delivery.cascade_id in alerts]
    if of_alerts and not any(delivery.cascade_id in alerts for delivery in open_ones):
        return [*open_ones, of_alerts[-1]]
    return open_ones or asked[-1:]


def find_or_refuse(tx: Transaction, incident: Incident, person: str) -> str:
    """Return the reference of a person of an incident.

    Raises:
        NotFoundError: nobody in it is called that.
    """
    recipient = find_person(tx, incident.id, person)
    if recipient is None:
        raise NotFoundError(
            f"Incident {incident.id} has no person '{person}'; "
            f"'beredskap alert show {incident.id}' lists them."
        )
    return recipient


def _waves_of(tx: Transaction, deliveries: Sequence[Delivery]) -> dict[int, RunningWave]:
    cascades = {delivery.cascade_id for delivery in deliveries}
    return {w.wave.id: w for cascade in cascades for w in read_waves(tx, cascade)}


def _read(text: str, waves: Sequence[RunningWave]) -> Answer:
    """Return what the answer means in one of the waves, or the person's own words as an answer."""
    for wave in waves:
        read = read_answer(text, wave.answers)
        if read is not None:
            return read
    read = read_answer(text, _PLAIN)
    if read is None:
        return Answer(key="", meaning=FREE_TEXT)
    return replace(read, key="") if read.meaning == FREE_TEXT else read


def _answer(tx: Transaction, delivery: Delivery, wave: RunningWave, noted: _Noted) -> None:
    answer = read_answer(noted.text, wave.answers) or noted.read
    is_late, signature = delivery.status.is_final, noted.signature
    step = acknowledge(delivery, noted.at, actor=signature.ref, is_yes=answer.is_yes)
    keep_acknowledgement(
        tx,
        Acknowledged(
            incident_id=delivery.incident_id,
            delivery_id=delivery.id,
            recipient=delivery.recipient,
            at=noted.at,
            how="officer",
            by=signature.ref,
            answer=answer,
            answer_ref=str(signature.codes["text"]),
            is_late=is_late,
        ),
    )
    said = LogEntry(
        incident_id=delivery.incident_id,
        kind=LogKind.ACKNOWLEDGED,
        happened_at=noted.at,
        actor=signature.ref,
        subject=delivery.recipient,
        codes={
            "delivery": delivery.id,
            "cascade": delivery.cascade_id,
            "how": "officer",
            "key": answer.key,
            "meaning": answer.meaning,
            "yes": answer.is_yes,
            "help": answer.is_help,
            "late": is_late,
        },
    )
    moved = [step.value] if step.entries else []
    save_deliveries(tx, moved, [sign_entry(said, signature), *step.entries], REAL.now())
    if step.call_in is not None:
        call_in(
            tx,
            delivery,
            step.call_in,
            now=noted.at,
            recorded_at=REAL.now(),
            actor=signature.ref,
        )


def decide(
    means: Means, actor: Actor, incident: Incident, person: str | None, decision: str
) -> tuple[str, ...]:
    """Send uncertain attempts again, or leave them; return the references of those decided about.

    An attempt sent again is marked as a possible duplicate; one that is left stays uncertain.

    Raises:
        UsageError: the decision is neither `resend` nor `leave`.
        NotFoundError: nobody in the incident is called that.
        RefusedError: no uncertain attempt is open.
        EngineError: the decision stands, and no engine could be started to carry it out.
    """
    if decision not in (RESEND, LEAVE):
        raise UsageError(f"'{decision}' is no decision; write '{RESEND}' or '{LEAVE}'.")
    with means.ledger.read() as tx:
        recipient = None if person is None else find_or_refuse(tx, incident, person)
        open_cascades = [c for c in read_cascades(tx, incident.id) if not c.status.is_final]
        waves = {w.wave.id: w for c in open_cascades for w in read_waves(tx, c.id)}
        undecided = read_uncertain_deliveries(tx, incident.id, recipient)
    decided: list[str] = []
    for start in range(0, len(undecided), _AT_ONCE):
        part = undecided[start : start + _AT_ONCE]
        decided += _decide_part(means, actor, incident, part, waves, decision)
    if not decided:
        whom = person or "anybody"
        raise RefusedError(
            f"No open attempt at {whom} in incident {incident.id} is uncertain; "
            "nothing was changed."
        )
    if decision == RESEND:
        means.starter.ensure_running()
    return tuple(decided)


def _decide_part(
    means: Means,
    actor: Actor,
    incident: Incident,
    delivery_ids: Sequence[int],
    waves: Mapping[int, RunningWave],
    decision: str,
) -> list[str]:
    now = means.clock.now()
    with means.ledger.write() as tx:
        lock_deliveries(tx, delivery_ids)
        newest = read_newest_attempts(tx, delivery_ids)
        uncertain = [s for s in newest.values() if _is_undecided(s) and s.delivery.wave_id in waves]
        if not uncertain:
            return []
        signature = sign(tx, incident.id, actor, means.actor_key)
        moved, entries = [], []
        for state in uncertain:
            entries.append(_decision_entry(state, decision, now, signature))
            if decision == RESEND:
                terms = waves[state.delivery.wave_id].wave.terms
                terms = replace(terms, uncertain=UncertainPolicy.RESEND)
                step = after_reconciliation(state.delivery, terms, now, proven_unsent=False)
                moved.append(step.value)
                entries += [replace(entry, actor=signature.ref) for entry in step.entries]
        save_deliveries(tx, moved, entries, REAL.now())
    return [state.delivery.recipient for state in uncertain]


def _is_undecided(state: AttemptState) -> bool:
    return (
        state.status is AttemptStatus.UNCERTAIN
        and state.superseded_by is None
        and not state.delivery.status.is_final
        and not state.holds_claim
    )


def _decision_entry(
    state: AttemptState, decision: str, now: datetime, signature: Signature
) -> LogEntry:
    codes: dict[str, Code] = {
        "attempt": state.number,
        "delivery": state.delivery.id,
        "decision": decision,
        "look_ups": state.look_ups,
    }
    entry = LogEntry(
        incident_id=state.delivery.incident_id,
        kind=LogKind.ATTEMPT_DECIDED,
        happened_at=now,
        actor=signature.ref,
        subject=state.delivery.recipient,
        codes=codes,
    )
    return sign_entry(entry, signature)
