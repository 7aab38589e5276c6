"""What the log says of a batch of results."""

from __future__ import annotations

from collections.abc import Callable

from beredskap.domain.log import LogKind
from tests.dispatch.staged import DEAD, NO_ANSWER, PersonSpec, Stage, WaveSpec

MakeStage = Callable[..., Stage]
PEOPLE = [PersonSpec(name=f"p{n}", sms=f"+467017406{n:02d}") for n in range(10, 16)]
NAMES = tuple(person.name for person in PEOPLE)


async def test_attempts_that_came_to_the_same_end_stand_in_few_entries_and_nobody_is_left_out(
    staged: MakeStage,
) -> None:
    s = staged(PEOPLE, [WaveSpec(id="alarm", people=NAMES, rule=NO_ANSWER)])
    s.sms.told["p12"] = [DEAD]
    await s.settle()
    news = s.log(LogKind.ATTEMPT_NEWS)
    told = [(person, codes["status"]) for *_, codes in news for person in _dict(codes["attempts"])]
    expected = [(n, "failed_permanent" if n == "p12" else "accepted") for n in NAMES]
    assert sorted(told) == sorted((name, status) for name, status in expected)
    assert len(news) < len(NAMES)


async def test_an_entry_about_one_person_alone_names_that_person(staged: MakeStage) -> None:
    s = staged(PEOPLE, [WaveSpec(id="alarm", people=NAMES, rule=NO_ANSWER)])
    s.sms.told["p12"] = [DEAD]
    await s.settle()
    assert [
        (subject, codes["to"], codes["reason"])
        for _, subject, codes in s.log(LogKind.ATTEMPT_NEWS)
        if codes["status"] == "failed_permanent"
    ] == [("p12", "unreached", "dead_addresses")]


def _dict(codes: object) -> dict[str, int]:
    assert isinstance(codes, dict)
    return codes
