"""Words, keys and layout: complete in two languages, and nothing runs out of its line."""

from __future__ import annotations

import pkgutil
import re
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest
from textual.binding import Binding

import beredskap.tui
from beredskap.tui.step import Step
from beredskap.tui.words import _WORDS, Words
from tests.desk.conftest import Office
from tests.tui.conftest import Sit

ROOM = Path(beredskap.tui.__file__).parent


def screens() -> list[type[Step]]:
    for module in pkgutil.iter_modules([str(ROOM)]):
        import_module(f"beredskap.tui.{module.name}")
    found, left = [], [Step]
    while left:
        kind = left.pop()
        found.append(kind)
        left += kind.__subclasses__()
    return found


def test_every_word_stands_in_both_languages_with_the_same_values() -> None:
    for key, (swedish, english) in _WORDS.items():
        assert swedish.strip() and english.strip(), key
        fields = [
            {name for _, name, _, _ in Formatter().parse(text)} for text in (swedish, english)
        ]
        assert fields[0] == fields[1], key


def test_every_word_used_is_there_and_every_word_there_is_used() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in ROOM.glob("*.py"))
    used = set(re.findall(r'(?:words|say)\(\s*"([a-z0-9_]+)"', source))
    assert used <= set(_WORDS)
    for key in _WORDS:
        stem = re.sub(r"_(?:[0-9]|os_login|environment|demo|schedule)$", "_", key)
        assert (
            f'"{key}"' in source.replace(f'"{key}": (', "")
            or stem in source
            or (key.startswith(("r_", "how_", "correct_")))
        ), key


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_key_line_of_every_screen_fits_a_narrow_terminal(lang: str) -> None:
    say = Words(lang)
    for screen in screens():
        line = "  ".join(f"{key} {say(word)}" for key, word in screen.shown_keys)
        assert len(line) <= 80, (screen, line)
        assert screen.shown_keys[0][0] == "Esc"


def test_every_binding_has_an_id_of_its_own_room_and_none_has_priority() -> None:
    for screen in screens():
        for binding in vars(screen).get("BINDINGS", ()):
            assert isinstance(binding, Binding)
            assert binding.id
            assert not binding.priority


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
@pytest.mark.parametrize("lang", ["sv", "en"])
async def test_duty_keeps_band_and_keys_at_every_size(
    office: Office, sit: Sit, size: tuple[int, int], lang: str
) -> None:
    async with sit(size=size, lang=lang) as stand:
        lines = stand.text().splitlines()
        say = Words(lang)
        assert lines[0].strip().startswith(say("live"))
        assert "Anna Berg" in lines[1]
        assert lines[-1].startswith("Esc")
        assert len(lines) == size[1]
        assert any(line.startswith(">1") for line in lines)
        await stand.pilot.resize_terminal(70, 22)
        await stand.rest()
        assert stand.text().splitlines()[-1].startswith("Esc")


async def test_live_and_drill_share_no_word_in_their_bands(office: Office, sit: Sit) -> None:
    async with sit() as stand:
        live = stand.text().splitlines()[0]
        await stand.press("f12")
        drill = stand.text().splitlines()[0]
        assert live.split()[0] == "SKARPT"
        assert drill.split()[0] == "ÖVNING"
        assert "SKARPT" not in drill
        await stand.press("f12")
        assert stand.text().splitlines()[0].split()[0] == "SKARPT"


async def test_help_opens_on_every_screen_and_escape_goes_back(office: Office, sit: Sit) -> None:
    async with sit() as stand:
        await stand.press("f1")
        await stand.shows("Help")
        assert "Enter går aldrig vidare" in stand.text()
        await stand.press("escape")
        await stand.shows("Duty")


@pytest.mark.parametrize(("key", "expected"), [("f2", "Anna Berg"), ("f3", "larm"), ("f6", "")])
async def test_what_is_only_read_is_one_key_from_duty(
    office: Office, sit: Sit, key: str, expected: str
) -> None:
    async with sit() as stand:
        await stand.press(key)
        await stand.shows("Reading")
        assert expected in stand.text()
        await stand.press("escape")
        await stand.shows("Duty")
