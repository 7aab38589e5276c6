from __future__ import annotations

from enum import StrEnum

import pytest

from beredskap.domain.attempt import AttemptStatus
from beredskap.domain.cascade import CascadeKind, CascadeStatus
from beredskap.domain.channel import Channel
from beredskap.domain.delivery import DeliveryStatus, Reason
from beredskap.domain.incident import IncidentMode, IncidentStatus
from beredskap.domain.log import LogKind
from beredskap.domain.reach import ReachClass
from beredskap.domain.wave import WaveStatus
from beredskap.domain.wording import ENGLISH, LANGUAGES, SWEDISH, word

SAID: tuple[type[StrEnum], ...] = (
    ReachClass,
    DeliveryStatus,
    AttemptStatus,
    Reason,
    IncidentMode,
    IncidentStatus,
    CascadeKind,
    CascadeStatus,
    WaveStatus,
    Channel,
    LogKind,
)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("enumeration", SAID)
def test_every_member_has_a_word_of_its_own(enumeration: type[StrEnum], lang: str) -> None:
    words = [word(member, lang) for member in enumeration]
    assert all(words)
    assert len(set(words)) == len(words)


@pytest.mark.parametrize("table", [SWEDISH, ENGLISH])
def test_no_word_stands_for_a_member_that_is_gone(
    table: dict[type[StrEnum], dict[str, str]],
) -> None:
    assert set(table) == set(SAID)
    for enumeration, words in table.items():
        assert set(words) == {member.value for member in enumeration}


@pytest.mark.parametrize(("lang", "reached"), [("sv", "nådd"), ("en", "reached")])
def test_only_an_answer_is_called_reached(lang: str, reached: str) -> None:
    said = {reach: word(reach, lang).split(",")[0] for reach in ReachClass}
    assert [reach for reach, words in said.items() if words == reached] == [ReachClass.ACKNOWLEDGED]


def test_equal_values_of_two_enumerations_are_told_apart() -> None:
    assert word(ReachClass.ACKNOWLEDGED, "en") != word(DeliveryStatus.ACKNOWLEDGED, "en")
