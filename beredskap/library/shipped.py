"""The content that comes with the program, and making a new workspace from it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import beredskap
from beredskap.errors import RefusedError, UsageError
from beredskap.library.workspace import FOLDERS

_GITIGNORE = """\
# What the program remembers, and what will hold real people.
.beredskap/
contact_lists/people.csv
contact_lists/roster.csv
contact_lists/officers.yaml
imports/
"""


def shipped_content() -> Path:
    """Return the folder that holds the shipped content: inside the package, or the checkout."""
    package = Path(beredskap.__file__).parent
    inside = package / "content"
    return inside if inside.is_dir() else package.parent


def copy_shipped(destination: Path) -> None:
    """Make a new workspace from the shipped content; it is there whole or not at all.

    Raises:
        RefusedError: one of the content folders is there already.
        UsageError: the folder cannot be written.
    """
    taken = [name for name in FOLDERS if (destination / name).exists()]
    if taken:
        raise RefusedError(
            f"{destination / taken[0]} is there already and nothing was changed; "
            "choose an empty folder."
        )
    try:
        destination.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=destination, prefix=".new-") as staging:
            for name in FOLDERS:
                shutil.copytree(shipped_content() / name, Path(staging) / name)
            for name in FOLDERS:
                (Path(staging) / name).rename(destination / name)
        ignored = destination / ".gitignore"
        if not ignored.exists():
            ignored.write_text(_GITIGNORE, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"The workspace {destination} cannot be made ({_why(error)}); "
            "choose a folder you may write in, on a disk with room."
        ) from error


def _why(error: OSError) -> str:
    """Return the machine's own reason; copying many files gives a list of them."""
    if isinstance(error, shutil.Error) and error.args and error.args[0]:
        return str(error.args[0][0][-1]).partition("] ")[2].partition(":")[0]
    return error.strerror or "the system gives no reason"
