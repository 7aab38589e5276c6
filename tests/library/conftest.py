"""A small workspace of real files that tests break one at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from beredskap.library import Content, read_workspace

ORGANISATION = """\
id: prov
name: Provstads stadsdelsförvaltning
short_name: Provstad
mail_sender: larm@provstad.example
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
    "kari;Kari Å;chef,stab;eken;;ove;permanent;;sv;070-174 06 05;kari@provstad.example;;;;;"
    "2026-11-01\n"
    "ove;Ove Ö;chef;eken;kari;;permanent;;sv,en;+46701740606;;;;;;\n"
)
GROUPS = """\
groups:
  - id: stab
    name: Staben
    owner_role: chef
    audience: {roles: [stab]}
"""
OFFICERS = """\
officers:
  - {id: kari, login: kari, rights: [launch, adopt]}
"""
SCENARIO = """\
title: Prov
purpose: Ett prov.
category: Other
level: grön
owner_role: chef
reviewed: 2026-11-01
review_interval_days: 365
facts:
  - {id: enhet, label: Enhet, type: unit}
  - {id: tid, label: Klockslag, type: time}
  - {id: antal, label: Antal, type: number, required: false, longest: 2}
waves:
  - id: alla
    title: Alla
    template: larm
    audience: {units: [fact.enhet]}
    acknowledgement: {rule: everyone}
    ladder:
      - {do: last_rung, after_minutes: 5, person: ove}
update: larm
false_alarm: larm
all_clear: larm
"""
TEMPLATE = """\
purpose: Larm
audience: internal
slots: [enhet, tid]
answers:
  - {key: "1", meaning: kommer}
"""
SMS = "{{ organisation.short_name }}: Samling {{ fact.enhet.name }} {{ fact.tid }}. Svara 1."
MAIL = "Subject: Samling\n\nSamling {{ fact.enhet.name }} {{ fact.tid }}.\nSvara 1.\n"

FILES = {
    "contact_lists/organisation.yaml": ORGANISATION,
    "contact_lists/units.csv": UNITS,
    "contact_lists/people.csv": PEOPLE,
    "contact_lists/groups.yaml": GROUPS,
    "contact_lists/officers.yaml": OFFICERS,
    "scenarios/prov.yaml": SCENARIO,
    "scenarios/annan.yaml": SCENARIO.replace("template: larm", "template: annan"),
    "message_templates/larm/template.yaml": TEMPLATE,
    "message_templates/larm/sms.sv.j2": SMS,
    "message_templates/larm/email.sv.j2": MAIL,
    "message_templates/annan/template.yaml": TEMPLATE,
    "message_templates/annan/sms.sv.j2": SMS,
}

Write = Callable[[str, "str | bytes"], Content]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Return a workspace without a fault."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def written(workspace: Path) -> Write:
    """Return a function that writes one file anew and reads the workspace."""

    def _write(name: str, text: str | bytes) -> Content:
        content = text.encode() if isinstance(text, str) else text
        (workspace / name).write_bytes(content)
        return read_workspace(workspace)

    return _write
