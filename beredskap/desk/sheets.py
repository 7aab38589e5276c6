"""Call sheets: making one, and taking back what was written on it."""

from __future__ import annotations

from dataclasses import dataclass

from beredskap.desk.answering import acknowledge_by_mouth
from beredskap.desk.ports import REAL, Means
from beredskap.desk.signing import sign, sign_entry
from beredskap.domain.call_sheet import CallRow, CallSheet, SheetLine, code_of, read_lines
from beredskap.domain.channel import Channel
from beredskap.domain.incident import Incident
from beredskap.domain.log import LogEntry, LogKind
from beredskap.domain.message import Body
from beredskap.domain.officer import Actor
from beredskap.domain.reach import PersonReach, ReachClass
from beredskap.errors import BeredskapError
from beredskap.review import figures
from beredskap.store.claims import read_bodies
from beredskap.store.corrections import read_everybody, read_launch_facts
from beredskap.store.ledger import Transaction
from beredskap.store.log_book import append
from beredskap.store.people import labels_of
from beredskap.store.personal import KnownPerson, read_people
from beredskap.store.sheets import first_body_digest


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetTaken:
    """What came of a sheet: the answers recorded, and the lines that could not be."""

    recorded: tuple[str, ...]
    """The people whose answers were recorded."""
    left: tuple[tuple[SheetLine, str], ...]
    """Each line that was not taken, and why."""


def make_sheet(means: Means, actor: Actor, incident: Incident) -> CallSheet:
    """Return everybody who has not answered, with numbers; that it was made is logged."""
    with means.ledger.write() as tx:
        sheet = _sheet(tx, incident)
        signature = sign(tx, incident.id, actor, means.actor_key)
        made = LogEntry(
            incident_id=incident.id,
            kind=LogKind.SHEET_MADE,
            happened_at=means.clock.now(),
            actor=signature.ref,
            codes={"persons": len(sheet.rows)},
        )
        append(tx, [sign_entry(made, signature)], REAL.now())
    return sheet


def take_sheet(
    means: Means, actor: Actor, incident: Incident, text: str, by: str | None
) -> SheetTaken:
    """Record every answer on a sheet that can be read; a wrong line costs only itself."""
    with means.ledger.read() as tx:
        everybody = read_everybody(tx, incident.id)
    codes = {code_of(incident.id, n): ref for n, ref in enumerate(everybody, start=1)}
    recorded, left = [], []
    for line in read_lines(text):
        ref = codes.get(line.code)
        if ref is None:
            left.append((line, f"no person of incident {incident.id} has the code {line.code}"))
            continue
        try:
            acknowledge_by_mouth(means, actor, incident, ref, line.answer, by)
        except BeredskapError as error:
            left.append((line, str(error)))
        else:
            recorded.append(ref)
    return SheetTaken(recorded=tuple(recorded), left=tuple(left))


def words_of_launch(tx: Transaction, incident: Incident) -> tuple[dict[str, str], str]:
    """Return the facts of the newest alert and the words of its first message."""
    _, facts = read_launch_facts(tx, incident.id)
    return facts, _script(tx, incident)


def _sheet(tx: Transaction, incident: Incident) -> CallSheet:
    everybody = read_everybody(tx, incident.id)
    known = read_people(tx, everybody)
    labels = labels_of(known)
    reached = {person.person: person for person in figures(tx, incident.id).people}
    rows = []
    for number, ref in enumerate(everybody, start=1):
        told = reached.get(labels[ref])
        if told is not None and told.reach is not ReachClass.ACKNOWLEDGED:
            rows.append(_row(code_of(incident.id, number), labels[ref], known[ref], told))
    return CallSheet(
        incident=incident.id, title=incident.title, rows=tuple(rows), script=_script(tx, incident)
    )


def _row(code: str, label: str, known: KnownPerson, told: PersonReach) -> CallRow:
    return CallRow(
        code=code,
        person=label,
        name=known.name,
        numbers=_addresses(known, Channel.SMS),
        mails=_addresses(known, Channel.EMAIL),
        reach=told.reach,
        answer=told.answer,
    )


def _addresses(known: KnownPerson, channel: Channel) -> tuple[str, ...]:
    """Return each address once; waves of different order keep the same one more than once."""
    return tuple(dict.fromkeys(p.address for p in known.points if p.channel is channel))


def _script(tx: Transaction, incident: Incident) -> str:
    digest = first_body_digest(tx, incident.id)
    if digest is None:
        return ""
    return Body.from_bytes(read_bodies(tx, [digest])[digest]).text
