"""The words that the message rules know, in Swedish and English.

They are signs, not proofs: a rule that looks for one of them says what is missing, and a text that
says the same in other words can be silenced with that reason. Sources: the warning lexicon's
elements (source, hazard, place, guidance, time), the plain-language law and the policy.
"""

from __future__ import annotations

import re


def _stems(words: str) -> re.Pattern[str]:
    """Return what finds any word that begins with one of these, in small letters."""
    return re.compile(r"(?<![^\W_])(?:" + "|".join(words.split()) + ")")


def _listed(words: str) -> list[str]:
    return words.split()


def _phrases(*phrases: str) -> re.Pattern[str]:
    """Return what finds any of these as whole words, in small letters."""
    return re.compile(r"(?<![^\W_])(?:" + "|".join(phrases) + r")(?![^\W_])")


EVENTS = _stems("""
    brand brinner eld\\b rök explosion gas utrym olyck händ hänt våld hot skott attack terror dåd
    inbrott intrång översväm skyfall regn\\b vattenl vattenläck vattnet värme varm hetta storm snö
    ishalka halka ström el\\b elen elavbrott smitt sjuk magsjuk virus influensa covid saknas
    försvun avlid dött död sorg svårt avbrott stopp it- nere\\b krånglar haveri läcka läck rykte
    påstå sägs brist frånvar falskt larm fara\\b skad stäng kris\\b röjts
    fire smoke explosion event incident accident threat violen attack flood rain heat snow power
    outage down\\b missing fault break leak breach rumour alarm danger lack closed flu\\b ill\\b
    illness infection happened sad\\b hard\\b said\\b serious damage false water\\b died
""")
"""Nouns and verbs of what may have happened."""

GUIDANCE = _phrases(
    *_listed("""
    gå kör stanna hämta ring följ koka undvik svara vänta invänta kom åk håll lämna läs titta fråga
    dela stäng lås räkna samla ta tag drick använd töm lägg sätt spara berätta säg skriv besök byt
    logga klicka öppna bär tvätta ladda planera gör kontrollera meddela låt visa leta sök be fyll
    ge bevaka förbered hälsa prata tänk behåll fortsätt börja anmäl stå spola se utgå bekräfta
    vänd vila trygga spärra radera rör
    go stay collect call follow boil avoid reply answer wait come keep leave read ask share close
    lock count gather take drink use bring tell write log do please check let save turn stand
    drive fill give talk continue clear delete make
    """),
    r"du behöver inte",
    r"you (?:need|do) not(?: need)?",
)
"""Imperatives that tell a reader what to do."""

CONTACT = re.compile(
    r"(?<![^\W_])(?:svara|reply|ring(?:er)?|call|skriv till|write to|kontakta|contact|fråga|ask|"
    r"frågor|questions|prata med|talk to|112|113 13|1177|114 14)(?![^\W_])|@"
)
"""Ways to get in touch."""

EMPATHY = _phrases(
    r"vi (?:vet|förstår|beklagar|delar|tänker|känner)",
    r"(?:det )?förstår vi",
    r"svårt?",
    r"svåra?",
    r"tungt?",
    r"oroliga?",
    r"oro",
    r"ledsna?",
    r"sorg",
    r"tar? hand om",
    r"tack",
    r"hur (?:dina kollegor|de|ni|du) mår",
    r"we (?:know|understand|are sorry|regret|share|think of|feel)",
    r"worr(?:y|ying|ied)",
    r"hard",
    r"sorry",
    r"grief",
    r"take care",
    r"thank",
)
"""Words that show we understand how it is."""

WE_DO = _phrases(
    r"vi",
    r"vår(?:a|t)?",
    r"personalen",
    r"krisledningen",
    r"räddningstjänsten",
    r"polisen",
    r"we",
    r"our",
    r"staff",
)
"""Who acts on our side."""

REASSURANCE = _phrases(
    r"ingen fara",
    r"ingen anledning till oro",
    r"inte farligt",
    r"helt säkert",
    r"under kontroll",
    r"oroa (?:dig|er) inte",
    r"no danger",
    r"no cause for (?:concern|alarm)",
    r"under control",
    r"perfectly safe",
    r"do not worry",
    r"don't worry",
)
"""What calms without saying why."""

HARM = _stems("""
    skad avlid död dog dött saknas saknad försvun omkom injur dead died death missing killed
""")
"""Signs in a scenario that somebody may be hurt, dead or missing."""

FORBIDDEN = _phrases(
    "eventuellt", "eventuella?", "föreligger", "avseende", "gällande", "vederbörande", "erfordras",
    "erforderlig[at]?", "omgående", "tillse", "tillika", "ombesörja", "beaktas?", "därest",
    "såframt", "huruvida", "medelst", "således", "härvid", "därvid", "i syfte att",
    "med anledning av", "i enlighet med", "vidtas?", "vidtagit", "åtgärd(?:er|s)",
    "incident(?:en|er|erna)?",
    "evakuera(?:s|de)?",
    "pursuant", "hereby", "in accordance with", "aforementioned", "utilise", "in the event of",
)  # fmt: skip
"""Officialese, and words that many do not know."""

PASSIVES = _phrases(
    "uppmanas", "ombe(?:s|des)", "informeras", "meddelas", "rekommenderas", "hänvisas", "beslutas",
    "genomförs", "utreds", "kontaktas", "erbjuds", "förväntas", "bedöms",
    "are (?:advised|requested|urged|asked) to", "is (?:advised|requested|recommended)",
)  # fmt: skip
"""Verbs that hide who acts."""

HEALTH = _stems("""
    diagnos demens dement missbruk psykisk psykiatr funktionsned orosanmäl omhändertag
    biståndsbeslut addict dementia diagnos psychiat disab
""")
"""What must never stand beside a person."""

KNOWN_CAPITALS = frozenset({
    "112", "ID", "LARM", "SMS", "TV", "P1", "P4", "QR", "VMA", "SOS", "SMHI", "IVO", "MCF", "OK",
    "JA", "NEJ", "YES", "NO", "ÖVNING", "EN", "SV", "PDF", "A", "B", "C", "I", "IT", "ALARM",
})  # fmt: skip
"""Short words in capitals that everybody knows."""

DRILL_SPEECH = _phrases(r"övning(?:en|ar|s)?", r"övar", r"drill", r"exercise")
"""What a text made for real use may not say of itself."""
CLAIMS_TO_BE_REAL = _phrases(
    r"ingen övning", r"inte en övning", r"skarpt läge", r"på riktigt", r"no drill",
    r"not a drill", r"this is real", r"not an exercise",
)  # fmt: skip
"""What no text may say, since every text is sent in exercises too."""

ASKS_FOR_SECRETS = re.compile(
    r"\b(?:logga in|uppge|ange|lämna|skicka|skriv|svara|log in|enter|send|give|reply)\b"
    r"(?:(?!aldrig|inte|never|not)[^.!?\n]){0,40}?"
    r"(?:bank-?id|lösenord|pinkod|pin-kod|säkerhetskod|kontonummer|kortnummer|password|pin code)"
)
"""What only a swindler asks for."""
OFFICIAL_DOMAINS = frozenset({
    "krisinformation.se", "1177.se", "112.se", "sosalarm.se", "polisen.se", "smhi.se",
    "sverigesradio.se", "sr.se", "stockholm.se", "start.stockholm", "regionstockholm.se",
    "folkhalsomyndigheten.se", "socialstyrelsen.se", "mcf.se", "imy.se", "lansstyrelsen.se",
})  # fmt: skip
"""Addresses besides the organisation's own that a text may send people to."""
