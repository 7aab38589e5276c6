"""How the enumerations are said to people: one complete table in Swedish and one in English.

A word is short enough for a table cell and whole enough to stand after a name in a sentence. Only
`ReachClass.ACKNOWLEDGED` is ever called "reached".
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from beredskap.domain.attempt import AttemptStatus
from beredskap.domain.cascade import CascadeKind, CascadeStatus
from beredskap.domain.channel import Channel
from beredskap.domain.delivery import DeliveryStatus, Reason
from beredskap.domain.incident import IncidentMode, IncidentStatus
from beredskap.domain.log import LogKind
from beredskap.domain.reach import ReachClass
from beredskap.domain.scenario import Opening, OpensWhen
from beredskap.domain.wave import WaveStatus

LANGUAGES = ("sv", "en")
"""The languages people read the program in; any other language is answered in English."""

Table = Mapping[type[StrEnum], Mapping[str, str]]
"""Enumeration → value → word; by type first, since the same value may stand in several."""


def opening_in_words(opening: Opening, lang: str) -> str:
    """Return when a wave opens, as people say it."""
    is_swedish = lang == "sv"
    minutes, seconds = divmod(opening.after_seconds, 60)
    wait = " ".join(
        part
        for part in (f"{minutes} min" if minutes else "", f"{seconds} s" if seconds else "")
        if part
    )
    if opening.when is OpensWhen.RELEASE:
        if not wait:
            return "genast" if is_swedish else "at once"
        return f"efter {wait}" if is_swedish else f"after {wait}"
    said = _OPENS[opening.when][0 if is_swedish else 1].format(wave=opening.wave)
    if not wait:
        return said
    return f"{wait} efter det: {said}" if is_swedish else f"{wait} after that: {said}"


def word(member: StrEnum, lang: str) -> str:
    """Return how a member of an enumeration is said in a language."""
    table = SWEDISH if lang == "sv" else ENGLISH
    return table[type(member)][member.value]


SWEDISH: Table = {
    ReachClass: {
        ReachClass.ACKNOWLEDGED: "nådd, har svarat",
        ReachClass.DELIVERED: "framme hos mottagaren, inget svar",
        ReachClass.HANDED_OVER: "lämnat till operatören, okänt om det kom fram",
        ReachClass.UNCERTAIN: "oklart om det gick iväg",
        ReachClass.IN_PROGRESS: "försök pågår",
        ReachClass.NOT_REACHED: "inte nådd",
    },
    DeliveryStatus: {
        DeliveryStatus.WAITING: "väntar på sin tur",
        DeliveryStatus.IN_PROGRESS: "är på väg",
        DeliveryStatus.AWAITING_ACKNOWLEDGEMENT: "lämnat, väntar på svar",
        DeliveryStatus.ACKNOWLEDGED: "har svarat",
        DeliveryStatus.INFORMED: "informerad, inget svar begärt",
        DeliveryStatus.UNREACHED: "gick inte att nå",
        DeliveryStatus.SKIPPED: "får inget utskick",
        DeliveryStatus.CANCELLED: "avbrutet",
    },
    AttemptStatus: {
        AttemptStatus.PLANNED: "planerat",
        AttemptStatus.SENDING: "skickas nu",
        AttemptStatus.UNCERTAIN: "oklart om det gick iväg",
        AttemptStatus.ACCEPTED: "mottaget av leverantören",
        AttemptStatus.SENT: "lämnat vidare av leverantören",
        AttemptStatus.DELIVERY_UNKNOWN: "inget kvitto kom, kan ha kommit fram",
        AttemptStatus.EXPIRED: "för sent, togs bort ur kön",
        AttemptStatus.CANCELLED: "avbrutet innan det gick iväg",
        AttemptStatus.DELIVERED: "framme hos mottagaren",
        AttemptStatus.FAILED_RETRYABLE: "misslyckades den här gången",
        AttemptStatus.FAILED_PERMANENT: "adressen fungerar inte",
        AttemptStatus.ACKNOWLEDGED: "besvarat",
    },
    Reason: {
        Reason.NO_ADDRESS: "ingen adress i listorna",
        Reason.BAD_NUMBER: "numret i listorna är fel",
        Reason.BAD_EMAIL: "e-postadressen i listorna är fel",
        Reason.OPTED_OUT: "har tackat nej till meddelanden",
        Reason.ON_LEAVE: "är ledig eller sjuk",
        Reason.DUPLICATE: "dubblett av någon som redan är med",
        Reason.EXCLUDED: "undantagen",
        Reason.PROTECTED: "skyddade uppgifter och ingen kontaktväg",
        Reason.DEAD_ADDRESSES: "ingen adress fungerade",
        Reason.NO_ANSWER: "inget svar i tid",
        Reason.NOT_SENT_IN_TIME: "tiden tog slut innan något kunde skickas",
        Reason.ROUTE_STOPPED: "den enda vägen ut är stoppad",
    },
    IncidentMode: {
        IncidentMode.LIVE: "SKARPT LÄGE",
        IncidentMode.DRILL: "ÖVNING",
        IncidentMode.TEST: "TEKNISKT PROV",
        IncidentMode.REHEARSAL: "REPETITION",
    },
    IncidentStatus: {
        IncidentStatus.OPEN: "pågår",
        IncidentStatus.CLOSED: "avslutad",
    },
    CascadeKind: {
        CascadeKind.ALERT: "larm",
        CascadeKind.UPDATE: "uppdatering",
        CascadeKind.FALSE_ALARM: "falskt larm",
        CascadeKind.ALL_CLEAR: "faran över",
    },
    CascadeStatus: {
        CascadeStatus.PREPARING: "förbereds",
        CascadeStatus.AWAITING_APPROVAL: "väntar på en andra persons godkännande",
        CascadeStatus.HELD: "bekräftat, nedräkning pågår",
        CascadeStatus.RUNNING: "pågår",
        CascadeStatus.PAUSED: "pausat",
        CascadeStatus.COMPLETED: "klart",
        CascadeStatus.STOOD_DOWN: "stoppat",
    },
    WaveStatus: {
        WaveStatus.PENDING: "väntar",
        WaveStatus.OPEN: "pågår",
        WaveStatus.SATISFIED: "fick de svar som behövdes",
        WaveStatus.EXPIRED: "tiden tog slut",
        WaveStatus.CANCELLED: "avbruten",
    },
    Channel: {
        Channel.SMS: "sms",
        Channel.EMAIL: "e-post",
        Channel.WEB: "webbplatsen",
        Channel.INTRANET: "intranätet",
        Channel.CALL: "telefonsamtal",
        Channel.NOTICE: "anslag",
    },
    LogKind: {
        LogKind.INCIDENT_OPENED: "händelsen öppnades",
        LogKind.INCIDENT_CLOSED: "händelsen avslutades",
        LogKind.DIARY_NUMBER: "diarienumret angavs",
        LogKind.CASCADE_PREPARED: "utskicket förbereddes",
        LogKind.PEOPLE_PLANNED: "mottagare lades in",
        LogKind.PERSON_SKIPPED: "en person får inget utskick",
        LogKind.APPROVAL_ASKED: "en andra person behövs",
        LogKind.APPROVAL_GIVEN: "en andra person godkände",
        LogKind.APPROVAL_REFUSED: "en andra person sade nej",
        LogKind.GLASS_BROKEN: "NÖDUTLÖSNING utan en andra person",
        LogKind.CASCADE_HELD: "utskicket bekräftades",
        LogKind.CASCADE_RELEASED: "utskicket startade",
        LogKind.CASCADE_PAUSED: "utskicket pausades",
        LogKind.CASCADE_RESUMED: "utskicket återupptogs",
        LogKind.CASCADE_STOOD_DOWN: "utskicket stoppades",
        LogKind.CASCADE_COMPLETED: "utskicket blev klart",
        LogKind.WAVE_OPENED: "vågen öppnades",
        LogKind.WAVE_SATISFIED: "vågen fick de svar som behövdes",
        LogKind.WAVE_EXPIRED: "vågens tid tog slut",
        LogKind.WAVE_CANCELLED: "vågen avbröts",
        LogKind.ATTEMPTS_STARTED: "försök påbörjades",
        LogKind.ATTEMPT_NEWS: "besked om försök",
        LogKind.ATTEMPT_DECIDED: "beslut om ett oklart försök",
        LogKind.DELIVERY_MOVED: "läget ändrades för en person",
        LogKind.DEPUTY_PROMOTED: "en ersättare kallades in",
        LogKind.PERSON_ADDED: "en person lades till",
        LogKind.PERSON_EXCLUDED: "en person undantogs",
        LogKind.ACKNOWLEDGED: "ett svar noterades",
        LogKind.REPLY_UNCLEAR: "ett svar gick inte att tolka",
        LogKind.REPLY_UNMATCHED: "ett svar hör inte till någon fråga",
        LogKind.SHEET_MADE: "ringlista gjord",
        LogKind.NOTE: "anteckning",
        LogKind.ROUTE_ALARM: "en väg ut stoppades",
        LogKind.ENGINE_STARTED: "en motor tog över arbetet",
        LogKind.VALUE_ERASED: "personuppgifter raderades",
    },
}

ENGLISH: Table = {
    ReachClass: {
        ReachClass.ACKNOWLEDGED: "reached, has answered",
        ReachClass.DELIVERED: "message arrived, no answer",
        ReachClass.HANDED_OVER: "with the carrier, arrival unknown",
        ReachClass.UNCERTAIN: "unclear whether it left",
        ReachClass.IN_PROGRESS: "being tried",
        ReachClass.NOT_REACHED: "not reached",
    },
    DeliveryStatus: {
        DeliveryStatus.WAITING: "waits for its turn",
        DeliveryStatus.IN_PROGRESS: "on its way",
        DeliveryStatus.AWAITING_ACKNOWLEDGEMENT: "handed over, awaiting an answer",
        DeliveryStatus.ACKNOWLEDGED: "has answered",
        DeliveryStatus.INFORMED: "informed, no answer asked for",
        DeliveryStatus.UNREACHED: "could not be reached",
        DeliveryStatus.SKIPPED: "gets no message",
        DeliveryStatus.CANCELLED: "cancelled",
    },
    AttemptStatus: {
        AttemptStatus.PLANNED: "planned",
        AttemptStatus.SENDING: "being sent",
        AttemptStatus.UNCERTAIN: "unclear whether it left",
        AttemptStatus.ACCEPTED: "taken by the provider",
        AttemptStatus.SENT: "passed on by the provider",
        AttemptStatus.DELIVERY_UNKNOWN: "no receipt came, may have arrived",
        AttemptStatus.EXPIRED: "too late, taken out of the queue",
        AttemptStatus.CANCELLED: "cancelled before it left",
        AttemptStatus.DELIVERED: "arrived",
        AttemptStatus.FAILED_RETRYABLE: "failed this time",
        AttemptStatus.FAILED_PERMANENT: "the address does not work",
        AttemptStatus.ACKNOWLEDGED: "answered",
    },
    Reason: {
        Reason.NO_ADDRESS: "no address in the lists",
        Reason.BAD_NUMBER: "the number in the lists is wrong",
        Reason.BAD_EMAIL: "the mail address in the lists is wrong",
        Reason.OPTED_OUT: "has declined messages",
        Reason.ON_LEAVE: "is on leave or sick",
        Reason.DUPLICATE: "a duplicate of somebody already included",
        Reason.EXCLUDED: "excluded",
        Reason.PROTECTED: "protected data and no go-between",
        Reason.DEAD_ADDRESSES: "no address worked",
        Reason.NO_ANSWER: "no answer in time",
        Reason.NOT_SENT_IN_TIME: "time ran out before anything could be sent",
        Reason.ROUTE_STOPPED: "the only route out is stopped",
    },
    IncidentMode: {
        IncidentMode.LIVE: "LIVE",
        IncidentMode.DRILL: "DRILL",
        IncidentMode.TEST: "TECHNICAL TEST",
        IncidentMode.REHEARSAL: "REHEARSAL",
    },
    IncidentStatus: {
        IncidentStatus.OPEN: "open",
        IncidentStatus.CLOSED: "closed",
    },
    CascadeKind: {
        CascadeKind.ALERT: "alert",
        CascadeKind.UPDATE: "update",
        CascadeKind.FALSE_ALARM: "false alarm",
        CascadeKind.ALL_CLEAR: "all-clear",
    },
    CascadeStatus: {
        CascadeStatus.PREPARING: "being prepared",
        CascadeStatus.AWAITING_APPROVAL: "waits for a second person's approval",
        CascadeStatus.HELD: "confirmed, counting down",
        CascadeStatus.RUNNING: "running",
        CascadeStatus.PAUSED: "paused",
        CascadeStatus.COMPLETED: "completed",
        CascadeStatus.STOOD_DOWN: "stopped",
    },
    WaveStatus: {
        WaveStatus.PENDING: "waiting",
        WaveStatus.OPEN: "running",
        WaveStatus.SATISFIED: "had the answers it needed",
        WaveStatus.EXPIRED: "ran out of time",
        WaveStatus.CANCELLED: "cancelled",
    },
    Channel: {
        Channel.SMS: "SMS",
        Channel.EMAIL: "e-mail",
        Channel.WEB: "web site",
        Channel.INTRANET: "intranet",
        Channel.CALL: "telephone call",
        Channel.NOTICE: "notice",
    },
    LogKind: {
        LogKind.INCIDENT_OPENED: "the incident was opened",
        LogKind.INCIDENT_CLOSED: "the incident was closed",
        LogKind.DIARY_NUMBER: "the diary number was set",
        LogKind.CASCADE_PREPARED: "the sending was prepared",
        LogKind.PEOPLE_PLANNED: "recipients were planned",
        LogKind.PERSON_SKIPPED: "a person gets no message",
        LogKind.APPROVAL_ASKED: "a second person is needed",
        LogKind.APPROVAL_GIVEN: "a second person approved",
        LogKind.APPROVAL_REFUSED: "a second person said no",
        LogKind.GLASS_BROKEN: "BREAK-GLASS without a second person",
        LogKind.CASCADE_HELD: "the sending was confirmed",
        LogKind.CASCADE_RELEASED: "the sending started",
        LogKind.CASCADE_PAUSED: "the sending was paused",
        LogKind.CASCADE_RESUMED: "the sending was resumed",
        LogKind.CASCADE_STOOD_DOWN: "the sending was stopped",
        LogKind.CASCADE_COMPLETED: "the sending was completed",
        LogKind.WAVE_OPENED: "the wave opened",
        LogKind.WAVE_SATISFIED: "the wave had the answers it needed",
        LogKind.WAVE_EXPIRED: "the wave ran out of time",
        LogKind.WAVE_CANCELLED: "the wave was cancelled",
        LogKind.ATTEMPTS_STARTED: "attempts were started",
        LogKind.ATTEMPT_NEWS: "news of attempts",
        LogKind.ATTEMPT_DECIDED: "an uncertain attempt was decided",
        LogKind.DELIVERY_MOVED: "a person's state changed",
        LogKind.DEPUTY_PROMOTED: "a deputy was called in",
        LogKind.PERSON_ADDED: "a person was added",
        LogKind.PERSON_EXCLUDED: "a person was excluded",
        LogKind.ACKNOWLEDGED: "an answer was recorded",
        LogKind.REPLY_UNCLEAR: "a reply could not be read",
        LogKind.REPLY_UNMATCHED: "a reply matches no question",
        LogKind.SHEET_MADE: "call sheet made",
        LogKind.NOTE: "note",
        LogKind.ROUTE_ALARM: "a route out was stopped",
        LogKind.ENGINE_STARTED: "an engine took over the work",
        LogKind.VALUE_ERASED: "personal values were erased",
    },
}
_OPENS = {
    OpensWhen.SATISFIED: ("när {wave} har sina svar", "when {wave} has its answers"),
    OpensWhen.EXPIRED: ("när tiden för {wave} är ute", "when the time of {wave} is up"),
    OpensWhen.FINAL: ("när {wave} är slut", "when {wave} has ended"),
}
