"""The options every command takes, before or after its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

_FLAGS = {
    "--json": "json",
    "--plain": "plain",
    "--quiet": "quiet",
    "--no-color": "no_color",
    "--local": "local",
    "--version": "version",
}
HELP = (
    "Everywhere: --data DIR (the workspace), --json, --plain, --lang sv|en, --quiet, --no-color, "
    "--local, --version."
)


@dataclass(frozen=True, slots=True)
class Given:
    """What was given beside the command."""

    data: Path = Path()
    json: bool = False
    plain: bool = False
    lang: str | None = None
    quiet: bool = False
    no_color: bool = False
    local: bool = False
    version: bool = False


class OptionError(Exception):
    """Says what is wrong with an option that every command takes."""


def take_given(arguments: Sequence[str]) -> tuple[Given, list[str]]:
    """Return the options every command takes, and the other arguments; `--` ends the search.

    Raises:
        OptionError: a value is missing or not known.
    """
    given, rest = Given(), list[str]()
    left = list(arguments)
    while left:
        word = left.pop(0)
        if word == "--":
            rest += ["--", *left]
            break
        name, has_value, value = word.partition("=")
        if name in ("--data", "--lang"):
            if not has_value:
                if not left:
                    raise OptionError(f"The option {name} needs a value.")
                value = left.pop(0)
            given = _with_value(given, name, value)
        elif word in _FLAGS:
            given = replace(given, **{_FLAGS[word]: True})  # type: ignore[arg-type]
        else:
            rest.append(word)
    return given, rest


def _with_value(given: Given, name: str, value: str) -> Given:
    if name == "--data":
        return replace(given, data=Path(value))
    if value not in ("sv", "en"):
        raise OptionError(f"The option --lang takes sv or en, not '{value}'.")
    return replace(given, lang=value)
