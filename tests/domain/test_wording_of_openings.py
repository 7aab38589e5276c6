"""When a wave opens, as people say it."""

from __future__ import annotations

import pytest

from beredskap.domain.scenario import Opening, OpensWhen
from beredskap.domain.wording import opening_in_words


@pytest.mark.parametrize(
    ("opening", "swedish", "english"),
    [
        (Opening(), "genast", "at once"),
        (Opening(after_seconds=90), "efter 1 min 30 s", "after 1 min 30 s"),
        (Opening(after_seconds=45), "efter 45 s", "after 45 s"),
        (
            Opening(when=OpensWhen.SATISFIED, wave="ledning"),
            "när ledning har sina svar",
            "when ledning has its answers",
        ),
        (
            Opening(when=OpensWhen.EXPIRED, wave="ledning", after_seconds=300),
            "5 min efter det: när tiden för ledning är ute",
            "5 min after that: when the time of ledning is up",
        ),
        (
            Opening(when=OpensWhen.FINAL, wave="ledning"),
            "när ledning är slut",
            "when ledning has ended",
        ),
    ],
)
def test_an_opening_is_said_in_both_languages(opening: Opening, swedish: str, english: str) -> None:
    assert opening_in_words(opening, "sv") == swedish
    assert opening_in_words(opening, "en") == english
