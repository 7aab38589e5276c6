"""Each checked row passes on mended content, fails when one thing is taken away, and names it."""

from __future__ import annotations

from datetime import date

import pytest

from beredskap.library import Content, read_workspace
from beredskap.readiness import Verdict
from beredskap.readiness.policy_order import last_election
from beredskap.readiness.policy_rules import POLICY_RULES
from tests.readiness import wrong_lists, wrong_playbooks
from tests.readiness.changed import TODAY, Change, small, texts

WRONG = [*wrong_lists.WRONG, *wrong_playbooks.WRONG]


def test_every_checked_row_has_content_that_fails_it() -> None:
    assert {row for row, *_ in WRONG} == set(POLICY_RULES)


@pytest.mark.parametrize("row", sorted(POLICY_RULES))
def test_mended_content_passes(row: str) -> None:
    counted = POLICY_RULES[row](small(), TODAY)
    assert (counted.verdict, counted.lacking) == (Verdict.PASS, ())
    assert counted.judged > 0


@pytest.mark.parametrize(
    ("row", "change", "named"),
    [(row, change, named) for row, _, change, named in WRONG],
    ids=[f"{row}: {why}" for row, why, *_ in WRONG],
)
def test_what_is_taken_away_fails_and_is_named(
    row: str, change: Change, named: tuple[str, ...]
) -> None:
    counted = POLICY_RULES[row](change(small()), TODAY)
    assert counted.verdict is Verdict.FAIL
    if named:
        assert counted.lacking == named


@pytest.mark.parametrize("word", ["invandrare", "Dementa", "missbrukarna", "utvecklingsstörda"])
def test_a_word_that_singles_out_a_group_is_found(word: str) -> None:
    told = texts("brand-forskola-chefer", lambda _c, _l, source: f"{source} {word}.")
    assert POLICY_RULES["P1-05"](told(small()), TODAY).lacking == ("brand-forskola-chefer",)


@pytest.mark.parametrize("word", ["dementerar", "missbrukas", "retardation", "asfalt"])
def test_a_word_that_only_looks_like_one_is_left_alone(word: str) -> None:
    told = texts("brand-forskola-chefer", lambda _c, _l, source: f"{source} {word}.")
    assert POLICY_RULES["P1-05"](told(small()), TODAY).lacking == ()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Content:
    """Return a workspace without a file."""
    return read_workspace(tmp_path_factory.mktemp("empty"))


@pytest.mark.parametrize("row", sorted(POLICY_RULES))
def test_an_empty_workspace_leaves_a_row_unproven(row: str, empty: Content) -> None:
    counted = POLICY_RULES[row](empty, TODAY)
    assert (counted.verdict, counted.judged) == (Verdict.UNPROVEN, 0)


@pytest.mark.parametrize(
    ("day", "election"),
    [
        (date(2026, 11, 23), date(2026, 9, 13)),
        (date(2026, 9, 13), date(2026, 9, 13)),
        (date(2026, 9, 12), date(2022, 9, 11)),
        (date(2025, 1, 1), date(2022, 9, 11)),
        (date(2019, 1, 1), date(2018, 9, 9)),
        (date(2030, 9, 8), date(2030, 9, 8)),
    ],
)
def test_the_last_election_is_the_second_sunday_of_september_every_fourth_year(
    day: date, election: date
) -> None:
    assert last_election(day) == election
