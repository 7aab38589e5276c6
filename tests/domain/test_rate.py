"""A bucket never gives more than its rate, however the time passes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from beredskap.domain.rate import Bucket, affordable, refilled

START = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)


@given(
    rate=st.floats(0.1, 200),
    each=st.integers(1, 5),
    steps=st.lists(st.floats(-1, 5), max_size=40),
    wanted=st.integers(1, 100),
)
def test_over_any_time_no_more_leaves_than_the_rate_and_one_second_allow(
    rate: float, each: int, steps: list[float], wanted: int
) -> None:
    bucket: Bucket | None = None
    now, sent = START, 0.0
    began = latest = START + timedelta(seconds=steps[0] if steps else 0)
    for step in steps:
        now += timedelta(seconds=step)
        latest = max(latest, now)
        bucket = refilled(bucket, rate=rate, each=each, now=now)
        taken = min(affordable(bucket, each=each), wanted)
        sent += taken * each
        bucket = Bucket(units=bucket.units - taken * each, at=bucket.at)
        passed = (latest - began).total_seconds()
        assert sent <= rate * passed + max(rate, each) + 1e-6


@given(rate=st.floats(0.05, 10), each=st.integers(1, 5))
def test_even_a_message_larger_than_the_rate_leaves_in_time(rate: float, each: int) -> None:
    bucket = Bucket(units=0.0, at=START)
    later = START + timedelta(seconds=each / rate + 0.001)
    assert affordable(refilled(bucket, rate=rate, each=each, now=later), each=each) == 1
