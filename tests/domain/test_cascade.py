"""Waves open, end and complete their cascade the same way in whatever order they are looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from beredskap.domain.cascade import (
    Cascade,
    CascadeChange,
    CascadeKind,
    CascadeStatus,
    after_change,
)
from beredskap.domain.scenario import AcknowledgementRule, Opening, OpensWhen, RuleKind, WaveTerms
from beredskap.domain.wave import (
    Wave,
    WaveStatus,
    WaveTally,
    can_never_open,
    is_satisfied,
    judge_open_wave,
    opens_at,
)

Refute = Callable[[SearchStrategy[Any], Callable[[Any], None]], None]
Tallies = Mapping[int, WaveTally]
Rule = Callable[
    [Cascade, tuple[Wave, ...], Tallies, Mapping[int, datetime], datetime], CascadeChange
]
Situation = tuple[tuple[Wave, ...], Tallies, list[int]]
Ending = dict[str, tuple[WaveStatus, datetime | None]]

START = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)
KEYS = "abcd"
RUNNING = Cascade(
    id=1,
    incident_id="A",
    kind=CascadeKind.ALERT,
    status=CascadeStatus.RUNNING,
    persons=9,
    plan_digest="0" * 64,
    release_at=START,
    released_at=START,
)

rules = st.builds(
    AcknowledgementRule,
    kind=st.sampled_from(RuleKind),
    quorum=st.integers(1, 3),
    roles=st.sampled_from([(), ("TiB",), ("TiB", "rektor")]),
)
tallies = st.builds(
    WaveTally,
    open=st.integers(0, 3),
    total=st.integers(0, 4),
    answered_yes=st.integers(0, 3),
    acknowledged=st.integers(0, 4),
    covered_roles=st.sampled_from([frozenset(), frozenset({"TiB"}), frozenset({"TiB", "rektor"})]),
)


def wave(number: int, **changes: Any) -> Wave:
    """Return a wave that opens at release and is open for ten minutes."""
    return replace(
        Wave(
            id=number,
            cascade_id=1,
            incident_id="A",
            key=KEYS[number],
            title="Wave",
            ordinal=number,
            status=WaveStatus.PENDING,
            opening=Opening(),
            terms=WaveTerms(allowed_seconds=600),
        ),
        **changes,
    )


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Draw the waves of a playbook, what their people answer, and an order to look at them."""
    count = draw(st.integers(1, len(KEYS)))
    waves = []
    for number in range(count):
        when = draw(st.sampled_from(OpensWhen))
        before = draw(st.sampled_from([*KEYS[:number], "gone"]))
        opening = Opening(
            when=when,
            wave=None if when is OpensWhen.RELEASE else before,
            after_seconds=draw(st.sampled_from([0, 0, 120])),
        )
        seconds = draw(st.sampled_from([120, 300]))
        waves.append(
            wave(
                number,
                opening=opening,
                terms=WaveTerms(rule=draw(rules), allowed_seconds=seconds),
            )
        )
    answers = {number: draw(tallies) for number in range(count)}
    return tuple(waves), answers, draw(st.permutations(range(count)))


def run(rule: Rule, situation: Situation, order: Sequence[int]) -> tuple[Ending, int]:
    """Turn a cascade minute by minute until it is completed; return how its waves ended."""
    by_id = {w.id: w for w in situation[0]}
    moved_at: dict[int, datetime] = {}
    cascade, completions, now = RUNNING, 0, START
    for _ in range(40):
        while True:
            seen = tuple(by_id[number] for number in order)
            open_now = {w.id: situation[1][w.id] for w in seen if w.status is WaveStatus.OPEN}
            change = rule(cascade, seen, open_now, moved_at, now)
            for transition in change.waves:
                by_id[transition.value.id] = transition.value
                moved_at[transition.value.id] = now
            if change.cascade is not None:
                cascade, completions = change.cascade.value, completions + 1
            if not change.waves and change.cascade is None:
                break
        now += timedelta(minutes=1)
    if completions:
        assert cascade.status is CascadeStatus.COMPLETED
    return {w.key: (w.status, moved_at.get(w.id)) for w in by_id.values()}, completions


def order_does_not_matter(rule: Rule) -> Callable[[Situation], None]:
    def promise(situation: Situation) -> None:
        natural = range(len(situation[0]))
        assert run(rule, situation, natural) == run(rule, situation, situation[2])

    return promise


def every_wave_ends(rule: Rule) -> Callable[[Situation], None]:
    def promise(situation: Situation) -> None:
        ending, completions = run(rule, situation, situation[2])
        assert all(status.is_final for status, _ in ending.values())
        assert completions == 1

    return promise


@given(situations())
def test_the_order_in_which_waves_are_looked_at_does_not_matter(situation: Situation) -> None:
    order_does_not_matter(after_change)(situation)


def test_moving_only_one_wave_at_a_time_would_be_found_out(refute: Refute) -> None:
    def one_a_minute(
        cascade: Cascade,
        waves: tuple[Wave, ...],
        answers: Tallies,
        moved_at: Mapping[int, datetime],
        now: datetime,
    ) -> CascadeChange:
        if any(at == now for at in moved_at.values()):
            return CascadeChange(waves=())
        change = after_change(cascade, waves, answers, moved_at, now)
        return replace(change, waves=change.waves[:1], cascade=None)

    refute(situations(), order_does_not_matter(one_a_minute))


@given(situations())
def test_every_wave_comes_to_an_end_and_the_cascade_is_completed_once(
    situation: Situation,
) -> None:
    every_wave_ends(after_change)(situation)


def test_waiting_for_what_cannot_happen_would_be_found_out(refute: Refute) -> None:
    def hopeful(
        cascade: Cascade,
        waves: tuple[Wave, ...],
        answers: Tallies,
        moved_at: Mapping[int, datetime],
        now: datetime,
    ) -> CascadeChange:
        change = after_change(cascade, waves, answers, moved_at, now)
        kept = tuple(t for t in change.waves if t.value.status is not WaveStatus.CANCELLED)
        return replace(change, waves=kept, cascade=change.cascade if kept else None)

    refute(situations(), every_wave_ends(hopeful))


@given(situations(), st.sampled_from([s for s in CascadeStatus if s is not CascadeStatus.RUNNING]))
def test_no_wave_moves_unless_the_cascade_runs(situation: Situation, status: CascadeStatus) -> None:
    waves, answers, _ = situation
    change = after_change(replace(RUNNING, status=status), waves, answers, {}, START)
    assert change == CascadeChange(waves=())


@given(situations(), st.integers(0, 300))
def test_a_wave_opens_only_when_what_it_waits_for_has_happened(
    situation: Situation, seconds: int
) -> None:
    waves, answers, _ = situation
    now = START + timedelta(seconds=seconds)
    for transition in after_change(RUNNING, waves, answers, {}, now).waves:
        opened = transition.value
        if opened.status is WaveStatus.OPEN:
            assert opened.opening.when is OpensWhen.RELEASE
            assert seconds >= opened.opening.after_seconds
            assert opened.closes_at == now + timedelta(seconds=opened.terms.allowed_seconds)


@pytest.mark.parametrize(
    ("kind", "tally", "is_met"),
    [
        ("none", WaveTally(open=1, total=2), False),
        ("none", WaveTally(open=0, total=2), True),
        ("first", WaveTally(open=2, total=3, acknowledged=1), False),
        ("first", WaveTally(open=2, total=3, acknowledged=1, answered_yes=1), True),
        ("quorum", WaveTally(open=1, total=3, answered_yes=1), False),
        ("quorum", WaveTally(open=1, total=3, answered_yes=2), True),
        ("everyone", WaveTally(total=3, acknowledged=2, answered_yes=2), False),
        ("everyone", WaveTally(total=3, acknowledged=3), True),
        ("roles", WaveTally(total=3, covered_roles=frozenset({"TiB"})), False),
        ("roles", WaveTally(total=3, covered_roles=frozenset({"TiB", "rektor", "x"})), True),
    ],
)
def test_each_rule_is_met_by_the_answers_it_asks_for(
    kind: str, tally: WaveTally, is_met: bool
) -> None:
    rule = AcknowledgementRule(kind=RuleKind(kind), quorum=2, roles=("TiB", "rektor"))
    assert is_satisfied(WaveTerms(rule=rule), tally) is is_met


def more_answers_never_unmeet(
    rule: Callable[[WaveTerms, WaveTally], bool],
) -> Callable[[tuple[AcknowledgementRule, WaveTally]], None]:
    def promise(example: tuple[AcknowledgementRule, WaveTally]) -> None:
        asked, tally = example
        more = replace(
            tally,
            open=0,
            answered_yes=tally.answered_yes + 1,
            acknowledged=tally.acknowledged + 1,
            covered_roles=tally.covered_roles | {"TiB"},
        )
        assert rule(WaveTerms(rule=asked), more) >= rule(WaveTerms(rule=asked), tally)
        if asked.asks and not tally.answered_yes and not tally.acknowledged:
            needs_someone = tally.total > 0 and asked.kind is not RuleKind.ROLES
            assert not (needs_someone and rule(WaveTerms(rule=asked), tally))

    return promise


@given(st.tuples(rules, tallies))
def test_more_answers_never_make_a_wave_less_satisfied(
    example: tuple[AcknowledgementRule, WaveTally],
) -> None:
    more_answers_never_unmeet(is_satisfied)(example)


def test_counting_everybody_s_silence_as_enough_would_be_found_out(refute: Refute) -> None:
    def when_nothing_is_open(terms: WaveTerms, tally: WaveTally) -> bool:
        return tally.open == 0 or is_satisfied(terms, tally)

    refute(st.tuples(rules, tallies), more_answers_never_unmeet(when_nothing_is_open))


@given(rules, tallies, st.integers(0, 1200))
def test_an_open_wave_is_satisfied_expired_or_goes_on(
    rule: AcknowledgementRule, tally: WaveTally, seconds: int
) -> None:
    terms = WaveTerms(rule=rule, allowed_seconds=600)
    closes = START + timedelta(seconds=600)
    running = wave(0, status=WaveStatus.OPEN, terms=terms, closes_at=closes)
    judged = judge_open_wave(running, tally, START + timedelta(seconds=seconds))
    assert (judged is WaveStatus.SATISFIED) == is_satisfied(terms, tally)
    if judged is WaveStatus.EXPIRED:
        assert seconds >= 600 or tally.open == 0
    if judged is None:
        assert seconds < 600
        assert tally.open > 0


@pytest.mark.parametrize(
    ("when", "status", "opens", "never"),
    [
        ("satisfied", "pending", False, False),
        ("satisfied", "open", False, False),
        ("satisfied", "satisfied", True, False),
        ("satisfied", "expired", False, True),
        ("satisfied", "cancelled", False, True),
        ("expired", "open", False, False),
        ("expired", "satisfied", False, True),
        ("expired", "expired", True, False),
        ("expired", "cancelled", False, True),
        ("final", "open", False, False),
        ("final", "satisfied", True, False),
        ("final", "expired", True, False),
        ("final", "cancelled", False, True),
    ],
)
def test_a_wave_waits_for_another_s_end(when: str, status: str, opens: bool, never: bool) -> None:
    opening = Opening(when=OpensWhen(when), wave="a", after_seconds=60)
    since = START + timedelta(minutes=5)
    others = {"a": (WaveStatus(status), since)}
    at = opens_at(opening, released_at=START, others=others)
    assert at == (since + timedelta(seconds=60) if opens else None)
    assert can_never_open(opening, others) is never


def test_a_wave_that_waits_for_nothing_known_never_opens() -> None:
    opening = Opening(when=OpensWhen.FINAL, wave="gone")
    assert opens_at(opening, released_at=START, others={}) is None
    assert can_never_open(opening, {})
    change = after_change(RUNNING, (wave(0, opening=opening),), {}, {}, START)
    assert [t.value.status for t in change.waves] == [WaveStatus.CANCELLED]
    assert change.cascade is not None
    assert change.cascade.value.status is CascadeStatus.COMPLETED
