"""Every status moves only as its table says; anything else raises and changes nothing."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pytest

import beredskap.domain as room
from beredskap.domain.cascade import (
    CASCADE_MOVES,
    Cascade,
    CascadeKind,
    CascadeStatus,
    move_cascade,
)
from beredskap.domain.delivery import DELIVERY_MOVES, Delivery, DeliveryStatus, end
from beredskap.domain.incident import INCIDENT_MOVES, IncidentStatus, move_incident
from beredskap.domain.scenario import Opening, WaveTerms
from beredskap.domain.transition import Transition, move
from beredskap.domain.wave import WAVE_MOVES, Wave, WaveStatus, move_wave
from beredskap.errors import TransitionError

NOW = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)
Table = Mapping[Any, frozenset[Any]]

ALLOWED: dict[str, dict[str, str]] = {
    "DELIVERY_MOVES": {
        "waiting": "in_progress acknowledged unreached skipped cancelled",
        "in_progress": "waiting awaiting_acknowledgement informed "
        "acknowledged unreached skipped cancelled",
        "awaiting_acknowledgement": "waiting in_progress acknowledged unreached skipped cancelled",
        "acknowledged": "",
        "informed": "",
        "unreached": "",
        "skipped": "",
        "cancelled": "",
    },
    "WAVE_MOVES": {
        "pending": "open cancelled",
        "open": "satisfied expired cancelled",
        "satisfied": "",
        "expired": "",
        "cancelled": "",
    },
    "CASCADE_MOVES": {
        "preparing": "awaiting_approval held stood_down",
        "awaiting_approval": "held stood_down",
        "held": "running paused stood_down",
        "running": "paused completed stood_down",
        "paused": "running stood_down",
        "completed": "",
        "stood_down": "",
    },
    "INCIDENT_MOVES": {"open": "closed", "closed": ""},
}
"""What may follow what, as the house's words have it."""

TABLES: dict[str, Table] = {
    "DELIVERY_MOVES": DELIVERY_MOVES,
    "WAVE_MOVES": WAVE_MOVES,
    "CASCADE_MOVES": CASCADE_MOVES,
    "INCIDENT_MOVES": INCIDENT_MOVES,
}


def cascade(status: CascadeStatus) -> Cascade:
    return Cascade(
        id=1,
        incident_id="A",
        kind=CascadeKind.ALERT,
        status=status,
        persons=2,
        plan_digest="0" * 64,
    )


def wave(status: WaveStatus) -> Wave:
    return Wave(
        id=1,
        cascade_id=1,
        incident_id="A",
        key="first",
        title="First",
        ordinal=0,
        status=status,
        opening=Opening(),
        terms=WaveTerms(),
    )


def delivery(status: DeliveryStatus) -> Delivery:
    return Delivery(id=1, incident_id="A", cascade_id=1, wave_id=1, recipient="p1", status=status)


def moved_cascade(now_at: CascadeStatus, to: CascadeStatus) -> Transition[Cascade]:
    return move_cascade(cascade(now_at), to, NOW)


def moved_wave(now_at: WaveStatus, to: WaveStatus) -> Transition[Wave]:
    return move_wave(wave(now_at), to, NOW)


def each_move(name: str) -> list[tuple[str, str, bool]]:
    """Return every pair of statuses of a table and whether the move is allowed."""
    rows = ALLOWED[name]
    return [(was, to, to in rows[was].split()) for was in rows for to in rows]


def promise_only_listed_moves(table: Table, name: str) -> None:
    """Check every pair of statuses of a table against what is agreed."""
    kind = type(next(iter(table)))
    assert {status.value for status in table} == {status.value for status in kind}
    assert set(ALLOWED[name]) == {status.value for status in kind}
    for was, to, is_allowed in each_move(name):
        if is_allowed:
            assert move(table, kind(was), kind(to)) is kind(to)
        else:
            with pytest.raises(TransitionError):
                move(table, kind(was), kind(to))


@pytest.mark.parametrize("name", TABLES)
def test_each_allowed_move_works_and_each_other_raises(name: str) -> None:
    promise_only_listed_moves(TABLES[name], name)


def mutations(table: Table) -> Iterable[Table]:
    """Yield the table with one move too many or too few, for every pair of its statuses."""
    for was in table:
        for to in table:
            yield {**table, was: table[was] ^ {to}}


@pytest.mark.parametrize("name", TABLES)
def test_any_single_wrong_move_would_be_found_out(name: str) -> None:
    for wrong in mutations(TABLES[name]):
        with pytest.raises((AssertionError, TransitionError, pytest.fail.Exception)):
            promise_only_listed_moves(wrong, name)


def test_every_table_of_moves_is_checked_here() -> None:
    """A new status comes with its row in this file."""
    found = {
        name
        for module in pkgutil.iter_modules(room.__path__)
        for name in vars(importlib.import_module(f"{room.__name__}.{module.name}"))
        if name.endswith("_MOVES")
    }
    assert found == set(TABLES)


@pytest.mark.parametrize(
    ("name", "moved", "kind"),
    [
        ("CASCADE_MOVES", moved_cascade, CascadeStatus),
        ("WAVE_MOVES", moved_wave, WaveStatus),
    ],
)
def test_a_move_comes_with_one_log_entry(
    name: str, moved: Callable[[Any, Any], Transition[Any]], kind: type[StrEnum]
) -> None:
    for was, to, is_allowed in each_move(name):
        if is_allowed:
            transition = moved(kind(was), kind(to))
            assert transition.value.status is kind(to)
            assert len(transition.entries) == 1
            assert transition.entries[0].happened_at == NOW
        else:
            with pytest.raises(TransitionError):
                moved(kind(was), kind(to))


def test_different_moves_of_a_cascade_are_told_apart_in_the_log() -> None:
    released = moved_cascade(CascadeStatus.HELD, CascadeStatus.RUNNING)
    resumed = moved_cascade(CascadeStatus.PAUSED, CascadeStatus.RUNNING)
    assert released.entries[0].kind is not resumed.entries[0].kind
    assert released.value.released_at == NOW


@pytest.mark.parametrize("was", DeliveryStatus)
@pytest.mark.parametrize("to", DeliveryStatus)
def test_a_delivery_is_ended_only_as_allowed_and_a_final_one_stays(
    was: DeliveryStatus, to: DeliveryStatus
) -> None:
    before = delivery(was)
    is_allowed = to.value in ALLOWED["DELIVERY_MOVES"][was.value].split()
    if was.is_final or was is to:
        assert end(before, to, NOW, reason=None, actor="engine").entries == ()
        assert end(before, to, NOW, reason=None, actor="engine").value.status is was
    elif is_allowed:
        step = end(before, to, NOW, reason=None, actor="engine")
        assert step.value.status is to
        assert len(step.entries) == 1
    else:
        with pytest.raises(TransitionError):
            end(before, to, NOW, reason=None, actor="engine")


@pytest.mark.parametrize("was", IncidentStatus)
@pytest.mark.parametrize("to", IncidentStatus)
def test_an_incident_is_closed_once(was: IncidentStatus, to: IncidentStatus) -> None:
    if (was, to) == (IncidentStatus.OPEN, IncidentStatus.CLOSED):
        assert move_incident(was, to) is to
    else:
        with pytest.raises(TransitionError):
            move_incident(was, to)


@pytest.mark.parametrize(
    ("kind", "finals"),
    [
        (DeliveryStatus, "acknowledged informed unreached skipped cancelled"),
        (WaveStatus, "satisfied expired cancelled"),
        (CascadeStatus, "completed stood_down"),
    ],
)
def test_the_finals_are_the_agreed_ones(
    kind: type[DeliveryStatus | WaveStatus | CascadeStatus], finals: str
) -> None:
    assert {status.value for status in kind if status.is_final} == set(finals.split())


def test_the_refusal_names_both_statuses() -> None:
    with pytest.raises(TransitionError, match="'completed' to 'running'"):
        moved_cascade(CascadeStatus.COMPLETED, CascadeStatus.RUNNING)
