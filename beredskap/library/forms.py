"""Forms shared by several files, and turning what pydantic says into problems with their lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from beredskap.domain.stakeholder import Employment
from beredskap.library.sources import Reading
from beredskap.library.yaml_files import YamlFile

Form = TypeVar("Form", bound=BaseModel)
SILENCED = "silenced"
"""The key that any YAML file may hold: rule → the reason why it does not apply to the file."""


class AudienceForm(BaseModel):
    """An audience as it is written."""

    model_config = ConfigDict(extra="forbid")
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    employments: tuple[Employment, ...] = ()
    exclude_people: tuple[str, ...] = ()
    exclude_groups: tuple[str, ...] = ()
    includes_leave: bool = False


def parse(reading: Reading, file: YamlFile, form: type[Form]) -> Form | None:
    """Return a file's content as a form, or None with every problem and its line."""
    try:
        return form.model_validate(_spoken(reading, file))
    except ValidationError as error:
        _note(reading, file, error)
        return None


def parse_what_is_right(reading: Reading, file: YamlFile, form: type[Form]) -> Form | None:
    """Return a file's content as a form without its wrong fields, each a problem.

    None when a field is wrong or missing that the form cannot do without.
    """
    written = _spoken(reading, file)
    try:
        return form.model_validate(written)
    except ValidationError as error:
        _note(reading, file, error)
        wrong = {str(found["loc"][0]) for found in error.errors() if found["loc"]}
    try:
        kept = {key: value for key, value in written.items() if key not in wrong}
        return form.model_validate(kept)
    except ValidationError:
        return None


def parse_items(
    reading: Reading, file: YamlFile, key: str, form: type[Form]
) -> Iterator[tuple[int, Form]]:
    """Yield (place, item) of a file that holds one list; a wrong item is a problem and left out."""
    for other in _spoken(reading, file):
        if other != key:
            reading.error(
                file.path,
                file.line_at((other,)),
                "form.extra_forbidden",
                f"'{other}' is not known here; the file holds '{key}'.",
            )
    items = file.plain().get(key)
    if not isinstance(items, list):
        reading.error(
            file.path, file.line_at((key,)), "form.list_type", f"'{key}' must be a list of entries."
        )
        return
    for place, item in enumerate(items):
        try:
            yield place, form.model_validate(item)
        except ValidationError as error:
            _note(reading, file, error, (key, place))


def _note(
    reading: Reading, file: YamlFile, error: ValidationError, at: tuple[int | str, ...] = ()
) -> None:
    for found in error.errors(include_url=False, include_input=False):
        location = (*at, *found["loc"])
        place = ".".join(str(step) for step in location) or "the file"
        reading.error(
            file.path,
            file.line_at(location),
            f"form.{found['type']}",
            f"'{place}' is wrong: {found['msg']}; correct or remove it.",
        )


def _spoken(reading: Reading, file: YamlFile) -> dict[str, Any]:
    """Return a file's values without its silences, which are noted."""
    silenced = file.plain().get(SILENCED)
    if isinstance(silenced, dict):
        for rule, reason in silenced.items():
            line = file.line_at((SILENCED, rule))
            reading.silence(file.path, line, rule, "" if reason is None else str(reason))
    elif silenced is not None:
        reading.error(
            file.path,
            file.line_at((SILENCED,)),
            "form.silenced",
            "'silenced' must hold lines such as `L07: the reason`; write it so.",
        )
    return {key: value for key, value in file.plain().items() if key != SILENCED}
