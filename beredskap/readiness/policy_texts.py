"""The policy's rows about texts: clear, open, in every language, with a way to answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from beredskap.domain.audience import members
from beredskap.domain.channel import Channel
from beredskap.domain.message import MessageTemplate
from beredskap.domain.readability import lix
from beredskap.domain.scenario import FactType, PlaybookWave, Scenario
from beredskap.domain.stakeholder import Employment
from beredskap.library import Content, longest_facts
from beredskap.readiness.policy import PolicyRule, Tally, tally
from beredskap.readiness.policy_playbooks import has_intranet
from beredskap.readiness.policy_wording import (
    SCENARIOS,
    TEMPLATES,
    by_scenario,
    external_templates,
    first_language,
    is_external,
    opens_after,
    plain,
    texts_of,
    used_templates,
)

_HIGHEST_LIX = 40
_LONGEST_SENTENCE = 20
_MANY = 10
"""More recipients of one internal mail than this want a text on the intranet too."""
_SINGLING_OUT = re.compile(
    r"\b(?:invandrar\w*|utlänning\w*|handikappa\w*|dement[ae]?|senila?|asocial\w*|"
    r"missbrukar(?:e|na|en)\w*|förståndshandikapp\w*|utvecklingsstörd\w*|"
    r"illegal (?:alien|immigrant)s?|cripple[ds]?|retarded)\b",
    re.IGNORECASE,
)
"""Words that make a group of somebody; to deny a rumour (dementera) is none of them."""
_UNKNOWN = re.compile(r"vet inte|inte vet|vet vi inte|do not (?:yet )?know", re.IGNORECASE)
_CONCERN = re.compile(
    r"vi förstår|beklagar|sorglig|orolig|skakad|ledsam|väcker|we know that this|sorry|worrying",
    re.IGNORECASE,
)
_OUR_PART = re.compile(r"(?:ansvarar|svarar) för|responsible for|answers? for", re.IGNORECASE)
_NEXT = re.compile(
    r"besked|skriver (?:här )?(?:igen|mer)|next (?:message|news)|write (?:here )?again",
    re.IGNORECASE,
)
_REPLY = re.compile(r"på det här mejlet|svara oss|reply to this|answer this", re.IGNORECASE)
_ADDRESS = re.compile(r"organisation\.mail_reply_to|[\w.+-]+@[\w.-]+\w")
_TO_ASK = re.compile(r"fråg|undra|synpunkt|klagomål|question|complaint", re.IGNORECASE)
_TIME_SLOT = re.compile(r"fact\.(\w+)")
_ENDING = re.compile(r"[.!?](?=\s|$)")


def _accessible(content: Content, today: date) -> Tally:
    """Two ways to the person, easy to read, and the organisation's languages outside."""
    wanted = set(content.directory.organisation.languages)

    def is_right(template: MessageTemplate) -> bool:
        sms, mail = (set(template.languages(way)) for way in (Channel.SMS, Channel.EMAIL))
        needed = wanted if is_external(template) else {first_language(content)}
        texts = texts_of(template, Channel.EMAIL, language=first_language(content))
        return needed <= sms and needed <= mail and all(_is_easy(text) for _, text in texts)

    return tally({one.id: is_right(one) for one in content.templates.values()}, TEMPLATES)


def _is_easy(source: str) -> bool:
    read = lix(plain(source))
    return not read.is_certain or (read.lix or 0) <= _HIGHEST_LIX


def _equal_worth(content: Content, today: date) -> Tally:
    """No word singles out a group, and people outside read their first language."""
    read = {
        person.languages[0]
        for person in content.directory.people.values()
        if person.employment is Employment.NOT_EMPLOYED and person.languages
    }

    def is_right(template: MessageTemplate) -> bool:
        if any(_SINGLING_OUT.search(source) for source in template.sources.values()):
            return False
        return not is_external(template) or read <= set(template.languages(Channel.EMAIL))

    return tally({one.id: is_right(one) for one in content.templates.values()}, TEMPLATES)


def _our_part(content: Content, today: date) -> Tally:
    """Each first text for the web says what we answer for and when more comes."""
    first = {
        wave.template for scenario in content.scenarios.values() for wave in scenario.playbook.waves
    }
    return tally(
        {
            name: bool(_OUR_PART.search(source) and _NEXT.search(source))
            for template in external_templates(content)
            if template.id in first
            for name, source in texts_of(template, Channel.WEB)
        },
        TEMPLATES,
    )


def _purposes(content: Content, today: date) -> Tally:
    """Each scenario and template has a purpose of one sentence."""
    purposes = {f"scenarios/{one.id}": one.purpose for one in content.scenarios.values()}
    purposes |= {f"{TEMPLATES}/{one.id}": one.purpose for one in content.templates.values()}
    judged = {
        name: len(_ENDING.findall(purpose.strip())) == 1 and purpose.strip()[-1:] in ".!?"
        for name, purpose in purposes.items()
    }
    return tally(judged, f"{SCENARIOS}, {TEMPLATES}")


def _open_and_kind(content: Content, today: date) -> Tally:
    """Each scenario says what is not known, and shows concern."""

    def is_right(scenario: Scenario) -> bool:
        told = " ".join(
            source
            for template in used_templates(content, scenario)
            for source in template.sources.values()
        )
        answers = " ".join(question.answer for question in scenario.questions)
        return bool(_UNKNOWN.search(f"{told} {answers}") and _CONCERN.search(told))

    return by_scenario(content, is_right)


def _one_story(content: Content, today: date) -> Tally:
    """All languages give the same times, and no group gets two texts at the same moment."""
    return by_scenario(
        content,
        lambda scenario: (
            not _clashes(scenario)
            and all(_same_times(scenario, one) for one in used_templates(content, scenario))
        ),
    )


def _clashes(scenario: Scenario) -> bool:
    told: dict[tuple[str, int], str] = {}
    for wave in scenario.playbook.waves:
        for group in wave.audience.groups:
            moment = (group, opens_after(scenario, wave.id))
            if told.setdefault(moment, wave.template) != wave.template:
                return True
    return False


def _same_times(scenario: Scenario, template: MessageTemplate) -> bool:
    times = {fact.id for fact in scenario.facts if fact.type is FactType.TIME}
    by_channel: dict[Channel, set[frozenset[str]]] = {}
    for (channel, _), source in template.sources.items():
        used = frozenset(_TIME_SLOT.findall(source)) & times
        by_channel.setdefault(channel, set()).add(used)
    return all(len(variants) == 1 for variants in by_channel.values())


def _mail_to_many(content: Content, today: date) -> Tally:
    """An internal mail to more than ten stands on the intranet too."""
    return tally(
        {
            f"{scenario.id}/{wave.id}": has_intranet(content, scenario)
            for scenario in content.scenarios.values()
            for wave in scenario.playbook.waves
            if _mails_many(content, scenario, wave, today)
        },
        SCENARIOS,
    )


def _mails_many(content: Content, scenario: Scenario, wave: PlaybookWave, today: date) -> bool:
    template = content.templates.get(wave.template)
    if template is None or template.audience_kind != "internal":
        return False
    if not template.languages(Channel.EMAIL):
        return False
    noon = datetime.combine(today, time(12), tzinfo=UTC)
    facts = longest_facts(scenario, content.directory)
    return len(members(wave.audience, content.directory, facts, noon)) > _MANY


def _on_the_web(content: Content, today: date) -> Tally:
    """Each text for people outside has one for the web."""
    return tally(
        {
            template.id: first_language(content) in template.languages(Channel.WEB)
            for template in external_templates(content)
        },
        TEMPLATES,
    )


def _clear_web(content: Content, today: date) -> Tally:
    """Each text for the web is easy, and no sentence long."""

    def is_right(source: str) -> bool:
        longest = lix(plain(source)).longest_sentence
        return _is_easy(source) and longest <= _LONGEST_SENTENCE

    return tally(
        {
            name: is_right(source)
            for template in content.templates.values()
            for name, source in texts_of(template, Channel.WEB, language=first_language(content))
        },
        TEMPLATES,
    )


def _answerable(content: Content, today: date) -> Tally:
    """Each mail to people outside says how to answer, and answers have somewhere to go."""
    has_address = bool(content.directory.organisation.mail_reply_to)
    return tally(
        {
            name: has_address and bool(_REPLY.search(source))
            for template in external_templates(content)
            for name, source in texts_of(template, Channel.EMAIL)
        },
        TEMPLATES,
    )


def _where_to_turn(content: Content, today: date) -> Tally:
    """Each mail and web text outside says where to ask, comment and complain."""
    return tally(
        {
            name: bool(
                _REPLY.search(source) or (_ADDRESS.search(source) and _TO_ASK.search(source))
            )
            for template in external_templates(content)
            for name, source in texts_of(template, Channel.EMAIL, Channel.WEB)
        },
        TEMPLATES,
    )


RULES: Mapping[str, PolicyRule] = {
    "P1-03": _accessible,
    "P1-05": _equal_worth,
    "P1-11": _our_part,
    "P1-16": _purposes,
    "P2-01": _open_and_kind,
    "P3-15": _one_story,
    "P5-21": _mail_to_many,
    "P5-22": _on_the_web,
    "P5-23": _clear_web,
    "P6-09": _answerable,
    "P6-11": _where_to_turn,
}
"""Row → the rule that judges it."""
