"""Reads `contact_lists/organisation.yaml`: the profile that every text and route takes from."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict

from beredskap.domain.channel import Channel
from beredskap.domain.stakeholder import ContactRoute, Organisation
from beredskap.library.forms import parse_what_is_right
from beredskap.library.sources import Reading
from beredskap.library.yaml_files import read_yaml


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _RouteForm(_Form):
    id: str
    channel: Literal[Channel.SMS, Channel.EMAIL, Channel.CALL]
    depends_on: tuple[str, ...] = ()


class _OrganisationForm(_Form):
    id: str
    name: str
    short_name: str
    aliases: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    sms_sender: str = ""
    mail_sender: str = ""
    mail_reply_to: str = ""
    languages: tuple[str, ...] = ("sv",)
    locale: str = "sv"
    time_zone: str = "Europe/Stockholm"
    web: str = ""
    meeting_place: str = ""
    meeting_bridge: str = ""
    crisis_group: str = ""
    routes: tuple[_RouteForm, ...] = ()


UNNAMED = Organisation(id="", name="", short_name="")
"""Stands for an organisation whose file could not be read."""


def read_organisation(reading: Reading, path: Path) -> Organisation:
    """Return the profile without what is wrong in it; UNNAMED when it cannot be read."""
    file = read_yaml(reading, path)
    form = parse_what_is_right(reading, file, _OrganisationForm) if file is not None else None
    if form is None:
        return UNNAMED
    try:
        ZoneInfo(form.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        reading.error(
            path,
            file.line_at(("time_zone",)) if file else 0,
            "organisation.time_zone",
            f"The time zone '{form.time_zone}' is not known; write one such as Europe/Stockholm.",
        )
        return _organisation(form.model_copy(update={"time_zone": "Europe/Stockholm"}))
    return _organisation(form)


def read_profile(root: Path) -> Organisation:
    """Return a workspace's profile alone, without reading what else lies there."""
    return read_organisation(Reading(root), root / "contact_lists" / "organisation.yaml")


def _organisation(form: _OrganisationForm) -> Organisation:
    routes = tuple(ContactRoute(**route.model_dump()) for route in form.routes)
    return Organisation(**{**form.model_dump(), "routes": routes})
