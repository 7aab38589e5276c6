"""Printing for people and for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence


def print_json(value: object) -> None:
    """Print one JSON object, and nothing else, on stdout."""
    print(json.dumps(value, ensure_ascii=False, default=str))


def print_lines(lines: Iterable[str]) -> None:
    """Print lines."""
    for line in lines:
        print(line)


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as aligned lines, two spaces between columns."""
    if not rows:
        return []
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
