"""Playbooks and texts with one thing wrong in each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from beredskap.domain.channel import Channel
from beredskap.domain.scenario import AcknowledgementRule, Opening, RuleKind, StepKind
from beredskap.domain.stakeholder import Audience
from tests.readiness.changed import (
    SCENARIO,
    Change,
    both,
    every_text,
    organisation,
    person,
    scenario,
    steps,
    template,
    texts,
    waves,
)

CONTACTS = "brand-forskola-kontakter"

MANAGERS = "brand-forskola-chefer"

LONG_AGO = date(2020, 1, 1)

HARD = "Vederbörandes verksamhetsförutsättningar omorganiseras kontinuerligt tillsammans. " * 12


def _no_slot(channel: Channel, language: str, source: str) -> str:
    """Take the time away from the English texts alone."""
    return source.replace("{{ fact.klockslag }}", "14.05") if language == "en" else source


def _without(words: str, by: str = "") -> Change:
    """Take words away from every text for the contacts, or put others in their place."""
    return texts(CONTACTS, lambda channel, language, source: source.replace(words, by))


WRONG: list[tuple[str, str, Change, tuple[str, ...]]] = [
    ("P1-02", "no correction", scenario(false_alarm_template=None), (SCENARIO,)),
    (
        "P1-02",
        "no source asked for",
        steps(lambda step: replace(step, text="Gör något.", evidence="")),
        (SCENARIO,),
    ),
    ("P1-03", "hard to read", texts(MANAGERS, lambda c, _l, s: s + HARD), (MANAGERS,)),
    (
        "P1-03",
        "one way only",
        texts(MANAGERS, lambda c, _l, s: None if c is Channel.SMS else s),
        (MANAGERS,),
    ),
    (
        "P1-03",
        "Swedish only to people outside",
        texts(CONTACTS, lambda _c, language, s: None if language == "en" else s),
        (CONTACTS,),
    ),
    ("P1-05", "a word that singles out", _without("Hej!", "Hej alla invandrare!"), (CONTACTS,)),
    (
        "P1-05",
        "a language nobody writes",
        person("james-porter", languages=("fi",)),
        (),
    ),
    (
        "P1-06",
        "nobody tells those affected",
        both(waves(lambda wave: None if wave.id == "kontakter" else wave), scenario(questions=())),
        (SCENARIO,),
    ),
    (
        "P1-06",
        "the media first",
        waves(
            lambda wave: (
                replace(wave, audience=Audience(groups=("E6",))) if wave.id == "personal" else wave
            )
        ),
        (SCENARIO,),
    ),
    (
        "P1-08",
        "staff after the others",
        waves(
            lambda wave: (
                wave
                if wave.id == "kontakter"
                else replace(wave, opening=Opening(after_seconds=600))
            )
        ),
        (SCENARIO,),
    ),
    ("P1-11", "our part unsaid", _without("ansvarar för", "sköter"), (f"{CONTACTS}/web.sv",)),
    ("P1-15", "no follow-up", scenario(follow_up=()), (SCENARIO,)),
    ("P1-15", "an old review", scenario(reviewed_on=LONG_AGO), (SCENARIO,)),
    ("P1-16", "no purpose", template(MANAGERS, purpose=""), (f"message_templates/{MANAGERS}",)),
    ("P1-16", "two sentences", scenario(purpose="Ett. Två."), (f"scenarios/{SCENARIO}",)),
    ("P1-20", "no evaluation", scenario(follow_up=()), (SCENARIO,)),
    (
        "P2-01",
        "no concern",
        every_text("örstår|beklagar|väcker|oro|skakad|worrying|that this|sorry"),
        (SCENARIO,),
    ),
    (
        "P2-01",
        "nothing is unknown",
        both(scenario(questions=()), every_text("vet inte|vi inte|not yet know|not know")),
        (SCENARIO,),
    ),
    ("P3-11", "hard to read", texts(MANAGERS, lambda c, _l, s: s + HARD), (SCENARIO,)),
    (
        "P3-11",
        "nobody is told",
        steps(
            lambda step: (
                replace(step, kind=StepKind.TASK, channel="")
                if step.kind is not StepKind.DECISION
                else replace(step, channel="")
            )
        ),
        (SCENARIO,),
    ),
    (
        "P3-17",
        "somebody else publishes",
        steps(lambda step: replace(step, role="rektor") if step.channel == "C9" else step),
        (f"{SCENARIO}, C9, 25 min",),
    ),
    ("P3-15", "times differ", texts(CONTACTS, _no_slot), (SCENARIO,)),
    (
        "P3-15",
        "one group gets two texts",
        waves(
            lambda wave: replace(
                wave, audience=replace(wave.audience, groups=("I3",)), opening=Opening()
            )
        ),
        (SCENARIO,),
    ),
    (
        "P4-02",
        "asked for an answer",
        waves(
            lambda wave: replace(
                wave, terms=replace(wave.terms, rule=AcknowledgementRule(kind=RuleKind.FIRST))
            )
        ),
        (SCENARIO,),
    ),
    (
        "P4-02",
        "nobody tells them",
        waves(lambda wave: None if wave.audience.includes_leave else wave),
        (SCENARIO,),
    ),
    (
        "P4-04",
        "the union is forgotten",
        both(
            waves(lambda wave: None if "I3" in wave.audience.groups else wave),
            steps(lambda step: None if "fack" in step.text else step),
        ),
        (SCENARIO,),
    ),
    (
        "P4-05",
        "the media before the chair",
        both(
            steps(lambda step: replace(step, minute=0) if step.role == "talesperson" else step),
        ),
        (SCENARIO,),
    ),
    (
        "P4-05",
        "not verified since the election",
        person("charlotte-rehn", verified_on=date(2026, 9, 1)),
        ("I4",),
    ),
    (
        "P5-03",
        "decisions not noted",
        steps(lambda step: replace(step, evidence="") if step.channel == "C1" else step),
        (f"{SCENARIO}, 30 min",),
    ),
    ("P5-14", "not brought up", scenario(follow_up=()), (SCENARIO,)),
    (
        "P5-20",
        "never on the intranet",
        both(
            scenario(unavailable=()),
            steps(lambda step: None if step.channel == "C7" else step),
            texts(MANAGERS, lambda c, _l, s: None if c is Channel.INTRANET else s),
        ),
        (SCENARIO,),
    ),
    (
        "P5-21",
        "mail to many without the intranet",
        both(
            steps(lambda step: None if step.channel == "C7" else step),
            texts(MANAGERS, lambda c, _l, s: None if c is Channel.INTRANET else s),
        ),
        (f"{SCENARIO}/krisledning",),
    ),
    (
        "P5-22",
        "no web text",
        texts(CONTACTS, lambda c, _l, s: None if c is Channel.WEB else s),
        (CONTACTS,),
    ),
    ("P5-23", "hard to read", texts(CONTACTS, lambda c, _l, s: s + HARD), (f"{CONTACTS}/web.sv",)),
    (
        "P6-09",
        "no way to answer",
        _without("vara på det här mejlet", "inte"),
        (),
    ),
    ("P6-09", "nowhere for answers", organisation(mail_reply_to=""), ()),
    (
        "P6-10",
        "nobody says who does what",
        both(
            scenario(questions=()),
            _without("nsvar"),
            _without("responsible"),
        ),
        (SCENARIO,),
    ),
    (
        "P6-11",
        "nowhere to turn",
        texts(CONTACTS, lambda c, _l, s: "Tomt." if c is Channel.WEB else s),
        (f"{CONTACTS}/web.en", f"{CONTACTS}/web.sv"),
    ),
]
"""Row, what is wrong, how the content is changed, and what must be named (where it is few)."""
