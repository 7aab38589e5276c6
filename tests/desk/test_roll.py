from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from beredskap.desk.roll import Roll
from beredskap.domain.channel import Channel
from beredskap.domain.incident import IncidentMode
from beredskap.domain.plan import Plan, PlannedDelivery, PlannedPerson, PlannedPoint, PlannedWave
from beredskap.domain.scenario import PlaybookWave
from beredskap.domain.stakeholder import Audience
from beredskap.store.people import Recipient
from beredskap.store.personal import KnownPerson

_POINTS = st.lists(
    st.builds(
        PlannedPoint,
        channel=st.sampled_from([Channel.SMS, Channel.EMAIL]),
        address=st.sampled_from(["a", "b"]),
        language=st.sampled_from(["sv", "en"]),
    ),
    max_size=3,
).map(tuple)


def _plan(runs: list[tuple[PlannedPoint, ...]], *, is_protected: bool = False) -> Plan:
    waves = tuple(
        PlannedWave(
            wave=PlaybookWave(id=f"w{n}", title="", audience=Audience(), template="t"),
            deliveries=(PlannedDelivery(person="p", points=points),),
        )
        for n, points in enumerate(runs)
    )
    shown = PlannedPerson(
        id="" if is_protected else "p",
        name="skyddad person 1" if is_protected else "P",
        is_protected=is_protected,
    )
    return Plan(
        scenario_id="s", mode=IncidentMode.DRILL, facts={}, waves=waves, people={"p": shown}
    )


@given(runs=st.lists(_POINTS, min_size=1, max_size=4), held=st.none() | _POINTS)
def test_every_wave_finds_its_own_points_in_the_one_kept_list(
    runs: list[tuple[PlannedPoint, ...]], held: tuple[PlannedPoint, ...] | None
) -> None:
    known = {}
    if held is not None:
        person = KnownPerson(ref="p_1", id="p", name="P", points=held)
        known["p"] = Recipient(known=person, is_protected=False, is_standby=False)
    plan = _plan(runs)
    roll = Roll(plan, known, ())
    placed = [roll.delivery(n, wave.deliveries[0]) for n, wave in enumerate(plan.waves)]
    longest = max((one.staged.points for one in placed), key=len)
    for one, points in zip(placed, runs, strict=True):
        assert one.staged.points[one.start :] == points
        assert longest[: len(one.staged.points)] == one.staged.points
    if held:
        assert roll.ref("p") == "p_1"
        shared = min(len(held), len(longest))
        assert longest[:shared] == held[:shared]


POINT = PlannedPoint(channel=Channel.SMS, address="a", language="sv")


def _protected(number: int, points: tuple[PlannedPoint, ...]) -> Recipient:
    person = KnownPerson(ref=f"p_{number}", id="", name=f"skyddad person {number}", points=points)
    return Recipient(known=person, is_protected=True, is_standby=False)


def test_a_protected_person_is_known_again_by_the_way_they_are_reached() -> None:
    plan = _plan([(POINT,)], is_protected=True)
    roll = Roll(plan, {}, (_protected(1, ()), _protected(2, (POINT,))))
    assert roll.ref("p") == "p_2"


def test_a_protected_person_reached_otherwise_gets_a_free_number() -> None:
    plan = _plan([(POINT,)], is_protected=True)
    roll = Roll(plan, {}, (_protected(1, ()),))
    assert roll.ref("p") != "p_1"
    assert roll._places["p"].known.name == "skyddad person 2"
