"""The set of playbooks is whole, and every text holds for every combination of its choices."""

from __future__ import annotations

import re

import pytest

from beredskap.domain.audience import members
from beredskap.domain.channel import Channel
from beredskap.domain.readability import lix
from beredskap.domain.sms import SmsEncoding, contains_drill_word, measure
from tests.content.shipped import (
    FORBIDDEN,
    NOW,
    SCENARIOS,
    content,
    every_body,
    scenario,
    template,
    uses,
)

USES = uses()
CATALOGUE = {
    "fire at a preschool": {"brand-forskola"},
    "a child is missing, or dies": {"barn-saknas", "barn-avlider"},
    "fire at a residential home": {"brand-boende"},
    "contagion at a residential home": {"smitta-aldreboende"},
    "too few in the home care": {"hemtjanst-personalbrist"},
    "accident or violence at a group home": {"lss-olycka"},
    "threat against an office": {"hot-socialtjanst"},
    "ongoing deadly violence": {"pagaende-dodligt-vald"},
    "act of terror": {"terrordad"},
    "cloudburst": {"skyfall"},
    "heat wave": {"varmebolja"},
    "power cut": {"elavbrott"},
    "no or unfit water": {"vatten"},
    "failure of IT": {"it-haveri"},
    "intrusion, or personal data revealed": {"dataintrang"},
    "disinformation": {"desinformation"},
    "a missing resident": {"forsvunnen-brukare"},
    "accident in a park": {"parklek-olycka"},
    "danger in a building": {"lokaler"},
    "death of a colleague": {"dodsfall-medarbetare"},
    "what nobody foresaw": {"generisk"},
}
"""The twenty-one kinds of event prepared for → their playbooks."""
NAMES_ITS_UNIT = {
    "barn-avlider": "a preschool",
    "barn-saknas": "a preschool",
    "brand-forskola": "a preschool",
    "brand-boende": "the contacts must know which house burns",
    "smitta-aldreboende": "the contacts must know which house not to visit",
    "hot-socialtjanst": "no contact person is written to",
}
"""Scenario → why its SMS and mail to people outside may say what the unit is called."""
FITS_WITH_MARKS = 130
PLACELESS = {"dataintrang", "forsvunnen-brukare", "hemtjanst-personalbrist"}
"""Nobody comes to a door because of these, so they have no notice."""
KEEP_AWAY = {"pagaende-dodligt-vald"}
"""Nobody may be sent out to put up a notice."""


def test_the_playbooks_are_those_of_the_twenty_one_kinds_of_event() -> None:
    assert len(CATALOGUE) == 21
    assert sorted(s for playbooks in CATALOGUE.values() for s in playbooks) == SCENARIOS


@pytest.mark.parametrize(("scenario_id", "template_id"), USES)
def test_every_combination_of_choices_is_a_whole_plain_text(
    scenario_id: str, template_id: str
) -> None:
    for channel, language, body in every_body(scenario_id, template_id):
        whole = f"{body.subject or ''}\n{body.text}"
        where = f"{channel}.{language}: {whole}"
        assert not re.search(r"[{}]|None|Undefined|(?<!\n) {2}|\.\.|,,| [.,]|\?\.", whole), where
        assert not contains_drill_word(whole), where
        assert [word for word in FORBIDDEN if word in whole.casefold()] == [], where
        assert lix(body.text).longest_sentence <= 18, where


@pytest.mark.parametrize(("scenario_id", "template_id"), USES)
def test_every_combination_of_choices_is_one_sms_in_the_cheap_alphabet(
    scenario_id: str, template_id: str
) -> None:
    for channel, language, body in every_body(scenario_id, template_id):
        if channel is Channel.SMS:
            found = measure(body.text)
            assert found.encoding is SmsEncoding.GSM_7, f"{found.forcing}: {body.text}"
            assert found.units <= FITS_WITH_MARKS, f"{language} {found.units}: {body.text}"


def test_the_languages_are_those_that_the_cheap_alphabet_can_write() -> None:
    spoken = {language for t in content().templates.values() for _, language in t.sources}
    assert spoken == set(content().directory.organisation.languages) == {"sv", "en"}


@pytest.mark.parametrize("template_id", sorted({t for _, t in USES}))
def test_whoever_passes_by_or_lives_here_can_read_it_in_english(template_id: str) -> None:
    """Web pages and notices have readers that nobody has listed."""
    known = template(template_id)
    for channel in (Channel.WEB, Channel.NOTICE):
        if known.languages(channel):
            assert set(known.languages(channel)) == {"sv", "en"}, channel


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_people_at_the_door_find_a_notice(scenario_id: str) -> None:
    has_notice = any(template(t).languages(Channel.NOTICE) for s, t in USES if s == scenario_id)
    assert has_notice is (scenario_id not in PLACELESS | KEEP_AWAY)


@pytest.mark.parametrize("scenario_id", sorted(set(SCENARIOS) - set(NAMES_ITS_UNIT)))
def test_no_message_to_people_outside_tells_which_unit_they_know(scenario_id: str) -> None:
    """What a unit is called can tell why somebody is on its list."""
    for template_id in (t for s, t in USES if s == scenario_id):
        if template(template_id).audience_kind != "external":
            continue
        for (channel, _), source in template(template_id).sources.items():
            if channel in (Channel.SMS, Channel.EMAIL, Channel.CALL):
                assert "fact.enhet" not in source, f"{template_id} {channel}"


def test_no_contact_person_hears_of_a_threat_against_an_office() -> None:
    for unit in content().directory.units:
        for wave in scenario("hot-socialtjanst").playbook.waves:
            told = members(wave.audience, content().directory, {"enhet": unit}, NOW)
            assert [p.id for p in told if "enhetskontakt" in p.roles] == [], wave.id


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_every_playbook_says_what_must_not_be_said(scenario_id: str) -> None:
    known = scenario(scenario_id)
    assert len(known.must_not_say) >= 4
    assert len(known.playbook.steps) >= 18
    assert sum(step.is_critical for step in known.playbook.steps) >= 5
    assert len(known.notifications) >= 2
    assert len(known.follow_up) >= 3
