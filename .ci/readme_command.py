"""Print one of the README's two commands, so that CI runs what a newcomer is told to run."""

from __future__ import annotations

import re
import sys
from pathlib import Path

COMMANDS = {"run": 0, "test": 1}


def readme_commands(readme: str) -> list[str]:
    """Return every fenced `sh` block of the README, in order."""
    return [block.strip() for block in re.findall(r"```sh\n(.*?)```", readme, flags=re.DOTALL)]


if __name__ == "__main__":
    text = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    sys.stdout.write(readme_commands(text)[COMMANDS[sys.argv[1]]] + "\n")
