"""A workspace made from the shipped one, with a small scenario that asks nothing and ends soon."""

from __future__ import annotations

from pathlib import Path

from beredskap.library import copy_shipped
from tests.fakes.sms_gateway import ACCOUNT, NUMBER, TOKEN

OFFICER = "lars-forsgren"
ADOPTER = "karin-sjoholm"
_SCENARIO = """\
title: Prov
purpose: Ett prov av vägarna ut.
category: Other
level: grön
owner_role: stabschef
reviewed: 2026-11-01
review_interval_days: 3650
waves:
{waves}
update: prov-sms
false_alarm: prov-sms
all_clear: prov-sms
"""
_WAVE = """\
  - id: {channel}
    title: Prov med {channel}
    template: prov-{channel}
    audience: {{people: [{people}]}}
    opens: {{after_minutes: 0}}
    acknowledgement: {{rule: none}}
    minutes_allowed: 60
    uncertain: {uncertain}
"""


def make_workspace(
    folder: Path, people: list[str], *, channels: tuple[str, ...] = ("sms", "email"), uncertain: str
) -> Path:
    """Return a workspace with the scenario `prov` for these people on these channels."""
    copy_shipped(folder)
    waves = "".join(
        _WAVE.format(channel=channel, people=", ".join(people), uncertain=uncertain)
        for channel in channels
    )
    (folder / "scenarios" / "prov.yaml").write_text(_SCENARIO.format(waves=waves))
    for channel, text in (
        ("sms", "Norrmalms sdf: Prov. Du behöver inte göra något."),
        ("email", "Subject: Prov\n\nDet här är ett prov. Du behöver inte göra något."),
    ):
        template = folder / "message_templates" / f"prov-{channel}"
        template.mkdir()
        (template / "template.yaml").write_text("purpose: Prov\naudience: internal\n")
        (template / f"{channel}.sv.j2").write_text(text)
    return folder


def live_environment(smtp_port: str, sms_url: str) -> dict[str, str]:
    """Return the settings of a live workspace whose providers listen on the loopback."""
    return {
        "BEREDSKAP_OFFICER": OFFICER,
        "BEREDSKAP_SMTP__HOST": "127.0.0.1",
        "BEREDSKAP_SMTP__PORT": smtp_port,
        "BEREDSKAP_SMTP__SECURITY": "none",
        "BEREDSKAP_TWILIO__ACCOUNT_SID": ACCOUNT,
        "BEREDSKAP_TWILIO__AUTH_TOKEN": TOKEN,
        "BEREDSKAP_TWILIO__FROM_NUMBER": NUMBER,
        "BEREDSKAP_TWILIO__BASE_URL": sms_url,
        "BEREDSKAP_TWILIO__MAX_IN_FLIGHT": "4",
    }
