"""What the wheel carries, seen from an empty folder where no checkout can help it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.architecture.checkout import REPOSITORY, committable_files

pytestmark = pytest.mark.slow

CONTENT_FOLDERS = ("scenarios", "contact_lists", "message_templates")


def run(command: Sequence[str], folder: Path, python_path: Path | None = None) -> str:
    """Return what a command prints, started with only the given folder to import from."""
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    if python_path:
        environment["PYTHONPATH"] = str(python_path)
    ended = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that the wheel was unpacked into, without its dependencies."""
    built = tmp_path_factory.mktemp("built")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)]
    run(build, REPOSITORY)
    target = tmp_path_factory.mktemp("installed")
    (wheel,) = built.glob("*.whl")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    run([*install, "--target", str(target), str(wheel)], target)
    return target


def test_the_wheel_carries_the_package_and_the_content_whole(installed: Path) -> None:
    names = [name for name in committable_files() if name.parts[0] == "beredskap"]
    content = [name for name in committable_files() if name.parts[0] in CONTENT_FOLDERS]
    expected = [*names, *(Path("beredskap/content") / name for name in content)]
    assert not [str(name) for name in expected if not (installed / name).is_file()]
    assert any("migrations" in name.parts for name in names)
    assert {name.parts[0] for name in content} == set(CONTENT_FOLDERS)


def test_the_wheel_carries_nothing_but_the_package(installed: Path) -> None:
    extra = {entry.name.partition("-")[0] for entry in installed.iterdir()} - {"bin"}
    assert extra == {"beredskap"}


def test_an_installed_program_finds_its_shipped_content(installed: Path, tmp_path: Path) -> None:
    ask = (
        "from beredskap.library.shipped import shipped_content as folder;"
        "print(folder()); print(*sorted(entry.name for entry in folder().iterdir()))"
    )
    place, names = run([sys.executable, "-c", ask], tmp_path, installed).splitlines()
    assert Path(place) == installed / "beredskap" / "content"
    assert names.split() == sorted(CONTENT_FOLDERS)


def test_an_installed_program_tells_its_version(installed: Path, tmp_path: Path) -> None:
    ask = [sys.executable, "-m", "beredskap.cli.__main__", "--version"]
    (metadata,) = installed.glob("beredskap-*.dist-info")
    version = metadata.name.removeprefix("beredskap-").removesuffix(".dist-info")
    assert run(ask, tmp_path, installed).strip() == f"beredskap {version}"
