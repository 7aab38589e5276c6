"""Facts that are being written: kept at every field, gone once the alert is launched."""

from __future__ import annotations

import json
from collections.abc import Mapping

from beredskap.desk.ports import Means
from beredskap.domain.incident import IncidentMode
from beredskap.store.ledger import read_meta, write_meta


def keep(means: Means, scenario_id: str, mode: IncidentMode, facts: Mapping[str, str]) -> None:
    """Keep the facts of a launch that is being prepared; no facts forget it."""
    with means.ledger.write() as tx:
        write_meta(tx, _key(scenario_id, mode), json.dumps(dict(facts), ensure_ascii=False))


def read(means: Means, scenario_id: str, mode: IncidentMode) -> dict[str, str]:
    """Return the facts that were kept, or none."""
    with means.ledger.read() as tx:
        held = read_meta(tx, _key(scenario_id, mode))
    return {str(name): str(value) for name, value in json.loads(held or "{}").items()}


def _key(scenario_id: str, mode: IncidentMode) -> str:
    return f"draft.{mode.value}.{scenario_id}"
