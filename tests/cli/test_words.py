"""The commands' own sentences, in both languages."""

from __future__ import annotations

from string import Formatter

import pytest

from beredskap.cli.words import _WORDS


@pytest.mark.parametrize("key", sorted(_WORDS))
def test_both_languages_say_the_same_things(key: str) -> None:
    swedish, english = _WORDS[key]
    assert swedish
    assert english
    fields = [{f for _, f, _, _ in Formatter().parse(text) if f} for text in (swedish, english)]
    assert fields[0] == fields[1]
