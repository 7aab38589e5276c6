"""The policy's 92 sentences as rows, and what is said of each: a verdict with its evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from beredskap.library import Content

ROWS_NUMBER = 92


class RowKind(StrEnum):
    """How a row is judged; a row may be of several kinds."""

    CHECKED = "C"
    """A rule over the content of the workspace."""
    MEASURED = "M"
    """A figure from the ledger."""
    FEATURE = "F"
    """Something the program does for people, who judge it themselves."""
    QUESTION = "Q"
    """A question to those it concerns."""


class Verdict(StrEnum):
    """What is known of a row."""

    PASS = "pass"
    """The rule found nothing lacking."""
    FAIL = "fail"
    """The rule names what is lacking."""
    MANUAL = "manual"
    """People judge; the program names what helps them."""
    MEASURED = "measured"
    """There is a figure, which people judge."""
    UNPROVEN = "unproven"
    """There is nothing to judge yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A sentence, or a part of one, in both languages."""

    sv: str
    en: str

    def in_language(self, lang: str) -> str:
        """Return the words in a language."""
        return self.en if lang == "en" else self.sv


VERDICT_WORDS: Mapping[Verdict, Said] = {
    Verdict.PASS: Said(sv="godkänd", en="passes"),
    Verdict.FAIL: Said(sv="brister", en="fails"),
    Verdict.MANUAL: Said(sv="bedöms av människor", en="judged by people"),
    Verdict.MEASURED: Said(sv="mätt", en="measured"),
    Verdict.UNPROVEN: Said(sv="obevisad", en="unproven"),
}
"""How a verdict is told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Does:
    """What the program does for a row."""

    command: str
    """The command without the program's name; empty where there is none yet."""
    what: Said


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyRow:
    """One consequential sentence of the policy."""

    id: str
    place: Said
    """Where in the policy the sentence stands."""
    kinds: tuple[RowKind, ...]
    says: Said
    """The sentence in our own words."""
    holds: Said | None = None
    """What a checked row holds of, with {right} and {all}."""
    measures: Said | None = None
    """What a measured row measures."""
    does: Does | None = None
    asks: Said | None = None
    """The question of the survey."""

    @property
    def is_checked(self) -> bool:
        """Say whether a rule over the content judges the row."""
        return RowKind.CHECKED in self.kinds

    @property
    def type(self) -> str:
        """Return the kinds as they are written, such as `C,M`."""
        return ",".join(kind.value for kind in self.kinds)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """What a rule counted in the content."""

    judged: int
    """How many things there were to judge."""
    lacking: tuple[str, ...] = ()
    """The ids of those that fall short, in the order of the files."""
    where: str
    """The file or folder they stand in."""

    @property
    def verdict(self) -> Verdict:
        """Return what the numbers say."""
        if not self.judged:
            return Verdict.UNPROVEN
        return Verdict.FAIL if self.lacking else Verdict.PASS


def tally(judged: Mapping[str, bool], where: str) -> Tally:
    """Return the count of things by name, each with whether it is as it should be."""
    return Tally(
        judged=len(judged),
        lacking=tuple(name for name, is_right in judged.items() if not is_right),
        where=where,
    )


PolicyRule = Callable[[Content, date], Tally]
"""Counts one row's things in the content as it is on a day; it looks at nothing else."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """A row with its verdict and the evidence for it."""

    row: PolicyRow
    verdict: Verdict
    evidence: Said
    lacking: tuple[str, ...] = field(default=())


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicySheet:
    """Every row judged; a pass does not show that the policy is met."""

    judgements: Sequence[Judgement]

    def counts(self) -> dict[Verdict, int]:
        """Return how many rows have each verdict."""
        found = dict.fromkeys(Verdict, 0)
        for judgement in self.judgements:
            found[judgement.verdict] += 1
        return found
