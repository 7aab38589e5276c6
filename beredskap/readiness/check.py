"""Runs every rule over the content, and keeps quiet where a file gives a reason for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from beredskap.domain.problem import Problem, Severity, Silence
from beredskap.library import Content, extreme_texts
from beredskap.library import check as check_structure
from beredskap.readiness import (
    address_rules,
    contact_rules,
    message_rules,
    route_rules,
    safety_rules,
    scenario_rules,
    wording_rules,
)
from beredskap.readiness.rule import Evidence, Rule
from beredskap.readiness.texts import read_texts

RULES: tuple[Rule, ...] = (
    *message_rules.RULES,
    *wording_rules.RULES,
    *safety_rules.RULES,
    *scenario_rules.RULES,
    *route_rules.RULES,
    *contact_rules.RULES,
    *address_rules.RULES,
)
"""Every rule of this room; those of a file's structure are the library's own."""
_IDS = frozenset(rule.id for rule in RULES)
_TEMPLATE = "/template.yaml"


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckResult:
    """What a check found, and what was kept quiet with a reason."""

    problems: tuple[Problem, ...]
    """By file, line and rule."""
    silenced: tuple[Problem, ...] = ()


def check(
    content: Content,
    today: date,
    *,
    adopted: Collection[str] = (),
    tracked: Collection[str] = (),
) -> CheckResult:
    """Return every problem of the content.

    `adopted` are the scenarios adopted for live use, `tracked` the files that git tracks.
    """
    extremes = extreme_texts(content)
    evidence = Evidence(
        content=content,
        today=today,
        texts=read_texts(extremes, content.directory),
        adopted=frozenset(adopted),
        tracked=frozenset(tracked),
    )
    found = [*check_structure(content, today, extremes), *_judged(evidence)]
    silences = [silence for silence in content.silences if silence.reason]
    silenced = {p for p in found if any(_covers(silence, p) for silence in silences)}
    problems = [p for p in found if p not in silenced]
    problems += _faults(content.silences, silenced)
    return CheckResult(problems=_sorted(problems), silenced=_sorted(silenced))


def _judged(evidence: Evidence) -> Iterator[Problem]:
    for rule in RULES:
        for finding in rule.find(evidence):
            yield Problem(
                file=finding.file,
                line=finding.line,
                rule=rule.id,
                severity=finding.severity or rule.severity,
                text=finding.text,
            )


def _covers(silence: Silence, problem: Problem) -> bool:
    """Say whether a silence is of this problem; a template's form speaks for all its texts.

    What cannot be read, rendered or found stays a problem: no reason makes it work.
    """
    if silence.rule != problem.rule or not _can_be_silenced(problem):
        return False
    if silence.file == problem.file:
        return True
    is_form = silence.file.endswith(_TEMPLATE)
    return is_form and problem.file.startswith(silence.file.removesuffix("template.yaml"))


def _can_be_silenced(problem: Problem) -> bool:
    return problem.severity is Severity.WARNING or problem.rule in _IDS


def _faults(silences: Sequence[Silence], silenced: Collection[Problem]) -> Iterator[Problem]:
    for silence in silences:
        if not silence.reason:
            yield _fault(
                silence,
                "silence.no_reason",
                f"The rule '{silence.rule}' is silenced without a reason; write why, or remove it.",
            )
        elif not any(_covers(silence, problem) for problem in silenced):
            yield _fault(
                silence,
                "silence.unused",
                f"The rule '{silence.rule}' finds nothing here that can be silenced; "
                "remove the line.",
            )


def _fault(silence: Silence, rule: str, text: str) -> Problem:
    return Problem(
        file=silence.file, line=silence.line, rule=rule, severity=Severity.WARNING, text=text
    )


def _sorted(problems: Collection[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(set(problems), key=lambda p: (p.file, p.line, p.rule, p.text)))
