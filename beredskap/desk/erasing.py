"""Carrying out a decision to erase a person from an incident; the chain of the log stays whole."""

from __future__ import annotations

from dataclasses import dataclass

from beredskap.desk.answering import find_or_refuse
from beredskap.desk.ports import REAL, Means
from beredskap.desk.signing import sign, sign_entry
from beredskap.domain.incident import Incident
from beredskap.domain.log import LogEntry, LogKind
from beredskap.domain.officer import Actor
from beredskap.store.ledger import Transaction
from beredskap.store.log_book import append
from beredskap.store.people import erase_values, values_about

_NAMED_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Erasure:
    """What is, or would be, erased of a person."""

    incident: str
    recipient: str
    """The person's reference, which stays."""
    refs: tuple[str, ...]
    """References of the values."""
    is_done: bool


def erase(
    means: Means, actor: Actor, incident: Incident, person: str, decision_ref: str | None
) -> Erasure:
    """Erase everything kept about a person in an incident; without a decision, only list it.

    What the person wrote and what was noted of them goes too; the entries stay, with commitments
    that nobody can open any more.

    Raises:
        NotFoundError: nobody in the incident is called that.
    """
    decision = (decision_ref or "").strip()
    if not decision:
        with means.ledger.read() as tx:
            recipient = find_or_refuse(tx, incident, person)
            refs = values_about(tx, incident.id, recipient)
        return Erasure(incident=incident.id, recipient=recipient, refs=refs, is_done=False)
    with means.ledger.write() as tx:
        recipient = find_or_refuse(tx, incident, person)
        refs = values_about(tx, incident.id, recipient)
        erase_values(tx, incident.id, recipient, refs)
        _log(tx, means, actor, incident, recipient, refs, decision)
    return Erasure(incident=incident.id, recipient=recipient, refs=refs, is_done=True)


def _log(
    tx: Transaction,
    means: Means,
    actor: Actor,
    incident: Incident,
    recipient: str,
    refs: tuple[str, ...],
    decision: str,
) -> None:
    signature = sign(tx, incident.id, actor, means.actor_key)
    for start in range(0, max(len(refs), 1), _NAMED_AT_ONCE):
        entry = LogEntry(
            incident_id=incident.id,
            kind=LogKind.VALUE_ERASED,
            happened_at=means.clock.now(),
            actor=signature.ref,
            subject=recipient,
            codes={"decision": decision, "refs": list(refs[start : start + _NAMED_AT_ONCE])},
        )
        append(tx, [sign_entry(entry, signature)], REAL.now())
