"""Forms shared by several files, and turning what pydantic says into problems with their lines."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from beredskap.domain.stakeholder import Employment
from beredskap.library.sources import Reading, YamlFile

Form = TypeVar("Form", bound=BaseModel)


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
        return form.model_validate(file.plain())
    except ValidationError as error:
        for found in error.errors(include_url=False, include_input=False):
            place = ".".join(str(step) for step in found["loc"]) or "the file"
            reading.error(
                file.path,
                file.line_at(tuple(found["loc"])),
                f"form.{found['type']}",
                f"'{place}' is wrong: {found['msg']}; correct or remove it.",
            )
        return None
