"""The review of an incident: as an object with stable keys, and as text in two languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from beredskap.domain.channel import Channel
from beredskap.domain.delivery import Reason
from beredskap.domain.incident import IncidentMode
from beredskap.domain.log import iso
from beredskap.domain.reach import PersonReach, ReachClass
from beredskap.domain.report import IncidentFigures
from beredskap.domain.wording import word
from beredskap.review.sentences import LogLine, reason_in_words
from beredskap.review.times import shown, shown_clock, shown_seconds


def review_json(figures: IncidentFigures) -> dict[str, object]:
    """Return an incident's figures under the keys that `alert show` and `review` promise."""
    times = figures.times
    return {
        "incident": figures.incident,
        "mode": figures.mode.value,
        "scenario": figures.scenario,
        "status": figures.status.value,
        "persons": figures.persons,
        "reach": {reach.value: figures.reach.get(reach, 0) for reach in ReachClass},
        "people": [_person_json(person) for person in figures.people],
        "cascades": [
            {
                "id": cascade.id,
                "kind": cascade.kind.value,
                "status": cascade.status.value,
                "persons": cascade.persons,
                "release_at": _iso(cascade.release_at),
                "pause_reason": cascade.pause_reason,
                "reach": _reach_json(cascade.reach),
            }
            for cascade in figures.cascades
        ],
        "times": {
            "launched": _iso(times.launched),
            "first_send": _iso(times.first_send),
            "p50_ack": times.p50_ack,
            "p90_ack": times.p90_ack,
            "completed": _iso(times.completed),
        },
    }


def _reach_json(reach: Mapping[ReachClass, int] | None) -> dict[str, int] | None:
    return None if reach is None else {key.value: reach.get(key, 0) for key in ReachClass}


def review_text(
    figures: IncidentFigures,
    *,
    lang: str,
    zone: str,
    lines: Sequence[LogLine] = (),
    head: str | None = None,
    differences: Sequence[str] | None = None,
) -> str:
    """Return a review to read: what kind of event, who was reached, who was not, and the log.

    The first line says what the event was: no drill is ever mistaken for the real thing.
    """
    told = _TOLD["sv" if lang == "sv" else "en"]
    parts = [
        told[f"first_{figures.mode.value}"],
        "",
        *_heading(figures, told, lang),
        "",
        *_reach(figures, told, lang),
        "",
        *_times(figures, told, lang, zone),
        "",
        *_people(figures, told, lang, zone),
    ]
    if differences is not None:
        parts += ["", *_audited(differences, told)]
    if lines:
        parts += [
            "",
            told["log"],
            *(f"{shown_clock(line.happened_at, zone)}  {line.text}" for line in lines),
        ]
    if head is not None:
        parts += ["", told["head"].format(head=head)]
    return "\n".join(parts).rstrip() + "\n"


def first_line(mode: IncidentMode, lang: str) -> str:
    """Return the line every review of this mode begins with."""
    return _TOLD["sv" if lang == "sv" else "en"][f"first_{mode.value}"]


def _audited(differences: Sequence[str], told: dict[str, str]) -> Iterator[str]:
    """Yield what the audit found; nothing found is said too."""
    if not differences:
        yield told["audit_clean"]
        return
    yield told["audit_found"].format(count=len(differences))
    yield from (f"  !! {line}" for line in differences)


def _heading(figures: IncidentFigures, told: dict[str, str], lang: str) -> Iterator[str]:
    status = word(figures.status, lang)
    yield told["heading"].format(letter=figures.letter, title=figures.title)
    yield told["incident"].format(
        incident=figures.incident, scenario=figures.scenario or "–", status=status
    )
    for cascade in figures.cascades:
        reason = cascade.pause_reason
        why = f" ({reason_in_words(reason, lang)})" if reason else ""
        yield told["cascade"].format(
            id=cascade.id,
            kind=word(cascade.kind, lang),
            status=word(cascade.status, lang) + why,
            persons=cascade.persons,
        )
        if cascade.reach is not None:
            counted = (f"{n} {word(reach, lang)}" for reach, n in cascade.reach.items() if n)
            yield f"    {', '.join(counted)}"


def _reach(figures: IncidentFigures, told: dict[str, str], lang: str) -> Iterator[str]:
    yield told["reach"].format(persons=figures.persons)
    for reach in ReachClass:
        yield f"{figures.reach.get(reach, 0):>7}  {word(reach, lang)}"
    yield told["reach_note"]


def _times(figures: IncidentFigures, told: dict[str, str], lang: str, zone: str) -> Iterator[str]:
    times = figures.times
    yield told["times"].format(zone=zone)
    yield told["launched"].format(at=shown(times.launched, zone, lang))
    yield told["first_send"].format(at=shown(times.first_send, zone, lang))
    never = told["never"]
    yield told["p50"].format(after=shown_seconds(times.p50_ack, lang) or never)
    yield told["p90"].format(after=shown_seconds(times.p90_ack, lang) or never)
    yield told["completed"].format(at=shown(times.completed, zone, lang))


def _people(figures: IncidentFigures, told: dict[str, str], lang: str, zone: str) -> Iterator[str]:
    if not figures.people:
        return
    yield told["people"]
    for reach in reversed(ReachClass):
        group = [person for person in figures.people if person.reach is reach]
        if group:
            yield f"{word(reach, lang).capitalize()} ({len(group)})"
            yield from (f"  {_person_text(person, told, lang, zone)}" for person in group)


def _person_text(person: PersonReach, told: dict[str, str], lang: str, zone: str) -> str:
    parts = [person.name if person.name == person.person else f"{person.name} ({person.person})"]
    if person.stands_in_for:
        parts.append(told["stands_in_for"].format(person=person.stands_in_for))
    if person.answer:
        parts.append(told["answer"].format(answer=person.answer))
    if person.reason:
        parts.append(_said(Reason, person.reason, lang))
    if person.channel:
        parts.append(_said(Channel, person.channel, lang))
    if person.at is not None:
        parts.append(shown_clock(person.at, zone))
    parts.append(told["attempts"].format(count=person.attempts))
    return ", ".join(parts)


def _said(enumeration: type[StrEnum], value: str, lang: str) -> str:
    """Return the word for a code; a channel may also be `officer`, an answer noted by hand."""
    if value in enumeration._value2member_map_:
        return word(enumeration(value), lang)
    return _TOLD["sv" if lang == "sv" else "en"].get(f"by_{value}", value)


def _person_json(person: PersonReach) -> dict[str, object]:
    return {
        "person": person.person,
        "name": person.name,
        "class": person.reach.value,
        "channel": person.channel,
        "at": _iso(person.at),
        "attempts": person.attempts,
        "reason": person.reason,
        "answer": person.answer,
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else iso(at)


_TOLD: dict[str, dict[str, str]] = {
    "sv": {
        "first_live": "SKARPT LÄGE: redovisning av en verklig händelse.",
        "first_drill": "ÖVNING ÖVNING ÖVNING: redovisning av en övning, ingen verklig händelse.",
        "first_test": "TEKNISKT PROV: redovisning av ett prov, ingen verklig händelse.",
        "first_rehearsal": (
            "REPETITION: alla personer och svar är simulerade; ingen fick något meddelande."
        ),
        "heading": "{letter}. {title}",
        "incident": "Händelse {incident}, scenario {scenario}, {status}",
        "cascade": "Utskick {id}: {kind}, {status}, {persons} personer bekräftade",
        "reach": "Nådda av {persons} personer",
        "reach_note": "Bara den som själv har svarat räknas som nådd. Raderna summerar till alla.",
        "times": "Tider ({zone})",
        "launched": "  bekräftat: {at}",
        "first_send": "  första meddelandet hos leverantören: {at}",
        "p50": "  hälften hade svarat efter: {after}",
        "p90": "  nio av tio hade svarat efter: {after}",
        "completed": "  allt avslutat: {at}",
        "never": "har inte inträffat",
        "people": "Personer",
        "stands_in_for": "ersätter {person}",
        "answer": "svar: {answer}",
        "attempts": "{count} försök",
        "by_officer": "noterat av vakthavande",
        "audit_clean": "Granskning: loggen visar det som planen krävde.",
        "audit_found": "GRANSKNING: {count} avvikelser mellan plan och logg.",
        "log": "Logg",
        "head": "Kedjehuvud: {head}",
    },
    "en": {
        "first_live": "LIVE: review of a real event.",
        "first_drill": "DRILL DRILL DRILL: review of an exercise, not of a real event.",
        "first_test": "TECHNICAL TEST: review of a test, not of a real event.",
        "first_rehearsal": (
            "REHEARSAL: every person and answer is simulated; nobody received any message."
        ),
        "heading": "{letter}. {title}",
        "incident": "Incident {incident}, scenario {scenario}, {status}",
        "cascade": "Sending {id}: {kind}, {status}, {persons} persons confirmed",
        "reach": "Reached of {persons} persons",
        "reach_note": "Only who has answered counts as reached. The rows add up to everybody.",
        "times": "Times ({zone})",
        "launched": "  confirmed: {at}",
        "first_send": "  first message with the provider: {at}",
        "p50": "  half had answered after: {after}",
        "p90": "  nine in ten had answered after: {after}",
        "completed": "  everything ended: {at}",
        "never": "has not happened",
        "people": "People",
        "stands_in_for": "stands in for {person}",
        "answer": "answer: {answer}",
        "attempts": "attempts: {count}",
        "by_officer": "noted by an officer",
        "audit_clean": "Audit: the log shows what the plan required.",
        "audit_found": "AUDIT: {count} differences between plan and log.",
        "log": "Log",
        "head": "Chain head: {head}",
    },
}
