"""Who was reached: an incident in figures, derived from the ledger each time they are asked for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from beredskap.domain.cascade import Cascade, CascadeKind
from beredskap.domain.log import LogKind
from beredskap.domain.reach import PersonReach, ReachClass, classify
from beredskap.domain.report import CascadeFigures, IncidentFigures, Times
from beredskap.store.answers import count_unclear
from beredskap.store.cases import read_cascades, read_incident
from beredskap.store.ledger import Transaction
from beredskap.store.log_book import first_entry_at, read_entries
from beredskap.store.people import FREE_TEXT, labels_of, read_free_answers
from beredskap.store.personal import read_people, read_values
from beredskap.store.reading import Evidence, first_accepted_at, read_evidence

_PAGE = 500
_ENDINGS = (LogKind.CASCADE_COMPLETED, LogKind.CASCADE_STOOD_DOWN)


@dataclass(slots=True)
class _Count:
    """What is counted while the people are walked through once."""

    persons: int = 0
    reach: dict[ReachClass, int] = field(default_factory=lambda: dict.fromkeys(ReachClass, 0))
    answered_at: list[datetime] = field(default_factory=list)


def figures(tx: Transaction, incident_id: str, *, with_people: bool = True) -> IncidentFigures:
    """Return an incident in figures; the classes always add up to the persons.

    Raises:
        NotFoundError: there is no such incident.
    """
    incident = read_incident(tx, incident_id)
    cascades = read_cascades(tx, incident.id)
    count = _Count()
    alerts = [cascade.id for cascade in cascades if cascade.kind is CascadeKind.ALERT]
    counted = _counted(read_evidence(tx, incident.id, alerts), count)
    people: tuple[PersonReach, ...] = ()
    if with_people:
        people = tuple(_people(tx, incident.id, counted))
    else:
        for _ in counted:
            pass
    return IncidentFigures(
        incident=incident.id,
        letter=incident.letter,
        mode=incident.mode,
        scenario=incident.scenario_id,
        title=incident.title,
        status=incident.status,
        persons=count.persons,
        reach=count.reach,
        cascades=tuple(_cascade(tx, cascade) for cascade in cascades),
        times=_times(tx, incident.id, cascades, count),
        people=people,
        unclear_replies=count_unclear(tx, incident.id),
    )


def _counted(evidence: Iterable[Evidence], count: _Count) -> Iterator[tuple[Evidence, ReachClass]]:
    for person in evidence:
        reach = classify(person.statuses, is_open=person.is_open)
        count.persons += 1
        count.reach[reach] += 1
        if person.answered_at is not None:
            count.answered_at.append(person.answered_at)
        yield person, reach


def _people(
    tx: Transaction, incident_id: str, counted: Iterator[tuple[Evidence, ReachClass]]
) -> Iterator[PersonReach]:
    free = read_free_answers(tx, incident_id)
    while page := list(islice(counted, _PAGE)):
        yield from _page_of_people(tx, page, free)


def _page_of_people(
    tx: Transaction, page: Sequence[tuple[Evidence, ReachClass]], free: dict[str, str]
) -> Iterator[PersonReach]:
    """Yield people with the names the ledger still holds; the rest show their reference."""
    refs = {evidence.recipient for evidence, _ in page}
    refs |= {e.stands_in_for for e, _ in page if e.stands_in_for is not None}
    known = read_people(tx, refs)
    labels = labels_of(known)
    spoken = read_values(tx, [free[ref] for ref in refs if ref in free])
    for evidence, reach in page:
        answer = evidence.answer
        if answer == FREE_TEXT:
            answer = spoken.get(free.get(evidence.recipient, ""), answer)
        yield PersonReach(
            person=labels[evidence.recipient],
            name=known[evidence.recipient].name,
            reach=reach,
            channel=evidence.channel,
            at=evidence.at,
            attempts=evidence.attempts,
            reason=None if reach is ReachClass.ACKNOWLEDGED else evidence.reason,
            answer=answer,
            needs_help=evidence.needs_help,
            stands_in_for=labels.get(evidence.stands_in_for or ""),
        )


def _cascade(tx: Transaction, cascade: Cascade) -> CascadeFigures:
    """Return a cascade in figures; whom a correction reached is counted apart."""
    own = _Count()
    if cascade.kind is not CascadeKind.ALERT:
        for _ in _counted(read_evidence(tx, cascade.incident_id, [cascade.id]), own):
            pass
    return CascadeFigures(
        id=cascade.id,
        kind=cascade.kind,
        status=cascade.status,
        persons=cascade.persons,
        release_at=cascade.release_at,
        pause_reason=cascade.pause_reason,
        reach=own.reach if cascade.kind is not CascadeKind.ALERT else None,
    )


def _times(tx: Transaction, incident_id: str, cascades: Sequence[Cascade], count: _Count) -> Times:
    launched = first_entry_at(tx, incident_id, LogKind.CASCADE_HELD)
    seconds: list[float] = []
    if launched is not None:
        seconds = sorted(max(0.0, (at - launched).total_seconds()) for at in count.answered_at)
    completed = None
    if cascades and all(cascade.status.is_final for cascade in cascades):
        ends = read_entries(tx, incident_id, kinds=_ENDINGS)
        completed = max((found.entry.happened_at for found in ends), default=None)
    return Times(
        launched=launched,
        first_send=first_accepted_at(tx, incident_id),
        p50_ack=share_answered_after(seconds, count.persons, 0.5),
        p90_ack=share_answered_after(seconds, count.persons, 0.9),
        completed=completed,
    )


def share_answered_after(seconds: Sequence[float], persons: int, share: float) -> float | None:
    """Return after how many seconds a share of all persons had answered, or None if they never did.

    `seconds` are the answers in rising order. Whoever has not answered counts as not yet, never as
    zero and never left out (right-censored).
    """
    needed = math.ceil(share * persons)
    return seconds[needed - 1] if 0 < needed <= len(seconds) else None
