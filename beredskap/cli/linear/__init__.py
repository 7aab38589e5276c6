"""Linear mode: the screens' flow as numbered questions and plain lines, one after another.

It is for screen readers, scripts, telephones and very slow links: no colour, no cursor that moves,
nothing wider than the terminal. It calls the same desk as the screens and holds no rules.
"""

from __future__ import annotations

from beredskap.cli.linear.conversation import run_lines

__all__ = ["run_lines"]
