"""A broken file: what was used last is kept, offered with its date, and put back by one act."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from beredskap.domain.cascade import CascadeKind
from beredskap.domain.incident import IncidentMode
from beredskap.errors import ContentError, NotFoundError, RefusedError
from tests.desk.conftest import FACTS, Office

SMS = "message_templates/larm/sms.sv.j2"
FALSE_ALARM = "message_templates/falskt/sms.sv.j2"
OWN = "scenarios/brand.yaml"
GROUPS = "contact_lists/groups.yaml"


def overwrite(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "breaks"),
    [
        (OWN, overwrite("title: [")),
        (OWN, Path.unlink),
        (SMS, overwrite("{{ fact.plats")),
        (SMS, overwrite("{{ fact.ingenting }}")),
        (GROUPS, overwrite("groups: [")),
        ("message_templates/larm/template.yaml", Path.unlink),
    ],
)
def test_what_was_adopted_last_is_offered_with_its_date_and_put_back(
    office: Office, path: str, breaks: Callable[[Path], object]
) -> None:
    office.desk.adopt(office.actor(), "brand")
    before = (office.workspace / path).read_bytes()
    breaks(office.workspace / path)
    broken = (office.workspace / path).read_bytes() if (office.workspace / path).exists() else None
    with pytest.raises((ContentError, NotFoundError)) as refused:
        office.prepare(mode=IncidentMode.LIVE)
    if broken is not None or path != OWN:
        assert "2026-11-23 03:12 UTC" in str(refused.value)
        assert "beredskap scenario restore brand" in str(refused.value)
    restored = office.desk.restore(office.actor(), "brand")
    assert path in restored.files
    assert (office.workspace / path).read_bytes() == before
    aside = office.workspace / f"{path}.broken"
    assert (aside.read_bytes() if aside.exists() else None) == broken
    assert office.launch(mode=IncidentMode.LIVE).incident


def test_a_false_alarm_whose_text_was_broken_meanwhile_is_put_back_too(office: Office) -> None:
    office.desk.adopt(office.actor(), "brand")
    incident = office.launch(mode=IncidentMode.LIVE).incident
    path = office.workspace / FALSE_ALARM
    path.write_text("{% if %}", encoding="utf-8")
    with pytest.raises(ContentError, match="scenario restore brand"):
        office.desk.prepare_correction(incident, CascadeKind.FALSE_ALARM, FACTS)
    assert office.desk.restore(office.actor(), "brand").files == (FALSE_ALARM,)
    assert office.desk.prepare_correction(incident, CascadeKind.FALSE_ALARM, FACTS)


def test_a_broken_version_never_takes_the_place_of_the_one_kept(office: Office) -> None:
    office.desk.adopt(office.actor(), "brand")
    good = (office.workspace / FALSE_ALARM).read_bytes()
    (office.workspace / FALSE_ALARM).write_text("{% if %}", encoding="utf-8")
    office.launch(mode=IncidentMode.LIVE)
    office.desk.restore(office.actor(), "brand")
    assert (office.workspace / FALSE_ALARM).read_bytes() == good


def test_what_was_changed_on_purpose_and_works_is_left_alone(office: Office) -> None:
    office.desk.adopt(office.actor(), "brand")
    (office.workspace / SMS).write_text("Ändrad {{ fact.plats }}.", encoding="utf-8")
    with pytest.raises(RefusedError, match="missing or broken"):
        office.desk.restore(office.actor(), "brand")
    (office.workspace / FALSE_ALARM).write_text("{% if %}", encoding="utf-8")
    assert office.desk.restore(office.actor(), "brand").files == (FALSE_ALARM,)
    assert "Ändrad" in (office.workspace / SMS).read_text(encoding="utf-8")


def test_nothing_is_kept_of_a_scenario_that_was_never_used(office: Office) -> None:
    with pytest.raises(NotFoundError, match="No version of 'brand' is kept"):
        office.desk.restore(office.actor(), "brand")
    (office.workspace / SMS).write_text("{{ fact.plats", encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        office.prepare()
    assert "restore" not in str(refused.value)


def test_lists_of_people_are_never_kept(office: Office) -> None:
    office.desk.adopt(office.actor(), "brand")
    office.launch(mode=IncidentMode.LIVE)
    kept = {path for (path,) in office.rows("SELECT path FROM clean_file")}
    assert OWN in kept
    assert not {path for path in kept if "people" in path or "roster" in path or "officer" in path}
