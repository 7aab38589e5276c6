"""Rendering: strict, in a sandbox, bounded, and marked for everything but a live incident."""

from __future__ import annotations

from pathlib import Path

import pytest

from beredskap.domain.channel import Channel
from beredskap.domain.incident import IncidentMode
from beredskap.domain.sms import carries_drill_marks
from beredskap.errors import ContentError, RefusedError, UsageError
from beredskap.library import (
    Content,
    check_facts,
    copy_shipped,
    freeze_bodies,
    longest_facts,
    read_workspace,
)
from tests.library.conftest import Write

FACTS = {"enhet": "eken", "tid": "14.05", "antal": ""}
LARM = "message_templates/larm"


def rendered(content: Content, mode: IncidentMode = IncidentMode.LIVE) -> str:
    """Return the SMS of the template `larm`."""
    bodies = freeze_bodies(
        content.templates["larm"], content.scenarios["prov"], content.directory, FACTS, mode
    )
    return bodies[Channel.SMS, "sv"].text


def test_facts_and_the_organisation_are_filled_in(workspace: Path) -> None:
    text = rendered(read_workspace(workspace))
    assert text == "Provstad: Samling Förskolan Eken 14.05. Svara 1."


@pytest.mark.parametrize("mode", [m for m in IncidentMode if m is not IncidentMode.LIVE])
def test_every_text_outside_a_live_incident_is_marked(workspace: Path, mode: IncidentMode) -> None:
    content = read_workspace(workspace)
    bodies = freeze_bodies(
        content.templates["larm"], content.scenarios["prov"], content.directory, FACTS, mode
    )
    mail = bodies[Channel.EMAIL, "sv"]
    texts = [bodies[Channel.SMS, "sv"].text, mail.text, mail.subject]
    assert all(carries_drill_marks(text) for text in texts)


def test_a_live_text_never_speaks_of_a_drill(written: Write) -> None:
    content = written(f"{LARM}/sms.sv.j2", "ÖVNING: samling")
    with pytest.raises(ContentError, match="drill"):
        rendered(content)


@pytest.mark.parametrize(
    "source",
    [
        "{{ fact.okand }}",
        "{{ okand }}",
        "{{ fact.__class__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ fact.__class__.__base__.__subclasses__() }}",
        "{{ fact.update({'tid': '1'}) }}",
        "{% for i in range(1000000) %}x{% endfor %}",
        "{{ 'x' * 1601 }}",
        "{{ 1 / 0 }}",
        "{% if %}",
        "{{ fact.tid",
        "{% include 'x' %}",
    ],
)
def test_what_a_text_may_not_do_is_one_sentence(written: Write, source: str) -> None:
    content = written(f"{LARM}/sms.sv.j2", source)
    with pytest.raises(ContentError) as caught:
        rendered(content)
    assert "message_templates/larm/sms.sv.j2" in str(caught.value)


def test_a_text_that_takes_for_ever_is_ended(written: Write) -> None:
    endless = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"
    content = written(f"{LARM}/sms.sv.j2", endless)
    with pytest.raises(ContentError, match="render"):
        rendered(content)


def test_a_mail_without_a_subject_is_refused(written: Write) -> None:
    content = written(f"{LARM}/email.sv.j2", "Samling")
    with pytest.raises(ContentError, match="Subject"):
        rendered(content)


def test_html_is_escaped_and_plain_text_is_not(written: Write) -> None:
    content = written(f"{LARM}/email.sv.html.j2", "<p>{{ fact.tid }} {{ fact.antal }}</p>")
    facts = FACTS | {"antal": "<b>"}
    bodies = freeze_bodies(
        content.templates["larm"],
        content.scenarios["prov"],
        content.directory,
        facts,
        IncidentMode.LIVE,
    )
    assert bodies[Channel.EMAIL, "sv"].html == "<p>14.05 &lt;b&gt;</p>"


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"tid": "14.05"}, "'enhet' (Enhet) is missing"),
        ({"enhet": "eken"}, "'tid' (Klockslag) is missing"),
        ({"enhet": "björken", "tid": "14.05"}, "must be a unit's id"),
        ({"enhet": "eken", "tid": "25.00"}, "must be a time"),
        ({"enhet": "eken", "tid": "14.05", "antal": "xy"}, "whole number"),
        ({"enhet": "eken", "tid": "14.05", "antal": "123"}, "has 3 characters and may have 2"),
        ({"enhet": "eken", "tid": "14.05", "antal": "1\n"}, None),
        ({"enhet": "eken", "tid": "14.05", "antal": "1\n2"}, "cannot be printed"),
        ({"enhet": "eken", "tid": "14.05", "plats": "x"}, "'plats' is not one of"),
    ],
)
def test_facts_are_checked_before_anything_is_rendered(
    workspace: Path, facts: dict[str, str], told: str | None
) -> None:
    content = read_workspace(workspace)
    if told is None:
        check_facts(content.scenarios["prov"], content.directory, facts)
        return
    with pytest.raises(UsageError) as caught:
        check_facts(content.scenarios["prov"], content.directory, facts)
    assert told in str(caught.value)


def test_the_longest_facts_are_ones_that_may_be_given(workspace: Path) -> None:
    content = read_workspace(workspace)
    scenario = content.scenarios["prov"]
    check_facts(scenario, content.directory, longest_facts(scenario, content.directory))


def test_a_new_workspace_is_whole_and_keeps_real_people_out_of_git(tmp_path: Path) -> None:
    copy_shipped(tmp_path / "ny")
    content = read_workspace(tmp_path / "ny")
    assert content.problems == ()
    ignored = (tmp_path / "ny" / ".gitignore").read_text().splitlines()
    for name in ("people.csv", "roster.csv", "officers.yaml"):
        assert f"contact_lists/{name}" in ignored


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "min.yaml").write_text("min")
    with pytest.raises(RefusedError, match="nothing was changed"):
        copy_shipped(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["scenarios"]
