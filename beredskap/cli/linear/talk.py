"""Talking in lines: every question says its mode in words, and takes a number and Enter."""

from __future__ import annotations

import shutil
import textwrap
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from beredskap.cli.linear.reader import Reader
from beredskap.cli.linear.words import Words
from beredskap.domain.incident import IncidentMode
from beredskap.domain.wording import word

NARROWEST, WIDEST = 40, 100
_FEWEST_LINES = 8
BACK = "0"
_FIXED_FIRST, _FIXED_ROOM = 90, 10
"""Numbers from 90 to 99 are kept for what stands in every list, so that they never move."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list to pick from."""

    id: str
    text: str


class Talk:
    """Writes lines no wider than the terminal and reads answers."""

    def __init__(
        self,
        reader: Reader,
        out: TextIO,
        lang: str,
        *,
        size: Callable[[], tuple[int, int]] = shutil.get_terminal_size,
    ) -> None:
        """Take where answers come from, where lines go, and how to learn columns and lines."""
        self._reader, self._out, self._size = reader, out, size
        self.words = Words(lang)
        self.mode = IncidentMode.LIVE

    @property
    def lang(self) -> str:
        """Return the language spoken."""
        return self.words.lang

    @property
    def _width(self) -> int:
        return max(NARROWEST, min(self._size()[0], WIDEST))

    def write(self, *texts: str) -> None:
        """Write texts, each wrapped with its indent kept."""
        for line in (line for text in texts for line in self._wrapped(text)):
            print(line, file=self._out)
        self._out.flush()

    def speak(self, key: str, **values: object) -> None:
        """Write a sentence of the words."""
        self.write(self.words(key, **values))

    def question(self, text: str) -> None:
        """Write a question, with the mode in words before it."""
        self.write(f"{word(self.mode, self.lang)}: {text}")

    def answer(self, seconds: float | None = None) -> str | None:
        """Return what was answered, or None when nothing was in time.

        Raises:
            EOFError: no more answers will come.
        """
        return self._reader.line(seconds)

    def wait(self) -> str:
        """Return what was answered, however long it takes."""
        return self._reader.line(None) or ""

    def choose(self, question: str, choices: Mapping[str, str]) -> str:
        """Return the number chosen; anything else repeats the question."""
        while True:
            self.question(question)
            self.write(*(f"{number} {text}" for number, text in choices.items()))
            answered = self.wait().rstrip(".)")
            if answered in choices:
                return answered
            self.speak("unknown")

    def asks_exactly(self, question: str, wanted: str) -> bool:
        """Say whether exactly the wanted word was typed; 0 goes back, all else asks again.

        What was typed before the question stood there does not count: it proves no reading.
        """
        self._reader.forget()
        while True:
            self.question(question)
            answered = self.wait()
            if answered == BACK:
                return False
            if answered.upper() == wanted.upper():
                return True
            self.speak("wrong_count", word=wanted)

    def pick(self, question: str, items: Sequence[Item], fixed: Mapping[str, str]) -> str:
        """Return the id of the item picked, or one of the fixed numbers.

        Enter shows what follows, a part of a name finds it, and a number keeps its meaning.
        """
        by_number = {str(_number(place)): item for place, item in enumerate(items)}
        found, first = list(by_number), 0
        while True:
            self.question(question)
            shown = self._page(found[first:], by_number)
            rest = len(found) - first - shown
            self.write(self._footer(fixed, rest, len(items)))
            answered = self.wait().rstrip(".)")
            if answered in fixed:
                return answered
            if answered in by_number:
                return by_number[answered].id
            if not answered.isdigit() and any(item.id == answered for item in items):
                return answered
            if not answered:
                first = first + shown if rest else 0
                found = found if rest else list(by_number)
                continue
            wanted = answered.casefold()
            kept = [] if wanted.isdigit() else _containing(by_number, wanted)
            if not kept:
                self.speak("unknown" if wanted.isdigit() else "not_found", text=answered)
            found, first = kept or list(by_number), 0

    def _page(self, numbers: Sequence[str], by_number: Mapping[str, Item]) -> int:
        """Write as many items as have room; return how many."""
        room = max(self._size()[1] - 8, _FEWEST_LINES)
        shown = 0
        for number in numbers:
            lines = self._wrapped(f"{number} {by_number[number].text}")
            room -= len(lines)
            if room < 0 and shown and self._reader.is_terminal:
                break
            self.write(f"{number} {by_number[number].text}")
            shown += 1
        return shown

    def _footer(self, fixed: Mapping[str, str], rest: int, count: int) -> str:
        told = ", ".join(f"{number} {text.rstrip('.')}" for number, text in fixed.items())
        parts = [self.words("more_items", count=rest)] if rest else []
        parts.append(f"{told}.")
        if count > _FEWEST_LINES:
            parts.append(self.words("find_by_name"))
        return " ".join(parts)

    def read_out(self, lines: Sequence[str]) -> None:
        """Write a long text, page by page where somebody sits at a terminal."""
        wrapped = [line for text in lines for line in self._wrapped(text)]
        room = max(self._size()[1] - 4, _FEWEST_LINES)
        while self._reader.is_terminal and len(wrapped) > room:
            self.write(*wrapped[:room])
            wrapped = wrapped[room:]
            if not self._wants_more(len(wrapped)):
                return
        self.write(*wrapped)

    def _wants_more(self, count: int) -> bool:
        while True:
            self.question(self.words("more_lines", count=count))
            answered = self.wait()
            if answered in ("", "1"):
                return True
            if answered == BACK:
                return False
            self.speak("unknown")

    def _wrapped(self, text: str) -> list[str]:
        clean = "".join(_seen(one) for one in text)
        indent = clean[: len(clean) - len(clean.lstrip())][:8]
        return textwrap.wrap(
            clean.strip(),
            self._width,
            initial_indent=indent,
            subsequent_indent=f"{indent}  ",
            break_on_hyphens=False,
        ) or [""]


def _seen(character: str) -> str:
    """Return a character as it may be written: somebody's answer may hold what steers terminals."""
    category = unicodedata.category(character)
    return "" if category == "Cf" else " " if category in ("Cc", "Zl", "Zp") else character


def _number(place: int) -> int:
    """Return the number of a place in a list, passing over those that are kept."""
    number = place + 1
    return number if number < _FIXED_FIRST else number + _FIXED_ROOM


def _containing(by_number: Mapping[str, Item], wanted: str) -> list[str]:
    return [number for number, item in by_number.items() if wanted in item.text.casefold()]
