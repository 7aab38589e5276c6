"""What a rule is, what it finds, and the evidence it judges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from beredskap.domain.problem import Severity
from beredskap.library import Content
from beredskap.readiness.texts import Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """Everything the rules look at; nothing is read or rendered again."""

    content: Content
    today: date
    texts: tuple[Text, ...] = ()
    adopted: frozenset[str] = frozenset()
    """Ids of the scenarios that are adopted for live use."""
    tracked: frozenset[str] = frozenset()
    """Paths in the workspace that git tracks."""

    @property
    def noon(self) -> datetime:
        """Return the moment today at which audiences are counted."""
        return datetime.combine(self.today, time(12), tzinfo=UTC)

    def line_of(self, file: str, start: str) -> int:
        """Return the first line of a file that begins with some words, from 1; 0 where none does.

        The dash and brace of a YAML list do not count.
        """
        held = self.content.contents.get(file, b"").decode("utf-8", "replace")
        for number, line in enumerate(held.splitlines(), start=1):
            written = line.lstrip("\ufeff -{")
            following = written[len(start) : len(start) + 1]
            if written.startswith(start) and not (following.isalnum() or following in ("-", "_")):
                return number
        return 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One place where a rule is broken."""

    file: str
    """Path relative to the workspace."""
    text: str
    """One sentence: what is wrong and what to do."""
    line: int = 0
    severity: Severity | None = None
    """How much it matters here, where that is not the rule's own word."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One rule of the content, with its stable id and its sentence."""

    id: str
    sentence: str
    """What the rule asks for, in one sentence."""
    severity: Severity
    find: Callable[[Evidence], Iterator[Finding]]


def text_rule(
    rule_id: str, sentence: str, severity: Severity, judge: Callable[[Text], Iterator[Finding]]
) -> Rule:
    """Return a rule that judges the texts one by one."""

    def _find(evidence: Evidence) -> Iterator[Finding]:
        for text in evidence.texts:
            yield from judge(text)

    return Rule(id=rule_id, sentence=sentence, severity=severity, find=_find)


def scenario_file(scenario_id: str) -> str:
    """Return the path of a scenario's file."""
    return f"scenarios/{scenario_id}.yaml"
