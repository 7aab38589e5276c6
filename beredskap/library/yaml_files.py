"""YAML 1.2 as people write it: plain values that know their lines, and every oddity a problem.

A quick parser reads what it can; whatever it refuses is read again by the complete one, whose word
stands. Values are never built by tags, and nothing is repeated by reference, so that a small file
stays small.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from beredskap.library.sources import Reading

_CORE = "tag:yaml.org,2002:"
_KINDS = {"map", "seq", "str", "int", "float", "bool", "null", "timestamp"}
_DEEPEST = 60
_TOO_DEEP = re.compile(r"^ {240}|(?:[-?] ){60}|(?:[\[{]\s*){60}", re.MULTILINE)
"""What would nest so deeply that a parser might give up without a word."""
_LARGEST = 2_000_000
_INTEGER = re.compile(r"[-+]?[0-9_]+")


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A mapping read from YAML that still knows its lines."""

    path: Path
    data: dict[str, Any]
    root: Any
    """The parser's own tree."""

    def plain(self) -> dict[str, Any]:
        """Return the values without their positions."""
        return self.data

    def line_at(self, location: tuple[int | str, ...]) -> int:
        """Return the line of the innermost key or item of a location that exists, from 1."""
        node, line = self.root, 1
        for step in location:
            found = _step(node, step)
            if found is None:
                break
            marked, node = found
            line = marked.start_mark.line + 1
        return int(line)


def _step(node: Any, step: int | str) -> tuple[Any, Any] | None:
    """Return the node whose line names a step, and the node it leads to."""
    if _is_mapping(node):
        return next(((key, value) for key, value in node.value if key.value == str(step)), None)
    if _is_sequence(node) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


def read_yaml(reading: Reading, path: Path, *, is_required: bool = True) -> YamlFile | None:
    """Return a YAML file whose top is a mapping, or None with its problem."""
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    text = reading.read_text(path, is_required=is_required)
    if text is None:
        return None
    if len(text) > _LARGEST or _TOO_DEEP.search(text):
        reading.error(path, 0, "yaml.too_large", "The YAML is too large or nested; divide it.")
        return None
    try:
        root = _compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 0
        said = " ".join(str(error.problem or error.context or "it is not YAML").split())
        reading.error(path, line, "yaml.syntax", f"The YAML is broken here: {said}; mend the line.")
        return None
    except (YAMLError, ValueError, RecursionError) as error:
        said = " ".join(str(error).split())
        reading.error(path, 0, "yaml.syntax", f"The YAML cannot be read: {said}; mend the file.")
        return None
    if not _is_mapping(root):
        reading.error(path, 1, "yaml.not_a_mapping", "The file must hold `key: value` lines.")
        return None
    return YamlFile(path, _Values(reading, path).mapping(root, 0), root)


def _compose(text: str) -> Any:
    """Return the tree of a text; the quick parser knows a little less YAML than there is."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe").compose(text)
    except YAMLError:
        return YAML(typ="safe", pure=True).compose(text)


def _is_mapping(node: Any) -> bool:
    return type(node).__name__ == "MappingNode"


def _is_sequence(node: Any) -> bool:
    return type(node).__name__ == "SequenceNode"


class _Values:
    """Turns a tree into plain values and notes what cannot be one."""

    def __init__(self, reading: Reading, path: Path) -> None:
        self._reading, self._path = reading, path
        self._seen: set[int] = set()

    def mapping(self, node: Any, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            if _is_mapping(key) or _is_sequence(key):
                self._note(key, "yaml.key", "A key must be a word; write it as one.")
            elif key.value in found:
                self._note(
                    key, "yaml.duplicate_key", f"'{key.value}' stands twice; the first one counts."
                )
            else:
                found[str(key.value)] = self._value(value, depth + 1)
        return found

    def _value(self, node: Any, depth: int) -> Any:
        if id(node) in self._seen:
            self._note(node, "yaml.alias", "A part is repeated by an alias (*); write it out.")
            return None
        self._seen.add(id(node))
        if depth > _DEEPEST:
            self._note(node, "yaml.too_large", "The YAML is nested too deeply; make it flatter.")
            return None
        if str(node.tag).removeprefix(_CORE) not in _KINDS:
            self._note(node, "yaml.tag", f"The tag '{node.tag}' is not known; remove it.")
            return None
        if _is_mapping(node):
            return self.mapping(node, depth)
        if _is_sequence(node):
            return [self._value(item, depth + 1) for item in node.value]
        return _scalar(str(node.tag).removeprefix(_CORE), node.value)

    def _note(self, node: Any, rule: str, text: str) -> None:
        self._reading.error(self._path, node.start_mark.line + 1, rule, text)


def _scalar(kind: str, text: str) -> object:
    """Return a plain value; dates stay text, so that the form that wants one says what is wrong."""
    match kind:
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "int" if _INTEGER.fullmatch(text):
            return int(text.replace("_", ""))
        case "int" | "float":
            return _number(text)
        case _:
            return text


def _number(text: str) -> object:
    is_other_base = "0x" in text or "0o" in text
    try:
        return int(text, 0) if is_other_base else float(text.replace("_", ""))
    except ValueError:
        return text
