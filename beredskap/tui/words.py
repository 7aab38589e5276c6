"""Every word of the screens, in Swedish and English."""

from __future__ import annotations

_WORDS: dict[str, tuple[str, str]] = {
    "live": ("SKARPT", "LIVE"),
    "drill": ("ÖVNING ~ ÖVNING ~", "DRILL ~ DRILL ~"),
    "opening": ("Öppnar liggaren …", "Opening the ledger …"),
    "duty": ("Jour", "Duty"),
    "facts": ("1/3 Uppgifter", "1/3 Facts"),
    "preview": ("2/3 Granska", "2/3 Preview"),
    "confirm": ("3/3 Bekräfta", "3/3 Confirm"),
    "board": ("Läget", "Board"),
    "correct": ("Rätta", "Correct"),
    "log": ("Logg", "Log"),
    "review": ("Genomgång", "Review"),
    "approve": ("Godkänn", "Approve"),
    "approval_waits": (
        "g  VÄNTAR PÅ EN ANDRA PERSON: {persons} personer, begärt av {officer}",
        "g  WAITS FOR A SECOND PERSON: {persons} persons, asked by {officer}",
    ),
    "approval_line": (
        "{title}: {persons} personer, begärt av {officer}, gäller till {until}.",
        "{title}: {persons} persons, asked by {officer}, valid until {until}.",
    ),
    "help": ("Hjälp", "Help"),
    "person": ("Person", "Person"),
    "contacts": ("Kontakter", "Contacts"),
    "templates": ("Texter", "Texts"),
    "check": ("Kontroll", "Check"),
    "note": ("Anteckning", "Note"),
    "k_quit": ("avsluta", "quit"),
    "k_back": ("tillbaka", "back"),
    "k_next": ("vidare", "next"),
    "k_find": ("sök", "find"),
    "k_pick": ("välj", "pick"),
    "k_help": ("hjälp", "help"),
    "k_mode": ("övning/skarpt", "drill/live"),
    "k_correct": ("rätta", "correct"),
    "k_log": ("logg", "log"),
    "k_review": ("genomgång", "review"),
    "k_hold": ("lås", "hold"),
    "k_person": ("person", "person"),
    "k_field": ("fält", "field"),
    "k_stop": ("STOPPA", "STOP"),
    "k_ack": ("svar", "answer"),
    "k_exclude": ("undanta", "exclude"),
    "k_note": ("anteckna", "note"),
    "k_contacts": ("kontakter", "contacts"),
    "k_templates": ("texter", "texts"),
    "k_check": ("kontroll", "check"),
    "k_end": ("nyaste", "newest"),
    "nobody": ("okänd vid tangenterna", "unknown at the keyboard"),
    "officer": ("{name} ({how})", "{name} ({how})"),
    "how_os_login": ("inloggning", "login"),
    "how_environment": ("inställning", "setting"),
    "how_demo": ("demo", "demo"),
    "how_schedule": ("schema", "schedule"),
    "running": ("PÅGÅR - tryck bokstaven", "RUNNING - press the letter"),
    "none_running": ("Inget larm pågår.", "No alert is running."),
    "start": ("STARTA LARM - tryck siffran", "START AN ALERT - press the number"),
    "start_drill": ("STARTA ÖVNING - tryck siffran", "START A DRILL - press the number"),
    "found": ("sök: {text} ({count})", "find: {text} ({count})"),
    "not_adopted": ("ej antaget", "not adopted"),
    "two_persons": ("två personer", "two persons"),
    "content_faults": (
        "! {errors} fel i innehållet (F6 visar dem)",
        "! {errors} faults in the content (F6 shows them)",
    ),
    "no_scenarios": (
        "Det finns inga scenarier här. Gör en arbetsyta: beredskap init MAPP",
        "There are no scenarios here. Make a workspace: beredskap init DIR",
    ),
    "required": ("* måste fyllas i", "* is needed"),
    "fill_in": ("Fyll i: {labels}", "Fill in: {labels}"),
    "draft_kept": ("Sparat. Esc behåller utkastet.", "Saved. Esc keeps the draft."),
    "facts_none": (
        "Det här scenariot frågar inte efter något. F9 går vidare.",
        "This scenario asks for nothing. F9 goes on.",
    ),
    "working": ("Räknar …", "Working …"),
    "to_persons": ("{persons} personer i {waves} vågor", "{persons} persons in {waves} waves"),
    "wave_line": (
        "  +{after} min  {title}: {persons} pers.",
        "  +{after} min  {title}: {persons} pers.",
    ),
    "parts": ("{segments} SMS-delar", "{segments} SMS parts"),
    "not_reachable": ("KAN INTE NÅS ({count})", "CANNOT BE REACHED ({count})"),
    "twice": ("Dubbletter, skickas en gång: {count}", "Duplicates, sent once: {count}"),
    "texts": ("TEXTER", "TEXTS"),
    "what_next": ("VAD SOM HÄNDER", "WHAT HAPPENS"),
    "corrections_ready": (
        "Rättelser klara: uppdatering, falskt larm, faran över.",
        "Corrections ready: update, false alarm, all clear.",
    ),
    "corrections_missing": ("Rättelse saknas: {what}", "No correction for: {what}"),
    "confirm_live": (
        "SKARPT LARM till {persons} verkliga personer: {title}",
        "REAL ALERT to {persons} real people: {title}",
    ),
    "confirm_drill": (
        "Övning med {persons} simulerade personer: {title}",
        "Drill with {persons} simulated people: {title}",
    ),
    "type_count": (
        "Skriv {word} och tryck Enter. Inget annat gör något.",
        "Type {word} and press Enter. Nothing else does anything.",
    ),
    "drill_word": ("ÖVNING", "DRILL"),
    "wrong_count": (
        "Det var inte {word}. Ingenting har skickats.",
        "That was not {word}. Nothing has been sent.",
    ),
    "no_paste": ("Siffran måste skrivas för hand.", "The number must be typed by hand."),
    "launching": ("Förbereder utskicket …", "Preparing …"),
    "sending_in": (
        "Skickas om {seconds} s. Esc STOPPAR - inget har skickats. Stängs fönstret går det ändå.",
        "Sent in {seconds} s. Esc STOPS - nothing has been sent. Closing this stops nothing.",
    ),
    "second_person": (
        "Väntar på den andra personen, som kör: beredskap approve {code}\nInget skickas innan "
        "dess. Esc stoppar.",
        "Waits for the second person, who runs: beredskap approve {code}\nNothing is sent before "
        "that. Esc stops.",
    ),
    "stopped_unsent": (
        "Stoppat. Ingenting har skickats.",
        "Stopped. Nothing has been sent.",
    ),
    "stopped": (
        "Stoppat. {cancelled} väntande ströks; det som lämnat kan inte tas tillbaka.",
        "Stopped. {cancelled} waiting were cancelled; what has left cannot be taken back.",
    ),
    "reached_of": ("nådda {reached}/{persons}", "reached {reached}/{persons}"),
    "r_delivered": ("framme", "arrived"),
    "r_handed_over": ("lämnade", "handed over"),
    "r_uncertain": ("oklara", "uncertain"),
    "r_in_progress": ("pågår", "trying"),
    "r_not_reached": ("ej nådda", "not reached"),
    "help_needed": ("BEHÖVER HJÄLP {count}", "NEED HELP {count}"),
    "unclear": ("svar att läsa {count} (F4)", "replies to read {count} (F4)"),
    "nothing_began": (
        "! Ingenting har lämnat än. {why} Ring efter listan: beredskap alert show {incident}",
        "! Nothing has left yet. {why} Call from the list: beredskap alert show {incident}",
    ),
    "why_no_engine": (
        "Ingen motor kör: beredskap engine run.",
        "No engine runs: beredskap engine run.",
    ),
    "why_waits": ("Motorn kör men har inte börjat.", "The engine runs but has not begun."),
    "held_list": ("[listan är låst - Space släpper]", "[list held - Space releases]"),
    "cascade_line": ("{kind}: {status}", "{kind}: {status}"),
    "since": ("{time} sedan start", "{time} since start"),
    "correct_1": (
        "1 Falskt larm   säg att det inte stämde; det som inte lämnat stryks",
        "1 False alarm   say it was not so; what has not left is cancelled",
    ),
    "correct_2": (
        "2 Uppdatering   säg vad som har ändrats; larmet går vidare",
        "2 Update        say what has changed; the alert goes on",
    ),
    "correct_3": (
        "3 Faran över    säg att det är slut; det som inte lämnat stryks",
        "3 All clear     say it is over; what has not left is cancelled",
    ),
    "correct_4": (
        "4 Stoppa        skicka inget mer; inget meddelande",
        "4 Stop          send nothing more; no message",
    ),
    "correct_5": ("5 Pausa eller återuppta", "5 Pause or resume"),
    "correct_to": (
        "Går till {persons} personer som kan ha nåtts. {untouched} har inte nåtts; de får inget.",
        "Goes to {persons} persons who may have been reached. {untouched} were not; they get none.",
    ),
    "correction_sent": ("Rättelsen skickas nu.", "The correction is being sent."),
    "paused": ("Pausat.", "Paused."),
    "resumed": ("Återupptaget.", "Resumed."),
    "stop_confirm": (
        "Tryck 4 en gång till för att stoppa.",
        "Press 4 once more to stop.",
    ),
    "attempts": ("FÖRSÖK", "ATTEMPTS"),
    "answer_prompt": ("Svar som personen gav: ", "What the person answered: "),
    "exclude_prompt": ("Skäl att undanta: ", "Why to exclude: "),
    "note_prompt": ("Skriv i loggen: ", "Write in the log: "),
    "recorded": ("Noterat.", "Recorded."),
    "excluded": ("Undantagen.", "Excluded."),
    "tail_stopped": (
        "[stannat - End visar nyaste]",
        "[stopped - End shows the newest]",
    ),
    "no_problems": ("Inga fel och inga varningar.", "No errors and no warnings."),
    "fault": ("Fel: {text}", "Error: {text}"),
    "leaving": (
        "Utskicket går vidare. Öppna igen: beredskap",
        "Sending goes on. Open again: beredskap",
    ),
    "help_text": (
        "Esc går tillbaka och förstör aldrig något.\n"
        "F9 eller Ctrl+N går vidare. Enter går aldrig vidare av sig självt.\n"
        "Siffror väljer. / söker. Pilar, j och k flyttar. Tab byter fält.\n"
        "Mellanslag låser listan. Enter visar en person.\n"
        "F2 kontakter. F3 texter. F4 logg. F6 kontroll. F7 rätta eller stoppa.\n"
        "F8 genomgång. F12 byter mellan övning och skarpt.\n"
        "På en person: a noterar ett svar, x undantar.\n"
        "n antecknar i loggen. g godkänner som andra person.\n"
        "Ctrl+Q lämnar. Det som skickas fortsätter när du lämnar.",
        "Esc goes back and never destroys anything.\n"
        "F9 or Ctrl+N goes on. Enter never goes on by itself.\n"
        "Digits choose. / finds. Arrows, j and k move. Tab changes field.\n"
        "Space holds the list. Enter shows a person.\n"
        "F2 contacts. F3 texts. F4 log. F6 check. F7 correct or stop.\n"
        "F8 review. F12 changes between drill and live.\n"
        "On a person: a records an answer, x excludes.\n"
        "n writes a note in the log. g approves as the second person.\n"
        "Ctrl+Q leaves. What is being sent goes on when you leave.",
    ),
}


class Words:
    """The words of one language."""

    def __init__(self, lang: str) -> None:
        """Take the language; anything but English is Swedish."""
        self.lang = "en" if lang == "en" else "sv"

    def __call__(self, key: str, **values: object) -> str:
        """Return a word or sentence with its values."""
        swedish, english = _WORDS[key]
        return (english if self.lang == "en" else swedish).format(**values)
