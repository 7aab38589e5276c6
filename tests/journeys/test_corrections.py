"""A wrong alert is corrected from the first second, to exactly those it may have reached."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from beredskap.domain.cascade import CascadeKind, CascadeStatus
from beredskap.domain.reach import ReachClass
from tests.fakes.processes import REPOSITORY
from tests.journeys.story import Story, told
from tests.journeys.test_stories import LARS, SARA, ULF

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
      - {{do: next_channel, after_minutes: 5}}
  - id: facket
    title: Facket får veta
    template: veta
    audience: {{people: [{ULF}]}}
    opens: {{after_minutes: 20}}
    acknowledgement: {{rule: none}}
update: nytt
false_alarm: falskt
all_clear: over
"""
PLAIN = "purpose: Rätta\naudience: internal\n"
TEMPLATES = {
    "kalla": {
        "template.yaml": (
            "purpose: Kalla\naudience: internal\nanswers:\n"
            '  - {key: "1", meaning: kommer}\n  - {key: "2", meaning: kan inte, yes: false}\n'
        ),
        "sms.sv.j2": "Norrmalms sdf: UTRYMNING. Samling {{ fact.plats }}. Svara 1=ja, 2=nej.",
        "email.sv.j2": "Subject: Utrymning\n\nSamling {{ fact.plats }}. Svara 1=ja, 2=nej.",
    },
    "veta": {
        "template.yaml": PLAIN,
        "email.sv.j2": "Subject: Utrymning\n\nVi samlas vid {{ fact.plats }}.",
        "sms.sv.j2": "Norrmalms sdf: Vi samlas vid {{ fact.plats }}.",
    },
    "nytt": {
        "template.yaml": PLAIN,
        "sms.sv.j2": "Norrmalms sdf: NYTT. Samling {{ fact.plats }}.",
    },
    "falskt": {
        "template.yaml": PLAIN,
        "sms.sv.j2": "Norrmalms sdf: FALSKT LARM. Bortse från samling {{ fact.plats }}.",
    },
    "over": {
        "template.yaml": PLAIN,
        "sms.sv.j2": "Norrmalms sdf: FARAN ÖVER.",
    },
}  # fmt: skip


async def test_a_false_alarm_reaches_those_who_were_told_and_nothing_follows_it(
    tmp_path: Path,
) -> None:
    async with told(tmp_path, SCENARIO, TEMPLATES) as story:
        await story.alert("berattelse", plats="Odenplan")
        story.phone(SARA).expects_sms("UTRYMNING")
        story.phone(LARS).expects_sms("UTRYMNING")
        await story.correct(CascadeKind.FALSE_ALARM)
        story.phone(SARA).expects_sms("FALSKT LARM", "Odenplan")
        story.phone(LARS).expects_sms("FALSKT LARM")
        for _ in range(4):
            await story.pass_time(minutes=10)
            story.phone(SARA).is_quiet()
            story.phone(LARS).is_quiet()
        assert story.mail.record.mails == []
        alert, correction = story.desk.show(story.incident).cascades
        assert alert.status is CascadeStatus.STOOD_DOWN
        assert (correction.kind, correction.persons) == (CascadeKind.FALSE_ALARM, 2)


async def test_an_update_has_new_facts_and_the_alert_goes_on(tmp_path: Path) -> None:
    async with told(tmp_path, SCENARIO, TEMPLATES) as story:
        await story.alert("berattelse", plats="Odenplan")
        story.phone(SARA).expects_sms("Odenplan")
        story.phone(LARS).expects_sms("Odenplan")
        await story.correct(CascadeKind.UPDATE, plats="Vasaparken")
        story.phone(SARA).expects_sms("NYTT", "Vasaparken")
        story.phone(LARS).expects_sms("NYTT", "Vasaparken")
        story.phone(SARA).replies("1")
        story.phone(LARS).replies("1")
        await story.pass_time(minutes=1)
        reach = story.reach()
        assert {reach[SARA], reach[LARS]} == {ReachClass.ACKNOWLEDGED}
        await story.pass_time(minutes=20)
        assert [mail.recipients for mail in story.mail.record.mails] == [
            ("ulf.sandin@norrmalm.example",)
        ]


async def test_who_was_told_by_mail_too_is_corrected_by_mail_too(tmp_path: Path) -> None:
    async with told(tmp_path, SCENARIO, TEMPLATES) as story:
        await story.alert("berattelse", plats="Odenplan")
        story.phone(SARA).expects_sms("UTRYMNING")
        story.phone(LARS).expects_sms("UTRYMNING")
        story.phone(LARS).replies("1")
        await story.pass_time(minutes=5)
        story.phone(SARA).expects_sms("UTRYMNING")
        await story.pass_time(minutes=5)
        (mail,) = story.mail.record.mails
        assert mail.recipients == ("sara.nystrom@norrmalm.example",)
        await story.correct(CascadeKind.ALL_CLEAR)
        story.phone(SARA).expects_sms("FARAN ÖVER")
        story.phone(LARS).expects_sms("FARAN ÖVER")
        _, mail = story.mail.record.mails
        assert mail.recipients == ("sara.nystrom@norrmalm.example",)
        assert "FARAN ÖVER" in mail.text


@pytest.mark.parametrize("kind", [CascadeKind.FALSE_ALARM, CascadeKind.ALL_CLEAR])
async def test_a_paused_or_ended_alert_is_corrected_too(tmp_path: Path, kind: CascadeKind) -> None:
    async with told(tmp_path, SCENARIO, TEMPLATES) as story:
        await story.alert("berattelse", plats="Odenplan")
        story.phone(SARA).expects_sms("UTRYMNING")
        story.phone(LARS).expects_sms("UTRYMNING")
        halt = story.desk.pause if kind is CascadeKind.FALSE_ALARM else story.desk.stop
        halt(story.officer, story.incident)
        await story.correct(kind)
        story.phone(SARA).expects_sms("FA")
        story.phone(LARS).expects_sms("FA")


async def test_the_readmes_script_still_agrees_with_the_review(tmp_path: Path) -> None:
    async with told(tmp_path, SCENARIO, TEMPLATES) as story:
        await story.alert("berattelse", plats="Odenplan")
        story.phone(SARA).expects_sms("UTRYMNING")
        story.phone(LARS).expects_sms("UTRYMNING")
        story.phone(LARS).replies("1")
        await story.pass_time(minutes=1)
        await story.correct(CascadeKind.FALSE_ALARM)
        story.phone(SARA).expects_sms("FALSKT LARM")
        story.phone(LARS).expects_sms("FALSKT LARM")
        await story.pass_time(minutes=20)
        assert _recomputed(story, tmp_path) == _figures(story)


def _figures(story: Story) -> str:

    shown = story.desk.show(story.incident)
    return json.dumps(
        {"persons": shown.persons, **{reach.value: shown.reach[reach] for reach in ReachClass}}
    )


def _recomputed(story: Story, folder: Path) -> str:
    found = re.search(
        r"```python\n(.*?)```", (REPOSITORY / "README.md").read_text(), flags=re.DOTALL
    )
    assert found is not None
    script = folder / "recompute.py"
    script.write_text(found[1], encoding="utf-8")
    log = "\n".join(story.desk.export_log(story.incident))
    ended = subprocess.run(
        [sys.executable, str(script)], input=log, capture_output=True, text=True, check=True
    )
    return ended.stdout.strip()
