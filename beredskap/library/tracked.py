"""Which files of a workspace git keeps, so that no real person's data goes where copies go."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from beredskap.library.workspace import FOLDERS

_SECONDS = 5


def tracked_files(root: Path) -> frozenset[str]:
    """Return the content files that git tracks, relative to the workspace; none without git."""
    if not any((folder / ".git").exists() for folder in (root, *root.resolve().parents)):
        return frozenset()
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        listed = subprocess.run(
            ["git", "-C", str(root), "ls-files", "-z", "--", *FOLDERS, "imports"],
            capture_output=True,
            check=True,
            timeout=_SECONDS,
            env=own,
        )
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    return frozenset(os.fsdecode(name) for name in listed.stdout.split(b"\0") if name)
