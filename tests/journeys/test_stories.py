"""Whole paths that read as stories: real SQLite, a real mail server, a gateway over HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

from beredskap.domain.channel import Channel
from beredskap.domain.incident import IncidentMode
from beredskap.domain.reach import ReachClass
from beredskap.errors import RefusedError
from beredskap.review import Verdict, export_lines, verify
from tests.journeys.story import told

SARA, JONAS, LARS, ULF = "sara-nystrom", "jonas-ekdahl", "lars-forsgren", "ulf-sandin"
SCENARIO = f"""\
title: Utrymning
purpose: De som behövs samlas.
category: Safety
level: gul
owner_role: stabschef
reviewed: 2026-11-01
review_interval_days: 3650
facts:
  - {{id: plats, label: Plats, type: place}}
waves:
  - id: kallas
    title: De som behövs
    template: kalla
    audience: {{people: [{SARA}, {LARS}]}}
    acknowledgement: {{rule: everyone}}
    minutes_allowed: 30
    ladder:
      - {{do: retry, after_minutes: 5}}
      - {{do: deputy, after_minutes: 5}}
  - id: facket
    title: Facket får veta
    template: veta
    audience: {{people: [{ULF}]}}
    opens: {{when: satisfied, wave: kallas}}
    acknowledgement: {{rule: none}}
update: veta
false_alarm: veta
all_clear: veta
"""
TEMPLATES = {
    "kalla": {
        "template.yaml": (
            "purpose: Kalla\naudience: internal\nanswers:\n"
            '  - {key: "1", meaning: kommer}\n  - {key: "2", meaning: kan inte, yes: false}\n'
        ),
        "sms.sv.j2": "Norrmalms sdf: UTRYMNING. Samling {{ fact.plats }}. Svara 1=ja, 2=nej.",
    },
    "veta": {
        "template.yaml": "purpose: Veta\naudience: internal\n",
        "email.sv.j2": "Subject: Utrymning\n\nVi samlas vid {{ fact.plats }}.",
        "sms.sv.j2": "Norrmalms sdf: Vi samlas vid {{ fact.plats }}.",
    },
}  # fmt: skip


async def test_two_are_called_one_is_silent_and_the_deputy_comes(tmp_path: Path) -> None:
    async with told(tmp_path, SCENARIO, TEMPLATES) as story:
        await story.alert("berattelse", plats="Odenplan")
        story.phone(SARA).expects_sms("UTRYMNING", "Odenplan")
        story.phone(LARS).expects_sms("UTRYMNING")
        story.phone(LARS).replies("1 20")
        await story.pass_time(minutes=5)
        story.phone(SARA).expects_sms("UTRYMNING")
        story.phone(JONAS).is_quiet()
        assert story.mail.record.mails == []
        await story.pass_time(minutes=5)
        story.phone(JONAS).expects_sms("UTRYMNING")
        story.phone(JONAS).replies("Ja!")
        await story.pass_time(minutes=1)
        (mail,) = story.mail.record.mails
        assert mail.recipients == ("ulf.sandin@norrmalm.example",)
        assert "Vi samlas vid Odenplan." in mail.text
        assert story.reach() == {
            SARA: ReachClass.HANDED_OVER,
            LARS: ReachClass.ACKNOWLEDGED,
            JONAS: ReachClass.ACKNOWLEDGED,
            ULF: ReachClass.HANDED_OVER,
        }


async def test_a_drill_has_no_way_to_a_real_telephone(tmp_path: Path) -> None:
    async with told(tmp_path, SCENARIO, TEMPLATES) as story:
        await story.alert("berattelse", IncidentMode.DRILL, plats="Odenplan")
        await story.pass_time(minutes=31)
        assert story.gateway.exchanges == []
        assert story.mail.record.connections == 0
        assert set(story.reach().values()) == {ReachClass.NOT_REACHED}


async def test_stopped_before_it_left_nothing_is_sent(tmp_path: Path) -> None:
    async with told(tmp_path, SCENARIO, TEMPLATES) as story:
        desk = story.desk
        desk.adopt(desk.who_is("karin-sjoholm", ""), "berattelse")
        plan = desk.prepare("berattelse", {"plats": "Odenplan"}, mode=IncidentMode.LIVE)
        launched = desk.launch(story.officer, plan, confirm_count=3, hold_seconds=60)
        assert desk.stop(story.officer, launched.incident).nothing_was_sent
        await story.pass_time(minutes=5)
        story.phone(SARA).is_quiet()


async def test_a_wrong_count_sends_nothing(tmp_path: Path) -> None:
    async with told(tmp_path, SCENARIO, TEMPLATES) as story:
        desk = story.desk
        desk.adopt(desk.who_is("karin-sjoholm", ""), "berattelse")
        plan = desk.prepare("berattelse", {"plats": "Odenplan"}, mode=IncidentMode.LIVE)
        with pytest.raises(RefusedError):
            desk.launch(story.officer, plan, confirm_count=4, hold_seconds=0)
        await story.pass_time(minutes=5)
        assert desk.list_incidents() == ()
        story.phone(SARA).is_quiet()


async def test_an_answer_by_mouth_is_the_officers_word(tmp_path: Path) -> None:
    async with told(tmp_path, SCENARIO, TEMPLATES) as story:
        await story.alert("berattelse", plats="Odenplan")
        story.phone(SARA).expects_sms("UTRYMNING")
        story.phone(LARS).expects_sms("UTRYMNING")
        story.desk.acknowledge(story.officer, story.incident, SARA, "1", "telefon")
        await story.pass_time(minutes=5)
        story.phone(LARS).expects_sms("UTRYMNING")
        assert story.reach()[SARA] is ReachClass.ACKNOWLEDGED
        assert "Lars Forsgren" in story.desk.review(story.incident)


async def test_texts_frozen_at_launch_do_not_follow_the_file(tmp_path: Path) -> None:
    async with told(tmp_path, SCENARIO, TEMPLATES) as story:
        await story.alert("berattelse", plats="Odenplan")
        story.phone(SARA).expects_sms("Odenplan")
        story.phone(LARS).expects_sms("Odenplan")
        source = story.workspace / "message_templates" / "kalla" / "sms.sv.j2"
        source.write_text("Något helt annat. Svara 1.")
        await story.pass_time(minutes=5)
        story.phone(SARA).expects_sms("UTRYMNING", "Odenplan")
        story.phone(LARS).expects_sms("UTRYMNING", "Odenplan")


async def test_one_person_is_erased_and_the_chain_still_holds(tmp_path: Path) -> None:
    async with told(tmp_path, SCENARIO, TEMPLATES) as story:
        await story.alert("berattelse", plats="Odenplan")
        story.phone(SARA).expects_sms("UTRYMNING")
        story.phone(LARS).expects_sms("UTRYMNING")
        story.phone(SARA).replies("1")
        story.phone(LARS).replies("1")
        await story.pass_time(minutes=1)
        before = list(export_lines(story.ledger, story.incident, True))
        assert any("Sara Nyström" in line for line in before)
        assert not any(
            "Sara Nyström" in line for line in export_lines(story.ledger, story.incident)
        )
        story.desk.erase(story.officer, story.incident, SARA, "SSA 2026:17")
        after = list(export_lines(story.ledger, story.incident, True))
        number = story.phone(SARA).number
        assert not any("Sara Nyström" in line or number in line for line in after)
        assert verify(before).verdict is Verdict.CONSISTENT
        assert verify(after).verdict is Verdict.REDACTED
        assert sum(story.desk.show(story.incident).reach.values()) == 3
        assert Channel.SMS.value in story.desk.review(story.incident).lower()
