"""A small workspace in which no rule finds anything; tests break its files one at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from beredskap.library import Content, read_workspace
from beredskap.readiness import CheckResult, check

TODAY = date(2026, 11, 23)
ORGANISATION = """\
id: prov
name: Provstads stadsdelsförvaltning
short_name: Provstad
areas: [Storstaden]
mail_sender: larm@provstad.example
mail_reply_to: svar@provstad.example
languages: [sv, en]
web: provstad.example
crisis_group: krisledning
routes:
  - {id: sms, channel: sms, depends_on: [mobile]}
  - {id: mejl, channel: email, depends_on: [power, email]}
  - {id: telefon, channel: call, depends_on: [telephone]}
"""
UNITS = "id;name;kind;parent;manager;deputy;local_channel;meeting_place\n" + "".join(
    f"{row}\n"
    for row in (
        "topp;Förvaltningen;department;;kari;ove;radio;Torget",
        "eken;Förskolan Eken;unit;topp;kari;ove;tavla;Gården",
    )
)
PEOPLE = (
    "id;name;roles;unit;manager;deputy;employment;status;languages;mobile;email;prefers;"
    "opted_out;protected;go_between;verified\n"
    "kari;Kari Åsen;chef,stab;eken;ove;ove;permanent;;sv;+46701740605;kari@provstad.example;;;;;"
    "2026-11-01\n"
    "ove;Ove Öst;chef;eken;;kari;permanent;;sv,en;+46701740606;ove@provstad.example;;;;;"
    "2026-11-01\n"
    "mia;Mia Ek;medarbetare;eken;kari;;permanent;;sv;+46701740607;;;;;;2026-11-01\n"
    "lo;Lo Alm;enhetskontakt;eken;;;;;sv;+46701740608;lo@post.example;;;;;2026-11-01\n"
)
GROUPS = """\
groups:
  - id: krisledning
    name: Krisledningen
    owner_role: chef
    audience: {roles: [stab]}
"""
OFFICERS = """\
officers:
  - {id: kari, login: kari, rights: [launch, approve, drill, read]}
  - {id: ove, login: ove, rights: [launch, approve, adopt, read]}
"""
ROSTER = "role;person;deputy;from;to\ntib;kari;ove;2026-01-01;2028-01-01\n"
SCENARIO = """\
title: Brand
purpose: Alla kommer ut.
category: Fire
level: gul
owner_role: chef
reviewed: 2026-11-01
review_interval_days: 365
unavailable: [workplace]
facts:
  - {id: enhet, label: Enhet, type: unit}
  - {id: plats, label: Plats, type: place, required: false, longest: 10}
  - {id: tid, label: När det hände, type: time}
  - {id: nasta, label: Nästa besked, type: time}
waves:
  - id: personal
    title: Personalen
    template: larm
    audience: {groups: [krisledning], units: [fact.enhet], employments: [permanent]}
    acknowledgement: {rule: everyone}
    ladder:
      - {do: retry, after_minutes: 5}
      - {do: last_rung, after_minutes: 5, person: ove}
  - id: kontakter
    title: Kontakter
    template: kontakter
    audience: {roles: [enhetskontakt]}
    opens: {after_minutes: 2}
update: nytt
false_alarm: falskt
all_clear: slut
steps:
  - {minute: 0, role: chef, text: Räkna in alla.}
"""
LARM = """\
purpose: Larm
audience: internal
slots: [enhet, tid, nasta]
answers:
  - {key: "1", meaning: här}
  - {key: "2", meaning: hjälp, yes: false, help: true}
"""
LARM_SMS = (
    "{{ organisation.short_name }}: Brand {{ fact.enhet.name }} {{ fact.tid }}. Gå ut. "
    "Svara 1=här, 2=hjälp. Nytt besked {{ fact.nasta }}."
)
EXTERNAL = "purpose: {}\naudience: external\nslots: [tid]\n"
CONTACT_SMS = (
    "{{ organisation.short_name }}: Brand kl {{ fact.tid }}. Vi är ute. Kom inte hit. "
    "Nytt besked kl {{ fact.nasta }}."
)
CONTACT_MAIL = """\
Subject: Brand hos oss

Hej!

Det brinner hos oss sedan kl {{ fact.tid }}. Vi vet att det väcker oro. Kom inte hit.

Nytt besked kl {{ fact.nasta }}. Svara på det här mejlet om du undrar något.

{{ organisation.name }}
"""
CONTACT_MAIL_EN = """\
Subject: Fire

Hello,

There is a fire since {{ fact.tid }}. We know that you worry. Do not come here.

Next message at {{ fact.nasta }}. Reply to this mail with questions.

{{ organisation.name }}
"""
CONTACT_WEB = """\
Brand

Det brinner hos oss sedan kl {{ fact.tid }}. Vi vet att det väcker oro. Vi hjälper alla ut.

Kom inte hit. Vi skriver här igen kl {{ fact.nasta }}. Skriv till {{ organisation.mail_reply_to }}.
"""
FILES = {
    "contact_lists/organisation.yaml": ORGANISATION,
    "contact_lists/units.csv": UNITS,
    "contact_lists/people.csv": PEOPLE,
    "contact_lists/groups.yaml": GROUPS,
    "contact_lists/officers.yaml": OFFICERS,
    "contact_lists/roster.csv": ROSTER,
    "scenarios/brand.yaml": SCENARIO,
    "message_templates/larm/template.yaml": LARM,
    "message_templates/larm/sms.sv.j2": LARM_SMS,
    "message_templates/kontakter/template.yaml": EXTERNAL.format("Kontakter"),
    "message_templates/kontakter/sms.sv.j2": CONTACT_SMS,
    "message_templates/kontakter/email.sv.j2": CONTACT_MAIL,
    "message_templates/kontakter/email.en.j2": CONTACT_MAIL_EN,
    "message_templates/kontakter/web.sv.j2": CONTACT_WEB,
    "message_templates/nytt/template.yaml": EXTERNAL.format("Nytt"),
    "message_templates/nytt/sms.sv.j2": (
        "{{ organisation.short_name }}: Alla är ute. Nytt besked kl {{ fact.nasta }}."
    ),
    "message_templates/falskt/template.yaml": EXTERNAL.format("Falskt larm"),
    "message_templates/falskt/sms.sv.j2": (
        "{{ organisation.short_name }}: Falskt larm kl {{ fact.tid }}. Allt är som vanligt."
    ),
    "message_templates/slut/template.yaml": EXTERNAL.format("Faran över"),
    "message_templates/slut/sms.sv.j2": "{{ organisation.short_name }}: Branden är släckt. Tack!",
}
"""Path → text of a workspace in which there is nothing to mend."""

Judge = Callable[..., CheckResult]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Return a workspace without a fault."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def content(workspace: Path) -> Content:
    """Return the content of a workspace without a fault."""
    return read_workspace(workspace)


@pytest.fixture
def judged(workspace: Path) -> Judge:
    """Return a function that swaps words in a file, and judges the workspace."""

    def _judge(
        name: str = "", before: str = "", after: str = "", **others: tuple[str, ...]
    ) -> CheckResult:
        if name:
            path = workspace / name
            held = path.read_text(encoding="utf-8") if path.exists() else ""
            assert before in held, "the test swaps words that are not there"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(held.replace(before, after) if before else after, encoding="utf-8")
        return check(read_workspace(workspace), TODAY, **others)

    return _judge


def rules_of(verdict: CheckResult) -> set[str]:
    """Return the rules that found something."""
    return {problem.rule for problem in verdict.problems}
