"""Filling what differs between people into a text that is the same for everybody else.

A marker is written `@@NAME@@`. One without a value becomes nothing: a text with a hole still warns
people, a text that was held back does not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

MARKER = re.compile(r"@@([A-Z]+)@@")


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with the value of each marker in its place."""
    if "@@" not in text:
        return text
    return MARKER.sub(lambda found: values.get(found[1], ""), text)
