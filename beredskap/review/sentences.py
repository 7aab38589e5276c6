"""Log entries as sentences, made when somebody reads them and in the reader's language.

Names come from the personal values the ledger still holds; an erased person stays a reference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from beredskap.domain.attempt import AttemptStatus
from beredskap.domain.cascade import CascadeKind
from beredskap.domain.channel import Channel
from beredskap.domain.delivery import DeliveryStatus, Reason
from beredskap.domain.incident import IncidentMode
from beredskap.domain.log import ENGINE, LogEntry, LogKind
from beredskap.domain.wording import word
from beredskap.review.times import shown_clock
from beredskap.store.ledger import Transaction
from beredskap.store.log_book import RecordedEntry
from beredskap.store.people import FREE_TEXT
from beredskap.store.personal import read_values

_SHOWN_NAMES = 3
"""How many people a sentence about many names; the rest are counted."""
_TEXT_CODES = ("text", "by", "title")
"""Codes that hold the reference of a text to be quoted."""
_REFERENCE = re.compile(r"[a-z]_[0-9a-f]{12}")
_KNOWN_WORDS: Mapping[str, type[StrEnum]] = {
    "reason": Reason,
    "status": AttemptStatus,
    "to": DeliveryStatus,
    "channel": Channel,
    "kind": CascadeKind,
    "mode": IncidentMode,
}
"""Code → the enumeration its value belongs to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LogLine:
    """One line of the log as people read it."""

    id: int
    incident: str
    seq: int | None
    happened_at: datetime
    recorded_at: datetime
    kind: LogKind
    text: str


def tell(
    tx: Transaction, entries: Sequence[RecordedEntry], *, lang: str, zone: str
) -> tuple[LogLine, ...]:
    """Return entries as sentences, in the order given; times in them are in the zone."""
    lang = lang if lang in _TEMPLATES else "en"
    values = read_values(tx, _refs(found.entry for found in entries))
    names = _Names(values, lang, zone)
    return tuple(
        LogLine(
            id=found.id,
            incident=found.entry.incident_id,
            seq=found.seq,
            happened_at=found.entry.happened_at,
            recorded_at=found.recorded_at,
            kind=found.entry.kind,
            text=_sentence(found.entry, names),
        )
        for found in entries
    )


def reason_in_words(reason: str, lang: str) -> str:
    """Return why a cascade was paused or ended, as people say it."""
    return _THINGS["sv" if lang == "sv" else "en"].get(reason, reason)


class _Names:
    """Turns references into names and texts, in one language."""

    def __init__(self, values: Mapping[str, str], lang: str, zone: str) -> None:
        self._values, self.lang, self.zone = values, lang, zone

    def name(self, ref: str | None) -> str:
        if ref is None:
            return self.thing("nobody")
        if ref in (ENGINE, "provider"):
            return self.thing(ref)
        held = self._values.get(ref)
        if held is None:
            return ref
        return str(json.loads(held)["name"])

    def text(self, ref: object) -> str:
        return self._values.get(str(ref), self.thing("erased"))

    def thing(self, key: str) -> str:
        return _THINGS[self.lang].get(key, key)


def _sentence(entry: LogEntry, names: _Names) -> str:
    """Return one entry as one sentence."""
    template = _TEMPLATES[names.lang][_template_key(entry)]
    told = template.format_map(_Fields(entry, names)).strip()
    return told if _REFERENCE.match(told) else told[:1].upper() + told[1:]


def _template_key(entry: LogEntry) -> str:
    """Return the kind, or the kind with what makes this entry read differently."""
    codes = entry.codes
    if entry.kind is LogKind.PEOPLE_PLANNED and codes.get("standby"):
        return "people_standing_by"
    if entry.kind is LogKind.REPLY_UNCLEAR and codes.get("automatic"):
        return "reply_automatic"
    if entry.kind is LogKind.ACKNOWLEDGED and entry.actor.startswith("o_"):
        return "acknowledged_by_officer"
    if entry.kind is LogKind.PERSON_SKIPPED and codes.get("reason") == Reason.DUPLICATE.value:
        return "duplicate_merged"
    if entry.kind is LogKind.CASCADE_STOOD_DOWN and codes.get("nothing_sent"):
        return "stood_down_unsent"
    if entry.kind is LogKind.ATTEMPT_NEWS and entry.subject is not None:
        return "attempt_news_of_one"
    return entry.kind.value


class _Fields(dict[str, str]):
    """What a template may name, worked out only when it is named."""

    def __init__(self, entry: LogEntry, names: _Names) -> None:
        super().__init__()
        self._entry, self._codes, self._names = entry, entry.codes, names

    def __missing__(self, field: str) -> str:
        worked_out = _WORKED_OUT.get(field)
        return worked_out(self) if worked_out is not None else self._code(field)

    def who(self) -> str:
        return self._names.name(self._entry.actor)

    def whom(self) -> str:
        return self._names.name(self._entry.subject)

    def instead_of(self) -> str:
        return self._names.name(str(self._codes.get("for")))

    def count(self) -> str:
        return str(len(self._refs_held()))

    def nth(self) -> str:
        attempts = self._codes.get("attempts")
        return ", ".join(map(str, attempts.values())) if isinstance(attempts, dict) else ""

    def people(self) -> str:
        refs = self._refs_held()
        if len(refs) > _SHOWN_NAMES:
            return ""
        return f" ({', '.join(self._names.name(ref) for ref in refs)})"

    def crowd(self) -> str:
        return self._crowd_of(len(self._refs_held()))

    def confirmed(self) -> str:
        persons = self._codes.get("persons")
        return self._crowd_of(persons if isinstance(persons, int) else 0)

    def titled(self) -> str:
        return f": {self['title']}" if self["title"] else ""

    def why(self) -> str:
        text, reason, code = self["text"], self["reason"], self._codes.get("code")
        if text:
            return f": {text}"
        if reason:
            return f": {self._names.thing(reason)}"
        return f" ({code})" if code else ""

    def said(self) -> str:
        meaning = str(self._codes.get("meaning", ""))
        said = self["text"] if meaning == FREE_TEXT else meaning
        by = self["by"]
        said_by = f" ({self._names.thing('by')} {by})" if by else ""
        late = f" ({self._names.thing('late')})" if self._codes.get("late") else ""
        return f"{said}{said_by}{late}"

    def changed(self) -> str:
        files = self._codes.get("changed")
        if not isinstance(files, list) or not files:
            return ""
        return f"; {self._names.thing('changed')}: {', '.join(files)}"

    def record(self) -> str:
        return self._names.text(self._codes.get("record"))

    def decision(self) -> str:
        return self._names.thing(str(self._codes.get("decision", "")))

    def note_kind(self) -> str:
        return self._names.thing(str(self._codes.get("kind", "")))

    def due(self) -> str:
        due = self._codes.get("due")
        if not isinstance(due, str):
            return ""
        at = shown_clock(datetime.fromisoformat(due), self._names.zone)
        return f"({self._names.thing('due')} {at})"

    def _code(self, field: str) -> str:
        value = self._codes.get(field)
        if field in _TEXT_CODES:
            return self._names.text(value) if value is not None else ""
        enumeration = _KNOWN_WORDS.get(field)
        if enumeration is not None and value in [member.value for member in enumeration]:
            return word(enumeration(str(value)), self._names.lang)
        return "" if value is None else str(value)

    def _refs_held(self) -> list[str]:
        held = self._codes.get("attempts") or self._codes.get("people") or []
        return list(held) if isinstance(held, (list, dict)) else []

    def _crowd_of(self, count: int) -> str:
        return f"{count} {self._names.thing('person' if count == 1 else 'persons')}"


_WORKED_OUT: Mapping[str, Callable[[_Fields], str]] = {
    "who": _Fields.who,
    "whom": _Fields.whom,
    "for": _Fields.instead_of,
    "count": _Fields.count,
    "nth": _Fields.nth,
    "people": _Fields.people,
    "crowd": _Fields.crowd,
    "confirmed": _Fields.confirmed,
    "titled": _Fields.titled,
    "why": _Fields.why,
    "said": _Fields.said,
    "changed": _Fields.changed,
    "record": _Fields.record,
    "decision": _Fields.decision,
    "notekind": _Fields.note_kind,
    "due": _Fields.due,
}
"""What a template may name beside the entry's codes themselves."""


def _refs(entries: Iterable[LogEntry]) -> set[str]:
    """Return the references whose values the sentences name."""
    refs: set[str] = set()
    for entry in entries:
        refs |= {entry.actor, entry.subject or ""}
        for code in (*_TEXT_CODES, "record", "for"):
            refs.add(str(entry.codes.get(code, "")))
        attempts = entry.codes.get("attempts")
        if isinstance(attempts, dict) and len(attempts) <= _SHOWN_NAMES:
            refs |= set(attempts)
    return refs - {"", ENGINE, "provider"}


_THINGS: dict[str, dict[str, str]] = {
    "sv": {
        "nobody": "ingen",
        "person": "person",
        "persons": "personer",
        "engine": "programmet",
        "provider": "leverantören",
        "erased": "(raderat)",
        "by": "enligt",
        "late": "för sent för vågen",
        "due": "senast",
        "changed": "ändrat sedan scenariot antogs",
        "resend": "skicka igen",
        "leave": "låt vara",
        "note": "anteckning",
        "decision": "beslut",
        "media": "media",
        "rumour": "rykte",
        "question": "fråga",
        "promise": "löfte",
        "officer": "ingen orsak angiven",
        "launch_failed": "förberedelsen misslyckades",
        "abandoned": "förberedelsen övergavs",
        "approval_expired": "ingen godkände i tid",
        "false_alarm": "falskt larm",
        "all_clear": "faran över",
    },
    "en": {
        "nobody": "nobody",
        "person": "person",
        "persons": "persons",
        "engine": "the program",
        "provider": "the provider",
        "erased": "(erased)",
        "by": "according to",
        "late": "too late for the wave",
        "due": "by",
        "changed": "changed since the scenario was adopted",
        "resend": "send again",
        "leave": "leave it",
        "note": "note",
        "decision": "decision",
        "media": "media",
        "rumour": "rumour",
        "question": "question",
        "promise": "promise",
        "officer": "no reason given",
        "launch_failed": "the preparation failed",
        "abandoned": "the preparation was abandoned",
        "approval_expired": "nobody approved in time",
        "false_alarm": "false alarm",
        "all_clear": "all clear",
    },
}

_TEMPLATES: dict[str, dict[str, str]] = {
    "sv": {
        "incident_opened": "{who} öppnade händelsen ({mode}){titled}.",
        "incident_closed": "{who} avslutade händelsen{why}.",
        "diary_number": "{who} angav diarienummer {number}.",
        "cascade_prepared": "{who} förberedde {kind} till {confirmed}{changed}.",
        "people_planned": "{crowd} lades in i vågen {wave}.",
        "people_standing_by": "{crowd} står beredda som ersättare.",
        "person_skipped": "{whom} får inget utskick i vågen {wave}{why}.",
        "duplicate_merged": "posten {record} är samma person som {whom} och räknas en gång.",
        "approval_asked": "{who} bekräftade utskick till {confirmed}; fler måste godkänna.",
        "approval_given": "{who} godkände utskicket till {confirmed}.",
        "approval_refused": "{who} godkände inte utskicket{why}.",
        "glass_broken": "{who} startade ENSAM utan den andra personen{why}.",
        "cascade_held": (
            "{who} bekräftade utskick till {confirmed}; det startar om {hold} s "
            "om ingen stoppar det."
        ),
        "cascade_released": "utskicket startade.",
        "cascade_paused": "{who} pausade utskicket{why}.",
        "cascade_resumed": "{who} återupptog utskicket.",
        "cascade_stood_down": "{who} stoppade utskicket{why}.",
        "stood_down_unsent": "{who} stoppade utskicket{why}. Ingenting hade skickats.",
        "cascade_completed": "utskicket är klart: alla vågor är avslutade.",
        "wave_opened": "vågen {wave} öppnades.",
        "wave_satisfied": "vågen {wave} fick de svar som behövdes.",
        "wave_expired": "tiden tog slut för vågen {wave}.",
        "wave_cancelled": "vågen {wave} avbröts.",
        "attempts_started": "{count} försök på {channel} påbörjades i vågen {wave}{people}.",
        "attempt_news": "{count} försök på {channel}{people}: {status}{why}.",
        "attempt_news_of_one": "försök {nth} på {channel} till {whom}: {status}{why}.",
        "attempt_decided": "{who} om det oklara försöket till {whom}: {decision}.",
        "delivery_moved": "{whom}: {to}{why}.",
        "deputy_promoted": "{whom} kallades in för {for}.",
        "person_added": "{who} lade till {whom} i vågen {wave}.",
        "person_excluded": "{who} undantog {whom}{why}.",
        "acknowledged": "{whom} svarade: {said}.",
        "acknowledged_by_officer": "{who} noterade svar från {whom}: {said}.",
        "reply_unclear": "ett svar från {whom} på {channel} gick inte att tolka: {text}",
        "reply_automatic": "ett automatiskt svar kom från {whom}; det räknas inte.",
        "reply_unmatched": "ett svar kom som inte hör till någon fråga.",
        "sheet_made": "{who} gjorde en ringlista med {confirmed}.",
        "note": "{who}, {notekind}: {text} {due}",
        "route_alarm": "vägen {route} stoppades{why}.",
        "engine_started": "en motor tog över arbetet.",
        "value_erased": "{who} raderade uppgifter om {whom} enligt beslut {decision}.",
    },
    "en": {
        "incident_opened": "{who} opened the incident ({mode}){titled}.",
        "incident_closed": "{who} closed the incident{why}.",
        "diary_number": "{who} set diary number {number}.",
        "cascade_prepared": "{who} prepared {kind} to {confirmed}{changed}.",
        "people_planned": "{crowd} planned into wave {wave}.",
        "people_standing_by": "{crowd} standing by as deputies.",
        "person_skipped": "{whom} gets no message in wave {wave}{why}.",
        "duplicate_merged": "record {record} is the same person as {whom} and counts once.",
        "approval_asked": "{who} confirmed sending to {confirmed}; others must approve.",
        "approval_given": "{who} approved sending to {confirmed}.",
        "approval_refused": "{who} did not approve sending{why}.",
        "glass_broken": "{who} started ALONE without the second person{why}.",
        "cascade_held": (
            "{who} confirmed sending to {confirmed}; it starts in {hold} s unless stopped."
        ),
        "cascade_released": "sending started.",
        "cascade_paused": "{who} paused sending{why}.",
        "cascade_resumed": "{who} resumed sending.",
        "cascade_stood_down": "{who} stopped sending{why}.",
        "stood_down_unsent": "{who} stopped sending{why}. Nothing had been sent.",
        "cascade_completed": "sending is completed: every wave has ended.",
        "wave_opened": "wave {wave} opened.",
        "wave_satisfied": "wave {wave} had the answers it needed.",
        "wave_expired": "wave {wave} ran out of time.",
        "wave_cancelled": "wave {wave} was cancelled.",
        "attempts_started": "{count} attempts by {channel} were started in wave {wave}{people}.",
        "attempt_news": "{count} attempts by {channel}{people}: {status}{why}.",
        "attempt_news_of_one": "attempt {nth} by {channel} at {whom}: {status}{why}.",
        "attempt_decided": "{who} on the uncertain attempt at {whom}: {decision}.",
        "delivery_moved": "{whom}: {to}{why}.",
        "deputy_promoted": "{whom} was called in for {for}.",
        "person_added": "{who} added {whom} to wave {wave}.",
        "person_excluded": "{who} excluded {whom}{why}.",
        "acknowledged": "{whom} answered: {said}.",
        "acknowledged_by_officer": "{who} noted an answer from {whom}: {said}.",
        "reply_unclear": "a reply from {whom} by {channel} could not be read: {text}",
        "reply_automatic": "an automatic reply came from {whom}; it does not count.",
        "reply_unmatched": "a reply came that matches no question.",
        "sheet_made": "{who} made a call sheet of {confirmed}.",
        "note": "{who}, {notekind}: {text} {due}",
        "route_alarm": "route {route} was stopped{why}.",
        "engine_started": "an engine took over the work.",
        "value_erased": "{who} erased values about {whom} under decision {decision}.",
    },
}
