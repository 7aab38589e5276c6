"""The top of the repository holds what the workspace and the package need, and nothing else."""

from __future__ import annotations

from tests.architecture.checkout import committable_files

ALLOWED = {
    "pyproject.toml",
    "beredskap",
    "scenarios",
    "contact_lists",
    "message_templates",
    "tests",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
}


def test_the_top_level_holds_nothing_unplanned() -> None:
    found = {name.parts[0] for name in committable_files()}
    assert {name for name in found if not name.startswith(".")} == ALLOWED


def test_nothing_that_a_workspace_remembers_is_published() -> None:
    assert not [name for name in committable_files() if ".beredskap" in name.parts]


def test_every_folder_of_tests_is_a_package() -> None:
    """The type checker follows packages only; a folder without its card would go unread."""
    python = {name for name in committable_files() if name.suffix == ".py"}
    folders = {name.parent for name in python if name.parts[0] == "tests"}
    assert not [str(folder) for folder in folders if folder / "__init__.py" not in python]
