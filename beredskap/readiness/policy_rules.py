"""Every rule of the policy that the content alone can show, by row."""

from __future__ import annotations

from collections.abc import Mapping

from beredskap.readiness import (
    policy_governance,
    policy_order,
    policy_people,
    policy_playbooks,
    policy_texts,
)
from beredskap.readiness.policy import PolicyRule

POLICY_RULES: Mapping[str, PolicyRule] = {
    **policy_people.RULES,
    **policy_order.RULES,
    **policy_playbooks.RULES,
    **policy_texts.RULES,
    **policy_governance.RULES,
}
"""Row → the rule that judges it."""
