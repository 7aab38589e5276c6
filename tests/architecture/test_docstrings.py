"""Every public name of the package says in one sentence what it is or does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.checkout import PACKAGE, package_modules, parsed

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def public_definitions(
    tree: ast.Module | ast.ClassDef, owner: str = ""
) -> Iterator[tuple[str, Definition]]:
    """Return the public functions, classes and methods of a module, with their names."""
    for node in tree.body:
        if not isinstance(node, Definition) or node.name.startswith("_"):
            continue
        if not _is_overload(node):
            yield owner + node.name, node
        if isinstance(node, ast.ClassDef):
            yield from public_definitions(node, f"{owner}{node.name}.")


def _is_overload(node: Definition) -> bool:
    return any(ast.unparse(decorator) == "overload" for decorator in node.decorator_list)


def fault_of(docstring: str | None) -> str | None:
    """Return what is wrong with a docstring, or None."""
    if not docstring:
        return "has no docstring"
    first, _, rest = docstring.partition("\n")
    if not first.endswith("."):
        return f"does not open with one sentence on its first line: {first!r}"
    if len(first.split()) < 2:
        return f"says nothing: {first!r}"
    if rest and not rest.startswith("\n"):
        return "has no empty line after its first sentence"
    return None


@pytest.mark.parametrize("module", package_modules(), ids=lambda m: str(m.relative_to(PACKAGE)))
def test_the_module_and_its_public_names_open_with_one_sentence(module: Path) -> None:
    tree = parsed(module)
    named = [("the module", ast.get_docstring(tree))]
    named += [(name, ast.get_docstring(node)) for name, node in public_definitions(tree)]
    faults = [f"{name} {fault}" for name, text in named if (fault := fault_of(text))]
    assert not faults, "\n".join(faults)
