"""How an officer's act stands in the log: by reference, with what they wrote beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from beredskap.domain.log import Code, LogEntry
from beredskap.domain.officer import Actor
from beredskap.domain.transition import Transition
from beredskap.store.ledger import Transaction
from beredskap.store.personal import keep_actor, keep_values, new_ref

Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    """Who acted, and the references of what they wrote."""

    ref: str
    """Reference of the officer in the incident."""
    codes: Mapping[str, Code] = field(default_factory=dict)
    """Name of each text → its reference."""
    commitments: Mapping[str, str] = field(default_factory=dict)


def sign(
    tx: Transaction, incident_id: str, actor: Actor, key: bytes, **texts: str | None
) -> Signature:
    """Keep who acts and the texts they wrote, and return the references to log."""
    ref, commitments = keep_actor(tx, incident_id, actor, key)
    refs = {name: (new_ref("t"), text) for name, text in texts.items() if text}
    held = keep_values(tx, incident_id, dict(refs.values()))
    return Signature(
        ref=ref,
        codes={name: text_ref for name, (text_ref, _) in refs.items()},
        commitments={**commitments, **held},
    )


def signed(transition: Transition[Value], signature: Signature) -> Transition[Value]:
    """Return a transition whose entries carry what the officer committed to."""
    return replace(
        transition, entries=tuple(sign_entry(entry, signature) for entry in transition.entries)
    )


def sign_entry(entry: LogEntry, signature: Signature) -> LogEntry:
    """Return a log entry that carries what the officer committed to."""
    return replace(
        entry,
        codes={**entry.codes, **signature.codes},
        commitments={**entry.commitments, **signature.commitments},
    )
