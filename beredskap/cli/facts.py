"""Facts on the command line."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence


def facts_of(given: Sequence[str] | None) -> dict[str, str]:
    """Return facts written `id=value`.

    Raises:
        UsageError: one has no `=`, or an id stands twice.
    """
    from beredskap.errors import UsageError

    facts: dict[str, str] = {}
    for one in given or ():
        name, is_pair, value = one.partition("=")
        if not is_pair or not name:
            raise UsageError(f"'{one}' is not a fact; write --fact id=value.")
        if name in facts:
            raise UsageError(f"The fact '{name}' is given twice; give it once.")
        facts[name] = value
    return facts


def shown_facts(facts: Mapping[str, str]) -> str:
    """Return facts as they are written on a command line."""
    return " ".join(f"--fact {shlex.quote(f'{k}={v}')}" for k, v in facts.items() if v)
