"""Judges preparedness: content lint, the policy matrix, staleness and the readiness index.

Promises: every judgement names its rule and its evidence, and says when there is nothing to judge.
Must not enter: screens, providers, anything that changes what it judges.
"""
