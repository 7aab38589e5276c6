"""The linear mode's words, in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import beredskap.cli.linear
from beredskap.cli.linear.words import _WORDS
from beredskap.domain.reach import ReachClass


@pytest.mark.parametrize("key", sorted(_WORDS))
def test_both_languages_say_the_same_things(key: str) -> None:
    swedish, english = _WORDS[key]
    assert swedish
    assert english
    fields = [{f for _, f, _, _ in Formatter().parse(text) if f} for text in (swedish, english)]
    assert fields[0] == fields[1]


def test_every_word_is_said_somewhere() -> None:
    folder = Path(beredskap.cli.linear.__file__).parent
    files = [path for path in folder.glob("*.py") if path.name != "words.py"]
    source = "\n".join(path.read_text(encoding="utf-8") for path in files)
    made = {f"r_{reach.value}" for reach in ReachClass if reach is not ReachClass.ACKNOWLEDGED}
    made |= {"correct_false_alarm", "correct_update", "correct_all_clear"}
    unsaid = [key for key in _WORDS if not re.search(f"[\"']{key}[\"']", source)]
    assert set(unsaid) == made
