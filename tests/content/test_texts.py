"""Every shipped text renders at both extremes, says what it must and nothing that it must not."""

from __future__ import annotations

import re

import pytest

from beredskap.domain.channel import Channel
from beredskap.domain.incident import IncidentMode
from beredskap.domain.readability import lix
from beredskap.domain.scenario import FactType
from beredskap.domain.sms import DOUBTFUL, SmsEncoding, carries_drill_marks, measure
from tests.content.shipped import FORBIDDEN, SCENARIOS, bodies, content, scenario, template, uses

USES = uses()
TWO_PARTS_IN_A_DRILL: set[tuple[str, str]] = set()
"""(template, language) whose SMS needs two parts with the marks; none at present."""
LONGEST_UNMARKED = 130
FIVE_QUESTIONS = {
    "sv": (
        "Vad har hänt?", "Hur berör det mig?", "Vad gör vi?", "Vad ska jag göra?",
        "Var får jag veta mer?",
    ),
    "en": (
        "What has happened?", "How does it affect me?", "What are we doing?", "What should I do?",
        "Where can I learn more?",
    ),
}  # fmt: skip
PROMISED_TIME = re.compile(
    r"(?:[Nn]ytt besked|besked på (?:stabs)?mötet|next message|Next news)(?: kl)? (\d\d\.\d\d)"
)
NAMES_NO_UNIT = (
    "dodsfall-medarbetare", "generisk", "hemtjanst-personalbrist", "lss-olycka",
    "pagaende-dodligt-vald", "skyfall", "terrordad",
)  # fmt: skip
NAMES = ("Norrmalms", "stadsdelsförvaltning", "norrmalm.example")


def _wave_templates() -> set[str]:
    return {w.template for s in SCENARIOS for w in scenario(s).playbook.waves}


def _updates() -> set[str]:
    return {str(scenario(s).update_template) for s in SCENARIOS}


def _expected_languages(template_id: str) -> set[str]:
    return {"sv", "en"} if template(template_id).audience_kind == "external" else {"sv"}


def test_every_shipped_template_is_used() -> None:
    assert {t for _, t in USES} == set(content().templates)


@pytest.mark.parametrize("template_id", sorted({t for _, t in USES}))
def test_a_template_has_its_channels_and_languages(template_id: str) -> None:
    known = template(template_id)
    wanted = _expected_languages(template_id)
    for channel in (Channel.SMS, Channel.EMAIL):
        assert set(known.languages(channel)) >= wanted, channel
    assert known.languages(Channel.SMS) == known.languages(Channel.EMAIL)
    if known.audience_kind == "external":
        assert "sv" in known.languages(Channel.WEB)
    assert known.purpose.endswith(".")


@pytest.mark.parametrize(("scenario_id", "template_id"), USES)
def test_the_slots_are_exactly_the_facts_the_texts_use(scenario_id: str, template_id: str) -> None:
    known = template(template_id)
    used = set(re.findall(r"fact\.(\w+)", "".join(known.sources.values())))
    assert set(known.slots) == used
    assert used <= {fact.id for fact in scenario(scenario_id).facts}


@pytest.mark.parametrize("mode", [IncidentMode.LIVE, IncidentMode.DRILL])
@pytest.mark.parametrize(("scenario_id", "template_id"), USES)
def test_every_text_renders_whole_and_is_marked_when_it_is_a_drill(
    scenario_id: str, template_id: str, mode: IncidentMode
) -> None:
    seen = 0
    for _, channel, language, body in bodies(scenario_id, template_id, mode):
        where = f"{channel}.{language}: {body.text}"
        assert not re.search(r"[{}]|None|Undefined| {2}|\.\.|,,| [.,]", body.text), where
        assert bool(body.subject) == (channel is Channel.EMAIL), where
        assert carries_drill_marks(body.text) is mode.needs_marks, where
        if body.subject:
            assert carries_drill_marks(body.subject) is mode.needs_marks
            assert len(body.subject) <= 78 + 30, body.subject
        seen += 1
    assert seen >= 6


@pytest.mark.parametrize(("scenario_id", "template_id"), USES)
def test_every_sms_is_plain_gsm_and_one_part_even_with_marks(
    scenario_id: str, template_id: str
) -> None:
    for mode in (IncidentMode.LIVE, IncidentMode.DRILL):
        for _, channel, language, body in bodies(scenario_id, template_id, mode):
            if channel is not Channel.SMS:
                continue
            found = measure(body.text)
            assert found.encoding is SmsEncoding.GSM_7, f"{found.forcing}: {body.text}"
            assert not DOUBTFUL & set(body.text)
            in_two = mode.needs_marks and (template_id, language) in TWO_PARTS_IN_A_DRILL
            assert found.segments == (2 if in_two else 1), body.text
            if mode is IncidentMode.LIVE and (template_id, language) not in TWO_PARTS_IN_A_DRILL:
                assert found.units <= LONGEST_UNMARKED, f"{found.units}: {body.text}"


@pytest.mark.parametrize(("scenario_id", "template_id"), USES)
def test_an_sms_says_who_asks_when_and_holds_no_link(scenario_id: str, template_id: str) -> None:
    sender = content().directory.organisation.short_name
    for facts, channel, _, body in bodies(scenario_id, template_id, IncidentMode.LIVE):
        if channel is not Channel.SMS:
            continue
        assert body.text.startswith(f"{sender}: "), body.text
        assert not re.search(r"https?:|www\.|\.example|\.se\b", body.text)
        assert "\n" not in body.text
        if template_id in _wave_templates() | _updates():
            promised = PROMISED_TIME.search(body.text)
            assert promised is not None, body.text
            assert promised[1] in {facts["nasta"], facts.get("mote")}


@pytest.mark.parametrize(("scenario_id", "template_id"), USES)
def test_every_answer_is_explained_in_sms_and_mail(scenario_id: str, template_id: str) -> None:
    keys = [answer.key for answer in template(template_id).answers]
    assert len(set(keys)) == len(keys)
    for _, channel, language, body in bodies(scenario_id, template_id, IncidentMode.LIVE):
        offered = re.findall(r"(?<![\d.])([1-9])\s?=", body.text)
        if channel in (Channel.SMS, Channel.EMAIL):
            assert offered == keys, f"{channel}.{language}: {body.text}"
        else:
            assert offered == []


@pytest.mark.parametrize("template_id", sorted({t for _, t in USES}))
def test_one_answer_means_yes_and_help_is_never_a_yes(template_id: str) -> None:
    answers = template(template_id).answers
    if answers:
        assert sum(answer.is_yes for answer in answers) == 1, "so that 'ja' can be read"
        assert sum(not (answer.is_yes or answer.is_help) for answer in answers) <= 1
        assert sum(answer.is_help for answer in answers) == 1


@pytest.mark.parametrize(("scenario_id", "template_id"), USES)
def test_no_text_holds_a_forbidden_word(scenario_id: str, template_id: str) -> None:
    for _, channel, language, body in bodies(scenario_id, template_id, IncidentMode.LIVE):
        whole = f"{body.subject} {body.text}".casefold()
        found = [word for word in FORBIDDEN if word in whole]
        assert found == [], f"{channel}.{language}: {body.text}"


@pytest.mark.parametrize("scenario_id", NAMES_NO_UNIT)
def test_an_event_that_may_be_at_any_unit_names_no_unit_to_people_outside(scenario_id: str) -> None:
    """What a unit is called can tell why somebody is on its list."""
    outside = [t for s, t in USES if s == scenario_id and template(t).audience_kind == "external"]
    assert len(outside) == 4
    for template_id in outside:
        sources = template(template_id).sources.values()
        assert not [source for source in sources if "fact.enhet" in source]


@pytest.mark.parametrize(("scenario_id", "template_id"), USES)
def test_every_text_is_easy_to_read(scenario_id: str, template_id: str) -> None:
    for _, channel, language, body in bodies(scenario_id, template_id, IncidentMode.LIVE):
        read = lix(body.text, names=NAMES)
        assert read.longest_sentence <= 18, f"{channel}.{language}: {body.text}"
        if read.is_certain:
            assert read.lix is not None
            assert read.lix <= 35, f"{channel}.{language}: {read.lix:.0f}"


@pytest.mark.parametrize(("scenario_id", "template_id"), USES)
def test_a_public_text_answers_the_five_questions_and_says_where_to_turn(
    scenario_id: str, template_id: str
) -> None:
    for _, channel, language, body in bodies(scenario_id, template_id, IncidentMode.LIVE):
        if channel is Channel.WEB:
            places = [body.text.find(f"\n{q}\n") for q in FIVE_QUESTIONS[language]]
            assert -1 not in places
            assert places == sorted(places)
            assert content().directory.organisation.mail_reply_to in body.text


@pytest.mark.parametrize(("scenario_id", "template_id"), USES)
def test_every_mail_says_how_to_answer_and_who_wrote(scenario_id: str, template_id: str) -> None:
    for _, channel, language, body in bodies(scenario_id, template_id, IncidentMode.LIVE):
        if channel is Channel.EMAIL:
            answer = {"sv": "på det här mejlet", "en": "eply to this mail"}[language]
            assert answer in body.text, body.text
            assert body.text.endswith(content().directory.organisation.name)


@pytest.mark.parametrize(("scenario_id", "template_id"), USES)
def test_the_languages_of_a_text_carry_the_same_times_and_places(
    scenario_id: str, template_id: str
) -> None:
    types = {fact.id: fact.type for fact in scenario(scenario_id).facts}
    hard = {i for i, t in types.items() if t in (FactType.TIME, FactType.PLACE, FactType.UNIT)}
    by_channel: dict[Channel, dict[str, set[str]]] = {}
    for (channel, language), source in template(template_id).sources.items():
        used = set(re.findall(r"\{\{ fact\.(\w+)", source)) & hard
        by_channel.setdefault(channel, {})[language] = used
    for channel, by_language in by_channel.items():
        assert len({frozenset(used) for used in by_language.values()}) == 1, (channel, by_language)


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_every_choice_is_told_in_english_too(scenario_id: str) -> None:
    """Every Swedish value but the default, which is the English text's last resort, is named."""
    known = scenario(scenario_id)
    for fact in known.facts:
        if fact.type is not FactType.CHOICE:
            continue
        named = [
            source
            for scenario_used, template_id in USES
            if scenario_used == scenario_id
            for (_, language), source in template(template_id).sources.items()
            if language == "en" and f"fact.{fact.id}" in source
        ]
        assert named
        for source in named:
            assert [c for c in fact.choices if c != fact.default and f'"{c}"' not in source] == []
            assert f"{{{{ fact.{fact.id} }}}}" not in source, "Swedish in an English text"
