"""Reads the rows of the policy from the file that lies beside this module."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from beredskap.library.sources import Reading
from beredskap.library.yaml_files import read_yaml
from beredskap.readiness.policy import Does, PolicyRow, RowKind, Said

_FILE = Path(__file__).with_name("policy_rows.yaml")


@cache
def policy_rows() -> tuple[PolicyRow, ...]:
    """Return every row, in the order of the policy."""
    reading = Reading(_FILE.parent)
    file = read_yaml(reading, _FILE)
    if file is None or reading.problems:
        raise ValueError(f"{_FILE.name}: {[problem.text for problem in reading.problems]}")
    found = file.plain()
    places = {name: Said(**said) for name, said in found["places"].items()}
    return tuple(_row(row, places) for row in found["rows"])


def _row(row: dict[str, Any], places: dict[str, Said]) -> PolicyRow:
    does = row.get("does")
    return PolicyRow(
        id=row["id"],
        place=places[row["place"]],
        kinds=tuple(RowKind(kind) for kind in row["kinds"]),
        says=Said(**row["says"]),
        holds=_said(row.get("holds")),
        measures=_said(row.get("measures")),
        does=None
        if does is None
        else Does(command=does["command"], what=Said(sv=does["sv"], en=does["en"])),
        asks=_said(row.get("asks")),
    )


def _said(words: dict[str, str] | None) -> Said | None:
    return Said(**words) if words is not None else None
