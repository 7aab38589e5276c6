"""Somebody who answers line by line, over a real desk and ledger, on a telephone's terminal."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from beredskap.cli.linear.conversation import converse
from beredskap.cli.linear.seat import Seat
from beredskap.cli.linear.talk import Talk
from beredskap.domain.cascade import CascadeStatus
from tests.desk.conftest import Office as DeskOffice
from tests.desk.conftest import office as desk_office
from tests.tui.conftest import ScreenOffice

office = desk_office

Meanwhile = Callable[[], object]
"""Something that happens while nobody answers, such as time passing."""
Step = str | Meanwhile | BaseException


@dataclass
class Answers:
    """Gives prepared answers, lets things happen between them, and then ends."""

    steps: list[Step]
    is_terminal: bool = True
    forgot: int = 0

    def line(self, seconds: float | None) -> str | None:
        if not self.steps:
            raise EOFError
        step = self.steps.pop(0)
        if isinstance(step, str):
            return step
        if isinstance(step, BaseException):
            raise step
        assert seconds is not None, "nothing happens while an answer is waited for without end"
        step()
        return None

    def forget(self) -> None:
        self.forgot += 1


@dataclass
class Talked:
    """What one conversation came to."""

    code: int
    text: str
    answers: Answers
    lines: list[str] = field(default_factory=list)

    @property
    def told(self) -> str:
        """Return what was written as one line, as if nothing had been wrapped."""
        return " ".join(self.text.split())

    def after(self, mark: str) -> str:
        """Return what was written after the last place of a mark, as one line."""
        assert mark in self.told, self.text
        return self.told.rpartition(mark)[2].strip()


class Telephone:
    """Holds conversations on a terminal of 40 columns and 20 lines."""

    def __init__(self, held: DeskOffice) -> None:
        self.desk = held
        self.width = 40

    def talk(
        self,
        *steps: Step,
        lang: str = "sv",
        officer: str = "anna",
        engine_runs: bool = True,
        is_terminal: bool = True,
    ) -> Talked:
        out = io.StringIO()
        answers = Answers(list(steps), is_terminal=is_terminal)
        talk = Talk(answers, out, lang, size=lambda: (self.width, 20))
        sitting = ScreenOffice(self.desk, officer=officer, engine_runs=engine_runs)
        code = converse(Seat(office=sitting, talk=talk))
        text = out.getvalue()
        wide = [line for line in text.splitlines() if len(line) > self.width]
        assert wide == []
        assert all(letter.isprintable() or letter == "\n" for letter in text)
        return Talked(code, text, answers, text.splitlines())

    def passes(self, seconds: float) -> Meanwhile:
        """Return something that lets time pass while nobody answers."""
        return lambda: self.desk.clock.advance(seconds=seconds)

    def cascades(self) -> list[str]:
        """Return the status of every cascade in the ledger."""
        rows = self.desk.rows("SELECT status FROM cascade ORDER BY id")
        return [CascadeStatus(row[0]).value for row in rows]

    def number(self, title: str, *, is_live: bool = False, lang: str = "sv") -> str:
        """Return the number that stands before a line of Duty."""
        talked = self.talk(*([] if is_live else ["91"]), lang=lang, is_terminal=False)
        lines = [line for line in talked.lines if title in line and line[:1].isdigit()]
        assert lines, talked.text
        return lines[-1].split(" ", 1)[0]


@pytest.fixture
def telephone(office: DeskOffice) -> Iterator[Telephone]:
    """Return somebody's telephone; every conversation on it is checked for width and marks."""
    yield Telephone(office)
