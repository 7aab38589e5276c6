"""What has changed on the board since it was last told, as lines: problems first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from beredskap.cli.linear.words import Words
from beredskap.domain.delivery import Reason
from beredskap.domain.reach import PersonReach, ReachClass, problems_first
from beredskap.domain.report import IncidentFigures
from beredskap.domain.wording import word

_MOST = 6
"""Persons told one by one at a time; whoever needs help is always told."""
_PROBLEMS = frozenset({ReachClass.NOT_REACHED, ReachClass.UNCERTAIN})


class Watch:
    """Remembers what was told of one incident, and tells what is new."""

    def __init__(self, words: Words) -> None:
        """Take the words; nothing is told yet."""
        self._words = words
        self._people: dict[str, PersonReach] = {}
        self._numbers: list[str] = []
        self._cascades: list[str] = []
        self._late = ""

    def whole(self, figures: IncidentFigures, late: str) -> list[str]:
        """Return the board as it is now: numbers, then everybody who is a problem."""
        self._people = {one.person: one for one in figures.people}
        self._numbers, self._cascades = self._count(figures), self._tell_cascades(figures)
        self._late = late
        problems = [
            one
            for one in problems_first(figures.people)
            if one.needs_help or one.reach in _PROBLEMS
        ]
        lines = [*self._numbers, *self._cascades, *([late] if late else [])]
        return lines + list(self._some(problems))

    def changes(self, figures: IncidentFigures, late: str) -> list[str]:
        """Return what is new since the last telling; nothing where nothing is."""
        changed = [
            one for one in problems_first(figures.people) if self._people.get(one.person) != one
        ]
        numbers, cascades = self._count(figures), self._tell_cascades(figures)
        lines = numbers if numbers != self._numbers else []
        lines = lines + [one for one in cascades if one not in self._cascades]
        lines += [late] if late and late != self._late else []
        lines += self._some(changed)
        self._people.update((one.person, one) for one in changed)
        self._numbers, self._cascades, self._late = numbers, cascades, late
        return lines

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

    def _some(self, people: Sequence[PersonReach]) -> Iterator[str]:
        """Yield people one by one: all who need help, and as many others as are read with ease."""
        helps = [one for one in people if one.needs_help]
        others = [one for one in people if not one.needs_help]
        yield from (self.person_line(one) for one in (*helps, *others[:_MOST]))
        if len(others) > _MOST:
            yield self._words("and_more_people", count=len(others) - _MOST)

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
