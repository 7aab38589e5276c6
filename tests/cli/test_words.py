"""The commands' own sentences, in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import beredskap.cli
from beredskap.cli.words import _WORDS


@pytest.mark.parametrize("key", sorted(_WORDS))
def test_both_languages_say_the_same_things(key: str) -> None:
    swedish, english = _WORDS[key]
    assert swedish
    assert english
    fields = [{f for _, f, _, _ in Formatter().parse(text) if f} for text in (swedish, english)]
    assert fields[0] == fields[1]


def test_every_sentence_is_said_somewhere_and_none_is_missing() -> None:
    folder = Path(beredskap.cli.__file__).parent
    files = [path for path in folder.rglob("*.py") if path.name != "words.py"]
    source = "\n".join(path.read_text(encoding="utf-8") for path in files)
    assert [key for key in _WORDS if f'"{key}"' not in source] == []
    asked = set(re.findall(r'\b(?:say|tell)\(\s*"([a-z_]+)"', source))
    assert asked <= set(_WORDS)
