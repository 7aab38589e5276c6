"""How much a route may send in a second, whoever sends: a bucket that fills with time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Bucket:
    """What is left of a route's allowance, and since when."""

    units: float
    at: datetime


def refilled(bucket: Bucket | None, *, rate: float, each: float, now: datetime) -> Bucket:
    """Return the bucket as it is now: one second's worth at most, and always room for one message.

    `rate` is in units a second, `each` is what one message takes, in the same units. A clock that
    goes backwards fills nothing.
    """
    capacity = max(rate, each)
    if bucket is None:
        return Bucket(units=capacity, at=now)
    passed = max((now - bucket.at).total_seconds(), 0.0)
    return Bucket(units=min(capacity, bucket.units + passed * rate), at=max(now, bucket.at))


def affordable(bucket: Bucket, *, each: float) -> int:
    """Return how many messages may leave now."""
    return int((bucket.units + 1e-9) / each)
