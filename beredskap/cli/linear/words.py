"""Every word of the linear mode, in Swedish and English."""

from __future__ import annotations

_WORDS: dict[str, tuple[str, str]] = {
    "unknown": (
        "Det svaret finns inte; skriv ett av numren och Enter.",
        "There is no such answer; write one of the numbers and Enter.",
    ),
    "not_found": ("Inget heter något med '{text}'.", "Nothing is called '{text}'."),
    "fault": ("Fel: {text}", "Error: {text}"),
    "more_items": ("Enter: {count} till.", "Enter: {count} more."),
    "find_by_name": ("Del av ett namn: sök.", "Part of a name: find."),
    "more_lines": (
        "{count} rader till. 1 eller Enter: mer. 0: hoppa över.",
        "{count} lines more. 1 or Enter: more. 0: skip.",
    ),
    "back": ("tillbaka", "back"),
    "quit": ("avsluta", "quit"),
    "help": ("hjälp", "help"),
    "check": ("kontroll", "check"),
    "to_drill": ("byt till ÖVNING", "change to DRILL"),
    "to_live": ("byt till SKARPT LÄGE", "change to LIVE"),
    "duty_question": ("Jour. Öppna eller STARTA LARM:", "Duty. Open, or START AN ALERT:"),
    "duty_question_drill": ("Jour. Öppna eller starta övning:", "Duty. Open, or start a drill:"),
    "no_scenarios": (
        "Det finns inga scenarier här. Gör en arbetsyta: beredskap init MAPP",
        "There are no scenarios here. Make a workspace: beredskap init DIR",
    ),
    "no_problems": ("Inga fel och inga varningar.", "No errors and no warnings."),
    "nobody": ("Okänd vid tangenterna.", "Unknown at the keyboard."),
    "none_running": ("Inget pågår här.", "Nothing runs here."),
    "runs_in_other": (
        "I det andra läget pågår {count} (91 byter).",
        "In the other mode {count} run (91 changes).",
    ),
    "content_faults": (
        "{errors} fel i innehållet (92 visar dem).",
        "{errors} faults in the content (92 shows them).",
    ),
    "open_item": ("PÅGÅR {letter} {title}", "RUNNING {letter} {title}"),
    "approval_waits": (
        "VÄNTAR PÅ EN ANDRA PERSON: {persons} personer, begärt av {officer}",
        "WAITS FOR A SECOND PERSON: {persons} persons, asked by {officer}",
    ),
    "not_adopted": ("ej antaget", "not adopted"),
    "two_persons": ("två personer", "two persons"),
    "step_facts": ("Steg 1 av 3, uppgifter: {title}", "Step 1 of 3, facts: {title}"),
    "fact": ("Uppgift {place} av {count}: {label}", "Fact {place} of {count}: {label}"),
    "as_time": ("Skriv tiden så: 14.05", "Write the time so: 14.05"),
    "as_text": ("Högst {longest} tecken.", "At most {longest} characters."),
    "kept_answer": (
        "Nu: {value}. Enter behåller, - tömmer.",
        "Now: {value}. Enter keeps, - empties.",
    ),
    "may_be_empty": ("Enter lämnar tomt.", "Enter leaves it empty."),
    "back_from_text": ("0 tillbaka.", "0 back."),
    "back_from_number": ("< tillbaka.", "< back."),
    "keep": ("behåll {value}", "keep {value}"),
    "leave_empty": ("lämna tomt", "leave empty"),
    "fill_in": ("{label} måste fyllas i.", "{label} is needed."),
    "step_preview": ("Steg 2 av 3, granska: {title}", "Step 2 of 3, preview: {title}"),
    "preview_question": ("Ingenting är skickat. Vidare?", "Nothing is sent. Go on?"),
    "to_confirm": ("vidare till bekräftelsen", "on to the confirmation"),
    "read_all": ("läs allt: vågor, texter, vilka", "read all: waves, texts, who"),
    "to_persons": ("{persons} personer i {waves} vågor.", "{persons} persons in {waves} waves."),
    "by_channel": ("Först med {counts}.", "First by {counts}."),
    "no_way": ("ingen väg", "no way"),
    "not_reachable": ("KAN INTE NÅS: {count}", "CANNOT BE REACHED: {count}"),
    "and_more": ("  och {count} till", "  and {count} more"),
    "first_text": ("FÖRSTA TEXTEN", "FIRST TEXT"),
    "texts": ("TEXTER: {count}", "TEXTS: {count}"),
    "what_next": ("VAD SOM HÄNDER", "WHAT HAPPENS"),
    "wave_line": (
        "  efter {after} min: {title}, {persons} personer",
        "  after {after} min: {title}, {persons} persons",
    ),
    "twice": ("Dubbletter, skickas en gång: {count}", "Duplicates, sent once: {count}"),
    "parts": ("SMS-delar {segments}", "SMS parts {segments}"),
    "corrections_ready": (
        "Rättelser klara: uppdatering, falskt larm, faran över.",
        "Corrections ready: update, false alarm, all clear.",
    ),
    "corrections_missing": ("RÄTTELSE SAKNAS: {what}", "NO CORRECTION FOR: {what}"),
    "not_adopted_yet": (
        "EJ ANTAGET: kan inte startas skarpt.",
        "NOT ADOPTED: cannot be started live.",
    ),
    "changed_since": (
        "Ändrat sedan det antogs: {count} filer.",
        "Changed since it was adopted: {count} files.",
    ),
    "needs_two": ("Tar två personer.", "Takes two persons."),
    "step_confirm": ("Steg 3 av 3, bekräfta.", "Step 3 of 3, confirm."),
    "confirm_live": (
        "SKARPT LARM till {persons} verkliga personer: {title}",
        "REAL ALERT to {persons} real people: {title}",
    ),
    "confirm_drill": (
        "Övning med {persons} simulerade personer: {title}",
        "Drill with {persons} simulated people: {title}",
    ),
    "drill_word": ("ÖVNING", "DRILL"),
    "type_count": (
        "Skriv {word} och Enter. Inget annat gör något. 0 går tillbaka.",
        "Write {word} and Enter. Nothing else does anything. 0 goes back.",
    ),
    "wrong_count": (
        "Det var inte {word}. Ingenting har skickats.",
        "That was not {word}. Nothing has been sent.",
    ),
    "launching": ("Förbereder utskicket.", "Preparing."),
    "sending_in": (
        "Skickas om {seconds} s. Inget har skickats.",
        "Sent in {seconds} s. Nothing has been sent.",
    ),
    "how_to_stop": (
        "0 och Enter STOPPAR. Lämnar du går det ändå.",
        "0 and Enter STOPS. If you leave it goes ahead.",
    ),
    "seconds_left": ("{seconds} s kvar", "{seconds} s left"),
    "interrupt_stops_nothing": (
        "Ctrl-C stoppar inte utskicket. Skriv 0 och Enter för att STOPPA. Ctrl-C igen lämnar.",
        "Ctrl-C does not stop the sending. Write 0 and Enter to STOP. Ctrl-C again leaves.",
    ),
    "hold_over": ("Nedräkningen är slut.", "The countdown is over."),
    "second_person": (
        "Väntar på den andra personen, som kör: beredskap approve {code}",
        "Waits for the second person, who runs: beredskap approve {code}",
    ),
    "how_to_wait": (
        "Inget skickas innan dess. 0 och Enter STOPPAR. 1 visar läget.",
        "Nothing is sent before that. 0 and Enter STOPS. 1 shows the board.",
    ),
    "approved": ("Godkänt.", "Approved."),
    "stopped_unsent": ("Stoppat. Ingenting har skickats.", "Stopped. Nothing has been sent."),
    "stopped": (
        "Stoppat. {cancelled} väntande ströks; det som lämnat kan inte tas tillbaka.",
        "Stopped. {cancelled} waiting were cancelled; what has left cannot be taken back.",
    ),
    "board_question": (
        "Händelse {letter}. 3 rätta, 4 STOPPA, 0 jouren, ? alla val, Enter läget nu",
        "Incident {letter}. 3 correct, 4 STOP, 0 Duty, ? all choices, Enter how it stands",
    ),
    "help_needed": ("BEHÖVER HJÄLP: {count}", "NEED HELP: {count}"),
    "needs_help": ("BEHÖVER HJÄLP", "NEEDS HELP"),
    "unclear": ("Svar att läsa: {count} (i loggen, 10)", "Replies to read: {count} (log, 10)"),
    "reached_of": ("Nådda {reached} av {persons}.", "Reached {reached} of {persons}."),
    "r_delivered": ("framme utan svar", "arrived, no answer"),
    "r_handed_over": ("lämnade", "handed over"),
    "r_uncertain": ("oklara", "uncertain"),
    "r_in_progress": ("pågår", "trying"),
    "r_not_reached": ("ej nådda", "not reached"),
    "and_more_people": ("och {count} till (1 visar alla)", "and {count} more (1 shows all)"),
    "nothing_began": (
        "INGENTING HAR LÄMNAT ÄN. {why} Ring efter listan: beredskap sheet {incident}",
        "NOTHING HAS LEFT YET. {why} Call from the list: beredskap sheet {incident}",
    ),
    "why_no_engine": (
        "Ingen motor kör: beredskap engine run.",
        "No engine runs: beredskap engine run.",
    ),
    "why_waits": ("Motorn kör men har inte börjat.", "The engine runs but has not begun."),
    "a_people": ("alla personer", "everybody"),
    "a_person": ("en person: notera svar, undanta", "a person: record answer, exclude"),
    "a_correct": ("RÄTTA: falskt larm, nytt, faran över", "CORRECT: false alarm, news, all clear"),
    "a_stop": ("STOPPA", "STOP"),
    "a_pause": ("pausa", "pause"),
    "a_resume": ("återuppta", "resume"),
    "a_uncertain": ("oklara: skicka igen eller lämna", "uncertain: send again or leave"),
    "a_approve": ("godkänn som andra person", "approve as second person"),
    "a_note": ("anteckna", "note"),
    "a_log": ("logg", "log"),
    "a_review": ("genomgång", "review"),
    "a_close": ("avsluta händelsen", "close the incident"),
    "to_duty": ("till jouren (inget stoppas)", "to Duty (nothing stops)"),
    "help_board": (
        "Det som ändras skrivs av sig självt. Enter visar läget och gör inget annat.",
        "What changes is written by itself. Enter shows how things stand and does nothing else.",
    ),
    "stop_question": ("Skicka inget mer, utan meddelande?", "Send nothing more, with no message?"),
    "stop_now": ("STOPPA nu", "STOP now"),
    "stop_not": ("nej, gå vidare", "no, go on"),
    "who": ("Vem?", "Who?"),
    "attempts": ("Försök: {count}", "Attempts: {count}"),
    "p_answer": ("notera ett svar", "record an answer"),
    "p_exclude": ("undanta", "exclude"),
    "answer_prompt": ("Vad svarade personen?", "What did the person answer?"),
    "exclude_prompt": ("Varför undanta?", "Why exclude?"),
    "note_prompt": ("Vad ska stå i loggen?", "What shall the log say?"),
    "text_how": (
        "Skriv och Enter. Tomt eller 0: tillbaka.",
        "Write and Enter. Empty or 0: back.",
    ),
    "recorded": ("Noterat.", "Recorded."),
    "excluded": ("Undantagen.", "Excluded."),
    "paused": ("Pausat.", "Paused."),
    "resume_question": ("Återuppta? Då skickas det igen.", "Resume? Then sending goes on."),
    "resume_now": ("återuppta nu", "resume now"),
    "resumed": ("Återupptaget.", "Resumed."),
    "none_uncertain": ("Inga försök är oklara.", "No attempt is uncertain."),
    "uncertain_question": (
        "{count} oklara. Skicka igen kan ge två meddelanden.",
        "{count} uncertain. Sending again may give two messages.",
    ),
    "resend": ("skicka igen till alla", "send again to all"),
    "leave": ("skicka inte igen", "do not send again"),
    "decided": ("Beslutat för {count} personer.", "Decided for {count} persons."),
    "close_question": ("Avsluta händelsen?", "Close the incident?"),
    "close_now": ("avsluta nu", "close now"),
    "closed": ("Avslutad.", "Closed."),
    "correct_question": ("Rätta eller avsluta larmet:", "Correct or end the alert:"),
    "correct_false_alarm": (
        "falskt larm: det stämde inte",
        "false alarm: it was not so",
    ),
    "correct_update": ("uppdatering: vad som ändrats", "update: what has changed"),
    "correct_all_clear": ("faran över: det är slut", "all clear: it is over"),
    "facts_question": ("Uppgifterna i texten:", "The facts in the text:"),
    "same_facts": ("samma som i larmet", "as in the alert"),
    "new_facts": ("skriv nya", "write new ones"),
    "correct_to": (
        "Går till {persons} personer som kan ha nåtts. {untouched} har inte nåtts; de får inget.",
        "Goes to {persons} persons who may have been reached. {untouched} were not; they get none.",
    ),
    "correction_sent": ("Rättelsen skickas nu.", "The correction is being sent."),
    "nothing_done": ("Ingenting är gjort.", "Nothing is done."),
    "none_waits": ("Inget väntar på godkännande.", "Nothing waits for approval."),
    "approval_line": (
        "{title}: {persons} personer, begärt av {officer}, gäller till {until}.",
        "{title}: {persons} persons, asked by {officer}, valid until {until}.",
    ),
    "approve_question": ("Godkänna?", "Approve?"),
    "approve_now": ("godkänn", "approve"),
    "approve_not": ("säg nej", "say no"),
    "approval_more": ("Godkänt. {missing} till måste godkänna.", "Approved. {missing} more must."),
    "refuse_prompt": ("Varför nej?", "Why not?"),
    "approval_refused": ("Avböjt. Ingenting skickas.", "Refused. Nothing is sent."),
    "input_ended": ("Inga fler svar kommer.", "No more answers come."),
    "interrupted": ("Avbrutet med Ctrl-C.", "Interrupted with Ctrl-C."),
    "nothing_runs": ("Inget pågår.", "Nothing runs."),
    "goes_on": (
        "{mode} {letter} {title} går vidare: {status}. Stoppa: beredskap alert stop {incident}",
        "{mode} {letter} {title} goes on: {status}. Stop it: beredskap alert stop {incident}",
    ),
    "stays_open": (
        "{mode} {letter} {title} är öppen: {status}. Avsluta: beredskap alert close {incident}",
        "{mode} {letter} {title} is open: {status}. Close it: beredskap alert close {incident}",
    ),
    "open_again": ("Öppna igen: beredskap --plain", "Open again: beredskap --plain"),
    "help_text": (
        "Skriv ett nummer och Enter.\n"
        "0 går tillbaka och förstör aldrig något.\n"
        "Enter utan svar skickar aldrig något.\n"
        "Ett larm startar bara när exakt det antal skrivs som frågan nämner, en övning när ordet "
        "ÖVNING skrivs.\n"
        "Under nedräkningen stoppar 0 och Enter.\n"
        "Ctrl-D lämnar. Det som skickas fortsätter.",
        "Write a number and Enter.\n"
        "0 goes back and never destroys anything.\n"
        "Enter without an answer never sends anything.\n"
        "An alert starts only when exactly the number in the question is written, a drill when "
        "the word DRILL is.\n"
        "During the countdown 0 and Enter stops.\n"
        "Ctrl-D leaves. What is being sent goes on.",
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
