"""The sentences of the commands, in Swedish and English."""

from __future__ import annotations

_WORDS: dict[str, tuple[str, str]] = {
    "workspace_made": (
        "Arbetsytan {path} är gjord. Nästa steg: beredskap --data {path} check",
        "The workspace {path} is made. Next: beredskap --data {path} check",
    ),
    "check_clean": ("Inga fel och inga varningar.", "No errors and no warnings."),
    "check_counts": (
        "{errors} fel, {warnings} varningar, {silenced} tystade.",
        "{errors} errors, {warnings} warnings, {silenced} silenced.",
    ),
    "policy_head": (
        "Kommunikationspolicyn rad för rad, {day}",
        "The communication policy row by row, {day}",
    ),
    "policy_place": ("Plats i policyn: {place} ({type})", "Place in the policy: {place} ({type})"),
    "policy_measures": ("Mäts: {what}", "Measured: {what}"),
    "policy_caution": (
        "Att en rad är godkänd visar inte att policyn följs, bara att innehållet inte säger emot.",
        "That a row passes does not show that the policy is met, only that the content does not "
        "contradict it.",
    ),
    "policy_counts": ("{rows} rader: {counts}.", "{rows} rows: {counts}."),
    "preview_persons": (
        "{title}: {persons} personer. Ingenting skickas.",
        "{title}: {persons} persons. Nothing is sent.",
    ),
    "preview_wave": (
        "  {persons:>5}  {wave}: {title}, {opens}",
        "  {persons:>5}  {wave}: {title}, {opens}",
    ),
    "preview_unreachable": ("Kan inte nås:", "Cannot be reached:"),
    "preview_duplicates": (
        "Dubbletter (skickas en gång): {count}",
        "Duplicates (sent once): {count}",
    ),
    "preview_cost": (
        "SMS-delar: {segments}. Tid: {seconds} s.",
        "SMS parts: {segments}. Time: {seconds} s.",
    ),
    "preview_confirm": (
        "Starta: beredskap alert start {scenario} {facts} --confirm-count {persons}",
        "Start: beredskap alert start {scenario} {facts} --confirm-count {persons}",
    ),
    "launched": (
        "Larm {letter} ({incident}) är bekräftat och skickas {release}. "
        "Stoppa: beredskap alert stop {incident}",
        "Alert {letter} ({incident}) is confirmed and leaves at {release}. "
        "Stop it: beredskap alert stop {incident}",
    ),
    "correction_persons": (
        "{kind}, händelse {letter} ({incident}): {persons} personer kan ha nåtts. "
        "Ingenting är skickat.",
        "{kind}, incident {letter} ({incident}): {persons} persons may have been reached. "
        "Nothing is sent.",
    ),
    "correction_untouched": (
        "Har inte nåtts och får ingenting: {count} personer.",
        "Not reached, so they get nothing: {count} persons.",
    ),
    "correction_confirm": (
        "Skicka: beredskap alert {command} {incident} {facts}--confirm-count {persons}",
        "Send: beredskap alert {command} {incident} {facts}--confirm-count {persons}",
    ),
    "correction_sent": (
        "Rättelsen i händelse {letter} ({incident}) skickas nu.",
        "The correction of incident {letter} ({incident}) is being sent now.",
    ),
    "approval_needed": (
        "Larm {letter} ({incident}) väntar på en andra person till {until}; ingenting skickas "
        "innan dess. Den andra kör: beredskap approve {code}",
        "Alert {letter} ({incident}) waits for a second person until {until}; nothing is sent "
        "before that. They run: beredskap approve {code}",
    ),
    "approval_asked": (
        "{title} ({incident}) till {persons} personer, begärt av {officer}, gäller till {until}.",
        "{title} ({incident}) to {persons} persons, asked by {officer}, valid until {until}.",
    ),
    "approval_confirm": (
        "Godkänn: beredskap approve {code} --confirm-count {persons}   "
        "Säg nej: beredskap approve {code} --refuse SKÄL",
        "Approve: beredskap approve {code} --confirm-count {persons}   "
        "Say no: beredskap approve {code} --refuse REASON",
    ),
    "approval_given": (
        "Godkänt. {incident} skickas {release} till {persons} personer. "
        "Stoppa: beredskap alert stop {incident}",
        "Approved. {incident} leaves at {release} to {persons} persons. "
        "Stop it: beredskap alert stop {incident}",
    ),
    "approval_more": (
        "Godkänt. {missing} till måste godkänna {incident}.",
        "Approved. {missing} more must approve {incident}.",
    ),
    "approval_refused": (
        "Avböjt. Ingenting skickas i {incident}.",
        "Refused. Nothing is sent in {incident}.",
    ),
    "sheet_head": (
        "# RINGLISTA {incident} {title}: {count} personer. Skriv svaret efter koden, en rad var. "
        "Lämna in: beredskap ack --sheet FIL",
        "# CALL-SHEET {incident} {title}: {count} persons. Write the answer after the code, a "
        "line each. Hand in: beredskap ack --sheet FILE",
    ),
    "sheet_script": ("# Säg: {text}", "# Say: {text}"),
    "sheet_taken": ("{count} svar noterade.", "{count} answers recorded."),
    "sheet_left": ("Rad {line} ({code}): {why}", "Line {line} ({code}): {why}"),
    "no_incidents": ("Inga händelser.", "No incidents."),
    "stopped_unsent": ("Stoppat. Ingenting har skickats.", "Stopped. Nothing has been sent."),
    "stopped": (
        "Stoppat. {cancelled} väntande är struket; det som redan lämnat kan inte tas tillbaka.",
        "Stopped. {cancelled} waiting are cancelled; what has left cannot be taken back.",
    ),
    "done": ("Klart.", "Done."),
    "decided": ("Beslutat för {count} personer.", "Decided for {count} persons."),
    "erase_listed": (
        "Skulle radera uppgifterna om {person}; ingenting är raderat. Ange --decision REF.",
        "Would erase the values of {person}; nothing is erased. Give --decision REF.",
    ),
    "erased": (
        "Uppgifterna om {person} är raderade enligt {decision}.",
        "The values of {person} are erased under {decision}.",
    ),
    "restored": (
        "{files} är återställda till hur de såg ut {at}. Det som låg där ligger kvar med "
        "tillägget .broken.",
        "{files} are put back as they were at {at}. What lay there is kept with the ending "
        ".broken.",
    ),
    "adopted": (
        "Scenariot {scenario} är antaget av {officer} ({digest}).",
        "The scenario {scenario} is adopted by {officer} ({digest}).",
    ),
    "not_adopted": ("Inte antaget för skarpt läge.", "Not adopted for live use."),
    "adoption": ("Antaget {at} av {officer}.", "Adopted {at} by {officer}."),
    "adoption_changed": ("Ändrat sedan dess: {files}", "Changed since: {files}"),
    "engine_none": ("Ingen motor kör här.", "No engine runs here."),
    "engine_runs": ("Motorn kör (process {pid}).", "The engine runs (process {pid})."),
    "engine_starting": (
        "Motorn startar (process {pid}).",
        "The engine is starting (process {pid}).",
    ),
    "engine_stopped": ("Motorn är stoppad.", "The engine is stopped."),
    "doctor_settings": ("Inställningar: lästa.", "Settings: read."),
    "doctor_ledger": ("Liggare: {address}", "Ledger: {address}"),
    "doctor_clock": ("Klocka: {now} ({pace})", "Clock: {now} ({pace})"),
    "doctor_pace_real": ("maskinens egen", "the machine's own"),
    "doctor_pace": ("{factor} gånger snabbare än livet", "{factor} times faster than life"),
    "doctor_engine": ("Motor: {text}", "Engine: {text}"),
    "doctor_route_ok": ("Väg {route}: {text}", "Route {route}: {text}"),
    "doctor_route_bad": ("FEL väg {route}: {text}", "FAULT route {route}: {text}"),
    "doctor_no_routes": (
        "Ingen väg ut är inställd; sätt BEREDSKAP_SMTP__HOST eller BEREDSKAP_TWILIO__ACCOUNT_SID.",
        "No route out is set; set BEREDSKAP_SMTP__HOST or BEREDSKAP_TWILIO__ACCOUNT_SID.",
    ),
    "doctor_no_mailbox": (
        "Svar och studsar med mejl läses inte; sätt BEREDSKAP_IMAP__HOST, __USERNAME och "
        "__PASSWORD, eller skriv in svaren med 'beredskap ack'.",
        "Answers and bounces by mail are not read; set BEREDSKAP_IMAP__HOST, __USERNAME and "
        "__PASSWORD, or note the answers with 'beredskap ack'.",
    ),
    "doctor_disk": ("Ledigt på disken: {megabytes} MB", "Free on disk: {megabytes} MB"),
    "route_stopped": (
        "Vägen {route} är stoppad: {text}",
        "The route {route} is stopped: {text}",
    ),
    "status_none": ("Inga pågående händelser.", "No running incidents."),
    "status_running": (
        "Pågår: {letter} {incident} {title}",
        "Running: {letter} {incident} {title}",
    ),
    "status_help": ("Hjälp: beredskap --help", "Help: beredskap --help"),
    "demo_first": (
        "ÖVNING ÖVNING ÖVNING: en övning med simulerade personer; ingenting lämnar datorn. "
        "Klockan går {factor} gånger snabbare än livet.",
        "DRILL: an exercise with simulated people; nothing leaves this computer. "
        "The clock runs {factor} times faster than life.",
    ),
    "demo_last": (
        "Övningen ligger i {path}. Ta ut loggen: beredskap --data {path} log export {incident}",
        "The drill lies in {path}. Export its log: beredskap --data {path} log export {incident}",
    ),
}


def say(key: str, lang: str, **values: object) -> str:
    """Return a sentence in a language, with its values."""
    swedish, english = _WORDS[key]
    return (english if lang == "en" else swedish).format(**values)
