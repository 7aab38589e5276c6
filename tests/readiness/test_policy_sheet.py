"""The sheet: every row has a verdict and evidence, and what nobody measured proves nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from beredskap.library import Content, read_workspace
from beredskap.readiness import Said, Verdict, judge_policy
from beredskap.readiness.policy import RowKind
from beredskap.readiness.policy_rows import policy_rows
from beredskap.readiness.policy_rules import POLICY_RULES
from tests.content.shipped import TODAY, content


class _OneFigure:
    """Measures one row."""

    def __init__(self, row: str) -> None:
        self._row = row

    def measured(self, row: str) -> Said | None:
        return Said(sv="7 av 9 svarade", en="7 of 9 answered") if row == self._row else None


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Content:
    """Return a workspace without a file."""
    return read_workspace(tmp_path_factory.mktemp("empty"))


def test_there_is_a_rule_for_each_checked_row_and_no_other() -> None:
    assert set(POLICY_RULES) == {row.id for row in policy_rows() if row.is_checked}


def test_every_row_has_a_verdict_and_one_sentence_of_evidence_in_both_languages() -> None:
    sheet = judge_policy(content(), TODAY)
    assert [one.row for one in sheet.judgements] == list(policy_rows())
    assert sum(sheet.counts().values()) == 92
    for judgement in sheet.judgements:
        for words in (judgement.evidence.sv, judgement.evidence.en):
            assert words[-1] in ".”", words
            assert "{" not in words
        assert judgement.evidence.sv != judgement.evidence.en


def test_no_checked_row_is_left_to_people() -> None:
    for judgement in judge_policy(content(), TODAY).judgements:
        if judgement.row.is_checked:
            assert judgement.verdict in (Verdict.PASS, Verdict.FAIL), judgement.row.id
        else:
            assert judgement.verdict in (Verdict.MANUAL, Verdict.UNPROVEN), judgement.row.id


def test_evidence_of_a_checked_row_gives_its_numbers_and_its_file() -> None:
    for judgement in judge_policy(content(), TODAY).judgements:
        if judgement.row.is_checked:
            counted = POLICY_RULES[judgement.row.id](content(), TODAY)
            assert str(counted.judged) in judgement.evidence.sv
            assert f"({counted.where})" in judgement.evidence.en
            for name in counted.lacking[:5]:
                assert name in judgement.evidence.sv


def test_an_empty_workspace_proves_nothing(empty: Content) -> None:
    for judgement in judge_policy(empty, TODAY).judgements:
        if RowKind.FEATURE not in judgement.row.kinds or judgement.row.is_checked:
            assert judgement.verdict is Verdict.UNPROVEN, judgement.row.id


def test_a_feature_and_a_question_are_named_in_the_evidence() -> None:
    for judgement in judge_policy(content(), TODAY).judgements:
        row = judgement.row
        if row.does is not None and row.does.command:
            assert f"'beredskap {row.does.command}'" in judgement.evidence.en
        if row.asks is not None:
            assert row.asks.sv in judgement.evidence.sv
            assert row.asks.en in judgement.evidence.en


def test_a_measured_row_is_unproven_until_there_is_a_figure() -> None:
    (before,) = [j for j in judge_policy(content(), TODAY).judgements if j.row.id == "P6-04"]
    assert before.verdict is Verdict.UNPROVEN
    sheet = judge_policy(content(), TODAY, _OneFigure("P6-04"))
    (after,) = [j for j in sheet.judgements if j.row.id == "P6-04"]
    assert after.verdict is Verdict.MEASURED
    assert after.evidence.en == "7 of 9 answered."
    assert sheet.counts()[Verdict.MEASURED] == 1


def test_a_figure_never_turns_what_the_content_says(empty: Content) -> None:
    (judged,) = [
        j for j in judge_policy(empty, TODAY, _OneFigure("P1-08")).judgements if j.row.id == "P1-08"
    ]
    assert judged.verdict is Verdict.UNPROVEN
    assert "7 of 9 answered" in judged.evidence.en


def test_what_passes_today_may_fail_when_time_has_passed() -> None:
    later = judge_policy(content(), date(2031, 1, 1))
    failed = {j.row.id for j in later.judgements if j.verdict is Verdict.FAIL}
    assert {"P0-02", "P1-15", "P3-12", "P3-14", "P4-05", "P5-02", "P5-05", "P5-11"} <= failed


def test_judging_writes_nothing(empty: Content) -> None:
    judge_policy(empty, TODAY)
    assert list(Path(empty.root).iterdir()) == []
