"""Every problem in a workspace's content: those found while reading, and those between files.

Each rule is one small function with a stable id; `RULES` names them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from beredskap.domain.audience import members, unknown_names
from beredskap.domain.channel import Channel
from beredskap.domain.problem import Problem, Severity
from beredskap.domain.scenario import OpensWhen, RungAction, Scenario
from beredskap.domain.sms import SmsEncoding, contains_drill_word, measure, replace_lookalikes
from beredskap.domain.stakeholder import Unit
from beredskap.library.extremes import ExtremeText, extreme_texts
from beredskap.library.facts import longest_facts
from beredskap.library.workspace import Content, templates_of

Rule = Callable[[Content, date], Iterator[Problem]]
_GSM_PART = 160


def check(
    content: Content, today: date, texts: Sequence[ExtremeText] | None = None
) -> tuple[Problem, ...]:
    """Return every problem of the content's structure, by file and line.

    `texts` are the texts at their extremes, where they have been rendered already.
    """
    found = [*content.problems, *_texts(extreme_texts(content) if texts is None else texts)]
    for rule in RULES.values():
        found += rule(content, today)
    unique = dict.fromkeys(found)
    return tuple(sorted(unique, key=lambda problem: (problem.file, problem.line, problem.rule)))


def _scenario_problem(
    scenario: Scenario, rule: str, text: str, severity: Severity = Severity.ERROR
) -> Problem:
    return Problem(
        file=f"scenarios/{scenario.id}.yaml", line=0, rule=rule, severity=severity, text=text
    )


def _list_problem(
    file: str, rule: str, text: str, severity: Severity = Severity.WARNING
) -> Problem:
    return Problem(file=f"contact_lists/{file}", line=0, rule=rule, severity=severity, text=text)


def _unknown_templates(content: Content, today: date) -> Iterator[Problem]:
    """A scenario uses a template that is not there."""
    for scenario in content.scenarios.values():
        for template in templates_of(scenario):
            if template not in content.templates:
                yield _scenario_problem(
                    scenario,
                    "scenario.unknown_template",
                    f"The template '{template}' is not there; write it or correct the name.",
                )


def _unknown_names(content: Content, today: date) -> Iterator[Problem]:
    """A wave or group names a group, unit or person that the lists do not have."""
    for scenario in content.scenarios.values():
        facts = [fact.id for fact in scenario.facts]
        for wave in scenario.playbook.waves:
            for name in unknown_names(wave.audience, content.directory, facts):
                yield _scenario_problem(
                    scenario,
                    "scenario.unknown_audience",
                    f"The wave '{wave.id}' names {name}, which the contact lists do not have.",
                )
            yield from _unknown_roles(content, scenario, wave.audience.roles, wave.id)
            yield from _unknown_roles(content, scenario, wave.terms.rule.roles, wave.id)
            for rung in wave.terms.ladder:
                if rung.action is RungAction.LAST_RUNG and (
                    rung.person not in content.directory.people
                ):
                    yield _scenario_problem(
                        scenario,
                        "scenario.unknown_last_rung",
                        f"The last rung of wave '{wave.id}' must name a person of the lists.",
                    )
    for group in content.directory.lists.values():
        for name in unknown_names(group.audience, content.directory, ()):
            yield _list_problem(
                "groups.yaml",
                "groups.unknown_audience",
                f"The group '{group.id}' names {name}, which is not there.",
                Severity.ERROR,
            )


def _unknown_roles(
    content: Content, scenario: Scenario, roles: tuple[str, ...], wave: str
) -> Iterator[Problem]:
    held = {role for person in content.directory.people.values() for role in person.roles}
    held |= {period.role for period in content.directory.roster}
    for role in roles:
        if role not in held:
            yield _scenario_problem(
                scenario,
                "scenario.unknown_role",
                f"The wave '{wave}' names the role '{role}', which nobody has.",
            )


def _waves(content: Content, today: date) -> Iterator[Problem]:
    """Waves wait for each other in a circle, for one that is not there, or share an id."""
    for scenario in content.scenarios.values():
        waits = {
            wave.id: wave.opening.wave
            for wave in scenario.playbook.waves
            if wave.opening.when is not OpensWhen.RELEASE
        }
        ids = [wave.id for wave in scenario.playbook.waves]
        for wave_id in {i for i in ids if ids.count(i) > 1}:
            yield _scenario_problem(
                scenario, "scenario.duplicate_wave", f"The wave id '{wave_id}' stands twice."
            )
        for wave_id, other in waits.items():
            if other not in ids:
                yield _scenario_problem(
                    scenario,
                    "scenario.unknown_wave",
                    f"The wave '{wave_id}' waits for '{other}', which is not there.",
                )
            elif _is_circular(wave_id, waits):
                yield _scenario_problem(
                    scenario,
                    "scenario.circular_waves",
                    f"The wave '{wave_id}' waits for itself in the end and would never open.",
                )


def _is_circular(wave_id: str, waits: Mapping[str, str | None]) -> bool:
    seen, here = {wave_id}, waits.get(wave_id)
    while here is not None and here in waits:
        if here in seen:
            return True
        seen.add(here)
        here = waits[here]
    return here in seen


def _rules_and_answers(content: Content, today: date) -> Iterator[Problem]:
    """A wave asks for an answer that its text does not explain, or the reverse."""
    for scenario in content.scenarios.values():
        for wave in scenario.playbook.waves:
            template = content.templates.get(wave.template)
            if template is None:
                continue
            if wave.terms.rule.asks and not template.answers:
                yield _scenario_problem(
                    scenario,
                    "scenario.no_answers",
                    f"The wave '{wave.id}' asks for an answer, and its template "
                    f"'{wave.template}' says none; add `answers`.",
                )
            if not wave.terms.rule.asks and template.answers:
                yield _scenario_problem(
                    scenario,
                    "scenario.unasked_answers",
                    f"The template '{wave.template}' offers answers that the wave '{wave.id}' "
                    "does not ask for; set an acknowledgement rule.",
                    Severity.WARNING,
                )


def _corrections(content: Content, today: date) -> Iterator[Problem]:
    """A scenario lacks its update, false-alarm or all-clear text."""
    for scenario in content.scenarios.values():
        missing = [
            name
            for name, template in (
                ("update", scenario.update_template),
                ("false_alarm", scenario.false_alarm_template),
                ("all_clear", scenario.all_clear_template),
            )
            if template is None
        ]
        if missing:
            yield _scenario_problem(
                scenario,
                "scenario.missing_corrections",
                f"The texts {', '.join(missing)} are missing, so it cannot be launched live.",
                Severity.WARNING,
            )


def _empty_waves(content: Content, today: date) -> Iterator[Problem]:
    """A wave would reach nobody."""
    noon = datetime.combine(today, time(12), tzinfo=UTC)
    for scenario in content.scenarios.values():
        facts = longest_facts(scenario, content.directory)
        for wave in scenario.playbook.waves:
            if not members(wave.audience, content.directory, facts, noon):
                yield _scenario_problem(
                    scenario,
                    "scenario.empty_wave",
                    f"The wave '{wave.id}' means nobody today; correct its audience.",
                    Severity.WARNING,
                )


def _stale_reviews(content: Content, today: date) -> Iterator[Problem]:
    """A scenario was not reviewed within its interval."""
    for scenario in content.scenarios.values():
        due = scenario.reviewed_on + timedelta(days=scenario.review_interval_days)
        if due < today:
            yield _scenario_problem(
                scenario,
                "scenario.stale_review",
                f"The review was due on {due.isoformat()}; read it through and date it.",
                Severity.WARNING,
            )


def _texts(texts: Sequence[ExtremeText]) -> Iterator[Problem]:
    """Yield what cannot be rendered, and each SMS too long or too dear at its longest."""
    for extreme in texts:
        if extreme.fault:
            yield _template_problem(
                extreme.template.id,
                "template.rendering",
                f"In '{extreme.scenario.id}': {extreme.fault}",
                Severity.ERROR,
            )
        for (channel, language), body in extreme.bodies.items():
            if channel is Channel.SMS:
                yield from _sms_problems(extreme.template.id, language, body.text)


def _sms_problems(template: str, language: str, text: str) -> Iterator[Problem]:
    found = measure(text)
    if found.encoding is SmsEncoding.UCS_2:
        yield _template_problem(
            template,
            "template.sms_encoding",
            f"The SMS in {language} holds {' '.join(found.forcing)}, which makes it cost more; "
            f"{_mended(text, found.forcing)}.",
        )
    elif found.segments > 1:
        yield _template_problem(
            template,
            "template.sms_parts",
            f"The SMS in {language} takes {found.segments} parts ({found.units} of {_GSM_PART}) "
            "with the longest facts and the drill marks; shorten it.",
        )


def _mended(text: str, forcing: tuple[str, ...]) -> str:
    """Return what to write instead, as the end of a sentence."""
    swaps = [
        f"'{there or 'nothing'}' for '{here}'"
        for here, there in replace_lookalikes(text)[1]
        if here in forcing
    ]
    return f"write {', '.join(swaps)}" if len(swaps) == len(forcing) else "write it without"


def _template_problem(
    template: str, rule: str, text: str, severity: Severity = Severity.WARNING
) -> Problem:
    return Problem(
        file=f"message_templates/{template}/template.yaml",
        line=0,
        rule=rule,
        severity=severity,
        text=text,
    )


def _drill_words(content: Content, today: date) -> Iterator[Problem]:
    """A text that can be sent live speaks of a drill."""
    for template in content.templates.values():
        sources = [*template.sources.values(), *template.html_sources.values()]
        if any(contains_drill_word(source) for source in sources):
            yield _template_problem(
                template.id,
                "template.drill_word",
                "The text holds ÖVNING, which the program adds by itself; take it out.",
                Severity.ERROR,
            )


def _units(content: Content, today: date) -> Iterator[Problem]:
    """A unit lacks manager or deputy, has one who is both, or lies in a circle."""
    people, units = content.directory.people, content.directory.units
    for unit in units.values():
        for role, holder in (("manager", unit.manager), ("deputy", unit.deputy)):
            if holder is None or holder not in people:
                yield _list_problem(
                    "units.csv",
                    f"units.no_{role}",
                    f"The unit '{unit.id}' has no {role}; name one.",
                )
        if unit.manager is not None and unit.manager == unit.deputy:
            yield _list_problem(
                "units.csv",
                "units.own_deputy",
                f"In the unit '{unit.id}' the manager is also the deputy; name another.",
            )
        if unit.parent is not None and _is_circular_unit(unit, units):
            yield _list_problem(
                "units.csv",
                "units.circle",
                f"The unit '{unit.id}' lies below itself or below one that is not there.",
                Severity.ERROR,
            )


def _is_circular_unit(unit: Unit, units: Mapping[str, Unit]) -> bool:
    seen: set[str] = set()
    here: str | None = unit.id
    while here is not None:
        if here in seen or here not in units:
            return True
        seen.add(here)
        here = units[here].parent
    return False


def _people(content: Content, today: date) -> Iterator[Problem]:
    """A person names a unit, manager, deputy or go-between that is not there."""
    people, units = content.directory.people, content.directory.units
    for person in people.values():
        if person.unit is not None and person.unit not in units:
            yield _list_problem(
                "people.csv",
                "people.unknown_unit",
                f"The unit '{person.unit}' of '{person.id}' is not in units.csv.",
            )
        for word, other in (
            ("manager", person.manager),
            ("deputy", person.deputy),
            ("go-between", person.go_between),
        ):
            if other is not None and (other not in people or other == person.id):
                yield _list_problem(
                    "people.csv",
                    "people.unknown_person",
                    f"The {word} '{other}' of '{person.id}' must be another person of the list.",
                )


RULES: Mapping[str, Rule] = {
    "unknown_templates": _unknown_templates,
    "unknown_names": _unknown_names,
    "waves": _waves,
    "rules_and_answers": _rules_and_answers,
    "corrections": _corrections,
    "empty_waves": _empty_waves,
    "stale_reviews": _stale_reviews,
    "drill_words": _drill_words,
    "units": _units,
    "people": _people,
}
"""Name → rule; the first line of each rule's docstring is its sentence."""
