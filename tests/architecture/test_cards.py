"""Each room's card: what the room is for, what it promises, what must not enter."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.checkout import ROOMS, parsed


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_the_room_has_a_card_of_substance(room: Path) -> None:
    card = ast.get_docstring(parsed(room / "__init__.py")) or ""
    purpose, _, rest = card.partition("\n\n")
    promises, _, refusals = rest.partition("Must not enter: ")
    assert len(purpose) >= 40
    assert promises.startswith("Promises: ")
    assert len(promises) >= 60
    assert len(refusals) >= 20


def test_every_room_of_the_plan_is_there() -> None:
    """The floors are exhaustive the other way: import-linter refuses a room they do not name."""
    planned = "cli tui web desk drills readiness review dispatch channels library store domain"
    assert {room.name for room in ROOMS} >= set(planned.split())
