"""The rows shipped with the program are the policy's 92, each whole in both languages."""

from __future__ import annotations

from collections import Counter

import pytest

from beredskap.readiness.policy import ROWS_NUMBER, PolicyRow, RowKind, Said
from beredskap.readiness.policy_rows import policy_rows
from tests.cli.test_command_line import COMMANDS

BY_SECTION = {"P0": 2, "P1": 20, "P2": 2, "P3": 18, "P4": 13, "P5": 25, "P6": 12}


def test_there_are_92_rows_numbered_as_in_the_policy() -> None:
    ids = [row.id for row in policy_rows()]
    assert len(ids) == len(set(ids)) == ROWS_NUMBER
    assert Counter(row_id[:2] for row_id in ids) == BY_SECTION
    assert ids == [f"{s}-{n:02}" for s, number in BY_SECTION.items() for n in range(1, number + 1)]


@pytest.mark.parametrize("row", policy_rows(), ids=lambda row: row.id)
def test_a_row_says_its_sentence_and_what_each_of_its_kinds_needs(row: PolicyRow) -> None:
    needed = {
        RowKind.CHECKED: row.holds,
        RowKind.MEASURED: row.measures,
        RowKind.FEATURE: row.does,
        RowKind.QUESTION: row.asks,
    }
    assert {kind for kind, part in needed.items() if part is not None} == set(row.kinds)
    assert len(set(row.kinds)) == len(row.kinds) > 0
    does = row.does.what if row.does is not None else None
    parts: list[Said | None] = [row.says, row.place, row.holds, row.measures, row.asks, does]
    for said in filter(None, parts):
        assert said.sv.strip()
        assert said.en.strip()
        assert said.sv != said.en
    assert row.says.sv.endswith(".")
    assert row.says.en.endswith(".")
    if row.asks is not None:
        assert "?" in row.asks.sv
        assert "?" in row.asks.en
    if row.holds is not None:
        for words in (row.holds.sv, row.holds.en):
            assert "9" in words.format(right=9, all=9)


@pytest.mark.parametrize("row", [r for r in policy_rows() if r.does], ids=lambda row: row.id)
def test_a_feature_is_a_command_the_program_has_or_is_said_to_be_missing(row: PolicyRow) -> None:
    assert row.does is not None
    if row.does.command:
        assert row.does.command.split() in COMMANDS
    else:
        assert "inte" in row.does.what.sv
        assert "not" in row.does.what.en
