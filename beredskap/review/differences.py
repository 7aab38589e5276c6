"""Telling what an audit found, in two languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from beredskap.domain.log import LogEntry
from beredskap.domain.reach import ReachClass
from beredskap.domain.wording import word
from beredskap.review.audit import Difference, DifferenceKind, audit
from beredskap.store.ledger import Transaction
from beredskap.store.log_book import read_entries
from beredskap.store.people import labels_of
from beredskap.store.personal import read_people

_PAGE = 500


def audit_incident(
    tx: Transaction, incident_id: str, reach: Mapping[ReachClass, int]
) -> tuple[Difference, ...]:
    """Return every difference between plans and log of an incident; `reach` is what is shown."""
    return audit(_entries(tx, incident_id), reach)


def tell_differences(
    tx: Transaction, differences: Sequence[Difference], lang: str
) -> tuple[str, ...]:
    """Return a sentence for each difference; people are named as officers know them."""
    people = read_people(tx, sorted({d.person for d in differences if d.person is not None}))
    labels = labels_of(people)
    told = _TOLD["sv" if lang == "sv" else "en"]
    return tuple(
        told[one.kind].format(
            cascade=one.cascade,
            person=labels.get(one.person or "", ""),
            wave=one.wave if one.kind is not DifferenceKind.TOTALS else _reach(one, lang),
            planned=one.planned,
            found=one.found,
        )
        for one in differences
    )


def _reach(one: Difference, lang: str) -> str:
    return word(ReachClass(one.wave or ""), lang)


def _entries(tx: Transaction, incident_id: str) -> Iterator[LogEntry]:
    after = 0
    while page := read_entries(tx, incident_id, after_id=after, most=_PAGE):
        yield from (recorded.entry for recorded in page)
        after = page[-1].id


_TOLD: dict[str, dict[DifferenceKind, str]] = {
    "sv": {
        DifferenceKind.COUNT: (
            "Utskick {cascade}: {planned} personer bekräftades och {found} står i planen."
        ),
        DifferenceKind.UNPLANNED: (
            "Utskick {cascade}, våg {wave}: något skickades till {person}, som inte står i planen."
        ),
        DifferenceKind.NOT_RUNNING: (
            "Utskick {cascade}, våg {wave}: något skickades till {person} före starten, under en "
            "paus eller efter slutet."
        ),
        DifferenceKind.WAVE_CLOSED: (
            "Utskick {cascade}, våg {wave}: något skickades till {person} när vågen inte var öppen."
        ),
        DifferenceKind.OVERTAKEN: (
            "Utskick {cascade}, våg {wave}: något skickades till {person} efter rättelsen."
        ),
        DifferenceKind.TWICE: (
            "Utskick {cascade}: ett andra meddelande gick till {person}, och loggen säger inte "
            "varför."
        ),
        DifferenceKind.UNTOLD: (
            "Utskick {cascade} är slut, och loggen säger inte hur det gick för {person}."
        ),
        DifferenceKind.UNCORRECTED: (
            "Rättelsen {cascade} går inte till {person}, som kan ha fått det tidigare meddelandet."
        ),
        DifferenceKind.TOTALS: (
            "Loggen ger {planned} och liggaren {found} personer i klassen {wave}."
        ),
    },
    "en": {
        DifferenceKind.COUNT: (
            "Sending {cascade}: {planned} persons were confirmed and {found} are in the plan."
        ),
        DifferenceKind.UNPLANNED: (
            "Sending {cascade}, wave {wave}: something was sent to {person}, who is in no plan."
        ),
        DifferenceKind.NOT_RUNNING: (
            "Sending {cascade}, wave {wave}: something was sent to {person} before the start, "
            "during a pause or after the end."
        ),
        DifferenceKind.WAVE_CLOSED: (
            "Sending {cascade}, wave {wave}: something was sent to {person} while the wave was not "
            "open."
        ),
        DifferenceKind.OVERTAKEN: (
            "Sending {cascade}, wave {wave}: something was sent to {person} after the correction."
        ),
        DifferenceKind.TWICE: (
            "Sending {cascade}: a second message went to {person}, and the log does not say why."
        ),
        DifferenceKind.UNTOLD: (
            "Sending {cascade} has ended, and the log does not say what became of {person}."
        ),
        DifferenceKind.UNCORRECTED: (
            "The correction {cascade} does not go to {person}, to whom the earlier message may "
            "have come."
        ),
        DifferenceKind.TOTALS: (
            "The log gives {planned} and the ledger {found} persons in the class {wave}."
        ),
    },
}
