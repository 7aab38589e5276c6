"""What has changed on the board since it was last told, as lines: problems first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from beredskap.cli.linear.words import Words
from beredskap.domain.delivery import Reason
from beredskap.domain.reach import PersonReach, ReachClass, problems_first
from beredskap.domain.report import IncidentFigures
from beredskap.domain.wording import word

_MOST = 6
"""Persons of one class told one by one at a time; whoever needs help is always told."""
_PROBLEMS = (ReachClass.NOT_REACHED, ReachClass.UNCERTAIN)
_TOLD = (*_PROBLEMS, ReachClass.ACKNOWLEDGED)
"""Classes whose people are told by name; the others are told in numbers."""


class Watch:
    """Remembers what was told of one incident, and tells what is new."""

    def __init__(self, words: Words) -> None:
        """Take the words; nothing is told yet."""
        self._words = words
        self._people: dict[str, str] = {}
        self._problems: set[str] = set()
        self._numbers: list[str] = []
        self._cascades: list[str] = []
        self._late = ""

    def whole(self, figures: IncidentFigures, late: str) -> list[str]:
        """Return the board as it is now: numbers, then everybody who is a problem."""
        self._numbers, self._cascades = self._count(figures), self._tell_cascades(figures)
        self._late = late
        self._people = {one.person: self.person_line(one) for one in figures.people}
        self._problems = {one.person for one in figures.people if one.reach in _PROBLEMS}
        shown = [one for one in figures.people if one.needs_help or one.reach in _PROBLEMS]
        lines = [*self._numbers, *self._cascades, *([late] if late else [])]
        return lines + list(self._some(shown))

    def changes(self, figures: IncidentFigures, late: str) -> list[str]:
        """Return what is new since the last telling; nothing where nothing is."""
        numbers, cascades = self._count(figures), self._tell_cascades(figures)
        lines = numbers if numbers != self._numbers else []
        lines = lines + [one for one in cascades if one not in self._cascades]
        lines += [late] if late and late != self._late else []
        told = {one.person: self.person_line(one) for one in figures.people}
        lines += self._some([one for one in figures.people if self._is_news(one, told[one.person])])
        self._people, self._numbers, self._cascades, self._late = told, numbers, cascades, late
        self._problems = {one.person for one in figures.people if one.reach in _PROBLEMS}
        return lines

    def _is_news(self, person: PersonReach, line: str) -> bool:
        """Say whether a person is told anew: a problem, an answer, or a problem that is over."""
        if self._people.get(person.person) == line:
            return False
        return person.needs_help or person.reach in _TOLD or person.person in self._problems

    def person_line(self, person: PersonReach) -> str:
        """Return one person as a line, a call for help before everything."""
        lang = self._words.lang
        told = word(person.reach, lang)
        if person.answer:
            told = f"{told}: {person.answer}"
        elif person.reason:
            told = f"{told}: {word(Reason(person.reason), lang)}"
        line = f"{person.name}, {told}"
        return f"{self._words('needs_help')}: {line}" if person.needs_help else line

    def _some(self, people: Iterable[PersonReach]) -> Iterator[str]:
        """Yield people one by one: all who need help, and as many others as are read with ease."""
        ordered = problems_first(people)
        yield from (self.person_line(one) for one in ordered if one.needs_help)
        others = [one for one in ordered if not one.needs_help]
        for _, group in groupby(others, key=lambda one: one.reach):
            of_class = list(group)
            yield from (self.person_line(one) for one in of_class[:_MOST])
            if len(of_class) > _MOST:
                yield self._words("and_more_people", count=len(of_class) - _MOST)

    def _count(self, figures: IncidentFigures) -> list[str]:
        words, reach = self._words, figures.reach
        lines = []
        helps = sum(one.needs_help for one in figures.people)
        if helps:
            lines.append(words("help_needed", count=helps))
        if figures.unclear_replies:
            lines.append(words("unclear", count=figures.unclear_replies))
        lines.append(
            words(
                "reached_of",
                reached=reach.get(ReachClass.ACKNOWLEDGED, 0),
                persons=figures.persons,
            )
        )
        counted = [
            f"{words(f'r_{one.value}')} {reach.get(one, 0)}"
            for one in reversed(ReachClass)
            if one is not ReachClass.ACKNOWLEDGED
        ]
        lines.append(f"{'; '.join(counted)}.")
        return lines

    def _tell_cascades(self, figures: IncidentFigures) -> list[str]:
        lang = self._words.lang
        return [
            f"{word(cascade.kind, lang)} {place}: {word(cascade.status, lang)}"
            for place, cascade in enumerate(figures.cascades, start=1)
        ]
