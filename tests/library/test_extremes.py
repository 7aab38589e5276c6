"""The texts at their extremes are what is sent with those facts."""

from __future__ import annotations

from pathlib import Path

from beredskap.domain.channel import Channel
from beredskap.domain.incident import IncidentMode
from beredskap.library import Content, extreme_texts, freeze_bodies, read_workspace
from tests.content.shipped import ROOT, content
from tests.library.conftest import SCENARIO, Write

SMS = "message_templates/larm/sms.sv.j2"


def assert_rendered_as_is(known: Content) -> None:
    for text in extreme_texts(known):
        original = known.templates[text.template.id]
        if not text.fault:
            assert text.bodies == freeze_bodies(
                original,
                text.scenario,
                known.directory,
                text.facts,
                IncidentMode.DRILL,
                channels=tuple(Channel),
            )


def test_every_shipped_text_is_rendered_as_it_is_sent() -> None:
    assert content().root == ROOT
    assert_rendered_as_is(content())


def test_an_unknown_name_is_still_a_fault(written: Write) -> None:
    faults = [text.fault for text in extreme_texts(written(SMS, "{{ fact.okand }}"))]
    assert any("okand" in fault for fault in faults)


def test_the_barest_has_the_defaults_and_nothing_optional(workspace: Path) -> None:
    form = workspace / "scenarios/prov.yaml"
    choice = (
        "  - {id: lage, label: L, type: choice, required: false, choices: [a, bb], default: bb}\n"
    )
    form.write_text(SCENARIO.replace("waves:", f"{choice}waves:"), encoding="utf-8")
    found = [t for t in extreme_texts(read_workspace(workspace)) if t.scenario.id == "prov"]
    bare = next(text.facts for text in found if not text.is_longest)
    assert (bare["antal"], bare["lage"], bare["tid"]) == ("", "bb", "23.59")
