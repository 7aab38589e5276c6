"""What a commit of this checkout would hold, and the rooms of the package."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "beredskap"
ROOMS = sorted(
    room for room in PACKAGE.iterdir() if room.is_dir() and not room.name.startswith((".", "__"))
)


def committable_files() -> list[Path]:
    """Return every file that is tracked, or would be by `git add .`, relative to the top.

    A checkout without git (an unpacked source archive) cannot tell, and skips the test.
    """
    try:
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=REPOSITORY,
            capture_output=True,
            check=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"git cannot list the files of {REPOSITORY.name}: {error}")
    names = [Path(name) for name in sorted(set(listed.stdout.split("\0"))) if name]
    return [name for name in names if (REPOSITORY / name).is_file()]


def committable_texts() -> Iterator[tuple[Path, str]]:
    """Return each committable file that is UTF-8 text, with its text."""
    for name in committable_files():
        try:
            yield name, (REPOSITORY / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def package_modules() -> list[Path]:
    """Return every Python file of the package."""
    return sorted(PACKAGE.rglob("*.py"))


def parsed(module: Path) -> ast.Module:
    """Return a module as a syntax tree."""
    return ast.parse(module.read_text(encoding="utf-8"), filename=str(module))
