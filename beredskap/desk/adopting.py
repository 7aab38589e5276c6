"""Adopting a scenario for live use, and what has changed in its files since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from beredskap.desk.ports import Means
from beredskap.domain.officer import Actor
from beredskap.domain.scenario import Scenario
from beredskap.errors import ContentError, NotFoundError, RefusedError
from beredskap.library import Content, files_of, problems_for
from beredskap.store.adoption import Adoption, keep_adoption, read_adoption
from beredskap.store.ledger import Transaction

CORRECTIONS = ("update", "false alarm", "all-clear")
"""The texts that must be ready before anything is sent in earnest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AdoptionState:
    """Whether a scenario is adopted, and how its files differ from what was adopted."""

    adoption: Adoption | None = None
    changed: tuple[str, ...] = ()
    """Files that were changed, added or removed since."""


def known_scenario(content: Content, scenario_id: str) -> Scenario:
    """Return a scenario whose own files can be read and whose audience exists.

    Raises:
        NotFoundError: there is no such scenario.
        ContentError: its files make its texts or audience impossible.
    """
    scenario = content.scenarios.get(scenario_id)
    errors = problems_for(content, scenario_id)
    if errors:
        first = errors[0]
        raise ContentError(
            f"Scenario '{scenario_id}' cannot be used: {first.file} line {first.line}: "
            f"{first.text} ({len(errors)} in all; 'beredskap check' lists them).",
            errors,
        )
    if scenario is None:
        raise NotFoundError(
            f"There is no scenario '{scenario_id}'; 'beredskap scenario list' shows them all."
        )
    return scenario


def missing_corrections(scenario: Scenario, content: Content) -> tuple[str, ...]:
    """Return which of the update, false-alarm and all-clear texts a scenario lacks."""
    named = (scenario.update_template, scenario.false_alarm_template, scenario.all_clear_template)
    return tuple(
        what
        for what, template in zip(CORRECTIONS, named, strict=True)
        if template is None or template not in content.templates
    )


def adopt(means: Means, content: Content, actor: Actor, scenario_id: str) -> Adoption:
    """Adopt a scenario as its files are now; the files are kept with it.

    Raises:
        NotFoundError: there is no such scenario.
        ContentError: its files make its texts or audience impossible.
        RefusedError: a correction text is missing.
    """
    scenario = known_scenario(content, scenario_id)
    missing = missing_corrections(scenario, content)
    if missing:
        raise RefusedError(
            f"Scenario '{scenario_id}' has no {' and no '.join(missing)} text; "
            f"add it to scenarios/{scenario_id}.yaml before it is adopted."
        )
    files = files_of(content, scenario_id)
    adoption = Adoption(
        scenario_id=scenario_id,
        officer=actor.officer.id,
        adopted_at=means.clock.now(),
        digest=_digest_of(files),
        files=files,
    )
    contents = {digest: content.contents[path] for path, digest in files.items()}
    with means.ledger.write() as tx:
        keep_adoption(tx, adoption, contents)
    return adoption


def adoption_state(tx: Transaction, content: Content, scenario_id: str) -> AdoptionState:
    """Return the newest adoption of a scenario and the files that differ from it."""
    adoption = read_adoption(tx, scenario_id)
    if adoption is None:
        return AdoptionState()
    return AdoptionState(
        adoption=adoption, changed=_changed(adoption.files, files_of(content, scenario_id))
    )


def _changed(adopted: Mapping[str, str], present: Mapping[str, str]) -> tuple[str, ...]:
    paths = sorted({*adopted, *present})
    return tuple(path for path in paths if adopted.get(path) != present.get(path))


def _digest_of(files: Mapping[str, str]) -> str:
    canonical = json.dumps(dict(files), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
