"""Judges every row of the policy: by its rule, by a figure, or by saying who is to judge it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Protocol

from beredskap.library import Content
from beredskap.readiness.policy import Judgement, PolicyRow, PolicySheet, Said, Tally, Verdict
from beredskap.readiness.policy_rows import policy_rows
from beredskap.readiness.policy_rules import POLICY_RULES

_NAMED = 5
"""So many of what is lacking are named in the evidence; all of them stand in `lacking`."""


class PolicyFigures(Protocol):
    """What has been measured, row by row."""

    def measured(self, row: str) -> Said | None:
        """Return the figure for a row as part of a sentence, or None where there is none."""
        ...


class NoFigures:
    """Stands where nothing has been measured."""

    def measured(self, row: str) -> Said | None:
        """Return None for every row."""
        return None


def judge_policy(
    content: Content, today: date, figures: PolicyFigures | None = None
) -> PolicySheet:
    """Return every row of the policy with its verdict and evidence, in the policy's order."""
    measured = figures if figures is not None else NoFigures()
    return PolicySheet(judgements=[_judged(row, content, today, measured) for row in policy_rows()])


def _judged(row: PolicyRow, content: Content, today: date, figures: PolicyFigures) -> Judgement:
    figure = figures.measured(row.id) if row.measures is not None else None
    if not row.is_checked:
        return Judgement(
            row=row,
            verdict=_verdict(row, figure),
            evidence=_sentence([*_measured(row, figure), *_done(row), *_asked(row)]),
        )
    counted = POLICY_RULES[row.id](content, today)
    measured = [figure] if figure is not None else []
    return Judgement(
        row=row,
        verdict=counted.verdict,
        evidence=_sentence([_counted(row, counted), *measured, *_done(row), *_asked(row)]),
        lacking=counted.lacking,
    )


def _verdict(row: PolicyRow, figure: Said | None) -> Verdict:
    """Return what is known of a row without a rule: a question nobody answered proves nothing."""
    if figure is not None:
        return Verdict.MEASURED
    if row.measures is not None or row.asks is not None:
        return Verdict.UNPROVEN
    return Verdict.MANUAL


def _counted(row: PolicyRow, counted: Tally) -> Said:
    """Return what a rule counted as a sentence without its full stop."""
    if counted.verdict is Verdict.UNPROVEN or row.holds is None:
        return Said(
            sv=f"Det finns inget att bedöma ännu i {counted.where}",
            en=f"There is nothing to judge yet in {counted.where}",
        )
    right = counted.judged - len(counted.lacking)
    numbers = {"right": right, "all": counted.judged}
    swedish, english = row.holds.sv.format(**numbers), row.holds.en.format(**numbers)
    return Said(
        sv=f"{swedish}{_names(counted, 'brister', 'till')} ({counted.where})",
        en=f"{english}{_names(counted, 'lacking', 'more')} ({counted.where})",
    )


def _names(counted: Tally, introduced_by: str, more: str) -> str:
    if not counted.lacking:
        return ""
    named = ", ".join(counted.lacking[:_NAMED])
    rest = len(counted.lacking) - _NAMED
    return f"; {introduced_by}: {named}" + (f" + {rest} {more}" if rest > 0 else "")


def _sentence(parts: Sequence[Said]) -> Said:
    """Return the parts as one sentence in each language."""
    return Said(
        sv=_ended("; ".join(part.sv for part in parts)),
        en=_ended("; ".join(part.en for part in parts)),
    )


def _ended(text: str) -> str:
    mark = "" if text.endswith("”") else "."
    return f"{text[:1].upper()}{text[1:]}{mark}"


def _measured(row: PolicyRow, figure: Said | None) -> Iterator[Said]:
    if figure is not None:
        yield figure
    elif row.measures is not None:
        yield Said(sv=f"ännu inte mätt: {row.measures.sv}", en=f"not measured: {row.measures.en}")


def _done(row: PolicyRow) -> Iterator[Said]:
    """Yield what the program does; whether people use it is for people to judge."""
    if row.does is None:
        return
    name = f"'beredskap {row.does.command}'" if row.does.command else ""
    yield Said(
        sv=f"{name or 'programmet'} {row.does.what.sv}",
        en=f"{name or 'the program'} {row.does.what.en}",
    )


def _asked(row: PolicyRow) -> Iterator[Said]:
    if row.asks is not None:
        yield Said(sv=f"fråga: ”{row.asks.sv}”", en=f"ask: ”{row.asks.en}”")
