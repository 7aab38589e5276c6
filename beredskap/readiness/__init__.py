"""Judges preparedness: content lint, the policy matrix, staleness and the readiness index.

Promises: every judgement names its rule and its evidence, and says when there is nothing to judge;
what a file asks to be spared is counted, and needs its reason.
Must not enter: screens, providers, anything that changes what it judges.
"""

from __future__ import annotations

from beredskap.readiness.check import CheckResult, check
from beredskap.readiness.policy import VERDICT_WORDS, Judgement, PolicySheet, Said, Verdict
from beredskap.readiness.policy_measures import IncidentMeasures
from beredskap.readiness.policy_sheet import PolicyFigures, judge_policy

__all__ = [
    "VERDICT_WORDS",
    "CheckResult",
    "IncidentMeasures",
    "Judgement",
    "PolicyFigures",
    "PolicySheet",
    "Said",
    "Verdict",
    "check",
    "judge_policy",
]
