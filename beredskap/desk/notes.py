"""What an officer writes into the log beside the alerts."""

from __future__ import annotations

from datetime import datetime

from beredskap.desk.ports import REAL, Means
from beredskap.desk.signing import sign, sign_entry
from beredskap.domain.incident import Incident
from beredskap.domain.log import Code, LogEntry, LogKind, iso
from beredskap.domain.officer import Actor
from beredskap.errors import UsageError
from beredskap.store.ledger import Transaction
from beredskap.store.log_book import append

NOTE_KINDS = ("note", "decision", "media", "rumour", "question", "promise")
"""What a note may be; a promise is something somebody waits for."""
_LONGEST = 4_000


def note(
    means: Means, actor: Actor, incident: Incident, text: str, kind: str, due: datetime | None
) -> None:
    """Write something into the log, also of a closed incident; the text is kept as personal.

    Raises:
        UsageError: the text is empty or too long, the kind unknown, or the time has no zone.
    """
    stripped = text.strip()
    if not stripped:
        raise UsageError("The note is empty; write its text after the incident.")
    if len(stripped) > _LONGEST:
        raise UsageError(f"The note is longer than {_LONGEST} characters; divide it.")
    if kind not in NOTE_KINDS:
        raise UsageError(f"A note cannot be a '{kind}'; it is one of {', '.join(NOTE_KINDS)}.")
    if due is not None and due.tzinfo is None:
        raise UsageError("The time the note is due has no time zone; the program needs one.")
    with means.ledger.write() as tx:
        _write(tx, means, actor, incident, stripped, kind, due)


def _write(
    tx: Transaction,
    means: Means,
    actor: Actor,
    incident: Incident,
    text: str,
    kind: str,
    due: datetime | None,
) -> None:
    signature = sign(tx, incident.id, actor, means.actor_key, text=text)
    codes: dict[str, Code] = {"kind": kind}
    if due is not None:
        codes["due"] = iso(due)
    entry = LogEntry(
        incident_id=incident.id,
        kind=LogKind.NOTE,
        happened_at=means.clock.now(),
        actor=signature.ref,
        codes=codes,
    )
    append(tx, [sign_entry(entry, signature)], REAL.now())
