"""A small workspace on disk: a dozen fictitious people, six scenarios, five texts."""

from __future__ import annotations

from pathlib import Path

PEOPLE = """\
id;name;roles;unit;manager;deputy;employment;status;languages;mobile;email;prefers;opted_out;protected;go_between;verified
anna;Anna Berg;chef;norr;;bo;tillsvidare;i_tjänst;sv;0701740605;anna@norr.example;;;;;
bo;Bo Ek;;norr;anna;;tillsvidare;i_tjänst;sv;0701740606;bo@norr.example;;;;;
cia;Cia Dahl;kommunikator;norr;anna;;tillsvidare;i_tjänst;sv;;cia@norr.example;;;;;
dan;Dan Öst;;norr;anna;;timanställd;i_tjänst;sv;;;;;;;
eva;Eva Fors;;norr;anna;;vikarie;sjukskriven;sv;0701740607;;;;;;
fia;Fia Gran;;norr;anna;;projekt;i_tjänst;sv;0701740608;;;ja;;;
gun;Gun Hav;;norr;anna;;tillsvidare;i_tjänst;sv;0701740609;;;;ja;anna;
hal;Hal Is;;norr;anna;;tillsvidare;i_tjänst;sv;0701740610;;;;ja;;
ivo;Anna Berg;;norr;;;tillsvidare;i_tjänst;sv;0701740605;;;;;;
jon;Jon Kvist;;norr;anna;;tillsvidare;i_tjänst;en;0701740611;jon@norr.example;email;;;;
kim;Kim Lind;;;;;tillsvidare;i_tjänst;sv;0701740612;;;;;;
lea;Lea Mo;;;;kim;tillsvidare;i_tjänst;sv;0701740613;lea@norr.example;;;;;
"""
ORGANISATION = """\
id: norr
name: Norra stadsdelen
short_name: Norra
sms_sender: Norra
mail_sender: larm@norr.example
locale: sv
time_zone: Europe/Stockholm
"""
UNITS = "id;name;kind;parent;manager;deputy;local_channel;meeting_place\nnorr;Norra;unit;;anna;;;\n"
GROUPS = """\
groups:
  - {id: ledning, name: Ledning, owner_role: chef, audience: {people: [anna, cia, jon]}}
  - {id: alla, name: Alla, owner_role: chef, audience: {units: [norr]}}
"""
OFFICERS = """\
officers:
  - {id: anna, login: aberg, rights: [launch, approve, drill, read, adopt]}
  - {id: bo, login: bek, rights: [drill, read]}
  - {id: cia, login: cdahl, rights: [approve]}
  - {id: dan, login: dost, rights: [read]}
"""
HEAD = """\
title: {title}
purpose: Att varna.
category: Fire
level: gul
owner_role: chef
reviewed: 2026-11-01
review_interval_days: 365
"""
CORRECTIONS = "update: rattelse\nfalse_alarm: falskt\nall_clear: over\n"
FACTS = """\
facts:
  - {id: plats, label: Plats, type: place, longest: 24}
  - {id: tid, label: Tid, type: time, required: false}
"""
WAVES = """\
waves:
  - id: ledning
    title: Ledningen
    template: larm
    audience: {groups: [ledning]}
    acknowledgement: {rule: everyone}
    minutes_allowed: 30
    ladder:
      - {do: next_channel, after_minutes: 5}
      - {do: deputy, after_minutes: 5}
      - {do: last_rung, after_minutes: 5, person: kim}
  - id: alla
    title: Alla
    template: info
    priority: normal
    audience: {groups: [alla]}
    opens: {after_minutes: 5}
"""
NOBODY = """\
waves:
  - {id: ingen, title: Ingen, template: info, audience: {roles: [finns-inte]}}
"""
SCENARIOS = {
    "brand": HEAD.format(title="Brand") + FACTS + WAVES + CORRECTIONS,
    "generisk": HEAD.format(title="Oförutsett") + FACTS + WAVES + CORRECTIONS,
    "ensam": HEAD.format(title="Utan rättelse") + FACTS + WAVES + "update: rattelse\n",
    "tva": HEAD.format(title="Två personer") + "approvers: 2\n" + FACTS + WAVES + CORRECTIONS,
    "tom": HEAD.format(title="Ingen") + FACTS + NOBODY + CORRECTIONS,
    "fel": HEAD.format(title="Fel") + WAVES.replace("larm", "saknas") + CORRECTIONS,
}
LARM = """\
purpose: Larmar.
audience: internal
slots: [plats, tid]
answers:
  - {key: "1", meaning: kommer}
  - {key: "2", meaning: kan inte, yes: false}
  - {key: "3", meaning: behöver hjälp, help: true}
"""
PLAIN = "purpose: Berättar.\naudience: internal\n"
TEMPLATES = {
    "larm": {
        "template.yaml": LARM,
        "sms.sv.j2": "Brand vid {{ fact.plats }}. Svara 1 om du kommer, 2 om du inte kan.",
        "sms.en.j2": "Fire at {{ fact.plats }}. Answer 1 if you come, 2 if you cannot.",
        "email.sv.j2": "Subject: Brand\n\nBrand vid {{ fact.plats }}. Svara 1 eller 2.",
    },
    "info": {
        "template.yaml": PLAIN,
        "sms.sv.j2": "Brand vid {{ fact.plats }}. Mer kommer.",
        "email.sv.j2": "Subject: Brand\n\nBrand vid {{ fact.plats }}. Mer kommer.",
        "email.en.j2": "Subject: Fire\n\nFire at {{ fact.plats }}. More follows.",
    },
    "rattelse": {"template.yaml": PLAIN, "sms.sv.j2": "Ny uppgift."},
    "falskt": {"template.yaml": PLAIN, "sms.sv.j2": "Falskt larm."},
    "over": {"template.yaml": PLAIN, "sms.sv.j2": "Faran är över."},
}


def write_workspace(root: Path) -> None:
    """Write the files of the workspace."""
    lists = {
        "people.csv": PEOPLE,
        "organisation.yaml": ORGANISATION,
        "units.csv": UNITS,
        "groups.yaml": GROUPS,
        "officers.yaml": OFFICERS,
    }
    for name, text in lists.items():
        _write(root / "contact_lists" / name, text)
    for name, text in SCENARIOS.items():
        _write(root / "scenarios" / f"{name}.yaml", text)
    for template, files in TEMPLATES.items():
        for name, text in files.items():
            _write(root / "message_templates" / template / name, text)


def write_people(root: Path, count: int) -> None:
    """Add many people with a mail address to the unit that wave `alla` tells."""
    rows = "".join(
        f"x{n};Extra {n};;norr;;;;;sv;;x{n}@norr.example;;;;;\n" for n in range(1, count + 1)
    )
    _write(root / "contact_lists" / "people.csv", PEOPLE + rows)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
