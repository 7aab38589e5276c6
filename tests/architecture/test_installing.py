"""What a newcomer installs: two commands in the README, and one version of every package."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.checkout import REPOSITORY

CONSTRAINTS = REPOSITORY / ".ci" / "constraints.txt"


def requirements() -> Iterator[Requirement]:
    """Return everything the project asks for, extras included."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for names in [project["dependencies"], *project["optional-dependencies"].values()]:
        yield from map(Requirement, names)


@pytest.fixture(scope="module")
def pinned() -> dict[str, str]:
    """Return the version of every package in the constraints."""
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)]
    return {
        canonicalize_name(name): version for name, version in (line.split("==") for line in lines)
    }


def test_every_requirement_has_a_version_within_its_bounds(pinned: dict[str, str]) -> None:
    for requirement in requirements():
        version = pinned.get(canonicalize_name(requirement.name), "no version")
        assert version != "no version", requirement
        assert version in requirement.specifier, (requirement, version)


def test_every_requirement_has_a_lower_and_an_upper_bound() -> None:
    for requirement in requirements():
        operators = {bound.operator for bound in requirement.specifier}
        assert {">=", "<"} <= operators or "==" in operators, requirement


def test_the_readme_has_two_commands_of_one_line_each() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", readme, flags=re.DOTALL | re.MULTILINE)
    assert [len(block.splitlines()) for block in blocks] == [1, 1]
    assert ".venv/bin/beredskap demo" in blocks[0]
    assert ".venv/bin/python -m pytest" in blocks[1]
    assert all("--constraint .ci/constraints.txt" in block for block in blocks)
