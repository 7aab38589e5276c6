"""What the tests of the rules share: showing that a promise would catch a wrong rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

Refute = Callable[[SearchStrategy[Any], Callable[[Any], None]], None]


def _refute(examples: SearchStrategy[Any], promise: Callable[[Any], None]) -> None:
    @settings(
        max_examples=1000,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(examples)
    def search(example: Any) -> None:
        promise(example)

    with pytest.raises(AssertionError):
        search()


@pytest.fixture
def refute() -> Refute:
    """Return the check that a promise is broken by some example, when a rule is wrong."""
    return _refute
